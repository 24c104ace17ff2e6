//! The shape of what is not flat: how far each remembered point lies before or behind the thing's
//! main plane, learnt while the camera moves, and where that puts a drawing.
//!
//! Beyond a plane's homography all points of a rigid scene move along one epipolar field, each by as
//! much as it is away from the plane (plane and parallax: Irani and Anandan 1996; Shashua and Navab
//! 1996). So every point has one number that never changes, its height, and every frame few that all
//! points share, its course. Heights are learnt from all frames, and a point that is not seen now
//! has one all the same.

use crate::beside::Footing;
use crate::geometry::{Homography, Point, apply};
use crate::mesh::{Mesh, NODES, Value, local};
use crate::reference::Reference;
use nalgebra::{SMatrix, SVector};

/// Cut-offs of the fit of a course in pixels, coarse to fine.
const CUTOFFS: [f64; 4] = [16.0, 8.0, 5.0, 4.0];
/// Pixels from where the course puts a point up to which it agrees.
const AGREES: f64 = 2.5;
/// Points, and their share of those that have a height, that must agree with a course.
const ENOUGH: (usize, f64) = (10, 0.5);
/// Strengths, in points, with which the plane stays as it is, the epipole goes on as it went, and
/// stays far away: a drawing is small against the picture.
const LEVEL: f64 = 3.0;
const STEADY: f64 = 0.5;
const FAR_AWAY: f64 = 30.0;
/// Square pixels of motion from which a height counts as measured; before, it shrinks to the plane.
const MEASURED: f64 = 4.0;
/// Square pixels of motion that a height counts as measured with when an earlier reference told it.
const TOLD: f64 = 20.0;
/// How much what lies beside a drawing counts for the ground under it.
const OUTSIDE: f64 = 0.4;
/// What counts of what was learnt before, a frame later.
const KEPT: f64 = 0.98;
/// Frames in a row without a course after which what was learnt is dropped.
const PATIENCE: u32 = 20;
/// Pixels that the farthest node must be moved for the drawing to bend, and to bend fully: what
/// compression or noise moves for a while is less than that.
const FADES_IN: (f64, f64) = (1.0, 3.0);
/// Shares of the drawing's half diagonal within which what is left at points moves a node, and the
/// strength, in points, with which it does not.
const LEFT_NEAR: f64 = 0.2;
const LEFT_HELD: f64 = 1.0;

/// How one frame moves points by their height: `off = height * (slide + grow * q) + tilt * (1, q)`,
/// where `q` is the place counted from the drawing's middle in shares of its half diagonal.
#[derive(Debug, Clone, Copy, Default)]
struct Course {
    slide: Point,
    grow: f64,
    tilt: [[f64; 3]; 2],
}

impl Course {
    fn per_height(&self, q: Point) -> Point {
        [0, 1].map(|k| self.slide[k] + self.grow * q[k])
    }

    fn tilted(&self, q: Point) -> Point {
        self.tilt.map(|[a, b, c]| a + b * q[0] + c * q[1])
    }

    fn off(&self, height: f64, q: Point) -> Point {
        let (per, tilted) = (self.per_height(q), self.tilted(q));
        [0, 1].map(|k| height * per[k] + tilted[k])
    }
}

/// What is known of one point's height: sums of a least squares fit over frames.
#[derive(Debug, Clone, Copy, Default)]
struct Height {
    sum: f64,
    weight: f64,
}

impl Height {
    fn value(&self) -> f64 {
        self.sum / (self.weight + MEASURED)
    }
}

/// Heights of one reference's points.
#[derive(Debug, Clone)]
pub(crate) struct Relief {
    middle: Point,
    half: f64,
    heights: Vec<Height>,
    /// Heights at the drawing's nodes that an earlier reference told.
    nodes: Option<Box<[f64; NODES * NODES]>>,
    course: Course,
    /// Frames in a row whose points agreed on no course.
    astray: u32,
}

impl Relief {
    fn of(reference: &Reference) -> Self {
        let ([low, _, high, _], corner) = (reference.drawing, reference.corner());
        let centre = reference.centre();
        Self {
            middle: [centre[0] - corner[0], centre[1] - corner[1]],
            half: ((high[0] - low[0]).hypot(high[1] - low[1]) / 2.0).max(1.0),
            heights: vec![Height::default(); reference.points.len()],
            nodes: None,
            course: Course::default(),
            astray: 0,
        }
    }

