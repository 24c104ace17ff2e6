//! One surface's line: packets become frames, frames and poses become parts. No IO.

use super::clock::{LineClock, SessionClock};
use crate::{
    sfu::{TapPacket, TapPoses, VideoCodec},
    vision::{Assembler, Frame},
};
use sightline_protocol::{
    FrameTime,
    film::{FILM_PART_MS, FilmFrame, FilmPartWriter, FilmPose},
};
use std::time::{Duration, Instant};

/// A part that is complete waits so long for poses of its last frames.
const POSES_LATE: Duration = Duration::from_millis(500);
/// A part that began with a keyframe goes on for at least so long: a stream of keyframes is not cut
/// into frames.
const SHORT_MS: u32 = 1_000;
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

/// A part with what decides where poses go, and when it is complete.
#[derive(Debug)]
struct Open {
    part: FilmPartWriter,
    last: FrameTime,
    /// When its last frame came, or when it ended.
    since: Instant,
}

/// Puts a surface's parts together.
#[derive(Debug)]
pub struct Line {
    clock: SessionClock,
    line: LineClock,
    frames: Assembler,
    /// The number of the track for each codec that came.
    track: Option<(VideoCodec, u16)>,
    open: Option<Open>,
    /// The part before, as long as poses of it may come.
    ended: Option<Open>,
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
            ended: None,
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
        if let Some(open) = &mut self.open {
            let long = at_ms.saturating_sub(open.part.span().start) >= SHORT_MS;
            let whole = open.part.begins_with_keyframe();
            let goes_on = open.part.track() == track && (!frame.keyframe || whole && !long);
            if goes_on && open.part.push(&filmed) {
                open.last = frame.time;
                open.since = frame.at;
                return;
            }
        }
        let next = Open {
            part: FilmPartWriter::new(track, &filmed),
            last: frame.time,
            since: frame.at,
        };
        let ended = self.open.replace(next);
        self.end(ended, frame.at, done);
    }

    /// The part that ended waits for poses; the one before it does not any more.
    fn end(&mut self, ended: Option<Open>, now: Instant, done: &mut Done) {
        let Some(mut ended) = ended else { return };
        ended.since = now;
        done.parts
            .extend(self.ended.replace(ended).map(|before| before.part));
    }

    /// Takes poses. Those without a part of their surface are left out: nothing is seen on them.
    pub fn poses(&mut self, poses: &TapPoses) -> Done {
        let done = self.due(poses.at);
        let pose = FilmPose {
            at_ms: self.clock.at(poses.at),
            packet: &poses.packet,
        };
        // The layout of pose packets has their frame time there; the media thread has read them.
        let time = poses.packet.get(4..8).and_then(|it| it.try_into().ok());
        let Some(time) = time.map(u32::from_be_bytes) else {
            return done;
        };
        let belongs = |open: &Open| open.last.wrapping_sub(time).cast_signed() >= 0;
        let taken = match &mut self.ended {
            Some(ended) if belongs(ended) => ended.part.pose(&pose),
            _ => false,
        };
        if !taken && let Some(open) = &mut self.open {
            open.part.pose(&pose);
        }
        done
    }

    /// Parts that are complete at this time.
    pub fn due(&mut self, now: Instant) -> Done {
        let mut done = Done::default();
        let past = |open: &mut Open, wait| now.saturating_duration_since(open.since) >= wait;
        if self.open.as_mut().is_some_and(|open| past(open, STILL)) {
            let open = self.open.take();
            self.end(open, now, &mut done);
        }
        let ended = self.ended.take_if(|ended| past(ended, POSES_LATE));
        done.parts.extend(ended.map(|ended| ended.part));
        done
    }

    /// Everything that is left: no more is filmed.
    pub fn finish(&mut self) -> Vec<FilmPartWriter> {
        let left = [self.ended.take(), self.open.take()];
        left.into_iter().flatten().map(|open| open.part).collect()
    }

    /// True while [`Self::due`] has something to do.
    pub fn waits(&self) -> bool {
        self.open.is_some() || self.ended.is_some()
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
