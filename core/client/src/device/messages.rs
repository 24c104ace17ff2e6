//! What the device does about each message and event.

use super::{Device, End};
use crate::{
    Change, ClientError, Event,
    peer::PeerEvent,
    tracker::{Tracked, TrackerInput},
};
use sightline_frames::Codec;
use sightline_protocol::{
    AnnotationEvent, ClientMessage, ErrorCode, Participant, ReceivedTrack, ServerMessage, Surface,
    SurfaceId, SurfaceKind, Welcome, decode_server,
};
use std::time::Duration;
use tokio::time::Instant;

/// States in one message, at most (`ClientMessage::AnchorStates`).
const STATES: usize = 64;

/// A surface's kind in events.
pub(super) fn kind_name(kind: SurfaceKind) -> &'static str {
    match kind {
        SurfaceKind::Screen => "screen",
        _ => "camera",
    }
}

impl Device {
    /// Learns what the receiving sections carry.
    fn know(&mut self, tracks: &[ReceivedTrack]) {
        self.sound.know(tracks);
        if let Some(watch) = &self.config.watch {
            watch.know(tracks);
        }
    }

    pub(super) async fn on_message(
        &mut self,
        message: ServerMessage,
    ) -> Result<Option<End>, ClientError> {
        match message {
            ServerMessage::Welcome(welcome) => self.on_welcome(*welcome).await?,
            ServerMessage::Pong { nonce, .. } => self.report.pong(nonce),
            ServerMessage::Answer {
                number,
                sdp,
                tracks,
            } if number == self.offers => {
                self.know(&tracks);
                if let Some(peer) = &self.peer
                    && let Err(error) = peer.accept_answer(sdp).await
                {
                    self.warn(error.to_string()).await;
                    self.retry_peer();
                }
            }
            ServerMessage::Tracks { tracks } => self.know(&tracks),
            ServerMessage::MediaSlots { video, audio } => self.on_slots(video, audio).await?,
            ServerMessage::ParticipantUpdated { participant } => self.on_participant(&participant),
            ServerMessage::ConsentChanged { consent } => self.on_consent(&consent).await?,
            ServerMessage::SurfaceRequested { kind, .. } => self.on_requested(kind).await?,
            ServerMessage::SurfaceUpdated { surface } => self.on_surface(surface).await,
            ServerMessage::SurfaceRemoved { surface } if self.owns(&surface) => {
                self.surface = None;
            }
            ServerMessage::SurfaceRemoved { surface } => self.on_surface_removed(&surface).await,
            ServerMessage::AnchorStates { states } => self.on_anchor_states(states).await,
            ServerMessage::AnnotationEvents { events } => self.on_annotations(events).await,
            ServerMessage::HoldFrame {
                surface,
                frame_time,
                hold,
                ..
            } if self.owns(&surface) => {
                self.tell_tracker(match hold {
                    true => TrackerInput::Hold(frame_time),
                    false => TrackerInput::Release(frame_time),
                });
            }
            ServerMessage::Chat { message } => {
                let own = self.chat_taken(&message);
                let from = message.from.to_string();
                let name = self.names.get(&message.from).cloned().unwrap_or_default();
                self.tell(Event::Chat {
                    from,
                    name,
                    own,
                    text: message.text,
                })
                .await;
            }
            ServerMessage::SessionEnded { .. } => return Ok(Some(End::SessionEnded)),
            ServerMessage::Error {
                code,
                message,
                fatal,
                client_id,
            } => {
                if !fatal
                    && let Some(client_id) = &client_id
                    && self.refused(client_id, code, &message)
                {
                    return Ok(None);
                }
                return self.on_error(code, message, fatal).await;
            }
            // The device shows no snapshots; the rest is for the dashboard.
            _ => {}
        }
        Ok(None)
    }

    async fn on_error(
        &mut self,
        code: ErrorCode,
        message: String,
        fatal: bool,
    ) -> Result<Option<End>, ClientError> {
        match (code, fatal) {
            (ErrorCode::SessionEnded, _) => Ok(Some(End::SessionEnded)),
            (code, true) => Err(ClientError::Refused { code, message }),
            (code, false) => {
                if code == ErrorCode::MediaFailed {
                    self.retry_peer();
                }
                self.warn(format!("{message} ({code:?})")).await;
                Ok(None)
            }
        }
    }

