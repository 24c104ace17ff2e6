//! Packets of a picture in any order become whole encoded frames in order.

use super::{Reorder, depacketise::Partial, size::picture_size};
use bytes::Bytes;
use sightline_frames::{Codec, EncodedFrame};
use std::time::{Duration, Instant};

/// Packets that wait behind a missing one, at most: a second of 5 Mbit/s.
pub const PACKETS_WAITING: usize = 512;
/// How long a missing packet may take to be sent again.
pub const PATIENCE: Duration = Duration::from_millis(250);

/// One RTP packet of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packet {
    /// RTP sequence number.
    pub sequence: u16,
    /// RTP timestamp: the frame time.
    pub frame_time: u32,
    /// True for the last packet of a frame.
    pub marker: bool,
    /// How the frame is encoded.
    pub codec: Codec,
    /// What the header is followed by.
    pub payload: Bytes,
}

/// Puts frames together. What it gives can be decoded one after the other: it begins with a keyframe,
/// and after a gap with the next one.
#[derive(Debug)]
pub struct Pictures {
    reorder: Reorder<Packet>,
    partial: Option<Partial>,
    /// The rest of a frame that cannot become whole.
    skip: Option<u32>,
    wants_keyframe: bool,
    size: (u32, u32),
}

/// What is to be done after a packet.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Assembled {
    /// Whole frames in order.
    pub frames: Vec<EncodedFrame>,
    /// A frame before the one at this index in `frames` was given up; frames come again from a
    /// keyframe on.
    pub broken: bool,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            reorder: Reorder::new(PACKETS_WAITING),
            partial: None,
            skip: None,
            wants_keyframe: true,
            size: (0, 0),
        }
    }
}

impl Pictures {
    /// Takes a packet that came at `now`.
    pub fn push(&mut self, packet: Packet, now: Instant) -> Assembled {
        self.reorder.push(packet.sequence, now, packet);
        self.poll(now)
    }

    /// Gives up packets that were waited for too long.
    pub fn poll(&mut self, now: Instant) -> Assembled {
        let mut out = Assembled::default();
        while let Some(first) = self.reorder.first() {
            let overdue = now.saturating_duration_since(first.at) >= PATIENCE;
            if first.missing > 0 && !overdue && !self.reorder.is_over_full() {
                break;
            }
            let Some((missing, packet)) = self.reorder.take() else {
                break;
            };
            if missing > 0 {
                self.give_up(&mut out);
                // Nobody knows whether this packet begins its frame; what it holds tells.
                self.skip = None;
            }
            self.add(&packet, &mut out);
        }
        out
    }

    /// When [`Self::poll`] has something to do, if no packet comes before.
    pub fn due(&self) -> Option<Instant> {
        let first = self.reorder.first()?;
        (first.missing > 0).then(|| first.at + PATIENCE)
    }

    /// True while nothing can be given before the next keyframe: ask for one.
    pub fn wants_keyframe(&self) -> bool {
        self.wants_keyframe
    }

    fn give_up(&mut self, out: &mut Assembled) {
        self.partial = None;
        self.wants_keyframe = true;
        out.broken = true;
    }

    fn add(&mut self, packet: &Packet, out: &mut Assembled) {
        if packet.payload.is_empty() || self.skip == Some(packet.frame_time) {
            return;
        }
        self.skip = None;
        if let Some(partial) = &self.partial
            && partial.frame_time != packet.frame_time
        {
            // The marker of the frame before never came, though no packet is missing.
            self.finish(out);
        }
        let (time, codec) = (packet.frame_time, packet.codec);
        let partial = self
            .partial
            .get_or_insert_with(|| Partial::new(time, codec));
        if partial.codec != codec || partial.add(&packet.payload).is_err() {
            self.give_up(out);
            self.skip = Some(time);
        } else if packet.marker {
            self.finish(out);
        }
    }

