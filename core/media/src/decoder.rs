use crate::{
    CapturedFrame, Codec, DecodeError, LUMA_MAX_WIDTH, LumaPlane, LumaScaler, MediaError,
    stage::Stage,
};
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;
use std::collections::VecDeque;

/// Largest encoded frame that is looked at, in bytes.
const MAX_FRAME_BYTES: usize = 4 * 1024 * 1024;
/// Largest side of a picture that is decoded, in pixels.
const MAX_SIDE: u32 = 4096;
/// Frames that a decoder may hold back before their frame times are forgotten.
const PENDING: usize = 16;

/// Turns complete encoded frames from the network into luma planes, in the caller's thread.
///
/// Bytes from outside never panic it: a frame that is none is refused, and decoding goes on at the
/// next keyframe.
pub struct Decoder {
    codec: Codec,
    max_width: u32,
    stage: Option<Stage>,
    scaler: LumaScaler,
    pending: VecDeque<(u64, u32)>,
    pushed: u64,
}

impl Decoder {
    /// A decoder whose planes are at most [`LUMA_MAX_WIDTH`] wide.
    ///
    /// # Errors
    /// [`MediaError`] when no decoder is installed.
    pub fn new(codec: Codec) -> Result<Self, MediaError> {
        Self::with_max_width(codec, LUMA_MAX_WIDTH)
    }

    /// A decoder whose planes are at most `max_width` pixels wide.
    ///
    /// # Errors
    /// [`MediaError`] when no decoder is installed.
    pub fn with_max_width(codec: Codec, max_width: u32) -> Result<Self, MediaError> {
        crate::init()?;
        // Built once here to tell at once that nothing is installed, then at each keyframe after a
        // fault.
        build(codec)?;
        Ok(Self {
            codec,
            max_width,
            stage: None,
            scaler: LumaScaler::new(max_width),
            pending: VecDeque::new(),
            pushed: 0,
        })
    }

    /// Decodes one complete frame: a VP8 frame, or an H.264 access unit with start codes.
    ///
    /// Gives the newest picture that is ready, with the frame time of the frame it was made of;
    /// `None` when the decoder needs more input.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are no frame, or no keyframe came yet: ask the sender for one.
    pub fn decode(
        &mut self,
        frame_time: u32,
        data: &[u8],
    ) -> Result<Option<LumaPlane>, DecodeError> {
        if data.is_empty() || data.len() > MAX_FRAME_BYTES {
            return Err(DecodeError::BadSize {
                bytes: data.len(),
                limit: MAX_FRAME_BYTES,
            });
        }
        check(self.codec, data)?;
        if self.stage.is_none() {
            if !is_keyframe(self.codec, data) {
                return Err(DecodeError::NeedsKeyframe);
            }
            self.stage = Some(build(self.codec)?);
            self.pending.clear();
        }
        let result = self.run(frame_time, data);
        if result.is_err() {
            // What the decoder believes about earlier frames is no longer true.
            self.stage = None;
        }
        result
    }

    fn run(&mut self, frame_time: u32, data: &[u8]) -> Result<Option<LumaPlane>, DecodeError> {
        let refused = |reason: String| DecodeError::Refused { reason };
        let Some(stage) = &mut self.stage else {
            return Err(DecodeError::NeedsKeyframe);
        };
        // The decoder's own stamps are a plain count: frame times wrap and may repeat.
        self.pushed += 1;
        let stamp = self.pushed * 1_000_000;
        if self.pending.len() >= PENDING {
            self.pending.pop_front();
        }
        self.pending.push_back((stamp, frame_time));
        let mut buffer = gst::Buffer::from_slice(data.to_vec());
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(stamp));
        }
        let samples = stage
            .push(&caps(self.codec), buffer)
            .map_err(|error| refused(error.to_string()))?;
        if let Some(said) = stage.said() {
            return Err(refused(said));
        }
        let Some(sample) = samples.last() else {
            return Ok(None);
        };
        self.plane(sample).map_err(refused)
    }

    fn plane(&mut self, sample: &gst::Sample) -> Result<Option<LumaPlane>, String> {
        let buffer = sample.buffer_owned().ok_or("no picture")?;
        let caps = sample.caps().ok_or("no format")?;
        let info = gst_video::VideoInfo::from_caps(caps).map_err(|error| error.to_string())?;
        if info.width() > MAX_SIDE || info.height() > MAX_SIDE {
            return Err(format!("{}x{} is too large", info.width(), info.height()));
        }
        let stamp = buffer.pts().map(|pts| pts.nseconds());
        let Some(&(stamp, frame_time)) = self.pending.iter().find(|(s, _)| Some(*s) == stamp)
        else {
            return Ok(None);
        };
        self.pending.retain(|(older, _)| *older > stamp);
        let frame = CapturedFrame {
            frame_time,
            line_ns: 0,
            buffer,
            info,
        };
        self.scaler
            .luma(&frame)
            .map(Some)
            .map_err(|error| error.to_string())
    }

    /// Widest plane that comes out, in pixels.
    pub fn max_width(&self) -> u32 {
        self.max_width
    }
}

