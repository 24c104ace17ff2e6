//! One published track: where it comes from, when it may be asked for a keyframe, and how its
//! sequence numbers look to one subscriber.

use super::VideoCodec;
use sightline_protocol::{SurfaceId, TrackKind};
use std::time::{Duration, Instant, SystemTime};
use str0m::{format::Codec, media::Mid, rtp::Ssrc};

/// Shortest time between two keyframe requests to one publisher.
const KEYFRAME_INTERVAL: Duration = Duration::from_millis(300);
/// A request that brought no keyframe is repeated after this time.
const KEYFRAME_RETRY: Duration = Duration::from_millis(500);
/// So many requests are repeated before the subscribers have to ask again.
const KEYFRAME_TRIES: u8 = 8;

/// Number of a source in its session, never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId(pub u64);

/// A track that a participant publishes.
#[derive(Debug)]
pub struct Source {
    pub id: SourceId,
    pub mid: Mid,
    pub kind: TrackKind,
    pub surface: Option<SurfaceId>,
    /// The stream that carries it now, once a packet came.
    pub ssrc: Option<Ssrc>,
    /// Counts the streams: a browser that restarts its encoder may take a new SSRC.
    pub stream: u64,
    /// Frames seen since the last statistics.
    pub frames: u32,
    /// When the sender wrote the last report that was told back to it, by its own clock.
    pub reported: Option<SystemTime>,
    pub keyframes: KeyframeRequests,
}

impl Source {
    pub fn new(id: SourceId, mid: Mid, kind: TrackKind, surface: Option<SurfaceId>) -> Self {
        Self {
            id,
            mid,
            kind,
            surface,
            ssrc: None,
            stream: 0,
            frames: 0,
            reported: None,
            keyframes: KeyframeRequests::default(),
        }
    }
}

/// Merges the keyframe requests of all subscribers of one source, and repeats a request that the
/// network lost.
#[derive(Debug, Default)]
pub struct KeyframeRequests {
    last: Option<Instant>,
    due: Option<Instant>,
    tries: u8,
}

impl KeyframeRequests {
    /// Somebody needs a keyframe.
    pub fn want(&mut self, now: Instant) {
        let at = self
            .last
            .map_or(now, |last| (last + KEYFRAME_INTERVAL).max(now));
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
        self.tries = 0;
    }

    /// When [`Self::poll`] has something to do.
    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    /// True when a request has to go out now.
    pub fn poll(&mut self, now: Instant) -> bool {
        if self.due.is_none_or(|due| due > now) {
            return false;
        }
        self.last = Some(now);
        self.tries += 1;
        self.due = (self.tries < KEYFRAME_TRIES).then_some(now + KEYFRAME_RETRY);
        true
    }

    /// A keyframe began to arrive: it goes to everybody who asked until now.
    pub fn arrived(&mut self) {
        self.due = None;
        self.tries = 0;
    }
}

/// Maps the sequence numbers of changing sources onto one line without holes, for one subscriber.
///
/// SRTP's rollover counter follows from the extended number, so a line starts below 65536 and
/// only goes on from there (RFC 3711 section 3.3.1).
#[derive(Debug)]
pub struct Rebase {
    stream: Option<(SourceId, u64)>,
    line: u64,
    first_in: u64,
    first_out: u64,
    next_out: u64,
}

impl Rebase {
    pub fn new() -> Self {
        Self {
            stream: None,
            line: 0,
            first_in: 0,
            first_out: 0,
            next_out: 1,
        }
    }

    /// Forgets the source's line; the next packet continues right behind the last one sent.
    pub fn cut(&mut self) {
        self.stream = None;
    }

    /// Counts the lines that were put behind one another, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The number to send, or none for a packet from before the line began.
    pub fn map(&mut self, stream: (SourceId, u64), seq: u64) -> Option<u64> {
        if self.stream != Some(stream) {
            self.stream = Some(stream);
            self.line += 1;
            self.first_in = seq;
            self.first_out = self.next_out;
        }
        let out = self.first_out + seq.checked_sub(self.first_in)?;
        self.next_out = self.next_out.max(out + 1);
        Some(out)
    }
}

/// The codec as the tap names it; none for sound and for what is not negotiated.
pub fn video_codec(codec: Codec) -> Option<VideoCodec> {
    match codec {
        Codec::Vp8 => Some(VideoCodec::Vp8),
        Codec::H264 => Some(VideoCodec::H264),
        _ => None,
    }
}

