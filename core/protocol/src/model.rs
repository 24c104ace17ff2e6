//! The nouns of a session, as they appear in messages.

use crate::{AnnotationId, ParticipantId, SessionId, SnapshotId, SurfaceId, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// RTP timestamp of a frame at 90 kHz, wrapping: the one name that every participant gives to the
/// same picture.
pub type FrameTime = u32;

/// Number of an anchor, unique in its session; small enough for pose packets.
pub type AnchorNo = u32;

/// What a participant is in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Owns the camera, screen or page, and the consent.
    Customer,
    /// Leads the session and draws.
    Agent,
    /// Invited to help; sees and draws.
    Technician,
    /// Watches.
    Supervisor,
    /// A machine that stores the session.
    Recorder,
    /// A machine that tracks anchors for a customer whose device does not.
    Vision,
    /// A role of a newer protocol; has no capability.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What kind of thing a surface is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurfaceKind {
    /// A live camera.
    Camera,
    /// A live screen, window or tab.
    Screen,
    /// A web page that both look at together (co-browse).
    Page,
    /// A kind of a newer protocol; shown as not supported.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What a customer can allow. Everything starts refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ConsentScope {
    /// Send the camera's picture.
    Camera,
    /// Send the screen's picture.
    Screen,
    /// Send what a web page shows, with private places hidden.
    Page,
    /// Send the microphone's sound.
    Microphone,
    /// Let agents keep still pictures.
    Snapshot,
    /// A scope of a newer protocol; never granted.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What the customer has allowed at this moment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ConsentState {
    /// Granted scopes, each at most once, in the order of [`ConsentScope`].
    #[schemars(length(max = 8))]
    pub granted: Vec<ConsentScope>,
}

/// A participant as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Participant {
    /// Who.
    pub id: ParticipantId,
    /// Short number of the participant in this session, used in [`crate::realtime`] packets.
    pub number: u16,
    /// Role, fixed for the whole session.
    pub role: Role,
    /// Name to show.
    #[schemars(length(max = limits::NAME_CHARS))]
    pub name: String,
    /// Index into the eight author colours, 0 to 7.
    #[schemars(range(max = 7))]
    pub color: u8,
    /// True while a connection is open.
    pub connected: bool,
    /// True when this participant's own device tracks anchors on the surfaces that it publishes.
    pub tracks_anchors: bool,
    /// True while this participant is connected from a web page that runs the co-browse script: it
    /// can be asked to share that page.
    #[serde(default)]
    pub on_page: bool,
    /// The place of the same person on another device, when this one was opened from there.
    pub same_as: Option<ParticipantId>,
}

/// A published surface as others see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Surface {
    /// Which.
    pub id: SurfaceId,
    /// Short number of the surface in this session, used in [`crate::realtime`] packets.
    pub number: u16,
    /// What it shows.
    pub kind: SurfaceKind,
    /// Who publishes it.
    pub owner: ParticipantId,
    /// True while the owner holds the picture back (the curtain).
    pub paused: bool,
    /// Who computes poses on this surface; none while nobody does.
    pub tracker: Option<ParticipantId>,
    /// Parts of the picture that the owner's device hides before it is encoded,
    /// [`limits::HIDDEN_ALL`] when it hides everything.
    #[serde(default)]
    pub hidden_parts: u8,
}

/// A point of a frame: `[x, y]` in shares of frame width and height, origin at the top left corner
/// of the upright picture.
pub type Point = [f32; 2];

/// What is drawn. All coordinates are those of the frame it was drawn on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Shape {
    /// A straight arrow whose head is at `to`.
    Arrow {
        /// Tail.
        from: Point,
        /// Head.
        to: Point,
    },
    /// An axis-parallel ellipse.
    Circle {
        /// Middle.
        center: Point,
        /// Half-axes in shares of frame width and height, each above 0.
        radius: Point,
    },
    /// A line drawn by hand.
    Freehand {
        /// 1 to [`limits::STROKE_POINTS`] points.
        #[schemars(length(min = 1, max = limits::STROKE_POINTS))]
        points: Vec<Point>,
    },
    /// A wide translucent line drawn by hand.
    Highlight {
        /// 1 to [`limits::STROKE_POINTS`] points.
        #[schemars(length(min = 1, max = limits::STROKE_POINTS))]
        points: Vec<Point>,
    },
    /// A short text.
    Text {
        /// Left end of the baseline.
        at: Point,
        /// 1 to [`limits::LABEL_CHARS`] characters.
        #[schemars(length(min = 1, max = limits::LABEL_CHARS))]
        text: String,
    },
    /// A shape of a newer protocol; listed but not drawn.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What an annotation is fixed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attach {
    /// A patch of the world under the drawing, tracked from frame to frame.
    World,
    /// A place in the frame, wherever the camera looks.
    Frame,
}

/// The element of a shared page that a drawing is fixed to: it scrolls, resizes and is drawn again
/// with it. The drawing's coordinates are then shares of the element's box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct PageNode {
    /// Number of the tab.
    pub tab: u16,
    /// Which document of that tab; another page, or the same one loaded again, is another.
    pub page: u32,
    /// Number of the element in that document.
    pub node: u32,
}

