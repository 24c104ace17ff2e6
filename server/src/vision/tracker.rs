//! The anchors of one surface: encoded packets and drawings in, poses and states out.
//!
//! Nothing is decoded while there is nothing to track. The first drawing, or the first held frame,
//! starts the decoder at the keyframe before the frame that was drawn on.

use super::{
    frames::{Assembler, Frame},
    ring::EncodedRing,
};
use crate::sfu::{TapPacket, VideoCodec};
use sightline_media::{Codec, Decoder, LumaPlane};
use sightline_protocol::{AnchorNo, AnchorState, AnchorStatus, Annotation, FrameTime, SurfaceId};
use sightline_vision::{AttachRefused, Engine, EngineConfig, FrameResult, LumaFrame};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

/// Frames that the engine keeps for drawings that take seconds to draw: four seconds' worth.
const ENGINE_FRAMES: usize = 120;
/// Frames that it keeps beyond these while somebody draws on them.
const HELD_FRAMES: usize = 16;
/// A frame that never came whole is stood in for by one at most this far beside it, in ticks:
/// three frames of 30 a second.
const NEAR: u32 = 9_000;
/// Widest plane that is tracked, in pixels; larger pictures are made smaller after decoding.
const MAX_WIDTH: u32 = 640;
/// A keyframe this often while somebody may draw, so that the ring reaches back and the first
/// drawing does not wait for minutes to be decoded.
const KEYFRAME_EVERY: Duration = Duration::from_secs(5);
/// A hidden drawing may be brought back; its anchor is kept for so long.
const HIDDEN_KEPT: Duration = Duration::from_secs(30);
/// A frame that arrived so long ago is decoded and kept but not tracked, so that poses catch up.
const TOO_LATE: Duration = Duration::from_millis(120);
/// Of these, one is tracked each so many ticks (three frames of 30 a second): viewers place a drawing
/// between and behind poses for 150 ms, so that it goes on being shown.
const LATE_STEP: u32 = 9_000;
/// Poses of frames that are later than this come too late for every viewer.
const FAR_BEHIND: Duration = Duration::from_millis(400);
/// Of these one is tracked each so many ticks (five frames of 30 a second): on a machine that never
/// catches up, anchors still move on, and everybody learns how they stand.
const FAR_STEP: u32 = 15_000;

/// What a tracker puts out.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// A realtime packet for everybody.
    Poses(Vec<u8>),
    /// Anchors changed their status.
    States(Vec<AnchorState>),
    /// The publisher should send a keyframe.
    WantKeyframe(SurfaceId),
}

/// The anchors of one surface.
pub struct Tracker {
    surface: SurfaceId,
    number: u16,
    assembler: Assembler,
    ring: EncodedRing,
    live: Option<Live>,
    visible: BTreeSet<AnchorNo>,
    hidden: BTreeMap<AnchorNo, (Annotation, Instant)>,
    drawn: BTreeMap<AnchorNo, Annotation>,
    /// Drawings that stay on the screen because there is nothing to hold on to.
    fixed: BTreeSet<AnchorNo>,
    held: BTreeSet<FrameTime>,
    asked: Option<Instant>,
    /// The frame that was tracked last.
    tracked: Option<FrameTime>,
    watched: bool,
    out: Vec<Output>,
}

/// Decoder and engine, while there is something to track.
struct Live {
    codec: VideoCodec,
    decoder: Decoder,
    engine: Engine,
}

impl Tracker {
    /// A tracker of a surface with this number.
    pub fn new(surface: SurfaceId, number: u16) -> Self {
        Self {
            surface,
            number,
            assembler: Assembler::default(),
            ring: EncodedRing::default(),
            live: None,
            visible: BTreeSet::new(),
            hidden: BTreeMap::new(),
            drawn: BTreeMap::new(),
            fixed: BTreeSet::new(),
            held: BTreeSet::new(),
            asked: None,
            tracked: None,
            watched: false,
            out: Vec::new(),
        }
    }

    /// What has to go out.
    pub fn take_outputs(&mut self) -> Vec<Output> {
        std::mem::take(&mut self.out)
    }

    /// True while frames are decoded.
    #[cfg(test)]
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Somebody who may draw is here, or nobody any more.
    pub fn set_watched(&mut self, watched: bool) {
        self.watched = watched;
    }

