//! What a technician's device watches: the encoded pictures of one surface, and the drawings on it.

mod scene;

pub use scene::Scene;

use sightline_frames::{EncodedFrame, Queue};
use sightline_protocol::{ReceivedTrack, Surface, SurfaceId, TrackKind};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// Frames that wait for a slow decoder before all are given up for the next keyframe: half a second
/// of 30 a second.
pub const FRAMES_WAITING: usize = 15;
/// Their bytes.
pub const BYTES_WAITING: usize = 4 * 1024 * 1024;

/// What is watched; written by the media connection and the device, read by whoever decodes and
/// draws. The frames that it gives can be decoded one after the other: they begin with a keyframe,
/// and after a gap with the next one.
#[derive(Debug)]
pub struct Watch {
    frames: Queue<EncodedFrame>,
    state: Mutex<State>,
    scene: Mutex<Scene>,
}

#[derive(Debug, Default)]
struct State {
    surface: Option<SurfaceId>,
    /// Which surface arrives in which section of the media connection.
    sections: HashMap<String, SurfaceId>,
    /// Frames follow each other since the last keyframe.
    begun: bool,
    /// The next keyframe is waited for.
    wanted: bool,
    received: u32,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            frames: Queue::new(FRAMES_WAITING),
            state: Mutex::default(),
            scene: Mutex::default(),
        }
    }
}

impl Watch {
    fn state(&self) -> MutexGuard<'_, State> {
        // The state changes by single assignments, so that it is valid after a panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The drawings on the surface that is watched.
    pub fn scene(&self) -> MutexGuard<'_, Scene> {
        // Each change is one insertion; after a panic the scene is merely not complete.
        self.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next frame; none when none came within `timeout`. Blocks.
    pub fn next(&self, timeout: Duration) -> Option<EncodedFrame> {
        self.frames.pop(timeout).ok().flatten()
    }

    /// Whoever decodes needs a keyframe: the next frame is one.
    pub fn request_keyframe(&self) {
        self.restart(&mut self.state());
    }

    fn restart(&self, state: &mut State) {
        self.frames.clear();
        state.begun = false;
        state.wanted = true;
    }

    /// Frames that came since this was asked last.
    pub fn take_received(&self) -> u32 {
        std::mem::take(&mut self.state().received)
    }

    /// Watches this surface from now on, or none; forgets what waits of another.
    pub(crate) fn show(&self, surface: Option<&Surface>) {
        let mut state = self.state();
        let id = surface.map(|surface| surface.id.clone());
        if state.surface != id {
            state.surface = id;
            self.restart(&mut state);
            self.scene().show(surface);
        }
    }

    /// Learns which surface arrives where.
    pub(crate) fn know(&self, tracks: &[ReceivedTrack]) {
        let pictures = tracks.iter().filter(|it| it.kind == TrackKind::Video);
        let mut state = self.state();
        state.sections = pictures
            .filter_map(|track| Some((track.mid.clone(), track.surface.clone()?)))
            .collect();
    }

    /// The media connection is gone; another one begins with a keyframe.
    pub(crate) fn forget_sections(&self) {
        let mut state = self.state();
        state.sections.clear();
        state.begun = false;
    }

    /// True when what is watched arrives in this section.
    pub(crate) fn shows(&self, mid: &str) -> bool {
        self.state().shows(mid)
    }

    /// True when a keyframe is waited for in this section.
    pub(crate) fn wants_keyframe(&self, mid: &str) -> bool {
        let state = self.state();
        state.wanted && state.shows(mid)
    }

    /// Takes a frame out of a section; one of another surface, or one that cannot be decoded after
    /// what was given before, is left out.
    pub(crate) fn take(&self, mid: &str, frame: EncodedFrame) {
        let mut state = self.state();
        if !state.shows(mid) {
            return;
        }
        state.received = state.received.saturating_add(1);
        if !state.begun && !frame.keyframe {
            state.wanted = true;
            return;
        }
        let keyframe = frame.keyframe;
        match self.frames.try_push(frame) {
            Ok(()) => {
                state.begun = true;
                state.wanted &= !keyframe;
            }
            // A decoder that is so far behind catches up with the newest picture.
            Err(frame) => {
                self.restart(&mut state);
                if keyframe && self.frames.try_push(frame).is_ok() {
                    (state.begun, state.wanted) = (true, false);
                }
            }
        }
    }
}

