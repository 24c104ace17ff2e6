//! The annotation log: one order for everybody, undo for each author.

mod log;
mod undo;

pub use log::{AnnotationLog, Draft};
pub use undo::Step;