    /// Takes the next packet. `now` tells how late it is.
    pub fn packet(&mut self, now: Instant, packet: TapPacket) {
        let assembled = self.assembler.push(packet);
        for frame in assembled.frames {
            self.frame(now, frame);
        }
        if assembled.broken {
            self.want_keyframe(now);
        }
        let old = |at: Instant| now.saturating_duration_since(at) > KEYFRAME_EVERY;
        if self.watched && self.ring.newest_keyframe().is_none_or(old) {
            self.want_keyframe(now);
        }
        self.forget_hidden(now);
    }

    fn want_keyframe(&mut self, now: Instant) {
        let soon = Duration::from_secs(1);
        if self
            .asked
            .is_none_or(|asked| now.saturating_duration_since(asked) > soon)
        {
            self.asked = Some(now);
            self.out.push(Output::WantKeyframe(self.surface.clone()));
        }
    }

    fn frame(&mut self, now: Instant, frame: Frame) {
        if let Some(live) = &mut self.live
            && live.codec != frame.codec
            && frame.keyframe
        {
            // The publisher changed its encoder; what was tracked is looked for again.
            match decoder(frame.codec) {
                Some(decoder) => (live.codec, live.decoder) = (frame.codec, decoder),
                None => self.live = None,
            }
        }
        let step = step_behind(now.saturating_duration_since(frame.at));
        let due = |tracked: FrameTime| frame.time.wrapping_sub(tracked) >= step;
        let track = self.tracked.is_none_or(due);
        if track {
            self.tracked = Some(frame.time);
        }
        self.decode(now, &frame, track);
        self.ring.push(frame);
    }

