use super::{Eye, Shown, Tracked, TrackerInput, ViewError, drawings::Drawings, spawn};
use sightline_frames::LumaPlane;
use sightline_vision::{Engine, EngineConfig, LumaFrame, RelocaliseJob, RelocaliseOutcome};
use std::{
    sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    time::{Duration, Instant},
};
use tokio::sync::mpsc::{self, error::TrySendError};

/// Frame times may lie this far beside a kept frame, because a busy device leaves frames out:
/// three frames of 30 a second.
const TIME_TOLERANCE: u32 = 9_000;
/// Three seconds of 30 frames a second, because a stroke names the frame on which it began.
const RING_FRAMES: usize = 90;
const POLL: Duration = Duration::from_millis(50);
/// After a frame that took longer than this, those that came meanwhile are kept but not tracked.
const SLOW: Duration = Duration::from_millis(25);
/// Frames that are kept in a row before one is tracked again.
const KEPT_IN_A_ROW: usize = 8;

/// Finds lost anchors again on a thread of its own, one job at a time.
///
/// After each job it rests for as long as the job took, so that looking for a lost anchor leaves
/// room for tracking the others and for the encoder on a device with few cores.
pub struct Relocaliser {
    jobs: SyncSender<RelocaliseJob>,
    outcomes: Receiver<(RelocaliseOutcome, Duration)>,
    rest_until: Option<Instant>,
}

impl Relocaliser {
    pub fn start() -> Result<Self, ViewError> {
        let (jobs, todo) = sync_channel::<RelocaliseJob>(1);
        let (done, outcomes) = sync_channel(1);
        // The thread ends with the sender of its jobs.
        spawn("relocalise", move || {
            todo.into_iter()
                .map(timed)
                .try_for_each(|outcome| done.send(outcome))
        })?;
        Ok(Self {
            jobs,
            outcomes,
            rest_until: None,
        })
    }

    fn step(&mut self, engine: &mut Engine) {
        if let Ok((outcome, took)) = self.outcomes.try_recv() {
            self.rest_until = Some(Instant::now() + took);
            if let Err(error) = engine.apply(outcome) {
                tracing::warn!(%error, "finding an anchor again failed");
            }
        }
        if self.rest_until.is_some_and(|until| Instant::now() < until) {
            return;
        }
        if let Some(job) = engine.take_relocalise_job()
            && self.jobs.try_send(job).is_err()
        {
            tracing::error!("the relocaliser does not take its job");
        }
    }
}

fn timed(job: RelocaliseJob) -> (RelocaliseOutcome, Duration) {
    let start = Instant::now();
    (job.run(), start.elapsed())
}

/// The tracker's thread.
pub struct EngineLoop {
    pub eye: Box<dyn Eye>,
    pub inputs: Receiver<TrackerInput>,
    pub output: mpsc::Sender<Tracked>,
    pub drawings: Drawings,
    pub relocaliser: Relocaliser,
}

impl EngineLoop {
    pub fn run(mut self) -> Result<(), ViewError> {
        let config = EngineConfig {
            ring_frames: RING_FRAMES,
            time_tolerance: TIME_TOLERANCE,
            ..EngineConfig::default()
        };
        let mut engine = Engine::new(config);
        let mut untold = Vec::new();
        let mut slow = false;
        while self.take_inputs(&mut engine) {
            let luma = match self.eye.look(POLL) {
                Ok(Some(luma)) if slow => newest(luma, self.eye.as_mut(), &mut engine),
                Ok(Some(luma)) => luma,
                Ok(None) => continue,
                Err(_) => break,
            };
            let begun = Instant::now();
            let Some((mut tracked, shown)) = self.track(&luma, &mut engine) else {
                continue;
            };
            slow = begun.elapsed() > SLOW;
            if self.eye.wants_inspections() {
                self.eye.inspect(engine.inspect());
            }
            self.eye.show(tracked.frame_time, shown);
            untold.append(&mut tracked.changes);
            tracked.changes = std::mem::take(&mut untold);
            match self.output.try_send(tracked) {
                Ok(()) => {}
                Err(TrySendError::Full(tracked)) => untold = tracked.changes,
                Err(TrySendError::Closed(_)) => break,
            }
        }
        self.eye.finish()
    }

    /// False when there will be no more inputs.
    fn take_inputs(&mut self, engine: &mut Engine) -> bool {
        loop {
            match self.inputs.try_recv() {
                Ok(input) => self.drawings.take(input, engine),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn track(&mut self, luma: &LumaPlane, engine: &mut Engine) -> Option<(Tracked, Vec<Shown>)> {
        let start = Instant::now();
        let result = engine.push_frame(borrowed(luma));
        self.relocaliser.step(engine);
        match result {
            Ok(result) => {
                let (mut tracked, shown) = self.drawings.follow(&result);
                tracked.track_ms = start.elapsed().as_secs_f32() * 1000.0;
                Some((tracked, shown))
            }
            Err(error) => {
                tracing::warn!(%error, "a frame cannot be tracked");
                None
            }
        }
    }
}

/// The newest frame that waits. The engine keeps those before it, so that whoever saw one of them
/// can draw on it, and time is not spent on poses that are old already.
fn newest(first: LumaPlane, eye: &mut dyn Eye, engine: &mut Engine) -> LumaPlane {
    let mut newest = first;
    for _ in 0..KEPT_IN_A_ROW {
        let Ok(Some(next)) = eye.look(Duration::ZERO) else {
            break;
        };
        if let Err(error) = engine.keep_frame(borrowed(&newest)) {
            tracing::debug!(%error, "a frame was not kept");
        }
        newest = next;
    }
    newest
}

fn borrowed(luma: &LumaPlane) -> LumaFrame<'_> {
    LumaFrame {
        time: luma.frame_time,
        width: luma.width,
        height: luma.height,
        stride: luma.stride as usize,
        data: &luma.data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_frames::Closed;
    use sightline_protocol::FrameTime;

    /// Frames that wait, by their number.
    struct Waiting(std::ops::Range<u32>);

    impl Eye for Waiting {
        fn look(&mut self, _timeout: Duration) -> Result<Option<LumaPlane>, Closed> {
            Ok(self.0.next().map(plane))
        }

        fn show(&mut self, _frame_time: FrameTime, _shown: Vec<Shown>) {}
    }

    fn plane(n: u32) -> LumaPlane {
        LumaPlane {
            frame_time: n * 3_000,
            width: 32,
            height: 32,
            stride: 32,
            data: vec![n as u8; 32 * 32],
        }
    }

    #[test]
    fn a_slow_tracker_goes_on_with_the_newest_frame_and_keeps_the_others() {
        let mut engine = Engine::new(EngineConfig::default());
        let next = newest(plane(1), &mut Waiting(2..6), &mut engine);
        assert_eq!(next.frame_time, 5 * 3_000);
        for n in 1..5 {
            assert!(engine.hold_frame(n * 3_000), "frame {n} can be drawn on");
            engine.release_frame(n * 3_000);
        }
        assert!(
            !engine.hold_frame(5 * 3_000),
            "that one is still to be tracked"
        );

        // However fast frames come, one is tracked again.
        let next = newest(plane(6), &mut Waiting(7..1_000), &mut engine);
        assert_eq!(next.frame_time, (6 + KEPT_IN_A_ROW as u32) * 3_000);
    }
}
