use crate::overlay::Mapping;
use sightline_frames::{Closed, LumaPlane, MediaError};
use sightline_protocol::{AnchorStatus, Annotation, FrameTime};
use sightline_vision::Inspection;
use std::{sync::Arc, thread::JoinHandle, time::Duration};

/// Why the device's view could not be shown to its end.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The file or the picture failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The operating system gave no thread.
    #[error("no thread for {name}: {reason}")]
    NoThread {
        /// For what.
        name: &'static str,
        /// Why.
        reason: String,
    },
    /// The thread ended by a fault of ours.
    #[error("the tracker's thread panicked")]
    Panicked,
}

/// One drawing as it is shown on one frame.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The drawing.
    pub annotation: Arc<Annotation>,
    /// `Participant::color` of its author.
    pub color: u8,
    /// Whether its place is known.
    pub status: AnchorStatus,
    /// From the drawn-on frame to this one, in shares.
    pub frame_from_drawn: Mapping,
}

/// Where a tracker's frames come from, and where it shows what it found on them.
pub trait Eye: Send {
    /// The next frame's brightness, `Ok(None)` when none came within `timeout`.
    ///
    /// # Errors
    /// [`Closed`] when there will be no more.
    fn look(&mut self, timeout: Duration) -> Result<Option<LumaPlane>, Closed>;

    /// True to be told, before each [`Eye::show`], how the engine came to its poses; costs as much
    /// as tracking.
    fn wants_inspections(&self) -> bool {
        false
    }

    /// How the engine came to the poses of the frame that was looked at last.
    fn inspect(&mut self, _inspections: Vec<Inspection>) {}

    /// Shows the drawings on the frame that was looked at last. Must not wait.
    fn show(&mut self, frame_time: FrameTime, shown: Vec<Shown>);

    /// Brings what is shown to its end, such as a file. May block.
    ///
    /// # Errors
    /// [`ViewError`] when that fails.
    fn finish(self: Box<Self>) -> Result<(), ViewError> {
        Ok(())
    }
}

/// Starts a named thread.
///
/// # Errors
/// [`ViewError::NoThread`] when the operating system gives none.
pub fn spawn<T: Send + 'static>(
    name: &'static str,
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<JoinHandle<T>, ViewError> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(run)
        .map_err(|error| ViewError::NoThread {
            name,
            reason: error.to_string(),
        })
}
