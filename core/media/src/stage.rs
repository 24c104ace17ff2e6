use crate::MediaError;
use gst::prelude::*;
use gstreamer as gst;
use gstreamer_app as gst_app;
use gstreamer_video as gst_video;

/// A chain of elements that works in its caller's thread: a buffer goes in, what it became comes
/// out before the call returns.
///
/// The caller pushes into the first element through a free-standing pad, so there is no queue in
/// which latency could gather.
pub(crate) struct Stage {
    what: &'static str,
    pipeline: gst::Pipeline,
    pad: gst::Pad,
    sink: Option<gst_app::AppSink>,
    caps: Option<gst::Caps>,
}

impl Stage {
    /// Builds the chain of `description`, whose first element is named `first`. When the chain has
    /// an appsink, it is named `out`.
    pub fn new(what: &'static str, description: &str) -> Result<Self, MediaError> {
        crate::init()?;
        let missing = |reason: String| MediaError::MissingElement { what, reason };
        let pipeline = gst::parse::launch(description)
            .map_err(|error| missing(error.to_string()))?
            .downcast::<gst::Pipeline>()
            .map_err(|_| missing("the chain has a single element".into()))?;
        let target = pipeline
            .by_name("first")
            .and_then(|first| first.static_pad("sink"))
            .ok_or_else(|| missing("no input".into()))?;
        let pad = gst::Pad::builder(gst::PadDirection::Src)
            .name("feed")
            .build();
        let sink = pipeline
            .by_name("out")
            .and_then(|out| out.downcast::<gst_app::AppSink>().ok());
        let stage = Self {
            what,
            pipeline,
            pad,
            sink,
            caps: None,
        };
        stage.pad.set_active(true).map_err(|e| stage.failed(e))?;
        stage.pad.link(&target).map_err(|e| stage.failed(e))?;
        stage
            .pipeline
            .set_state(gst::State::Playing)
            .map_err(|e| stage.failed(e))?;
        Ok(stage)
    }

    fn failed(&self, reason: impl std::fmt::Display) -> MediaError {
        MediaError::Failed {
            what: self.what,
            reason: self.said().unwrap_or(reason.to_string()),
        }
    }

    /// The first complaint on the bus, errors and warnings alike, emptying the bus.
    pub fn said(&self) -> Option<String> {
        let bus = self.pipeline.bus()?;
        let mut first = None;
        while let Some(message) =
            bus.pop_filtered(&[gst::MessageType::Error, gst::MessageType::Warning])
        {
            let text = match message.view() {
                gst::MessageView::Error(error) => error.error().to_string(),
                gst::MessageView::Warning(warning) => warning.error().to_string(),
                _ => continue,
            };
            first.get_or_insert(text);
        }
        first
    }

    /// An element of the chain by its name.
    pub fn element(&self, name: &str) -> Option<gst::Element> {
        self.pipeline.by_name(name)
    }

    /// Sends one buffer through and returns what came out.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when an element refuses it.
    pub fn push(
        &mut self,
        caps: &gst::Caps,
        buffer: gst::Buffer,
    ) -> Result<Vec<gst::Sample>, MediaError> {
        if self.caps.is_none() {
            self.pad.push_event(gst::event::StreamStart::new("feed"));
        }
        if self.caps.as_ref() != Some(caps) {
            self.pad.push_event(gst::event::Caps::new(caps));
            if self.caps.is_none() {
                let segment = gst::FormattedSegment::<gst::ClockTime>::new();
                self.pad.push_event(gst::event::Segment::new(&segment));
            }
            self.caps = Some(caps.clone());
        }
        self.pad.push(buffer).map_err(|e| self.failed(e))?;
        Ok(self.drain())
    }

    fn drain(&self) -> Vec<gst::Sample> {
        let Some(sink) = &self.sink else {
            return Vec::new();
        };
        std::iter::from_fn(|| sink.try_pull_sample(gst::ClockTime::ZERO)).collect()
    }

    /// Asks the encoder in the chain to make the next frame a keyframe.
    pub fn request_keyframe(&self) {
        let Some(pad) = self.sink.as_ref().and_then(|sink| sink.static_pad("sink")) else {
            return;
        };
        pad.push_event(
            gst_video::UpstreamForceKeyUnitEvent::builder()
                .all_headers(true)
                .build(),
        );
    }

    /// Ends the stream, so that a muxer can write its index; waits for it to be written.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when the end did not arrive.
    pub fn finish(&mut self) -> Result<(), MediaError> {
        self.pad.push_event(gst::event::Eos::new());
        let bus = self.pipeline.bus().ok_or_else(|| self.failed("no bus"))?;
        let end = bus.timed_pop_filtered(
            gst::ClockTime::from_seconds(20),
            &[gst::MessageType::Eos, gst::MessageType::Error],
        );
        match end.as_ref().map(|message| message.view()) {
            Some(gst::MessageView::Eos(_)) => Ok(()),
            Some(gst::MessageView::Error(error)) => Err(self.failed(error.error())),
            _ => Err(self.failed("the end of the stream was not written")),
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // Going to NULL frees threads and files; there is nobody left to tell about a failure.
        let _ = self.pad.set_active(false);
        let _ = self.pipeline.set_state(gst::State::Null);
    }
}