fn build(codec: Codec) -> Result<Stage, MediaError> {
    let has = |name: &str| gst::ElementFactory::find(name).is_some();
    let element = match codec {
        Codec::Vp8 => "vp8dec name=first threads=1",
        Codec::H264 if has("openh264dec") => "openh264dec name=first",
        Codec::H264 => "avdec_h264 name=first max-threads=1",
    };
    let stage = Stage::new(
        "the decoder",
        &format!(
            "{element} ! videoconvert ! video/x-raw,format=I420 \
             ! appsink name=out sync=false async=false"
        ),
    )?;
    if let Some(decoder) = stage.element("first") {
        // Each fault is told to the caller, so that the element's own patience does not matter.
        decoder.set_property("max-errors", -1);
    }
    Ok(stage)
}

fn caps(codec: Codec) -> gst::Caps {
    match codec {
        Codec::Vp8 => gst::Caps::builder("video/x-vp8").build(),
        Codec::H264 => gst::Caps::builder("video/x-h264")
            .field("stream-format", "byte-stream")
            .field("alignment", "au")
            // Decoders that list their profiles want one named; the stream's own headers decide.
            .field("profile", "constrained-baseline")
            .build(),
    }
}

/// True when decoding can start at this frame: RFC 6386, section 9.1, or a unit of type IDR slice
/// (ITU-T H.264, table 7-1).
fn is_keyframe(codec: Codec, data: &[u8]) -> bool {
    match codec {
        Codec::Vp8 => data.len() >= 10 && data[0] & 1 == 0 && data[3..6] == [0x9d, 0x01, 0x2a],
        Codec::H264 => data
            .windows(4)
            .any(|bytes| bytes[..3] == [0, 0, 1] && bytes[3] & 0x1f == 5),
    }
}

/// Refuses what cannot be a frame, because decoders conceal such damage instead of telling it, and
/// a keyframe whose header claims a picture that would eat the memory.
fn check(codec: Codec, data: &[u8]) -> Result<(), DecodeError> {
    let refused = |reason: &str| {
        Err(DecodeError::Refused {
            reason: reason.into(),
        })
    };
    match codec {
        Codec::H264 if !data.windows(3).any(|bytes| bytes == [0, 0, 1]) => refused("no start code"),
        Codec::H264 => Ok(()),
        Codec::Vp8 => {
            let Some(tag) = data.first_chunk::<3>() else {
                return refused("too short");
            };
            let tag = u32::from_le_bytes([tag[0], tag[1], tag[2], 0]);
            let (version, first_partition) = (tag >> 1 & 7, (tag >> 5) as usize);
            let keyframe = tag & 1 == 0;
            let header = if keyframe { 10 } else { 3 };
            if version > 3 || header + first_partition > data.len() {
                return refused("the frame tag does not fit the data");
            }
            if !keyframe {
                return Ok(());
            }
            let side = |at: usize| u32::from(u16::from_le_bytes([data[at], data[at + 1]]) & 0x3fff);
            let (width, height) = (side(6), side(8));
            if !is_keyframe(codec, data)
                || !(1..=MAX_SIDE).contains(&width)
                || !(1..=MAX_SIDE).contains(&height)
            {
                return refused(&format!("a keyframe of {width}x{height} pixels"));
            }
            Ok(())
        }
    }
}
