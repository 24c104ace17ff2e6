//! The step that keeps a pose free of drift: the frame is rectified back to the reference view,
//! compared there with the reference itself, and the small difference is composed into the pose.

mod blurred;
mod glanced;
mod ground;
mod judged;

pub(crate) use blurred::SMEARED;

use crate::confidence::{Evidence, Grey, light};
use crate::geometry::{Homography, Pairs, Point, apply, fit, plausible, translation};
use crate::layer::{Failure, Flow, Layer, Library, Picture, Plane, Pyramid};
use crate::mesh::Mesh;
use crate::reference::{Reference, SOFTNESS, View};
use crate::relief::Relief;
use crate::tracker::median_shift;
use blurred::{Blur, in_view};
use ground::{Ground, on_plane};

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
/// The same for judging: what was rectified last shows the patches as well as a new one would.
const STILL: f64 = 0.2;
/// Rounds of rectify and compare.
const ROUNDS: usize = 3;
/// Points that find the way to a pose that was foretold, and the reach of their search.
const SCOUTS: usize = 36;
const FORETOLD_LEVELS: i32 = 2;

/// A pose and what speaks for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refined {
    /// The frame's pixels from the reference's pixels, for the thing's main plane.
    pub frame_from_here: Homography,
    /// Where the drawing's nodes are in the frame, which no single map may tell.
    pub nodes: Mesh,
    /// Whether the drawing lies on the main plane.
    pub flat: bool,
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

