//! The ways to look for an anchor on a frame, from the cheapest on.

use super::moves::{away, bend, shift, swings};
use super::{Follower, Step};
use crate::anchor::Anchor;
use crate::error::VisionError;
use crate::frame::WorkFrame;
use crate::geometry::{Homography, Point};
use crate::layer::Failure;
use crate::reference::Reference;
use crate::refine::{Look, Refined};
use crate::relief::Relief;
use std::sync::Arc;

/// Pixels from where it was expected up to which an anchor moves on as it did.
pub(super) const FORETOLD: f64 = 6.0;
/// The same for one that moves as another does.
pub(super) const ALONG: f64 = 2.0;

/// Pixels by which a blurred view may bend what was foretold: the little that is left of a thing
/// at the frame's rim fits many maps.
const BENT: f64 = 8.0;

impl Follower {
    /// Looks where the anchor should be if it moves on as it did, or as another one that leads it,
    /// and nowhere else; `None` when it is not there beyond doubt.
    pub(super) fn look_ahead(
        &mut self,
        anchor: &mut Anchor,
        expected: &Homography,
        is_led: bool,
        new: &WorkFrame,
    ) -> Result<Option<Refined>, Failure> {
        let reference = Arc::clone(anchor.reference());
        self.refiner.known = anchor.relief().clone();
        let refined = self
            .refiner
            .refine_foretold(&reference, &new.image, expected)?;
        // Where two anchors agree on a motion, less of the picture has to bear it out.
        let reach = if is_led { ALONG } else { FORETOLD };
        Ok(refined.filter(|r| {
            let seen = r.evidence.convinces() || (is_led && anchor.trusts(&r.evidence));
            seen && r.flat && away(&reference, expected, &r.frame_from_here) < reach
        }))
    }

    /// Carries a seen anchor from the frame before and looks there, sharply or softly; the second
    /// says which. A picture that another anchor was seen on sharply needs no soft look.
    pub(super) fn look_around(
        &mut self,
        anchor: &mut Anchor,
        course: &Homography,
        is_sharp: bool,
        step: Step<'_>,
    ) -> Result<Option<(Refined, bool)>, VisionError> {
        let reference = Arc::clone(anchor.reference());
        let old_from_here = anchor.frame_from(&reference);
        let new = step.new;
        let size = (new.size.width, new.size.height);
        let coarse = match step.joined {
            Some(old) => {
                let pyramids = self.pyramids.of(old, new)?;
                self.tracker
                    .carry(&reference, &old_from_here, pyramids, Some(course), size)?
            }
            None => None,
        };
        let (coarse, levels) = coarse.map_or((course * old_from_here, 3), |coarse| (coarse, 1));
        let moved = shift(&reference, &old_from_here, &coarse);
        // What was smeared and swings on is smeared again; a lens that hunts for its focus does so
        // over many frames.
        let may_be_blurred = !is_sharp && self.may_be_blurred(moved);
        let soft_first = anchor.smeared && may_be_blurred;
        let relief = anchor.relief().clone();
        if soft_first {
            let soft = self.look_softly(&reference, new, &coarse, moved, relief.clone())?;
            if let Some(refined) = soft {
                return Ok(Some((refined, false)));
            }
        }
        let look = (levels, Look::Sharp);
        self.refiner.known = relief.clone();
        let sharp = self.refiner.refine(&reference, &new.image, &coarse, look)?;
        if let Some(refined) = sharp.filter(|r| anchor.trusts(&r.evidence)) {
            return Ok(Some((refined, true)));
        }
        if soft_first || !may_be_blurred {
            return Ok(None);
        }
        let soft = self.look_softly(&reference, new, &coarse, moved, relief)?;
        Ok(soft.map(|refined| (refined, false)))
    }

    /// Whether the picture may be blurred where the thing is, which moved by `moved` pixels.
    pub(super) fn may_be_blurred(&self, moved: Point) -> bool {
        self.sight.is_shaken() || swings(moved)
    }

    /// Compares blurred pictures; what is asked of the evidence is more. The thing moved by
    /// `moved` pixels since the frame before.
    pub(super) fn look_softly(
        &mut self,
        reference: &Reference,
        new: &WorkFrame,
        guess: &Homography,
        moved: Point,
        relief: Option<Relief>,
    ) -> Result<Option<Refined>, Failure> {
        let look = Look::Blurred(moved);
        self.refiner.known = relief;
        let refined = self
            .refiner
            .refine(reference, &new.image, guess, (2, look))?;
        let bent = |r: &Refined| bend(reference, guess, &r.frame_from_here) > BENT;
        Ok(refined.filter(|r| r.evidence.convinces() && !bent(r)))
    }
}
