//! Sound across the border: Opus packets in, Opus packets out, and the person's word in between.

use crate::{AssistError, AssistSession, PushResult, guard::guarded};
use sightline_client::{
    device::Command,
    sound::{Heard, Sound},
};
use sightline_frames::{Closed, MediaError, PushSound, Queue, SoundPacket, SoundSource};
use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Packets of others that wait for a slow player before the oldest is given up: one second of one
/// speaker.
pub const HEARD_WAITING: usize = 50;
/// Longest wait of one call for sound.
const LONGEST_WAIT: Duration = Duration::from_millis(1_000);

/// A packet of sound from somebody else. Packets of one speaker come in order.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HeardAudio {
    /// Who said it; decode the packets of each speaker apart, and mix what comes out.
    pub speaker: String,
    /// Time of its first sample in samples of 48 kHz of the speaker's own clock; wraps.
    pub timestamp: u32,
    /// Packets of this speaker that are missing right before this one: conceal them.
    pub lost: u16,
    /// One Opus packet.
    pub data: Vec<u8>,
}

/// The app's microphone and loudspeaker as the core sees them.
pub struct PushMicrophone {
    allowed: AtomicBool,
    muted: AtomicBool,
    live: Mutex<Option<Arc<PushSound>>>,
    heard: Queue<Heard>,
}

impl Default for PushMicrophone {
    fn default() -> Self {
        Self {
            allowed: AtomicBool::new(false),
            muted: AtomicBool::new(false),
            live: Mutex::new(None),
            heard: Queue::new(HEARD_WAITING),
        }
    }
}

impl PushMicrophone {
    /// The person's yes or no; gives what held before. A no also forgets what waits.
    pub fn allow(&self, allowed: bool) -> bool {
        let before = self.allowed.swap(allowed, Ordering::SeqCst);
        if !allowed && let Some(live) = self.lock().take() {
            live.close();
        }
        before
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<PushSound>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn live(&self) -> Option<Arc<PushSound>> {
        self.lock().clone()
    }

    fn open_now(&self) -> bool {
        self.allowed.load(Ordering::SeqCst) && !self.muted.load(Ordering::SeqCst)
    }

    /// Hands a packet to the microphone that is on, if the person allows it at this moment.
    pub fn push(&self, time_us: u64, data: &[u8]) -> Result<PushResult, AssistError> {
        // A fault in the app shows whether or not the microphone is on.
        sightline_frames::opus_samples(data)?;
        match self.live() {
            Some(live) if self.open_now() => Ok(match live.push(time_us, data)? {
                true => PushResult::Taken,
                false => PushResult::LeftOut,
            }),
            _ => Ok(PushResult::NotSending),
        }
    }
}

/// The microphone as the core holds it.
pub struct Held(pub Arc<PushMicrophone>);

impl Sound for Held {
    fn open(&self, timestamp_base: u32) -> Result<Arc<dyn SoundSource>, MediaError> {
        let live = Arc::new(PushSound::new(timestamp_base));
        *self.0.lock() = Some(live.clone());
        let microphone = self.0.clone();
        Ok(Arc::new(Gated { live, microphone }))
    }

    fn hear(&self, heard: Heard) {
        if self.0.heard.push_newest(heard) > 0 {
            tracing::trace!("sound that nobody played was given up");
        }
    }
}

/// The way out: gives no packet while the person does not allow it.
struct Gated {
    live: Arc<PushSound>,
    microphone: Arc<PushMicrophone>,
}

impl SoundSource for Gated {
    fn next_sound(&self, timeout: Duration) -> Result<Option<SoundPacket>, Closed> {
        let packet = self.live.next_sound(timeout)?;
        Ok(packet.filter(|_| self.microphone.open_now()))
    }
}

impl Drop for Gated {
    fn drop(&mut self) {
        self.live.close();
        // Unless it was switched on again meanwhile.
        self.microphone
            .lock()
            .take_if(|live| Arc::ptr_eq(live, &self.live));
    }
}

#[uniffi::export]
impl AssistSession {
    /// The person's answer about the microphone, or its withdrawal. A no stops everything at once,
    /// also what waits. `SessionEvent::MicrophoneOn` tells when packets can be pushed.
    ///
    /// # Errors
    /// [`AssistError::NotJoined`], [`AssistError::Busy`] (a no is in force all the same).
    pub fn set_microphone(&self, granted: bool) -> Result<(), AssistError> {
        guarded(self.teller(), || {
            // Before the core can switch it on and say so. A yes that the core did not take is none.
            let before = self.microphone().allow(granted);
            let taken = self.command(Command::Microphone(granted));
            if taken.is_err() && granted && !before {
                self.microphone().allow(false);
            }
            taken
        })
    }

