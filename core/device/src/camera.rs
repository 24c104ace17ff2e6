//! A camera, screen or file of Linux as the device's camera.

use crate::{
    faces::FaceDetector,
    view::{View, ViewFrame},
};
use sightline_client::{
    camera::{Camera, OpenCamera},
    tracker::{Eye, Inspection, Shown, ViewError},
};
use sightline_media::{
    CameraSource, CapturedFrame, Closed, Codec, EncodedSource, LUMA_MAX_WIDTH, LumaPlane,
    LumaScaler, MediaError, Queue, SourceConfig, VideoInput,
    privacy::{Hidden, Privacy, RegionDetector, Watch},
};
use sightline_protocol::{FrameTime, SurfaceKind, limits::HIDDEN_ALL};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

/// What GStreamer films with, once it is opened.
#[derive(Debug)]
pub struct LinuxCamera {
    /// Where pictures come from.
    pub input: VideoInput,
    /// How they are encoded.
    pub codec: Codec,
    /// Widest encoded picture in pixels.
    pub max_width: u32,
    /// Where to write the device's own view, if at all.
    pub record_view: Option<PathBuf>,
    /// Draws what the engine goes by on that view.
    pub debug_overlay: bool,
    /// What others must not see.
    pub privacy: Arc<Privacy>,
    /// Cascade of the faces that are hidden, if they are.
    pub faces: Option<PathBuf>,
    /// Capture time of the newest frame in microseconds.
    pub newest_us: Arc<AtomicU64>,
}

impl LinuxCamera {
    /// What is hidden, with the detector that looks at each frame.
    fn watch(&self) -> Result<Watch, MediaError> {
        let detector = self.faces.as_deref().map(FaceDetector::open);
        let detector = detector.transpose().map_err(|error| MediaError::Failed {
            what: "the detector of faces",
            reason: error.to_string(),
        })?;
        let detector = detector.map(|faces| Box::new(faces) as Box<dyn RegionDetector>);
        Ok(Watch::new(self.privacy.clone(), detector))
    }
}

impl Camera for LinuxCamera {
    fn kind(&self) -> SurfaceKind {
        match self.input {
            VideoInput::Screen => SurfaceKind::Screen,
            _ => SurfaceKind::Camera,
        }
    }

    fn codec(&self) -> Codec {
        self.codec
    }

    fn hidden_parts(&self) -> u8 {
        match self.privacy.at(self.newest_us.load(Ordering::Relaxed)) {
            Hidden::Everything => HIDDEN_ALL,
            Hidden::Parts(parts) => u8::try_from(parts.len()).unwrap_or(HIDDEN_ALL),
        }
    }

    fn open(&self, bitrate_bps: u32, frame_time_base: u32) -> Result<OpenCamera, ViewError> {
        let config = SourceConfig {
            input: self.input.clone(),
            codec: self.codec,
            bitrate_bps,
            frame_time_base,
            max_width: self.max_width,
        };
        let source = Arc::new(CameraSource::open_private(config, Some(self.watch()?))?);
        let size = source.captured_size();
        let view = match &self.record_view {
            Some(path) => Some(View::create(path, size, self.privacy.clone())?),
            None => None,
        };
        let eye = LinuxEye {
            captured: source.captured(),
            scaler: LumaScaler::new(LUMA_MAX_WIDTH),
            view,
            debug: self.debug_overlay,
            inspections: Vec::new(),
            seen: None,
            newest_us: self.newest_us.clone(),
        };
        Ok(OpenCamera {
            source: source as Arc<dyn EncodedSource>,
            eye: Box::new(eye),
            size,
        })
    }
}

struct LinuxEye {
    captured: Arc<Queue<CapturedFrame>>,
    scaler: LumaScaler,
    view: Option<View>,
    debug: bool,
    inspections: Vec<Inspection>,
    seen: Option<CapturedFrame>,
    newest_us: Arc<AtomicU64>,
}

impl Eye for LinuxEye {
    fn look(&mut self, timeout: Duration) -> Result<Option<LumaPlane>, Closed> {
        let Some(frame) = self.captured.pop(timeout)? else {
            return Ok(None);
        };
        self.newest_us
            .store(frame.line_ns / 1_000, Ordering::Relaxed);
        match self.scaler.luma(&frame) {
            Ok(luma) => {
                self.seen = Some(frame);
                Ok(Some(luma))
            }
            Err(error) => {
                tracing::warn!(%error, "a frame cannot be tracked");
                Ok(None)
            }
        }
    }

    fn wants_inspections(&self) -> bool {
        self.debug && self.view.is_some()
    }

    fn inspect(&mut self, inspections: Vec<Inspection>) {
        self.inspections = inspections;
    }

    fn show(&mut self, _frame_time: FrameTime, shown: Vec<Shown>) {
        if let (Some(view), Some(frame)) = (&self.view, self.seen.take()) {
            let inspections = std::mem::take(&mut self.inspections);
            view.show(ViewFrame {
                frame,
                shown,
                inspections,
            });
        }
    }

    fn finish(self: Box<Self>) -> Result<(), ViewError> {
        self.view.map_or(Ok(()), View::finish)
    }
}
