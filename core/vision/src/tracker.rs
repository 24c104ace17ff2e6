//! Carrying a pose from one frame to another by flow between the two frames.

use crate::frame::WorkFrame;
use crate::geometry::{Homography, Pairs, apply, fit, normalised, plausible, translation};
use crate::layer::{Failure, Flow, Layer, Library, Picture, Plane, Pyramid};
use crate::reference::Reference;
use std::sync::Arc;

/// Levels of a frame's pyramid above the frame itself.
pub(crate) const FRAME_LEVELS: i32 = 3;
/// Points followed between two frames; the refinement uses all.
const POINTS: usize = 60;
/// Pixels within which a point must come back when followed there and back.
const ROUND_TRIP: f64 = 1.0;
const CUTOFFS: [f64; 6] = [20.0, 10.0, 6.0, 4.0, 3.0, 3.0];
const FITS: f64 = 3.0;
/// Frames that one step of a fast-forward skips.
const STRIDE: usize = 3;

/// Flow between frames with its scratch memory.
#[derive(Debug, Default)]
pub(crate) struct Tracker {
    flow: Flow,
    starts: Vec<[f64; 2]>,
    guesses: Vec<[f64; 2]>,
    weights: Vec<f64>,
    found: Vec<Option<[f64; 2]>>,
    pairs: Pairs,
    old_pyramid: Pyramid,
    new_pyramid: Pyramid,
    /// Seed of the choice of samples.
    pub seed: u64,
}

impl Tracker {
    /// The new frame's pixels from the reference's, given the old frame's. `expected` is the
    /// whole picture's motion where it is known. `None` when too few points could be followed.
    pub fn carry(
        &mut self,
        reference: &Reference,
        old_from_here: &Homography,
        (old, new): (&Pyramid, &Pyramid),
        expected: Option<&Homography>,
        size: (i32, i32),
    ) -> Result<Option<Homography>, Failure> {
        let (w, h) = (f64::from(size.0), f64::from(size.1));
        let inside = |p: [f64; 2]| p[0] >= 0.0 && p[1] >= 0.0 && p[0] < w && p[1] < h;
        self.starts.clear();
        self.guesses.clear();
        self.weights.clear();
        for (i, p) in reference.points.iter().enumerate() {
            if self.starts.len() == POINTS {
                break;
            }
            let Some(q) = apply(old_from_here, *p).filter(|q| inside(*q)) else {
                continue;
            };
            let guess = expected.and_then(|motion| apply(motion, q)).unwrap_or(q);
            self.starts.push(q);
            self.guesses.push(guess);
            self.weights.push(reference.weights[i]);
        }
        let search = (FRAME_LEVELS, Some(ROUND_TRIP));
        Library::flow(
            &mut self.flow,
            (old, new),
            &self.starts,
            &self.guesses,
            search,
            &mut self.found,
        )?;
        self.pairs.clear();
        for (k, to) in self.found.iter().enumerate() {
            if let Some(to) = to {
                self.pairs.push(self.starts[k], *to, self.weights[k]);
            }
        }
        if self.pairs.len() < 8 {
            return Ok(None);
        }
        let start = median_shift(&self.pairs);
        let mut motion = fit(&self.pairs, &start, &CUTOFFS, 1.0);
        let agreeing = |m: &Homography| count_fitting(&self.pairs, m);
        if motion.as_ref().map_or(0, agreeing) * 2 < self.pairs.len() {
            motion = consensus(&self.pairs, self.seed)?;
        }
        let motion = motion.filter(|m| agreeing(m) >= 8);
        Ok(motion
            .and_then(|m| normalised(&(m * old_from_here)))
            .filter(|pose| plausible(pose, &reference.drawing)))
    }

    /// Carries a pose along `frames` (the first is the one it belongs to) to the last of them.
    pub fn fast_forward(
        &mut self,
        reference: &Reference,
        start: &Homography,
        frames: &[(u64, Arc<Picture>)],
    ) -> Result<Option<Homography>, Failure> {
        let mut pose = *start;
        let mut at = 0;
        let Some((_, first)) = frames.first() else {
            return Ok(None);
        };
        let mut old = std::mem::take(&mut self.old_pyramid);
        let mut new = std::mem::take(&mut self.new_pyramid);
        Library::pyramid(first, (FRAME_LEVELS, true), &mut old)?;
        let mut stride = STRIDE;
        while at + 1 < frames.len() {
            let next = (at + stride).min(frames.len() - 1);
            let image = &frames[next].1;
            Library::pyramid(image, (FRAME_LEVELS, true), &mut new)?;
            let size = (image.cols(), image.rows());
            match self.carry(reference, &pose, (&old, &new), None, size)? {
                Some(carried) => {
                    pose = carried;
                    at = next;
                    std::mem::swap(&mut old, &mut new);
                    stride = STRIDE;
                }
                None if stride > 1 => stride = 1,
                None => {
                    return Ok(None);
                }
            }
        }
        self.old_pyramid = old;
        self.new_pyramid = new;
        Ok(Some(pose))
    }
}

/// The pictures of a chain of frames of one size, or `None` when the size changes in it.
pub(crate) fn chain<'a>(
    first: &WorkFrame,
    rest: impl Iterator<Item = &'a WorkFrame>,
) -> Option<Vec<(u64, Arc<Picture>)>> {
    let mut frames = vec![(first.index, Arc::clone(&first.image))];
    for frame in rest {
        if frame.size != first.size {
            return None;
        }
        frames.push((frame.index, Arc::clone(&frame.image)));
    }
    Some(frames)
}

/// The shift by the median of all pairs, a start that survives a minority of wrong ones.
pub(crate) fn median_shift(pairs: &Pairs) -> Homography {
    let median = |axis: usize| {
        let mut shifts: Vec<f64> = pairs
            .from
            .iter()
            .zip(&pairs.to)
            .map(|(a, b)| b[axis] - a[axis])
            .collect();
        if shifts.is_empty() {
            return 0.0;
        }
        let middle = shifts.len() / 2;
        *shifts.select_nth_unstable_by(middle, f64::total_cmp).1
    };
    translation(median(0), median(1))
}

/// Pairs within [`FITS`] pixels of `map`.
pub(crate) fn count_fitting(pairs: &Pairs, map: &Homography) -> usize {
    let fits = |(a, b): (&[f64; 2], &[f64; 2])| {
        apply(map, *a).is_some_and(|p| (p[0] - b[0]).hypot(p[1] - b[1]) < FITS)
    };
    pairs
        .from
        .iter()
        .zip(&pairs.to)
        .filter(|&pair| fits(pair))
        .count()
}

/// The map most pairs agree on (MAGSAC++, Barath 2020), for sets with many wrong pairs.
pub(crate) fn consensus(pairs: &Pairs, seed: u64) -> Result<Option<Homography>, Failure> {
    if pairs.len() < 6 {
        return Ok(None);
    }
    Library::consensus(&pairs.from, &pairs.to, FITS, seed)
}
