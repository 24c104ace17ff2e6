//! The engine: the ring, the anchors, and what happens on each frame.

use crate::anchor::Anchor;
use crate::attach::{anchor_on, outline_pixels};
use crate::error::{AttachRefused, VisionError};
use crate::flow::Pyramid;
use crate::frame::{self, WorkFrame, WorkSize};
use crate::geometry::{Homography, translation};
use crate::motion::GlobalMotion;
use crate::reference::Reference;
use crate::refine::{Refined, Refiner};
use crate::relocalise::{Kind, RelocaliseJob, RelocaliseOutcome, Wanted};
use crate::ring::Ring;
use crate::sight::{Sight, why_lost};
use crate::tracker::{FRAME_LEVELS, Tracker, chain};
use crate::types::{
    AttachRequest, Attached, EngineConfig, FrameResult, LumaFrame, Reason, Status, StatusChange,
};
use std::sync::Arc;

/// A frame time this far behind the newest one is a new time line, not a late frame.
const NEW_TIME_LINE: u32 = 900_000;
/// Frames between two AKAZE relocalisations; ORB runs in the others.
const AKAZE_EVERY: u64 = 5;

/// The anchor engine; see the crate's documentation.
#[derive(Debug)]
pub struct Engine {
    config: EngineConfig,
    ring: Ring,
    anchors: Vec<Anchor>,
    changes: Vec<StatusChange>,
    next_index: u64,
    next_generation: u64,
    newest_pyramid: Pyramid,
    older_pyramid: Pyramid,
    /// Index of the frame that `newest_pyramid` was built from.
    pyramid_of: Option<u64>,
    tracker: Tracker,
    refiner: Refiner,
    motion: GlobalMotion,
    sight: Sight,
    jobs: u64,
    job_out: bool,
    caller_takes_jobs: bool,
}