    /// Holds the sound back for a while, or lets it go on; consent stays as it is.
    pub fn set_muted(&self, muted: bool) {
        self.microphone().muted.store(muted, Ordering::SeqCst);
    }

    /// One Opus packet (RFC 6716) whose first sample was heard at `time_us` microseconds of the
    /// clock that also stamps the pictures: mono or stereo, at most 120 ms and 1,120 bytes; 20 ms
    /// are usual.
    ///
    /// # Errors
    /// [`AssistError::BadFrame`] with what is wrong.
    pub fn push_audio(&self, time_us: u64, data: &[u8]) -> Result<PushResult, AssistError> {
        guarded(self.teller(), || self.microphone().push(time_us, data))
    }

    /// The oldest packet of somebody else that was not played yet; none when none came within
    /// `wait_ms`, at most 1,000. For the thread that plays: the only call that waits. Packets that
    /// nobody takes are given up after a second.
    pub fn next_audio(&self, wait_ms: u32) -> Option<HeardAudio> {
        let wait = Duration::from_millis(wait_ms.into()).min(LONGEST_WAIT);
        let heard = guarded(self.teller(), || {
            Ok(self.microphone().heard.pop(wait).ok().flatten())
        });
        heard.ok().flatten().map(|heard| HeardAudio {
            speaker: heard.speaker,
            timestamp: heard.timestamp,
            lost: heard.lost,
            data: heard.data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: [u8; 2] = [0xf8, 1];
    const NOW: Duration = Duration::ZERO;

    #[test]
    fn sound_leaves_only_between_the_yes_and_the_no_and_not_while_muted() {
        let microphone = Arc::new(PushMicrophone::default());
        let push = || microphone.push(0, &PACKET);
        microphone.allow(true);
        assert_eq!(push(), Ok(PushResult::NotSending), "it is not on yet");
        let held = Held(microphone.clone());
        let source = held.open(0).unwrap();
        assert_eq!(
            (push(), push()),
            (Ok(PushResult::Taken), Ok(PushResult::Taken))
        );
        assert!(source.next_sound(NOW).unwrap().is_some(), "the control");
        microphone.muted.store(true, Ordering::SeqCst);
        assert_eq!(push(), Ok(PushResult::NotSending));
        assert_eq!(source.next_sound(NOW), Ok(None), "what waited is gone too");
        microphone.muted.store(false, Ordering::SeqCst);
        assert_eq!(push(), Ok(PushResult::Taken));
        microphone.allow(false);
        assert_eq!(push(), Ok(PushResult::NotSending));
        assert!(source.next_sound(NOW).is_err(), "what waited is forgotten");
        // Another yes needs the core to switch the microphone on again.
        microphone.allow(true);
        assert!(source.next_sound(NOW).is_err());
        assert_eq!(push(), Ok(PushResult::NotSending));
        let again = held.open(0).unwrap();
        drop(source);
        assert_eq!(push(), Ok(PushResult::Taken), "it is on again");
        drop(again);
        assert_eq!(push(), Ok(PushResult::NotSending), "the core shut it");
    }

    #[test]
    fn sound_that_nobody_plays_is_given_up_oldest_first() {
        let held = Held(Arc::default());
        for timestamp in 0..=HEARD_WAITING as u32 {
            held.hear(Heard {
                speaker: "par_a".into(),
                timestamp,
                lost: 0,
                data: PACKET.to_vec(),
            });
        }
        let heard = || held.0.heard.pop(NOW).unwrap().map(|heard| heard.timestamp);
        let all: Vec<u32> = std::iter::from_fn(heard).collect();
        assert_eq!(all, (1..=HEARD_WAITING as u32).collect::<Vec<_>>());
    }
}
