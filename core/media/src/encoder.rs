use crate::{CapturedFrame, Codec, EncodedFrame, MediaError, stage::Stage};
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;

/// A live encoder: one frame in, one frame out, no lookahead.
pub(crate) struct Encoder {
    stage: Stage,
    codec: Codec,
    /// `target-bitrate` of VP8 counts bits, `bitrate` of x264 kilobits.
    rate: Rate,
    size: Option<(u32, u32)>,
    native: Option<(u32, u32)>,
}

#[derive(Clone, Copy)]
enum Rate {
    Vp8,
    X264,
    OpenH264,
}

impl Encoder {
    /// An encoder for `codec` that starts at `bitrate_bps`; `screen` tunes for sharp edges.
    pub fn new(codec: Codec, bitrate_bps: u32, screen: bool) -> Result<Self, MediaError> {
        crate::init()?;
        let (element, caps, rate) = match codec {
            Codec::Vp8 => (vp8(screen), "video/x-vp8", Rate::Vp8),
            Codec::H264 => {
                const CAPS: &str = "video/x-h264,profile=constrained-baseline,\
                     stream-format=byte-stream,alignment=au";
                match has("openh264enc") && (screen || !has("x264enc")) {
                    true => (openh264(screen), CAPS, Rate::OpenH264),
                    false => (x264(), CAPS, Rate::X264),
                }
            }
        };
        let stage = Stage::new(
            "the encoder",
            &format!(
                "videoscale name=first ! capsfilter name=size ! {element} ! {caps} \
                 ! appsink name=out sync=false async=false"
            ),
        )?;
        let encoder = Self {
            stage,
            codec,
            rate,
            size: None,
            native: None,
        };
        encoder.set_bitrate(bitrate_bps);
        Ok(encoder)
    }

    /// Changes the target rate from the next frame on.
    pub fn set_bitrate(&self, bps: u32) {
        let Some(element) = self.stage.element("encoder") else {
            return;
        };
        let bps = bps.clamp(30_000, 50_000_000);
        match self.rate {
            Rate::Vp8 => element.set_property("target-bitrate", bps as i32),
            Rate::X264 => element.set_property("bitrate", bps / 1000),
            Rate::OpenH264 => element.set_property("bitrate", bps),
        }
    }

    /// Encodes at this size instead of the source's own; the shape of the picture may change.
    pub fn set_size(&mut self, size: Option<(u32, u32)>) {
        self.size = size;
        self.native = None;
    }

    /// Encodes one frame; the result has the same frame time.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when an element gives up; the encoder is then of no more use.
    pub fn encode(
        &mut self,
        frame: &CapturedFrame,
        keyframe: bool,
        frame_time_base: u32,
    ) -> Result<Vec<EncodedFrame>, MediaError> {
        let caps = frame.info.to_caps().map_err(|error| MediaError::Failed {
            what: "the encoder",
            reason: error.to_string(),
        })?;
        self.update_size(frame);
        if keyframe {
            self.stage.request_keyframe();
        }
        // Only the description of the buffer is copied, its pixels are shared.
        let mut buffer = frame.buffer.copy();
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(frame.line_ns));
            buffer.set_dts(gst::ClockTime::NONE);
        }
        let samples = self.stage.push(&caps, buffer)?;
        Ok(samples
            .iter()
            .filter_map(|sample| self.read(sample, frame_time_base))
            .collect())
    }

    fn update_size(&mut self, frame: &CapturedFrame) {
        let native = (frame.width(), frame.height());
        if self.native == Some(native) {
            return;
        }
        self.native = Some(native);
        // Chroma is half as large, so encoders want even sides.
        let (width, height) = self.size.unwrap_or(native);
        let even = |side: u32| (side.max(16) & !1) as i32;
        if let Some(filter) = self.stage.element("size") {
            let caps = gst_video::VideoCapsBuilder::new()
                .width(even(width))
                .height(even(height))
                .pixel_aspect_ratio(gst::Fraction::new(1, 1))
                .build();
            filter.set_property("caps", caps);
        }
    }

    fn read(&self, sample: &gst::Sample, frame_time_base: u32) -> Option<EncodedFrame> {
        let buffer = sample.buffer()?;
        // x264enc moves its stamps and its segment by the same amount; the running time undoes it.
        let segment = sample.segment()?.downcast_ref::<gst::ClockTime>()?;
        let line = segment.to_running_time(buffer.pts()?)?;
        let caps = sample.caps()?.structure(0)?;
        let side = |name| {
            caps.get::<i32>(name)
                .ok()
                .and_then(|side| u32::try_from(side).ok())
        };
        Some(EncodedFrame {
            frame_time: crate::frame_time(frame_time_base, line.nseconds()),
            keyframe: !buffer.flags().contains(gst::BufferFlags::DELTA_UNIT),
            codec: self.codec,
            width: side("width")?,
            height: side("height")?,
            data: buffer.map_readable().ok()?.to_vec(),
        })
    }
}

fn has(element: &str) -> bool {
    gst::ElementFactory::find(element).is_some()
}

/// Frames between keyframes that nobody asked for: about eleven minutes at 30 a second.
const KEYFRAME_EVERY: u32 = 20_000;

/// Threads of the H.264 encoders, which leave half of the cores to tracking and the rest.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, |n| (n.get() / 2).clamp(1, 4))
}

/// One thread: those of libvpx wait for each other by spinning. On two busy cores two threads took
/// 65 ms of CPU for a frame of 640x480 and one took 5.
fn vp8(screen: bool) -> String {
    let screen = if screen {
        "static-threshold=100"
    } else {
        "static-threshold=1"
    };
    format!(
        "vp8enc name=encoder deadline=1 cpu-used=8 lag-in-frames=0 end-usage=cbr \
         error-resilient=default keyframe-max-dist={KEYFRAME_EVERY} threads=1 \
         min-quantizer=4 max-quantizer=56 undershoot=95 \
         buffer-size=600 buffer-initial-size=400 buffer-optimal-size=500 \
         max-intra-bitrate=450 {screen}"
    )
}

fn x264() -> String {
    format!(
        "x264enc name=encoder tune=zerolatency speed-preset=ultrafast bframes=0 cabac=false \
         byte-stream=true key-int-max={KEYFRAME_EVERY} vbv-buf-capacity=300 threads={}",
        threads()
    )
}

fn openh264(screen: bool) -> String {
    let usage = if screen { "screen" } else { "camera" };
    format!(
        "openh264enc name=encoder usage-type={usage} gop-size={KEYFRAME_EVERY} \
         rate-control=bitrate complexity=low enable-frame-skip=false multi-thread={}",
        threads()
    )
}
