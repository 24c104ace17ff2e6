//! Deciding among lookalikes: the whole remembered frame is compared under a pose and under the
//! same pose moved to each lookalike; the surroundings tell which is right.

use crate::confidence::{Grey, SAME_PATCH, similarity};
use crate::flow::corners;
use crate::geometry::{Homography, Point, apply, translation};
use crate::layer::{Area, Failure, Layer, Library, Picture, Plane};
use crate::reference::Reference;

/// Corners of the whole frame that vote.
const VOTERS: usize = 240;
/// Votes without which nothing is decided.
const QUORUM: usize = 24;
/// Pixels that a voter must be inside the frame.
const RIM: f64 = 8.0;
/// How much more of the surroundings must agree with the winner than with any other.
const MARGIN: f32 = 1.08;

/// Corners all over a frame, strongest first.
pub(crate) fn voters(image: &Picture) -> Result<Vec<Point>, Failure> {
    let (w, h) = (image.cols(), image.rows());
    let spacing = (f64::from(w) * f64::from(h) / VOTERS as f64).sqrt() * 0.4;
    let whole = Area {
        x: 0,
        y: 0,
        width: w,
        height: h,
    };
    let found = corners(image, whole, VOTERS, spacing, 1e-4)?;
    Ok(found.into_iter().map(|(at, _)| at).collect())
}

/// Whether `pose` (the frame's pixels from the reference's) puts the reference's whole picture
/// better onto `frame` than the same pose moved to any lookalike.
pub(crate) fn wins(
    reference: &Reference,
    frame: &Picture,
    pose: &Homography,
) -> Result<bool, Failure> {
    let mut scratch = Picture::default();
    let own = agreement(reference, frame, pose, &mut scratch)?;
    let Some(own) = own else { return Ok(false) };
    for [x, y] in &reference.lookalikes {
        for sign in [1.0, -1.0] {
            let other = pose * translation(sign * x, sign * y);
            let other = agreement(reference, frame, &other, &mut scratch)?;
            if other.is_some_and(|other| own < other * MARGIN) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Share of the visible voters that look the same under `pose`.
fn agreement(
    reference: &Reference,
    frame: &Picture,
    pose: &Homography,
    scratch: &mut Picture,
) -> Result<Option<f32>, Failure> {
    let (w, h) = (frame.cols(), frame.rows());
    let image = &reference.image;
    Library::warped(frame, pose, (image.cols(), image.rows()), scratch)?;
    let (width, height) = (image.cols() as usize, image.rows() as usize);
    let here = Grey {
        data: image.bytes(),
        width,
        height,
    };
    let there = Grey {
        data: scratch.bytes(),
        width,
        height,
    };
    let inside = |p: &&Point| {
        apply(pose, **p).is_some_and(|[x, y]| {
            x > RIM && y > RIM && x < f64::from(w) - RIM && y < f64::from(h) - RIM
        })
    };
    let (mut visible, mut same) = (0, 0);
    for at in reference.voters()?.iter().filter(inside) {
        visible += 1;
        same += usize::from(similarity(here, there, *at).is_some_and(|s| s > SAME_PATCH));
    }
    Ok((visible >= QUORUM).then(|| same as f32 / visible as f32))
}