    async fn on_welcome(&mut self, welcome: Welcome) -> Result<(), ClientError> {
        self.tell(Event::Connection { state: "open" }).await;
        welcome
            .participants
            .iter()
            .for_each(|participant| self.on_participant(participant));
        self.on_annotations(welcome.annotations).await;
        self.on_surfaces(welcome.surfaces, &welcome.anchors).await;
        self.hold_again().await;
        self.wants_more_pictures(welcome.video_slots);
        self.sound.slots = self.sound.slots.max(welcome.audio_slots);
        let known = self.granted || self.sound.speaking.is_some();
        let offers = self.offers;
        if std::mem::take(&mut self.config.microphone_given) {
            self.answer_microphone(true).await?;
        } else {
            self.repeat_microphone(&welcome.consent).await;
        }
        self.on_consent(&welcome.consent).await?;
        if !self.granted && !self.watches() {
            self.ask_consent().await?;
        }
        let sends = self.granted || self.sound.speaking.is_some();
        if (known && sends || self.watches()) && self.offers == offers {
            // Back after a lost connection the server needs a new media connection; whoever watches
            // needs one from the beginning.
            self.offer().await?;
        }
        Ok(())
    }

    fn on_participant(&mut self, participant: &Participant) {
        self.colors
            .insert(participant.id.clone(), participant.color);
        self.names
            .insert(participant.id.clone(), participant.name.clone());
    }

    async fn on_requested(&mut self, kind: SurfaceKind) -> Result<(), ClientError> {
        self.tell(Event::SurfaceRequested {
            kind: kind_name(kind).to_owned(),
        })
        .await;
        if kind == self.kind() && !self.granted && !self.watches() {
            self.ask_consent().await?;
        }
        Ok(())
    }

    async fn on_surface(&mut self, surface: Surface) {
        if surface.owner != self.me || surface.kind != self.kind() {
            self.on_others_surface(surface).await;
            return;
        }
        let new = self.surface.as_ref().is_none_or(|own| own.id != surface.id);
        // What the server knows; the truth is told at the next tick.
        self.hidden_told = surface.hidden_parts;
        let (id, surface_number) = (surface.id.to_string(), surface.number);
        let kept = surface.kept;
        let before = self.surface.replace(surface).filter(|_| !new);
        if before.is_some_and(|before| before.kept) != kept {
            self.tell(Event::Kept { kept }).await;
        }
        if !new {
            return;
        }
        self.tell_tracker_all();
        self.tell_hidden().await;
        if self.paused {
            // A picture that was held back before its surface existed stays held back.
            self.pause(true).await;
        }
        if let Some(publication) = &self.publication {
            self.tell(Event::Publishing {
                surface: id,
                surface_number,
                codec: if publication.codec == Codec::Vp8 {
                    "vp8"
                } else {
                    "h264"
                },
                width: publication.size.0,
                height: publication.size.1,
                frame_time_base: publication.frame_time_base,
            })
            .await;
        }
    }

    /// Applies steps of the log; asks for those that are missing.
    async fn on_annotations(&mut self, events: Vec<AnnotationEvent>) {
        let applied = self.log.push(events);
        // Whoever waits for an own step finds everything as it says once it is answered.
        self.on_drawings(&applied);
        self.settle_steps(applied.done);
        if let Some(after) = applied.missing_after {
            self.signalling
                .send(ClientMessage::AnnotationSync { after })
                .await;
        }
        for (seq, change) in applied.changes {
            let (name, annotation) = match &change {
                Change::Added(annotation) => ("added", annotation),
                Change::Hidden(annotation) => ("hidden", annotation),
                Change::Shown(annotation) => ("shown", annotation),
            };
            let event = Event::Annotation {
                seq,
                change: name,
                id: annotation.id.to_string(),
                anchor: annotation.anchor,
                frame_time: annotation.frame_time,
                at_ms: self.now_ms(),
            };
            let color = self.colors.get(&annotation.author).copied().unwrap_or(0);
            if self.owns(&annotation.surface) {
                self.tell_tracker(match change {
                    Change::Added(annotation) => TrackerInput::Added(annotation, color),
                    Change::Hidden(annotation) => TrackerInput::Hidden(annotation.anchor),
                    Change::Shown(annotation) => TrackerInput::Shown(annotation.anchor),
                });
            }
            self.tell(event).await;
        }
    }

