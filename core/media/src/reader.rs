use crate::{MediaError, VideoInput};
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;
use std::time::{Duration, Instant};

/// Raw upright I420 frames of one input, in its own time stamps.
pub(crate) struct Reader {
    input: VideoInput,
    pipeline: gst::Pipeline,
    sink: gst_app::AppSink,
}

/// One raw frame.
pub(crate) struct Raw {
    pub buffer: gst::Buffer,
    pub info: gst_video::VideoInfo,
    /// The input's own stamp, when it has one.
    pub pts_ns: Option<u64>,
    /// How long the frame lasts.
    pub duration_ns: u64,
}

/// What a reader gives.
pub(crate) enum Next {
    Frame(Raw),
    End,
    /// Nothing within the time.
    Nothing,
}

const OPEN_TIMEOUT: Duration = Duration::from_secs(15);
const UPRIGHT_I420: &str = "videoflip video-direction=auto ! videoconvert \
     ! video/x-raw,format=I420,pixel-aspect-ratio=1/1";

impl Reader {
    /// Opens the input and waits for its first picture.
    pub fn open(input: &VideoInput) -> Result<(Self, Raw), MediaError> {
        crate::init()?;
        let missing = |reason: String| MediaError::MissingElement {
            what: "the camera",
            reason,
        };
        let pipeline = gst::parse::launch(&description(input))
            .map_err(|error| missing(error.to_string()))?
            .downcast::<gst::Pipeline>()
            .map_err(|_| missing("not a pipeline".into()))?;
        let sink = pipeline
            .by_name("out")
            .and_then(|out| out.downcast::<gst_app::AppSink>().ok())
            .ok_or_else(|| missing("appsink".into()))?;
        match input {
            VideoInput::File(path) | VideoInput::Device(path) => {
                let source = pipeline
                    .by_name("source")
                    .ok_or_else(|| missing("source".into()))?;
                let property = match input {
                    VideoInput::File(_) => "location",
                    _ => "device",
                };
                source.set_property(property, path.to_string_lossy().as_ref());
            }
            _ => {}
        }
        if let Some(decoder) = pipeline.by_name("decoder") {
            link_video_only(&pipeline, &decoder);
        }
        let mut reader = Self {
            input: input.clone(),
            pipeline,
            sink,
        };
        // The bus has the reason when this fails at once.
        let _ = reader.pipeline.set_state(gst::State::Playing);
        let deadline = Instant::now() + OPEN_TIMEOUT;
        while Instant::now() < deadline {
            match reader.next(Duration::from_millis(100))? {
                Next::Frame(first) => return Ok((reader, first)),
                Next::End => return Err(reader.not_readable("it has no video in it".into())),
                Next::Nothing => {}
            }
        }
        let seconds = OPEN_TIMEOUT.as_secs();
        Err(reader.not_readable(format!("no picture within {seconds} seconds")))
    }

    /// The next frame, waiting at most `timeout`.
    pub fn next(&mut self, timeout: Duration) -> Result<Next, MediaError> {
        let timeout_ns = u64::try_from(timeout.as_nanos()).unwrap_or(u64::MAX / 2);
        if let Some(sample) = self
            .sink
            .try_pull_sample(gst::ClockTime::from_nseconds(timeout_ns))
        {
            return raw(&sample)
                .map(Next::Frame)
                .map_err(|reason| self.not_readable(reason));
        }
        if let Some(reason) = self.complaint() {
            return Err(self.not_readable(reason));
        }
        Ok(if self.sink.is_eos() {
            Next::End
        } else {
            Next::Nothing
        })
    }

    fn complaint(&self) -> Option<String> {
        let bus = self.pipeline.bus()?;
        let message = bus.pop_filtered(&[gst::MessageType::Error])?;
        match message.view() {
            gst::MessageView::Error(error) => Some(error.error().to_string()),
            _ => None,
        }
    }

