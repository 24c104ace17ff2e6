use crate::{
    CapturedFrame, Closed, Codec, EncodedFrame, EncodedSource, LumaScaler, MediaError, Queue,
    VideoInput,
    encoder::Encoder,
    line::Line,
    privacy::Watch,
    reader::{Next, Raw, Reader},
};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

/// How a [`CameraSource`] starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceConfig {
    /// Where pictures come from.
    pub input: VideoInput,
    /// How they are encoded.
    pub codec: Codec,
    /// Target rate at the start, bits a second.
    pub bitrate_bps: u32,
    /// Frame time of the first frame, chosen at random by the caller (RFC 3550, section 5.1).
    pub frame_time_base: u32,
    /// Widest encoded picture; larger ones are scaled down, keeping their shape.
    pub max_width: u32,
}

#[derive(Default)]
struct Wishes {
    bitrate_bps: Option<u32>,
    size: Option<(u32, u32)>,
    frames_per_second: Option<u32>,
    keyframe: bool,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    wishes: Mutex<Wishes>,
}

impl Shared {
    fn with_wishes<R>(&self, change: impl FnOnce(&mut Wishes) -> R) -> R {
        change(&mut self.wishes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// A camera, screen, file or test pattern on Linux, encoded live.
///
/// Two threads: one reads (and paces a file in real time), one encodes. Between them lies one raw
/// frame, the newest. A slow consumer of encoded frames loses whole groups of frames up to the next
/// keyframe, never a frame that a later one needs. Dropping the source closes the camera.
pub struct CameraSource {
    shared: Arc<Shared>,
    encoded: Arc<Queue<EncodedFrame>>,
    captured: Arc<Queue<CapturedFrame>>,
    size: (u32, u32),
    threads: Vec<JoinHandle<()>>,
}

/// Encoded frames that wait for the network before the source starts to lose some: one second.
const ENCODED_QUEUE: usize = 30;
/// Raw frames that wait for the anchor engine before the oldest is given up: a quarter of a second,
/// because each of them may have been seen and drawn on.
const CAPTURED_QUEUE: usize = 8;
const POLL: Duration = Duration::from_millis(100);
/// Widest picture that a detector of private parts gets, in pixels.
const DETECT_WIDTH: u32 = 320;

impl CameraSource {
    /// Opens the input and starts to encode. Blocks until the first picture is there.
    ///
    /// # Errors
    /// [`MediaError::NotReadable`] when the input gives no picture, [`MediaError::MissingElement`]
    /// when an encoder is not installed.
    pub fn open(config: SourceConfig) -> Result<Self, MediaError> {
        Self::open_private(config, None)
    }

    /// The same; what `watch` says is filled in each frame before it is encoded.
    ///
    /// # Errors
    /// As [`CameraSource::open`].
    pub fn open_private(config: SourceConfig, watch: Option<Watch>) -> Result<Self, MediaError> {
        let (reader, first) = Reader::open(&config.input)?;
        let encoder = Encoder::new(
            config.codec,
            config.bitrate_bps,
            config.input == VideoInput::Screen,
        )?;
        let size = (first.info.width(), first.info.height());
        let shared = Arc::new(Shared::default());
        let encoded = Arc::new(Queue::new(ENCODED_QUEUE));
        let captured = Arc::new(Queue::new(CAPTURED_QUEUE));
        let raw = Arc::new(Queue::new(1));
        let base = config.frame_time_base;
        let read = {
            let (shared, raw, captured) = (shared.clone(), raw.clone(), captured.clone());
            let run = ReadLoop {
                line: Line::new(base),
                reader,
                shared,
                raw,
                captured,
            };
            spawn("capture", move || run.run(config.input, first))?
        };
        let encode = {
            let (shared, encoded) = (shared.clone(), encoded.clone());
            let max_width = config.max_width.max(16);
            let run = EncodeLoop {
                encoder,
                shared,
                raw,
                encoded,
                base,
                max_width,
                watch,
                scaler: LumaScaler::new(DETECT_WIDTH),
            };
            spawn("encode", move || run.run())?
        };
        Ok(Self {
            shared,
            encoded,
            captured,
            size,
            threads: vec![read, encode],
        })
    }

    /// Width and height of the upright raw picture in pixels.
    pub fn captured_size(&self) -> (u32, u32) {
        self.size
    }

    /// The newest raw frames, for the anchor engine and the device's own view. Unread frames are
    /// given up.
    pub fn captured(&self) -> Arc<Queue<CapturedFrame>> {
        self.captured.clone()
    }
}

impl EncodedSource for CameraSource {
    fn set_bitrate(&self, bps: u32) {
        self.shared
            .with_wishes(|wishes| wishes.bitrate_bps = Some(bps));
    }

    fn set_size_and_rate(&self, width: u32, height: u32, frames_per_second: u32) {
        self.shared.with_wishes(|wishes| {
            wishes.size = Some((width, height));
            wishes.frames_per_second = Some(frames_per_second);
        });
    }

    fn request_keyframe(&self) {
        self.shared.with_wishes(|wishes| wishes.keyframe = true);
    }

    fn next_encoded(&self, timeout: Duration) -> Result<Option<EncodedFrame>, Closed> {
        self.encoded.pop(timeout)
    }
}

impl Drop for CameraSource {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.encoded.close(MediaError::Ended);
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a capture thread panicked");
            }
        }
    }
}

fn spawn(name: &str, run: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, MediaError> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(run)
        .map_err(|error| MediaError::Failed {
            what: "the picture source",
            reason: format!("no thread: {error}"),
        })
}

