//! What a device speaks and hears with, whatever the platform.

use sightline_frames::{MediaError, SoundSource};
use std::sync::Arc;

/// A microphone that is opened once the person has consented to sound, and a loudspeaker.
pub trait Sound: Send + Sync {
    /// Switches the microphone on: packets whose timestamps count from `timestamp_base` at
    /// [`sightline_frames::SOUND_CLOCK`]. Dropping what it gave closes the microphone. May block.
    ///
    /// # Errors
    /// [`MediaError`] when there is no sound.
    fn open(&self, timestamp_base: u32) -> Result<Arc<dyn SoundSource>, MediaError>;

    /// Somebody else said something. Must not wait.
    fn hear(&self, heard: Heard);
}

/// A packet of sound from somebody else. Packets of one speaker come in order; late ones are left
/// out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// Id of who said it; packets of several speakers are to be decoded apart and mixed.
    pub speaker: String,
    /// RTP timestamp of its first sample at 48 kHz; wraps.
    pub timestamp: u32,
    /// Packets of this speaker that are missing right before this one, for concealment.
    pub lost: u16,
    /// One Opus packet.
    pub data: Vec<u8>,
}
