/// Widest luma plane that the anchor engine gets, in pixels.
pub const LUMA_MAX_WIDTH: u32 = 640;

/// How frames are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Codec {
    /// VP8, RFC 6386.
    Vp8,
    /// H.264 constrained baseline as a byte stream with start codes, one access unit a frame.
    H264,
}

/// The name of a frame: its RTP timestamp at 90 kHz.
///
/// `line_ns` is the place of the frame on the source's own time line in nanoseconds, `base` the
/// random start of the RTP line (RFC 3550, section 5.1). Wraps.
pub fn frame_time(base: u32, line_ns: u64) -> u32 {
    let ticks = (u128::from(line_ns) * 9 + 50_000) / 100_000;
    // Only the low 32 bits travel, which is what wrapping means here.
    base.wrapping_add((ticks & 0xffff_ffff) as u32)
}

/// [`frame_time`] of a phone's clock: `time_us` counts microseconds from any fixed moment.
pub fn frame_time_from_us(base: u32, time_us: u64) -> u32 {
    frame_time(base, time_us.wrapping_mul(1_000))
}

/// One encoded frame, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFrame {
    /// See [`frame_time`]; equal to that of the [`CapturedFrame`] it was made from.
    pub frame_time: u32,
    /// True when decoding can start here.
    pub keyframe: bool,
    /// How `data` is encoded.
    pub codec: Codec,
    /// Width of the decoded picture in pixels.
    pub width: u32,
    /// Height of the decoded picture in pixels.
    pub height: u32,
    /// A VP8 frame, or an H.264 access unit with start codes.
    pub data: Vec<u8>,
}

/// Brightness of one frame, one byte a pixel, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LumaPlane {
    /// See [`frame_time`].
    pub frame_time: u32,
    /// Width in pixels, at most [`LUMA_MAX_WIDTH`] unless asked otherwise.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Bytes from one row to the next, at least `width`.
    pub stride: u32,
    /// `stride * height` bytes.
    pub data: Vec<u8>,
}

/// An upright picture in planar YUV 4:2:0, without padding between rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct I420Frame {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `width * height` bytes of Y, then U and V of `ceil(width/2) * ceil(height/2)` bytes each.
    pub data: Vec<u8>,
}

impl I420Frame {
    /// A frame of one colour, `[y, u, v]`.
    pub fn filled(width: u32, height: u32, yuv: [u8; 3]) -> Self {
        let luma = (width * height) as usize;
        let chroma = (width.div_ceil(2) * height.div_ceil(2)) as usize;
        let mut data = vec![yuv[0]; luma];
        data.resize(luma + chroma, yuv[1]);
        data.resize(luma + 2 * chroma, yuv[2]);
        Self {
            width,
            height,
            data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_times_are_exact_and_wrap() {
        assert_eq!(frame_time(7, 0), 7);
        assert_eq!(frame_time(0, 1_000_000_000), 90_000);
        // 30 frames a second are 3000 ticks each although the nanoseconds are rounded.
        for n in 0..1000u64 {
            assert_eq!(frame_time(5, n * 1_000_000_000 / 30), 5 + 3000 * n as u32);
        }
        assert_eq!(frame_time(u32::MAX, 1_000_000_000), 89_999);
    }
}
