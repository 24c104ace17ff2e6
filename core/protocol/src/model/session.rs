//! The session itself, its chat and its pictures.

use crate::{FrameTime, ParticipantId, SessionId, SnapshotId, SurfaceId, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A chat message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChatMessage {
    /// Position in the chat, from 1 without gaps.
    pub seq: u32,
    /// Milliseconds since the session began.
    pub at_ms: u32,
    /// Author.
    pub from: ParticipantId,
    /// The request's `client_id`.
    #[schemars(length(max = limits::CLIENT_ID_CHARS))]
    pub client_id: String,
    /// Text.
    #[schemars(length(min = 1, max = limits::CHAT_CHARS))]
    pub text: String,
}

/// A still picture taken from a surface, without drawings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Snapshot {
    /// Which.
    pub id: SnapshotId,
    /// Who took it.
    pub by: ParticipantId,
    /// Of which surface.
    pub surface: SurfaceId,
    /// Of which frame, when known.
    pub frame_time: Option<FrameTime>,
    /// Milliseconds since the session began.
    pub at_ms: u32,
    /// Path of the picture on this server; needs a participant's token.
    pub path: String,
}

/// A session as people see it in lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionInfo {
    /// Which.
    pub id: SessionId,
    /// Who or why, as the agent wrote it.
    #[schemars(length(max = limits::TITLE_CHARS))]
    pub title: String,
    /// Where it stands.
    pub phase: SessionPhase,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// Milliseconds since it was made, by the server's clock.
    pub age_ms: u32,
    /// Name of the agent who made it.
    pub agent_name: String,
    /// Name of the company.
    pub company_name: String,
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SessionPhase {
    /// Made; no customer yet.
    Waiting,
    /// The customer is or was here.
    Active,
    /// Over; nobody can join.
    Ended,
    /// A phase of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}
