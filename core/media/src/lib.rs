//! Pictures in, encoded frames out, and back: capture and encoding behind one trait.
//!
//! [`EncodedSource`] is what a device needs from its camera: encoded frames that carry their
//! [frame time](frame_time), and a way to change rate, size and to ask for a keyframe. On Linux
//! [`CameraSource`] implements it with GStreamer for files, V4L2 cameras, the X11 screen and a test
//! pattern; a phone implements it around its hardware encoder. Beside the encoded frames the source
//! hands out the raw frames with the same frame times, for the anchor engine and the device's own
//! view.
//!
//! [`Decoder`] turns encoded frames from the network back into luma planes, and [`ViewWriter`]
//! stores a rendered view in a video file.
//!
//! This crate knows nothing about networks, sessions or annotations, and no async runtime: its
//! queues are bounded and block, so that each consumer is a plain thread.
#![forbid(unsafe_code)]

mod decoder;
mod encoder;
mod error;
mod frame;
mod input;
mod queue;
mod reader;
mod source;
mod stage;
#[cfg(test)]
mod tests;
mod writer;

pub use decoder::Decoder;
pub use error::{DecodeError, MediaError};
pub use frame::{
    CapturedFrame, Codec, EncodedFrame, I420Frame, LUMA_MAX_WIDTH, LumaPlane, LumaScaler,
    frame_time,
};
pub use input::VideoInput;
pub use queue::{Closed, Queue};
pub use source::{CameraSource, EncodedSource, SourceConfig};
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
