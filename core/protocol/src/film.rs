//! The parts of a kept film: `GET /api/sessions/{id}/record/film/{n}`.
//!
//! A part holds at most [`FILM_PART_MS`] of one track, as it was sent: encoded frames with their
//! frame times, and the poses of their drawings. Nothing is decoded, joined with another track or
//! put into a container, so that the drawings are found again on exactly the frames on which they
//! were seen. All numbers are big-endian.
//!
//! | size | field |
//! |---|---|
//! | 1 | version = 1 |
//! | 2 | track |
//! | 4 | count of frames |
//! | then | frames |
//! | 4 | count of what was said beside them |
//! | then | what was said |
//!
//! One frame, in the order of sending:
//!
//! | size | field |
//! |---|---|
//! | 4 | milliseconds since the session began |
//! | 4 | frame time |
//! | 1 | flags: bit 0 can be decoded alone; bits 1 and 2 quarter turns to the right that bring it upright |
//! | 4 | length |
//! | length | a VP8 frame, an H.264 access unit with start codes (Annex B), an Opus packet |
//!
//! What was said beside the pictures, in the order of coming:
//!
//! | size | field |
//! |---|---|
//! | 4 | milliseconds since the session began, when it came |
//! | 4 | length |
//! | length | a packet of poses or a cursor as everybody got it, see [`crate::realtime`]; or, from `{` on, a [`crate::ServerMessage`] as JSON: `anchor_states` |
//!
//! It stands in the part that was open when it came, or in the next one: poses are later than their
//! frames, so that those of a part's last frames are in a part behind it. What begins with another
//! byte is of a newer server.

use crate::{FrameTime, limits::FILM_PART_BYTES};
use std::ops::Range;

/// Longest part, in milliseconds: what a server that is killed may lose.
pub const FILM_PART_MS: u32 = 500;
/// Bytes of a part that frames leave for what is said beside them.
const BESIDE_ROOM: usize = 64 * 1024;
const VERSION: u8 = 1;
/// Bytes before the first frame.
const HEADER: usize = 7;
/// Bytes before the content of a frame.
const FRAME: usize = 13;
/// Bytes before what was said.
const SAID: usize = 8;
const KEYFRAME: u8 = 1;

/// Why bytes are not a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FilmError {
    /// Written by a newer server.
    #[error("version {0} of a film's part is not known; update")]
    Version(u8),
    /// It ends too early.
    #[error("a film's part ends in the middle")]
    Short,
    /// It goes on behind its end.
    #[error("a film's part has {0} bytes too many")]
    Long(usize),
}

/// An encoded frame, or a packet of sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilmFrame<'a> {
    /// Milliseconds since the session began.
    pub at_ms: u32,
    /// Which frame.
    pub frame_time: FrameTime,
    /// True when it can be decoded alone.
    pub keyframe: bool,
    /// Quarter turns to the right, 0 to 3, that bring it upright.
    pub turns: u8,
    /// The frame.
    pub data: &'a [u8],
}

/// What was said beside the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilmSaid<'a> {
    /// Milliseconds since the session began, when it came.
    pub at_ms: u32,
    /// The packet, or the message.
    pub packet: &'a [u8],
}

/// A part that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilmPartBody<'a> {
    /// Of which track.
    pub track: u16,
    /// In the order of sending.
    pub frames: Vec<FilmFrame<'a>>,
    /// In the order of coming.
    pub said: Vec<FilmSaid<'a>>,
}

impl<'a> FilmPartBody<'a> {
    /// Reads a part.
    ///
    /// # Errors
    /// [`FilmError`].
    pub fn read(bytes: &'a [u8]) -> Result<Self, FilmError> {
        let mut rest = Rest(bytes);
        let version = rest.byte()?;
        if version != VERSION {
            return Err(FilmError::Version(version));
        }
        let track = u16::from_be_bytes([rest.byte()?, rest.byte()?]);
        // Vectors grow with what is there, whatever a count claims.
        let frames = (0..rest.number()?)
            .map(|_| {
                let (at_ms, frame_time) = (rest.number()?, rest.number()?);
                let flags = rest.byte()?;
                Ok(FilmFrame {
                    at_ms,
                    frame_time,
                    keyframe: flags & KEYFRAME != 0,
                    turns: flags >> 1 & 3,
                    data: rest.sized()?,
                })
            })
            .collect::<Result<_, FilmError>>()?;
        let said = (0..rest.number()?)
            .map(|_| {
                Ok(FilmSaid {
                    at_ms: rest.number()?,
                    packet: rest.sized()?,
                })
            })
            .collect::<Result<_, FilmError>>()?;
        match rest.0.len() {
            0 => Ok(Self {
                track,
                frames,
                said,
            }),
            more => Err(FilmError::Long(more)),
        }
    }
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Result<u8, FilmError> {
        let (byte, rest) = self.0.split_first().ok_or(FilmError::Short)?;
        self.0 = rest;
        Ok(*byte)
    }

