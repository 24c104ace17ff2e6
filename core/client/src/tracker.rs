//! Keeps drawings on the thing: the anchor engine on a thread of its own, and the device's view.

mod drawings;
mod engine;
mod eye;

pub use eye::{Eye, Shown, ViewError, spawn};
pub use sightline_vision::Inspection;

use drawings::Drawings;
use engine::{EngineLoop, Relocaliser};
use sightline_protocol::realtime::Pose;
use sightline_protocol::{AnchorNo, AnchorState, Annotation, FrameTime, Point};
use std::{sync::mpsc as std_mpsc, thread::JoinHandle};
use tokio::sync::mpsc;

/// What the tracker is told.
#[derive(Debug, Clone)]
pub enum TrackerInput {
    /// A drawing appeared on this surface; `color` is its author's.
    Added(Annotation, u8),
    /// A drawing is hidden. Its anchor stays alive, so that it can come back at once.
    Hidden(AnchorNo),
    /// A hidden drawing is shown again.
    Shown(AnchorNo),
    /// Somebody draws on this frame: keep it.
    Hold(FrameTime),
    /// Nobody draws on this frame any more.
    Release(FrameTime),
}

/// What one frame brought.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tracked {
    /// Which frame.
    pub frame_time: FrameTime,
    /// Poses of the visible drawings that are fixed to the world.
    pub poses: Vec<Pose>,
    /// Middle of each drawing that is shown on this frame, in shares.
    pub centers: Vec<(AnchorNo, Point)>,
    /// Changes since the last one that was taken.
    pub changes: Vec<AnchorState>,
    /// Time that the anchor engine took for the frame, milliseconds.
    pub track_ms: f32,
}

/// How a [`Tracker`] works.
#[derive(Debug, Clone, Copy, Default)]
pub struct TrackerOptions {
    /// True to ignore the frame that an author saw and attach to the newest one instead: the
    /// control in tests of what frame times are good for.
    pub ignore_frame_times: bool,
}

/// Inputs that wait for the tracker's thread, at most; one is added a step of the annotation log.
const INPUTS: usize = 4_096;

/// The tracker's thread, seen from outside. Dropping it ends the thread without waiting.
pub struct Tracker {
    input: std_mpsc::SyncSender<TrackerInput>,
    thread: JoinHandle<Result<(), ViewError>>,
}

impl Tracker {
    /// Starts to track the frames of `eye`. Results go to `output`; when it is full, poses are left
    /// out, changes of status never.
    ///
    /// # Errors
    /// [`ViewError`] when the operating system gives no thread.
    pub fn start(
        eye: Box<dyn Eye>,
        options: TrackerOptions,
        output: mpsc::Sender<Tracked>,
    ) -> Result<Self, ViewError> {
        let (input, inputs) = std_mpsc::sync_channel(INPUTS);
        let run = EngineLoop {
            eye,
            inputs,
            output,
            drawings: Drawings::new(options.ignore_frame_times),
            relocaliser: Relocaliser::start()?,
        };
        let thread = spawn("anchors", move || run.run())?;
        Ok(Self { input, thread })
    }

    /// Tells the tracker something. False when its thread has ended or is hopelessly behind.
    pub fn tell(&self, input: TrackerInput) -> bool {
        self.input.try_send(input).is_ok()
    }

    /// True when its thread has ended.
    pub fn is_gone(&self) -> bool {
        self.thread.is_finished()
    }

    /// Ends the thread and waits for it and for its eye to finish. Blocks.
    ///
    /// # Errors
    /// [`ViewError`] when the eye could not finish what it was showing.
    pub fn finish(self) -> Result<(), ViewError> {
        drop(self.input);
        self.thread.join().unwrap_or(Err(ViewError::Panicked))
    }
}
