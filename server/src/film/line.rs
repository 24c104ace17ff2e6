//! One surface's line: packets become frames, frames and what is said beside them become parts. No
//! IO.

use super::clock::{LineClock, SessionClock};
use crate::{
    sfu::{TapPacket, TapSaid, VideoCodec},
    vision::{Assembler, Frame},
};
use sightline_protocol::film::{FILM_PART_MS, FilmFrame, FilmPartWriter, FilmSaid};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Bytes that a part adds to what was said, about.
const SAID_HEAD: usize = 8;
/// What is said while no part is open waits for the next one, up to so many bytes.
const WAITING: usize = 64 * 1024;
/// A part that gets no more frames ends after this time.
const STILL: Duration = Duration::from_millis(FILM_PART_MS as u64);
/// After so long without one a keyframe is asked for, so that seeking decodes little.
const KEYFRAMES: Duration = Duration::from_secs(30);
/// After a gap one is asked for at most this often.
const AFTER_GAP: Duration = Duration::from_secs(5);

/// What follows from a packet.
#[derive(Debug, Default)]
pub struct Done {
    /// Parts to write down, in order.
    pub parts: Vec<FilmPartWriter>,
    /// A keyframe is needed.
    pub wants_keyframe: bool,
}

/// Puts a surface's parts together.
#[derive(Debug)]
pub struct Line {
    clock: SessionClock,
    line: LineClock,
    frames: Assembler,
    /// The number of the track for each codec that came.
    track: Option<(VideoCodec, u16)>,
    /// The part that goes on, and when its last frame came.
    open: Option<(FilmPartWriter, Instant)>,
    /// What was said without one, and when.
    waiting: Vec<(u32, Arc<[u8]>)>,
    keyframe_at: Option<Instant>,
    asked_at: Option<Instant>,
}

impl Line {
    /// Of a surface that begins to be filmed.
    pub fn new(clock: SessionClock) -> Self {
        Self {
            clock,
            line: LineClock::default(),
            frames: Assembler::default(),
            track: None,
            open: None,
            waiting: Vec::new(),
            keyframe_at: None,
            asked_at: None,
        }
    }

    /// Takes a packet. `track` gives the number of the track of a codec.
    ///
    /// # Errors
    /// Those of `track`.
    pub fn packet<E>(
        &mut self,
        packet: TapPacket,
        mut track: impl FnMut(VideoCodec) -> Result<u16, E>,
    ) -> Result<Done, E> {
        let now = packet.at;
        let mut done = self.due(now);
        let assembled = self.frames.push(packet);
        for frame in assembled.frames {
            let number = match self.track {
                Some((codec, number)) if codec == frame.codec => number,
                _ => {
                    let number = track(frame.codec)?;
                    self.track = Some((frame.codec, number));
                    number
                }
            };
            self.frame(number, &frame, &mut done);
        }
        done.wants_keyframe = self.wants_keyframe(now, assembled.broken);
        Ok(done)
    }

    fn frame(&mut self, track: u16, frame: &Frame, done: &mut Done) {
        let at_ms = self.line.at(frame.time, self.clock.at(frame.at));
        let filmed = FilmFrame {
            at_ms,
            frame_time: frame.time,
            keyframe: frame.keyframe,
            // The picture that is sent stands upright already.
            turns: 0,
            data: &frame.data,
        };
        if frame.keyframe {
            self.keyframe_at = Some(frame.at);
        }
        if let Some((part, since)) = &mut self.open {
            // A part begins with a keyframe where there is one; a stream of keyframes is not cut into
            // frames.
            let goes_on = !frame.keyframe || part.begins_with_keyframe();
            if goes_on && part.track() == track && part.push(&filmed) {
                *since = frame.at;
                return;
            }
        }
        let mut next = FilmPartWriter::new(track, &filmed);
        for (at_ms, packet) in self.waiting.drain(..) {
            let packet = &packet;
            next.say(&FilmSaid { at_ms, packet });
        }
        let before = self.open.replace((next, frame.at));
        done.parts.extend(before.map(|(part, _)| part));
    }

    /// Takes what was said beside the picture.
    pub fn said(&mut self, said: TapSaid) -> Done {
        let done = self.due(said.at);
        let at_ms = self.clock.at(said.at);
        let packet = &said.packet;
        match &mut self.open {
            // A part without room is about to end: a packet more or less is not seen.
            Some((part, _)) => drop(part.say(&FilmSaid { at_ms, packet })),
            None => {
                let waiting: usize = self
                    .waiting
                    .iter()
                    .map(|(_, it)| it.len() + SAID_HEAD)
                    .sum();
                if waiting + packet.len() + SAID_HEAD <= WAITING {
                    self.waiting.push((at_ms, said.packet));
                }
            }
        }
        done
    }

    /// The part that is complete at this time.
    pub fn due(&mut self, now: Instant) -> Done {
        let still = |(_, since): &mut (_, Instant)| now.saturating_duration_since(*since) >= STILL;
        let ended = self.open.take_if(still);
        Done {
            parts: ended.into_iter().map(|(part, _)| part).collect(),
            wants_keyframe: false,
        }
    }

    /// What is left: no more is filmed.
    pub fn finish(&mut self) -> Option<FilmPartWriter> {
        self.open.take().map(|(part, _)| part)
    }

    /// True while [`Self::due`] has something to do.
    pub fn waits(&self) -> bool {
        self.open.is_some()
    }

    fn wants_keyframe(&mut self, now: Instant, broken: bool) -> bool {
        let since = |moment: Option<Instant>| {
            moment.map_or(Duration::MAX, |it| now.saturating_duration_since(it))
        };
        // The media thread asked for the first one when the film began.
        let asked = *self.asked_at.get_or_insert(now);
        let wait = if broken { AFTER_GAP } else { KEYFRAMES };
        let wants = now.saturating_duration_since(asked) >= wait
            && (broken || since(self.keyframe_at) >= KEYFRAMES);
        if wants {
            self.asked_at = Some(now);
        }
        wants
    }
}

#[cfg(test)]
mod tests;
