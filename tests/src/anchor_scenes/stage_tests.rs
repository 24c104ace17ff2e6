//! The truth is compared with pixels, not with the arithmetic that made them.

use super::*;
use crate::anchor_scenes::{path::Key, sheet::Place};
use opencv::imgproc;

const SIZE: (usize, usize) = (320, 240);

/// A still, slanting view of one black sheet with white dots on the drawing's points.
fn dotted(rolling_s: f64) -> Stage {
    let mut rng = StdRng::seed_from_u64(7);
    let size = Size::new(1200, 1000);
    let mut texture = Mat::new_size_with_default(size, core::CV_8U, Scalar::all(0.0)).unwrap();
    for (dx, dy) in [
        (0, 0),
        (-1, -1),
        (1, -1),
        (1, 1),
        (-1, 1),
        (0, -1),
        (1, 0),
        (0, 1),
        (-1, 0),
    ] {
        let at = core::Point::new(600 + 150 * dx, 500 + 120 * dy);
        imgproc::circle(
            &mut texture,
            at,
            14,
            Scalar::all(250.0),
            -1,
            imgproc::LINE_AA,
            0,
        )
        .unwrap();
    }
    let place = Place::lying(size, 599.5, 499.5, 0.0);
    let mut sheet = Sheet::new(texture, place).unwrap();
    sheet.endless = true;
    let key = |at_s: f64, x: f64| Key {
        at_s,
        eye: [x, 200.0],
        height: 900.0,
        gaze: [x / 4.0, 20.0],
        roll: 1.2 * at_s,
    };
    let keys = vec![key(0.0, -200.0), key(1.0, 300.0), key(2.0, 100.0)];
    let mut path = Path::new(keys, Point3::new(600.0, 500.0, 0.0), &mut rng);
    (path.sway, path.shake) = (0.0, 0.0);
    let parts = Parts {
        sheets: vec![sheet],
        path,
        effects: Effects {
            rolling_s,
            noise: 0.0,
            ..Effects::default()
        },
        codec: Codec::Sharp,
        middle: [600.0, 500.0],
        half: [150.0, 120.0],
        others: Vec::new(),
        room: 1.0,
    };
    Stage::new(parts, SIZE, 1).unwrap()
}

fn worst_error(stage: &Stage, frames: &[usize]) -> f64 {
    let mut worst: f64 = 0.0;
    for &frame in frames {
        let picture = stage.frame(frame).unwrap();
        for point in stage.truth(frame, 0).unwrap().points {
            let mut sums = [0.0; 3];
            for dy in -9..=9 {
                for dx in -9..=9 {
                    let (x, y) = (point.x.round() as i64 + dx, point.y.round() as i64 + dy);
                    let value = picture
                        .get(y as usize * SIZE.0 + x as usize)
                        .map_or(0.0, |&v| f64::from(v));
                    sums[0] += value;
                    sums[1] += value * x as f64;
                    sums[2] += value * y as f64;
                }
            }
            let found = Point2::new(sums[1] / sums[0], sums[2] / sums[0]);
            worst = worst.max(nalgebra::distance(&found, &point));
        }
    }
    worst
}

#[test]
fn truth_is_where_the_pixels_are() {
    let worst = worst_error(&dotted(0.0), &[10, 25, 40]);
    assert!(worst < 0.15, "{worst} px");
}

#[test]
fn truth_follows_a_rolling_shutter() {
    let rolled = dotted(0.03);
    let worst = worst_error(&rolled, &[10, 25, 40]);
    assert!(worst < 0.2, "{worst} px");
    // The control: at this speed the shutter moves the outer rows by more than that.
    let (at_once, in_turn) = (
        dotted(0.0).truth(25, 0).unwrap(),
        rolled.truth(25, 0).unwrap(),
    );
    let pairs = at_once.points.iter().zip(&in_turn.points);
    let moved = pairs
        .map(|(a, b)| nalgebra::distance(a, b))
        .fold(0.0, f64::max);
    assert!(moved > 0.5, "{moved} px");
}
