use bytes::Bytes;
use rtc::rtp;
use sightline_frames::{Codec, EncodedFrame};

/// Largest RTP payload in bytes: what fits 1,200 bytes of UDP beside the header, its extensions
/// and the SRTP tag.
pub const MAX_PAYLOAD: usize = 1_120;

/// Cuts encoded frames into RTP packets whose timestamp is the frame time.
#[derive(Debug)]
pub struct Packetizer {
    codec: Codec,
    ssrc: u32,
    sequence: u16,
    picture_id: u16,
}

impl Packetizer {
    /// A packetizer for one stream; `sequence` is the random start of RFC 3550, section 5.1.
    pub fn new(codec: Codec, ssrc: u32, sequence: u16) -> Self {
        Self {
            codec,
            ssrc,
            sequence,
            picture_id: sequence & 0x7fff,
        }
    }

    /// The packets of one frame in order; the last one carries the marker.
    pub fn packetize(&mut self, frame: &EncodedFrame, payload_type: u8) -> Vec<rtp::Packet> {
        let payloads = match self.codec {
            Codec::Vp8 => vp8(&frame.data, self.picture_id),
            Codec::H264 => h264(&frame.data),
        };
        self.picture_id = self.picture_id.wrapping_add(1) & 0x7fff;
        let last = payloads.len().saturating_sub(1);
        let packet = |(index, payload): (usize, Vec<u8>)| {
            let header = rtp::header::Header {
                version: 2,
                marker: index == last,
                payload_type,
                sequence_number: self.sequence,
                timestamp: frame.frame_time,
                ssrc: self.ssrc,
                ..Default::default()
            };
            self.sequence = self.sequence.wrapping_add(1);
            rtp::Packet {
                header,
                payload: Bytes::from(payload),
            }
        };
        payloads.into_iter().enumerate().map(packet).collect()
    }
}

/// RFC 7741, section 4.2: extended descriptor with a 15-bit picture id, one partition.
fn vp8(frame: &[u8], picture_id: u16) -> Vec<Vec<u8>> {
    const EXTENDED: u8 = 0x80;
    const START: u8 = 0x10;
    const PICTURE_ID: u8 = 0x80;
    const LONG_ID: u8 = 0x80;
    const DESCRIPTOR: usize = 4;
    let [high, low] = picture_id.to_be_bytes();
    let chunks = even_chunks(frame, MAX_PAYLOAD - DESCRIPTOR);
    let with_descriptor = |(index, chunk): (usize, &[u8])| {
        let start = if index == 0 { START } else { 0 };
        let descriptor = [EXTENDED | start, PICTURE_ID, LONG_ID | high, low];
        [&descriptor[..], chunk].concat()
    };
    chunks.enumerate().map(with_descriptor).collect()
}

/// RFC 6184: single units, and FU-A for those that do not fit (section 5.8).
fn h264(access_unit: &[u8]) -> Vec<Vec<u8>> {
    const FU_A: u8 = 28;
    const DELIMITER: u8 = 9;
    let mut payloads = Vec::new();
    for unit in units(access_unit) {
        let Some((&header, body)) = unit.split_first() else {
            continue;
        };
        if header & 0x1f == DELIMITER {
            continue;
        }
        if unit.len() <= MAX_PAYLOAD {
            payloads.push(unit.to_vec());
            continue;
        }
        let chunks: Vec<&[u8]> = even_chunks(body, MAX_PAYLOAD - 2).collect();
        for (index, chunk) in chunks.iter().enumerate() {
            let start = if index == 0 { 0x80 } else { 0 };
            let end = if index + 1 == chunks.len() { 0x40 } else { 0 };
            let indicator = [header & 0xe0 | FU_A, start | end | header & 0x1f];
            payloads.push([&indicator[..], chunk].concat());
        }
    }
    payloads
}

/// Pieces of nearly the same size, so that no tiny last packet costs as much as a full one.
fn even_chunks(data: &[u8], largest: usize) -> impl Iterator<Item = &[u8]> {
    let count = data.len().div_ceil(largest).max(1);
    data.chunks(data.len().div_ceil(count).max(1))
}

