//! A source that is filled from outside: a phone's camera and its hardware encoder.

use crate::{
    Closed, Codec, EncodedFrame, EncodedSource, LumaPlane, MediaError, Queue, frame_time_from_us,
};
use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// Encoded frames that wait for the network before some are lost: one second.
pub const ENCODED_WAITING: usize = 30;
/// Luma planes that wait for the anchor engine before the oldest is given up.
pub const LUMA_WAITING: usize = 2;
/// Largest encoded frame in bytes.
pub const ENCODED_BYTES: usize = 2 * 1024 * 1024;
/// Longest side of a luma plane in pixels.
pub const LUMA_SIDE: u32 = 1280;

/// What a [`PushSource`] asks of the encoder outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EncoderWish {
    /// Make the next frame a keyframe.
    Keyframe,
    /// Encode at this many bits a second.
    Bitrate(u32),
    /// Encode at most at this size and rate.
    SizeAndRate {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Frames a second.
        frames_per_second: u32,
    },
}

/// How far a sensor's picture must be turned clockwise to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rotation {
    /// It stands upright.
    #[default]
    None,
    /// A quarter.
    Right,
    /// Half.
    Half,
    /// Three quarters.
    Left,
}

/// Why something that was pushed is no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PushError {
    /// Empty or larger than allowed.
    #[error("an encoded frame has {bytes} bytes; 1 to {ENCODED_BYTES} are allowed")]
    EncodedSize {
        /// Bytes given.
        bytes: usize,
    },
    /// A picture of no or too many pixels.
    #[error("a picture of {width} x {height} pixels; each side must be 16 to {limit}")]
    PictureSize {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Longest side allowed.
        limit: u32,
    },
    /// The plane is smaller than its size says.
    #[error(
        "a luma plane of {bytes} bytes; its last row needs at least {needed}, with a stride of at \
         least its width"
    )]
    PlaneSize {
        /// Bytes given.
        bytes: usize,
        /// Bytes needed.
        needed: usize,
    },
}

/// What became of something that was pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushOutcome {
    /// It is on its way.
    Taken,
    /// It was left out because its consumer is behind; the source asks for a keyframe when one is
    /// needed.
    Dropped,
}

/// How a [`PushSource`] starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PushConfig {
    /// How the frames are encoded.
    pub codec: Codec,
    /// Frame time of the clock's zero, chosen at random (RFC 3550, section 5.1).
    pub frame_time_base: u32,
}

/// Takes the wishes of the core to the encoder outside. Must not block.
pub type WishSink = Box<dyn Fn(EncoderWish) + Send + Sync>;

/// Encoded frames and luma planes that somebody pushes. Both queues are bounded, no push waits, and
/// a frame that a later one needs is never lost without a request for a keyframe.
pub struct PushSource {
    config: PushConfig,
    encoded: Queue<EncodedFrame>,
    luma: Queue<LumaPlane>,
    wish: WishSink,
    /// True while frames are left out up to the next keyframe.
    broken: Mutex<bool>,
    closed: AtomicBool,
}

