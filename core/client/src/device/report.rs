//! Once a second: how the connection is, and where the drawings are.

use super::Device;
use crate::{ClientError, Event, events::AnchorCenter, tracker::Tracked};
use sightline_protocol::{AnchorNo, ClientMessage, FrameTime, Point, Quality};
use std::time::Duration;
use tokio::time::Instant;

const PING_EVERY: Duration = Duration::from_secs(2);
const QUALITY_EVERY: Duration = Duration::from_secs(2);
const POSES_EVERY: Duration = Duration::from_secs(1);

/// Frame time of the newest frame, and where the drawings are on it.
type Newest = (FrameTime, Vec<(AnchorNo, Point)>);

/// What is measured between two reports.
#[derive(Default)]
pub(super) struct Report {
    nonce: u32,
    pinged: Option<Instant>,
    rtt: Option<Duration>,
    quality_told: Option<Instant>,
    poses_told: Option<Instant>,
    frames: u32,
    poses: u32,
    track_ms: f32,
    newest: Option<Newest>,
    tracker_gone: bool,
}

impl Report {
    pub fn pong(&mut self, nonce: u32) {
        if nonce == self.nonce {
            self.rtt = self.pinged.map(|pinged| pinged.elapsed());
        }
    }

    pub fn tracked(&mut self, tracked: &Tracked) {
        self.frames += 1;
        self.poses += u32::try_from(tracked.poses.len()).unwrap_or(u32::MAX);
        self.track_ms += tracked.track_ms;
        self.newest = Some((tracked.frame_time, tracked.centers.clone()));
    }

    fn take_poses(&mut self) -> Option<Event> {
        let (frame_time, centers) = self.newest.take()?;
        let event = Event::Poses {
            frames: self.frames,
            poses: self.poses,
            frame_time,
            shown: u32::try_from(centers.len()).unwrap_or(u32::MAX),
            track_ms: self.track_ms / self.frames.max(1) as f32,
            centers: centers
                .into_iter()
                .map(|(anchor, at)| AnchorCenter { anchor, at })
                .collect(),
        };
        (self.frames, self.poses, self.track_ms) = (0, 0, 0.0);
        Some(event)
    }
}

/// True once `every` has passed since `last`, which then is now.
fn due(last: &mut Option<Instant>, every: Duration) -> bool {
    let due = last.is_none_or(|last| last.elapsed() >= every);
    if due {
        *last = Some(Instant::now());
    }
    due
}

impl Device {
    /// Tells the server how many parts of the picture are hidden, when that changed.
    pub(super) async fn tell_hidden(&mut self) {
        let Some(surface) = &self.surface else { return };
        let parts = self.config.camera.hidden_parts();
        if parts != self.hidden_told {
            self.hidden_told = parts;
            let surface = surface.id.clone();
            self.signalling
                .send(ClientMessage::SetHidden { surface, parts })
                .await;
            self.tell(Event::Hidden { parts }).await;
        }
    }

    /// Frames that were sent or received since this was asked last; none without a picture.
    fn take_frames(&self) -> Option<u32> {
        let watch = self.config.watch.as_ref().filter(|_| self.watches());
        let received = watch.map(|watch| watch.take_received());
        let sent = self.publication.as_ref().map(|it| it.take_sent());
        sent.or(received)
    }

    pub(super) async fn on_tick(&mut self) -> Result<(), ClientError> {
        self.expire();
        if let Some(failure) = self.publication.as_ref().and_then(|p| p.failure()) {
            return Err(failure.into());
        }
        if !self.report.tracker_gone && self.publication.as_ref().is_some_and(|p| p.tracker_gone())
        {
            self.report.tracker_gone = true;
            self.warn("drawings no longer follow the picture: tracking failed".into())
                .await;
        }
        self.tell_hidden().await;
        if self.sound.speaking.as_ref().is_some_and(|s| s.ended()) {
            self.answer_microphone(false).await?;
        }
        if self.peer_retry.is_some_and(|at| Instant::now() >= at) {
            self.offer().await?;
        }
        if due(&mut self.report.pinged, PING_EVERY) {
            self.report.nonce = self.report.nonce.wrapping_add(1);
            self.signalling
                .send(ClientMessage::Ping {
                    nonce: self.report.nonce,
                })
                .await;
        }
        if due(&mut self.report.poses_told, POSES_EVERY)
            && let Some(event) = self.report.take_poses()
        {
            self.tell(event).await;
        }
        let since = self.report.quality_told.map(|told| told.elapsed());
        if due(&mut self.report.quality_told, QUALITY_EVERY)
            && let (Some(peer), Some(since), Some(rtt)) = (&self.peer, since, self.report.rtt)
            && let Some(frames) = self.take_frames()
        {
            let quality = Quality {
                rtt_ms: u32::try_from(rtt.as_millis())
                    .unwrap_or(u32::MAX)
                    .min(60_000),
                loss: peer.loss().await,
                fps: (frames as f32 / since.as_secs_f32()).min(240.0),
                saving: self.saving,
            };
            self.signalling
                .send(ClientMessage::ReportQuality { quality })
                .await;
        }
        Ok(())
    }
}