/// The refinement with its scratch memory.
#[derive(Debug, Default)]
pub(crate) struct Refiner {
    flow: Flow,
    rectified: Picture,
    lit: Picture,
    light: Vec<[f32; 3]>,
    pyramid: Pyramid,
    softened: Picture,
    found: Vec<Option<[f64; 2]>>,
    visible: Vec<usize>,
    starts: Vec<[f64; 2]>,
    guesses: Vec<[f64; 2]>,
    /// What is known of the relief before the next refinement, and what that made of it.
    pub known: Option<Relief>,
    pub relief: Option<Relief>,
    /// By the reference's points: how far beside the plane each was found.
    beside: Vec<[f64; 2]>,
    pairs: Pairs,
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
        frame: &Picture,
        coarse: &Homography,
        (levels, look): (i32, Look),
    ) -> Result<Option<Refined>, Failure> {
        self.refine_from(reference, frame, coarse, (levels, look, None))
    }

    /// The same for a pose that was foretold within some pixels: few points find the way, all of
    /// them tell where it ends.
    pub fn refine_foretold(
        &mut self,
        reference: &Reference,
        frame: &Picture,
        foretold: &Homography,
    ) -> Result<Option<Refined>, Failure> {
        let how = (FORETOLD_LEVELS, Look::Sharp, Some(SCOUTS));
        self.refine_from(reference, frame, foretold, how)
    }

    /// `scouts` are the points that the first round compares; with fewer than all of them a
    /// second round always follows.
    fn refine_from(
        &mut self,
        reference: &Reference,
        frame: &Picture,
        coarse: &Homography,
        (levels, look, scouts): (i32, Look, Option<usize>),
    ) -> Result<Option<Refined>, Failure> {
        let corner = reference.corner();
        let here_from_view = translation(corner[0], corner[1]);
        let view_from_here = translation(-corner[0], -corner[1]);
        let size = (reference.area.width, reference.area.height);
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
        self.relief = self.known.take();
        let relief = self.relief.as_ref();
        let points = reference.view_points.iter().enumerate();
        let foretold = points.map(|(i, &at)| relief.and_then(|r| r.foretold(i, at)));
        self.beside.clear();
        self.beside.extend(foretold.map(Option::unwrap_or_default));
        let mut pose = *coarse;
        let mut levels = levels;
        let mut last = None;
        let mut still = false;
        for round in 0..ROUNDS {
            if !plausible(&pose, &reference.drawing) {
                return Ok(None);
            }
            self.see(reference, frame, &pose);
            let scouts = scouts.filter(|&few| round == 0 && self.visible.len() >= 2 * few);
            let scouting = scouts.is_some();
            if let Some(few) = scouts {
                self.thin_out(few, 0);
            }
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
            still = moved < STILL && !scouting;
            if moved < SETTLED && !scouting {
                break;
            }
            levels = if round == 0 && !scouting {
                1.min(levels)
            } else {
                0
            };
        }
        if !plausible(&pose, &reference.drawing) {
            return Ok(None);
        }
        // A blurred view tells too little of where single points are.
        let ground = if look == Look::Sharp {
            self.ground(reference, like)?
        } else {
            Ground {
                shifts: self.remembered_shifts(reference),
                ..Ground::default()
            }
        };
        let mut nodes = on_plane(&pose, &reference.nodes);
        if let Some((shifts, (before, delta))) = ground.shifts.zip(last) {
            let frame_from_view = before * here_from_view;
            let view_on_plane = delta * view_from_here;
            for ((node, [x, y]), here) in nodes.iter_mut().zip(shifts).zip(&reference.nodes) {
                let moved = apply(&view_on_plane, *here)
                    .and_then(|p| apply(&frame_from_view, [p[0] + x, p[1] + y]));
                *node = moved.unwrap_or(*node);
            }
        }
        if !still {
            self.see(reference, frame, &pose);
            self.rectify(frame, &(pose * here_from_view), size, look)?;
        }
        let evidence = self.judge(reference, like, &ground.beside)?;
        if open.is_some() {
            self.shutter = open.filter(|_| evidence.convinces());
        }
        Ok(Some(Refined {
            frame_from_here: pose,
            nodes,
            flat: ground.shifts.is_none(),
            evidence,
        }))
    }

    /// Lists the reference's points that the frame shows under `pose`.
    fn see(&mut self, reference: &Reference, frame: &Picture, pose: &Homography) {
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

    /// Keeps about `count` of the visible points, spread over all; `phase` chooses which.
    fn thin_out(&mut self, count: usize, phase: usize) {
        let every = self.visible.len().div_ceil(count).max(1);
        let mut k = 0;
        self.visible.retain(|_| {
            k += 1;
            (k + phase).is_multiple_of(every)
        });
    }

    /// Flow from the reference view to the rectified one, and the map that explains it, with the
    /// largest shift of a corner of the drawing under it.
    fn compare(
        &mut self,
        reference: &Reference,
        like: &View,
        levels: i32,
    ) -> Result<Option<(Homography, f64)>, Failure> {
        self.relight(reference, like)?;
        Library::pyramid(&self.lit, (levels, false), &mut self.pyramid)?;
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
        Library::flow(
            &mut self.flow,
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
    fn relight(&mut self, reference: &Reference, like: &View) -> Result<(), Failure> {
        let (here, there) = pictures(like, &self.rectified)?;
        let points = self.visible.iter().map(|&i| reference.view_points[i]);
        let (gain, offset) = light(here, there, points, &mut self.light).unwrap_or((1.0, 0.0));
        Library::relit(&self.rectified, (gain, offset), &mut self.lit)
    }

    /// The frame seen from where the reference was taken.
    fn rectify(
        &mut self,
        frame: &Picture,
        frame_from_view: &Homography,
        size: (i32, i32),
        look: Look,
    ) -> Result<(), Failure> {
        match look {
            Look::Sharp => Library::warped(frame, frame_from_view, size, &mut self.rectified),
            Look::Blurred(_) => {
                Library::warped(frame, frame_from_view, size, &mut self.softened)?;
                Library::softened(&self.softened, SOFTNESS[0], &mut self.rectified)
            }
        }
    }
}

/// The reference's view and the rectified one, pixel by pixel comparable.
fn pictures<'a>(like: &'a View, rectified: &'a Picture) -> Result<(Grey<'a>, Grey<'a>), Failure> {
    let (width, height) = (like.picture.cols() as usize, like.picture.rows() as usize);
    let grey = |data| Grey {
        data,
        width,
        height,
    };
    Ok((grey(like.picture.bytes()), grey(rectified.bytes())))
}
