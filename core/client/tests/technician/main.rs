//! What a technician's device does at a server: what its answers and events mean, and how it comes back.

mod answers;
mod coming_back;
mod stage;
