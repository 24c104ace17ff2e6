//! RTP packets in any order become whole encoded frames in order.

use crate::sfu::{TapPacket, VideoCodec};
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

/// Packets that wait behind a missing one, at most.
const WAITING: usize = 512;
/// How long a missing packet may take to be sent again.
const PATIENCE: Duration = Duration::from_millis(250);
/// Largest frame.
const FRAME_BYTES: usize = 2 * 1024 * 1024;
/// Longest side of a VP8 picture. A keyframe of a few bytes can claim 16,383 by 16,383, and a
/// decoder would take the memory for it.
const MAX_SIDE: u16 = 4_096;

/// One whole encoded frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Its RTP timestamp.
    pub time: u32,
    /// Decoding can start here.
    pub keyframe: bool,
    /// How it is coded.
    pub codec: VideoCodec,
    /// A VP8 frame, or an H.264 access unit with start codes.
    pub data: Vec<u8>,
    /// When its last packet arrived.
    pub at: Instant,
}

/// What a packet brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Assembled {
    /// Whole frames in order.
    pub frames: Vec<Frame>,
    /// Something is missing for good: frames come again from the next keyframe on.
    pub broken: bool,
}

/// Puts frames together.
#[derive(Debug, Default)]
pub struct Assembler {
    stream: Option<u64>,
    next: u64,
    waiting: BTreeMap<u64, TapPacket>,
    partial: Option<Partial>,
    /// After a gap only a keyframe helps.
    needs_keyframe: bool,
}

#[derive(Debug)]
struct Partial {
    time: u32,
    codec: VideoCodec,
    keyframe: bool,
    data: Vec<u8>,
    fragment: bool,
}

impl Assembler {
    /// Takes the next packet.
    pub fn push(&mut self, packet: TapPacket) -> Assembled {
        let mut out = Assembled::default();
        if self.stream != Some(packet.stream) {
            *self = Self {
                stream: Some(packet.stream),
                next: packet.seq,
                needs_keyframe: true,
                ..Self::default()
            };
        }
        if packet.seq < self.next {
            return out;
        }
        let now = packet.at;
        self.waiting.insert(packet.seq, packet);
        self.take_ready(&mut out);
        let late = |packet: &TapPacket| now.saturating_duration_since(packet.at) > PATIENCE;
        if self.waiting.len() > WAITING || self.waiting.values().next().is_some_and(late) {
            self.skip_gap(&mut out);
        }
        out
    }

    fn take_ready(&mut self, out: &mut Assembled) {
        while let Some(packet) = self.waiting.remove(&self.next) {
            self.next += 1;
            self.add(packet, out);
        }
    }

    /// Gives up what is missing before the first waiting packet.
    fn skip_gap(&mut self, out: &mut Assembled) {
        let Some(first) = self.waiting.keys().next().copied() else {
            return;
        };
        self.next = first;
        self.partial = None;
        self.needs_keyframe = true;
        out.broken = true;
        self.take_ready(out);
    }

    fn add(&mut self, packet: TapPacket, out: &mut Assembled) {
        if packet.payload.is_empty() {
            return;
        }
        if self
            .partial
            .as_ref()
            .is_some_and(|partial| partial.time != packet.frame_time)
        {
            // The marker of the frame before never came, though no packet is missing.
            self.finish(packet.at, out);
        }
        let partial = self.partial.get_or_insert_with(|| Partial {
            time: packet.frame_time,
            codec: packet.codec,
            keyframe: false,
            data: Vec::new(),
            fragment: false,
        });
        let fits = match packet.codec {
            VideoCodec::Vp8 => partial.add_vp8(&packet.payload),
            VideoCodec::H264 => partial.add_h264(&packet.payload),
        };
        if fits.is_none() || partial.data.len() > FRAME_BYTES {
            self.partial = None;
            self.needs_keyframe = true;
            out.broken = true;
        } else if packet.marker {
            self.finish(packet.at, out);
        }
    }

