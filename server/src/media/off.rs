use super::{Media, MediaAnswer, MediaOffer, MediaRefusal};
use crate::sfu::{Filmed, TapSink};
use async_trait::async_trait;
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};

/// No media at all: every offer is refused. Signalling, drawing and chat work.
pub struct MediaOff;

#[async_trait]
impl Media for MediaOff {
    async fn negotiate(&self, _: MediaOffer) -> Result<MediaAnswer, MediaRefusal> {
        Err(MediaRefusal("this server has no media".to_owned()))
    }

    fn set_surface(&self, _: &SessionId, _: &SurfaceId, _: u16, _: Option<ParticipantId>) {}
    fn remove_surface(&self, _: &SessionId, _: &SurfaceId) {}
    fn forward_surface(&self, _: &SessionId, _: &SurfaceId, _: bool) {}
    fn film(&self, _: &SessionId, _: &SurfaceId, _: Option<TapSink<Filmed>>) {}
    fn request_keyframe(&self, _: &SessionId, _: &SurfaceId) {}
    fn forward_sound(&self, _: &SessionId, _: &ParticipantId, _: bool) {}
    fn remove_participant(&self, _: &SessionId, _: &ParticipantId) {}
    fn end_session(&self, _: &SessionId) {}
}