impl Engine {
    /// An engine without frames and anchors.
    pub fn new(config: EngineConfig) -> Self {
        // The engine owns no threads, so OpenCV must not start any on its behalf. A failure only
        // means that this OpenCV was built without threads.
        let _ = opencv::core::set_num_threads(1);
        Self {
            ring: Ring::new(config.ring_frames, config.max_held),
            config,
            anchors: Vec::new(),
            changes: Vec::new(),
            next_index: 0,
            next_generation: 0,
            newest_pyramid: Pyramid::default(),
            older_pyramid: Pyramid::default(),
            pyramid_of: None,
            tracker: Tracker::default(),
            refiner: Refiner::default(),
            motion: GlobalMotion::default(),
            sight: Sight::default(),
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
        frame::check(&frame)?;
        let old = self.ring.newest().cloned();
        if let Some(newest) = old.as_ref().map(|old| old.time) {
            let behind = newest.wrapping_sub(frame.time);
            if behind < NEW_TIME_LINE {
                return Err(VisionError::OutOfOrder {
                    time: frame.time,
                    newest,
                });
            }
            if behind < u32::MAX / 2 {
                self.ring.clear();
            }
        }
        let size = WorkSize::of(
            frame.width,
            frame.height,
            self.config.max_side,
            old.as_ref().map(|old| old.size),
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
        if !self.anchors.is_empty() {
            self.follow(old.as_ref(), &new)?;
        }
        self.ring.push(new.clone());
        self.relocalise_inline(new.index)?;
        Ok(FrameResult {
            time: new.time,
            poses: self
                .anchors
                .iter()
                .map(|anchor| anchor.report(size))
                .collect(),
            changes: std::mem::take(&mut self.changes),
        })
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
    /// When OpenCV failed inside the job or the fast-forward; the engine goes on.
    pub fn apply(&mut self, outcome: RelocaliseOutcome) -> Result<(), VisionError> {
        self.job_out = false;
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
                .tracker
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
        let wanted: Vec<Wanted> = self
            .anchors
            .iter()
            .filter(|a| a.is_lost() && !a.primed)
            .map(|a| Wanted {
                anchor: a.id,
                generation: a.generation,
                references: a.references.clone(),
            })
            .collect();
        if wanted.is_empty() || !self.sight.sees_something() {
            return None;
        }
        self.jobs += 1;
        let kind = if self.jobs % AKAZE_EVERY == 0 {
            Kind::Akaze
        } else {
            Kind::Orb
        };
        Some(RelocaliseJob {
            index: newest.index,
            image: Arc::clone(&newest.image),
            wanted,
            kind,
        })
    }

    fn relocalise_inline(&mut self, index: u64) -> Result<(), VisionError> {
        let every = u64::from(self.config.inline_relocalise_every);
        if self.caller_takes_jobs || every == 0 || index % every != 0 {
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
    ) -> Result<(), opencv::Error> {
        if drawn.index == newest.index {
            return Ok(());
        }
        let reference = Arc::clone(anchor.reference());
        let frames = chain(drawn, self.ring.after(drawn.index)).filter(|frames| {
            frames
                .last()
                .is_some_and(|(index, _)| *index == newest.index)
        });
        if let Some(frames) = frames {
            let start = Homography::identity();
            if let Some(coarse) = self.tracker.fast_forward(&reference, &start, &frames)? {
                let refined = self.refiner.refine(&reference, &newest.image, &coarse, 2)?;
                if let Some(refined) = refined.filter(|r| r.evidence.convinces()) {
                    let status = verified(&refined);
                    anchor.accept(
                        &refined.frame_from_here,
                        refined.evidence.confidence,
                        status,
                    );
                    return Ok(());
                }
                anchor.pose = coarse;
            }
        }
        anchor.status = Status::Lost;
        Ok(())
    }

    /// Moves every anchor from the old newest frame to the new one.
    fn follow(&mut self, old: Option<&WorkFrame>, new: &WorkFrame) -> Result<(), VisionError> {
        std::mem::swap(&mut self.newest_pyramid, &mut self.older_pyramid);
        let older_of = self.pyramid_of.take();
        self.newest_pyramid.build(&new.image, FRAME_LEVELS, true)?;
        self.pyramid_of = Some(new.index);
        self.sight.look(&new.image)?;
        let joined = old.filter(|old| old.size == new.size && self.ring.newest().is_some());
        if let Some(old) = joined
            && older_of != Some(old.index)
        {
            self.older_pyramid.build(&old.image, FRAME_LEVELS, true)?;
        }
        let mut motion = None;
        for i in 0..self.anchors.len() {
            if let (Some(old), None) = (joined, old.filter(|_| self.anchors[i].is_lost()))
                && self.keep(i, old, new)?
            {
                continue;
            }
            let moved = match (motion, old) {
                (Some(moved), _) => moved,
                (None, Some(old)) => *motion.insert(self.whole_motion(joined, old, new)?),
                (None, None) => None,
            };
            self.seek(i, moved.as_ref(), joined.is_some(), new)?;
        }
        self.sight
            .remember(self.anchors.iter().any(|a| a.status == Status::Tracking));
        Ok(())
    }

    /// The whole picture's motion; across a change of the frame's shape, the middle stays.
    fn whole_motion(
        &mut self,
        joined: Option<&WorkFrame>,
        old: &WorkFrame,
        new: &WorkFrame,
    ) -> Result<Option<Homography>, opencv::Error> {
        if joined.is_some() {
            let pyramids = (&self.older_pyramid, &self.newest_pyramid);
            return self.motion.between(&old.image, pyramids.0, pyramids.1);
        }
        Ok((old.size != new.size).then(|| {
            translation(
                f64::from(new.size.width - old.size.width) / 2.0,
                f64::from(new.size.height - old.size.height) / 2.0,
            )
        }))
    }

    /// Tracks a seen anchor; `false` when it could not be verified.
    fn keep(&mut self, i: usize, old: &WorkFrame, new: &WorkFrame) -> Result<bool, VisionError> {
        let anchor = &mut self.anchors[i];
        anchor.choose_reference();
        let reference = Arc::clone(anchor.reference());
        let old_from_here = anchor.frame_from(&reference);
        let pyramids = (&self.older_pyramid, &self.newest_pyramid);
        let size = (new.size.width, new.size.height);
        debug_assert_eq!(old.size, new.size);
        let coarse = self
            .tracker
            .carry(&reference, &old_from_here, pyramids, None, size)?;
        let (coarse, levels) = coarse.map_or((old_from_here, 3), |coarse| (coarse, 1));
        let refined = self
            .refiner
            .refine(&reference, &new.image, &coarse, levels)?;
        let Some(refined) = refined.filter(|r| r.evidence.holds()) else {
            return Ok(false);
        };
        let anchor = &mut self.anchors[i];
        let (was, status) = (anchor.status, verified(&refined));
        anchor.accept(
            &refined.frame_from_here,
            refined.evidence.confidence,
            status,
        );
        if was != status {
            let reason = if status == Status::Tracking {
                Reason::FoundAgain
            } else {
                Reason::Occluded
            };
            self.changes.push(anchor.change(new.time, new.size, reason));
        }
        remember_view(anchor, &refined, new)?;
        Ok(true)
    }

    /// Looks for an anchor near where it should be; hides it when it is not there.
    fn seek(
        &mut self,
        i: usize,
        moved: Option<&Homography>,
        joined: bool,
        new: &WorkFrame,
    ) -> Result<(), VisionError> {
        let anchor = &mut self.anchors[i];
        let was_lost = anchor.is_lost();
        let mut levels = 3;
        if anchor.primed && joined {
            let reference = Arc::clone(anchor.reference());
            let here = anchor.frame_from(&reference);
            let pyramids = (&self.older_pyramid, &self.newest_pyramid);
            let size = (new.size.width, new.size.height);
            let carried = self
                .tracker
                .carry(&reference, &here, pyramids, moved, size)?;
            if let Some(carried) = carried {
                anchor.pose = carried * reference.here_from_drawn;
                levels = 1;
            }
            anchor.primed = false;
        } else if let Some(moved) = moved {
            anchor.pose = moved * anchor.pose;
        }
        anchor.choose_reference();
        let reference: Arc<Reference> = Arc::clone(anchor.reference());
        let guess = anchor.frame_from(&reference);
        let refined = self
            .refiner
            .refine(&reference, &new.image, &guess, levels)?;
        if let Some(refined) = refined.filter(|r| r.evidence.convinces()) {
            let status = verified(&refined);
            let changed = anchor.status != status;
            anchor.accept(
                &refined.frame_from_here,
                refined.evidence.confidence,
                status,
            );
            if changed {
                self.changes
                    .push(anchor.change(new.time, new.size, Reason::FoundAgain));
            }
            return Ok(());
        }
        anchor.unseen = anchor.unseen.saturating_add(1);
        anchor.status = Status::Lost;
        if !was_lost {
            let reason = why_lost(anchor, &self.sight, moved.is_some(), new.size);
            self.changes.push(anchor.change(new.time, new.size, reason));
        }
        Ok(())
    }
}

/// How to draw a verified pose.
fn verified(refined: &Refined) -> Status {
    if refined.evidence.is_sure() {
        Status::Tracking
    } else {
        Status::Uncertain
    }
}

/// Remembers the present view when it is well seen and unlike the others.
fn remember_view(
    anchor: &mut Anchor,
    refined: &Refined,
    frame: &WorkFrame,
) -> Result<(), opencv::Error> {
    let well = refined.evidence.confidence > 0.6 && refined.evidence.inliers >= 24;
    if !well || !anchor.wants_reference() {
        return Ok(());
    }
    let Some(first) = anchor.references.first() else {
        return Ok(());
    };
    let corners = first
        .drawing
        .map(|p| crate::geometry::apply(&anchor.pose, p));
    let [Some(a), Some(b), Some(c), Some(d)] = corners else {
        return Ok(());
    };
    if let Ok(view) = Reference::new(frame, &[a, b, c, d], anchor.pose)? {
        anchor.references.push(Arc::new(view));
    }
    Ok(())
}
