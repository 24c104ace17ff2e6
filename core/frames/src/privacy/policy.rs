use super::{DRAWN_REGIONS, FOUND_REGIONS, PrivacyError, Region, RegionDetector};
use crate::LumaPlane;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How long and how wide what a detector found is hidden.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PrivacyConfig {
    /// Share of its size by which each found part grows on each side: detectors cut hair and chin.
    pub padding: f32,
    /// How long a part stays hidden after it was found last, microseconds: detectors miss a thing
    /// that turns.
    pub keep_us: u64,
    /// How old the detector's last word may be, microseconds; after that everything is hidden.
    pub stale_us: u64,
}

impl Default for PrivacyConfig {
    /// Half a second each: fifteen frames of 30 a second.
    fn default() -> Self {
        Self {
            padding: 0.25,
            keep_us: 500_000,
            stale_us: 500_000,
        }
    }
}

/// What must not be seen on one frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Hidden {
    /// These parts; none when everything may be seen.
    Parts(Vec<Region>),
    /// The whole frame, because it is not known what to hide.
    Everything,
}

impl Hidden {
    /// The parts to fill.
    pub fn regions(&self) -> &[Region] {
        match self {
            Self::Parts(regions) => regions,
            Self::Everything => &[Region::WHOLE],
        }
    }
}

/// What a detector said about one frame.
#[derive(Debug, Clone, PartialEq)]
pub enum Detection {
    /// Parts that must be hidden.
    Found(Vec<Region>),
    /// It could not tell.
    Failed,
}

#[derive(Debug, Default)]
struct State {
    drawn: Vec<Region>,
    version: u32,
    detects: bool,
    /// Padded, with the time at which each was found last.
    found: Vec<(Region, u64)>,
    /// When the detector last could tell.
    told_us: Option<u64>,
}

/// What must be hidden, shared between whoever knows and whoever encodes. Times are capture times
/// in microseconds of one clock that does not go back.
#[derive(Debug, Default)]
pub struct Privacy {
    config: PrivacyConfig,
    state: Mutex<State>,
}