impl State {
    fn shows(&self, mid: &str) -> bool {
        self.surface.is_some() && self.sections.get(mid) == self.surface.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_frames::Codec;
    use sightline_protocol::{ParticipantId, SurfaceKind};

    pub fn surface(n: u8) -> Surface {
        Surface {
            id: SurfaceId::from_random([n; 16]),
            number: u16::from(n),
            kind: SurfaceKind::Camera,
            owner: ParticipantId::from_random([9; 16]),
            paused: false,
            tracker: None,
            hidden_parts: 0,
            kept: false,
        }
    }

    fn track(mid: &str, n: u8) -> ReceivedTrack {
        ReceivedTrack {
            mid: mid.into(),
            from: ParticipantId::from_random([9; 16]),
            kind: TrackKind::Video,
            surface: Some(surface(n).id),
        }
    }

    fn frame(frame_time: u32, keyframe: bool) -> EncodedFrame {
        EncodedFrame {
            frame_time,
            keyframe,
            codec: Codec::Vp8,
            width: 64,
            height: 48,
            data: vec![1],
        }
    }

    fn watching() -> Watch {
        let watch = Watch::default();
        watch.show(Some(&surface(1)));
        watch.know(&[track("0", 1), track("1", 2)]);
        watch
    }

    fn times(watch: &Watch) -> Vec<u32> {
        std::iter::from_fn(|| watch.next(Duration::ZERO).map(|it| it.frame_time)).collect()
    }

    #[test]
    fn only_the_watched_surface_comes_out_and_from_a_keyframe_on() {
        let watch = watching();
        watch.take("1", frame(1, true));
        watch.take("0", frame(2, false));
        assert!(watch.wants_keyframe("0") && !watch.wants_keyframe("1"));
        watch.take("0", frame(3, true));
        assert!(!watch.wants_keyframe("0"));
        watch.take("0", frame(4, false));
        watch.take("2", frame(5, true));
        assert_eq!(times(&watch), [3, 4]);
        watch.show(Some(&surface(2)));
        watch.take("0", frame(6, true));
        watch.take("1", frame(7, false));
        watch.take("1", frame(8, true));
        assert_eq!(times(&watch), [8]);
        watch.show(None);
        watch.take("1", frame(9, true));
        assert_eq!(times(&watch), [0; 0]);
    }

    #[test]
    fn a_slow_decoder_goes_on_with_a_keyframe() {
        let watch = watching();
        watch.take("0", frame(0, true));
        (1..=FRAMES_WAITING as u32).for_each(|n| watch.take("0", frame(n, false)));
        assert_eq!(times(&watch), [0; 0], "none of them can be caught up with");
        assert!(watch.wants_keyframe("0"));
        watch.take("0", frame(90, false));
        watch.take("0", frame(91, true));
        assert_eq!(times(&watch), [91]);
        // The control: a decoder that keeps up gets every frame.
        for n in 92..200 {
            watch.take("0", frame(n, false));
            assert_eq!(times(&watch), [n]);
        }
    }

    #[test]
    fn who_asks_for_a_keyframe_gets_one_next() {
        let watch = watching();
        watch.take("0", frame(0, true));
        watch.take("0", frame(1, false));
        watch.request_keyframe();
        assert!(watch.wants_keyframe("0"));
        watch.take("0", frame(2, false));
        assert_eq!(times(&watch), [0; 0]);
        watch.take("0", frame(3, true));
        assert_eq!(times(&watch), [3]);
        // Another media connection begins anew as well.
        watch.forget_sections();
        watch.take("0", frame(4, true));
        watch.know(&[track("5", 1)]);
        watch.take("5", frame(5, false));
        watch.take("5", frame(6, true));
        assert_eq!(times(&watch), [6]);
        assert_eq!(watch.take_received(), 6);
    }
}
