//! What the engine does not take, and that refusing changes nothing.

mod common;

use common::{Feed, covered, hand_held, render, share_of, texture, time};
use sightline_vision::{
    AttachRefused, AttachRequest, Engine, EngineConfig, LumaFrame, Status, VisionError,
};

const SIZE: (u32, u32) = (640, 360);
const SPOT: [f64; 2] = [690.0, 520.0];

fn request(anchor: u32, frame_time: Option<u32>) -> AttachRequest {
    let outline = vec![[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6]];
    AttachRequest {
        anchor,
        frame_time,
        outline,
    }
}

#[test]
fn a_blank_wall_is_refused_with_its_reason() {
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    for n in 0..3 {
        let mut wall: Vec<u8> = covered(SIZE, n);
        wall.iter_mut().for_each(|v| *v = v.saturating_add(140));
        feed.push(&wall);
    }
    let refused = feed.engine.attach(request(1, None));
    assert!(
        matches!(refused, Err(AttachRefused::TooFewTexture { .. })),
        "{refused:?}"
    );
    // The control: the same place with something on the wall is taken.
    feed.see(&texture(3, 1400, 1000), hand_held);
    assert!(feed.engine.attach(request(1, None)).is_ok());
}

#[test]
fn drawings_without_a_frame_or_a_place_are_refused() {
    let mut feed = Feed::new(
        EngineConfig {
            max_anchors: 2,
            ..EngineConfig::default()
        },
        SIZE,
    );
    assert!(matches!(
        feed.engine.attach(request(1, None)),
        Err(AttachRefused::NoFrame)
    ));
    let world = texture(3, 1400, 1000);
    for _ in 0..60 {
        feed.see(&world, hand_held);
    }
    let expired = feed.engine.attach(request(1, Some(time(2))));
    assert!(
        matches!(expired, Err(AttachRefused::FrameExpired { .. })),
        "{expired:?}"
    );
    let outline = vec![[f32::INFINITY, 0.0]];
    let bad = feed.engine.attach(AttachRequest {
        anchor: 1,
        frame_time: None,
        outline,
    });
    assert!(
        matches!(bad, Err(AttachRefused::BadOutline { points: 1 })),
        "{bad:?}"
    );
    for anchor in [1, 2, 2, 1] {
        feed.engine
            .attach(request(anchor, Some(time(50))))
            .expect("replaced, not added");
    }
    let many = feed.engine.attach(request(3, None));
    assert!(
        matches!(many, Err(AttachRefused::TooManyAnchors { limit: 2 })),
        "{many:?}"
    );
    feed.engine.detach(1);
    assert!(feed.engine.attach(request(3, None)).is_ok());
    assert_eq!(feed.see(&world, hand_held).poses.len(), 2);
}

#[test]
fn a_held_frame_can_be_drawn_on_after_it_left_the_ring() {
    let world = texture(3, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    for n in 0..100 {
        feed.see(&world, hand_held);
        if n == 10 {
            assert!(feed.engine.hold_frame(time(10)));
        }
    }
    assert!(!feed.engine.hold_frame(time(11)), "frame 11 is gone");
    let attached = feed
        .engine
        .attach(request(1, Some(time(10))))
        .expect("held");
    assert_eq!(attached.frame_time, time(10));
    let mut found = None;
    for n in 100..115 {
        let result = feed.see(&world, hand_held);
        if found.is_none() && result.poses[0].status == Status::Tracking {
            found = Some((n, result.poses[0]));
        }
    }
    let (n, pose) = found.expect("found on the live picture");
    let drawn = share_of(hand_held(10), SIZE, SPOT);
    let truth = share_of(hand_held(n), SIZE, SPOT);
    let error = common::error(&pose, drawn, truth, SIZE);
    assert!(error < 2.0 / 640.0, "{error}");
    feed.engine.release_frame(time(10));
    let gone = feed.engine.attach(request(2, Some(time(10))));
    assert!(
        matches!(gone, Err(AttachRefused::FrameExpired { .. })),
        "{gone:?}"
    );
}

#[test]
fn malformed_and_late_frames_change_nothing() {
    let world = texture(3, 1400, 1000);
    let run = |with_bad_frames: bool| {
        let mut feed = Feed::new(EngineConfig::default(), SIZE);
        let mut poses = Vec::new();
        for n in 0..30 {
            poses.extend(feed.see(&world, hand_held).poses);
            if n == 3 {
                feed.engine.attach(request(1, None)).expect("textured");
            }
            if with_bad_frames {
                bad_frames(&mut feed.engine, time(n));
            }
        }
        poses
    };
    let (clean, disturbed) = (run(false), run(true));
    assert!(clean.len() == 26 && clean.iter().all(|pose| pose.status == Status::Tracking));
    assert_eq!(clean, disturbed);
}

/// Pushes one frame of each bad kind after the frame with time `newest`.
fn bad_frames(engine: &mut Engine, newest: u32) {
    let data = vec![0_u8; 640 * 360];
    let next = newest.wrapping_add(100);
    let good = LumaFrame {
        time: next,
        width: 640,
        height: 360,
        stride: 640,
        data: &data,
    };
    let mut refused = |frame| engine.push_frame(frame).expect_err("bad");
    let short = refused(LumaFrame {
        data: &data[1..],
        ..good
    });
    assert!(matches!(short, VisionError::FrameLength { .. }));
    let flat = refused(LumaFrame { height: 0, ..good });
    assert!(matches!(flat, VisionError::FrameSize { .. }));
    let huge = refused(LumaFrame {
        width: u32::MAX,
        ..good
    });
    assert!(matches!(huge, VisionError::FrameSize { .. }));
    let narrow = refused(LumaFrame {
        stride: 639,
        ..good
    });
    assert!(matches!(narrow, VisionError::Stride { .. }));
    let wide = refused(LumaFrame {
        stride: usize::MAX,
        ..good
    });
    assert!(matches!(wide, VisionError::FrameLength { .. }));
    for time in [newest, newest.wrapping_sub(3000)] {
        let late = refused(LumaFrame { time, ..good });
        assert!(matches!(late, VisionError::OutOfOrder { .. }));
    }
}

#[test]
fn a_new_time_line_keeps_the_anchors() {
    let world = texture(3, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), SIZE);
    for _ in 0..5 {
        feed.see(&world, hand_held);
    }
    feed.engine.attach(request(1, None)).expect("textured");
    // The publisher starts again with another base, a minute behind.
    let mut back = 0;
    for n in 0..10 {
        let plane = render(&world, hand_held(5 + n), SIZE, 5 + n as u64);
        let time = time(5 + n).wrapping_sub(60 * 90_000);
        let frame = LumaFrame {
            time,
            width: 640,
            height: 360,
            stride: 640,
            data: &plane,
        };
        let result = feed.engine.push_frame(frame).expect("a new time line");
        back += usize::from(result.poses[0].status == Status::Tracking);
    }
    assert!(back >= 8, "{back}");
}
