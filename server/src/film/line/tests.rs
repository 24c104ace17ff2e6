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

    /// Something is said so many milliseconds after a tenth.
    fn said(&mut self, tenth: u32, after_ms: u64, what: &[u8]) {
        let done = self.line.said(TapSaid {
            surface: SurfaceId::from_random([1; 16]),
            packet: what.into(),
            at: self.at(tenth) + Duration::from_millis(after_ms),
        });
        self.take(done);
    }

    /// Times of the frames of each part, and what was said in it.
    fn finish(&mut self) -> Vec<(Vec<u32>, Vec<Vec<u8>>)> {
        let left = self.line.finish();
        self.done.extend(left.map(FilmPartWriter::finish));
        let parts = self.done.iter().map(|part| {
            let part = FilmPartBody::read(part).unwrap();
            assert_eq!(part.track, 3);
            let frames = part.frames.iter().map(|frame| frame.at_ms).collect();
            let said = part.said.iter().map(|said| said.packet.to_vec());
            (frames, said.collect())
        });
        parts.collect()
    }
}

#[test]
fn parts_end_after_half_a_second_and_begin_with_keyframes() {
    let mut camera = Camera::new();
    camera.frame(0, DELTA);
    for tenth in 1..16 {
        let payload = if matches!(tenth, 1 | 4 | 8) {
            KEY
        } else {
            DELTA
        };
        camera.frame(tenth, payload);
    }
    let parts = camera.finish();
    let spans: Vec<_> = parts
        .iter()
        .map(|(frames, _)| (frames[0], *frames.last().unwrap()))
        .collect();
    // Nothing before the first keyframe; the second one comes in a part that began with one.
    let expected = [
        (60_100, 60_500),
        (60_600, 60_700),
        (60_800, 61_200),
        (61_300, 61_500),
    ];
    assert_eq!(spans, expected);
    let first = FilmPartBody::read(&camera.done[0]).unwrap();
    assert_eq!(first.frames[0].frame_time, 9_000_u32.wrapping_sub(20_000));
    assert_eq!(first.frames[0].data, &KEY[1..]);
    let keyframes = first.frames.iter().filter(|frame| frame.keyframe).count();
    assert_eq!(keyframes, 2);
}

#[test]
fn what_is_said_stands_in_the_part_that_is_open_or_in_the_next() {
    let mut camera = Camera::new();
    camera.said(0, 0, b"early");
    camera.frame(1, KEY);
    camera.said(1, 50, b"beside");
    camera.frame(2, DELTA);
    // The picture stands still: its part ends, and what is said waits.
    camera.said(9, 0, b"alone");
    assert_eq!(camera.done.len(), 1);
    camera.frame(20, DELTA);
    let said: Vec<_> = camera.finish().into_iter().map(|(_, said)| said).collect();
    assert_eq!(
        said,
        [
            vec![b"early".to_vec(), b"beside".to_vec()],
            vec![b"alone".to_vec()]
        ]
    );
}

#[test]
fn what_waits_is_bounded() {
    let mut camera = Camera::new();
    for _ in 0..100 {
        camera.said(0, 0, &[0; 1_000]);
    }
    camera.frame(1, KEY);
    let parts = camera.finish();
    assert_eq!(parts[0].1.len(), WAITING / 1_008);
}

#[test]
fn a_part_of_a_picture_that_stands_still_is_written_all_the_same() {
    let mut camera = Camera::new();
    camera.frame(0, KEY);
    assert!(camera.line.waits());
    assert!(camera.line.due(camera.at(4)).parts.is_empty());
    assert_eq!(camera.line.due(camera.at(5)).parts.len(), 1);
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
