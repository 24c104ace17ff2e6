use async_trait::async_trait;
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use sightline_server::media::{Media, MediaAnswer, MediaOffer, MediaRefusal};
use std::sync::Mutex;

/// Answers every offer but those whose SDP is `bad`, and writes down what it is told.
#[derive(Default)]
pub struct FakeMedia {
    told: Mutex<Vec<String>>,
}

impl FakeMedia {
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    fn note(&self, what: String) {
        self.told.lock().unwrap().push(what);
    }
}

#[async_trait]
impl Media for FakeMedia {
    async fn negotiate(&self, offer: MediaOffer) -> Result<MediaAnswer, MediaRefusal> {
        self.note(format!("offer with {} tracks", offer.published.len()));
        if offer.sdp == "bad" {
            return Err(MediaRefusal("no such section".to_owned()));
        }
        Ok(MediaAnswer {
            sdp: "answer".to_owned(),
            received: vec![],
        })
    }

    fn set_surface(&self, _: &SessionId, _: &SurfaceId, number: u16, _: Option<ParticipantId>) {
        self.note(format!("surface {number}"));
    }

    fn remove_surface(&self, _: &SessionId, _: &SurfaceId) {
        self.note("remove surface".to_owned());
    }

    fn forward_surface(&self, _: &SessionId, _: &SurfaceId, open: bool) {
        self.note(format!("picture {}", if open { "open" } else { "closed" }));
    }

    fn forward_sound(&self, _: &SessionId, _: &ParticipantId, open: bool) {
        self.note(format!("sound {}", if open { "open" } else { "closed" }));
    }

    fn remove_participant(&self, _: &SessionId, _: &ParticipantId) {
        self.note("remove participant".to_owned());
    }

    fn end_session(&self, _: &SessionId) {
        self.note("end session".to_owned());
    }
}
