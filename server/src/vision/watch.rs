use crate::{
    media::{Media, MediaAnswer, MediaOffer, MediaRefusal},
    sfu::{Filmed, TapSink},
};
use async_trait::async_trait;
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use std::sync::Arc;
use tokio::sync::mpsc;

/// Sessions that may wait for the vision participant.
const NOTICES: usize = 1_024;

/// Sessions with a surface that nobody tracks.
pub type Notices = mpsc::Receiver<SessionId>;

/// Looks over the session's shoulder: the same media server, and word of every surface that nobody
/// tracks.
pub fn watch(inner: Arc<dyn Media>) -> (Arc<dyn Media>, Notices) {
    let (notices, receiver) = mpsc::channel(NOTICES);
    (Arc::new(Watched { inner, notices }), receiver)
}

struct Watched {
    inner: Arc<dyn Media>,
    notices: mpsc::Sender<SessionId>,
}

#[async_trait]
impl Media for Watched {
    async fn negotiate(&self, offer: MediaOffer) -> Result<MediaAnswer, MediaRefusal> {
        self.inner.negotiate(offer).await
    }

    fn set_surface(
        &self,
        session: &SessionId,
        surface: &SurfaceId,
        number: u16,
        tracker: Option<ParticipantId>,
    ) {
        if tracker.is_none() && self.notices.try_send(session.clone()).is_err() {
            tracing::warn!(%session, "nobody can be asked to track anchors here");
        }
        self.inner.set_surface(session, surface, number, tracker);
    }

    fn remove_surface(&self, session: &SessionId, surface: &SurfaceId) {
        self.inner.remove_surface(session, surface);
    }

    fn forward_surface(&self, session: &SessionId, surface: &SurfaceId, open: bool) {
        self.inner.forward_surface(session, surface, open);
    }

    fn forward_sound(&self, session: &SessionId, participant: &ParticipantId, open: bool) {
        self.inner.forward_sound(session, participant, open);
    }

    fn film(&self, session: &SessionId, surface: &SurfaceId, sink: Option<TapSink<Filmed>>) {
        self.inner.film(session, surface, sink);
    }

    fn request_keyframe(&self, session: &SessionId, surface: &SurfaceId) {
        self.inner.request_keyframe(session, surface);
    }

    fn remove_participant(&self, session: &SessionId, participant: &ParticipantId) {
        self.inner.remove_participant(session, participant);
    }

    fn end_session(&self, session: &SessionId) {
        self.inner.end_session(session);
    }
}
