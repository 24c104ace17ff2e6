use crate::Step;
use serde::{Deserialize, Serialize};
use sightline_protocol::{
    AnnotationEvent, ChatMessage, ConsentScope, ParticipantId, Role, Snapshot, SurfaceId,
    SurfaceKind,
};

/// One durable step of a session, stored as JSON in the order of emission.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// Somebody got a place.
    Joined {
        /// Who.
        participant: ParticipantId,
        /// What it is.
        role: Role,
        /// Name to show.
        name: String,
        /// The place of the same person on another device.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        same_as: Option<ParticipantId>,
        /// Milliseconds since the session began.
        at_ms: u32,
    },
    /// Somebody left for good, or came back after that.
    Present {
        /// Who.
        participant: ParticipantId,
        /// True when back.
        present: bool,
        /// Milliseconds since the session began.
        at_ms: u32,
    },
    /// Somebody allowed or took back.
    Consent {
        /// Who.
        by: ParticipantId,
        /// What.
        scope: ConsentScope,
        /// True when allowed.
        granted: bool,
        /// Days for which its film is kept, as they read before allowing it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        film_days: Option<u16>,
        /// Milliseconds since the session began.
        at_ms: u32,
    },
    /// A surface got its lasting id and number.
    SurfaceNamed {
        /// Which.
        surface: SurfaceId,
        /// Who publishes it.
        owner: ParticipantId,
        /// What it shows.
        kind: SurfaceKind,
    },
    /// A step of the annotation log.
    Annotation {
        /// The step as everybody sees it.
        event: AnnotationEvent,
        /// What it does to its author's undo and redo stacks.
        step: Step,
    },
    /// A chat message.
    Chat {
        /// The message.
        message: ChatMessage,
    },
    /// A picture was taken.
    Snapshot {
        /// The picture.
        snapshot: Snapshot,
    },
    /// The session ended.
    Ended {
        /// Who ended it; none when the server did.
        by: Option<ParticipantId>,
        /// Milliseconds since the session began.
        at_ms: u32,
    },
    /// A record of a newer server; changes nothing.
    #[serde(other)]
    Unknown,
}
