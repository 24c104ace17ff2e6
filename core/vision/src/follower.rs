//! Moving every anchor from one frame to the next: verified, or hidden at once.

mod lead;
mod looks;
mod moves;
mod pyramids;
mod views;

use crate::anchor::Anchor;
use crate::contest;
use crate::error::VisionError;
use crate::frame::{WorkFrame, WorkSize};
use crate::geometry::{Homography, translation};
use crate::layer::{Failure, Picture};
use crate::motion::GlobalMotion;
use crate::reference::Reference;
use crate::refine::{Look, Refined, Refiner};
use crate::sight::{Sight, why_lost};
use crate::tracker::Tracker;
use crate::types::{Reason, Status, StatusChange};
use looks::{ALONG, FORETOLD};
use moves::{away, drawn_from, shift, swings};
use pyramids::Pyramids;
use std::sync::Arc;
use views::remember_view;

/// Every anchor is looked at closely once in so many frames, also beside one that leads.
const CLOSE_LOOK: usize = 15;

/// Frames for which the whole picture's motion alone tells where a thing with lookalikes is.
const GUESSED: u32 = 10;

/// What following needs from frame to frame, shared by all anchors.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    pyramids: Pyramids,
    tracker: Tracker,
    refiner: Refiner,
    motion: GlobalMotion,
    /// The whole picture's motion on the present step: measured once, and only when an anchor
    /// needs it.
    moved: Option<Option<Homography>>,
    pub sight: Sight,
    /// Number of the anchor whose motion led the others last.
    led_by: Option<u32>,
    /// The new frame's pixels from the old frame's by the camera's turn, where that is known.
    pub turn: Option<Homography>,
}

/// A frame and what came before it.
#[derive(Debug, Clone, Copy)]
struct Step<'a> {
    new: &'a WorkFrame,
    /// The frame before, if it had the same size, so that flow between them is possible.
    joined: Option<&'a WorkFrame>,
    /// The size of the frame before, if it was another.
    left: Option<WorkSize>,
}

impl Follower {
    /// A follower whose random choices come from `seed`.
    pub fn new(seed: u64) -> Self {
        let mut follower = Self::default();
        follower.tracker.seed = seed;
        follower
    }

    /// Moves all anchors from `old` to `new` and notes what changed.
    pub fn follow(
        &mut self,
        anchors: &mut [Anchor],
        old: Option<&WorkFrame>,
        new: &WorkFrame,
        changes: &mut Vec<StatusChange>,
    ) -> Result<(), VisionError> {
        self.sight.look(&new.image)?;
        let old = old.map(|old| (old, old.size == new.size));
        let joined = old.filter(|(_, alike)| *alike).map(|(old, _)| old);
        let left = old.filter(|(_, alike)| !alike).map(|(old, _)| old.size);
        let step = Step { joined, left, new };
        self.moved = None;
        let mut leader: Option<Homography> = None;
        let first = self.first(anchors);
        let others = (0..anchors.len()).filter(|k| Some(*k) != first);
        for k in first.into_iter().chain(others) {
            let Some(anchor) = anchors.get_mut(k) else {
                continue;
            };
            if joined.is_some() && !anchor.is_lost() {
                let turn = new.index as usize + k;
                let glanced = leader.filter(|_| !turn.is_multiple_of(CLOSE_LOOK));
                if let Some(led) = glanced
                    && self.keep_beside(anchor, &led, step, turn)
                {
                    continue;
                }
                let before = anchor.pose.try_inverse();
                if self.keep(anchor, leader.as_ref(), step, changes)? {
                    if leader.is_none() && !anchor.smeared {
                        leader = before.map(|old| anchor.pose * old);
                        self.led_by = Some(anchor.id);
                    }
                    continue;
                }
            }
            anchor.led = leader.is_some() && anchor.in_company();
            match leader.filter(|_| anchor.led) {
                Some(led) => self.seek_beside(anchor, &led, step, changes)?,
                None => self.seek(anchor, None, step, changes)?,
            }
        }
        let seen = anchors.iter().any(|a| a.status == Status::Tracking);
        self.sight.remember(seen);
        Ok(())
    }

