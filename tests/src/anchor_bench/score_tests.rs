//! Trackers with known faults, each of which the score must show, beside one without any.

use super::*;
use nalgebra::{Point2, Vector2};

const FILM: Film = Film {
    width: 640,
    height: 480,
    fps: 30.0,
};
const FRAMES: usize = 200;

fn square(x: f64, y: f64) -> Nine {
    let step = 20.0;
    let shifts = [
        (0, 0),
        (-1, -1),
        (1, -1),
        (1, 1),
        (-1, 1),
        (0, -1),
        (1, 0),
        (0, 1),
        (-1, 0),
    ];
    shifts.map(|(dx, dy)| Point2::new(x + step * f64::from(dx), y + step * f64::from(dy)))
}

/// In view, but for frames 80 to 119, when it is covered.
fn truth() -> Vec<Option<Truth>> {
    (0..FRAMES)
        .map(|frame| {
            Some(Truth {
                visible: if (80..120).contains(&frame) { 0.0 } else { 1.0 },
                points: square(200.0 + frame as f64, 240.0),
            })
        })
        .collect()
}

/// What a tracker shows that answers each frame by `answer`.
fn scored(answer: impl Fn(usize, &Truth) -> Shown) -> Score {
    let truth = truth();
    let shown: Vec<Shown> = truth
        .iter()
        .enumerate()
        .map(|(frame, truth)| truth.as_ref().and_then(|truth| answer(frame, truth)))
        .collect();
    Score::of(FILM, &truth, &shown)
}

fn moved(points: &Nine, x: f64) -> Shown {
    Some(points.map(|point| point + Vector2::new(x, 0.0)))
}

#[test]
fn a_perfect_tracker_has_nothing_against_it() {
    let score = scored(|_, truth| (truth.visible > 0.0).then_some(truth.points));
    assert_eq!((score.in_view, score.near), (130, 130));
    assert_eq!((score.returned, score.returned_near), (80, 80));
    assert_eq!((score.shown, score.false_shown), (130, 0));
    assert_eq!((score.absent, score.absent_shown), (25, 0));
    assert_eq!(score.comebacks, [0]);
    assert_eq!(quantile(&score.errors, 1.0), Some(0.0));
}

#[test]
fn a_drifting_tracker_is_caught() {
    let score = scored(|frame, truth| {
        (truth.visible > 0.0)
            .then(|| moved(&truth.points, 0.05 + 0.1 * frame as f64))
            .flatten()
    });
    assert_eq!(score.near, 20, "frames 30 to 49 are within 5 px");
    assert_eq!(score.false_shown, 50, "frames 150 to 199 are 15 px off");
    let worst = quantile(&score.errors, 1.0).unwrap();
    assert!((worst - 19.95).abs() < 1e-9, "{worst}");
}

#[test]
fn a_tracker_that_shows_a_covered_thing_is_caught() {
    let score = scored(|_, truth| Some(truth.points));
    assert_eq!(score.absent_shown, 25);
    assert_eq!(score.false_shown, 0);
}

#[test]
fn a_tracker_that_locks_on_a_neighbour_is_caught() {
    let score = scored(|frame, truth| moved(&truth.points, if frame < 120 { 0.0 } else { 60.0 }));
    assert_eq!(score.false_shown, 80);
    assert_eq!(score.returned_near, 0);
    assert_eq!(score.comebacks, [80], "it never comes back");
}

#[test]
fn a_slow_comeback_is_counted_in_frames() {
    let score = scored(|frame, truth| {
        let known = truth.visible > 0.0 && !(120..127).contains(&frame);
        known.then_some(truth.points)
    });
    assert_eq!(score.comebacks, [7]);
    assert_eq!(score.near, 123);
}

#[test]
fn a_tracker_that_shows_nothing_is_not_good() {
    let score = scored(|_, _| None);
    assert_eq!((score.near, score.in_view), (0, 130));
    assert_eq!(score.shown, 0);
    assert!(quantile(&score.errors, 0.5).is_none());
}

#[test]
fn a_drawing_outside_the_picture_is_not_shown() {
    let score = scored(|_, truth| moved(&truth.points, 2000.0));
    assert_eq!((score.shown, score.false_shown, score.near), (0, 0, 0));
}

#[test]
fn a_pose_that_is_not_a_number_is_neither_near_nor_counted() {
    let score = scored(|_, truth| {
        let mut points = truth.points;
        points[4].x = f64::NAN;
        Some(points)
    });
    assert_eq!((score.near, score.false_shown), (0, score.shown));
    assert!(score.errors.is_empty());
}

#[test]
fn an_unknown_place_is_no_false_one() {
    let mut truth = truth();
    for frame in truth.iter_mut().flatten().filter(|t| t.visible == 0.0) {
        frame.points = square(f64::NAN, f64::NAN);
    }
    let shown = vec![Some(square(300.0, 240.0)); FRAMES];
    let score = Score::of(FILM, &truth, &shown);
    assert_eq!(score.absent_shown, 25);
    let frames = (30..80).chain(120..200);
    let far = frames.filter(|&frame: &usize| frame.abs_diff(100) > 15);
    assert_eq!(score.false_shown, far.count());
}
