//! The engine: the ring, the anchors, and what happens on each frame.

mod inspect;

pub use inspect::Inspection;

use crate::anchor::Anchor;
use crate::attach::{anchor_on, outline_pixels};
use crate::error::{AttachRefused, VisionError};
use crate::follower::Follower;
use crate::frame::{self, WorkFrame, WorkSize};
use crate::layer::{Failure, Kind, Layer, Library};
use crate::relocalise::{RelocaliseJob, RelocaliseOutcome, Wanted};
use crate::ring::Ring;
use crate::tracker::chain;
use crate::turn::Turn;
use crate::types::{
    AttachRequest, Attached, CameraTurn, EngineConfig, FrameResult, LumaFrame, Reason, Status,
    StatusChange,
};
use std::sync::Arc;

/// A frame time this far behind the newest one is a new time line, not a late frame.
const NEW_TIME_LINE: u32 = 900_000;
/// What relocalisations look with, in turn: the fast kinds more often than the slow one.
const TURNS: [Kind; 6] = [
    Kind::Orb,
    Kind::Small,
    Kind::Orb,
    Kind::Small,
    Kind::Orb,
    Kind::Akaze,
];

/// The anchor engine; see the crate's documentation.
#[derive(Debug)]
pub struct Engine {
    config: EngineConfig,
    ring: Ring,
    anchors: Vec<Anchor>,
    changes: Vec<StatusChange>,
    next_index: u64,
    next_generation: u64,
    follower: Follower,
    /// The frame that the anchors' poses belong to: the newest, unless that was only kept.
    followed: Option<WorkFrame>,
    jobs: u64,
    job_out: bool,
    caller_takes_jobs: bool,
}

impl Engine {
    /// An engine without frames and anchors.
    pub fn new(config: EngineConfig) -> Self {
        // The engine owns no threads, so the library must not start any on its behalf.
        Library::without_threads();
        let follower = Follower::new(config.seed);
        Self {
            ring: Ring::new(config.ring_frames, config.max_held),
            config,
            anchors: Vec::new(),
            changes: Vec::new(),
            next_index: 0,
            next_generation: 0,
            follower,
            followed: None,
            jobs: 0,
            job_out: false,
            caller_takes_jobs: false,
        }
    }

    /// Takes the next live frame and says where every anchor is on it.
    ///
    /// # Errors
    /// A malformed or late frame is refused and changes nothing.
    pub fn push_frame(&mut self, frame: LumaFrame<'_>) -> Result<FrameResult, VisionError> {
        self.push(frame, None)
    }

    /// The same with what the gyroscope measured, which foretells where things will be: a fast
    /// turn does not lose them. A wrong turn costs no more than the help: every pose is verified.
    ///
    /// # Errors
    /// As [`Engine::push_frame`], and [`VisionError::Turn`] for what is no rotation.
    pub fn push_turned_frame(
        &mut self,
        frame: LumaFrame<'_>,
        turn: &CameraTurn,
    ) -> Result<FrameResult, VisionError> {
        self.push(frame, Some(turn))
    }

    fn push(
        &mut self,
        frame: LumaFrame<'_>,
        turn: Option<&CameraTurn>,
    ) -> Result<FrameResult, VisionError> {
        let turn = turn.map(Turn::of).transpose()?;
        let new = self.take(frame)?;
        self.follower.turn = turn.map(|turn| turn.on(new.size));
        let followed = self.follow(&new);
        self.follower.turn = None;
        followed?;
        self.relocalise_inline(new.index)?;
        Ok(FrameResult {
            time: new.time,
            poses: self
                .anchors
                .iter()
                .map(|anchor| anchor.report(new.size))
                .collect(),
            changes: std::mem::take(&mut self.changes),
        })
    }

    /// Takes the next live frame without looking for the anchors on it, for a caller that is too
    /// busy to track every frame: it can be drawn on and held like any other.
    ///
    /// # Errors
    /// As [`Engine::push_frame`].
    pub fn keep_frame(&mut self, frame: LumaFrame<'_>) -> Result<(), VisionError> {
        self.take(frame).map(drop)
    }

