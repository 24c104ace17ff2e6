//! Sequences with exact truth, each with one difficulty, for `anchor_bench`.
//!
//! [`catalogue`] lists the scenes; [`stage`] renders a frame and knows where the drawing's points
//! are in it; [`set`] writes everything to a folder, once. Pictures are grey: anchors see no colour.

pub mod catalogue;
pub mod effects;
pub mod film;
pub mod path;
pub mod photos;
pub mod set;
pub mod sheet;
pub mod solids;
pub mod stage;
