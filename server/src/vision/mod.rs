//! The server's own participant with the role `vision`: it tracks anchors for customers whose
//! device does not, with the same engine that devices use.
//!
//! It sits in a session like everybody else: it reads the messages that a client would read and
//! answers with `anchor_states`; its poses go out through the SFU. It comes when a surface is
//! published that nobody tracks, and leaves when there is none any more. One thread a session does
//! the work ([`worker`]); it decodes only while there are drawings or held frames ([`tracker`]).

mod attend;
mod frames;
mod ring;
mod tracker;
mod watch;
mod worker;

#[cfg(test)]
mod tests;

pub use attend::attend;
pub use frames::{Assembler, Frame};
pub use watch::{Notices, watch};
