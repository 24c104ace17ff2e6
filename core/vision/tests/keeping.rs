//! Frames that a busy caller only keeps can be drawn on like those that it tracks.

mod common;

use common::{FIRST, Feed, TICKS, error, hand_held, quantile, render, share_of, texture, time};
use sightline_vision::{AttachRefused, AttachRequest, EngineConfig, LumaFrame, Status};

const SIZE: (u32, u32) = (640, 480);
const TARGET: ([f64; 2], f64) = ([690.0, 520.0], 60.0);

/// Runs a caller that tracks every fifth frame and keeps the others, or drops them, and draws on
/// frame 22, one of the others, when frame `delivered` was the last. Gives the largest error of the
/// poses of all later frames in shares of the width.
fn run(keeps: bool, delivered: usize) -> Result<f64, AttachRefused> {
    let world = texture(1, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    let drawn = share_of(hand_held(22), SIZE, TARGET.0);
    let mut errors = Vec::new();
    for n in 0..90_usize {
        if n.is_multiple_of(5) {
            for pose in feed.see(&world, hand_held).poses {
                if pose.anchor == 7 {
                    let truth = share_of(hand_held(n), SIZE, TARGET.0);
                    errors.push(error(&pose, drawn, truth, SIZE));
                    assert_eq!(pose.status, Status::Tracking, "frame {n}");
                }
            }
        } else {
            if keeps {
                let plane = render(&world, hand_held(n), SIZE, n as u64);
                let frame = LumaFrame {
                    time: time(n),
                    width: SIZE.0,
                    height: SIZE.1,
                    stride: SIZE.0 as usize,
                    data: &plane,
                };
                feed.engine.keep_frame(frame).expect("a well-formed frame");
            }
            feed.n += 1;
        }
        if n == 10 {
            // Another drawing, which must not suffer from the frames that are not tracked.
            feed.circle_as(3, ([650.0, 480.0], 50.0), hand_held(n), Some(time(n)));
        }
        if n == delivered {
            let view = hand_held(22);
            let outline = (0..16)
                .map(|k| {
                    let (sin, cos) = (std::f64::consts::TAU * f64::from(k) / 16.0).sin_cos();
                    let [x, y] = TARGET.0;
                    let point = [x + TARGET.1 * cos, y + TARGET.1 * sin];
                    share_of(view, SIZE, point).map(|value| value as f32)
                })
                .collect();
            feed.engine.attach(AttachRequest {
                anchor: 7,
                frame_time: Some(time(22)),
                outline,
            })?;
        }
    }
    assert!(errors.len() >= 11, "{} poses", errors.len());
    Ok(quantile(&errors, 1.0))
}

#[test]
fn a_kept_frame_can_be_drawn_on_while_it_is_the_newest_and_later() {
    for delivered in [22, 23, 25, 33] {
        let worst = run(true, delivered).expect("the frame was kept");
        assert!(worst < 1.5 / 640.0, "delivered at {delivered}: {worst}");
    }
}

#[test]
fn a_frame_that_was_neither_tracked_nor_kept_cannot_be_drawn_on() {
    let refused = run(false, 33).expect_err("the frame is not there");
    let frame_time = FIRST.wrapping_add(22 * TICKS);
    assert!(
        matches!(refused, AttachRefused::FrameExpired { frame_time: asked } if asked == frame_time)
    );
}

#[test]
fn an_inspection_tells_points_that_look_the_same_from_others() {
    let world = texture(1, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    assert!(feed.engine.inspect().is_empty());
    feed.see(&world, hand_held);
    feed.circle(TARGET, hand_held, 0, None);
    for _ in 0..10 {
        feed.see(&world, hand_held);
    }
    let seen = feed.engine.inspect();
    let [seen] = &seen[..] else {
        panic!("{seen:?}")
    };
    let (same, all) = seen.count();
    assert!(all >= 14 && same * 10 >= all * 8, "{same} of {all}");
    assert_eq!(
        (seen.anchor, seen.status, seen.view),
        (7, Status::Tracking, (0, 1))
    );

    let blank = common::covered(SIZE, 5);
    feed.push(&blank);
    let hidden = feed.engine.inspect();
    let (same, all) = hidden[0].count();
    assert_eq!(hidden[0].status, Status::Lost);
    assert!(same * 10 <= all, "{same} of {all} on a covered lens");
}
