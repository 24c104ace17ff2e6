//! Checking a drawing and turning it into an anchor.

use crate::anchor::Anchor;
use crate::error::AttachRefused;
use crate::frame::{WorkFrame, WorkSize};
use crate::geometry::{Homography, Point};
use crate::reference::{MIN_CORNERS, Reference, bounds};
use crate::types::Status;
use std::sync::Arc;

/// Checks that an outline (shares) has a usable place on a frame of this size, and returns its
/// points in pixels.
pub(crate) fn outline_pixels(
    outline: &[[f32; 2]],
    size: WorkSize,
) -> Result<Vec<Point>, AttachRefused> {
    let refused = AttachRefused::BadOutline {
        points: outline.len(),
    };
    if outline.is_empty()
        || outline
            .iter()
            .flatten()
            .any(|v| !v.is_finite() || v.abs() > 4.0)
    {
        return Err(refused);
    }
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let pixels: Vec<Point> = outline
        .iter()
        .map(|&[x, y]| [f64::from(x) * w - 0.5, f64::from(y) * h - 0.5])
        .collect();
    let (low, high) = bounds(&pixels);
    if high[0] < 0.0 || high[1] < 0.0 || low[0] > w || low[1] > h {
        return Err(refused);
    }
    Ok(pixels)
}

/// A new anchor on the frame that was drawn on; its pose belongs to that same frame.
pub(crate) fn anchor_on(
    frame: &WorkFrame,
    outline: &[Point],
    id: u32,
    generation: u64,
) -> Result<Anchor, AttachRefused> {
    let drawn = Homography::identity();
    let reference = Reference::new(frame, outline, drawn, None)?;
    let reference = reference.map_err(|few| AttachRefused::TooFewTexture {
        corners: few.0,
        needed: MIN_CORNERS,
    })?;
    Ok(Anchor {
        id,
        generation,
        drawn_size: frame.size,
        centre: reference.centre(),
        nodes: reference.nodes,
        references: vec![Arc::new(reference)],
        active: 0,
        pose: drawn,
        status: Status::Tracking,
        confidence: 1.0,
        unseen: 0,
        velocity: [0.0; 2],
        drift: [0.0; 2],
        primed: false,
        adrift: false,
        smeared: false,
        steady: 0,
        company: 0,
        led: false,
        next_search: 0,
        missing: 0,
        reliefs: Default::default(),
        probation: 0,
        flat: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outlines_without_a_place_are_refused() {
        let size = WorkSize {
            width: 640,
            height: 360,
        };
        let bad: [&[[f32; 2]]; 4] = [
            &[],
            &[[f32::NAN, 0.5]],
            &[[9.0, 0.5]],
            &[[1.5, 0.5], [1.9, 0.6]],
        ];
        for outline in bad {
            assert!(outline_pixels(outline, size).is_err(), "{outline:?}");
        }
        let one = outline_pixels(&[[0.5, 0.5]], size).expect("a dot has a place");
        assert_eq!(one, [[319.5, 179.5]]);
    }
}
