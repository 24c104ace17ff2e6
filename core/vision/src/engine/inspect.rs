//! What an engineer needs to see to believe a pose.

use super::Engine;
use crate::geometry::{Homography, Point, apply};
use crate::layer::{Picture, Plane};
use crate::types::Status;

/// Half of the side of the patches that are compared, in pixels of the remembered view.
const HALF: i32 = 6;
/// Zero-mean normalised cross-correlation above which two patches show the same.
const SAME: f64 = 0.65;

/// One anchor on the newest frame that was tracked.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// The anchor's number.
    pub anchor: u32,
    /// Whether its place is known.
    pub status: Status,
    /// Share of the surroundings that were recognised, 0 to 1; 0 while lost.
    pub confidence: f32,
    /// The view that the frame is compared with, from 0, and how many views are remembered.
    pub view: (usize, usize),
    /// That view's points where the pose puts them, in shares of the frame; true for those around
    /// which the frame looks as it did in the view. Points outside the frame are left out.
    pub points: Vec<([f32; 2], bool)>,
}

impl Inspection {
    /// Points that look the same, and all points in the frame.
    pub fn count(&self) -> (usize, usize) {
        let same = self.points.iter().filter(|(_, same)| *same).count();
        (same, self.points.len())
    }
}

impl Engine {
    /// Looks at every anchor anew, on the newest frame that was tracked. Costs about as much as
    /// tracking; for debugging.
    pub fn inspect(&self) -> Vec<Inspection> {
        let Some(frame) = &self.followed else {
            return Vec::new();
        };
        let (width, height) = (f64::from(frame.size.width), f64::from(frame.size.height));
        let share = |[x, y]: Point| [((x + 0.5) / width) as f32, ((y + 0.5) / height) as f32];
        let inspect = |anchor: &crate::anchor::Anchor| {
            let reference = anchor.reference();
            let frame_from_here = anchor.frame_from(reference);
            let points = reference.points.iter().filter_map(|&point| {
                let [x, y] = apply(&frame_from_here, point)?;
                let inside = x >= 0.0 && y >= 0.0 && x < width - 1.0 && y < height - 1.0;
                let same = looks_the_same(&reference.image, point, &frame.image, &frame_from_here);
                inside.then(|| (share([x, y]), same))
            });
            Inspection {
                anchor: anchor.id,
                status: anchor.status,
                confidence: if anchor.is_lost() {
                    0.0
                } else {
                    anchor.confidence
                },
                view: (anchor.active, anchor.references.len()),
                points: points.collect(),
            }
        };
        self.anchors.iter().map(inspect).collect()
    }
}

/// Compares the patch around a point with what the frame shows where the pose puts that patch.
fn looks_the_same(
    view: &Picture,
    point: Point,
    frame: &Picture,
    frame_from_here: &Homography,
) -> bool {
    let mut sums = [0.0; 5];
    let mut count = 0.0;
    for dy in -HALF..=HALF {
        for dx in -HALF..=HALF {
            let here = [point[0] + f64::from(dx), point[1] + f64::from(dy)];
            let there = apply(frame_from_here, here).and_then(|at| sample(frame, at));
            let (Some(a), Some(b)) = (sample(view, here), there) else {
                continue;
            };
            for (sum, value) in sums.iter_mut().zip([a, b, a * a, b * b, a * b]) {
                *sum += value;
            }
            count += 1.0;
        }
    }
    let [a, b, aa, bb, ab] = sums.map(|sum| sum / count);
    let spread = ((aa - a * a) * (bb - b * b)).sqrt();
    // A patch that is mostly outside says nothing, and neither does an even one.
    count >= f64::from(HALF * HALF) && spread > 1.0 && (ab - a * b) / spread > SAME
}

/// Grey between four pixels; none outside the picture.
fn sample(picture: &Picture, [x, y]: Point) -> Option<f64> {
    if x < 0.0 || y < 0.0 {
        return None;
    }
    let (left, top) = (x.floor(), y.floor());
    let (fx, fy) = (x - left, y - top);
    let (left, top) = (left as i32, top as i32);
    if left + 1 >= picture.cols() || top + 1 >= picture.rows() {
        return None;
    }
    let grey = |x: i32, y: i32| {
        let at = y as usize * picture.cols() as usize + x as usize;
        picture.bytes().get(at).copied().map(f64::from)
    };
    let upper = grey(left, top)? * (1.0 - fx) + grey(left + 1, top)? * fx;
    let lower = grey(left, top + 1)? * (1.0 - fx) + grey(left + 1, top + 1)? * fx;
    Some(upper * (1.0 - fy) + lower * fy)
}
