//! A microphone of Linux as the device's; what others say is not played.

use sightline_client::sound::{Heard, Sound};
use sightline_media::{MediaError, Microphone, SoundInput, SoundSource};
use std::sync::Arc;

/// What GStreamer listens to, once it is opened.
pub struct LinuxSound {
    /// Where sound comes from.
    pub input: SoundInput,
}

impl Sound for LinuxSound {
    fn open(&self, timestamp_base: u32) -> Result<Arc<dyn SoundSource>, MediaError> {
        Ok(Arc::new(Microphone::open(&self.input, timestamp_base)?))
    }

    fn hear(&self, heard: Heard) {
        tracing::trace!(speaker = heard.speaker, bytes = heard.data.len(), "heard");
    }
}
