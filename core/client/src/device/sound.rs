//! Speaking and hearing: the microphone between the person's yes and no, and who says what.

use super::Device;
use crate::{ClientError, Event, peer::Peer, receive::SoundBuffer, sound::Heard};
use sightline_frames::{MediaError, SoundSource};
use sightline_protocol::{
    ClientMessage, ConsentScope, ConsentState, ReceivedTrack, Role, TrackKind,
};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, task::spawn_blocking};

const POLL: Duration = Duration::from_millis(100);
/// Longest wait of somebody who has nothing to play.
const IDLE: Duration = Duration::from_secs(3_600);

/// What the device knows about sound.
#[derive(Default)]
pub(super) struct SoundState {
    /// True after the person's own yes to the microphone.
    pub allowed: bool,
    /// The microphone while it is on.
    pub speaking: Option<Speaking>,
    /// Receiving sections that the server wants.
    pub slots: u8,
    /// Who speaks in which section.
    speakers: HashMap<String, String>,
    /// What waits to be played, by section.
    buffers: HashMap<String, SoundBuffer>,
}

/// A packet that arrived in a section of the media connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// `a=mid` of the section.
    pub mid: String,
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp.
    pub timestamp: u32,
    /// One Opus packet.
    pub data: Vec<u8>,
}

impl SoundState {
    /// Learns who speaks where.
    pub fn know(&mut self, tracks: &[ReceivedTrack]) {
        let sounds = tracks.iter().filter(|t| t.kind == TrackKind::Audio);
        self.speakers = sounds
            .map(|track| (track.mid.clone(), track.from.to_string()))
            .collect();
    }

    /// A new media connection counts from anew.
    pub fn forget_sections(&mut self) {
        self.speakers.clear();
        self.buffers.clear();
    }

    /// Takes a packet, unless nobody is known to speak there.
    fn take(&mut self, arrived: Arrived, now: Instant) {
        if self.speakers.contains_key(&arrived.mid) {
            let Arrived {
                mid,
                sequence,
                timestamp,
                data,
            } = arrived;
            let buffer = self.buffers.entry(mid).or_default();
            buffer.push(sequence, timestamp, data, now);
        }
    }

    /// When something is to be played.
    fn due(&self) -> Option<Instant> {
        self.buffers.values().filter_map(SoundBuffer::due).min()
    }

    /// A packet whose time has come.
    fn poll(&mut self, now: Instant) -> Option<Heard> {
        self.buffers.iter_mut().find_map(|(mid, buffer)| {
            let played = buffer.poll(now)?;
            // A section that changes hands goes on counting; what is left in it goes with it.
            let speaker = self.speakers.get(mid)?.clone();
            Some(Heard {
                speaker,
                timestamp: played.timestamp,
                lost: played.lost,
                data: played.data,
            })
        })
    }
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    peer: Mutex<Option<Arc<dyn Peer>>>,
}

/// The microphone while it is on, and the thread that sends its packets, which ends with it.
pub(super) struct Speaking {
    shared: StopOnDrop,
    thread: JoinHandle<()>,
}

struct StopOnDrop(Arc<Shared>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::SeqCst);
    }
}

impl Speaking {
    fn start(source: Arc<dyn SoundSource>) -> Result<Self, MediaError> {
        let shared = Arc::new(Shared::default());
        let (runtime, seen) = (Handle::current(), shared.clone());
        let thread = std::thread::Builder::new()
            .name("speak".into())
            .spawn(move || send(&*source, &seen, &runtime))
            .map_err(|error| MediaError::Failed {
                what: "the microphone",
                reason: format!("no thread: {error}"),
            })?;
        let shared = StopOnDrop(shared);
        Ok(Self { shared, thread })
    }

    /// Sends packets over this connection, or over none.
    pub fn send_to(&self, peer: Option<Arc<dyn Peer>>) {
        *self
            .shared
            .0
            .peer
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = peer;
    }

    /// True once the microphone has ended by itself.
    pub fn ended(&self) -> bool {
        self.thread.is_finished()
    }

    async fn stop(self) {
        self.send_to(None);
        let Self { shared, thread } = self;
        drop(shared);
        let joined = spawn_blocking(move || thread.join().is_ok()).await;
        if !matches!(joined, Ok(true)) {
            tracing::error!("the microphone's thread panicked");
        }
    }
}

fn send(source: &dyn SoundSource, shared: &Shared, runtime: &Handle) {
    while !shared.stop.load(Ordering::SeqCst) {
        let packet = match source.next_sound(POLL) {
            Ok(Some(packet)) => packet,
            Ok(None) => continue,
            Err(closed) => {
                tracing::debug!(reason = %closed.0, "the microphone has ended");
                return;
            }
        };
        let peer = shared
            .peer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        // Sound that nobody takes at this moment is over.
        if let Some(peer) = peer
            && !shared.stop.load(Ordering::SeqCst)
            && let Err(error) = runtime.block_on(peer.send_sound(&packet))
        {
            tracing::trace!(%error, "a packet of sound was not sent");
        }
    }
}

impl Device {
    /// Passes on what the person said about the microphone.
    pub(super) async fn answer_microphone(&mut self, granted: bool) -> Result<(), ClientError> {
        if granted && (self.config.sound.is_none() || !self.may_speak()) {
            self.warn("this device has no microphone to share".into())
                .await;
            return Ok(());
        }
        self.sound.allowed = granted;
        if !granted {
            // Here and now, not when the server says so.
            self.stop_speaking().await;
        }
        self.tell_microphone().await;
        if self.role == Role::Technician {
            // Nobody else's consent is needed.
            self.on_microphone(&ConsentState::default()).await?;
        }
        Ok(())
    }

