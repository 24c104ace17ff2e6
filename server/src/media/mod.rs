//! What the session asks of the media server. The hub knows this trait only; the SFU stands behind
//! it, and a stand-in in tests.

mod off;
mod sfu;

pub use off::MediaOff;
pub use sfu::start;

use crate::sfu::{Filmed, TapSink};
use async_trait::async_trait;
use sightline_protocol::{ParticipantId, ReceivedTrack, SessionId, SurfaceId, TrackKind};

/// An offer that policy and consent allow.
#[derive(Debug, Clone)]
pub struct MediaOffer {
    /// In which session.
    pub session: SessionId,
    /// Who offers.
    pub participant: ParticipantId,
    /// Short number of the participant, written into its cursors.
    pub number: u16,
    /// True when its cursors are passed on.
    pub may_point: bool,
    /// The offer, RFC 8829.
    pub sdp: String,
    /// The sections in which it sends: `a=mid`, sound or picture, and which surface.
    pub published: Vec<(String, TrackKind, Option<SurfaceId>)>,
}

/// The answer to an offer.
#[derive(Debug, Clone)]
pub struct MediaAnswer {
    /// The answer, RFC 8829.
    pub sdp: String,
    /// What the sections carry in which the server sends.
    pub received: Vec<ReceivedTrack>,
}

/// Why there is no answer; carries no private data.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct MediaRefusal(pub String);

/// The media server.
#[async_trait]
pub trait Media: Send + Sync + 'static {
    /// Answers an offer.
    async fn negotiate(&self, offer: MediaOffer) -> Result<MediaAnswer, MediaRefusal>;
    /// Tells the number and the tracker of a surface.
    fn set_surface(
        &self,
        session: &SessionId,
        surface: &SurfaceId,
        number: u16,
        tracker: Option<ParticipantId>,
    );
    /// Forgets a surface.
    fn remove_surface(&self, session: &SessionId, surface: &SurfaceId);
    /// Opens or closes the gate of a surface's picture.
    fn forward_surface(&self, session: &SessionId, surface: &SurfaceId, open: bool);
    /// Opens or closes the gate of a participant's sound.
    fn forward_sound(&self, session: &SessionId, participant: &ParticipantId, open: bool);
    /// Copies what a surface shows to a film, as far as its gate lets it pass; none ends it.
    fn film(&self, session: &SessionId, surface: &SurfaceId, sink: Option<TapSink<Filmed>>);
    /// Asks the publisher of a surface for a keyframe.
    fn request_keyframe(&self, session: &SessionId, surface: &SurfaceId);
    /// Closes a participant's connection.
    fn remove_participant(&self, session: &SessionId, participant: &ParticipantId);
    /// Closes all connections of a session.
    fn end_session(&self, session: &SessionId);
}

/// Events of the media server for all sessions.
pub type Events = tokio::sync::mpsc::Receiver<(SessionId, crate::hub::Command)>;

/// Passes events on to their sessions until the media server ends.
pub async fn pump(mut events: Events, app: std::sync::Arc<crate::app::App>) {
    while let Some((session, command)) = events.recv().await {
        if let Some(hub) = app.hubs.if_awake(&session) {
            let _ = hub.send(command).await;
        }
    }
}
