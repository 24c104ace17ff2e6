//! Several anchors: one leads, and the others are glanced at where its motion puts them.

use super::{Follower, Step};
use crate::anchor::Anchor;
use crate::error::VisionError;
use crate::geometry::Homography;
use crate::types::{Reason, Status, StatusChange};
use std::sync::Arc;

/// Confidence below which an anchor does not go on leading the others.
const LEADS: f32 = 0.6;

/// A lost anchor that would be known by another's motion is searched for once in so many frames;
/// between, what a glance must recognise of it for a search to follow at once.
const SEARCHED: u64 = 5;
const GLIMPSE: f32 = 0.5;

impl Follower {
    /// The anchor that is looked at first, so that its motion can lead the others: the one that did
    /// so before, while it is well seen, else the one that is seen best.
    pub(super) fn first(&self, anchors: &[Anchor]) -> Option<usize> {
        let leads = |a: &Anchor| a.status == Status::Tracking && !a.smeared && a.probation == 0;
        let again = anchors
            .iter()
            .position(|a| Some(a.id) == self.led_by && leads(a) && a.confidence >= LEADS);
        again.or_else(|| {
            let able = anchors.iter().enumerate().filter(|(_, a)| leads(a));
            let plain = |a: &Anchor| a.flat && !a.reference().has_lookalikes();
            let best = able.max_by(|(_, a), (_, b)| {
                let plainer = plain(a).cmp(&plain(b));
                plainer.then(a.confidence.total_cmp(&b.confidence))
            });
            best.map(|(k, _)| k)
        })
    }

    /// Moves a seen anchor as the whole of `led` moved, which another anchor measured; `false`
    /// when a glance does not bear that out beyond doubt.
    pub(super) fn keep_beside(
        &mut self,
        anchor: &mut Anchor,
        led: &Homography,
        step: Step<'_>,
        turn: usize,
    ) -> bool {
        if !anchor.flat {
            return false;
        }
        let reference = Arc::clone(anchor.reference());
        let old = anchor.frame_from(&reference);
        let glanced = self
            .refiner
            .glance(&reference, &step.new.image, &(led * old), turn);
        let Some((refined, true)) = glanced else {
            return false;
        };
        anchor.accept(&refined);
        anchor.went_on(true);
        anchor.went_along(true);
        self.explain(anchor, &reference, &old);
        true
    }

    /// Looks for a lost anchor where it would be if it went on moving with another one, as it did:
    /// as long as it is covered there, a glance in most frames tells as much as a search.
    pub(super) fn seek_beside(
        &mut self,
        anchor: &mut Anchor,
        led: &Homography,
        step: Step<'_>,
        changes: &mut Vec<StatusChange>,
    ) -> Result<(), VisionError> {
        let searched = (step.new.index + u64::from(anchor.id)).is_multiple_of(SEARCHED);
        if anchor.unseen > 0 && !anchor.primed {
            anchor.choose_reference();
            let reference = Arc::clone(anchor.reference());
            let (guess, turn) = (led * anchor.frame_from(&reference), step.new.index as usize);
            let glanced = self
                .refiner
                .glance(&reference, &step.new.image, &guess, turn);
            let confidence = glanced.map_or(0.0, |(refined, _)| refined.evidence.confidence);
            if let Some((refined, true)) = glanced
                && anchor.flat
                && anchor.trusts(&refined.evidence)
            {
                anchor.accept(&refined);
                changes.push(anchor.change(step.new.time, step.new.size, Reason::FoundAgain));
                return Ok(());
            }
            if confidence < GLIMPSE && !searched {
                anchor.pose = led * anchor.pose;
                anchor.unseen = anchor.unseen.saturating_add(1);
                return Ok(());
            }
        }
        self.seek(anchor, Some(led), step, changes)
    }
}
