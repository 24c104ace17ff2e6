//! Comparing blurred pictures: the reference is blurred as much as the frame is.

use super::{Refiner, pictures};
use crate::confidence::fineness;
use crate::geometry::{Homography, Point, apply};
use crate::layer::Failure;
use crate::reference::{Reference, SOFTNESS, View};

/// Shares of the time between two frames during which the shutter may be open.
const SHUTTERS: [f64; 4] = [0.3, 0.5, 0.7, 1.0];
/// Pixels of smear below which a lens out of focus looks the same.
pub(crate) const SMEARED: f64 = 5.0;

/// How the reference is blurred to look like a frame.
pub(super) enum Blur {
    /// By one of [`SOFTNESS`].
    Focus(usize),
    /// By a motion, with the shutter open for this share of the time between two frames.
    Smear(View, f64),
}

/// A motion by `moved` pixels of the frame, in pixels of the reference's view.
pub(super) fn in_view(reference: &Reference, frame_from_here: &Homography, moved: Point) -> Point {
    let centre = reference.centre();
    let there = apply(frame_from_here, centre).zip(frame_from_here.try_inverse());
    there
        .and_then(|(q, back)| apply(&back, [q[0] - moved[0], q[1] - moved[1]]))
        .map_or([0.0; 2], |p| [centre[0] - p[0], centre[1] - p[1]])
}

impl Refiner {
    /// The blur of the reference whose detail is as fine as the rectified frame's.
    pub(super) fn as_blurred(&self, reference: &Reference, along: Point) -> Result<Blur, Failure> {
        let points = || self.visible.iter().map(|&i| reference.view_points[i]);
        let (_, here) = pictures(&reference.sharp, &self.rectified)?;
        let Some(wanted) = fineness(here, points()) else {
            return Ok(Blur::Focus(0));
        };
        let unlike = |view: &View| -> Result<f32, Failure> {
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
}
