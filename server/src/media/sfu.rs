use super::{Events, Media, MediaAnswer, MediaOffer, MediaRefusal};
use crate::{
    hub::{Command, MediaEvent},
    sfu::{Filmed, Negotiate, Published, Sfu, SfuConfig, SfuEvent, SurfaceRules, TapSink},
};
use async_trait::async_trait;
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use std::{io, sync::Arc};
use tokio::sync::mpsc;
use tracing::info;

/// Events that wait for their sessions.
const EVENTS: usize = 1_024;

/// Starts the SFU and translates its events into commands for the sessions.
///
/// # Errors
/// When its port cannot be used.
pub fn start(config: SfuConfig) -> io::Result<(Arc<dyn Media>, Sfu, Events)> {
    let (sfu, mut events) = Sfu::start(config)?;
    let (sender, receiver) = mpsc::channel(EVENTS);
    tokio::spawn(async move {
        while let Some(event) = events.recv().await {
            if let Some(translated) = translate(event)
                && sender.send(translated).await.is_err()
            {
                return;
            }
        }
    });
    Ok((Arc::new(SfuMedia(sfu.clone())), sfu, receiver))
}

fn translate(event: SfuEvent) -> Option<(SessionId, Command)> {
    let media =
        |session, participant, event| Some((session, Command::Media { participant, event }));
    match event {
        SfuEvent::AnnotationMessage {
            session,
            participant,
            text,
        } => Some((
            session,
            Command::Text {
                participant,
                connection: None,
                text,
            },
        )),
        SfuEvent::TracksChanged {
            session,
            participant,
            received,
        } => media(session, participant, MediaEvent::Tracks(received)),
        SfuEvent::SlotsNeeded {
            session,
            participant,
            video,
            audio,
        } => media(session, participant, MediaEvent::Slots { video, audio }),
        SfuEvent::Failed {
            session,
            participant,
            reason,
        } => {
            info!(%session, %participant, reason, "media connection ended");
            media(session, participant, MediaEvent::Failed)
        }
        SfuEvent::AnnotationsUndelivered {
            session,
            participant,
            text,
        } => media(session, participant, MediaEvent::Undelivered(text)),
        // Browsers report what their person sees; these figures are for the log and the metrics.
        SfuEvent::MediaStats { .. }
        | SfuEvent::Connected { .. }
        | SfuEvent::Disconnected { .. }
        | SfuEvent::ChannelOpen { .. } => None,
    }
}

struct SfuMedia(Sfu);

#[async_trait]
impl Media for SfuMedia {
    async fn negotiate(&self, offer: MediaOffer) -> Result<MediaAnswer, MediaRefusal> {
        let MediaOffer {
            session,
            participant,
            number,
            may_point,
            sdp,
            published,
        } = offer;
        let published = published
            .into_iter()
            .map(|(mid, kind, surface)| Published { mid, kind, surface })
            .collect();
        let request = Negotiate {
            session,
            participant,
            number,
            may_point,
            sdp,
            published,
        };
        match self.0.negotiate(request).await {
            Ok(answer) => Ok(MediaAnswer {
                sdp: answer.sdp,
                received: answer.received,
            }),
            Err(error) => Err(MediaRefusal(error.to_string())),
        }
    }

    fn set_surface(
        &self,
        session: &SessionId,
        surface: &SurfaceId,
        number: u16,
        tracker: Option<ParticipantId>,
    ) {
        let rules = SurfaceRules {
            surface: surface.clone(),
            number,
            tracker,
        };
        self.0.set_surface(session.clone(), rules);
    }

    fn remove_surface(&self, session: &SessionId, surface: &SurfaceId) {
        self.0.remove_surface(session.clone(), surface.clone());
    }

    fn forward_surface(&self, session: &SessionId, surface: &SurfaceId, open: bool) {
        self.0
            .set_forwarding(session.clone(), surface.clone(), open);
        if open {
            self.0.request_keyframe(session.clone(), surface.clone());
        }
    }

    fn forward_sound(&self, session: &SessionId, participant: &ParticipantId, open: bool) {
        self.0
            .set_audio_forwarding(session.clone(), participant.clone(), open);
    }

    fn film(&self, session: &SessionId, surface: &SurfaceId, sink: Option<TapSink<Filmed>>) {
        self.0.film(session.clone(), surface.clone(), sink);
    }

    fn request_keyframe(&self, session: &SessionId, surface: &SurfaceId) {
        self.0.request_keyframe(session.clone(), surface.clone());
    }

    fn remove_participant(&self, session: &SessionId, participant: &ParticipantId) {
        self.0
            .remove_participant(session.clone(), participant.clone());
    }

    fn end_session(&self, session: &SessionId) {
        self.0.end_session(session.clone());
    }
}