    fn may_speak(&self) -> bool {
        matches!(self.role, Role::Customer | Role::Technician)
    }

    /// The session's consent is the customer's alone.
    async fn tell_microphone(&mut self) {
        if self.role != Role::Customer {
            return;
        }
        self.signalling
            .send(ClientMessage::SetConsent {
                scope: ConsentScope::Microphone,
                granted: self.sound.allowed,
                film_days: None,
            })
            .await;
    }

    /// After coming back: what the person said meanwhile counts.
    pub(super) async fn repeat_microphone(&mut self, consent: &ConsentState) {
        if self.sound.allowed != consent.granted.contains(&ConsentScope::Microphone) {
            self.tell_microphone().await;
        }
    }

    /// Follows the session's consent to sound.
    pub(super) async fn on_microphone(
        &mut self,
        consent: &ConsentState,
    ) -> Result<(), ClientError> {
        // A server that claims a yes which the person never gave gets nothing.
        let everybodys =
            self.role == Role::Technician || consent.granted.contains(&ConsentScope::Microphone);
        let granted = self.sound.allowed && everybodys;
        match (granted, self.sound.speaking.is_some()) {
            (true, false) => self.start_speaking().await,
            (false, true) => {
                self.stop_speaking().await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn start_speaking(&mut self) -> Result<(), ClientError> {
        let Some(sound) = self.config.sound.clone() else {
            return Ok(());
        };
        let opened = spawn_blocking(move || sound.open(rand::random())).await;
        let speaking = match opened {
            Ok(Ok(source)) => Speaking::start(source),
            Ok(Err(error)) => Err(error),
            Err(_) => Err(MediaError::Failed {
                what: "the microphone",
                reason: "its thread panicked".into(),
            }),
        };
        match speaking {
            Ok(speaking) => self.sound.speaking = Some(speaking),
            Err(error) => {
                // The picture does not end because there is no sound.
                self.sound.allowed = false;
                self.tell_microphone().await;
                self.warn(error.to_string()).await;
                return Ok(());
            }
        }
        self.tell(Event::Microphone { state: "on" }).await;
        match &self.peer {
            Some(peer) if peer.has_sound() => {
                if let Some(speaking) = &self.sound.speaking {
                    speaking.send_to(Some(peer.clone()));
                }
                Ok(())
            }
            _ => self.offer().await,
        }
    }

    pub(super) async fn stop_speaking(&mut self) {
        if let Some(speaking) = self.sound.speaking.take() {
            speaking.stop().await;
            self.tell(Event::Microphone { state: "off" }).await;
        }
    }

    /// Somebody said something.
    pub(super) fn on_sound(&mut self, arrived: Arrived) {
        if self.config.sound.is_some() {
            self.sound.take(arrived, Instant::now());
        }
    }

    /// When [`Self::play`] has something to do; far away when nothing waits.
    pub(super) fn sound_due(&self) -> tokio::time::Instant {
        let due = self.sound.due();
        due.unwrap_or_else(|| Instant::now() + IDLE).into()
    }

    /// Plays what is due.
    pub(super) fn play(&mut self) {
        let now = Instant::now();
        while let Some(heard) = self.sound.poll(now) {
            if let Some(sound) = &self.config.sound {
                sound.hear(heard);
            }
        }
    }

    /// The server wants more receiving sections than the connection has.
    pub(super) async fn on_slots(&mut self, video: u8, audio: u8) -> Result<(), ClientError> {
        let more_sound = audio > self.sound.slots;
        self.sound.slots = self.sound.slots.max(audio);
        if (self.wants_more_pictures(video) || more_sound) && self.peer.is_some() {
            self.offer().await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::ParticipantId;

    fn arrived(mid: &str, sequence: u16) -> Arrived {
        Arrived {
            mid: mid.into(),
            sequence,
            timestamp: u32::from(sequence) * 960,
            data: vec![0xf8],
        }
    }

    #[test]
    fn each_speaker_is_heard_apart_and_gaps_are_counted() {
        let (ana, ben) = (
            ParticipantId::from_random([1; 16]),
            ParticipantId::from_random([2; 16]),
        );
        let track = |mid: &str, from: &ParticipantId, kind| ReceivedTrack {
            mid: mid.into(),
            from: from.clone(),
            kind,
            surface: None,
        };
        let mut sound = SoundState::default();
        let begin = Instant::now();
        sound.take(arrived("3", 1), begin);
        assert_eq!(sound.due(), None, "nobody is known there");
        sound.know(&[
            track("3", &ana, TrackKind::Audio),
            track("4", &ben, TrackKind::Audio),
            track("5", &ben, TrackKind::Video),
        ]);
        for (mid, sequence) in [("3", 65_534), ("4", 7), ("3", 1), ("3", 1), ("5", 1)] {
            sound.take(arrived(mid, sequence), begin);
        }
        let later = begin + Duration::from_secs(1);
        assert!(sound.due().is_some_and(|due| due > begin && due < later));
        assert_eq!(sound.poll(begin), None, "the control: not yet");
        let mut heard: Vec<(String, u16)> = std::iter::from_fn(|| sound.poll(later))
            .map(|heard| (heard.speaker, heard.lost))
            .collect();
        heard.sort();
        let mut wanted = vec![
            (ana.to_string(), 0),
            // 65535 and 0 are missing; what came twice is heard once, and a picture is no sound.
            (ana.to_string(), 2),
            (ben.to_string(), 0),
        ];
        wanted.sort();
        assert_eq!(heard, wanted);
        sound.forget_sections();
        assert_eq!(sound.due(), None);
    }
}