    fn finish(&mut self, out: &mut Assembled) {
        let Some(partial) = self.partial.take() else {
            return;
        };
        if !partial.is_whole() {
            self.give_up(out);
            return;
        }
        if partial.keyframe {
            let Some(size) = picture_size(partial.codec, &partial.data) else {
                // A keyframe without its size cannot be decoded on its own.
                self.give_up(out);
                return;
            };
            self.size = size;
            self.wants_keyframe = false;
        }
        if self.wants_keyframe {
            return;
        }
        out.frames.push(EncodedFrame {
            frame_time: partial.frame_time,
            keyframe: partial.keyframe,
            codec: partial.codec,
            width: self.size.0,
            height: self.size.1,
            data: partial.data,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::peer::Packetizer;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    const KEY: [u8; 10] = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 2, 0x68, 1];

    /// A VP8 frame of a few packets: a keyframe each fifteenth.
    fn frame(n: u32) -> EncodedFrame {
        let keyframe = n.is_multiple_of(15);
        let mut data = if keyframe {
            KEY.to_vec()
        } else {
            vec![1, n as u8]
        };
        data.extend((0..(n % 7) * 600).map(|at| (at ^ n) as u8));
        EncodedFrame {
            // Frame times wrap a second after the beginning.
            frame_time: (n * 3_000).wrapping_sub(90_000),
            keyframe,
            codec: Codec::Vp8,
            width: 640,
            height: 360,
            data,
        }
    }

    fn packets(count: u32) -> Vec<Packet> {
        // The sequence numbers wrap soon, too.
        let mut packetizer = Packetizer::new(Codec::Vp8, 1, 65_500);
        let packet = |packet: rtc::rtp::Packet| Packet {
            sequence: packet.header.sequence_number,
            frame_time: packet.header.timestamp,
            marker: packet.header.marker,
            codec: Codec::Vp8,
            payload: packet.payload,
        };
        (0..count)
            .flat_map(|n| packetizer.packetize(&frame(n), 96))
            .map(packet)
            .collect()
    }

    /// Frames that come out when the packets come 2 ms apart, moved by `delay`; none is lost there.
    fn run(
        packets: &[Packet],
        mut delay: impl FnMut(usize) -> Option<u64>,
    ) -> (Vec<EncodedFrame>, bool) {
        let begin = Instant::now();
        let mut arrivals: Vec<(u64, &Packet)> = packets
            .iter()
            .enumerate()
            .filter_map(|(n, packet)| Some((n as u64 * 2 + delay(n)?, packet)))
            .collect();
        arrivals.sort_by_key(|(at, _)| *at);
        let mut pictures = Pictures::default();
        let (mut frames, mut broken) = (Vec::new(), false);
        for (at, packet) in arrivals {
            let out = pictures.push(packet.clone(), begin + Duration::from_millis(at));
            broken |= out.broken;
            frames.extend(out.frames);
        }
        (frames, broken)
    }

    #[test]
    fn frames_come_whole_in_order_and_unchanged_through_reordering() {
        let packets = packets(120);
        let all: Vec<EncodedFrame> = (0..120).map(frame).collect();
        assert_eq!(run(&packets, |_| Some(0)), (all.clone(), false));
        for seed in 0..10 {
            let mut random = StdRng::seed_from_u64(seed);
            // The first packet stays first: before it nothing is known of the order.
            let (found, broken) = run(&packets, |n| {
                Some(if n == 0 {
                    0
                } else {
                    50 + random.random_range(0..80)
                })
            });
            assert!(!broken, "seed {seed}");
            assert!(found == all, "seed {seed}: {} frames", found.len());
        }
    }

    #[test]
    fn after_a_loss_nothing_comes_before_the_next_keyframe() {
        let packets = packets(600);
        for seed in 0..20 {
            let mut random = StdRng::seed_from_u64(seed);
            let lost = random.random_range(1..packets.len() - 400);
            let victim = packets[lost].frame_time;
            let (found, broken) = run(&packets, |n| (n != lost).then_some(0));
            assert!(broken, "seed {seed}");
            let numbers: Vec<u32> = found
                .iter()
                .map(|it| it.frame_time.wrapping_add(90_000) / 3_000)
                .collect();
            let victim = victim.wrapping_add(90_000) / 3_000;
            assert!(!numbers.contains(&victim), "seed {seed}");
            for pair in found.windows(2) {
                let next = pair[0].frame_time.wrapping_add(3_000) == pair[1].frame_time;
                assert!(
                    next || pair[1].keyframe,
                    "seed {seed}: a gap before {pair:?}"
                );
            }
            let again = numbers.iter().find(|n| **n > victim);
            assert_eq!(again, Some(&((victim / 15 + 1) * 15)), "seed {seed}");
        }
    }

    #[test]
    fn a_packet_that_is_sent_again_in_time_costs_nothing() {
        let packets = packets(300);
        let late = |ms| move |n: usize| Some(if n == 40 { ms } else { 0 });
        let (found, broken) = run(&packets, late(200));
        assert_eq!((found.len(), broken), (300, false));
        let (found, broken) = run(&packets, late(400));
        assert!(found.len() < 300 && broken, "the control: too late is lost");
    }

    #[test]
    fn memory_is_bounded_and_the_wait_ends_without_another_packet() {
        let begin = Instant::now();
        let packets = packets(400);
        let mut pictures = Pictures::default();
        pictures.push(packets[0].clone(), begin);
        for packet in &packets[2..] {
            pictures.push(packet.clone(), begin);
            assert!(!pictures.reorder.is_over_full());
        }
        let mut pictures = Pictures::default();
        pictures.push(packets[0].clone(), begin);
        assert_eq!(pictures.due(), None);
        pictures.push(packets[2].clone(), begin);
        assert_eq!(pictures.due(), Some(begin + PATIENCE));
        assert!(!pictures.poll(begin).broken, "the control: not yet");
        assert!(pictures.poll(begin + PATIENCE).broken);
        assert!(pictures.wants_keyframe());
    }

    #[test]
    fn random_packets_do_no_harm() {
        let begin = Instant::now();
        let mut random = StdRng::seed_from_u64(5);
        let mut pictures = Pictures::default();
        for n in 0..20_000u64 {
            let mut payload = vec![0; random.random_range(0..20)];
            random.fill(&mut payload[..]);
            let packet = Packet {
                sequence: random.random_range(0..2_000) + n as u16,
                frame_time: random.random_range(0..50),
                marker: random.random(),
                codec: if random.random() {
                    Codec::Vp8
                } else {
                    Codec::H264
                },
                payload: payload.into(),
            };
            pictures.push(packet, begin + Duration::from_millis(n));
            assert!(!pictures.reorder.is_over_full());
        }
    }
}