    /// Starts from what was `seen` on one frame.
    pub fn begin(reference: &Reference, seen: &[Footing]) -> Self {
        // The direction along which points lie beside the plane, and how far usually.
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for Footing { beside: [x, y], .. } in seen {
            xx += x * x;
            xy += x * y;
            yy += y * y;
        }
        let angle = 0.5 * f64::atan2(2.0 * xy, xx - yy);
        let farthest = seen.iter().map(|s| s.beside[0].hypot(s.beside[1]));
        let far = farthest.fold(1.0, f64::max) / 2.0;
        let mut relief = Self::of(reference);
        relief.course.slide = [far * angle.cos(), far * angle.sin()];
        relief.learn(seen);
        relief
    }

    fn place(&self, at: Point) -> Point {
        [0, 1].map(|k| (at[k] - self.middle[k]) / self.half)
    }

    /// Where the last course puts a point beside the plane; `None` for one that has no height.
    pub fn foretold(&self, index: usize, at: Point) -> Option<Point> {
        let height = self.heights.get(index).filter(|h| h.weight > 0.0)?;
        Some(self.course.off(height.value(), self.place(at)))
    }

    /// Whether a point is where the present course puts it.
    pub fn agrees(&self, seen: &Footing) -> bool {
        self.left(seen)
            .is_some_and(|off| off[0].hypot(off[1]) < AGREES)
    }

    fn left(&self, seen: &Footing) -> Option<Point> {
        let foretold = self.foretold(seen.index, seen.from)?;
        Some([seen.beside[0] - foretold[0], seen.beside[1] - foretold[1]])
    }

    /// Finds this frame's course; `false` when the points do not agree on one.
    pub fn follow(&mut self, seen: &[Footing]) -> bool {
        let before = self.course;
        let mut course = before;
        let known: Vec<(f64, Point, Point)> = seen
            .iter()
            .filter_map(|s| {
                let height = self.heights.get(s.index).filter(|h| h.weight > 0.0)?;
                Some((height.value(), self.place(s.from), s.beside))
            })
            .collect();
        for cutoff in CUTOFFS {
            let mut a = SMatrix::<f64, 9, 9>::zeros();
            let mut b = SVector::<f64, 9>::zeros();
            for &(height, q, off) in &known {
                let at = course.off(height, q);
                let far = (off[0] - at[0]).hypot(off[1] - at[1]) / cutoff;
                if far >= 1.0 {
                    continue;
                }
                let weight = (1.0 - far * far).powi(2);
                let x = SVector::<f64, 9>::from([
                    height,
                    0.0,
                    height * q[0],
                    1.0,
                    q[0],
                    q[1],
                    0.0,
                    0.0,
                    0.0,
                ]);
                let y = SVector::<f64, 9>::from([
                    0.0,
                    height,
                    height * q[1],
                    0.0,
                    0.0,
                    0.0,
                    1.0,
                    q[0],
                    q[1],
                ]);
                a += (x * x.transpose() + y * y.transpose()) * weight;
                b += (x * off[0] + y * off[1]) * weight;
            }
            for (k, value) in before.slide.into_iter().enumerate() {
                a[(k, k)] += STEADY;
                b[k] += STEADY * value;
            }
            a[(2, 2)] += FAR_AWAY;
            for k in 3..9 {
                a[(k, k)] += LEVEL;
            }
            let Some(found) = a.cholesky() else {
                return false;
            };
            let v = found.solve(&b);
            course = Course {
                slide: [v[0], v[1]],
                grow: v[2],
                tilt: [[v[3], v[4], v[5]], [v[6], v[7], v[8]]],
            };
        }
        self.course = course;
        let agreeing = seen.iter().filter(|s| self.agrees(s)).count();
        let (least, share) = ENOUGH;
        let holds = agreeing >= least && agreeing as f64 >= share * known.len() as f64;
        if holds {
            self.astray = 0;
        } else {
            self.course = before;
            self.astray += 1;
        }
        holds
    }

    /// Whether it explained what was seen lately.
    pub fn is_alive(&self) -> bool {
        self.astray < PATIENCE
    }

