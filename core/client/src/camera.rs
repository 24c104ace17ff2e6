//! What a device films with, whatever the platform.

use crate::tracker::{Eye, ViewError};
use sightline_frames::{Codec, EncodedSource, MediaError};
use sightline_protocol::SurfaceKind;
use std::sync::Arc;

/// A camera or screen that is opened once the person has consented, and closed by dropping what
/// [`Camera::open`] gave.
pub trait Camera: Send + Sync {
    /// What its picture shows.
    fn kind(&self) -> SurfaceKind;

    /// How its frames are encoded.
    fn codec(&self) -> Codec;

    /// Parts of the picture that are hidden before it is encoded at this moment,
    /// [`sightline_protocol::limits::HIDDEN_ALL`] for the whole picture; asked several times a
    /// second.
    fn hidden_parts(&self) -> u8 {
        0
    }

    /// Switches it on: encoded frames of at most `bitrate_bps` bits a second whose frame times
    /// count from `frame_time_base`. May block until the first picture.
    ///
    /// # Errors
    /// [`ViewError`] when there is no picture.
    fn open(&self, bitrate_bps: u32, frame_time_base: u32) -> Result<OpenCamera, ViewError>;
}

/// A camera that is on.
pub struct OpenCamera {
    /// Its encoded frames.
    pub source: Arc<dyn EncodedSource>,
    /// Its raw frames for the tracker.
    pub eye: Box<dyn Eye>,
    /// Width and height of the upright raw picture in pixels; zero when not known beforehand.
    pub size: (u32, u32),
}

/// The camera of somebody who only watches.
pub struct NoCamera;

impl Camera for NoCamera {
    fn kind(&self) -> SurfaceKind {
        SurfaceKind::Camera
    }

    fn codec(&self) -> Codec {
        Codec::Vp8
    }

    fn open(&self, _bitrate_bps: u32, _frame_time_base: u32) -> Result<OpenCamera, ViewError> {
        Err(ViewError::Media(MediaError::Ended))
    }
}
