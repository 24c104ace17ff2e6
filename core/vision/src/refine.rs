//! The step that keeps a pose free of drift: the frame is rectified back to the reference view,
//! compared there with the reference itself, and the small difference is composed into the pose.

use crate::confidence::{Evidence, Grey, SAME_PATCH, light, similarity};
use crate::flow::{Flow, Pyramid, soften, view};
use crate::geometry::{Homography, Pairs, apply, fit, plausible, translation};
use crate::reference::{Reference, View};
use crate::tracker::median_shift;
use opencv::core::{CV_8U, Mat, Size};
use opencv::prelude::*;

/// Largest residual in pixels of the reference view for a point that fits.
const FITS: f64 = 1.5;
/// Cut-offs of the robust fit, coarse to fine, in pixels of the reference view.
const CUTOFFS: [f64; 7] = [24.0, 12.0, 6.0, 4.0, 3.0, 2.0, 2.0];
/// Strength, in points, with which the perspective terms stay where the coarse pose has them.
const STIFFNESS: f64 = 1.0;
/// Pixels that a mapped point must be inside the frame to count as visible.
const RIM: f64 = 4.0;
/// Shift in pixels below which a second rectification would change nothing.
const SETTLED: f64 = 0.75;
/// Rounds of rectify and compare.
const ROUNDS: usize = 3;

/// A pose and what speaks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refined {
    /// The frame's pixels from the reference's pixels.
    pub frame_from_here: Homography,
    pub evidence: Evidence,
}

/// How sharply the frame and the reference are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Look {
    /// As they are.
    Sharp,
    /// Both softened: for a frame that the camera's motion has blurred.
    Soft,
}

/// The refinement with its scratch memory.
#[derive(Debug, Default)]
pub(crate) struct Refiner {
    flow: Flow,
    rectified: Mat,
    lit: Mat,
    light: Vec<[f32; 3]>,
    pyramid: Pyramid,
    softened: Mat,
    found: Vec<Option<[f64; 2]>>,
    visible: Vec<usize>,
    starts: Vec<[f64; 2]>,
    pairs: Pairs,
    fitting: Vec<usize>,
}

impl Refiner {
    /// Refines `coarse` (the frame's pixels from the reference's pixels) on `frame`. `levels` is
    /// the reach of the search: 0 finds a pixel or two, 3 some tens. `None` when too little of
    /// the reference is in view or no plausible pose fits.
    pub fn refine(
        &mut self,
        reference: &Reference,
        frame: &Mat,
        coarse: &Homography,
        (levels, look): (i32, Look),
    ) -> Result<Option<Refined>, opencv::Error> {
        let corner = reference.corner();
        let here_from_view = translation(corner[0], corner[1]);
        let view_from_here = translation(-corner[0], -corner[1]);
        let size = Size::new(reference.area.width, reference.area.height);
        let like = match look {
            Look::Sharp => &reference.sharp,
            Look::Soft => reference.soft()?,
        };
        let mut pose = *coarse;
        let mut levels = levels;
        for round in 0..ROUNDS {
            if !plausible(&pose, &reference.drawing) {
                return Ok(None);
            }
            self.see(reference, frame, &pose);
            if self.visible.len() < 6 {
                return Ok(None);
            }
            self.rectify(frame, &(pose * here_from_view), size, look)?;
            let Some((delta, moved)) = self.compare(reference, like, levels)? else {
                return Ok(None);
            };
            // The view shows what lies at `delta * p` where the reference has `p`.
            pose = pose * here_from_view * delta * view_from_here;
            if moved < SETTLED {
                break;
            }
            levels = if round == 0 { 1.min(levels) } else { 0 };
        }
        if !plausible(&pose, &reference.drawing) {
            return Ok(None);
        }
        self.see(reference, frame, &pose);
        self.rectify(frame, &(pose * here_from_view), size, look)?;
        let evidence = self.judge(reference, like)?;
        Ok(Some(Refined {
            frame_from_here: pose,
            evidence,
        }))
    }

    /// Lists the reference's points that the frame shows under `pose`.
    fn see(&mut self, reference: &Reference, frame: &Mat, pose: &Homography) {
        let (w, h) = (f64::from(frame.cols()), f64::from(frame.rows()));
        self.visible.clear();
        for (i, p) in reference.points.iter().enumerate() {
            let inside = apply(pose, *p)
                .is_some_and(|[x, y]| x >= RIM && y >= RIM && x < w - RIM && y < h - RIM);
            if inside {
                self.visible.push(i);
            }
        }
    }

