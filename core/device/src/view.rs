//! The device's own view in a video file.

use sightline_client::{
    overlay::{Placed, draw, draw_inspection},
    tracker::{Inspection, Shown, ViewError, spawn},
};
use sightline_media::{
    CapturedFrame, MediaError, Queue, ViewWriter,
    privacy::{Privacy, fill_i420},
};
use std::{path::Path, sync::Arc, thread::JoinHandle, time::Duration};

/// A frame with the drawings on exactly this frame.
pub struct ViewFrame {
    pub frame: CapturedFrame,
    pub shown: Vec<Shown>,
    /// What the engine went by, to be drawn for engineers.
    pub inspections: Vec<Inspection>,
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
    /// Writes the view to a file. What others must not see is hidden in it too, so that the person
    /// sees what they see.
    pub fn create(
        path: &Path,
        (width, height): (u32, u32),
        privacy: Arc<Privacy>,
    ) -> Result<Self, ViewError> {
        let writer = ViewWriter::create(path, width, height)?;
        let frames = Arc::new(Queue::new(WAITING));
        let waiting = frames.clone();
        let thread = spawn("view", move || write(&waiting, writer, &privacy))?;
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

fn write(
    frames: &Queue<ViewFrame>,
    mut writer: ViewWriter,
    privacy: &Privacy,
) -> Result<(), ViewError> {
    loop {
        match frames.pop(POLL) {
            Ok(Some(view)) => {
                let mut picture = view.frame.i420()?;
                fill_i420(&mut picture, &privacy.at(view.frame.line_ns / 1_000));
                for shown in &view.shown {
                    let placed = Placed {
                        annotation: &shown.annotation,
                        color: shown.color,
                        status: shown.status,
                        frame_from_drawn: shown.frame_from_drawn,
                    };
                    draw(&mut picture, &placed);
                }
                for (line, inspection) in view.inspections.iter().enumerate() {
                    draw_inspection(&mut picture, inspection, line);
                }
                writer.write(&picture, view.frame.line_ns)?;
            }
            Ok(None) => {}
            Err(_) => return Ok(writer.finish()?),
        }
    }
}
