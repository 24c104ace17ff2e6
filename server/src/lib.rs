//! The Sightline server: HTTP API, signalling, media, store.
//!
//! This crate knows nothing of the device's code in `core/client`; the two meet on the wire.

pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod cobrowse;
pub mod demo;
pub mod doctor;
pub mod film;
pub mod http;
pub mod hub;
mod kept;
pub mod media;
pub mod net;
pub mod secrets;
pub mod serve;
pub mod sfu;
pub mod store;
pub mod tls;
pub mod vision;
