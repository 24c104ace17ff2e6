use crate::{
    AnchorState, AnnotationEvent, ChatMessage, ConsentState, ErrorCode, FrameTime, Participant,
    ParticipantId, Quality, QualityLevel, ReceivedTrack, SessionInfo, Snapshot, Surface, SurfaceId,
    SurfaceKind, limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everything that a participant needs to show the session as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Welcome {
    /// [`crate::PROTOCOL_VERSION`] of the server.
    pub protocol: u16,
    /// The session.
    pub session: SessionInfo,
    /// The receiver's own id.
    pub you: ParticipantId,
    /// Everybody who is or was here, in order of joining.
    pub participants: Vec<Participant>,
    /// Published surfaces.
    pub surfaces: Vec<Surface>,
    /// What the customer allows.
    pub consent: ConsentState,
    /// The whole annotation log.
    pub annotations: Vec<AnnotationEvent>,
    /// Last known status of each anchor.
    pub anchors: Vec<AnchorState>,
    /// The whole chat.
    pub chat: Vec<ChatMessage>,
    /// Pictures taken so far.
    pub snapshots: Vec<Snapshot>,
    /// Video tracks that the receiver should be ready to receive.
    pub video_slots: u8,
    /// Audio tracks that the receiver should be ready to receive.
    pub audio_slots: u8,
}

/// A control message from the server to a participant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// Answers `hello`; always the first message.
    Welcome(Box<Welcome>),
    /// Answers `ping`.
    Pong {
        /// As asked.
        nonce: u32,
        /// Milliseconds since the session began.
        at_ms: u32,
    },
    /// Answers `offer`.
    Answer {
        /// Number of the offer.
        number: u32,
        /// Session description.
        #[schemars(length(min = 1, max = limits::SDP_CHARS))]
        sdp: String,
        /// What the sections carry in which the server sends.
        tracks: Vec<ReceivedTrack>,
    },
    /// What the sections carry has changed without a negotiation.
    Tracks {
        /// All received tracks.
        tracks: Vec<ReceivedTrack>,
    },
    /// The client should offer again with at least this many receiving sections.
    MediaSlots {
        /// Video sections.
        video: u8,
        /// Audio sections.
        audio: u8,
    },
    /// Somebody joined or changed.
    ParticipantUpdated {
        /// As it is now.
        participant: Participant,
    },
    /// The customer allowed or took back.
    ConsentChanged {
        /// As it is now.
        consent: ConsentState,
    },
    /// An agent asks the customer for a surface.
    SurfaceRequested {
        /// What.
        kind: SurfaceKind,
        /// Who asks.
        by: ParticipantId,
    },
    /// A surface appeared or changed.
    SurfaceUpdated {
        /// As it is now.
        surface: Surface,
    },
    /// A surface is gone.
    SurfaceRemoved {
        /// Which.
        surface: SurfaceId,
    },
    /// Steps of the annotation log, in order.
    AnnotationEvents {
        /// The steps.
        events: Vec<AnnotationEvent>,
    },
    /// Anchors changed their status.
    AnchorStates {
        /// What changed.
        states: Vec<AnchorState>,
    },
    /// Somebody draws on a frozen frame: the tracker shall keep it.
    HoldFrame {
        /// Which surface.
        surface: SurfaceId,
        /// Which frame.
        frame_time: FrameTime,
        /// False to let it go.
        hold: bool,
        /// Who.
        by: ParticipantId,
    },
    /// A chat message.
    Chat {
        /// The message.
        message: ChatMessage,
    },
    /// A picture was taken.
    SnapshotAdded {
        /// The picture.
        snapshot: Snapshot,
    },
    /// Somebody's connection, at most once a second each.
    QualityChanged {
        /// Whose.
        participant: ParticipantId,
        /// Figures.
        quality: Quality,
        /// One word.
        level: QualityLevel,
    },
    /// The session is over; the connection closes after this.
    SessionEnded {
        /// Who ended it; none when the server did.
        by: Option<ParticipantId>,
    },
    /// A message was refused. The connection lives on unless `fatal`.
    Error {
        /// What was wrong.
        code: ErrorCode,
        /// What to do, in words for a developer; carries no private data.
        message: String,
        /// The refused request's `client_id`, when it had one.
        client_id: Option<String>,
        /// True when the connection closes after this.
        fatal: bool,
    },
    /// A message of a newer protocol; ignored.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}
