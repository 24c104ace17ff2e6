//! How the whole picture moves from one frame to the next: where a lost thing is thought to be.

use crate::flow::corners;
use crate::geometry::{Homography, Pairs, apply, fit, plausible};
use crate::layer::{Area, Failure, Flow, Layer, Library, Picture, Plane, Pyramid};
use crate::tracker::{count_fitting, median_shift};

/// Points followed over the whole picture.
const POINTS: usize = 80;
/// Points that must agree for the motion to count as known.
const ENOUGH: usize = 12;
const CORNER_FLOOR: f32 = 4e-5;
/// Pixels within which a point must come back: a smeared picture leaves some play.
const ROUND_TRIP: f64 = 2.0;

/// Follows the whole picture, with its scratch memory.
#[derive(Debug, Default)]
pub(crate) struct GlobalMotion {
    flow: Flow,
    found: Vec<Option<[f64; 2]>>,
    pairs: Pairs,
    guesses: Vec<[f64; 2]>,
    half: Picture,
    /// The motion on the step before: what goes on is found more surely.
    last: Option<Homography>,
}

impl GlobalMotion {
    /// The new frame's pixels from the old frame's, given the camera's turn where that is known, or
    /// `None` when the picture has no texture or
    /// does not move as one.
    pub fn between(
        &mut self,
        old_image: &Picture,
        (old, new): (&Pyramid, &Pyramid),
        turn: Option<Homography>,
    ) -> Result<Option<Homography>, Failure> {
        let (w, h) = (old_image.cols(), old_image.rows());
        let (half_w, half_h) = (w / 2, h / 2);
        Library::shrunken(old_image, (half_w, half_h), &mut self.half)?;
        let whole = Area {
            x: 0,
            y: 0,
            width: half_w,
            height: half_h,
        };
        let spacing = (f64::from(w) * f64::from(h) / POINTS as f64).sqrt() * 0.25;
        let points: Vec<_> = corners(&self.half, whole, POINTS, spacing, CORNER_FLOOR)?
            .into_iter()
            .map(|(at, _)| at.map(|v| 2.0 * v + 0.5))
            .collect();
        let last = turn.or(self.last.take());
        self.guesses.clear();
        self.guesses.extend(points.iter().map(|&p| {
            let goes_on = last.as_ref().and_then(|motion| apply(motion, p));
            goes_on.unwrap_or(p)
        }));
        Library::flow(
            &mut self.flow,
            (old, new),
            &points,
            &self.guesses,
            (3, Some(ROUND_TRIP)),
            &mut self.found,
        )?;
        self.pairs.clear();
        for (from, to) in points.iter().zip(&self.found) {
            if let Some(to) = to {
                self.pairs.push(*from, *to, 1.0);
            }
        }
        if self.pairs.len() < ENOUGH {
            return Ok(None);
        }
        let start = median_shift(&self.pairs);
        let Some(motion) = fit(&self.pairs, &start, &[24.0, 16.0, 10.0, 6.0, 4.0, 4.0], 2.0) else {
            return Ok(None);
        };
        let agreeing = count_fitting(&self.pairs, &motion);
        let (x, y) = (f64::from(w), f64::from(h));
        let corners = [[0.0, 0.0], [x, 0.0], [x, y], [0.0, y]];
        let enough = agreeing >= ENOUGH.max(self.pairs.len() / 3);
        self.last = (enough && plausible(&motion, &corners)).then_some(motion);
        Ok(self.last)
    }
}