    /// Takes what this frame says of the heights.
    pub fn learn(&mut self, seen: &[Footing]) {
        for s in seen {
            let q = self.place(s.from);
            let (per, tilted) = (self.course.per_height(q), self.course.tilted(q));
            let Some(height) = self.heights.get_mut(s.index) else {
                continue;
            };
            let rest = [s.beside[0] - tilted[0], s.beside[1] - tilted[1]];
            height.sum = KEPT * height.sum + per[0] * rest[0] + per[1] * rest[1];
            height.weight = KEPT * height.weight + per[0] * per[0] + per[1] * per[1];
        }
    }

    /// All that is known of heights, by places of the view; what lies under the drawing counts
    /// more than what lies beside it.
    fn values(&self, reference: &Reference) -> Vec<Value> {
        let points = reference.view_points.iter().zip(&reference.core);
        let known = points.zip(&self.heights).filter(|(_, h)| h.weight > 0.0);
        let mut values: Vec<Value> = known
            .map(|((&at, &core), height)| Value {
                at,
                value: height.value(),
                weight: if core { 1.0 } else { OUTSIDE },
            })
            .collect();
        let nodes = reference.view_nodes().into_iter();
        if let Some(told) = &self.nodes {
            values.extend(nodes.zip(told.iter()).map(|(at, &value)| Value {
                at,
                value,
                weight: 1.0,
            }));
        }
        values
    }

    /// By how much the present course moves each of the drawing's nodes beyond the plane; what is
    /// `seen` and agrees corrects the nodes near it.
    pub fn lay(&self, reference: &Reference, seen: &[Footing]) -> Option<Mesh> {
        let heights = self.values(reference);
        let near = LEFT_NEAR * self.half;
        let mut shifts = reference.view_nodes();
        for shift in &mut shifts {
            let node = *shift;
            let off = self.course.off(local(node, &heights)?, self.place(node));
            let (mut sum, mut weights) = ([0.0; 2], LEFT_HELD);
            for s in seen.iter().filter(|s| self.agrees(s)) {
                let Some(left) = self.left(s) else { continue };
                let far = (s.from[0] - node[0]).hypot(s.from[1] - node[1]) / near;
                let weight = (-0.5 * far * far).exp();
                weights += weight;
                sum = [0, 1].map(|k| sum[k] + weight * left[k]);
            }
            *shift = [0, 1].map(|k| off[k] + sum[k] / weights);
        }
        let most = shifts.iter().map(|[x, y]| x.hypot(*y)).fold(0.0, f64::max);
        let (none, full) = FADES_IN;
        let share = ((most - none) / (full - none)).clamp(0.0, 1.0);
        Some(shifts.map(|shift| shift.map(|v| v * share)))
    }

    /// The same ground as a new reference sees it, which was taken of the present frame;
    /// `frame_from_old` is the plane's pose on that frame.
    pub fn seen_from(
        &self,
        (old, frame_from_old): (&Reference, &Homography),
        new: &Reference,
    ) -> Option<Self> {
        let heights = self.values(old);
        let old_from_frame = frame_from_old.try_inverse()?;
        let corner = old.corner();
        let height = |point: &Point| {
            let on_plane = apply(&old_from_frame, *point)?;
            let on_plane = [on_plane[0] - corner[0], on_plane[1] - corner[1]];
            let mut at = on_plane;
            let mut height = 0.0;
            // What lies beside the plane stands elsewhere in the old view than the plane has it.
            for _ in 0..3 {
                height = local(at, &heights)?;
                let off = self.course.off(height, self.place(at));
                at = [on_plane[0] - off[0], on_plane[1] - off[1]];
            }
            Some(Height {
                sum: height * TOLD,
                weight: TOLD - MEASURED,
            })
        };
        let mut nodes = old.view_nodes().map(|node| local(node, &heights));
        let told = nodes.iter_mut().map(|height| height.take());
        let told: Vec<f64> = told.collect::<Option<_>>()?;
        let points: Option<Vec<Height>> = new.points.iter().map(height).collect();
        Some(Self {
            heights: points?,
            nodes: told.try_into().ok().map(Box::new),
            course: Course::default(),
            astray: 0,
            ..Self::of(new)
        })
    }
}

#[cfg(test)]
#[path = "relief_tests.rs"]
mod tests;
