use crate::{
    AnchorState, AnnotationId, Attach, ConsentScope, FrameTime, PageNode, PublishedTrack, Quality,
    Shape, SurfaceId, SurfaceKind, limits,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A control message from a participant to the server.
///
/// The first message on a WebSocket is [`ClientMessage::Hello`]. The `Annotation*` messages may
/// come over the WebSocket or over the `annotations` data channel, with the same meaning.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// Opens the connection.
    Hello {
        /// [`crate::PROTOCOL_VERSION`] of the client.
        protocol: u16,
        /// The participant's token, from the join or session API.
        #[schemars(length(min = 1, max = limits::TOKEN_CHARS))]
        token: String,
        /// True when this client tracks anchors on the surfaces that it publishes.
        tracks_anchors: bool,
    },
    /// Asks for the server's clock and measures the round trip.
    Ping {
        /// Echoed.
        nonce: u32,
    },
    /// Offers a (re)negotiation. The client always offers, the server always answers.
    Offer {
        /// Counts up with each offer; the answer carries it.
        number: u32,
        /// Session description, RFC 8829.
        #[schemars(length(min = 1, max = limits::SDP_CHARS))]
        sdp: String,
        /// The sections of the offer in which the client sends.
        #[schemars(length(max = limits::TRACKS_PER_OFFER))]
        tracks: Vec<PublishedTrack>,
    },
    /// The customer allows or takes back.
    SetConsent {
        /// What.
        scope: ConsentScope,
        /// True to allow.
        granted: bool,
        /// Days for which the film of it is kept, as the customer read before allowing it; none when
        /// they read of no film, and then it is not kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 1, max = 365))]
        film_days: Option<u16>,
    },
    /// An agent asks the customer to share a surface of this kind.
    RequestSurface {
        /// What.
        kind: SurfaceKind,
    },
    /// The customer shares the web page that the co-browse script runs in.
    SharePage,
    /// The owner holds the picture back or shows it again.
    SetPaused {
        /// Which surface.
        surface: SurfaceId,
        /// True for the curtain.
        paused: bool,
    },
    /// The owner's device hides parts of the picture before it is encoded, or no part any more.
    SetHidden {
        /// Which surface.
        surface: SurfaceId,
        /// How many parts are hidden at this moment, [`limits::HIDDEN_ALL`] for the whole picture.
        #[schemars(range(max = limits::HIDDEN_ALL))]
        parts: u8,
    },
    /// The owner stops publishing a surface.
    StopSurface {
        /// Which.
        surface: SurfaceId,
    },
    /// Adds a drawing.
    AnnotationAdd {
        /// Chosen by the client; a second add with the same one by the same author is ignored.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        client_id: String,
        /// Where.
        surface: SurfaceId,
        /// The frame that the author saw.
        frame_time: Option<FrameTime>,
        /// What it shall be fixed to.
        attach: Attach,
        /// The element that it shall be fixed to: needed on a page, refused elsewhere.
        node: Option<PageNode>,
        /// What is drawn.
        shape: Shape,
        /// Stroke width as a share of the frame width.
        #[schemars(range(min = 0.001, max = 0.05))]
        width: f32,
    },
    /// Deletes one drawing: one's own, or any by an agent.
    AnnotationRemove {
        /// See `annotation_add`.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        client_id: String,
        /// Which.
        id: AnnotationId,
    },
    /// Takes back the author's own last step.
    AnnotationUndo {
        /// See `annotation_add`.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        client_id: String,
    },
    /// Brings back the author's own last undone step.
    AnnotationRedo {
        /// See `annotation_add`.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        client_id: String,
    },
    /// Hides every drawing on a surface.
    AnnotationClear {
        /// See `annotation_add`.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        client_id: String,
        /// Where.
        surface: SurfaceId,
    },
    /// Asks for the events after one that is known, because a gap was seen.
    AnnotationSync {
        /// Last known sequence number, 0 for all.
        after: u32,
    },
    /// The tracker of a surface tells that anchors changed their status.
    AnchorStates {
        /// What changed.
        #[schemars(length(min = 1, max = 64))]
        states: Vec<AnchorState>,
    },
    /// Asks the tracker to keep a frame in memory because somebody draws on it.
    HoldFrame {
        /// Which surface.
        surface: SurfaceId,
        /// Which frame.
        frame_time: FrameTime,
        /// False to let it go.
        hold: bool,
    },
    /// Sends a chat message.
    ChatSend {
        /// See `annotation_add`.
        #[schemars(length(min = 1, max = limits::CLIENT_ID_CHARS))]
        client_id: String,
        /// Text.
        #[schemars(length(min = 1, max = limits::CHAT_CHARS))]
        text: String,
    },
    /// Reports the measured connection, at most once a second.
    ReportQuality {
        /// Figures.
        quality: Quality,
    },
    /// Leaves; the session goes on.
    Leave,
    /// Ends the session for everybody.
    EndSession,
    /// A message of a newer protocol; answered with an error, changes nothing.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}
