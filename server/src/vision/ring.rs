//! The recent past of one picture, still encoded: so that a first drawing on a frame of a second
//! ago finds that frame, though nothing was decoded until then.

use super::frames::Frame;
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

/// How far back a drawing may reach.
const HISTORY: Duration = Duration::from_secs(5);
/// Most frames and bytes kept.
const FRAMES: usize = 900;
const BYTES: usize = 32 * 1024 * 1024;

/// Encoded frames; the first is always a keyframe.
#[derive(Debug, Default)]
pub struct EncodedRing {
    frames: VecDeque<Frame>,
    bytes: usize,
}

impl EncodedRing {
    /// Adds the next frame. What lies before the last keyframe that is old enough is let go; when
    /// the limits are reached without a keyframe, everything is.
    pub fn push(&mut self, frame: Frame) {
        if self.frames.is_empty() && !frame.keyframe {
            return;
        }
        self.bytes += frame.data.len();
        let now = frame.at;
        self.frames.push_back(frame);
        let old = |frame: &Frame| now.saturating_duration_since(frame.at) > HISTORY;
        while let Some(second) = self.second_keyframe() {
            let full = self.frames.len() > FRAMES || self.bytes > BYTES;
            if !full && !old(&self.frames[second]) {
                break;
            }
            self.cut(second);
        }
        if self.frames.len() > FRAMES || self.bytes > BYTES {
            self.clear();
        }
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.frames.clear();
        self.bytes = 0;
    }

    /// When the newest keyframe came.
    pub fn newest_keyframe(&self) -> Option<Instant> {
        self.frames
            .iter()
            .rev()
            .find(|frame| frame.keyframe)
            .map(|frame| frame.at)
    }

    /// Everything from the last keyframe at or before a frame time on; from the last keyframe of
    /// all without one, from the first when the time lies before it.
    pub fn since_keyframe_before(&self, time: Option<u32>) -> impl Iterator<Item = &Frame> {
        let before =
            |frame: &Frame| time.is_none_or(|time| time.wrapping_sub(frame.time) < u32::MAX / 2);
        let start = self
            .frames
            .iter()
            .rposition(|frame| frame.keyframe && before(frame));
        self.frames.iter().skip(start.unwrap_or(0))
    }

    fn second_keyframe(&self) -> Option<usize> {
        self.frames
            .iter()
            .skip(1)
            .position(|frame| frame.keyframe)
            .map(|at| at + 1)
    }

    fn cut(&mut self, count: usize) {
        for frame in self.frames.drain(..count) {
            self.bytes -= frame.data.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sfu::VideoCodec;

    fn frame(start: Instant, n: u32, keyframe: bool) -> Frame {
        Frame {
            time: n * 3_000,
            keyframe,
            codec: VideoCodec::Vp8,
            data: vec![0; 10],
            at: start + Duration::from_millis(u64::from(n) * 33),
        }
    }

    fn times(ring: &EncodedRing, time: Option<u32>) -> Vec<u32> {
        ring.since_keyframe_before(time)
            .map(|frame| frame.time / 3_000)
            .collect()
    }

    #[test]
    fn decoding_starts_at_the_keyframe_before_the_frame_that_was_drawn_on() {
        let start = Instant::now();
        let mut ring = EncodedRing::default();
        for n in 0..10 {
            ring.push(frame(start, n, n == 2 || n == 6));
        }
        assert_eq!(times(&ring, Some(5 * 3_000)), [2, 3, 4, 5, 6, 7, 8, 9]);
        assert_eq!(times(&ring, Some(6 * 3_000)), [6, 7, 8, 9]);
        assert_eq!(times(&ring, None), [6, 7, 8, 9]);
        assert_eq!(
            times(&ring, Some(0))[0],
            2,
            "from the first when the time is too old"
        );
    }

    #[test]
    fn what_is_older_than_a_drawing_may_reach_is_let_go_at_a_keyframe() {
        let start = Instant::now();
        let mut ring = EncodedRing::default();
        for n in 0..400 {
            ring.push(frame(start, n, n % 60 == 0));
        }
        let kept = times(&ring, Some(0));
        assert_eq!(kept[0] % 60, 0);
        assert!(
            (399 - kept[0]) * 33 >= 5_000 && (399 - kept[0]) * 33 < 7_100,
            "{}",
            kept[0]
        );
        assert_eq!(ring.bytes, kept.len() * 10);
    }

    #[test]
    fn without_keyframes_the_ring_stays_within_its_limits() {
        let start = Instant::now();
        let mut ring = EncodedRing::default();
        for n in 0..5_000 {
            ring.push(frame(start, n, n == 0));
            assert!(ring.frames.len() <= FRAMES);
        }
        assert!(
            ring.frames.is_empty(),
            "nothing can be decoded without its keyframe"
        );
    }
}
