//! What the media server is told, asked and reports.

use super::{Actor, Broken};
use crate::{hub::MediaEvent, media::MediaOffer};
use sightline_protocol::{
    ErrorCode, ParticipantId, ServerMessage, Surface, SurfaceId, SurfaceKind,
};
use sightline_session::{AcceptedTrack, Capability, Input, policy};
use tracing::warn;

impl Actor {
    pub(super) fn media_event(&mut self, participant: &ParticipantId, event: MediaEvent) {
        let message = match event {
            MediaEvent::Tracks(tracks) => ServerMessage::Tracks { tracks },
            MediaEvent::Slots { video, audio } => ServerMessage::MediaSlots { video, audio },
            MediaEvent::Undelivered(text) => {
                self.deliver.send_text(participant, text.into());
                return;
            }
            MediaEvent::Failed => ServerMessage::Error {
                code: ErrorCode::MediaFailed,
                message: "the media connection was lost; offer again".to_owned(),
                client_id: None,
                fatal: false,
            },
        };
        self.deliver.send(participant, &message);
    }

    pub(super) fn tell_media(&mut self, message: &ServerMessage) {
        let (now_ms, unix_ms) = (self.now_ms(), self.clock.now_ms());
        let session = &self.session.id;
        match message {
            // Pages travel through the co-browse relay, not as media.
            ServerMessage::SurfaceUpdated { surface } if surface.kind == SurfaceKind::Page => {}
            ServerMessage::SurfaceUpdated { surface } => {
                self.media.set_surface(
                    session,
                    &surface.id,
                    surface.number,
                    surface.tracker.clone(),
                );
                self.filming.surface(surface, now_ms, unix_ms);
            }
            ServerMessage::AnchorStates { states } => self.filming.anchor_states(states),
            ServerMessage::SurfaceRemoved { surface } => {
                self.filming.removed(surface);
                self.media.remove_surface(session, surface);
            }
            _ => {}
        }
    }

    /// Opens or closes the gate of a surface. Its rules are told again before it opens: a fault in
    /// the media server ends a session there, and takes them along.
    pub(super) fn forward_surface(&mut self, id: &SurfaceId, open: bool) {
        let pictured = |s: &&Surface| s.id == *id && s.kind != SurfaceKind::Page;
        if open && let Some(surface) = self.state.surfaces().iter().find(pictured) {
            self.tell_media(&ServerMessage::SurfaceUpdated {
                surface: surface.clone(),
            });
        }
        self.media.forward_surface(&self.session.id, id, open);
    }

    /// Looks up for how many days the company keeps film.
    pub(super) async fn know_film_days(&mut self) -> Result<(), Broken> {
        let days = self.filming.days().await;
        self.film_days(days).await
    }

    /// Film is kept for so many days from now on, or none.
    pub(super) async fn film_days(&mut self, days: Option<u16>) -> Result<(), Broken> {
        let days = self.filming.set_days(days);
        // A session that has ended refuses: nothing is shown in it any more.
        let _ = self.step(Input::FilmDays { days }).await?;
        let (now_ms, unix_ms) = (self.now_ms(), self.clock.now_ms());
        for surface in self.state.surfaces() {
            self.filming.surface(surface, now_ms, unix_ms);
        }
        Ok(())
    }

    pub(super) async fn negotiate(
        &mut self,
        participant: ParticipantId,
        number: u32,
        sdp: String,
        tracks: Vec<AcceptedTrack>,
    ) -> Option<Input> {
        let shown = self.state.participant(&participant).ok()?;
        let offer = MediaOffer {
            session: self.session.id.clone(),
            participant: participant.clone(),
            number: shown.number,
            may_point: policy::allows(shown.role, Capability::Point),
            sdp,
            published: tracks
                .iter()
                .map(|t| {
                    (
                        t.mid.clone(),
                        t.kind,
                        t.surface.as_ref().map(|(id, ..)| id.clone()),
                    )
                })
                .collect(),
        };
        match self.media.negotiate(offer).await {
            Ok(answer) => {
                let message = ServerMessage::Answer {
                    number,
                    sdp: answer.sdp,
                    tracks: answer.received,
                };
                self.deliver.send(&participant, &message);
                Some(Input::Negotiated {
                    participant,
                    tracks,
                })
            }
            Err(refusal) => {
                warn!(%participant, %refusal, "negotiation failed");
                let reason = format!("the offer cannot be answered: {refusal}");
                self.refuse(&participant, ErrorCode::MediaFailed, &reason, None, false);
                None
            }
        }
    }
}
