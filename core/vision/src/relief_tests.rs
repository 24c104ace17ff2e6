use super::*;
use crate::frame::{WorkFrame, WorkSize, blank};
use crate::mesh::mesh_over;
use std::sync::Arc;

/// A reference of a picture with a dot every so often, and a drawing in its middle.
fn reference() -> Reference {
    let size = WorkSize {
        width: 320,
        height: 240,
    };
    let mut image = blank(size).expect("memory");
    for (k, pixel) in image.bytes_mut().iter_mut().enumerate() {
        let (x, y) = (k % 320, k / 320);
        let dot = x % 17 < 6 && y % 17 < 6;
        *pixel = if dot {
            30 + ((x * 7 + y * 5) % 90) as u8
        } else {
            190
        };
    }
    let frame = WorkFrame {
        time: 0,
        index: 0,
        size,
        image: Arc::new(image),
    };
    let outline = [[110.0, 80.0], [210.0, 160.0]];
    Reference::new(&frame, &outline, Homography::identity(), None)
        .expect("built")
        .expect("textured")
}

/// Height of a lying can whose axis runs along x through the drawing's middle.
fn can([_, y]: Point) -> f64 {
    let across = (y - 75.0) / 90.0;
    2.0 - 4.0 * across * across
}

/// What a frame shows of the points that `sees` lets through, with the epipole along `slide`.
fn seen(reference: &Reference, slide: Point, sees: impl Fn(Point) -> bool) -> Vec<Footing> {
    let points = reference.view_points.iter().enumerate();
    points
        .filter(|(_, at)| sees(**at))
        .map(|(index, &from)| {
            let beside = slide.map(|v| v * can(from));
            let to = [from[0] + beside[0], from[1] + beside[1]];
            Footing {
                index,
                from,
                to,
                beside,
            }
        })
        .collect()
}

/// Pixels by which the nodes are laid beside where they belong, at worst.
fn worst(reference: &Reference, shifts: &Mesh, slide: Point) -> f64 {
    let nodes = reference.view_nodes().into_iter().zip(shifts);
    let off = |(node, shift): (Point, &Point)| {
        let right = slide.map(|v| v * can(node));
        (shift[0] - right[0]).hypot(shift[1] - right[1])
    };
    nodes.map(off).fold(0.0, f64::max)
}

/// A camera that goes to and fro.
fn slide(n: usize) -> Point {
    let t = n as f64 / 30.0;
    [6.0 * (2.0 * t).sin() + 1.0, 3.0 * (1.3 * t).cos()]
}

#[test]
fn a_drawing_is_laid_over_what_is_not_seen_now() {
    let reference = reference();
    let mut relief = Relief::begin(&reference, &seen(&reference, slide(0), |_| true));
    for n in 1..60 {
        let all = seen(&reference, slide(n), |_| true);
        assert!(relief.follow(&all), "frame {n}");
        relief.learn(&all);
    }
    // The lower half is covered now, and the camera is where it never was.
    let now = [-9.0, 5.0];
    let upper = seen(&reference, now, |at| at[1] < 75.0);
    assert!(relief.follow(&upper));
    let laid = relief.lay(&reference, &upper).expect("laid");
    let off = worst(&reference, &laid, now);
    assert!(off < 3.0, "{off}");
    // The control: on the plane it would lie far away.
    let flat = [[0.0; 2]; NODES * NODES];
    assert!(worst(&reference, &flat, now) > 10.0);
}

#[test]
fn what_moves_in_no_common_way_has_no_course() {
    let reference = reference();
    let mut relief = Relief::begin(&reference, &seen(&reference, slide(0), |_| true));
    for n in 1..20 {
        let all = seen(&reference, slide(n), |_| true);
        assert!(relief.follow(&all));
        relief.learn(&all);
    }
    let mut stray = seen(&reference, slide(20), |_| true);
    for (k, s) in stray.iter_mut().enumerate() {
        let angle = 2.4 * k as f64;
        s.beside = [14.0 * angle.cos(), 14.0 * angle.sin()];
    }
    for n in 0..PATIENCE {
        assert!(relief.is_alive(), "frame {n}");
        assert!(!relief.follow(&stray));
    }
    assert!(!relief.is_alive());
}

#[test]
fn a_new_view_knows_the_ground() {
    let old = reference();
    let mut relief = Relief::begin(&old, &seen(&old, slide(0), |_| true));
    for n in 1..60 {
        let all = seen(&old, slide(n), |_| true);
        relief.follow(&all);
        relief.learn(&all);
    }
    // Taken from where the camera was at first, so that the two views show the same.
    relief.follow(&seen(&old, [0.0; 2], |_| true));
    let new = reference();
    let here = Homography::identity();
    let mut told = relief.seen_from((&old, &here), &new).expect("told");
    let now = [7.0, -4.0];
    let upper = seen(&new, now, |at| at[1] < 90.0);
    let reached = (1..=10).all(|k| {
        let part = now.map(|v| v * f64::from(k) / 10.0);
        told.follow(&seen(&new, part, |at| at[1] < 90.0))
    });
    assert!(reached);
    let off = worst(&new, &told.lay(&new, &upper).expect("laid"), now);
    assert!(off < 2.5, "{off}");
}

#[test]
fn nodes_lie_all_over_the_box() {
    let nodes = mesh_over([10.0, 20.0], [50.0, 40.0]);
    assert_eq!((nodes[0], nodes[24]), ([10.0, 20.0], [50.0, 40.0]));
    assert_eq!(nodes[12], [30.0, 30.0]);
}

#[test]
fn a_step_of_the_ground_stays_a_step() {
    let values: Vec<Value> = (0..100)
        .map(|k| {
            let at = [f64::from(k % 10) * 10.0, f64::from(k / 10) * 10.0];
            let value = if at[0] < 45.0 { 0.0 } else { 5.0 };
            Value {
                at,
                value,
                weight: 1.0,
            }
        })
        .collect();
    let left = local([35.0, 45.0], &values).expect("enough");
    let right = local([55.0, 45.0], &values).expect("enough");
    assert!(
        left.abs() < 0.6 && (right - 5.0).abs() < 0.6,
        "{left} {right}"
    );
    assert_eq!(local([0.0; 2], &values[..5]), None, "too few say nothing");
}
