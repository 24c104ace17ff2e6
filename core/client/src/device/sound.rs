//! Speaking and hearing: the microphone between the person's yes and no, and who says what.

use super::Device;
use crate::{ClientError, Event, peer::Peer, sound::Heard};
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
    time::Duration,
};
use tokio::{runtime::Handle, task::spawn_blocking};

const POLL: Duration = Duration::from_millis(100);

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
    /// Newest sequence number of each section.
    newest: HashMap<String, u16>,
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
        self.newest.clear();
    }

    /// Puts a packet into its speaker's order; none when it comes too late, or nobody is known to
    /// speak there.
    fn order(&mut self, arrived: Arrived) -> Option<Heard> {
        let speaker = self.speakers.get(&arrived.mid)?.clone();
        let step = self
            .newest
            .get(&arrived.mid)
            .map_or(1, |newest| arrived.sequence.wrapping_sub(*newest));
        // RFC 3550, appendix A.1: half of the range ahead is behind.
        if step == 0 || step >= 0x8000 {
            return None;
        }
        self.newest.insert(arrived.mid, arrived.sequence);
        Some(Heard {
            speaker,
            timestamp: arrived.timestamp,
            lost: step - 1,
            data: arrived.data,
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
        if granted && (self.config.sound.is_none() || self.role != Role::Customer) {
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
        Ok(())
    }

    async fn tell_microphone(&mut self) {
        self.signalling
            .send(ClientMessage::SetConsent {
                scope: ConsentScope::Microphone,
                granted: self.sound.allowed,
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
        let granted = self.sound.allowed && consent.granted.contains(&ConsentScope::Microphone);
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
        if let Some(heard) = self.sound.order(arrived)
            && let Some(sound) = &self.config.sound
        {
            sound.hear(heard);
        }
    }

    /// The server wants more receiving sections than the connection has.
    pub(super) async fn on_slots(&mut self, audio: u8) -> Result<(), ClientError> {
        if audio > self.sound.slots {
            self.sound.slots = audio;
            if self.peer.is_some() {
                self.offer().await?;
            }
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
    fn each_speaker_is_heard_in_order_and_gaps_are_counted() {
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
        assert_eq!(sound.order(arrived("3", 1)), None, "nobody is known there");
        sound.know(&[
            track("3", &ana, TrackKind::Audio),
            track("4", &ben, TrackKind::Audio),
            track("5", &ben, TrackKind::Video),
        ]);
        let mut lost = |mid: &str, sequence| {
            let heard = sound.order(arrived(mid, sequence))?;
            let from = if mid == "3" { &ana } else { &ben };
            assert_eq!(heard.speaker, from.to_string());
            Some(heard.lost)
        };
        assert_eq!(lost("3", 65_534), Some(0), "the first one");
        assert_eq!(lost("4", 7), Some(0), "another speaker counts apart");
        assert_eq!(lost("3", 1), Some(2), "65535 and 0 are missing");
        assert_eq!(lost("3", 0), None, "too late");
        assert_eq!(lost("3", 1), None, "twice");
        assert_eq!(lost("3", 2), Some(0));
        assert_eq!(lost("5", 1), None, "a picture is no sound");
    }
}