    fn number(&mut self) -> Result<u32, FilmError> {
        let (number, rest) = self.0.split_first_chunk().ok_or(FilmError::Short)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*number))
    }

    fn sized(&mut self) -> Result<&'a [u8], FilmError> {
        let length = self.number()? as usize;
        let (content, rest) = self.0.split_at_checked(length).ok_or(FilmError::Short)?;
        self.0 = rest;
        Ok(content)
    }
}

/// A part that is being put together.
#[derive(Debug, Clone)]
pub struct FilmPartWriter {
    track: u16,
    frames: Vec<u8>,
    count: u32,
    keyframe: bool,
    span: Range<u32>,
    said: Vec<u8>,
    said_count: u32,
}

impl FilmPartWriter {
    /// A part of a track, begun by its first frame, whatever its size.
    pub fn new(track: u16, first: &FilmFrame<'_>) -> Self {
        let mut part = Self {
            track,
            frames: Vec::new(),
            count: 0,
            keyframe: first.keyframe,
            span: first.at_ms..first.at_ms,
            said: Vec::new(),
            said_count: 0,
        };
        part.add(first);
        part
    }

    /// Adds a frame; false, and nothing is added, when it would make the part too long or too large.
    pub fn push(&mut self, frame: &FilmFrame<'_>) -> bool {
        let bytes = self.bytes() + FRAME + frame.data.len();
        let ms = frame.at_ms.saturating_sub(self.span.start);
        let fits = ms < FILM_PART_MS && bytes <= FILM_PART_BYTES - BESIDE_ROOM;
        if fits {
            self.add(frame);
        }
        fits
    }

    fn add(&mut self, frame: &FilmFrame<'_>) {
        self.frames.extend(frame.at_ms.to_be_bytes());
        self.frames.extend(frame.frame_time.to_be_bytes());
        self.frames
            .push(u8::from(frame.keyframe) | (frame.turns & 3) << 1);
        self.frames.extend((frame.data.len() as u32).to_be_bytes());
        self.frames.extend(frame.data);
        self.count += 1;
        self.span.end = self.span.end.max(frame.at_ms);
    }

    /// Adds what was said; false, and nothing is added, when the part would be too large.
    pub fn say(&mut self, said: &FilmSaid<'_>) -> bool {
        let fits = self.bytes() + SAID + said.packet.len() <= FILM_PART_BYTES;
        if fits {
            self.said.extend(said.at_ms.to_be_bytes());
            self.said.extend((said.packet.len() as u32).to_be_bytes());
            self.said.extend(said.packet);
            self.said_count += 1;
        }
        fits
    }

    /// Of which track.
    pub fn track(&self) -> u16 {
        self.track
    }

    /// When its first and its last frame were sent, in milliseconds since the session began.
    pub fn span(&self) -> Range<u32> {
        self.span.clone()
    }

    /// True when its first frame can be decoded alone.
    pub fn begins_with_keyframe(&self) -> bool {
        self.keyframe
    }

    /// Bytes that it has, whole.
    pub fn bytes(&self) -> usize {
        HEADER + self.frames.len() + 4 + self.said.len()
    }

    /// The part.
    pub fn finish(self) -> Vec<u8> {
        let mut part = Vec::with_capacity(self.bytes());
        part.push(VERSION);
        part.extend(self.track.to_be_bytes());
        part.extend(self.count.to_be_bytes());
        part.extend(self.frames);
        part.extend(self.said_count.to_be_bytes());
        part.extend(self.said);
        part
    }
}

#[cfg(test)]
mod tests;