struct ReadLoop {
    line: Line,
    reader: Reader,
    shared: Arc<Shared>,
    raw: Arc<Queue<CapturedFrame>>,
    captured: Arc<Queue<CapturedFrame>>,
}

impl ReadLoop {
    fn run(mut self, input: VideoInput, first: Raw) {
        let is_file = matches!(input, VideoInput::File(_));
        let mut pace = is_file.then(Instant::now);
        let mut next = Some(first);
        let end = loop {
            if self.shared.stopped() {
                break MediaError::Ended;
            }
            let raw = match next
                .take()
                .map_or_else(|| self.reader.next(POLL), |f| Ok(Next::Frame(f)))
            {
                Ok(Next::Frame(raw)) => raw,
                Ok(Next::Nothing) => continue,
                Ok(Next::End) if is_file => {
                    self.line.repeat();
                    match Reader::open(&input) {
                        Ok((reader, first)) => {
                            self.reader = reader;
                            next = Some(first);
                            continue;
                        }
                        Err(error) => break error,
                    }
                }
                Ok(Next::End) => break MediaError::Ended,
                Err(error) => break error,
            };
            let line_ns = self.line.place(raw.pts_ns, raw.duration_ns);
            if let Some(start) = &mut pace {
                wait_until(start, line_ns);
            }
            let frame_time = crate::frame_time(self.line.base, line_ns);
            let frame = CapturedFrame {
                frame_time,
                line_ns,
                buffer: raw.buffer,
                info: raw.info,
            };
            self.captured.push_newest(frame.clone());
            if self.raw.push_newest(frame) > 0 {
                tracing::trace!("the encoder is slower than the camera, a frame was left out");
            }
        };
        if end != MediaError::Ended {
            tracing::warn!(error = %end, "the picture source stopped");
        }
        self.raw.close(end.clone());
        self.captured.close(end);
    }
}

/// Sleeps until a frame of a file is due. When reading falls behind by about two frames, the start
/// moves, so that frames keep their spacing instead of coming in a burst.
fn wait_until(start: &mut Instant, line_ns: u64) {
    let due = *start + Duration::from_nanos(line_ns);
    let now = Instant::now();
    match due.checked_duration_since(now) {
        Some(wait) => std::thread::sleep(wait),
        None if now - due > Duration::from_millis(60) => *start += now - due,
        None => {}
    }
}

struct EncodeLoop {
    encoder: Encoder,
    shared: Arc<Shared>,
    raw: Arc<Queue<CapturedFrame>>,
    encoded: Arc<Queue<EncodedFrame>>,
    base: u32,
    max_width: u32,
    watch: Option<Watch>,
    scaler: LumaScaler,
}

impl EncodeLoop {
    fn run(mut self) {
        let mut spacing_ns = 0;
        let mut earliest_ns = 0;
        let mut fitted = None;
        let mut wished = None;
        // True while frames are left out because the consumer was too slow.
        let mut broken = false;
        let end = loop {
            let frame = match self.raw.pop(POLL) {
                Ok(Some(frame)) => frame,
                Ok(None) if self.shared.stopped() => break MediaError::Ended,
                Ok(None) => continue,
                Err(Closed(reason)) => break reason,
            };
            // A wish for a keyframe must outlive frames that the rate leaves out.
            if frame.line_ns < earliest_ns {
                continue;
            }
            let wishes = self.shared.with_wishes(std::mem::take);
            if let Some(bps) = wishes.bitrate_bps {
                self.encoder.set_bitrate(bps);
            }
            wished = wishes.size.or(wished);
            if let Some(rate) = wishes.frames_per_second {
                spacing_ns = 1_000_000_000 / u64::from(rate.max(1));
            }
            let size = self.target_size(&frame, wished);
            if fitted != Some(size) {
                self.encoder.set_size(Some(size));
                fitted = Some(size);
            }
            // A tenth less than the spacing keeps every frame of a source that has just this rate.
            earliest_ns = frame.line_ns + spacing_ns * 9 / 10;
            let frame = match self.hide(frame) {
                Ok(frame) => frame,
                Err(error) => {
                    tracing::error!(%error, "a frame cannot be hidden, so that no more are sent");
                    break error;
                }
            };
            match self
                .encoder
                .encode(&frame, wishes.keyframe || broken, self.base)
            {
                Ok(frames) => frames
                    .into_iter()
                    .for_each(|frame| self.deliver(frame, &mut broken)),
                Err(error) => {
                    tracing::error!(%error, "encoding stopped");
                    break error;
                }
            }
        };
        self.encoded.close(end);
    }

    /// The frame as others may see it.
    fn hide(&mut self, frame: CapturedFrame) -> Result<CapturedFrame, MediaError> {
        let Some(watch) = &mut self.watch else {
            return Ok(frame);
        };
        let luma = watch.looks().then(|| self.scaler.luma(&frame));
        // Without its brightness the watch hides all of it.
        let luma = luma.and_then(Result::ok);
        let hidden = watch.hidden(frame.line_ns / 1_000, luma.as_ref());
        frame.without(&hidden)
    }

    fn target_size(&self, frame: &CapturedFrame, wished: Option<(u32, u32)>) -> (u32, u32) {
        let (width, height) = (frame.width(), frame.height());
        match wished {
            Some(size) => size,
            None if width > self.max_width => (self.max_width, height * self.max_width / width),
            None => (width, height),
        }
    }

    fn deliver(&self, frame: EncodedFrame, broken: &mut bool) {
        if *broken && !frame.keyframe {
            return;
        }
        *broken = self.encoded.try_push(frame).is_err();
        if *broken {
            tracing::debug!("encoded frames are not taken, leaving out up to the next keyframe");
        }
    }
}