impl std::fmt::Debug for PushSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PushSource")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl PushSource {
    /// A source whose wishes go to `wish`.
    pub fn new(config: PushConfig, wish: WishSink) -> Self {
        Self {
            config,
            encoded: Queue::new(ENCODED_WAITING),
            luma: Queue::new(LUMA_WAITING),
            wish,
            // A receiver can begin at a keyframe only.
            broken: Mutex::new(true),
            closed: AtomicBool::new(false),
        }
    }

    fn broken(&self) -> MutexGuard<'_, bool> {
        // The flag is valid whatever another thread was doing when it panicked.
        self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The name of a frame that was captured at `time_us`.
    pub fn frame_time(&self, time_us: u64) -> u32 {
        frame_time_from_us(self.config.frame_time_base, time_us)
    }

    /// Takes one VP8 frame or H.264 access unit (annex B) that was captured at `time_us`
    /// microseconds of the clock that also stamps the luma planes.
    ///
    /// # Errors
    /// [`PushError::EncodedSize`], [`PushError::PictureSize`].
    pub fn push_encoded(
        &self,
        time_us: u64,
        keyframe: bool,
        (width, height): (u32, u32),
        data: &[u8],
    ) -> Result<PushOutcome, PushError> {
        if data.is_empty() || data.len() > ENCODED_BYTES {
            return Err(PushError::EncodedSize { bytes: data.len() });
        }
        check_sides(width, height, 8192)?;
        let mut broken = self.broken();
        if self.is_closed() || (*broken && !keyframe) {
            return Ok(PushOutcome::Dropped);
        }
        let frame = EncodedFrame {
            frame_time: self.frame_time(time_us),
            keyframe,
            codec: self.config.codec,
            width,
            height,
            data: data.to_vec(),
        };
        *broken = self.encoded.try_push(frame).is_err();
        if *broken {
            drop(broken);
            self.request_keyframe();
            return Ok(PushOutcome::Dropped);
        }
        Ok(PushOutcome::Taken)
    }

    /// Takes the brightness of a frame, one byte a pixel, `stride` bytes from row to row, and turns
    /// it upright by `rotation`.
    ///
    /// # Errors
    /// [`PushError::PictureSize`], [`PushError::PlaneSize`].
    pub fn push_luma(
        &self,
        time_us: u64,
        (width, height): (u32, u32),
        stride: u32,
        rotation: Rotation,
        data: &[u8],
    ) -> Result<PushOutcome, PushError> {
        check_sides(width, height, LUMA_SIDE)?;
        let needed = stride as usize * (height as usize - 1) + width as usize;
        if stride < width || data.len() < needed {
            return Err(PushError::PlaneSize {
                bytes: data.len(),
                needed,
            });
        }
        let (data, width, height) = upright(data, width, height, stride, rotation);
        let dropped = self.luma.push_newest(LumaPlane {
            frame_time: self.frame_time(time_us),
            width,
            height,
            stride: width,
            data,
        });
        Ok(match dropped {
            0 => PushOutcome::Taken,
            _ => PushOutcome::Dropped,
        })
    }

    /// The oldest luma plane that waits, `Ok(None)` when none came within `timeout`.
    ///
    /// # Errors
    /// [`Closed`] once the source has ended.
    pub fn next_luma(&self, timeout: Duration) -> Result<Option<LumaPlane>, Closed> {
        self.luma.pop(timeout)
    }

    /// Forgets the encoded frames that wait and takes none before the next keyframe, which it asks
    /// for.
    pub fn forget(&self) {
        let mut broken = self.broken();
        self.encoded.clear();
        *broken = true;
        drop(broken);
        self.request_keyframe();
    }

    /// True once the source has ended.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    /// Ends the source: whoever waits for its frames is told, and what is pushed is left out.
    pub fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        self.encoded.close(MediaError::Ended);
        self.luma.close(MediaError::Ended);
    }
}

impl EncodedSource for PushSource {
    fn set_bitrate(&self, bps: u32) {
        (self.wish)(EncoderWish::Bitrate(bps));
    }

    fn set_size_and_rate(&self, width: u32, height: u32, frames_per_second: u32) {
        (self.wish)(EncoderWish::SizeAndRate {
            width,
            height,
            frames_per_second,
        });
    }

    fn request_keyframe(&self) {
        (self.wish)(EncoderWish::Keyframe);
    }

    fn next_encoded(&self, timeout: Duration) -> Result<Option<EncodedFrame>, Closed> {
        self.encoded.pop(timeout)
    }
}

fn check_sides(width: u32, height: u32, limit: u32) -> Result<(), PushError> {
    let side = 16..=limit;
    if side.contains(&width) && side.contains(&height) {
        return Ok(());
    }
    Err(PushError::PictureSize {
        width,
        height,
        limit,
    })
}

/// A copy without padding that stands upright, with its width and height.
fn upright(
    data: &[u8],
    width: u32,
    height: u32,
    stride: u32,
    rotation: Rotation,
) -> (Vec<u8>, u32, u32) {
    let (w, h, stride) = (width as usize, height as usize, stride as usize);
    let rows = || (0..h).map(|y| &data[y * stride..y * stride + w]);
    let mut out = Vec::with_capacity(w * h);
    match rotation {
        Rotation::None => rows().for_each(|row| out.extend_from_slice(row)),
        Rotation::Half => {
            for row in rows().rev() {
                out.extend(row.iter().rev());
            }
        }
        Rotation::Right => {
            for x in 0..w {
                out.extend((0..h).rev().map(|y| data[y * stride + x]));
            }
        }
        Rotation::Left => {
            for x in (0..w).rev() {
                out.extend((0..h).map(|y| data[y * stride + x]));
            }
        }
    }
    match rotation {
        Rotation::None | Rotation::Half => (out, width, height),
        Rotation::Right | Rotation::Left => (out, height, width),
    }
}

#[cfg(test)]
mod tests;
