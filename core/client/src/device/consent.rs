use super::{Device, Publication, publication};
use crate::{ClientError, Event, camera::Camera};
use sightline_protocol::{ClientMessage, ConsentScope, ConsentState, Role};
use std::sync::Arc;

fn name(scope: ConsentScope) -> String {
    match scope {
        ConsentScope::Screen => "screen",
        _ => "camera",
    }
    .to_owned()
}

impl Device {
    /// Asks the person, unless the answer is known. Nothing is captured before.
    pub(super) async fn ask_consent(&mut self) -> Result<(), ClientError> {
        if self.role != Role::Customer {
            self.warn("this invitation is not for a customer, so that nothing is sent".into())
                .await;
            return Ok(());
        }
        let scope = name(self.scope());
        let film_days = self.film_days;
        self.tell(Event::Consent {
            scope,
            state: "asked",
            film_days,
        })
        .await;
        if self.config.consent_given {
            self.answer_consent(true, film_days).await?;
        }
        Ok(())
    }

    /// Passes on what the person said.
    pub(super) async fn answer_consent(
        &mut self,
        granted: bool,
        film_days: Option<u16>,
    ) -> Result<(), ClientError> {
        if self.watches() {
            self.warn("a technician watches and shows nothing".into())
                .await;
            return Ok(());
        }
        let scope = self.scope();
        self.allowed.retain(|allowed| *allowed != scope);
        if granted {
            self.allowed.push(scope);
        } else {
            // The picture stops here and now, not when the server says so.
            let state = match std::mem::take(&mut self.granted) {
                true => "withdrawn",
                false => "refused",
            };
            self.stop_publishing().await;
            self.tell(Event::Consent {
                scope: name(scope),
                state,
                film_days: None,
            })
            .await;
            self.speak_on().await?;
        }
        // One question covers the picture and still pictures of it, and so does its answer.
        let film_days = film_days.filter(|_| granted);
        for (scope, film_days) in [(ConsentScope::Snapshot, None), (scope, film_days)] {
            self.signalling
                .send(ClientMessage::SetConsent {
                    scope,
                    granted,
                    film_days,
                })
                .await;
        }
        Ok(())
    }

    /// Shows another camera or screen; what the person allowed before stays allowed.
    pub(super) async fn show(&mut self, camera: Arc<dyn Camera>) -> Result<(), ClientError> {
        if self.watches() {
            return self.answer_consent(false, None).await;
        }
        let scope = self.scope();
        let before = self.surface.clone();
        if std::mem::take(&mut self.granted) {
            self.stop_publishing().await;
            self.tell(Event::Consent {
                scope: name(scope),
                state: "stopped",
                film_days: None,
            })
            .await;
        }
        if let Some(surface) = before {
            let surface = surface.id;
            self.signalling
                .send(ClientMessage::StopSurface { surface })
                .await;
        }
        self.config.camera = camera;
        if self.allowed.contains(&self.scope()) {
            let consent = self.consent.clone();
            self.on_consent(&consent).await
        } else {
            self.speak_on().await?;
            self.ask_consent().await
        }
    }

    /// The picture's connection is gone; sound needs one of its own.
    async fn speak_on(&mut self) -> Result<(), ClientError> {
        match self.sound.speaking {
            Some(_) => self.offer().await,
            None => Ok(()),
        }
    }

    /// Follows the session's consent: publishes when it is granted, stops when it is not.
    pub(super) async fn on_consent(&mut self, consent: &ConsentState) -> Result<(), ClientError> {
        let scope = self.scope();
        self.consent = consent.clone();
        // A server that claims a yes which the person never gave gets nothing.
        let granted = self.allowed.contains(&scope) && consent.granted.contains(&scope);
        if granted && !self.granted {
            self.granted = true;
            self.start_publishing().await?;
            self.tell(Event::Consent {
                scope: name(scope),
                state: "granted",
                film_days: None,
            })
            .await;
        } else if !granted && self.granted {
            self.granted = false;
            // Whoever hears of it finds that nothing is sent any more.
            self.stop_publishing().await;
            self.tell(Event::Consent {
                scope: name(scope),
                state: "withdrawn",
                film_days: None,
            })
            .await;
            self.speak_on().await?;
        }
        self.on_microphone(consent).await
    }

    async fn start_publishing(&mut self) -> Result<(), ClientError> {
        let start = publication::Start {
            camera: self.config.camera.clone(),
            bitrate_bps: self.config.bitrate_bps,
            ignore_frame_times: !self.config.use_frame_times,
            output: self.tracked_sender.clone(),
        };
        let publication = Publication::start(start).await?;
        publication.pause(self.paused);
        self.publication = Some(publication);
        self.tell_tracker_all();
        self.offer().await
    }

    /// Closes the media connection, then the camera, then the view's file.
    pub(super) async fn stop_publishing(&mut self) {
        self.drop_peer().await;
        self.peer_retry = None;
        self.surface = None;
        if let Some(publication) = self.publication.take()
            && let Err(error) = publication.stop().await
        {
            self.warn(format!("the view is not complete: {error}"))
                .await;
        }
    }
}