    fn take(&mut self, frame: LumaFrame<'_>) -> Result<WorkFrame, VisionError> {
        frame::check(&frame)?;
        let newest = self.ring.newest().map(|newest| (newest.time, newest.size));
        if let Some((newest, _)) = newest {
            let behind = newest.wrapping_sub(frame.time);
            if behind < NEW_TIME_LINE {
                return Err(VisionError::OutOfOrder {
                    time: frame.time,
                    newest,
                });
            }
            if behind < u32::MAX / 2 {
                self.ring.clear();
                // After a break in the time line old frames say nothing about new ones.
                self.followed = None;
            }
        }
        let size = WorkSize::of(
            frame.width,
            frame.height,
            self.config.max_side,
            newest.map(|(_, size)| size),
        );
        let mut image = self.ring.buffer(size)?;
        frame::resize(&frame, size, &mut image)?;
        let new = WorkFrame {
            time: frame.time,
            index: self.next_index,
            size,
            image: Arc::new(image),
        };
        self.next_index += 1;
        self.ring.push(new.clone());
        Ok(new)
    }

    /// Brings all anchors to a frame.
    fn follow(&mut self, new: &WorkFrame) -> Result<(), VisionError> {
        let old = self.followed.replace(new.clone());
        if self.anchors.is_empty() {
            return Ok(());
        }
        self.follower
            .follow(&mut self.anchors, old.as_ref(), new, &mut self.changes)
    }

    /// Brings all anchors to the newest frame when that one was only kept: whatever is added at
    /// the newest frame must meet the others there.
    fn settle(&mut self) -> Result<(), VisionError> {
        let followed = self.followed.as_ref().map(|frame| frame.index);
        match self.ring.newest().cloned() {
            Some(newest) if followed != Some(newest.index) => self.follow(&newest),
            _ => Ok(()),
        }
    }

    /// Fixes a drawing to what it was drawn on and fast-forwards it to the newest frame.
    ///
    /// # Errors
    /// Says why the drawing cannot be held; nothing changes then.
    pub fn attach(&mut self, request: AttachRequest) -> Result<Attached, AttachRefused> {
        let newest = self.ring.newest().cloned().ok_or(AttachRefused::NoFrame)?;
        let drawn = match request.frame_time {
            None => newest.clone(),
            Some(time) => self
                .ring
                .find(time, self.config.time_tolerance)
                .cloned()
                .ok_or(AttachRefused::FrameExpired { frame_time: time })?,
        };
        let others = self
            .anchors
            .iter()
            .filter(|a| a.id != request.anchor)
            .count();
        if others >= self.config.max_anchors {
            return Err(AttachRefused::TooManyAnchors {
                limit: self.config.max_anchors,
            });
        }
        let outline = outline_pixels(&request.outline, drawn.size)?;
        if let Err(VisionError::Picture(failure)) = self.settle() {
            return Err(failure.into());
        }
        let mut anchor = anchor_on(&drawn, &outline, request.anchor, self.next_generation)?;
        self.next_generation += 1;
        self.catch_up(&mut anchor, &drawn, &newest)?;
        let pose = anchor.report(newest.size);
        self.changes
            .push(anchor.change(newest.time, newest.size, Reason::Attached));
        self.anchors.retain(|a| a.id != request.anchor);
        self.anchors.push(anchor);
        Ok(Attached {
            anchor: request.anchor,
            frame_time: drawn.time,
            pose,
        })
    }

    /// Forgets an anchor; unknown numbers are ignored.
    pub fn detach(&mut self, anchor: u32) {
        self.anchors.retain(|a| a.id != anchor);
        self.changes.retain(|change| change.anchor != anchor);
    }

    /// Keeps a past frame beyond the ring, while somebody draws on it; `false` when it is gone or
    /// the limit is reached.
    pub fn hold_frame(&mut self, frame_time: u32) -> bool {
        self.ring.hold(frame_time, self.config.time_tolerance)
    }

    /// Lets a held frame go.
    pub fn release_frame(&mut self, frame_time: u32) {
        self.ring.release(frame_time, self.config.time_tolerance);
    }

    /// Work that finds lost anchors again, or `None` while nothing is lost or an earlier job is
    /// still out. A caller who takes jobs must hand each outcome to [`Engine::apply`]; the engine
    /// then runs none itself.
    pub fn take_relocalise_job(&mut self) -> Option<RelocaliseJob> {
        self.caller_takes_jobs = true;
        if self.job_out {
            return None;
        }
        let job = self.make_job();
        self.job_out = job.is_some();
        job
    }