    fn not_readable(&self, reason: String) -> MediaError {
        MediaError::NotReadable {
            input: self.input.to_string(),
            reason,
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Going to NULL closes the camera; there is nobody left to tell about a failure.
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}

fn description(input: &VideoInput) -> String {
    // A file is read ahead by a few frames, so that opening it again does not show; a live source
    // only ever keeps its newest frame.
    let (source, sink) = match input {
        VideoInput::File(_) => (
            "filesrc name=source ! decodebin name=decoder",
            "max-buffers=8 drop=false",
        ),
        VideoInput::Device(_) => (
            "v4l2src name=source do-timestamp=true ! decodebin name=decoder",
            LIVE,
        ),
        VideoInput::Screen => (
            "ximagesrc use-damage=false show-pointer=true ! video/x-raw,framerate=15/1 ! queue \
             leaky=downstream max-size-buffers=1",
            LIVE,
        ),
        VideoInput::Test => (
            "videotestsrc is-live=true pattern=smpte animation-mode=running-time \
             ! video/x-raw,width=1280,height=720,framerate=30/1",
            LIVE,
        ),
    };
    let link = match input {
        VideoInput::File(_) | VideoInput::Device(_) => "identity name=picture",
        VideoInput::Screen | VideoInput::Test => "! identity",
    };
    format!("{source} {link} ! {UPRIGHT_I420} ! appsink name=out sync=false {sink}")
}

const LIVE: &str = "max-buffers=1 drop=true";

/// Links the first video stream that the decoder finds; sound goes nowhere.
fn link_video_only(pipeline: &gst::Pipeline, decoder: &gst::Element) {
    let picture = pipeline
        .by_name("picture")
        .and_then(|element| element.static_pad("sink"));
    let weak = pipeline.downgrade();
    decoder.connect_pad_added(move |_, pad| {
        let is_video = pad
            .current_caps()
            .and_then(|caps| caps.structure(0).map(|s| s.name().starts_with("video/")));
        match (&picture, is_video) {
            (Some(picture), Some(true)) if !picture.is_linked() => {
                if let Err(error) = pad.link(picture) {
                    tracing::warn!(%error, "the decoded video cannot be linked");
                }
            }
            _ => swallow(weak.upgrade().as_ref(), pad),
        }
    });
    let picture = pipeline.by_name("picture");
    decoder.connect_no_more_pads(move |_| {
        let Some(picture) = &picture else { return };
        if picture
            .static_pad("sink")
            .is_some_and(|pad| !pad.is_linked())
        {
            gst::element_error!(
                picture,
                gst::StreamError::WrongType,
                ("it has no video in it")
            );
        }
    });
}

fn swallow(pipeline: Option<&gst::Pipeline>, pad: &gst::Pad) {
    let (Some(pipeline), Ok(sink)) = (pipeline, gst::ElementFactory::make("fakesink").build())
    else {
        return;
    };
    sink.set_property("async", false);
    let linked = pipeline.add(&sink).is_ok()
        && sink.sync_state_with_parent().is_ok()
        && sink
            .static_pad("sink")
            .is_some_and(|target| pad.link(&target).is_ok());
    if !linked {
        tracing::debug!("a stream beside the video is left unread");
    }
}

fn raw(sample: &gst::Sample) -> Result<Raw, String> {
    let caps = sample.caps().ok_or("a frame without a format")?;
    let info = gst_video::VideoInfo::from_caps(caps).map_err(|error| error.to_string())?;
    let buffer = sample.buffer_owned().ok_or("a frame without pixels")?;
    let pts_ns = buffer.pts().and_then(|pts| match sample.segment() {
        Some(segment) => segment
            .downcast_ref::<gst::ClockTime>()
            .and_then(|segment| segment.to_running_time(pts))
            .map(|time| time.nseconds()),
        None => Some(pts.nseconds()),
    });
    let fps = info.fps();
    let by_rate = match (fps.numer(), fps.denom()) {
        (numer, denom) if numer > 0 && denom > 0 => {
            1_000_000_000 * denom.unsigned_abs() as u64 / numer.unsigned_abs() as u64
        }
        _ => 1_000_000_000 / 30,
    };
    let duration_ns = buffer
        .duration()
        .map_or(by_rate, |d| d.nseconds())
        .max(1_000_000);
    Ok(Raw {
        buffer,
        info,
        pts_ns,
        duration_ns,
    })
}
