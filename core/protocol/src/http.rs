//! Bodies of the HTTP API. Every refusal is an [`ErrorBody`] with a fitting status code.
//!
//! | method and path | needs | request | answer |
//! |---|---|---|---|
//! | `POST /api/auth/sign-in` | nothing | [`SignInRequest`] | [`Me`] and a cookie |
//! | `POST /api/auth/one-time` | nothing | [`OneTimeSignInRequest`] | [`Me`] and a cookie |
//! | `POST /api/auth/sign-out` | cookie | | 204 |
//! | `GET /api/me` | cookie | | [`Me`] |
//! | `GET /api/sessions` | cookie | | [`SessionList`] |
//! | `POST /api/sessions` | cookie | [`CreateSessionRequest`] | [`crate::SessionInfo`] |
//! | `POST /api/sessions/{id}/join` | cookie | | [`Joined`] as agent |
//! | `POST /api/sessions/{id}/invites` | cookie | [`CreateInviteRequest`] | [`Invite`] |
//! | `POST /api/sessions/{id}/claims` | cookie | [`ClaimRequest`] | 204 |
//! | `POST /api/sessions/{id}/end` | cookie | | 204 |
//! | `GET /api/sessions/{id}/record` | cookie | | [`SessionRecord`] |
//! | `GET /api/sessions/{id}/record/page` | cookie | | page frames, see `crate::page` |
//! | `GET /api/sessions/{id}/record/film/{n}` | cookie | | a part, see [`crate::film`] |
//! | `POST /api/join/preview` | nothing | [`PreviewRequest`] | [`InvitePreview`] |
//! | `POST /api/join/accept` | nothing | [`AcceptRequest`] | [`Joined`] |
//! | `POST /api/sessions/{id}/snapshots?surface=&frame_time=` | token | PNG or JPEG | [`crate::Snapshot`] |
//! | `GET /api/sessions/{id}/snapshots/{id}` | token or cookie | | PNG or JPEG |
//! | `GET /api/health` | nothing | | 200 `ok` |
//! | `GET /api/ws` | nothing | WebSocket of [`crate::ClientMessage`] | [`crate::ServerMessage`] |
//!
//! "cookie" is the HttpOnly cookie of a signed-in person; "token" is `Authorization: Bearer` with
//! the participant token of [`Joined`].

use crate::{
    AnnotationEvent, ChatMessage, ErrorCode, Participant, ParticipantId, Role, SessionId,
    SessionInfo, Snapshot, SurfaceId, SurfaceKind, UserId, limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Body of every refused request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ErrorBody {
    /// What was wrong.
    pub code: ErrorCode,
    /// What to do, in plain words.
    pub message: String,
    /// Seconds to wait, with [`ErrorCode::RateLimited`].
    pub retry_after_s: Option<u32>,
}

/// Signs in with a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SignInRequest {
    /// Address of the account.
    #[schemars(length(min = 3, max = 200))]
    pub email: String,
    /// Password.
    #[schemars(length(min = 1, max = 200))]
    pub password: String,
}

/// Signs in with the one-time secret that the server printed at its start.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OneTimeSignInRequest {
    /// The secret after `#` in the printed address.
    #[schemars(length(min = 8, max = 200))]
    pub secret: String,
}

/// The signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Me {
    /// Who.
    pub id: UserId,
    /// Name to show to customers.
    pub name: String,
    /// Address of the account.
    pub email: String,
    /// Name of the company.
    pub company_name: String,
    /// True for somebody who may change the company's settings.
    #[serde(default)]
    pub admin: bool,
}

/// The company's sessions, newest first, at most 200.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SessionList {
    /// The sessions.
    pub sessions: Vec<SessionInfo>,
}

/// Makes a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CreateSessionRequest {
    /// Who or why; may be empty.
    #[schemars(length(max = limits::TITLE_CHARS))]
    pub title: String,
}

/// Makes an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CreateInviteRequest {
    /// Who is invited: `customer` or `technician`.
    pub role: Role,
    /// What the customer will be asked to share first.
    pub surface: Option<SurfaceKind>,
}

/// Takes a customer into a session by the code that the customer's page shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClaimRequest {
    /// Six digits, as the customer reads them out.
    #[schemars(length(max = 12))]
    pub code: String,
}

/// What is kept of a session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionRecord {
    /// The session.
    pub session: SessionInfo,
    /// How long it lasted, in milliseconds; until now while it goes on.
    pub duration_ms: u32,
    /// Everybody who was there, in order of joining.
    pub participants: Vec<Participant>,
    /// The whole annotation log.
    pub annotations: Vec<AnnotationEvent>,
    /// The whole chat.
    pub chat: Vec<ChatMessage>,
    /// Pictures taken.
    pub snapshots: Vec<Snapshot>,
    /// What was kept of shared pages; none when nothing was.
    pub pages: Option<PageRecording>,
    /// What was kept of cameras and screens; none when nothing was.
    #[serde(default)]
    pub film: Option<FilmRecording>,
}

