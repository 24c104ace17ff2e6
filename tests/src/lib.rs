//! The harness that Sightline's tests stand on: scenes with exact truth, a picture barcode, and a
//! simulated network.
//!
//! This crate knows nothing about sessions, servers or devices; it makes their inputs and carries
//! their packets.

pub mod anchor_bench;
pub mod anchor_scenes;
pub mod barcode;
pub mod clip;
pub mod netem;
pub mod scenes;
