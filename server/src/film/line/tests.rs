use super::*;
use sightline_protocol::{SurfaceId, film::FilmPartBody};
use std::convert::Infallible;

const KEY: &[u8] = &[0x10, 0x00, 7];
const DELTA: &[u8] = &[0x10, 0x01, 8];

/// A line and the packets of a camera with 10 frames a second, each in one packet.
struct Camera {
    line: Line,
    base: Instant,
    seq: u64,
    done: Vec<Vec<u8>>,
    keyframes_wanted: u32,
}

impl Camera {
    fn new() -> Self {
        let base = Instant::now();
        let clock = SessionClock {
            base,
            base_ms: 60_000,
        };
        Self {
            line: Line::new(clock),
            base,
            seq: 1_000,
            done: Vec::new(),
            keyframes_wanted: 0,
        }
    }

    fn at(&self, tenth: u32) -> Instant {
        self.base + Duration::from_millis(100) * tenth
    }

    fn take(&mut self, done: Done) {
        self.done
            .extend(done.parts.into_iter().map(FilmPartWriter::finish));
        self.keyframes_wanted += u32::from(done.wants_keyframe);
    }

    /// The frame that was taken so many tenths of a second after the beginning.
    fn frame(&mut self, tenth: u32, payload: &[u8]) {
        let packet = TapPacket {
            surface: SurfaceId::from_random([1; 16]),
            stream: 1,
            seq: self.seq,
            frame_time: tenth.wrapping_mul(9_000).wrapping_sub(20_000),
            marker: true,
            codec: VideoCodec::Vp8,
            payload: payload.into(),
            at: self.at(tenth),
        };
        self.seq += 1;
        let track = |_| Ok::<_, Infallible>(3);
        let Ok(done) = self.line.packet(packet, track);
        self.take(done);
    }

    /// Poses of a frame, so many milliseconds after it was taken.
    fn poses(&mut self, tenth: u32, after_ms: u64) {
        let time = tenth.wrapping_mul(9_000).wrapping_sub(20_000);
        let packet = [&[1, 1, 0, 1][..], &time.to_be_bytes(), b"poses"].concat();
        let done = self.line.poses(&TapPoses {
            surface: SurfaceId::from_random([1; 16]),
            packet: packet.into(),
            at: self.at(tenth) + Duration::from_millis(after_ms),
        });
        self.take(done);
    }

    fn finish(&mut self) -> Vec<(Vec<u32>, Vec<u32>)> {
        let left = self.line.finish();
        self.done
            .extend(left.into_iter().map(FilmPartWriter::finish));
        let parts = self.done.iter().map(|part| {
            let part = FilmPartBody::read(part).unwrap();
            assert_eq!(part.track, 3);
            let frames = part.frames.iter().map(|frame| frame.at_ms).collect();
            let poses = part.poses.iter().map(|pose| {
                let time = u32::from_be_bytes(pose.packet[4..8].try_into().unwrap());
                time.wrapping_add(20_000) / 9_000
            });
            (frames, poses.collect())
        });
        parts.collect()
    }
}

#[test]
fn parts_end_after_two_seconds_and_begin_with_keyframes() {
    let mut camera = Camera::new();
    camera.frame(0, DELTA);
    for tenth in 1..46 {
        camera.frame(
            tenth,
            if matches!(tenth, 1 | 4 | 30) {
                KEY
            } else {
                DELTA
            },
        );
    }
    let parts = camera.finish();
    let spans: Vec<_> = parts
        .iter()
        .map(|(frames, _)| (frames[0], *frames.last().unwrap()))
        .collect();
    // Nothing before the first keyframe; the second one comes so soon that it cuts nothing.
    assert_eq!(
        spans,
        [(60_100, 62_000), (62_100, 62_900), (63_000, 64_500)]
    );
    let first = FilmPartBody::read(&camera.done[0]).unwrap();
    assert_eq!(first.frames[0].frame_time, 9_000_u32.wrapping_sub(20_000));
    assert_eq!(first.frames[0].data, &KEY[1..]);
    let keyframes = first.frames.iter().filter(|frame| frame.keyframe).count();
    assert_eq!(keyframes, 2);
}

#[test]
fn poses_stand_in_the_part_of_their_frame_when_they_are_soon_enough() {
    let mut camera = Camera::new();
    camera.poses(0, 0);
    for tenth in 0..30 {
        camera.frame(
            tenth,
            if tenth == 0 || tenth == 20 {
                KEY
            } else {
                DELTA
            },
        );
        if tenth == 21 {
            camera.poses(19, 250);
            camera.poses(20, 160);
        }
        if tenth == 28 {
            camera.poses(18, 1_080);
        }
    }
    let parts = camera.finish();
    let poses: Vec<_> = parts.into_iter().map(|(_, poses)| poses).collect();
    // The first had no picture yet, the last came after its part was written.
    assert_eq!(poses, [vec![19], vec![20, 18]]);
}

#[test]
fn a_part_of_a_picture_that_stands_still_is_written_all_the_same() {
    let mut camera = Camera::new();
    camera.frame(0, KEY);
    assert!(camera.line.waits());
    let early = camera.line.due(camera.at(19));
    assert!(early.parts.is_empty());
    let ended = camera.line.due(camera.at(20));
    assert!(ended.parts.is_empty(), "it waits for its poses");
    let done = camera.line.due(camera.at(25));
    assert_eq!(done.parts.len(), 1);
    assert!(!camera.line.waits());
}

#[test]
fn a_keyframe_is_asked_for_after_a_gap_and_each_half_minute_and_not_more_often() {
    let mut camera = Camera::new();
    camera.frame(0, KEY);
    for tenth in 1..650 {
        camera.frame(tenth, DELTA);
    }
    assert_eq!(camera.keyframes_wanted, 2, "after 30 s and after 60 s");
    // One that comes by itself puts it off.
    camera.frame(650, KEY);
    for tenth in 651..940 {
        camera.frame(tenth, DELTA);
    }
    assert_eq!(camera.keyframes_wanted, 2);
    // Packets are lost again and again for two seconds: one request.
    for tenth in 940..960 {
        camera.seq += 1;
        camera.frame(tenth, DELTA);
    }
    assert_eq!(camera.keyframes_wanted, 3);
}
