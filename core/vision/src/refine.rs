//! The step that keeps a pose free of drift: the frame is rectified back to the reference view,
//! compared there with the reference itself, and the small difference is composed into the pose.

use crate::confidence::{Evidence, Grey, SAME_PATCH, fineness, light, similarity};
use crate::drape::{AROUND, Footing, drape, verified};
use crate::flow::{Flow, Pyramid, soften, view};
use crate::geometry::{Homography, Pairs, Point, apply, fit, plausible, translation};
use crate::reference::{Reference, SOFTNESS, View};
use crate::tracker::median_shift;
use opencv::core::{CV_8U, Mat, Size};
use opencv::prelude::*;

/// Largest residual in pixels of the reference view for a point that fits.
const FITS: f64 = 1.5;
/// Residual up to which a point is looked for again where it was.
const BESIDE: f64 = 48.0;
/// Cut-offs of the robust fit, coarse to fine, in pixels of the reference view.
const CUTOFFS: [f64; 7] = [24.0, 12.0, 6.0, 4.0, 3.0, 2.0, 2.0];
/// Strength, in points, with which the perspective terms stay where the coarse pose has them.
const STIFFNESS: f64 = 1.0;
/// Pixels that a mapped point must be inside the frame to count as visible.
const RIM: f64 = 4.0;
/// Shift in pixels below which a second rectification would change nothing.
const SETTLED: f64 = 0.75;
/// Points under the drawing below which they say nothing of their own.
const CORES: usize = 5;
/// Points of a glance, the shift in pixels up to which what was foretold counts as right, and the
/// confidence without which a closer look follows.
const GLANCED: usize = 40;
const FORETOLD: f64 = 1.5;
const CLEAR: f32 = 0.75;
/// Rounds of rectify and compare.
const ROUNDS: usize = 3;

/// A pose and what speaks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refined {
    /// The frame's pixels from the reference's pixels, for the thing's main plane.
    pub frame_from_here: Homography,
    /// The same for the drawing, which may lie over more than that plane.
    pub drawing_from_here: Homography,
    pub evidence: Evidence,
}

/// How sharply the frame and the reference are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Look {
    /// As they are.
    Sharp,
    /// The reference is blurred as much as the frame is: by a lens out of focus, or by the
    /// camera's motion, which carried the thing this many pixels since the frame before.
    Blurred(Point),
}