    /// Takes what a job found and fast-forwards it to the newest frame; the anchors concerned
    /// come back with the next frame, once verified there.
    ///
    /// # Errors
    /// When the picture library failed inside the job or the fast-forward; the engine goes on.
    pub fn apply(&mut self, outcome: RelocaliseOutcome) -> Result<(), VisionError> {
        self.job_out = false;
        self.note_missing(&outcome);
        self.settle()?;
        for found in outcome.found {
            let place = self.anchors.iter().position(|a| {
                a.id == found.anchor && a.generation == found.generation && a.is_lost()
            });
            let Some(start) = self.ring.by_index(outcome.index).cloned() else {
                continue;
            };
            let Some(place) = place else { continue };
            let Some(frames) = chain(&start, self.ring.after(outcome.index)) else {
                continue;
            };
            let anchor = &mut self.anchors[place];
            let Some(reference) = anchor.references.get(found.reference).cloned() else {
                continue;
            };
            let pose = self
                .follower
                .fast_forward(&reference, &found.frame_from_here, &frames)?;
            if let Some(pose) = pose {
                anchor.active = found.reference;
                anchor.pose = pose * reference.here_from_drawn;
                anchor.primed = true;
            }
        }
        outcome
            .failure
            .map_or(Ok(()), |failure| Err(failure.into()))
    }

    fn make_job(&mut self) -> Option<RelocaliseJob> {
        let newest = self.ring.newest()?;
        if !self.follower.sight.sees_something() {
            return None;
        }
        let due: Vec<&mut Anchor> = self
            .anchors
            .iter_mut()
            .filter(|a| a.is_lost() && !a.primed && newest.index >= a.next_search)
            .collect();
        if due.is_empty() {
            return None;
        }
        let every = u64::from(self.config.inline_relocalise_every.max(1));
        let mut thought_away = true;
        let mut wanted = Vec::with_capacity(due.len());
        for anchor in due {
            let away = anchor.is_thought_away(newest.size);
            thought_away &= away;
            anchor.next_search = newest.index + anchor.patience(away, every);
            wanted.push(Wanted {
                anchor: anchor.id,
                generation: anchor.generation,
                references: anchor.references.clone(),
            });
        }
        let turn = TURNS[(self.jobs % TURNS.len() as u64) as usize];
        self.jobs += 1;
        let kind = match turn {
            Kind::Akaze if thought_away => Kind::Small,
            Kind::Orb if self.follower.sight.is_shaken() => Kind::Small,
            kind => kind,
        };
        Some(RelocaliseJob {
            index: newest.index,
            image: Arc::clone(&newest.image),
            wanted,
            kind,
            seed: self.config.seed,
        })
    }

    /// Says of anchors whose surroundings keep being seen without them that they have moved.
    fn note_missing(&mut self, outcome: &RelocaliseOutcome) {
        let Some(newest) = self.ring.newest() else {
            return;
        };
        for anchor in &mut self.anchors {
            let missed = outcome.missing.contains(&(anchor.id, anchor.generation));
            if missed && anchor.is_lost() && anchor.is_given_up() {
                self.changes
                    .push(anchor.change(newest.time, newest.size, Reason::Moved));
            }
        }
    }

    fn relocalise_inline(&mut self, index: u64) -> Result<(), VisionError> {
        let every = u64::from(self.config.inline_relocalise_every);
        if self.caller_takes_jobs || every == 0 || !index.is_multiple_of(every) {
            return Ok(());
        }
        match self.make_job() {
            Some(job) => self.apply(job.run()),
            None => Ok(()),
        }
    }

    /// Brings a new anchor from the frame that was drawn on to the newest one.
    fn catch_up(
        &mut self,
        anchor: &mut Anchor,
        drawn: &WorkFrame,
        newest: &WorkFrame,
    ) -> Result<(), Failure> {
        if drawn.index == newest.index {
            return Ok(());
        }
        // A held frame that left the ring has no unbroken chain to the newest one.
        let frames = chain(drawn, self.ring.after(drawn.index)).filter(|frames| {
            frames
                .last()
                .is_some_and(|(index, _)| *index == newest.index)
        });
        let seen = match frames {
            Some(frames) => self.follower.catch_up(anchor, &frames)?,
            None => false,
        };
        if !seen {
            anchor.status = Status::Lost;
        }
        Ok(())
    }
}
