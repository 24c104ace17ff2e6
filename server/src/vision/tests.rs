//! The tracker on a picture that moves by a known amount, encoded as VP8 (`moving-texture.py`).

mod load;
mod sizes;

use super::tracker::{Output, Tracker};
use crate::sfu::{TapPacket, VideoCodec};
use sightline_protocol::{
    AnchorReason, AnchorState, AnchorStatus, Annotation, AnnotationId, Attach, ParticipantId,
    Shape, SurfaceId,
    realtime::{Pose, RealtimePacket},
};
use std::time::{Duration, Instant};

const IVF: &[u8] = include_bytes!("tests/moving-texture.ivf");
const WIDTH: f32 = 320.0;
const HEIGHT: f32 = 240.0;
const FRAME: Duration = Duration::from_millis(33);
/// Frame times wrap in the middle of the clip.
const BASE: u32 = u32::MAX - 70 * 3_000;

fn time(n: usize) -> u32 {
    BASE.wrapping_add(n as u32 * 3_000)
}

/// How far frame `n` is shifted, in pixels.
fn shift(n: usize) -> [f32; 2] {
    let turn = std::f32::consts::TAU * n as f32;
    [40.0 * (turn / 60.0).sin(), 15.0 * (turn / 90.0).sin()]
}

fn surface() -> SurfaceId {
    SurfaceId::from_random([3; 16])
}

fn drawing(anchor: u32, frame_time: Option<u32>, center: [f32; 2]) -> Annotation {
    Annotation {
        id: AnnotationId::from_random([anchor as u8; 16]),
        anchor,
        author: ParticipantId::from_random([1; 16]),
        surface: surface(),
        frame_time,
        attach: Attach::World,
        node: None,
        shape: Shape::Circle {
            center,
            radius: [0.12, 0.16],
        },
        width: 0.01,
    }
}

/// The clip, sent packet by packet into a tracker.
struct Film {
    frames: Vec<&'static [u8]>,
    tracker: Tracker,
    start: Instant,
    seq: u64,
    poses: Vec<(usize, Pose)>,
    states: Vec<AnchorState>,
    keyframes_wanted: usize,
    /// How late the tracker gets its packets.
    lag: Duration,
}

impl Film {
    fn new() -> Self {
        Self::of(IVF)
    }

    fn of(ivf: &'static [u8]) -> Self {
        let mut rest = &ivf[32..];
        let mut frames = Vec::new();
        while let Some((head, tail)) = rest.split_first_chunk::<12>() {
            let size = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
            let (frame, tail) = tail.split_at(size);
            frames.push(frame);
            rest = tail;
        }
        Self {
            frames,
            tracker: Tracker::new(surface(), 4),
            start: Instant::now(),
            seq: 70_000,
            poses: Vec::new(),
            states: Vec::new(),
            keyframes_wanted: 0,
            lag: Duration::ZERO,
        }
    }

    fn at(&self, n: usize) -> Instant {
        self.start + FRAME * n as u32
    }

    /// Sends a frame; `lost` packets are left out.
    fn play(&mut self, n: usize, lost: bool) {
        let at = self.at(n);
        let frame = self.frames[n % self.frames.len()];
        let count = frame.len().div_ceil(1_000);
        for (index, part) in frame.chunks(1_000).enumerate() {
            let start = if index == 0 { 0x10 } else { 0 };
            self.seq += 1;
            if lost {
                continue;
            }
            let packet = TapPacket {
                surface: surface(),
                stream: 1,
                seq: self.seq,
                frame_time: time(n),
                marker: index + 1 == count,
                codec: VideoCodec::Vp8,
                payload: [&[start], part].concat().into(),
                at,
            };
            self.tracker.packet(at + self.lag, packet);
        }
        self.collect();
    }

    fn collect(&mut self) {
        for output in self.tracker.take_outputs() {
            match output {
                Output::Poses(bytes) => {
                    let Ok(RealtimePacket::Poses(packet)) = RealtimePacket::decode(&bytes) else {
                        panic!("not a pose packet: {bytes:?}");
                    };
                    assert_eq!(packet.surface, 4);
                    // Behind a gap several frames come at once.
                    let n = packet.frame_time.wrapping_sub(BASE) as usize / 3_000;
                    self.poses
                        .extend(packet.poses.into_iter().map(|pose| (n, pose)));
                }
                Output::States(states) => self.states.extend(states),
                Output::WantKeyframe(_) => self.keyframes_wanted += 1,
            }
        }
    }

    /// Largest error of the drawing's centre in pixels over all poses that are shown, when it was
    /// drawn on frame `drawn`; and how many poses are shown.
    fn error(&self, drawn: usize, center: [f32; 2]) -> (f32, usize) {
        let mut worst = 0.0_f32;
        let mut shown = 0;
        for (n, pose) in self
            .poses
            .iter()
            .filter(|it| it.1.status == AnchorStatus::Tracking)
        {
            let [a, b, c, d, e, f, g, h] = pose.homography;
            let [x, y] = center;
            let depth = g * x + h * y + 1.0;
            let placed = [
                (a * x + b * y + c) / depth * WIDTH,
                (d * x + e * y + f) / depth * HEIGHT,
            ];
            let (now, then) = (shift(*n), shift(drawn));
            let truth = [x * WIDTH + now[0] - then[0], y * HEIGHT + now[1] - then[1]];
            worst = worst.max((placed[0] - truth[0]).hypot(placed[1] - truth[1]));
            shown += 1;
        }
        (worst, shown)
    }
}

const CENTER: [f32; 2] = [0.4, 0.5];

