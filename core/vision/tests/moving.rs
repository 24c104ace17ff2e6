//! A drawing sticks to a moving picture, from the frame it was drawn on.

mod common;

use common::{Feed, error, hand_held, quantile, render, share_of, shown, texture, time};
use opencv::core::{Mat, Point2f, Vector};
use sightline_vision::{EngineConfig, Status};
use std::sync::LazyLock;

const SIZE: (u32, u32) = (1280, 720);
const TARGET: ([f64; 2], f64) = ([690.0, 520.0], 60.0);
const DRAWN: usize = 5;
const DELIVERED: usize = 20;
/// Eight seconds.
const FRAMES: usize = 240;

/// Errors in shares of the width on the frames after the delivery, with and without the drawing's
/// frame time, and how many frames did not show it.
fn run(with_frame_time: bool, frames: usize) -> (Vec<f64>, usize) {
    let world = texture(1, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    let drawn_at = share_of(hand_held(DRAWN), SIZE, TARGET.0);
    let (mut errors, mut hidden) = (Vec::new(), 0);
    for n in 0..DELIVERED + frames {
        let result = feed.see(&world, hand_held);
        if n == DELIVERED {
            let frame_time = with_frame_time.then(|| time(DRAWN));
            let attached = feed.circle(TARGET, hand_held, DRAWN, frame_time);
            assert_eq!(attached.pose.status, Status::Tracking);
        }
        for pose in &result.poses {
            let truth = share_of(hand_held(n), SIZE, TARGET.0);
            errors.push(error(pose, drawn_at, truth, SIZE));
            hidden += usize::from(!shown(pose));
        }
    }
    (errors, hidden)
}

/// The same as [`run`] with frame times, shared by the tests that only read it.
static RUN: LazyLock<(Vec<f64>, usize)> = LazyLock::new(|| run(true, FRAMES));

#[test]
fn a_drawing_half_a_second_late_lands_on_its_thing_and_stays_for_eight_seconds() {
    let (errors, hidden) = &*RUN;
    assert_eq!((errors.len(), *hidden), (FRAMES - 1, 0));
    let (median, p95) = (quantile(errors, 0.5), quantile(errors, 0.95));
    // A pixel is 1/1280 of the width.
    assert!(
        median < 0.3 / 1280.0 && p95 < 1.0 / 1280.0,
        "{median} {p95}"
    );
}

#[test]
fn without_its_frame_time_the_same_drawing_lands_beside_its_thing() {
    let (errors, _) = run(false, 60);
    let median = quantile(&errors, 0.5);
    assert!(median > 0.02, "{median}");
}

#[test]
fn flow_chained_from_frame_to_frame_drifts_where_the_engine_does_not() {
    let world = texture(1, 1400, 1000);
    let size = (640, 360);
    let start = share_of(hand_held(DRAWN), size, TARGET.0);
    let mut at = [start[0] * 640.0 - 0.5, start[1] * 360.0 - 0.5];
    let mut previous = render(&world, hand_held(DRAWN), size, DRAWN as u64);
    let mut errors = Vec::new();
    for n in DRAWN + 1..DELIVERED + FRAMES {
        let plane = render(&world, hand_held(n), size, n as u64);
        at = flow(&previous, &plane, at);
        let truth = share_of(hand_held(n), size, TARGET.0);
        let (x, y) = (truth[0] * 640.0 - 0.5, truth[1] * 360.0 - 0.5);
        errors.push((at[0] - x).hypot(at[1] - y) / 640.0);
        previous = plane;
    }
    let (chained, engine) = (quantile(&errors, 0.95), quantile(&RUN.0, 0.95));
    assert!(chained > 2.0 * engine, "{chained} {engine}");
}

/// Median flow of a patch of 25 points around `at` from one 640x360 plane to the next.
fn flow(from: &[u8], to: &[u8], at: [f64; 2]) -> [f64; 2] {
    let picture = |data| Mat::new_rows_cols_with_data::<u8>(360, 640, data).expect("plane");
    let (from, to) = (picture(from), picture(to));
    let points: Vector<Point2f> = (0..25)
        .map(|k| {
            let (x, y) = (f64::from(k % 5 - 2) * 8.0, f64::from(k / 5 - 2) * 8.0);
            Point2f::new((at[0] + x) as f32, (at[1] + y) as f32)
        })
        .collect();
    let mut moved = Vector::<Point2f>::new();
    let (mut status, mut error) = (Vector::<u8>::new(), Vector::<f32>::new());
    opencv::video::calc_optical_flow_pyr_lk_def(
        &from,
        &to,
        &points,
        &mut moved,
        &mut status,
        &mut error,
    )
    .expect("flow");
    let shift = |axis: fn(Point2f) -> f32| {
        let shifts: Vec<f64> = points
            .iter()
            .zip(moved.iter())
            .map(|(a, b)| f64::from(axis(b) - axis(a)))
            .collect();
        quantile(&shifts, 0.5)
    };
    [at[0] + shift(|p| p.x), at[1] + shift(|p| p.y)]
}

#[test]
fn the_same_frames_give_the_same_poses() {
    let (again, _) = run(true, 60);
    assert_eq!(again.len(), 59);
    assert_eq!(RUN.0[..59], again);
}

/// A pan that is as steady as can be, and then a jolt.
fn jolted(n: usize) -> common::View {
    let jolt = if n >= DELIVERED + 25 { 36.0 } else { 0.0 };
    common::View {
        at: [600.0 + 3.0 * n as f64 + jolt, 500.0],
        zoom: 1.0,
        roll: 0.0,
        tilt: [0.0; 2],
    }
}

#[test]
fn a_steady_motion_that_breaks_off_is_followed_all_the_same() {
    let world = texture(1, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    let drawn_at = share_of(jolted(DRAWN), SIZE, TARGET.0);
    for n in 0..DELIVERED + 50 {
        let result = feed.see(&world, jolted);
        if n == DELIVERED {
            feed.circle(TARGET, jolted, DRAWN, Some(time(DRAWN)));
        }
        for pose in &result.poses {
            let truth = share_of(jolted(n), SIZE, TARGET.0);
            let off = error(pose, drawn_at, truth, SIZE);
            assert!(shown(pose) && off < 1.0 / 1280.0, "frame {n}: {off}");
        }
    }
}
