use async_trait::async_trait;
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use sightline_server::{
    media::{Media, MediaAnswer, MediaOffer, MediaRefusal},
    sfu::{Filmed, TapSink},
};
use std::{collections::HashMap, sync::Mutex};

/// Answers every offer but those whose SDP is `bad`, and writes down what it is told.
#[derive(Default)]
pub struct FakeMedia {
    told: Mutex<Vec<String>>,
    films: Mutex<HashMap<SurfaceId, TapSink<Filmed>>>,
}

impl FakeMedia {
    pub fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// Where the film of a surface goes; none when it is not kept.
    pub fn film_of(&self, surface: &SurfaceId) -> Option<TapSink<Filmed>> {
        self.films.lock().unwrap().get(surface).cloned()
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

    fn film(&self, _: &SessionId, surface: &SurfaceId, sink: Option<TapSink<Filmed>>) {
        self.note(format!(
            "film {}",
            if sink.is_some() { "on" } else { "off" }
        ));
        let mut films = self.films.lock().unwrap();
        match sink {
            Some(sink) => films.insert(surface.clone(), sink),
            None => films.remove(surface),
        };
    }

    fn request_keyframe(&self, _: &SessionId, _: &SurfaceId) {
        self.note("keyframe".to_owned());
    }

    fn remove_participant(&self, _: &SessionId, _: &ParticipantId) {
        self.note("remove participant".to_owned());
    }

    fn end_session(&self, _: &SessionId) {
        self.films.lock().unwrap().clear();
        self.note("end session".to_owned());
    }
}