    /// Carries a new anchor along `frames`, from the one that was drawn on to the newest, and
    /// verifies it there; `false` leaves its pose a guess.
    pub fn catch_up(
        &mut self,
        anchor: &mut Anchor,
        frames: &[(u64, Arc<Picture>)],
    ) -> Result<bool, Failure> {
        let reference = Arc::clone(anchor.reference());
        let start = Homography::identity();
        let Some(coarse) = self.tracker.fast_forward(&reference, &start, frames)? else {
            return Ok(false);
        };
        anchor.pose = coarse;
        let Some((_, newest)) = frames.last() else {
            return Ok(false);
        };
        let refined = self
            .refiner
            .refine(&reference, newest, &coarse, (2, Look::Sharp))?;
        let Some(refined) = refined.filter(|r| r.evidence.convinces()) else {
            return Ok(false);
        };
        anchor.accept(&refined);
        Ok(true)
    }

    /// Carries a pose that a relocalisation found to the last of `frames`.
    pub fn fast_forward(
        &mut self,
        reference: &Reference,
        start: &Homography,
        frames: &[(u64, Arc<Picture>)],
    ) -> Result<Option<Homography>, Failure> {
        self.tracker.fast_forward(reference, start, frames)
    }

    /// The whole picture's motion; across a change of the frame's shape, the middle stays.
    fn whole_motion(&mut self, step: Step<'_>) -> Result<Option<Homography>, Failure> {
        if let Some(moved) = self.moved {
            return Ok(moved);
        }
        let moved = match (step.joined, step.left) {
            (Some(old), _) => {
                let pyramids = self.pyramids.of(old, step.new)?;
                self.motion.between(&old.image, pyramids, self.turn)?
            }
            (None, Some(from)) => {
                let to = step.new.size;
                let x = f64::from(to.width - from.width) / 2.0;
                let y = f64::from(to.height - from.height) / 2.0;
                Some(translation(x, y))
            }
            (None, None) => None,
        };
        self.moved = Some(moved);
        Ok(moved)
    }

    /// Tracks a seen anchor; `false` when it could not be verified.
    fn keep(
        &mut self,
        anchor: &mut Anchor,
        led: Option<&Homography>,
        step: Step<'_>,
        changes: &mut Vec<StatusChange>,
    ) -> Result<bool, VisionError> {
        anchor.choose_reference();
        let reference = Arc::clone(anchor.reference());
        let old_from_here = anchor.frame_from(&reference);
        let turn = self.turn.unwrap_or_else(Homography::identity);
        let course = translation(anchor.drift[0], anchor.drift[1]) * turn;
        let beside = led.map(|led| led * old_from_here);
        let led_on = beside.filter(|_| anchor.in_company() && anchor.flat);
        let expected = led_on.unwrap_or(course * old_from_here);
        let new = step.new;
        let mut look = None;
        if led_on.is_some() || anchor.goes_on() {
            look = self.look_ahead(anchor, &expected, led_on.is_some(), new)?;
            if look.is_none() {
                anchor.went_on(false);
            }
        }
        let look = match look {
            Some(refined) => Some((refined, true)),
            None => self.look_around(anchor, &course, led.is_some(), step)?,
        };
        let Some((refined, sharp)) = look else {
            return Ok(false);
        };
        let off = away(&reference, &expected, &refined.frame_from_here);
        let leapt = off > reference.leap();
        if (leapt || !sharp) && !self.is_borne_out(&reference, &old_from_here, &refined, step)? {
            return Ok(false);
        }
        anchor.went_on(sharp && off < FORETOLD);
        if let Some(beside) = beside {
            let off = away(&reference, &beside, &refined.frame_from_here);
            anchor.went_along(off < ALONG);
        }
        let was = anchor.status;
        anchor.accept(&refined);
        if sharp {
            *anchor.relief() = self.refiner.relief.take();
        }
        self.explain(anchor, &reference, &old_from_here);
        anchor.smeared = !sharp;
        if was != anchor.status {
            let reason = match anchor.status {
                Status::Tracking => Reason::FoundAgain,
                _ if self.sight.is_blurred() || !sharp => Reason::Blur,
                _ => Reason::Occluded,
            };
            changes.push(anchor.change(new.time, new.size, reason));
        }
        if sharp {
            remember_view(anchor, &refined, new)?;
        }
        Ok(true)
    }

