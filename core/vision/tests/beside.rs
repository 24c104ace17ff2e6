//! Drawings beside one another: what moves together is led by one, and each is still seen for
//! itself.

mod common;

use common::{Feed, View, error, hand_held, render, share_of, shown, texture};
use sightline_vision::{EngineConfig, FrameResult, Status};

const SIZE: (u32, u32) = (640, 360);
/// Drawings of a radius of 45 world pixels; the first anchor has number 0.
const PLACES: [[f64; 2]; 5] = [
    [690.0, 520.0],
    [600.0, 430.0],
    [800.0, 440.0],
    [590.0, 590.0],
    [810.0, 600.0],
];
const RADIUS: f64 = 45.0;
/// The drawing that something happens to.
const ODD: usize = 2;
const HAPPENS: std::ops::Range<usize> = 45..100;

/// Runs 130 frames with five drawings; `alter` changes what the camera gives, `note` gets what is
/// said of each frame.
fn run(alter: impl Fn(usize, &mut Vec<u8>), mut note: impl FnMut(usize, &FrameResult)) {
    let world = texture(2, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    for n in 0..130 {
        let mut plane = render(&world, hand_held(n), SIZE, n as u64);
        alter(n, &mut plane);
        let result = feed.push(&plane);
        if n == 0 {
            for (k, place) in PLACES.into_iter().enumerate() {
                feed.circle_as(k as u32, (place, RADIUS), hand_held(0), None);
            }
        } else {
            note(n, &result);
        }
    }
}

/// Pixels of a frame 640 wide between where a drawing is shown and `truth` (world pixels).
fn off(n: usize, result: &FrameResult, k: usize, truth: [f64; 2]) -> f64 {
    let drawn = share_of(hand_held(0), SIZE, PLACES[k]);
    let truth = share_of(hand_held(n), SIZE, truth);
    640.0 * error(&result.poses[k], drawn, truth, SIZE)
}

/// Lays another picture over the box of this half size around a world point.
fn cover(plane: &mut [u8], n: usize, middle: [f64; 2], half: i32, with: impl Fn(i32, i32) -> u8) {
    let [x, y] = share_of(hand_held(n), SIZE, middle);
    let (x, y) = ((x * 640.0) as i32, (y * 360.0) as i32);
    for row in (y - half).max(0)..(y + half).min(360) {
        for column in (x - half).max(0)..(x + half).min(640) {
            plane[(row * 640 + column) as usize] = with(column, row);
        }
    }
}

#[test]
fn one_of_five_that_is_covered_is_hidden_and_back_at_once() {
    let still = View {
        at: [320.0, 180.0],
        zoom: 2.0,
        roll: 0.0,
        tilt: [0.0; 2],
    };
    let hand = render(&texture(77, 640, 360), still, SIZE, 0);
    let alter = |n: usize, plane: &mut Vec<u8>| {
        if HAPPENS.contains(&n) {
            let with = |x: i32, y: i32| hand[(y * 640 + x) as usize];
            cover(plane, n, PLACES[ODD], 62, with);
        }
    };
    run(alter, |n, result| {
        for (k, pose) in result.poses.iter().enumerate() {
            let hidden = k == ODD && (HAPPENS.start + 3..HAPPENS.end).contains(&n);
            // It may be doubted while the hand comes and goes.
            let around = HAPPENS.start..HAPPENS.end + 4;
            if hidden {
                assert_eq!(pose.status, Status::Lost, "frame {n}");
            } else if k != ODD || !around.contains(&n) {
                assert!(shown(pose), "frame {n}, drawing {k}: {pose:?}");
                let off = off(n, result, k, PLACES[k]);
                assert!(off < 0.6, "frame {n}, drawing {k}: {off} px");
            }
        }
    });
}

#[test]
fn one_of_five_whose_thing_is_taken_away_does_not_stay_with_the_others() {
    // A card that lies on the world and is pulled to the right after a while.
    let card = texture(31, 1400, 1000);
    let slid = |n: usize| 3.0 * n.saturating_sub(HAPPENS.start) as f64;
    let half = 75.0;
    let alter = |n: usize, plane: &mut Vec<u8>| {
        let moved = hand_held(n);
        let view = View {
            at: [moved.at[0] - slid(n), moved.at[1]],
            ..moved
        };
        let seen = render(&card, view, SIZE, n as u64);
        let map = common::frame_from_world(moved, 640.0, 360.0);
        let back = map.try_inverse().expect("regular");
        for (k, pixel) in plane.iter_mut().enumerate() {
            let at = nalgebra::Vector3::new((k % 640) as f64, (k / 640) as f64, 1.0);
            let at = back * at;
            let x = at.x / at.z - PLACES[ODD][0] - slid(n);
            let y = at.y / at.z - PLACES[ODD][1];
            if x.abs() < half && y.abs() < half {
                *pixel = seen[k];
            }
        }
    };
    let mut followed = 0;
    run(alter, |n, result| {
        for (k, pose) in result.poses.iter().enumerate() {
            let [x, y] = PLACES[k];
            let x = if k == ODD { x + slid(n) } else { x };
            // What is in front of the other drawings hides them in the end.
            let off = off(n, result, k, [x, y]);
            assert!(
                !shown(pose) || off < 8.0,
                "frame {n}, drawing {k}: {off} px"
            );
            followed += usize::from(k == ODD && n > HAPPENS.start && shown(pose));
        }
    });
    assert!(followed >= 15, "followed on {followed} frames");
}
