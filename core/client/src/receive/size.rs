//! How large the picture of a keyframe is.

use sightline_frames::Codec;

/// Width and height in pixels that a keyframe says; none when it says nothing readable.
pub fn picture_size(codec: Codec, keyframe: &[u8]) -> Option<(u32, u32)> {
    match codec {
        Codec::Vp8 => vp8(keyframe),
        Codec::H264 => parameters(keyframe).and_then(h264),
    }
}

/// RFC 6386, section 9.1: three bytes of tag, a start code, then 14 bits each.
fn vp8(frame: &[u8]) -> Option<(u32, u32)> {
    let [_, _, _, 0x9d, 0x01, 0x2a, width @ .., low, high] = frame.first_chunk::<10>()? else {
        return None;
    };
    let side = |low: u8, high: u8| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
    let size = (side(width[0], width[1]), side(*low, *high));
    (size.0 > 0 && size.1 > 0).then_some(size)
}

/// The first sequence parameter set of an access unit, without its head.
fn parameters(unit: &[u8]) -> Option<&[u8]> {
    let starts = unit
        .windows(4)
        .position(|it| it[..3] == [0, 0, 1] && it[3] & 0x1f == 7)?;
    let body = &unit[starts + 4..];
    let end = body.windows(3).position(|it| it == [0, 0, 1]);
    Some(&body[..end.unwrap_or(body.len())])
}

/// Profiles whose parameters say more before the size (ITU-T H.264, section 7.3.2.1.1).
const HIGH_PROFILES: [u32; 13] = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135];

/// ITU-T H.264, section 7.3.2.1.1. Profiles above `High` are not negotiated; a scaling list is not
/// read.
fn h264(parameters: &[u8]) -> Option<(u32, u32)> {
    let mut bits = Bits::new(parameters);
    let profile = bits.take(8)?;
    bits.take(16)?;
    bits.number()?;
    let mut chroma = 1;
    if HIGH_PROFILES.contains(&profile) {
        chroma = bits.number()?;
        if chroma == 3 {
            bits.take(1)?;
        }
        bits.number()?;
        bits.number()?;
        bits.take(1)?;
        if bits.take(1)? == 1 {
            return None;
        }
    }
    bits.number()?;
    match bits.number()? {
        0 => drop(bits.number()?),
        1 => {
            bits.take(1)?;
            bits.number()?;
            bits.number()?;
            for _ in 0..bits.number()?.min(255) {
                bits.number()?;
            }
        }
        _ => {}
    }
    bits.number()?;
    bits.take(1)?;
    let width = bits.number()?.checked_add(1)?.checked_mul(16)?;
    let rows = bits.number()?.checked_add(1)?.checked_mul(16)?;
    let fields = 2 - bits.take(1)?;
    if fields == 2 {
        bits.take(1)?;
    }
    bits.take(1)?;
    let mut crop = [0u32; 4];
    if bits.take(1)? == 1 {
        for side in &mut crop {
            *side = bits.number()?;
        }
    }
    // Section 7.4.2.1.1: sides are cut in units of the colours' samples.
    let (across, down) = match chroma {
        1 => (2, 2),
        2 => (2, 1),
        _ => (1, 1),
    };
    let cut = |from: u32, sides: [u32; 2], unit: u32| {
        let sides = sides[0].checked_add(sides[1])?.checked_mul(unit)?;
        from.checked_sub(sides).filter(|left| *left > 0)
    };
    let width = cut(width, [crop[0], crop[1]], across)?;
    let height = cut(rows.checked_mul(fields)?, [crop[2], crop[3]], down * fields)?;
    (width <= 16_384 && height <= 16_384).then_some((width, height))
}

/// Bits from the most significant on, without the bytes that keep start codes out (section 7.4.1).
struct Bits {
    bytes: Vec<u8>,
    at: usize,
}