    fn decode(&mut self, now: Instant, frame: &Frame, track: bool) {
        let begun = Instant::now();
        let Some(live) = &mut self.live else { return };
        match live.decoder.decode(frame.time, &frame.data) {
            Ok(Some(plane)) if track => match live.engine.push_frame(luma(&plane)) {
                Ok(result) => {
                    let age = now.saturating_duration_since(frame.at) + begun.elapsed();
                    self.publish(&result, age);
                }
                Err(error) => tracing::debug!(%error, "a frame was not tracked"),
            },
            // What is not tracked can be drawn on all the same.
            Ok(Some(plane)) => {
                if let Err(error) = live.engine.keep_frame(luma(&plane)) {
                    tracing::debug!(%error, "a frame was not kept");
                }
            }
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(%error, "a frame was not decoded");
                self.want_keyframe(now);
            }
        }
    }

    fn publish(&mut self, result: &FrameResult, age: Duration) {
        let visible = |anchor: AnchorNo| self.visible.contains(&anchor);
        let shown = result.poses.iter().filter(|pose| visible(pose.anchor));
        let poses: Vec<_> = shown.filter_map(sightline_anchors::pose).collect();
        let packets = sightline_anchors::packets(self.number, result.time, age, &poses);
        self.out.extend(packets.map(Output::Poses));
        let changes = result
            .changes
            .iter()
            .filter(|change| visible(change.anchor));
        let states: Vec<_> = changes
            .map(|change| sightline_anchors::state(&self.surface, change))
            .collect();
        if !states.is_empty() {
            self.out.push(Output::States(states));
        }
    }

    /// A drawing that is fixed to the world appeared, or came back.
    pub fn show(&mut self, annotation: Annotation) {
        let anchor = annotation.anchor;
        if self.fixed.contains(&anchor) {
            return;
        }
        self.visible.insert(anchor);
        self.drawn.insert(anchor, annotation.clone());
        if self.hidden.remove(&anchor).is_some() {
            return;
        }
        self.start(annotation.frame_time);
        let request = sightline_anchors::request(&annotation);
        let attached = match &mut self.live {
            Some(live) => live.engine.attach(request).map(drop),
            None => Err(AttachRefused::NoFrame),
        };
        if let Err(refused) = attached {
            tracing::info!(anchor, %refused, "a drawing cannot be held");
            let state = sightline_anchors::refusal(&annotation, &refused);
            if state.status == AnchorStatus::Fixed {
                self.fixed.insert(anchor);
            }
            self.out.push(Output::States(vec![state]));
            self.visible.remove(&anchor);
            self.drawn.remove(&anchor);
        }
        self.let_go(annotation.frame_time);
        self.rest();
    }

    /// A drawing disappeared.
    pub fn hide(&mut self, now: Instant, anchor: AnchorNo) {
        if self.visible.remove(&anchor)
            && let Some(annotation) = self.drawn.get(&anchor)
        {
            self.hidden.insert(anchor, (annotation.clone(), now));
        }
    }

    fn forget_hidden(&mut self, now: Instant) {
        let old = |since: Instant| now.saturating_duration_since(since) > HIDDEN_KEPT;
        let gone: Vec<AnchorNo> = self
            .hidden
            .iter()
            .filter(|(_, it)| old(it.1))
            .map(|(anchor, _)| *anchor)
            .collect();
        for anchor in gone {
            self.hidden.remove(&anchor);
            self.drawn.remove(&anchor);
            if let Some(live) = &mut self.live {
                live.engine.detach(anchor);
            }
            self.rest();
        }
    }

    /// Somebody draws on a frozen frame, or has stopped.
    pub fn hold(&mut self, frame_time: FrameTime, hold: bool) {
        if hold {
            self.held.insert(frame_time);
            self.start(Some(frame_time));
            if let Some(live) = &mut self.live
                && !live.engine.hold_frame(frame_time)
            {
                tracing::debug!(frame_time, "the frame to hold is gone");
            }
        } else if self.held.remove(&frame_time) {
            self.let_go(Some(frame_time));
            self.rest();
        }
    }

    /// Releases a frame that nobody holds any more.
    fn let_go(&mut self, frame_time: Option<FrameTime>) {
        if let Some(frame_time) = frame_time.filter(|time| !self.held.contains(time))
            && let Some(live) = &mut self.live
        {
            live.engine.release_frame(frame_time);
        }
    }

    /// Decodes from the keyframe before the frame that was drawn on up to now, and holds that frame.
    fn start(&mut self, time: Option<FrameTime>) {
        if self.live.is_some() {
            return;
        }
        let frames: Vec<&Frame> = self.ring.since_keyframe_before(time).collect();
        let Some(codec) = frames.last().map(|frame| frame.codec) else {
            return;
        };
        let Some(mut decoder) = decoder(codec) else {
            return;
        };
        let config = EngineConfig {
            ring_frames: ENGINE_FRAMES,
            max_held: HELD_FRAMES,
            max_side: MAX_WIDTH,
            time_tolerance: NEAR,
            ..EngineConfig::default()
        };
        let mut engine = Engine::new(config);
        let mut wanted = time;
        for frame in frames.into_iter().filter(|frame| frame.codec == codec) {
            match decoder.decode(frame.time, &frame.data) {
                Ok(Some(plane)) => {
                    // A frame that the engine refuses is one that cannot be drawn on.
                    let _ = engine.keep_frame(luma(&plane));
                    // Held as soon as it is there: what comes after it may be more than the engine
                    // keeps.
                    wanted = wanted.filter(|time| {
                        let reached = plane.frame_time.wrapping_sub(*time) < u32::MAX / 2;
                        !(reached && engine.hold_frame(*time))
                    });
                }
                Ok(None) => {}
                Err(error) => tracing::debug!(%error, "a past frame was not decoded"),
            }
        }
        self.live = Some(Live {
            codec,
            decoder,
            engine,
        });
    }

    /// Stops decoding when there is nothing to track.
    fn rest(&mut self) {
        if self.visible.is_empty() && self.hidden.is_empty() && self.held.is_empty() {
            self.live = None;
        }
    }
}

/// Least ticks from one tracked frame to the next while the thread is so far behind.
fn step_behind(late: Duration) -> u32 {
    if late > FAR_BEHIND {
        FAR_STEP
    } else if late > TOO_LATE {
        LATE_STEP
    } else {
        0
    }
}

fn decoder(codec: VideoCodec) -> Option<Decoder> {
    let codec = match codec {
        VideoCodec::Vp8 => Codec::Vp8,
        VideoCodec::H264 => Codec::H264,
    };
    Decoder::with_max_width(codec, MAX_WIDTH)
        .inspect_err(|error| tracing::warn!(%error, "pictures cannot be decoded"))
        .ok()
}

fn luma(plane: &LumaPlane) -> LumaFrame<'_> {
    LumaFrame {
        time: plane.frame_time,
        width: plane.width,
        height: plane.height,
        stride: plane.stride as usize,
        data: &plane.data,
    }
}
