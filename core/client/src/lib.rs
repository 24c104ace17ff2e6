//! The device in a session: what a customer's phone does, without its sensors.
//!
//! The parts, from the outside in: [`Invite`] and [`http`] get a place in a session, [`signalling`]
//! speaks the control protocol, [`peer`] sends and receives pictures, sound and poses over WebRTC,
//! [`receive`] puts what arrives into order, [`watch`] is what a technician sees, [`AnnotationLog`]
//! orders the drawings, [`tracker`] keeps them on the thing and draws the device's own view, and
//! [`device`] ties them together around a [`camera::Camera`]. The binary `sightline-device` is a
//! command line around [`device::run`] with a camera of Linux; `ffi` puts it into phones.
//!
//! This crate knows nothing about the server's code; both only share the protocol. It knows no
//! GStreamer either, because phones link none.
#![forbid(unsafe_code)]

pub mod camera;
pub mod device;
mod error;
mod events;
pub mod governor;
pub mod http;
mod invite;
mod log;
pub mod overlay;
pub mod peer;
pub mod receive;
pub mod signalling;
pub mod sound;
pub mod tls;
pub mod tracker;
pub mod watch;

pub use error::ClientError;
pub use events::Event;
pub use invite::{Invite, Secret};
pub use log::{AnnotationLog, Applied, Change, Done};