    /// Whether this is the surface that the device publishes.
    fn owns(&self, surface: &SurfaceId) -> bool {
        self.surface.as_ref().is_some_and(|own| own.id == *surface)
    }

    fn tell_tracker(&self, input: TrackerInput) {
        if let Some(publication) = &self.publication
            && !publication.tell(input)
        {
            tracing::error!("the tracker does not listen");
        }
    }

    /// Hands the drawings that are already on the own surface to a tracker that does not know them.
    pub(super) fn tell_tracker_all(&self) {
        let Some(surface) = &self.surface else { return };
        for annotation in self.log.visible().filter(|a| a.surface == surface.id) {
            let color = self.colors.get(&annotation.author).copied().unwrap_or(0);
            self.tell_tracker(TrackerInput::Added(annotation.clone(), color));
        }
    }

    pub(super) async fn on_peer(&mut self, event: PeerEvent) -> Result<(), ClientError> {
        match event {
            PeerEvent::Connected => {
                // What is pushed after the word is sent.
                if let Some(publication) = &self.publication {
                    publication.send_to(self.peer.clone());
                }
                if let Some(speaking) = &self.sound.speaking {
                    speaking.send_to(self.peer.clone().filter(|peer| peer.has_sound()));
                }
                self.tell(Event::Connection {
                    state: "media_connected",
                })
                .await;
            }
            PeerEvent::Sound(arrived) => self.on_sound(arrived),
            PeerEvent::Disconnected => {
                self.tell(Event::Connection {
                    state: "media_lost",
                })
                .await;
            }
            PeerEvent::Failed => {
                self.tell(Event::Connection {
                    state: "media_lost",
                })
                .await;
                self.retry_peer();
            }
            PeerEvent::KeyframeRequested => {
                if let Some(publication) = &mut self.publication {
                    publication.keyframe();
                }
            }
            PeerEvent::Bandwidth(bps) => {
                if let Some(publication) = &self.publication {
                    publication.set_bitrate(bps.min(self.config.bitrate_bps));
                }
            }
            PeerEvent::Annotations(text) => match decode_server(&text) {
                Ok(ServerMessage::AnnotationEvents { events }) => self.on_annotations(events).await,
                Ok(ServerMessage::AnchorStates { states }) => {
                    self.on_anchor_states(states).await;
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "an annotation message is not understood"),
            },
            PeerEvent::Realtime(packet) => self.on_realtime(&packet),
            PeerEvent::AnnotationsOpen => {}
        }
        Ok(())
    }

    fn retry_peer(&mut self) {
        self.peer_retry
            .get_or_insert(Instant::now() + Duration::from_secs(1));
    }

    /// Sends a frame's poses and changes on.
    pub(super) async fn on_tracked(&mut self, tracked: Tracked) {
        self.report.tracked(&tracked);
        let Some(surface) = &self.surface else { return };
        if let Some(peer) = &self.peer {
            let age = Duration::from_secs_f32(tracked.track_ms / 1000.0);
            let packets =
                sightline_anchors::packets(surface.number, tracked.frame_time, age, &tracked.poses);
            for packet in packets {
                if let Err(error) = peer.send_realtime(packet).await {
                    tracing::trace!(%error, "poses were not sent");
                }
            }
        }
        for states in tracked.changes.chunks(STATES) {
            self.signalling
                .send(ClientMessage::AnchorStates {
                    states: states.to_vec(),
                })
                .await;
        }
        for change in tracked.changes {
            self.tell(Event::Anchor {
                anchor: change.anchor,
                frame_time: change.frame_time,
                status: change.status,
                reason: change.reason,
                at_ms: self.now_ms(),
            })
            .await;
        }
    }

    pub(super) fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}
