//! What a session is, what is allowed in it, and what follows from each step.
//!
//! [`SessionState`] takes one [`Input`] at a time and answers with [`Output`]s. This crate knows
//! nothing about sockets, clocks, files, databases or async runtimes: the time is an argument in
//! milliseconds since the session began, and randomness is an argument too ([`Randomness`]).
//!
//! Everything that must outlive a restart leaves as an [`Output::Record`]; the records, replayed in
//! order through [`SessionState::restore`], give the same session.
#![forbid(unsafe_code)]

mod anchors;
mod annotations;
mod chat;
mod consent;
mod holds;
mod input;
mod limits;
mod output;
mod participants;
pub mod policy;
mod rate;
mod record;
mod refusal;
mod state;
mod surfaces;

pub use annotations::Step;
pub use consent::{ConsentEntry, ConsentLedger};
pub use input::{Input, Randomness};
pub use limits::*;
pub use output::{AcceptedTrack, Output};
pub use policy::Capability;
pub use rate::RateLimiter;
pub use record::Record;
pub use refusal::Refusal;
pub use state::{Durable, SessionConfig, SessionState};
