use crate::AcceptedTrack;
use sightline_protocol::{ClientMessage, FrameTime, ParticipantId, Role, SnapshotId, SurfaceId};

/// A source of random bytes, owned by the caller.
pub trait Randomness {
    /// Sixteen bytes that nobody can guess.
    fn bytes16(&mut self) -> [u8; 16];
}

impl<F: FnMut() -> [u8; 16]> Randomness for F {
    fn bytes16(&mut self) -> [u8; 16] {
        self()
    }
}

/// Everything that can happen to a session.
#[derive(Debug, Clone)]
pub enum Input {
    /// Somebody got a place (an accepted invitation, an agent who opens the session, or the
    /// server's own vision). No connection yet.
    Join {
        /// Fresh id of the new participant.
        participant: ParticipantId,
        /// What it is.
        role: Role,
        /// Name to show; when empty, the role's plain name is shown.
        name: String,
        /// The place of the same person on another device, with the same role: name and colour are
        /// taken from there.
        same_as: Option<ParticipantId>,
    },
    /// A participant's connection opened, the first time or again.
    Connect {
        /// Who.
        participant: ParticipantId,
        /// Whether its device tracks anchors.
        tracks_anchors: bool,
        /// Whether it comes from a web page that can be shared.
        on_page: bool,
    },
    /// A participant's connection closed without a word.
    Disconnect {
        /// Who.
        participant: ParticipantId,
    },
    /// A validated message came from a participant.
    Message {
        /// Who.
        from: ParticipantId,
        /// What.
        message: ClientMessage,
    },
    /// The media server accepted the offer that [`crate::Output::Negotiate`] handed out.
    Negotiated {
        /// Who offered.
        participant: ParticipantId,
        /// The tracks of that output.
        tracks: Vec<AcceptedTrack>,
    },
    /// The company keeps the film of cameras and screens for so many days from now on, or not at
    /// all; the latter as well when no more of this session can be kept.
    FilmDays {
        /// How many.
        days: Option<u16>,
    },
    /// A picture was stored.
    Snapshot {
        /// Fresh id.
        id: SnapshotId,
        /// Who took it.
        by: ParticipantId,
        /// Of which surface.
        surface: SurfaceId,
        /// Of which frame.
        frame_time: Option<FrameTime>,
        /// Path of the picture on the server.
        path: String,
    },
    /// The session is ended from outside the connections, by a participant or by the server.
    End {
        /// Who.
        by: Option<ParticipantId>,
    },
    /// Time passed.
    Tick,
}