    /// Takes what the camera's turn explains out of an anchor's motion since its `old` pose.
    fn explain(&self, anchor: &mut Anchor, reference: &Reference, old: &Homography) {
        if let Some(turn) = self.turn {
            let turned = shift(reference, old, &(turn * old));
            anchor.drift = [0, 1].map(|k| anchor.velocity[k] - turned[k]);
        }
    }

    /// Whether the whole picture's motion agrees with a pose that leapt. Without that motion only
    /// strong evidence for a thing without lookalikes counts.
    fn is_borne_out(
        &mut self,
        reference: &Reference,
        old_from_here: &Homography,
        refined: &Refined,
        step: Step<'_>,
    ) -> Result<bool, Failure> {
        Ok(match self.whole_motion(step)? {
            Some(moved) => {
                let expected = moved * old_from_here;
                away(reference, &expected, &refined.frame_from_here) <= reference.leap()
            }
            None => !reference.has_lookalikes() && refined.evidence.convinces(),
        })
    }

    /// Looks for an anchor near where it should be, which is where it goes with another anchor that
    /// moved by `led`, if it does; hides it when it is not there.
    fn seek(
        &mut self,
        anchor: &mut Anchor,
        led: Option<&Homography>,
        step: Step<'_>,
        changes: &mut Vec<StatusChange>,
    ) -> Result<(), VisionError> {
        let (was, new) = (anchor.status, step.new);
        anchor.went_on(false);
        let measured = match led {
            Some(led) => Some(*led),
            None => self.whole_motion(step)?,
        };
        let moved = measured.or(self.turn);
        let old_pose = anchor.pose;
        let mut levels = 3;
        if let Some(old) = step.joined.filter(|_| anchor.primed) {
            let reference = Arc::clone(anchor.reference());
            let here = anchor.frame_from(&reference);
            let pyramids = self.pyramids.of(old, new)?;
            let size = (new.size.width, new.size.height);
            let carried = self
                .tracker
                .carry(&reference, &here, pyramids, moved.as_ref(), size)?;
            if let Some(carried) = carried {
                anchor.pose = carried * reference.here_from_drawn;
                levels = 1;
            }
        } else if let Some(moved) = moved {
            anchor.pose = moved * anchor.pose;
            levels = if led.is_some() { 1 } else { 3 };
        } else {
            anchor.adrift = true;
        }
        let was_primed = std::mem::take(&mut anchor.primed);
        anchor.choose_reference();
        let reference = Arc::clone(anchor.reference());
        let guess = anchor.frame_from(&reference);
        self.refiner.known = anchor.relief().clone();
        let refined = self
            .refiner
            .refine(&reference, &new.image, &guess, (levels, Look::Sharp))?;
        let mut refined = refined.filter(|r| anchor.trusts(&r.evidence));
        let old = old_pose * drawn_from(&reference);
        let swing = shift(&reference, &old, &guess);
        // A relocalisation may have found it in a blurred frame before any sharp one was seen.
        let blurred = led.is_none() && (was_primed || self.may_be_blurred(swing));
        if refined.is_none() && blurred {
            refined = self.look_softly(&reference, new, &guess, swing, anchor.relief().clone())?;
            refined = refined.filter(|r| anchor.trusts(&r.evidence));
        }
        if let Some(found) = refined.as_ref().filter(|_| reference.has_lookalikes()) {
            // Among lookalikes the place decides; one guessed for long is not known any more.
            let known = was_primed || (measured.is_some() && anchor.unseen < GUESSED);
            let near = away(&reference, &guess, &found.frame_from_here) <= reference.leap();
            let pose = &found.frame_from_here;
            let expected = known && near;
            if !expected && !contest::wins(&reference, &new.image, pose)? {
                refined = None;
            }
        }
        if let Some(refined) = refined {
            anchor.accept(&refined);
            if was != anchor.status {
                changes.push(anchor.change(new.time, new.size, Reason::FoundAgain));
            }
            return Ok(());
        }
        anchor.unseen = anchor.unseen.saturating_add(1);
        anchor.status = Status::Lost;
        if was != Status::Lost {
            let reason = why_lost(anchor, &self.sight, swings(swing), new.size);
            changes.push(anchor.change(new.time, new.size, reason));
        }
        Ok(())
    }
}
