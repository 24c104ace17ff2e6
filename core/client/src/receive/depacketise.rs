//! Payloads of one frame's packets, joined to the frame.
//!
//! The `rtc` crate has readers of these payloads. They are not used because they index past the end
//! of an aggregation packet that is cut short, and take fragments whose start is missing.

use sightline_frames::Codec;

/// Largest frame in bytes.
pub const FRAME_BYTES: usize = 2 * 1024 * 1024;

/// A payload that cannot belong to a whole frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken;

/// A frame in the making.
#[derive(Debug)]
pub struct Partial {
    /// RTP timestamp.
    pub frame_time: u32,
    /// How it is encoded.
    pub codec: Codec,
    /// Decoding can start here, as far as it has come.
    pub keyframe: bool,
    /// A VP8 frame, or units with start codes.
    pub data: Vec<u8>,
    in_fragment: bool,
}

impl Partial {
    /// A frame of which nothing has come yet.
    pub fn new(frame_time: u32, codec: Codec) -> Self {
        Self {
            frame_time,
            codec,
            keyframe: false,
            data: Vec::new(),
            in_fragment: false,
        }
    }

    /// Adds the next packet's payload.
    ///
    /// # Errors
    /// [`Broken`] when the frame cannot become whole, or becomes larger than [`FRAME_BYTES`].
    pub fn add(&mut self, payload: &[u8]) -> Result<(), Broken> {
        let added = match self.codec {
            Codec::Vp8 => self.add_vp8(payload),
            Codec::H264 => self.add_h264(payload),
        };
        match added {
            Some(()) if self.data.len() <= FRAME_BYTES => Ok(()),
            _ => Err(Broken),
        }
    }

    /// True when all units that were begun have come to their end.
    pub fn is_whole(&self) -> bool {
        !self.data.is_empty() && !self.in_fragment
    }

    /// RFC 7741, section 4.2: a descriptor of one to six bytes, then a piece of the frame.
    fn add_vp8(&mut self, payload: &[u8]) -> Option<()> {
        let (first, mut rest) = payload.split_first()?;
        if first & 0x80 != 0 {
            let (present, tail) = rest.split_first()?;
            rest = tail;
            if present & 0x80 != 0 {
                let long = rest.first()? & 0x80 != 0;
                rest = rest.get(if long { 2 } else { 1 }..)?;
            }
            // One byte for the layer's index, one for what names the layer and its key.
            let more = usize::from(present & 0x40 != 0) + usize::from(present & 0x30 != 0);
            rest = rest.get(more..)?;
        }
        if self.data.is_empty() {
            let begins = first & 0x10 != 0 && first & 0x07 == 0;
            if !begins {
                return None;
            }
            // RFC 6386, section 9.1: the first bit of a key frame is 0.
            self.keyframe = rest.first()? & 1 == 0;
        }
        self.data.extend_from_slice(rest);
        Some(())
    }

    /// RFC 6184: single units, several in one packet (STAP-A, section 5.7.1), and pieces of one
    /// (FU-A, section 5.8); other kinds are not negotiated.
    fn add_h264(&mut self, payload: &[u8]) -> Option<()> {
        let (&head, body) = payload.split_first()?;
        match head & 0x1f {
            1..=23 => self.add_unit(payload),
            24 => {
                let mut rest = body;
                while !rest.is_empty() {
                    let (size, tail) = rest.split_first_chunk::<2>()?;
                    let (unit, tail) =
                        tail.split_at_checked(usize::from(u16::from_be_bytes(*size)))?;
                    self.add_unit(unit)?;
                    rest = tail;
                }
                Some(())
            }
            28 => {
                let (&fragment, piece) = body.split_first()?;
                let (starts, ends) = (fragment & 0x80 != 0, fragment & 0x40 != 0);
                if starts == self.in_fragment {
                    return None;
                }
                if starts {
                    self.add_unit(&[head & 0xe0 | fragment & 0x1f])?;
                }
                self.in_fragment = !ends;
                self.data.extend_from_slice(piece);
                Some(())
            }
            _ => None,
        }
    }