    /// Flow from the reference view to the rectified one, and the map that explains it, with the
    /// largest shift of a corner of the drawing under it.
    fn compare(
        &mut self,
        reference: &Reference,
        like: &View,
        levels: i32,
    ) -> Result<Option<(Homography, f64)>, opencv::Error> {
        self.relight(reference, like)?;
        self.pyramid.build(&self.lit, levels, false)?;
        self.starts.clear();
        self.starts
            .extend(self.visible.iter().map(|&i| reference.view_points[i]));
        let pyramids = (&like.pyramid, &self.pyramid);
        let starts = &self.starts;
        self.flow
            .track(pyramids, starts, starts, (levels, None), &mut self.found)?;
        self.pairs.clear();
        self.fitting.clear();
        for (k, &i) in self.visible.iter().enumerate() {
            if let Some(to) = self.found[k] {
                self.pairs
                    .push(reference.view_points[i], to, reference.weights[i]);
                self.fitting.push(i);
            }
        }
        if self.pairs.len() < 6 {
            return Ok(None);
        }
        let start = median_shift(&self.pairs);
        let Some(delta) = fit(&self.pairs, &start, &CUTOFFS, STIFFNESS) else {
            return Ok(None);
        };
        let fitting = &mut self.fitting;
        let mut kept = 0;
        for k in 0..self.pairs.len() {
            let (from, to) = (self.pairs.from[k], self.pairs.to[k]);
            let fits =
                apply(&delta, from).is_some_and(|p| (p[0] - to[0]).hypot(p[1] - to[1]) < FITS);
            if fits {
                fitting[kept] = fitting[k];
                kept += 1;
            }
        }
        fitting.truncate(kept);
        if kept < 6 {
            return Ok(None);
        }
        let corner = reference.corner();
        let moved = reference.drawing.iter().map(|p| {
            let p = [p[0] - corner[0], p[1] - corner[1]];
            apply(&delta, p).map_or(f64::INFINITY, |q| (q[0] - p[0]).hypot(q[1] - p[1]))
        });
        let moved = moved.fold(0.0, f64::max);
        Ok(Some((delta, moved)))
    }

    /// Brings the rectified view to the reference's light: flow takes a pixel's grey for granted.
    fn relight(&mut self, reference: &Reference, like: &View) -> Result<(), opencv::Error> {
        let (here, there) = pictures(like, &self.rectified)?;
        let points = self.visible.iter().map(|&i| reference.view_points[i]);
        let (gain, offset) = light(here, there, points, &mut self.light).unwrap_or((1.0, 0.0));
        self.rectified
            .convert_to(&mut self.lit, CV_8U, gain, offset)
    }

    /// Compares the little patches around the points that fit.
    fn judge(&self, reference: &Reference, like: &View) -> Result<Evidence, opencv::Error> {
        let (here, there) = pictures(like, &self.rectified)?;
        let same = |&&i: &&usize| {
            similarity(here, there, reference.view_points[i]).is_some_and(|s| s > SAME_PATCH)
        };
        let trust = |&i: &usize| reference.trust[i];
        let possible: f32 = self.visible.iter().map(trust).sum();
        let (mut inliers, mut sum) = (0, 0.0);
        for i in self.fitting.iter().filter(same) {
            inliers += 1;
            sum += trust(i);
        }
        let confidence = (sum / possible.max(1e-6)).min(1.0);
        Ok(Evidence {
            inliers,
            confidence,
        })
    }

    /// The frame seen from where the reference was taken.
    fn rectify(
        &mut self,
        frame: &Mat,
        frame_from_view: &Homography,
        size: Size,
        look: Look,
    ) -> Result<(), opencv::Error> {
        match look {
            Look::Sharp => view(frame, frame_from_view, size, &mut self.rectified),
            Look::Soft => {
                view(frame, frame_from_view, size, &mut self.softened)?;
                soften(&self.softened, &mut self.rectified)
            }
        }
    }
}

/// The reference's view and the rectified one, pixel by pixel comparable.
fn pictures<'a>(like: &'a View, rectified: &'a Mat) -> Result<(Grey<'a>, Grey<'a>), opencv::Error> {
    let (width, height) = (like.picture.cols() as usize, like.picture.rows() as usize);
    let grey = |data| Grey {
        data,
        width,
        height,
    };
    Ok((
        grey(like.picture.data_bytes()?),
        grey(rectified.data_bytes()?),
    ))
}
