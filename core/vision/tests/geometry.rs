//! Poses keep their meaning whatever the encoder does to the frame's size and shape.

mod common;

use common::{Feed, error, hand_held, share_of, shown, texture, time};
use sightline_vision::{EngineConfig, Status};

const TARGET: ([f64; 2], f64) = ([690.0, 520.0], 60.0);

#[test]
fn an_encoder_that_scales_does_not_move_the_drawing() {
    let world = texture(4, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), (1280, 720));
    let drawn = share_of(hand_held(0), feed.size, TARGET.0);
    for n in 0..120 {
        feed.size = match n {
            0..30 => (1280, 720),
            30..60 => (640, 360),
            60..90 => (426, 240),
            _ => (960, 540),
        };
        let result = feed.see(&world, hand_held);
        if n == 0 {
            feed.circle(TARGET, hand_held, 0, Some(time(0)));
            continue;
        }
        let pose = &result.poses[0];
        let truth = share_of(hand_held(n), feed.size, TARGET.0);
        let off = error(pose, drawn, truth, feed.size);
        assert_eq!(pose.status, Status::Tracking, "frame {n}");
        assert!(off < 0.8 / 640.0, "frame {n}: {} px of 640", off * 640.0);
    }
}

#[test]
fn a_phone_turned_upright_keeps_its_anchors() {
    let world = texture(4, 1400, 1000);
    let mut feed = Feed::new(EngineConfig::default(), (1280, 720));
    let drawn = share_of(hand_held(0), feed.size, TARGET.0);
    let mut shown_in_portrait = 0;
    for n in 0..80 {
        feed.size = if (20..50).contains(&n) {
            (720, 1280)
        } else {
            (1280, 720)
        };
        let result = feed.see(&world, hand_held);
        if n == 0 {
            feed.circle(TARGET, hand_held, 0, Some(time(0)));
            continue;
        }
        let pose = &result.poses[0];
        let truth = share_of(hand_held(n), feed.size, TARGET.0);
        let off = error(pose, drawn, truth, feed.size);
        if shown(pose) {
            assert!(off < 2.0 / 640.0, "frame {n}: {} px of 640", off * 640.0);
            shown_in_portrait += usize::from((20..50).contains(&n));
        }
    }
    assert!(shown_in_portrait >= 24, "{shown_in_portrait} of 30");
}

#[test]
fn several_anchors_are_followed_at_once_and_apart() {
    let world = texture(4, 1400, 1000);
    let size = (640, 360);
    let mut feed = Feed::new(EngineConfig::default(), size);
    let spots = [
        [600.0, 450.0],
        [690.0, 520.0],
        [760.0, 560.0],
        [820.0, 430.0],
    ];
    for n in 0..60 {
        let result = feed.see(&world, hand_held);
        for (k, spot) in spots.iter().enumerate().filter(|_| n == 5) {
            feed.circle_as(k as u32, (*spot, 30.0), hand_held(5), Some(time(5)));
        }
        for pose in &result.poses {
            let spot = spots[pose.anchor as usize];
            let drawn = share_of(hand_held(5), size, spot);
            let truth = share_of(hand_held(n), size, spot);
            let off = error(pose, drawn, truth, size) * 640.0;
            assert!(
                shown(pose) && off < 1.0,
                "frame {n}, anchor {}: {off} px",
                pose.anchor
            );
        }
    }
}
