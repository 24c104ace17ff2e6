//! What arrives in packets, put into order again: pictures and sound of others.
//!
//! Nothing here knows a socket or a clock: packets and the time are arguments.

mod depacketise;
mod pictures;
mod reorder;
mod size;
mod sound;

pub use pictures::{Assembled, Packet, Pictures};
pub use reorder::{First, Reorder};
pub use sound::{PLAYOUT_LEAST, PLAYOUT_MOST, Played, SoundBuffer};
