//! A gyroscope foretells where things are after a turn that flow alone does not survive.

mod common;

use common::{Feed, frame_from_world, hand_held, render_through, shown, texture, time};
use nalgebra::{Matrix3, Rotation3, Vector3};
use sightline_vision::{CameraTurn, EngineConfig, LumaFrame, Status, VisionError};

const SIZE: (u32, u32) = (640, 360);
const TARGET: ([f64; 2], f64) = ([690.0, 520.0], 60.0);
const FOCAL: f64 = 0.8;
/// Radians between two frames while the camera shakes.
const SHAKE: f64 = 0.24;
/// Frames with the camera still, and then shaking.
const STILL: usize = 12;
const SHAKING: usize = 10;

/// The camera's direction on a frame.
fn direction(n: usize) -> Rotation3<f64> {
    let aside = if n >= STILL && n.is_multiple_of(2) {
        SHAKE
    } else {
        0.0
    };
    Rotation3::from_euler_angles(0.0, aside, 0.0)
}

/// The frame's pixels from the world's.
fn map(n: usize) -> Matrix3<f64> {
    let focal = FOCAL * 640.0;
    let lens = Matrix3::new(focal, 0.0, 319.5, 0.0, focal, 179.5, 0.0, 0.0, 1.0);
    let turned = lens * direction(n).matrix() * lens.try_inverse().expect("a lens");
    turned * frame_from_world(hand_held(0), 640.0, 360.0)
}

/// Frames of the shaking on which the drawing is shown, all of them at its place.
fn run(gyroscope: bool) -> usize {
    let world = texture(6, 1400, 1000);
    let config = EngineConfig {
        inline_relocalise_every: 0,
        ..EngineConfig::default()
    };
    let mut feed = Feed::new(config, SIZE);
    let target = |n: usize| {
        let v = map(n) * Vector3::new(TARGET.0[0], TARGET.0[1], 1.0);
        [v.x / v.z, v.y / v.z]
    };
    let mut held = 0;
    for n in 0..STILL + SHAKING {
        let plane = render_through(&world, &map(n), SIZE, n as u64);
        let frame = LumaFrame {
            time: time(n),
            width: SIZE.0,
            height: SIZE.1,
            stride: SIZE.0 as usize,
            data: &plane,
        };
        let since = direction(n) * direction(n.saturating_sub(1)).inverse();
        let turn = CameraTurn {
            new_from_old: std::array::from_fn(|k| since[(k / 3, k % 3)] as f32),
            focal: FOCAL as f32,
        };
        let result = if gyroscope {
            feed.engine.push_turned_frame(frame, &turn)
        } else {
            feed.engine.push_frame(frame)
        };
        let result = result.expect("a well-formed frame");
        if n == 0 {
            let attached = feed.circle_as(7, TARGET, hand_held(0), Some(time(0)));
            assert_eq!(attached.pose.status, Status::Tracking);
        }
        for pose in result.poses.iter().filter(|pose| shown(pose)) {
            let m = pose.homography.map(f64::from);
            let ([x, y], [u, v]) = (target(0), target(n));
            let (x, y) = ((x + 0.5) / 640.0, (y + 0.5) / 360.0);
            let z = m[6] * x + m[7] * y + m[8];
            let at = [
                (m[0] * x + m[1] * y + m[2]) / z * 640.0 - 0.5,
                (m[3] * x + m[4] * y + m[5]) / z * 360.0 - 0.5,
            ];
            let off = (at[0] - u).hypot(at[1] - v);
            assert!(off < 1.5, "frame {n}: {off} px");
            held += usize::from(n >= STILL);
        }
    }
    held
}

#[test]
fn a_turn_that_the_gyroscope_told_loses_nothing() {
    assert_eq!(run(true), SHAKING);
    // The control: without it the same turns lose the drawing.
    let blind = run(false);
    assert!(blind < SHAKING, "{blind}");
}

#[test]
fn a_broken_turn_is_refused_and_changes_nothing() {
    let world = texture(6, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    let plane = render_through(&world, &map(0), SIZE, 0);
    let frame = LumaFrame {
        time: time(0),
        width: SIZE.0,
        height: SIZE.1,
        stride: SIZE.0 as usize,
        data: &plane,
    };
    let turn = CameraTurn {
        new_from_old: [f32::NAN; 9],
        focal: 0.8,
    };
    let refused = feed.engine.push_turned_frame(frame, &turn);
    assert!(matches!(refused, Err(VisionError::Turn)));
    // The same frame is still new.
    assert!(feed.engine.push_frame(frame).is_ok());
}
