//! What the media server is told, asked and reports.

use super::Actor;
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

    pub(super) fn tell_media(&self, message: &ServerMessage) {
        let session = &self.session.id;
        match message {
            // Pages travel through the co-browse relay, not as media.
            ServerMessage::SurfaceUpdated { surface } if surface.kind == SurfaceKind::Page => {}
            ServerMessage::SurfaceUpdated { surface } => self.media.set_surface(
                session,
                &surface.id,
                surface.number,
                surface.tracker.clone(),
            ),
            ServerMessage::SurfaceRemoved { surface } => {
                self.media.remove_surface(session, surface);
            }
            _ => {}
        }
    }

    /// Opens or closes the gate of a surface. Its rules are told again before it opens: a fault in
    /// the media server ends a session there, and takes them along.
    pub(super) fn forward_surface(&self, id: &SurfaceId, open: bool) {
        let session = &self.session.id;
        let pictured = |s: &&Surface| s.id == *id && s.kind != SurfaceKind::Page;
        if open && let Some(surface) = self.state.surfaces().iter().find(pictured) {
            self.tell_media(&ServerMessage::SurfaceUpdated {
                surface: surface.clone(),
            });
        }
        self.media.forward_surface(session, id, open);
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
