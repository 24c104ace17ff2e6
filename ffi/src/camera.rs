//! The app's camera as the core sees it: open between the person's yes and no, and shut otherwise.

use crate::{
    AssistError, PushResult,
    events::Teller,
    overlay::{Overlay, OverlayStore},
    privacy::Hiding,
};
use sightline_client::{
    camera::{Camera, OpenCamera},
    tracker::{Eye, Shown, ViewError},
};
use sightline_frames::{
    Closed, Codec, EncodedFrame, EncodedSource, EncoderWish, LumaPlane, PushConfig, PushError,
    PushOutcome, PushSource,
};
use sightline_protocol::{FrameTime, SurfaceKind};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

/// What the person allows at this moment; read on the way in and again on the way out, so that a
/// no also stops what waits in a queue.
#[derive(Debug)]
pub struct Gate {
    allowed: AtomicBool,
    paused: AtomicBool,
    limit_bps: AtomicU32,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            allowed: AtomicBool::new(false),
            paused: AtomicBool::new(false),
            limit_bps: AtomicU32::new(u32::MAX),
        }
    }
}

impl Gate {
    /// The person's yes or no.
    pub fn allow(&self, allowed: bool) {
        self.allowed.store(allowed, Ordering::SeqCst);
    }

    /// Holds the picture back.
    pub fn pause(&self, paused: bool) {
        self.paused.store(paused, Ordering::SeqCst);
    }

    /// The rate that heat and battery allow, whatever the network would carry.
    pub fn limit(&self, bps: u32) {
        self.limit_bps.store(bps, Ordering::SeqCst);
    }

    fn limited(&self, wish: EncoderWish) -> EncoderWish {
        match wish {
            EncoderWish::Bitrate(bps) => {
                EncoderWish::Bitrate(bps.min(self.limit_bps.load(Ordering::SeqCst)))
            }
            wish => wish,
        }
    }

    fn open(&self) -> bool {
        self.allowed.load(Ordering::SeqCst) && !self.paused.load(Ordering::SeqCst)
    }
}

/// See [`Camera`].
pub struct PushCamera {
    kind: SurfaceKind,
    codec: Codec,
    gate: Arc<Gate>,
    overlay: Arc<OverlayStore>,
    teller: Teller,
    hiding: Arc<Hiding>,
    /// True while frames stay here because of what the person hides.
    holding: AtomicBool,
    live: Mutex<Option<Arc<PushSource>>>,
}

impl PushCamera {
    /// A camera that is shut.
    pub fn new(
        kind: SurfaceKind,
        codec: Codec,
        gate: Arc<Gate>,
        hiding: Arc<Hiding>,
        teller: Teller,
    ) -> Self {
        Self {
            kind,
            codec,
            gate,
            overlay: Arc::new(OverlayStore::default()),
            teller,
            hiding,
            holding: AtomicBool::new(false),
            live: Mutex::new(None),
        }
    }

    /// What the person hides on this surface.
    pub fn hiding(&self) -> &Hiding {
        &self.hiding
    }

    /// Forgets the frames that wait: they may show what is to be hidden from now on.
    pub fn hold_back(&self) {
        if let Some(source) = self.live() {
            self.holding.store(true, Ordering::SeqCst);
            source.forget();
        }
    }

    /// Hands an encoded frame to the source that is open, unless it may show what must be hidden.
    pub fn push_encoded(
        &self,
        time_us: u64,
        keyframe: bool,
        size: (u32, u32),
        data: &[u8],
    ) -> Result<PushResult, AssistError> {
        self.push(|source| {
            if self.hiding.holds(time_us) {
                if !self.holding.swap(true, Ordering::SeqCst) {
                    source.forget();
                }
                return Ok(PushOutcome::Dropped);
            }
            if self.holding.swap(false, Ordering::SeqCst) && !keyframe {
                source.request_keyframe();
            }
            source.push_encoded(time_us, keyframe, size, data)
        })
    }

    fn live(&self) -> Option<Arc<PushSource>> {
        self.live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Hands something to the source that is open, if the person allows it at this moment.
    pub fn push(
        &self,
        push: impl FnOnce(&PushSource) -> Result<PushOutcome, PushError>,
    ) -> Result<PushResult, AssistError> {
        match self.live() {
            Some(source) if self.gate.open() && !source.is_closed() => Ok(push(&source)?.into()),
            _ => Ok(PushResult::NotSending),
        }
    }

    /// What to draw on the frame of this moment.
    pub fn overlay_at(&self, time_us: u64) -> Overlay {
        self.live()
            .map(|source| self.overlay.at(source.frame_time(time_us)))
            .unwrap_or_default()
    }
}

impl Camera for PushCamera {
    fn kind(&self) -> SurfaceKind {
        self.kind
    }

    fn codec(&self) -> Codec {
        self.codec
    }

    fn hidden_parts(&self) -> u8 {
        self.hiding.parts()
    }

    fn open(&self, bitrate_bps: u32, frame_time_base: u32) -> Result<OpenCamera, ViewError> {
        let (teller, gate) = (self.teller.clone(), self.gate.clone());
        let config = PushConfig {
            codec: self.codec,
            frame_time_base,
        };
        let wish = Box::new(move |wish| teller.ask(gate.limited(wish).into()));
        let source = Arc::new(PushSource::new(config, wish));
        self.overlay.clear();
        let old = self
            .live
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .replace(source.clone());
        if let Some(old) = old {
            old.close();
        }
        source.set_bitrate(bitrate_bps);
        let gated = Gated {
            source: source.clone(),
            gate: self.gate.clone(),
        };
        Ok(OpenCamera {
            source: Arc::new(gated),
            eye: Box::new(PushEye {
                source,
                overlay: self.overlay.clone(),
            }),
            size: (0, 0),
        })
    }
}

/// The way out: gives no frame while the person does not allow it.
struct Gated {
    source: Arc<PushSource>,
    gate: Arc<Gate>,
}

impl EncodedSource for Gated {
    fn set_bitrate(&self, bps: u32) {
        self.source.set_bitrate(bps);
    }

    fn set_size_and_rate(&self, width: u32, height: u32, frames_per_second: u32) {
        self.source
            .set_size_and_rate(width, height, frames_per_second);
    }

    fn request_keyframe(&self) {
        self.source.request_keyframe();
    }

    fn next_encoded(&self, timeout: Duration) -> Result<Option<EncodedFrame>, Closed> {
        let frame = self.source.next_encoded(timeout)?;
        Ok(frame.filter(|_| self.gate.open()))
    }
}

impl Drop for Gated {
    fn drop(&mut self) {
        self.source.close();
    }
}

struct PushEye {
    source: Arc<PushSource>,
    overlay: Arc<OverlayStore>,
}

impl Eye for PushEye {
    fn look(&mut self, timeout: Duration) -> Result<Option<LumaPlane>, Closed> {
        self.source.next_luma(timeout)
    }

    fn show(&mut self, frame_time: FrameTime, shown: Vec<Shown>) {
        self.overlay.show(frame_time, shown);
    }
}
