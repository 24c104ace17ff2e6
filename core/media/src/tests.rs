//! Tests on real pipelines, with clips that are rendered on the spot.

mod codec;
mod hidden;
mod source;
mod turned;

use crate::{
    CameraSource, CapturedFrame, Codec, EncodedFrame, EncodedSource, SourceConfig, VideoInput,
};
use gst::prelude::*;
use gstreamer as gst;
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

/// Frame time of the first frame in these tests; wraps within the first second.
pub const BASE: u32 = u32::MAX - 40_000;
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A folder that is gone after the test.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("sightline-media-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs a pipeline to its end.
pub fn run_pipeline(description: &str) {
    crate::init().unwrap();
    let pipeline = gst::parse::launch(description).unwrap();
    pipeline.set_state(gst::State::Playing).unwrap();
    let end = pipeline.bus().unwrap().timed_pop_filtered(
        gst::ClockTime::from_seconds(60),
        &[gst::MessageType::Eos, gst::MessageType::Error],
    );
    pipeline.set_state(gst::State::Null).unwrap();
    assert!(
        matches!(
            end.as_ref().map(|m| m.view()),
            Some(gst::MessageView::Eos(_))
        ),
        "{end:?}"
    );
}

/// Renders a moving ball; the ending of `path` chooses the format.
pub fn render(path: &Path, frames: u32, width: u32, height: u32) {
    let mux = match path.extension().unwrap().to_str().unwrap() {
        "webm" => "vp8enc deadline=1 target-bitrate=4000000 ! webmmux",
        "avi" => "jpegenc ! avimux",
        "mp4" => "x264enc bframes=2 ! mp4mux",
        "y4m" => "y4menc",
        other => panic!("{other}"),
    };
    run_pipeline(&format!(
        "videotestsrc pattern=ball num-buffers={frames} \
         ! video/x-raw,format=I420,width={width},height={height},framerate=30/1 \
         ! {mux} ! filesink location={}",
        path.display()
    ));
}

pub fn config(path: PathBuf, codec: Codec) -> SourceConfig {
    SourceConfig {
        input: VideoInput::File(path),
        codec,
        bitrate_bps: 1_500_000,
        frame_time_base: BASE,
        max_width: 1280,
    }
}

pub fn encoded(source: &CameraSource, count: usize) -> Vec<EncodedFrame> {
    (0..count)
        .map(|_| {
            source
                .next_encoded(PATIENCE)
                .unwrap()
                .expect("a frame in time")
        })
        .collect()
}

pub fn captured(source: &CameraSource, count: usize) -> Vec<CapturedFrame> {
    let queue = source.captured();
    (0..count)
        .map(|_| queue.pop(PATIENCE).unwrap().expect("a frame in time"))
        .collect()
}

/// Peak signal to noise ratio of two equally large pictures in dB.
pub fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let sum: f64 = a
        .iter()
        .zip(b)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2))
        .sum();
    10.0 * (255.0 * 255.0 * a.len() as f64 / sum.max(1e-9)).log10()
}