/// True when a payload is the first of a keyframe.
///
/// VP8: RFC 7741 sections 4.2 and 4.3, start of partition 0 with the inverse key frame flag 0.
/// H.264: RFC 6184 section 5.4, an IDR slice or a sequence parameter set, alone, in a STAP-A or at
/// the start of an FU-A.
pub fn starts_keyframe(codec: VideoCodec, payload: &[u8]) -> bool {
    match codec {
        VideoCodec::Vp8 => vp8_starts_keyframe(payload).unwrap_or(false),
        VideoCodec::H264 => h264_starts_keyframe(payload).unwrap_or(false),
    }
}

fn vp8_starts_keyframe(payload: &[u8]) -> Option<bool> {
    let first = *payload.first()?;
    if first & 0x10 == 0 || first & 0x07 != 0 {
        return Some(false);
    }
    let mut at = 1;
    if first & 0x80 != 0 {
        let extensions = *payload.get(1)?;
        at = 2;
        if extensions & 0x80 != 0 {
            at += if payload.get(at)? & 0x80 != 0 { 2 } else { 1 };
        }
        at += usize::from(extensions & 0x40 != 0);
        at += usize::from(extensions & 0x30 != 0);
    }
    Some(payload.get(at)? & 1 == 0)
}

fn h264_starts_keyframe(payload: &[u8]) -> Option<bool> {
    const KEY: [u8; 2] = [5, 7];
    match payload.first()? & 0x1f {
        24 => {
            let mut at = 1;
            while let Some(head) = payload.get(at..at + 3) {
                if KEY.contains(&(head[2] & 0x1f)) {
                    return Some(true);
                }
                at += 2 + usize::from(u16::from_be_bytes([head[0], head[1]]));
            }
            Some(false)
        }
        28 => {
            let header = payload.get(1)?;
            Some(header & 0x80 != 0 && KEY.contains(&(header & 0x1f)))
        }
        kind => Some(KEY.contains(&kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_merged_and_repeated_until_a_keyframe_comes() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut requests = KeyframeRequests::default();
        assert!(!requests.poll(at(0)));
        requests.want(at(0));
        assert!(requests.poll(at(0)));
        requests.want(at(10));
        requests.want(at(20));
        assert!(!requests.poll(at(299)), "two requests within 300 ms");
        assert!(requests.poll(at(300)));
        assert!(!requests.poll(at(700)));
        assert!(requests.poll(at(800)), "an unanswered request is repeated");
        requests.arrived();
        assert_eq!(requests.due(), None);
    }

    #[test]
    fn one_keyframe_answers_everybody_who_asked_before_it_came() {
        let start = Instant::now();
        let mut requests = KeyframeRequests::default();
        requests.want(start);
        assert!(requests.poll(start));
        requests.want(start + Duration::from_millis(50));
        requests.arrived();
        assert_eq!(requests.due(), None);
        requests.want(start + Duration::from_millis(60));
        assert!(requests.poll(start + Duration::from_millis(300)));
    }

    #[test]
    fn numbers_have_no_hole_where_packets_were_held_back_or_the_source_changed() {
        let mut rebase = Rebase::new();
        let first = (SourceId(1), 0);
        assert_eq!(rebase.map(first, 70_000), Some(1));
        assert_eq!(rebase.map(first, 70_002), Some(3));
        assert_eq!(
            rebase.map(first, 70_001),
            Some(2),
            "a late packet keeps its place"
        );
        assert_eq!(rebase.map(first, 69_999), None);
        rebase.cut();
        assert_eq!(rebase.map(first, 80_000), Some(4));
        assert_eq!(rebase.map((SourceId(2), 0), 5), Some(5));
        assert_eq!(
            rebase.map((SourceId(2), 1), 900),
            Some(6),
            "a new stream of the same source"
        );
    }

    #[test]
    fn keyframes_are_recognised() {
        let vp8 = |bytes: &[u8]| starts_keyframe(VideoCodec::Vp8, bytes);
        assert!(vp8(&[0x10, 0x00, 0x9d]));
        assert!(vp8(&[0x90, 0x80, 0x81, 0x23, 0x50]));
        assert!(!vp8(&[0x10, 0x01]), "an interframe");
        assert!(!vp8(&[0x00, 0x00]), "not the start of a partition");
        assert!(!vp8(&[0x90, 0x80, 0x81]), "cut short");
        let h264 = |bytes: &[u8]| starts_keyframe(VideoCodec::H264, bytes);
        assert!(h264(&[0x65, 1]));
        assert!(h264(&[0x78, 0, 2, 0x67, 1, 0, 1, 0x68]));
        assert!(h264(&[0x7c, 0x85, 1]));
        assert!(
            !h264(&[0x7c, 0x05, 1]),
            "the middle of a fragmented picture"
        );
        assert!(!h264(&[0x61, 1]));
        assert!(!h264(&[]));
    }
}