    fn add_unit(&mut self, unit: &[u8]) -> Option<()> {
        if self.in_fragment {
            return None;
        }
        self.keyframe |= unit.first()? & 0x1f == 5;
        self.data.extend_from_slice(&[0, 0, 0, 1]);
        self.data.extend_from_slice(unit);
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    fn joined(codec: Codec, payloads: &[&[u8]]) -> Result<(bool, Vec<u8>), Broken> {
        let mut partial = Partial::new(0, codec);
        for payload in payloads {
            partial.add(payload)?;
        }
        match partial.is_whole() {
            true => Ok((partial.keyframe, partial.data)),
            false => Err(Broken),
        }
    }

    #[test]
    fn all_lengths_of_the_vp8_descriptor_are_taken_off() {
        for descriptor in [
            &[0x10u8][..],
            &[0x90, 0x00],
            &[0x90, 0x80, 0x05],
            &[0x90, 0x80, 0x85, 0x01],
            &[0x90, 0xc0, 0x85, 0x01, 9],
            &[0x90, 0xf0, 0x85, 0x01, 9, 9],
        ] {
            let payload = [descriptor, &[0x00, 7]].concat();
            assert_eq!(
                joined(Codec::Vp8, &[&payload, &[0, 8]]),
                Ok((true, vec![0, 7, 8]))
            );
            for cut in 0..descriptor.len() {
                assert_eq!(joined(Codec::Vp8, &[&payload[..cut]]), Err(Broken));
            }
        }
        assert_eq!(
            joined(Codec::Vp8, &[&[0x10, 1, 7]]),
            Ok((false, vec![1, 7])),
            "not a key frame"
        );
        assert_eq!(
            joined(Codec::Vp8, &[&[0, 0, 7]]),
            Err(Broken),
            "without a start"
        );
    }

    #[test]
    fn h264_units_come_out_with_start_codes() {
        let stap: &[u8] = &[0x78, 0, 2, 0x67, 1, 0, 1, 0x68];
        let (start, end): (&[u8], &[u8]) = (&[0x7c, 0x85, 2], &[0x7c, 0x45, 3]);
        let whole = [
            0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 0, 0, 0, 1, 0x65, 2, 3,
        ];
        let frame = joined(Codec::H264, &[stap, start, end]);
        assert_eq!(frame, Ok((true, whole.to_vec())), "the control");
        assert_eq!(joined(Codec::H264, &[stap, end]), Err(Broken), "no start");
        assert_eq!(joined(Codec::H264, &[stap, start]), Err(Broken), "no end");
        assert_eq!(joined(Codec::H264, &[start, start]), Err(Broken));
        assert_eq!(joined(Codec::H264, &[start, &[0x41, 1]]), Err(Broken));
        for cut in [1, 2, 3, 6] {
            let frame = joined(Codec::H264, &[&stap[..cut]]);
            assert_eq!(frame, Err(Broken), "an aggregate cut at {cut}");
        }
    }

    #[test]
    fn any_bytes_are_a_frame_or_broken() {
        let mut random = StdRng::seed_from_u64(7);
        for _ in 0..20_000 {
            let codec = match random.random() {
                true => Codec::Vp8,
                false => Codec::H264,
            };
            let mut partial = Partial::new(0, codec);
            for _ in 0..3 {
                let mut payload = vec![0; random.random_range(0..12)];
                random.fill(&mut payload[..]);
                if partial.add(&payload).is_err() {
                    break;
                }
            }
        }
    }

    #[test]
    fn a_frame_has_an_end() {
        let mut partial = Partial::new(0, Codec::Vp8);
        let piece = [&[0x10, 0][..], &[1; 1_100]].concat();
        let pieces = (0..10_000).take_while(|_| partial.add(&piece).is_ok());
        assert_eq!(pieces.count(), FRAME_BYTES / 1_101);
    }
}