impl Bits {
    fn new(unit: &[u8]) -> Self {
        let mut zeros = 0;
        // Parameter sets are a few dozen bytes; more is read by nobody.
        let kept = unit.iter().take(512).filter(|byte| {
            let guard = zeros >= 2 && **byte == 3;
            zeros = if **byte == 0 { zeros + 1 } else { 0 };
            !guard
        });
        Self {
            bytes: kept.copied().collect(),
            at: 0,
        }
    }

    fn take(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for _ in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value = value << 1 | u32::from(byte >> (7 - self.at % 8) & 1);
            self.at += 1;
        }
        Some(value)
    }

    /// Exponential-Golomb, section 9.1; at most 31 bits.
    fn number(&mut self) -> Option<u32> {
        let mut zeros = 0;
        while self.take(1)? == 0 {
            zeros += 1;
            if zeros > 30 {
                return None;
            }
        }
        Some((1 << zeros) - 1 + self.take(zeros)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    #[test]
    fn a_vp8_keyframe_says_its_size() {
        // The scale in the two upper bits is not part of it.
        let head = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x42, 0x68, 0x01, 5];
        assert_eq!(picture_size(Codec::Vp8, &head), Some((640, 360)));
        assert_eq!(picture_size(Codec::Vp8, &head[..9]), None);
    }

    /// Writes bits, for parameter sets.
    #[derive(Default)]
    struct Writer(Vec<bool>);

    impl Writer {
        fn bits(&mut self, value: u32, count: u32) -> &mut Self {
            self.0
                .extend((0..count).rev().map(|at| value >> at & 1 == 1));
            self
        }

        fn number(&mut self, value: u32) -> &mut Self {
            let length = 32 - (value + 1).leading_zeros();
            self.bits(0, length - 1).bits(value + 1, length)
        }

        fn bytes(&self) -> Vec<u8> {
            let byte = |bits: &[bool]| {
                let bit = |at: usize| u8::from(bits.get(at) == Some(&true)) << (7 - at);
                (0..8).map(bit).sum()
            };
            self.0.chunks(8).map(byte).collect()
        }
    }

    fn baseline(blocks: (u32, u32), crop: [u32; 4]) -> Vec<u8> {
        let mut writer = Writer::default();
        writer
            .bits(66, 8)
            .bits(0xc01f, 16)
            .number(0)
            .number(0)
            .number(2);
        writer
            .number(1)
            .bits(0, 1)
            .number(blocks.0 - 1)
            .number(blocks.1 - 1);
        writer.bits(1, 1).bits(1, 1).bits(1, 1);
        for side in crop {
            writer.number(side);
        }
        writer.bits(0, 1).bits(1, 1);
        [
            &[0, 0, 0, 1, 0x67][..],
            &writer.bytes(),
            &[0, 0, 1, 0x65, 9],
        ]
        .concat()
    }

    #[test]
    fn an_h264_keyframe_says_its_size_with_what_is_cut_off() {
        let size = |unit: &[u8]| picture_size(Codec::H264, unit);
        assert_eq!(size(&baseline((40, 30), [0; 4])), Some((640, 480)));
        assert_eq!(size(&baseline((40, 23), [0, 0, 0, 4])), Some((640, 360)));
        assert_eq!(size(&baseline((80, 45), [0; 4])), Some((1280, 720)));
        assert_eq!(size(&baseline((1, 1), [8, 8, 0, 0])), None, "nothing left");
        assert_eq!(size(&[0, 0, 1, 0x65, 9]), None, "no parameters");
    }

    #[test]
    fn any_bytes_give_a_size_or_none() {
        let mut random = StdRng::seed_from_u64(11);
        for _ in 0..20_000 {
            let mut bytes = vec![0; random.random_range(0..40)];
            random.fill(&mut bytes[..]);
            picture_size(Codec::Vp8, &bytes);
            let unit = [&[0, 0, 1, 0x67][..], &bytes].concat();
            if let Some((width, height)) = picture_size(Codec::H264, &unit) {
                assert!((1..=16_384).contains(&width) && (1..=16_384).contains(&height));
            }
        }
    }
}