#[test]
fn a_first_drawing_on_a_past_frame_sticks_to_what_was_drawn_on() {
    let mut film = Film::new();
    (0..66).for_each(|n| film.play(n, false));
    assert!(
        !film.tracker.is_live(),
        "nothing is decoded without a drawing"
    );
    film.tracker.show(drawing(1, Some(time(50)), CENTER));
    (66..120).for_each(|n| film.play(n, false));
    let (worst, shown) = film.error(50, CENTER);
    assert!(shown >= 50, "{shown} of 54 poses");
    assert!(worst < 1.5, "{worst} px");
    assert_eq!(film.states[0].status, AnchorStatus::Tracking);
    assert_eq!(film.states[0].reason, AnchorReason::Attached);

    // The control: the same drawing taken for one on the newest frame is off.
    let mut film = Film::new();
    (0..66).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, None, CENTER));
    (66..120).for_each(|n| film.play(n, false));
    let (worst, shown) = film.error(50, CENTER);
    assert!(shown >= 50 && worst > 10.0, "{shown} poses, {worst} px");
}

#[test]
fn a_drawing_that_took_seconds_is_still_attached_to_its_frame() {
    let mut film = Film::new();
    (0..10).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(5)), [0.3, 0.4]));
    (10..100).for_each(|n| film.play(n, false));
    film.poses.clear();
    film.tracker.show(drawing(2, Some(time(12)), CENTER));
    (100..120).for_each(|n| film.play(n, false));
    film.poses.retain(|it| it.1.anchor == 2);
    let (worst, shown) = film.error(12, CENTER);
    assert!(shown >= 18 && worst < 1.5, "{shown} poses, {worst} px");
}

#[test]
fn decoding_rests_when_the_last_drawing_is_gone_for_good() {
    let mut film = Film::new();
    (0..30).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(20)), CENTER));
    (30..40).for_each(|n| film.play(n, false));
    assert!(film.tracker.is_live());
    film.tracker.hide(film.at(40), 1);
    (40..60).for_each(|n| film.play(n, false));
    assert!(film.tracker.is_live(), "it may be brought back");
    film.tracker.show(drawing(1, Some(time(20)), CENTER));
    let before = film.poses.len();
    (60..70).for_each(|n| film.play(n, false));
    assert_eq!(
        film.poses.len(),
        before + 10,
        "brought back without a break"
    );
    film.tracker.hide(film.at(70), 1);
    film.start += Duration::from_secs(60);
    (70..72).for_each(|n| film.play(n, false));
    assert!(!film.tracker.is_live());
}

#[test]
fn a_held_frame_can_be_drawn_on_much_later() {
    let mut film = Film::new();
    (0..30).for_each(|n| film.play(n, false));
    film.tracker.hold(time(25), true);
    assert!(film.tracker.is_live());
    // Twelve seconds: the clip three times over, longer than any ring.
    (30..390).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(25)), CENTER));
    film.tracker.hold(time(25), false);
    (390..420).for_each(|n| film.play(n, false));
    // The clip starts again every 120 frames, and its motion does not: compare with the same
    // place of the clip.
    for it in &mut film.poses {
        it.0 %= 120;
    }
    let (worst, shown) = film.error(25, CENTER);
    assert!(
        shown >= 15 && worst < 2.5,
        "{shown} poses, {worst} px: {:?}",
        film.states
    );
}

#[test]
fn a_drawing_on_a_blank_wall_stays_on_the_screen_and_says_why() {
    let mut film = Film::new();
    (0..30).for_each(|n| film.play(n, false));
    let mut blank = drawing(1, Some(time(20)), [0.92, 0.5]);
    blank.shape = Shape::Circle {
        center: [0.92, 0.5],
        radius: [0.02, 0.03],
    };
    film.tracker.show(blank);
    film.collect();
    assert_eq!(film.states.len(), 1, "{:?}", film.states);
    assert_eq!(film.states[0].status, AnchorStatus::Fixed);
    assert_eq!(film.states[0].reason, AnchorReason::TooFewTexture);
    assert_eq!(film.states[0].last_seen, Some([0.92, 0.5]));
    assert!(!film.tracker.is_live());

    // Undone and redone it is what it was, and nothing is decoded to find that out again.
    film.tracker.hide(film.at(31), 1);
    let mut again = drawing(1, Some(time(20)), [0.92, 0.5]);
    again.shape = Shape::Circle {
        center: [0.92, 0.5],
        radius: [0.02, 0.03],
    };
    film.tracker.show(again);
    assert!(!film.tracker.is_live());
    film.play(30, false);
    assert_eq!(film.states.len(), 1, "{:?}", film.states);
}

#[test]
fn a_lost_frame_asks_for_a_keyframe_and_poses_come_back_with_it() {
    let mut film = Film::new();
    (0..30).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(25)), CENTER));
    (30..40).for_each(|n| film.play(n, false));
    assert_eq!(film.keyframes_wanted, 0);
    film.play(40, true);
    (41..60).for_each(|n| film.play(n, false));
    assert!(film.keyframes_wanted >= 1);
    assert!(
        film.poses.iter().all(|it| it.0 < 40),
        "no pose from a broken picture"
    );
    (60..120).for_each(|n| film.play(n, false));
    let (worst, shown) = film.error(25, CENTER);
    assert!(shown >= 60 && worst < 1.5, "{shown} poses, {worst} px");
}

#[test]
fn keyframes_are_asked_for_regularly_only_while_somebody_may_draw() {
    let mut film = Film::new();
    let long = |film: &mut Film| {
        for n in 1..60 {
            film.start += Duration::from_millis(300);
            film.play(n, false);
        }
        film.keyframes_wanted
    };
    film.play(0, false);
    assert_eq!(long(&mut film), 0);
    let mut film = Film::new();
    film.tracker.set_watched(true);
    film.play(0, false);
    assert!(long(&mut film) >= 2);
}