impl Privacy {
    /// Nothing is hidden yet.
    pub fn new(config: PrivacyConfig) -> Self {
        Self {
            config,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The state is valid after each assignment, whatever panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parts that the person hides from now on, instead of those before. The number of this
    /// wish.
    ///
    /// # Errors
    /// [`PrivacyError::TooMany`]; what was hidden stays hidden.
    pub fn set_drawn(&self, regions: Vec<Region>) -> Result<u32, PrivacyError> {
        let given = regions.len();
        if given > DRAWN_REGIONS {
            return Err(PrivacyError::TooMany { given });
        }
        let mut state = self.state();
        if state.drawn != regions {
            state.drawn = regions;
            state.version = state.version.wrapping_add(1);
        }
        Ok(state.version)
    }

    /// The number of the person's last wish.
    pub fn version(&self) -> u32 {
        self.state().version
    }

    /// True when a detector has a say; until it speaks, everything is hidden.
    pub fn set_detects(&self, detects: bool) {
        let mut state = self.state();
        state.detects = detects;
        if !detects {
            state.found.clear();
            state.told_us = None;
        }
    }

    /// Takes what the detector said about the frame of `time_us`.
    pub fn tell(&self, time_us: u64, detection: Detection) {
        let config = self.config;
        let mut state = self.state();
        let Detection::Found(regions) = detection else {
            state.told_us = None;
            return;
        };
        state.told_us = Some(time_us);
        let kept = |seen: u64| time_us.saturating_sub(seen) < config.keep_us;
        state.found.retain(|(_, seen)| kept(*seen));
        let padded: Vec<_> = regions.iter().map(|r| r.padded(config.padding)).collect();
        // A part that moved a little is the same part: its old place may be seen again.
        let moved = |old: &Region| padded.iter().any(|new| new.overlaps(old));
        state.found.retain(|(old, _)| !moved(old));
        state.found.extend(padded.iter().map(|new| (*new, time_us)));
        // One more than allowed is enough to know that there are too many.
        state.found.truncate(FOUND_REGIONS + 1);
    }

    /// What must not be seen on the frame of `time_us`.
    pub fn at(&self, time_us: u64) -> Hidden {
        let state = self.state();
        let mut regions = state.drawn.clone();
        if state.detects {
            let fresh = |told| time_us.saturating_sub(told) <= self.config.stale_us;
            if !state.told_us.is_some_and(fresh) || state.found.len() > FOUND_REGIONS {
                return Hidden::Everything;
            }
            let kept = |seen: u64| time_us.saturating_sub(seen) < self.config.keep_us;
            let found = state.found.iter().filter(|(_, seen)| kept(*seen));
            regions.extend(found.map(|(region, _)| *region));
        }
        Hidden::Parts(regions)
    }
}

/// The policy with a detector that looks at each frame before it is encoded.
pub struct Watch {
    privacy: Arc<Privacy>,
    detector: Option<Box<dyn RegionDetector>>,
}

impl Watch {
    /// With or without a detector.
    pub fn new(privacy: Arc<Privacy>, detector: Option<Box<dyn RegionDetector>>) -> Self {
        privacy.set_detects(detector.is_some());
        Self { privacy, detector }
    }

    /// The policy.
    pub fn privacy(&self) -> &Privacy {
        &self.privacy
    }

    /// True when it wants to look at frames.
    pub fn looks(&self) -> bool {
        self.detector.is_some()
    }

    /// What must not be seen on the frame of `time_us`, which looks like `luma` when there is a
    /// detector. Without the brightness that it needs, everything.
    pub fn hidden(&mut self, time_us: u64, luma: Option<&LumaPlane>) -> Hidden {
        if let Some(detector) = &mut self.detector {
            let detection = match luma.map(|luma| detector.detect(luma)) {
                Some(Ok(regions)) => Detection::Found(regions),
                _ => Detection::Failed,
            };
            self.privacy.tell(time_us, detection);
        }
        self.privacy.at(time_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(left: f32) -> Region {
        Region::new(left, 0.4, 0.1, 0.1).unwrap()
    }

    fn shown(hidden: &Hidden) -> usize {
        match hidden {
            Hidden::Parts(parts) => parts.len(),
            Hidden::Everything => usize::MAX,
        }
    }

    fn detecting() -> Privacy {
        let privacy = Privacy::default();
        privacy.set_detects(true);
        privacy
    }

    #[test]
    fn what_the_person_drew_is_hidden_until_they_show_it() {
        let privacy = Privacy::default();
        assert_eq!(privacy.at(0), Hidden::Parts(vec![]), "the control");
        assert_eq!(privacy.set_drawn(vec![region(0.1)]), Ok(1));
        assert_eq!(privacy.set_drawn(vec![region(0.1)]), Ok(1), "no new wish");
        assert_eq!(privacy.at(u64::MAX), Hidden::Parts(vec![region(0.1)]));
        let many = vec![region(0.2); DRAWN_REGIONS + 1];
        let given = many.len();
        assert_eq!(
            privacy.set_drawn(many),
            Err(PrivacyError::TooMany { given })
        );
        assert_eq!(shown(&privacy.at(0)), 1);
        assert_eq!(privacy.set_drawn(vec![]), Ok(2));
        assert_eq!(shown(&privacy.at(0)), 0);
    }

    #[test]
    fn a_detector_that_is_silent_late_or_fails_hides_everything() {
        let privacy = detecting();
        assert_eq!(privacy.at(0), Hidden::Everything, "it has not spoken yet");
        privacy.tell(0, Detection::Found(vec![]));
        assert_eq!(privacy.at(500_000), Hidden::Parts(vec![]));
        assert_eq!(privacy.at(500_001), Hidden::Everything);
        privacy.tell(600_000, Detection::Found(vec![]));
        assert_eq!(shown(&privacy.at(600_000)), 0);
        privacy.tell(633_000, Detection::Failed);
        assert_eq!(privacy.at(633_000), Hidden::Everything);
        privacy.set_detects(false);
        assert_eq!(
            shown(&privacy.at(633_000)),
            0,
            "nobody waits for it any more"
        );
    }

    #[test]
    fn a_face_that_the_detector_misses_stays_hidden_for_half_a_second() {
        let privacy = detecting();
        privacy.tell(0, Detection::Found(vec![region(0.4)]));
        for frame in 1..30u64 {
            let time = frame * 33_333;
            privacy.tell(time, Detection::Found(vec![]));
            let expected = usize::from(time < 500_000);
            assert_eq!(shown(&privacy.at(time)), expected, "frame {frame}");
        }
    }

    #[test]
    fn a_face_that_moves_is_hidden_where_it_is_and_wider_than_it_was_found() {
        let privacy = detecting();
        for (frame, left) in [(0, 0.3), (1, 0.33), (2, 0.36)] {
            privacy.tell(frame * 33_333, Detection::Found(vec![region(left)]));
        }
        let Hidden::Parts(parts) = privacy.at(66_666) else {
            panic!("it could tell");
        };
        assert_eq!(parts, [region(0.36).padded(0.25)]);
        let [left, top, width, height] = parts[0].parts();
        assert!(left < 0.34 && top < 0.38 && width > 0.149 && height > 0.149);
    }

    #[test]
    fn too_many_faces_hide_everything() {
        let privacy = detecting();
        let many = |count: usize| {
            let at = |n: usize| Region::new(n as f32 * 0.05, 0.0, 0.01, 0.01).unwrap();
            Detection::Found((0..count).map(at).collect())
        };
        privacy.tell(0, many(FOUND_REGIONS));
        assert_eq!(shown(&privacy.at(0)), FOUND_REGIONS);
        privacy.tell(1, many(FOUND_REGIONS + 1));
        assert_eq!(privacy.at(1), Hidden::Everything);
    }

    #[test]
    fn a_watch_without_the_picture_that_its_detector_needs_hides_everything() {
        struct Blind;
        impl RegionDetector for Blind {
            fn detect(&mut self, _frame: &LumaPlane) -> Result<Vec<Region>, PrivacyError> {
                Ok(vec![])
            }
        }
        let luma = LumaPlane {
            frame_time: 0,
            width: 16,
            height: 16,
            stride: 16,
            data: vec![0; 256],
        };
        let mut watch = Watch::new(Arc::default(), Some(Box::new(Blind)));
        assert_eq!(watch.hidden(0, Some(&luma)), Hidden::Parts(vec![]));
        assert_eq!(watch.hidden(33_000, None), Hidden::Everything);
    }
}
