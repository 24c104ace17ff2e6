//! Frames, encoded and raw, and the queues and traits between those who make and those who use them.
//!
//! [`EncodedSource`] is what a device needs from its camera: encoded frames that carry their
//! [frame time](frame_time()), and a way to change rate, size and to ask for a keyframe. On Linux
//! `sightline-media` implements it with GStreamer; [`PushSource`] implements it for a phone, whose
//! own hardware encoder pushes what it made.
//!
//! This crate knows nothing about cameras, encoders, networks or sessions, and links nothing: it is
//! what phones share with Linux.
#![forbid(unsafe_code)]

mod error;
mod frame;
pub mod privacy;
mod push;
mod queue;
mod sound;
mod source;

pub use error::{DecodeError, MediaError};
pub use frame::{
    Codec, EncodedFrame, I420Frame, LUMA_MAX_WIDTH, LumaPlane, frame_time, frame_time_from_us,
};
pub use push::{EncoderWish, PushConfig, PushError, PushOutcome, PushSource, Rotation};
pub use queue::{Closed, Queue};
pub use sound::{
    PushSound, SOUND_BYTES, SOUND_CLOCK, SOUND_WAITING, SoundError, SoundPacket, SoundSource,
    opus_samples,
};
pub use source::EncodedSource;
