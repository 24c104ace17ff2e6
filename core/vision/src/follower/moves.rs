//! How far a drawing goes from one pose to another.

use crate::geometry::{Homography, Point, apply};
use crate::reference::Reference;
use crate::refine::SMEARED;

/// Pixels between two poses of the drawing's middle.
pub(super) fn away(reference: &Reference, a: &Homography, b: &Homography) -> f64 {
    let centre = reference.centre();
    match (apply(a, centre), apply(b, centre)) {
        (Some(a), Some(b)) => (a[0] - b[0]).hypot(a[1] - b[1]),
        _ => f64::INFINITY,
    }
}

/// Pixels by which the drawing's corners move otherwise than its middle from one pose to another.
pub(super) fn bend(reference: &Reference, from: &Homography, to: &Homography) -> f64 {
    let middle = shift(reference, from, to);
    let off = |corner: &Point| match (apply(from, *corner), apply(to, *corner)) {
        (Some(a), Some(b)) => (b[0] - a[0] - middle[0]).hypot(b[1] - a[1] - middle[1]),
        _ => f64::INFINITY,
    };
    reference.drawing.iter().map(off).fold(0.0, f64::max)
}

/// Whether a motion by so many pixels a frame smears the picture.
pub(super) fn swings(moved: Point) -> bool {
    moved[0].hypot(moved[1]) > SMEARED
}

/// How far the drawing's middle goes from one pose to another; nowhere when that is unknown.
pub(super) fn shift(reference: &Reference, from: &Homography, to: &Homography) -> Point {
    let centre = reference.centre();
    match (apply(from, centre), apply(to, centre)) {
        (Some(a), Some(b)) => [b[0] - a[0], b[1] - a[1]],
        _ => [0.0; 2],
    }
}

/// The drawn-on frame's pixels from a reference's pixels.
pub(super) fn drawn_from(reference: &Reference) -> Homography {
    let inverse = reference.here_from_drawn.try_inverse();
    inverse.unwrap_or_else(Homography::identity)
}
