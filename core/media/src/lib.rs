//! Pictures in, encoded frames out, and back, on Linux with GStreamer.
//!
//! [`CameraSource`] implements [`EncodedSource`] of `sightline-frames` for files, V4L2 cameras, the
//! X11 screen and a test pattern. Beside the encoded frames it hands out the raw frames with the
//! same frame times, for the anchor engine and the device's own view. The types that need no
//! GStreamer live in `sightline-frames` and are re-exported here.
//!
//! What must not be seen is filled in the raw frames before they are encoded
//! ([`CameraSource::open_private`]). [`Microphone`] gives sound, encoded.
//!
//! [`Decoder`] turns encoded frames from the network back into luma planes, and [`ViewWriter`]
//! stores a rendered view in a video file.
//!
//! This crate knows nothing about networks, sessions or annotations, and no async runtime: its
//! queues are bounded and block, so that each consumer is a plain thread.
#![forbid(unsafe_code)]

mod decoder;
mod encoder;
mod frame;
mod input;
mod line;
mod microphone;
mod reader;
mod source;
mod stage;
#[cfg(test)]
mod tests;
mod writer;

pub use decoder::Decoder;
pub use frame::{CapturedFrame, LumaScaler};
pub use input::VideoInput;
pub use microphone::{Microphone, SoundInput};
pub use sightline_frames::{
    Closed, Codec, DecodeError, EncodedFrame, EncodedSource, I420Frame, LUMA_MAX_WIDTH, LumaPlane,
    MediaError, Queue, SoundPacket, SoundSource, frame_time, privacy,
};
pub use source::{CameraSource, SourceConfig};
pub use writer::ViewWriter;

/// Loads GStreamer once; later calls cost nothing.
///
/// # Errors
/// [`MediaError::Unavailable`] when the GStreamer libraries cannot start.
pub(crate) fn init() -> Result<(), MediaError> {
    gstreamer::init().map_err(|error| MediaError::Unavailable {
        reason: error.to_string(),
    })
}