/// What was kept of a session's cameras and screens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilmRecording {
    /// Bytes kept.
    pub bytes: u32,
    /// True when the rest did not fit and is missing.
    pub cut: bool,
    /// When it will be erased, RFC 3339 in UTC.
    pub erased_at: String,
    /// What was sent, each as one line of frames.
    pub tracks: Vec<FilmTrack>,
    /// The parts of all tracks in the order of writing.
    #[schemars(length(max = limits::FILM_PARTS))]
    pub parts: Vec<FilmPart>,
}

/// A line of frames.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilmTrack {
    /// Number in this film.
    pub id: u16,
    /// Who sent it.
    pub participant: ParticipantId,
    /// The picture's surface, which drawings name; none for sound.
    pub surface: Option<SurfaceId>,
    /// The surface's number, which pose packets name; none for sound.
    pub surface_number: Option<u16>,
    /// What the picture shows; none for sound.
    pub kind: Option<SurfaceKind>,
    /// How it is encoded.
    pub codec: FilmCodec,
}

/// How a track of a film is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FilmCodec {
    /// VP8 frames, RFC 6386.
    Vp8,
    /// H.264 access units with start codes (ITU-T H.264, Annex B); sets of parameters stand before
    /// the frames that need them.
    H264,
    /// Opus packets, RFC 6716.
    Opus,
    /// A codec of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// At most half a second of a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FilmPart {
    /// Number of the part in its address, from 0.
    pub n: u32,
    /// Of which track.
    pub track: u16,
    /// When its first frame was sent, in milliseconds since the session began.
    pub from_ms: u32,
    /// The same of its last frame.
    pub to_ms: u32,
    /// True when its first frame can be decoded alone.
    pub keyframe: bool,
    /// Its length.
    pub bytes: u32,
}

/// What was kept of a session's shared pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PageRecording {
    /// Bytes kept.
    pub bytes: u32,
    /// True when the rest did not fit and is missing.
    pub cut: bool,
    /// When it will be erased, RFC 3339 in UTC.
    pub erased_at: String,
    /// Address of the page that shows the replay, on an origin of its own.
    pub replay_url: String,
}

/// An invitation: three ways into the same session for one person.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Invite {
    /// Address to open; its secret stands after `#` and so never reaches a log.
    pub link: String,
    /// Six digits, single use.
    pub code: String,
    /// The link as a QR code, an SVG document.
    pub qr_svg: String,
    /// When link and code stop working, RFC 3339 in UTC.
    pub expires_at: String,
    /// Who is invited.
    pub role: Role,
}

/// Asks what an invitation is for. A code is consumed by this and replaced by a ticket; a ticket
/// can be previewed until it is accepted or expires.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PreviewRequest {
    /// The secret of a link, when there is one.
    #[schemars(length(max = 200))]
    pub ticket: Option<String>,
    /// The six digits, when there is no link.
    #[schemars(length(max = 12))]
    pub code: Option<String>,
}

/// Who asks, and for what.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InvitePreview {
    /// Ticket to accept with.
    pub ticket: String,
    /// Name of the company.
    pub company_name: String,
    /// Name of the agent.
    pub agent_name: String,
    /// Role that the invitation gives.
    pub role: Role,
    /// What the customer is asked to share first.
    pub surface: Option<SurfaceKind>,
    /// Days for which a shared page is kept; none when it is not kept.
    #[serde(default)]
    pub page_record_days: Option<u16>,
    /// Origins of the company's sites, over which a shared page goes on; empty when it stays on the
    /// one that the customer is on.
    #[serde(default)]
    pub page_sites: Vec<String>,
    /// Days for which the film of a camera or screen is kept; none when it is not kept. Consent
    /// repeats them, see [`crate::ClientMessage::SetConsent`].
    #[serde(default)]
    pub film_days: Option<u16>,
}

/// Accepts an invitation.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AcceptRequest {
    /// The ticket.
    #[schemars(length(min = 8, max = 200))]
    pub ticket: String,
    /// Name to show; may be empty.
    #[schemars(length(max = limits::NAME_CHARS))]
    pub name: String,
}

/// A place in a session.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Joined {
    /// The session.
    pub session: SessionId,
    /// Own id.
    pub participant: ParticipantId,
    /// Own role.
    pub role: Role,
    /// Bearer token for the WebSocket's `hello` and for pictures; valid while the session lasts,
    /// 12 hours at most, also for coming back after a lost connection.
    pub token: String,
}
