use super::*;
use sightline_protocol::{AnchorReason, AnnotationId, ParticipantId, Shape, SurfaceId};
use sightline_vision::{EngineConfig, LumaFrame};

const WIDTH: u32 = 320;
const HEIGHT: u32 = 180;

fn annotation(anchor: u32, attach: Attach, frame_time: Option<u32>) -> Annotation {
    Annotation {
        id: AnnotationId::from_random([anchor as u8; 16]),
        anchor,
        author: ParticipantId::from_random([2; 16]),
        surface: SurfaceId::from_random([3; 16]),
        frame_time,
        attach,
        node: None,
        shape: Shape::Circle {
            center: [0.5, 0.5],
            radius: [0.1, 0.15],
        },
        width: 0.01,
    }
}

/// A picture with many corners that is moved to the right by `shift` pixels.
fn picture(shift: u32) -> Vec<u8> {
    let cell = |x: u32, y: u32| {
        let mixed = x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663);
        (mixed.wrapping_mul(2_654_435_761) >> 24) as u8
    };
    let pixels = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    pixels
        .map(|(x, y)| cell((x + 1_000 - shift) / 8, y / 8))
        .collect()
}

fn push(engine: &mut Engine, time: u32, shift: u32) -> FrameResult {
    let data = picture(shift);
    let frame = LumaFrame {
        time,
        width: WIDTH,
        height: HEIGHT,
        stride: WIDTH as usize,
        data: &data,
    };
    engine.push_frame(frame).unwrap()
}

#[test]
fn a_drawing_is_attached_to_the_frame_that_its_author_saw() {
    for (ignore, expected) in [(false, 0.5 + 12.0 / 320.0), (true, 0.5)] {
        let mut engine = Engine::new(EngineConfig::default());
        let mut drawings = Drawings::new(ignore);
        for n in 0..7 {
            push(&mut engine, n * 3000, n * 2);
        }
        drawings.take(
            TrackerInput::Added(annotation(9, Attach::World, Some(0)), 1),
            &mut engine,
        );
        let (tracked, shown) = drawings.follow(&push(&mut engine, 7 * 3000, 12));
        assert_eq!((tracked.poses.len(), shown.len()), (1, 1));
        let [(9, [x, _])] = tracked.centers[..] else {
            panic!("{:?}", tracked.centers)
        };
        assert!((x - expected).abs() < 0.004, "{x} instead of {expected}");
        assert_eq!(tracked.changes[0].reason, AnchorReason::Attached);
    }
}

#[test]
fn a_hidden_drawing_keeps_its_anchor_and_sends_no_pose() {
    let mut engine = Engine::new(EngineConfig::default());
    let mut drawings = Drawings::new(false);
    push(&mut engine, 0, 0);
    drawings.take(
        TrackerInput::Added(annotation(9, Attach::World, Some(0)), 1),
        &mut engine,
    );
    drawings.take(TrackerInput::Hidden(9), &mut engine);
    let result = push(&mut engine, 3000, 1);
    assert_eq!(result.poses.len(), 1, "the engine still follows it");
    assert!(drawings.follow(&result).0.poses.is_empty());
    drawings.take(TrackerInput::Shown(9), &mut engine);
    assert_eq!(
        drawings.follow(&push(&mut engine, 6000, 2)).0.poses.len(),
        1
    );
}

#[test]
fn a_drawing_that_is_told_again_keeps_its_anchor() {
    let mut engine = Engine::new(EngineConfig {
        ring_frames: 3,
        ..EngineConfig::default()
    });
    let mut drawings = Drawings::new(false);
    push(&mut engine, 0, 0);
    let added = TrackerInput::Added(annotation(9, Attach::World, Some(0)), 1);
    drawings.take(added.clone(), &mut engine);
    for n in 1..8 {
        drawings.follow(&push(&mut engine, n * 10_000, n));
    }
    drawings.take(added, &mut engine);
    let (tracked, _) = drawings.follow(&push(&mut engine, 80_000, 8));
    assert_eq!(tracked.poses.len(), 1);
    assert!(tracked.changes.is_empty(), "{:?}", tracked.changes);
}

#[test]
fn a_drawing_fixed_to_the_frame_is_shown_without_a_pose() {
    let mut engine = Engine::new(EngineConfig::default());
    let mut drawings = Drawings::new(false);
    drawings.take(
        TrackerInput::Added(annotation(4, Attach::Frame, None), 0),
        &mut engine,
    );
    let (tracked, shown) = drawings.follow(&push(&mut engine, 3000, 0));
    assert!(tracked.poses.is_empty());
    assert_eq!(shown[0].frame_from_drawn, Mapping::IDENTITY);
}

#[test]
fn what_cannot_be_attached_is_told_once_with_the_reason() {
    let mut engine = Engine::new(EngineConfig::default());
    let mut drawings = Drawings::new(false);
    let blank = vec![90; (WIDTH * HEIGHT) as usize];
    let frame = LumaFrame {
        time: 90_000,
        width: WIDTH,
        height: HEIGHT,
        stride: WIDTH as usize,
        data: &blank,
    };
    engine.push_frame(frame).unwrap();
    for (anchor, frame_time) in [(1, Some(90_000)), (2, Some(1_000))] {
        let drawing = annotation(anchor, Attach::World, frame_time);
        drawings.take(TrackerInput::Added(drawing, 0), &mut engine);
    }
    let result = push(&mut engine, 93_000, 0);
    let (tracked, shown) = drawings.follow(&result);
    let told: Vec<_> = tracked
        .changes
        .iter()
        .map(|c| (c.anchor, c.status, c.reason))
        .collect();
    assert_eq!(
        told,
        [
            (1, AnchorStatus::Fixed, AnchorReason::TooFewTexture),
            (2, AnchorStatus::Lost, AnchorReason::FrameExpired)
        ]
    );
    let [stays] = &shown[..] else {
        panic!("{shown:?}")
    };
    assert_eq!(
        (stays.annotation.anchor, stays.status),
        (1, AnchorStatus::Fixed)
    );
    assert_eq!(stays.frame_from_drawn, Mapping::IDENTITY);
    assert!(tracked.poses.is_empty());
    assert!(drawings.follow(&result).0.changes.is_empty());

    // Undone and redone, it is not tried again on a frame that may be gone by then.
    drawings.take(TrackerInput::Hidden(1), &mut engine);
    assert!(drawings.follow(&result).1.is_empty());
    drawings.take(TrackerInput::Shown(1), &mut engine);
    let (tracked, shown) = drawings.follow(&result);
    assert_eq!((tracked.changes.len(), shown.len()), (0, 1));
}

#[test]
fn the_oldest_hidden_anchor_makes_room() {
    let mut engine = Engine::new(EngineConfig {
        max_anchors: 2,
        ..EngineConfig::default()
    });
    let mut drawings = Drawings::new(false);
    push(&mut engine, 0, 0);
    for anchor in 1..=2 {
        let drawing = annotation(anchor, Attach::World, Some(0));
        drawings.take(TrackerInput::Added(drawing, 0), &mut engine);
    }
    drawings.take(TrackerInput::Hidden(1), &mut engine);
    drawings.take(
        TrackerInput::Added(annotation(3, Attach::World, Some(0)), 0),
        &mut engine,
    );
    let anchors: Vec<u32> = drawings
        .follow(&push(&mut engine, 3000, 0))
        .0
        .poses
        .iter()
        .map(|p| p.anchor)
        .collect();
    assert_eq!(anchors, [2, 3]);
}