/// One drawing by one author on one surface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Annotation {
    /// Which.
    pub id: AnnotationId,
    /// Anchor whose poses move it; equals the sequence number of the event that added it.
    pub anchor: AnchorNo,
    /// Who drew it.
    pub author: ParticipantId,
    /// Where.
    pub surface: SurfaceId,
    /// The frame that the author saw while drawing; none when the author's browser could not tell.
    pub frame_time: Option<FrameTime>,
    /// What it is fixed to.
    pub attach: Attach,
    /// The element of a shared page that it is fixed to; none on other surfaces.
    pub node: Option<PageNode>,
    /// What is drawn.
    pub shape: Shape,
    /// Stroke width as a share of the frame width, 0.001 to 0.05.
    #[schemars(range(min = 0.001, max = 0.05))]
    pub width: f32,
}

/// One step of the annotation log. Applying the steps in the order of `seq` gives the same drawing
/// on every screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnnotationEvent {
    /// Position in the log, from 1 without gaps.
    pub seq: u32,
    /// Milliseconds since the session began.
    pub at_ms: u32,
    /// Who caused it.
    pub by: ParticipantId,
    /// The request's `client_id`, so that its sender recognises it.
    #[schemars(length(max = limits::CLIENT_ID_CHARS))]
    pub client_id: String,
    /// What changed.
    pub op: AnnotationOp,
}

/// What a step of the annotation log changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AnnotationOp {
    /// A new drawing appears on top.
    Added {
        /// The drawing.
        annotation: Annotation,
    },
    /// Drawings disappear (undo, delete, clear).
    Hidden {
        /// Which.
        #[schemars(length(max = 2000))]
        ids: Vec<AnnotationId>,
    },
    /// Hidden drawings come back (redo, or undo of a clear).
    Shown {
        /// Which.
        #[schemars(length(max = 2000))]
        ids: Vec<AnnotationId>,
    },
    /// A step of a newer protocol; changes nothing, keeps its place in the order.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// Whether the place of an anchor is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnchorStatus {
    /// The place is verified in this frame.
    Tracking,
    /// The place is plausible but weakly supported; drawn faded.
    Uncertain,
    /// The place is not known; not drawn.
    Lost,
    /// Nothing there can be held on to: the drawing stays where it was drawn, fixed to the screen,
    /// and is marked so.
    Fixed,
}

/// Why an anchor changed its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnchorReason {
    /// Attached and verified.
    Attached,
    /// Found again after a loss.
    FoundAgain,
    /// Something covers it.
    Occluded,
    /// It left the picture.
    OutOfView,
    /// The picture is too blurred to tell.
    Blur,
    /// Too few details under the drawing to hold on to.
    TooFewTexture,
    /// The thing itself changed place or look.
    Moved,
    /// The frame it was drawn on is no longer in memory.
    FrameExpired,
    /// Nobody tracks this surface.
    NoTracker,
    /// A reason of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// Status of one anchor at one frame, sent on change over the reliable path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnchorState {
    /// Which anchor.
    pub anchor: AnchorNo,
    /// On which surface.
    pub surface: SurfaceId,
    /// Frame of the change.
    pub frame_time: FrameTime,
    /// New status.
    pub status: AnchorStatus,
    /// Why.
    pub reason: AnchorReason,
    /// Last known centre of the drawing in shares of the frame, outside 0..1 when it left the
    /// picture; the edge arrow points there.
    pub last_seen: Option<Point>,
    /// When the server took it, in milliseconds since the session began. The server writes it,
    /// whatever the sender put there.
    #[serde(default)]
    pub at_ms: u32,
}

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

/// How good a participant's connection is, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QualityLevel {
    /// Loss under 2 % and round trip under 200 ms.
    Good,
    /// Loss under 8 % and round trip under 500 ms.
    Fair,
    /// Worse than that.
    Weak,
}

/// One participant's measured connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Round trip to the server in milliseconds.
    #[schemars(range(max = 60000))]
    pub rtt_ms: u32,
    /// Share of packets lost in the last interval, 0 to 1.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub loss: f32,
    /// Frames a second shown or sent, 0 when none.
    #[schemars(range(min = 0.0, max = 240.0))]
    pub fps: f32,
    /// Why the device sends or tracks less than it could; none while it does not.
    #[serde(default)]
    pub saving: Option<Saving>,
}

/// Why a device does less than it could.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Saving {
    /// It is hot.
    Heat,
    /// Its battery is low.
    Battery,
    /// A reason of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

impl Quality {
    /// The one word for these figures.
    pub fn level(&self) -> QualityLevel {
        if self.loss < 0.02 && self.rtt_ms < 200 {
            QualityLevel::Good
        } else if self.loss < 0.08 && self.rtt_ms < 500 {
            QualityLevel::Fair
        } else {
            QualityLevel::Weak
        }
    }
}

/// Sound or picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// Sound.
    Audio,
    /// Picture.
    Video,
}

/// A track that the client sends, named in its offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PublishedTrack {
    /// `a=mid` of the section in the offer.
    #[schemars(length(min = 1, max = 16))]
    pub mid: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// What the picture shows; none for sound.
    pub surface: Option<SurfaceKind>,
}

/// A track that the client receives, named in the server's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReceivedTrack {
    /// `a=mid` of the section in the answer.
    #[schemars(length(min = 1, max = 16))]
    pub mid: String,
    /// Who sends it.
    pub from: ParticipantId,
    /// Sound or picture.
    pub kind: TrackKind,
    /// Which surface; none for sound.
    pub surface: Option<SurfaceId>,
}