/// Shares of the time between two frames during which the shutter may be open.
const SHUTTERS: [f64; 4] = [0.3, 0.5, 0.7, 1.0];
/// Pixels of smear below which a lens out of focus looks the same.
pub(crate) const SMEARED: f64 = 5.0;

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
    guesses: Vec<[f64; 2]>,
    /// By the reference's points: how far beside the plane each was found.
    beside: Vec<[f64; 2]>,
    pairs: Pairs,
    /// The same from an earlier frame, as a start; empty when nothing is known.
    known_beside: Vec<[f64; 2]>,
    /// The reference's points of `pairs`.
    paired: Vec<usize>,
    fitting: Vec<usize>,
    /// Share of the time between two frames during which the shutter is open, once a smeared
    /// frame has told it.
    shutter: Option<f64>,
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
        let (mut smeared, mut open) = (None, None);
        let like = match look {
            Look::Sharp => &reference.sharp,
            Look::Blurred(moved) => {
                if !plausible(coarse, &reference.drawing) {
                    return Ok(None);
                }
                self.see(reference, frame, coarse);
                self.rectify(frame, &(coarse * here_from_view), size, look)?;
                let along = in_view(reference, coarse, moved);
                match self.as_blurred(reference, along)? {
                    Blur::Focus(level) => reference.soft(level)?,
                    Blur::Smear(view, shutter) => {
                        open = Some(shutter);
                        smeared.insert(view)
                    }
                }
            }
        };
        std::mem::swap(&mut self.beside, &mut self.known_beside);
        self.known_beside.clear();
        if self.beside.len() != reference.points.len() {
            self.beside.clear();
            self.beside.resize(reference.points.len(), [0.0; 2]);
        }
        let mut pose = *coarse;
        let mut levels = levels;
        let mut last = None;
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
            last = Some((pose, delta));
            pose = pose * here_from_view * delta * view_from_here;
            if moved < SETTLED {
                break;
            }
            levels = if round == 0 { 1.min(levels) } else { 0 };
        }
        if !plausible(&pose, &reference.drawing) {
            return Ok(None);
        }
        // A blurred view tells too little of where single points are.
        let uneven = if look == Look::Sharp {
            self.uneven(reference, like)?
        } else {
            Vec::new()
        };
        for (i, beside) in self.beside.iter_mut().enumerate() {
            if uneven.iter().all(|footing| footing.index != i) {
                *beside = [0.0; 2];
            }
        }
        let draped = last.and_then(|(before, delta)| {
            let fits = |i: &usize| self.fitting.contains(i);
            let paired = self.paired.iter().zip(&self.pairs.from).zip(&self.pairs.to);
            let even = paired
                .filter(|((i, _), _)| fits(i))
                .map(|((_, from), to)| (*from, *to));
            let map = drape(reference, even, &uneven, &delta)?;
            Some(before * here_from_view * map * view_from_here)
        });
        self.see(reference, frame, &pose);
        self.rectify(frame, &(pose * here_from_view), size, look)?;
        let evidence = self.judge(reference, like, &uneven)?;
        if open.is_some() {
            self.shutter = open.filter(|_| evidence.convinces());
        }
        Ok(Some(Refined {
            frame_from_here: pose,
            drawing_from_here: draped.unwrap_or(pose),
            evidence,
        }))
    }

    /// The blur of the reference whose detail is as fine as the rectified frame's.
    fn as_blurred(&self, reference: &Reference, along: Point) -> Result<Blur, opencv::Error> {
        let points = || self.visible.iter().map(|&i| reference.view_points[i]);
        let (_, here) = pictures(&reference.sharp, &self.rectified)?;
        let Some(wanted) = fineness(here, points()) else {
            return Ok(Blur::Focus(0));
        };
        let unlike = |view: &View| -> Result<f32, opencv::Error> {
            let (there, _) = pictures(view, &self.rectified)?;
            let off = |(a, b): (&f32, &f32)| (a / b.max(1e-6)).max(1e-6).ln().powi(2);
            let fine = fineness(there, points());
            Ok(fine.map_or(f32::INFINITY, |fine| {
                fine.iter().zip(&wanted).map(off).sum()
            }))
        };
        let smears = along[0].hypot(along[1]) > SMEARED;
        if let Some(shutter) = self.shutter.filter(|_| smears) {
            let view = reference.smeared(along.map(|v| v * shutter))?;
            return Ok(Blur::Smear(view, shutter));
        }
        let mut best = (f32::INFINITY, Blur::Focus(0));
        for level in 0..SOFTNESS.len() {
            let off = unlike(reference.soft(level)?)?;
            if off < best.0 {
                best = (off, Blur::Focus(level));
            }
        }
        if smears {
            for shutter in SHUTTERS {
                let view = reference.smeared(along.map(|v| v * shutter))?;
                let off = unlike(&view)?;
                if off < best.0 {
                    best = (off, Blur::Smear(view, shutter));
                }
            }
        }
        Ok(best.1)
    }

    /// Says how far beside the plane the reference's points were on an earlier frame: the next
    /// comparison starts from there.
    pub fn start_beside(&mut self, known: &[[f64; 2]]) {
        self.known_beside.clear();
        self.known_beside.extend_from_slice(known);
    }

    /// How far beside the plane the last comparison found and verified the reference's points.
    pub fn found_beside(&self) -> &[[f64; 2]] {
        &self.beside
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
        // A point beside the plane stays about as far beside it.
        let beside = &self.beside;
        let ahead = |&i: &usize| {
            let (p, off) = (reference.view_points[i], beside[i]);
            [p[0] + off[0], p[1] + off[1]]
        };
        self.guesses.clear();
        self.guesses.extend(self.visible.iter().map(ahead));
        self.flow.track(
            pyramids,
            starts,
            &self.guesses,
            (levels, None),
            &mut self.found,
        )?;
        self.pairs.clear();
        self.fitting.clear();
        self.paired.clear();
        for (k, &i) in self.visible.iter().enumerate() {
            if let Some(to) = self.found[k] {
                self.pairs
                    .push(reference.view_points[i], to, reference.weights[i]);
                self.fitting.push(i);
                self.paired.push(i);
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
            let off = apply(&delta, from).map(|p| [to[0] - p[0], to[1] - p[1]]);
            let off = off.unwrap_or([f64::INFINITY; 2]);
            let far = off[0].hypot(off[1]);
            let i = fitting[k];
            self.beside[i] = if far < BESIDE { off } else { [0.0; 2] };
            if far < FITS {
                fitting[kept] = i;
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

    /// The points under the drawing that were found beside the plane and verified there.
    fn uneven(&self, reference: &Reference, like: &View) -> Result<Vec<Footing>, opencv::Error> {
        let corner = reference.corner();
        let [low, _, high, _] = reference.drawing;
        let slack = [AROUND * (high[0] - low[0]), AROUND * (high[1] - low[1])];
        let under = |p: Point| {
            (0..2).all(|k| {
                let v = p[k] + corner[k];
                v > low[k] - slack[k] && v < high[k] + slack[k]
            })
        };
        let paired = self.paired.iter().zip(&self.pairs.from).zip(&self.pairs.to);
        let found: Vec<Footing> = paired
            .filter(|((_, from), _)| under(**from))
            .map(|((&index, &from), &to)| Footing {
                index,
                from,
                to,
                beside: self.beside[index],
            })
            .collect();
        if found.iter().all(|f| self.fitting.contains(&f.index)) {
            return Ok(Vec::new());
        }
        let pictures = pictures(like, &self.rectified)?;
        let reach = if reference.has_lookalikes() {
            reference.leap()
        } else {
            f64::INFINITY
        };
        Ok(verified(&found, pictures, reach, FITS))
    }

    /// Compares the little patches around the points that fit.
    fn judge(
        &self,
        reference: &Reference,
        like: &View,
        uneven: &[Footing],
    ) -> Result<Evidence, opencv::Error> {
        let (here, there) = pictures(like, &self.rectified)?;
        let same = |&&i: &&usize| {
            similarity(here, there, reference.view_points[i]).is_some_and(|s| s > SAME_PATCH)
        };
        let trust = |&i: &usize| reference.trust[i];
        let core = |i: &&usize| reference.core[**i];
        let possible: f32 = self.visible.iter().map(trust).sum();
        let possible_core: f32 = self.visible.iter().filter(core).map(trust).sum();
        let cores = self.visible.iter().filter(core).count();
        let (mut inliers, mut sum, mut sum_core) = (0, 0.0, 0.0);
        let beside = uneven.iter().map(|footing| &footing.index);
        for i in self.fitting.iter().filter(same).chain(beside) {
            inliers += 1;
            sum += trust(i);
            if reference.core[*i] {
                sum_core += trust(i);
            }
        }
        let share = |sum: f32, possible: f32| (sum / possible.max(1e-6)).min(1.0);
        Ok(Evidence {
            inliers,
            confidence: share(sum, possible),
            core: if cores < CORES {
                1.0
            } else {
                share(sum_core, possible_core)
            },
        })
    }

    /// A cheap look whether a pose that another anchor's motion foretold holds: some of the
    /// points, one rectification, no search. `phase` chooses the points. `None` when it does not
    /// hold without doubt.
    pub fn glance(
        &mut self,
        reference: &Reference,
        frame: &Mat,
        foretold: &Homography,
        phase: usize,
    ) -> Result<Option<Refined>, opencv::Error> {
        if !plausible(foretold, &reference.drawing) {
            return Ok(None);
        }
        let corner = reference.corner();
        let here_from_view = translation(corner[0], corner[1]);
        let size = Size::new(reference.area.width, reference.area.height);
        self.see(reference, frame, foretold);
        let every = self.visible.len().div_ceil(GLANCED).max(1);
        let mut k = 0;
        self.visible.retain(|_| {
            k += 1;
            (k + phase).is_multiple_of(every)
        });
        if self.visible.len() < GLANCED / 2 {
            return Ok(None);
        }
        self.beside.clear();
        self.beside.resize(reference.points.len(), [0.0; 2]);
        self.rectify(frame, &(foretold * here_from_view), size, Look::Sharp)?;
        let Some((delta, moved)) = self.compare(reference, &reference.sharp, 0)? else {
            return Ok(None);
        };
        let evidence = self.judge(reference, &reference.sharp, &[])?;
        let pose = foretold * here_from_view * delta * translation(-corner[0], -corner[1]);
        let clear = moved < FORETOLD
            && evidence.convinces()
            && evidence.confidence >= CLEAR
            && plausible(&pose, &reference.drawing);
        Ok(clear.then_some(Refined {
            frame_from_here: pose,
            drawing_from_here: pose,
            evidence,
        }))
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
            Look::Blurred(_) => {
                view(frame, frame_from_view, size, &mut self.softened)?;
                soften(&self.softened, SOFTNESS[0], &mut self.rectified)
            }
        }
    }
}

/// How the reference is blurred to look like a frame.
enum Blur {
    /// By one of [`SOFTNESS`].
    Focus(usize),
    /// By a motion, with the shutter open for this share of the time between two frames.
    Smear(View, f64),
}

/// A motion by `moved` pixels of the frame, in pixels of the reference's view.
fn in_view(reference: &Reference, frame_from_here: &Homography, moved: Point) -> Point {
    let centre = reference.centre();
    let there = apply(frame_from_here, centre).zip(frame_from_here.try_inverse());
    there
        .and_then(|(q, back)| apply(&back, [q[0] - moved[0], q[1] - moved[1]]))
        .map_or([0.0; 2], |p| [centre[0] - p[0], centre[1] - p[1]])
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
