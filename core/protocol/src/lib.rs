//! Every message on every Sightline wire, from one source.
//!
//! The serde types here are the only definition of the protocol: the JSON Schema, the TypeScript
//! types and the validators are generated from them, and golden vectors in `tests/vectors` are read
//! by every language. Control messages are JSON and carry no 64-bit number; poses and cursors are
//! a fixed binary layout, see [`realtime`].
//!
//! This crate knows nothing about sockets, clocks, files or async runtimes. Bytes come in, values
//! or typed errors go out.
#![forbid(unsafe_code)]

mod client;
mod error;
pub mod film;
pub mod http;
mod ids;
pub mod limits;
mod model;
pub mod page;
pub mod realtime;
mod server;
mod shape;
mod validate;
pub mod vectors;

pub use client::ClientMessage;
pub use error::{ErrorCode, ProtocolError};
pub use ids::{
    AnnotationId, IdError, InviteId, ParticipantId, SessionId, SnapshotId, SurfaceId, TenantId,
    UserId,
};
pub use model::*;
pub use server::{ServerMessage, Welcome};
pub use validate::{Validate, decode_client, decode_server};

/// Version of the control protocol, sent in [`ClientMessage::Hello`] and [`Welcome`].
pub const PROTOCOL_VERSION: u16 = 1;

/// Label of the reliable, ordered data channel that carries annotation messages as JSON.
pub const CHANNEL_ANNOTATIONS: &str = "annotations";

/// Label of the unordered, no-retransmit data channel that carries [`realtime`] packets.
pub const CHANNEL_REALTIME: &str = "realtime";