    fn finish(&mut self, at: Instant, out: &mut Assembled) {
        let Some(Partial {
            time,
            codec,
            keyframe,
            data,
            ..
        }) = self.partial.take()
        else {
            return;
        };
        if data.is_empty() || (self.needs_keyframe && !keyframe) {
            return;
        }
        if keyframe && codec == VideoCodec::Vp8 && vp8_is_huge(&data) {
            self.needs_keyframe = true;
            return;
        }
        self.needs_keyframe = false;
        out.frames.push(Frame {
            time,
            keyframe,
            codec,
            data,
            at,
        });
    }
}

impl Partial {
    /// Takes off the payload descriptor, RFC 7741 section 4.2. None when the frame has no start.
    fn add_vp8(&mut self, payload: &[u8]) -> Option<()> {
        let first = *payload.first()?;
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
        let body = payload.get(at..)?;
        let starts = first & 0x10 != 0 && first & 0x07 == 0;
        if self.data.is_empty() {
            if !starts {
                return None;
            }
            self.keyframe = body.first()? & 1 == 0;
        }
        self.data.extend_from_slice(body);
        Some(())
    }

    /// Single units, STAP-A and FU-A, RFC 6184 sections 5.6 to 5.8. None for other kinds and for
    /// fragments without a start.
    fn add_h264(&mut self, payload: &[u8]) -> Option<()> {
        match payload.first()? & 0x1f {
            1..=23 => self.add_unit(payload),
            24 => {
                let mut rest = &payload[1..];
                while let Some((size, tail)) = rest.split_first_chunk::<2>() {
                    let size = usize::from(u16::from_be_bytes(*size));
                    self.add_unit(tail.get(..size)?)?;
                    rest = &tail[size..];
                }
                Some(())
            }
            28 => {
                let header = *payload.get(1)?;
                if header & 0x80 != 0 {
                    self.add_unit(&[payload[0] & 0xe0 | header & 0x1f])?;
                    self.fragment = true;
                } else if !self.fragment {
                    return None;
                }
                self.data.extend_from_slice(payload.get(2..)?);
                self.fragment = header & 0x40 == 0;
                Some(())
            }
            _ => None,
        }
    }

    fn add_unit(&mut self, unit: &[u8]) -> Option<()> {
        self.keyframe |= unit.first()? & 0x1f == 5;
        self.data.extend_from_slice(&[0, 0, 0, 1]);
        self.data.extend_from_slice(unit);
        self.fragment = false;
        Some(())
    }
}

