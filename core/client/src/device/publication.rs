//! The camera while it is on: source, tracker, and the thread that sends frames.

use crate::{
    ClientError,
    camera::{Camera, OpenCamera},
    peer::Peer,
    tracker::{Tracked, Tracker, TrackerInput, TrackerOptions, ViewError},
};
use sightline_frames::{Codec, EncodedSource, MediaError};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tokio::{runtime::Handle, sync::mpsc, task::spawn_blocking};

/// What is needed to switch the camera on.
pub struct Start {
    pub camera: Arc<dyn Camera>,
    pub bitrate_bps: u32,
    pub ignore_frame_times: bool,
    pub output: mpsc::Sender<Tracked>,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    paused: AtomicBool,
    peer: Mutex<Option<Arc<dyn Peer>>>,
    sent: AtomicU32,
    failure: Mutex<Option<MediaError>>,
}

/// Ends the sending thread, also when nobody waits for it.
struct StopOnDrop(Arc<Shared>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop.store(true, Ordering::Relaxed);
    }
}

impl std::ops::Deref for StopOnDrop {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// The camera while it is on.
pub struct Publication {
    pub codec: Codec,
    pub frame_time_base: u32,
    pub size: (u32, u32),
    source: Arc<dyn EncodedSource>,
    tracker: Tracker,
    shared: StopOnDrop,
    sender: JoinHandle<()>,
    last_keyframe: Option<Instant>,
}

/// Keyframe requests of several receivers within this time are one.
const KEYFRAME_SPACING: Duration = Duration::from_millis(300);
const POLL: Duration = Duration::from_millis(100);

impl Publication {
    pub async fn start(start: Start) -> Result<Self, ClientError> {
        // Opening a camera blocks until its first picture.
        let runtime = Handle::current();
        let opened = spawn_blocking(move || Self::open(start, runtime)).await;
        opened.unwrap_or_else(|_| Err(failed("the camera's thread panicked".into())))
    }

    fn open(start: Start, runtime: Handle) -> Result<Self, ClientError> {
        let frame_time_base: u32 = rand::random();
        let told = |error| match error {
            ViewError::Media(error) => ClientError::Media(error),
            other => failed(other.to_string()),
        };
        let open = start.camera.open(start.bitrate_bps, frame_time_base);
        let OpenCamera { source, eye, size } = open.map_err(told)?;
        let options = TrackerOptions {
            ignore_frame_times: start.ignore_frame_times,
        };
        let tracker = Tracker::start(eye, options, start.output).map_err(told)?;
        let shared = Arc::new(Shared::default());
        let sender = {
            let (source, shared) = (source.clone(), shared.clone());
            std::thread::Builder::new()
                .name("publish".into())
                .spawn(move || send(&*source, &shared, &runtime))
                .map_err(|error| failed(error.to_string()))?
        };
        Ok(Self {
            codec: start.camera.codec(),
            frame_time_base,
            size,
            source,
            tracker,
            shared: StopOnDrop(shared),
            sender,
            last_keyframe: None,
        })
    }

    /// Sends frames over this connection from the next keyframe on, or over none.
    pub fn send_to(&self, peer: Option<Arc<dyn Peer>>) {
        let any = peer.is_some();
        *self
            .shared
            .peer
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = peer;
        if any {
            self.source.request_keyframe();
        }
    }

    /// Holds the picture back, or shows it again from the next keyframe on. Tracking goes on.
    pub fn pause(&self, paused: bool) {
        let was = self.shared.paused.swap(paused, Ordering::Relaxed);
        if was && !paused {
            self.source.request_keyframe();
        }
    }

    pub fn keyframe(&mut self) {
        let now = Instant::now();
        if self
            .last_keyframe
            .is_none_or(|last| now - last >= KEYFRAME_SPACING)
        {
            self.last_keyframe = Some(now);
            self.source.request_keyframe();
        }
    }

    pub fn set_bitrate(&self, bps: u32) {
        self.source.set_bitrate(bps);
    }

    pub fn tell(&self, input: TrackerInput) -> bool {
        self.tracker.tell(input)
    }

    /// Frames sent since the last time this was asked.
    pub fn take_sent(&self) -> u32 {
        self.shared.sent.swap(0, Ordering::Relaxed)
    }

    /// Why the source ended, once it did.
    pub fn failure(&self) -> Option<MediaError> {
        let failure = self
            .shared
            .failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let panicked = self.sender.is_finished().then(|| MediaError::Failed {
            what: "the camera",
            reason: "its sending thread panicked".into(),
        });
        failure.or(panicked)
    }

    /// True once the tracker's thread has ended although the camera is on.
    pub fn tracker_gone(&self) -> bool {
        self.tracker.is_gone()
    }

    pub async fn stop(self) -> Result<(), ViewError> {
        let stopped = spawn_blocking(move || {
            self.shared.stop.store(true, Ordering::Relaxed);
            let view = self.tracker.finish();
            if self.sender.join().is_err() {
                tracing::error!("the sending thread panicked");
            }
            view
        });
        stopped.await.unwrap_or(Err(ViewError::Panicked))
    }
}

fn failed(reason: String) -> ClientError {
    ClientError::Media(MediaError::Failed {
        what: "the camera",
        reason,
    })
}

fn send(source: &dyn EncodedSource, shared: &Shared, runtime: &Handle) {
    let mut current: Option<Arc<dyn Peer>> = None;
    let mut begun = false;
    while !shared.stop.load(Ordering::Relaxed) {
        let frame = match source.next_encoded(POLL) {
            Ok(Some(frame)) => frame,
            Ok(None) => continue,
            Err(closed) => {
                *shared
                    .failure
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner) = Some(closed.0);
                return;
            }
        };
        if shared.paused.load(Ordering::Relaxed) {
            begun = false;
            continue;
        }
        let peer = shared
            .peer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let same = match (&current, &peer) {
            (Some(current), Some(peer)) => Arc::ptr_eq(current, peer),
            (None, None) => true,
            _ => false,
        };
        if !same {
            begun = false;
            current = peer;
        }
        let Some(peer) = &current else { continue };
        // A receiver can begin at a keyframe only.
        begun |= frame.keyframe;
        if !begun {
            source.request_keyframe();
            continue;
        }
        match runtime.block_on(peer.send_frame(&frame)) {
            Ok(()) => {
                shared.sent.fetch_add(1, Ordering::Relaxed);
            }
            Err(error) => {
                tracing::debug!(%error, "a frame was not sent");
                begun = false;
            }
        }
    }
}