/// The units between the start codes of ITU-T H.264, annex B.
fn units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let starts: Vec<usize> = (0..stream.len().saturating_sub(2))
        .filter(|at| stream[*at..at + 3] == [0, 0, 1])
        .collect();
    let ends: Vec<usize> = starts
        .iter()
        .skip(1)
        .copied()
        .chain([stream.len()])
        .collect();
    starts
        .into_iter()
        .zip(ends)
        .filter_map(move |(start, end)| {
            let unit = &stream[start + 3..end];
            // A zero before the next start code belongs to that code.
            let kept = unit
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |last| last + 1);
            (kept > 0).then(|| &unit[..kept])
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(codec: Codec, frame_time: u32, data: Vec<u8>) -> EncodedFrame {
        EncodedFrame {
            frame_time,
            keyframe: true,
            codec,
            width: 64,
            height: 64,
            data,
        }
    }

    fn noise(count: usize) -> Vec<u8> {
        (0..count).map(|n| (n * 7 % 251 + 1) as u8).collect()
    }

    #[test]
    fn every_packet_carries_the_frame_time_and_the_last_the_marker() {
        let mut packetizer = Packetizer::new(Codec::Vp8, 77, 65_534);
        for (frame_time, size) in [(u32::MAX, 10), (2_999, 5_000)] {
            let packets = packetizer.packetize(&frame(Codec::Vp8, frame_time, noise(size)), 96);
            assert!(
                packets
                    .iter()
                    .all(|packet| packet.header.timestamp == frame_time)
            );
            assert!(packets.iter().all(|packet| packet.header.ssrc == 77));
            assert!(
                packets
                    .iter()
                    .all(|packet| packet.payload.len() <= MAX_PAYLOAD)
            );
            let markers: Vec<bool> = packets.iter().map(|packet| packet.header.marker).collect();
            assert_eq!(markers.iter().filter(|marker| **marker).count(), 1);
            assert_eq!(markers.last(), Some(&true));
        }
        let next = packetizer.packetize(&frame(Codec::Vp8, 1, vec![1]), 96);
        assert_eq!(
            next[0].header.sequence_number, 4,
            "6 packets from 65534 on wrap to 4"
        );
    }

    #[test]
    fn vp8_payloads_join_to_the_frame_and_count_pictures() {
        let data = noise(3_333);
        let mut packetizer = Packetizer::new(Codec::Vp8, 1, 0x7fff);
        let first = packetizer.packetize(&frame(Codec::Vp8, 0, data.clone()), 96);
        let joined: Vec<u8> = first.iter().flat_map(|p| p.payload[4..].to_vec()).collect();
        assert_eq!(joined, data);
        assert_eq!(first[0].payload[..4], [0x90, 0x80, 0xff, 0xff]);
        assert_eq!(first[1].payload[..4], [0x80, 0x80, 0xff, 0xff]);
        let second = packetizer.packetize(&frame(Codec::Vp8, 0, data), 96);
        assert_eq!(
            second[0].payload[2..4],
            [0x80, 0],
            "the picture id wraps at 15 bits"
        );
    }

    #[test]
    fn h264_units_go_alone_or_in_fragments() {
        let large = noise(2_500);
        let mut stream = vec![
            0, 0, 0, 1, 9, 0x10, 0, 0, 0, 1, 0x67, 1, 2, 3, 0, 0, 1, 0x68, 4,
        ];
        stream.extend([0, 0, 0, 1, 0x65]);
        stream.extend(&large);
        let mut packetizer = Packetizer::new(Codec::H264, 1, 0);
        let packets = packetizer.packetize(&frame(Codec::H264, 5, stream), 102);
        assert_eq!(packets[0].payload[..], [0x67, 1, 2, 3]);
        assert_eq!(packets[1].payload[..], [0x68, 4]);
        let fragments = &packets[2..];
        assert_eq!(fragments.len(), 3);
        let joined: Vec<u8> = fragments
            .iter()
            .flat_map(|p| p.payload[2..].to_vec())
            .collect();
        assert_eq!(joined, large);
        let headers: Vec<[u8; 2]> = fragments
            .iter()
            .map(|p| [p.payload[0], p.payload[1]])
            .collect();
        assert_eq!(headers, [[0x7c, 0x85], [0x7c, 0x05], [0x7c, 0x45]]);
    }

    #[test]
    fn bytes_without_a_start_code_give_no_packet() {
        let mut packetizer = Packetizer::new(Codec::H264, 1, 0);
        assert!(
            packetizer
                .packetize(&frame(Codec::H264, 0, vec![7; 100]), 102)
                .is_empty()
        );
    }
}
