use crate::Record;
use sightline_protocol::{ParticipantId, ServerMessage, SurfaceId, SurfaceKind, TrackKind};

/// A track of an offer that policy and consent allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedTrack {
    /// `a=mid` of the section.
    pub mid: String,
    /// Sound or picture.
    pub kind: TrackKind,
    /// Which surface the picture is; none for sound.
    pub surface: Option<(SurfaceId, u16, SurfaceKind)>,
}

/// Everything that a session asks of its surroundings, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Send to one participant.
    Send {
        /// To whom.
        to: ParticipantId,
        /// What.
        message: ServerMessage,
    },
    /// Send to every connected participant.
    Broadcast {
        /// Who does not get it.
        except: Option<ParticipantId>,
        /// What.
        message: ServerMessage,
    },
    /// Keep this for ever, before anything after it is sent.
    Record(Record),
    /// Give the offer to the media server; answer with [`crate::Input::Negotiated`].
    Negotiate {
        /// Who offers.
        participant: ParticipantId,
        /// Number of the offer.
        number: u32,
        /// Session description of the offer.
        sdp: String,
        /// The tracks that it may publish.
        tracks: Vec<AcceptedTrack>,
    },
    /// Open or close the gate of a surface's picture in the media server.
    ForwardSurface {
        /// Which.
        surface: SurfaceId,
        /// True to let packets through.
        open: bool,
    },
    /// Open or close the gate of a participant's sound in the media server.
    ForwardSound {
        /// Whose.
        participant: ParticipantId,
        /// True to let packets through.
        open: bool,
    },
    /// Forget the participant's media connection.
    DropMedia {
        /// Whose.
        participant: ParticipantId,
    },
    /// Close the participant's connection after what was sent.
    Close {
        /// Whose.
        participant: ParticipantId,
    },
    /// The session is over; nothing follows.
    Ended,
}
