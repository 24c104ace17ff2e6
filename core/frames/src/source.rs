use crate::{Closed, EncodedFrame};
use std::time::Duration;

/// What a device needs from its camera and encoder.
///
/// All methods may be called from any thread and none of them waits, except
/// [`EncodedSource::next_encoded`].
pub trait EncodedSource: Send + Sync {
    /// Changes the target rate in bits a second.
    fn set_bitrate(&self, bps: u32);
    /// Encodes at most this many frames a second, at this size in pixels. Frame times stay those of
    /// the captured frames.
    fn set_size_and_rate(&self, width: u32, height: u32, frames_per_second: u32);
    /// Makes one of the next two frames a keyframe.
    fn request_keyframe(&self);
    /// The next encoded frame in order, `Ok(None)` when none came within `timeout`.
    ///
    /// # Errors
    /// [`Closed`] with the reason when the source has ended.
    fn next_encoded(&self, timeout: Duration) -> Result<Option<EncodedFrame>, Closed>;
}