/// Whether the header of a VP8 keyframe, RFC 6386 section 9.1, claims more than [`MAX_SIDE`]: three
/// bytes of tag, three of start code, then width and height with two bits of scale above each.
fn vp8_is_huge(keyframe: &[u8]) -> bool {
    let side = |at: usize| {
        let bytes = keyframe.get(at..at + 2)?.try_into().ok()?;
        Some(u16::from_le_bytes(bytes) & 0x3fff)
    };
    [side(6), side(8)]
        .into_iter()
        .flatten()
        .any(|side| side > MAX_SIDE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::SurfaceId;

    fn packet(seq: u64, time: u32, marker: bool, payload: &[u8]) -> TapPacket {
        TapPacket {
            surface: SurfaceId::from_random([1; 16]),
            stream: 1,
            seq,
            frame_time: time,
            marker,
            codec: VideoCodec::Vp8,
            payload: payload.into(),
            at: start() + Duration::from_millis(seq * 10),
        }
    }

    fn start() -> Instant {
        static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        *START.get_or_init(Instant::now)
    }

    const KEY: &[u8] = &[0x10, 0x00, 7];
    const DELTA: &[u8] = &[0x10, 0x01, 8];
    const MORE: &[u8] = &[0x00, 9];

    fn run(packets: Vec<TapPacket>) -> (Vec<(u32, bool, Vec<u8>)>, bool) {
        let mut assembler = Assembler::default();
        let mut frames = Vec::new();
        let mut broken = false;
        for packet in packets {
            let out = assembler.push(packet);
            broken |= out.broken;
            frames.extend(
                out.frames
                    .into_iter()
                    .map(|it| (it.time, it.keyframe, it.data)),
            );
        }
        (frames, broken)
    }

    #[test]
    fn packets_out_of_order_become_frames_in_order() {
        let (frames, broken) = run(vec![
            packet(10, 1, false, KEY),
            packet(13, 2, true, MORE),
            packet(12, 2, false, DELTA),
            packet(11, 1, true, MORE),
            packet(11, 1, true, MORE),
        ]);
        assert_eq!(
            frames,
            [(1, true, vec![0, 7, 9]), (2, false, vec![1, 8, 9])]
        );
        assert!(!broken);
    }

    #[test]
    fn a_packet_that_never_comes_breaks_the_line_until_the_next_keyframe() {
        let mut packets = vec![packet(1, 1, true, KEY)];
        packets.extend((3..40).map(|seq| packet(seq, seq as u32, true, DELTA)));
        packets.push(packet(40, 40, true, KEY));
        packets.push(packet(41, 41, true, DELTA));
        let (frames, broken) = run(packets);
        assert!(broken);
        let times: Vec<u32> = frames.iter().map(|it| it.0).collect();
        assert_eq!(times, [1, 40, 41]);
    }

    #[test]
    fn frames_before_the_first_keyframe_are_left_out() {
        let (frames, _) = run(vec![packet(1, 1, true, DELTA), packet(2, 2, true, KEY)]);
        assert_eq!(frames.len(), 1);
    }

    #[test]
    fn a_keyframe_that_claims_a_huge_picture_reaches_no_decoder() {
        let keyframe = |width: u16, height: u16| {
            let ([a, b], [c, d]) = (width.to_le_bytes(), height.to_le_bytes());
            [0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, a, b, c, d, 0]
        };
        let (frames, _) = run(vec![
            packet(1, 1, true, &keyframe(0x3fff, 0x3fff)),
            packet(2, 2, true, DELTA),
            packet(3, 3, true, &keyframe(0x4000 | 4_096, 2_160)),
            packet(4, 4, true, DELTA),
        ]);
        let times: Vec<u32> = frames.iter().map(|it| it.0).collect();
        assert_eq!(times, [3, 4], "what follows it cannot be decoded either");
    }

    #[test]
    fn h264_units_come_out_with_start_codes() {
        let h264 = |seq, marker, payload: &[u8]| TapPacket {
            codec: VideoCodec::H264,
            ..packet(seq, 5, marker, payload)
        };
        let (frames, broken) = run(vec![
            h264(1, false, &[0x78, 0, 2, 0x67, 1, 0, 1, 0x68]),
            h264(2, false, &[0x7c, 0x85, 2]),
            h264(3, true, &[0x7c, 0x45, 3]),
        ]);
        let expected = [
            0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 0, 0, 0, 1, 0x65, 2, 3,
        ];
        assert_eq!(frames, [(5, true, expected.to_vec())]);
        assert!(!broken);
        let (frames, broken) = run(vec![h264(1, true, &[0x7c, 0x05, 3])]);
        assert!(frames.is_empty() && broken, "a fragment without a start");
    }

    #[test]
    fn random_payloads_do_no_harm() {
        use rand::{Rng, SeedableRng, rngs::StdRng};
        let mut random = StdRng::seed_from_u64(3);
        let mut assembler = Assembler::default();
        for seq in 0..5_000 {
            let payload: Vec<u8> = (0..random.random_range(0..40))
                .map(|_| random.random())
                .collect();
            let codec = if random.random() {
                VideoCodec::Vp8
            } else {
                VideoCodec::H264
            };
            let jitter = random.random_range(0..600);
            assembler.push(TapPacket {
                codec,
                ..packet(seq + jitter, seq as u32 / 3, true, &payload)
            });
        }
        assert!(assembler.waiting.len() <= WAITING);
    }
}
