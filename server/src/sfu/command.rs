use super::{Filmed, Negotiate, NegotiateAnswer, SfuError, SurfaceRules, TapSink};
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use tokio::sync::oneshot;

/// What the shell asks of the media thread.
#[derive(Debug)]
pub enum Command {
    /// Answer an offer.
    Negotiate {
        /// The offer; boxed because it is much larger than the other commands.
        request: Box<Negotiate>,
        /// Where the answer goes.
        reply: oneshot::Sender<Result<NegotiateAnswer, SfuError>>,
    },
    /// Numbers and tracker of a surface.
    SetSurface {
        /// In which session.
        session: SessionId,
        /// The rules.
        rules: SurfaceRules,
    },
    /// The surface is gone.
    RemoveSurface {
        /// In which session.
        session: SessionId,
        /// Which.
        surface: SurfaceId,
    },
    /// Open or close the gate of a surface.
    SetForwarding {
        /// In which session.
        session: SessionId,
        /// Which surface.
        surface: SurfaceId,
        /// True to let pictures pass.
        allowed: bool,
    },
    /// Open or close the gate of a participant's sound.
    SetAudioForwarding {
        /// In which session.
        session: SessionId,
        /// Whose sound.
        participant: ParticipantId,
        /// True to let sound pass.
        allowed: bool,
    },
    /// Send a text on the `annotations` channel.
    SendAnnotations {
        /// In which session.
        session: SessionId,
        /// To whom.
        participant: ParticipantId,
        /// The text.
        json: String,
    },
    /// Send a packet on the `realtime` channels.
    SendRealtime {
        /// In which session.
        session: SessionId,
        /// To everybody but this one.
        except: Option<ParticipantId>,
        /// The packet.
        packet: Vec<u8>,
    },
    /// Ask a publisher for a keyframe.
    RequestKeyframe {
        /// In which session.
        session: SessionId,
        /// Of which surface.
        surface: SurfaceId,
    },
    /// Close a participant's connection.
    RemoveParticipant {
        /// In which session.
        session: SessionId,
        /// Whose.
        participant: ParticipantId,
    },
    /// Close a session.
    EndSession {
        /// Which.
        session: SessionId,
    },
    /// Copy a surface's packets to a sink.
    Tap {
        /// In which session.
        session: SessionId,
        /// Which surface.
        surface: SurfaceId,
        /// Where to.
        sink: TapSink,
    },
    /// Copy a surface's packets and poses to a film's sink, or no longer.
    Film {
        /// In which session.
        session: SessionId,
        /// Which surface.
        surface: SurfaceId,
        /// Where to; none to end it.
        sink: Option<TapSink<Filmed>>,
    },
    /// End a tap.
    Untap {
        /// In which session.
        session: SessionId,
        /// Which surface.
        surface: SurfaceId,
    },
}

impl Command {
    /// The session that the command is about.
    pub fn session(&self) -> &SessionId {
        match self {
            Self::Negotiate { request, .. } => &request.session,
            Self::SetSurface { session, .. }
            | Self::RemoveSurface { session, .. }
            | Self::SetForwarding { session, .. }
            | Self::SetAudioForwarding { session, .. }
            | Self::SendAnnotations { session, .. }
            | Self::SendRealtime { session, .. }
            | Self::RequestKeyframe { session, .. }
            | Self::RemoveParticipant { session, .. }
            | Self::EndSession { session }
            | Self::Film { session, .. }
            | Self::Tap { session, .. }
            | Self::Untap { session, .. } => session,
        }
    }
}
