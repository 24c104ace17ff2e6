use crate::overlay::{Mapping, Placed, draw};
use sightline_media::{CapturedFrame, MediaError, Queue, ViewWriter};
use sightline_protocol::{AnchorStatus, Annotation};
use std::{path::Path, sync::Arc, thread::JoinHandle, time::Duration};

/// Why the device's view is not (wholly) in its file.
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
    pub annotation: Arc<Annotation>,
    pub color: u8,
    pub status: AnchorStatus,
    pub frame_from_drawn: Mapping,
}

/// A frame with the drawings on exactly this frame.
pub struct ViewFrame {
    pub frame: CapturedFrame,
    pub shown: Vec<Shown>,
}

/// Draws and stores the view on a thread of its own, so that tracking does not wait for it. A slow
/// disk costs frames of the file, which keep their times.
pub struct View {
    frames: Arc<Queue<ViewFrame>>,
    thread: JoinHandle<Result<(), ViewError>>,
}

const WAITING: usize = 16;
const POLL: Duration = Duration::from_millis(200);

impl View {
    pub fn create(path: &Path, (width, height): (u32, u32)) -> Result<Self, ViewError> {
        let writer = ViewWriter::create(path, width, height)?;
        let frames = Arc::new(Queue::new(WAITING));
        let waiting = frames.clone();
        let thread = spawn("view", move || write(&waiting, writer))?;
        Ok(Self { frames, thread })
    }

    pub fn show(&self, frame: ViewFrame) {
        if self.frames.push_newest(frame) > 0 {
            tracing::debug!("the view's file is slower than the camera, a frame was left out");
        }
    }

    pub fn finish(self) -> Result<(), ViewError> {
        self.frames.close(MediaError::Ended);
        self.thread.join().unwrap_or(Err(ViewError::Panicked))
    }
}

fn write(frames: &Queue<ViewFrame>, mut writer: ViewWriter) -> Result<(), ViewError> {
    loop {
        match frames.pop(POLL) {
            Ok(Some(view)) => {
                let mut picture = view.frame.i420()?;
                for shown in &view.shown {
                    let placed = Placed {
                        annotation: &shown.annotation,
                        color: shown.color,
                        status: shown.status,
                        frame_from_drawn: shown.frame_from_drawn,
                    };
                    draw(&mut picture, &placed);
                }
                writer.write(&picture, view.frame.line_ns)?;
            }
            Ok(None) => {}
            Err(_) => return Ok(writer.finish()?),
        }
    }
}

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
