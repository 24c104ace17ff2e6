//! Sealed files of what a company keeps of its sessions, one a session and kind.
//!
//! [`row`] is how a file is written and read, without any IO of its own; [`Shelf`] is where the
//! files are, and how long. What the records say is for those who keep them to know.

pub mod row;
mod sealed;
mod shelf;

pub use shelf::{Opened, Shelf};
