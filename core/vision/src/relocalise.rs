//! Finding a lost anchor anywhere in a frame, as a step that may run off the tracking thread.

use crate::confidence::Evidence;
use crate::contest;
use crate::geometry::{Homography, Pairs, apply, plausible};
use crate::reference::Reference;
use crate::refine::{Look, Refiner};
use crate::tracker::{consensus, count_fitting};
use opencv::core::{DMatch, KeyPoint, Mat, NORM_HAMMING, Ptr, Vector};
use opencv::features2d::{
    AKAZE, AKAZE_DescriptorType, BFMatcher, KAZE_DiffusivityType, ORB, ORB_ScoreType,
};
use opencv::prelude::*;
use std::sync::Arc;

/// Features computed for a frame or reference.
const ORB_FEATURES: i32 = 1000;
/// Ratio of best to second-best distance below which a match is taken.
const RATIO: f32 = 0.8;
/// Matches that must agree on a first guess.
const AGREEING: usize = 8;
/// Part of the reference used when the whole frame does not match: this many areas around it.
const NEAR: f64 = 0.75;

/// Which detector and descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Fast; weak when the light changes.
    Orb,
    /// Slow; holds when the light changes.
    Akaze,
}

/// Points of one frame with binary descriptors.
#[derive(Debug)]
pub(crate) struct Features {
    kind: Kind,
    points: Vec<[f64; 2]>,
    descriptors: Mat,
}

impl Features {
    fn of(image: &Mat, kind: Kind) -> Result<Self, opencv::Error> {
        let mut keypoints = Vector::<KeyPoint>::new();
        let mut descriptors = Mat::default();
        let none = Mat::default();
        match kind {
            Kind::Orb => {
                let mut orb: Ptr<ORB> = ORB::create(
                    ORB_FEATURES,
                    1.2,
                    8,
                    19,
                    0,
                    2,
                    ORB_ScoreType::HARRIS_SCORE,
                    31,
                    10,
                )?;
                orb.detect_and_compute_def(image, &none, &mut keypoints, &mut descriptors)?;
            }
            Kind::Akaze => {
                let mut akaze: Ptr<AKAZE> = AKAZE::create(
                    AKAZE_DescriptorType::DESCRIPTOR_MLDB,
                    0,
                    3,
                    0.0008,
                    4,
                    3,
                    KAZE_DiffusivityType::DIFF_PM_G2,
                )?;
                akaze.detect_and_compute_def(image, &none, &mut keypoints, &mut descriptors)?;
            }
        }
        let points = keypoints
            .iter()
            .map(|k| [f64::from(k.pt().x), f64::from(k.pt().y)])
            .collect();
        Ok(Self {
            kind,
            points,
            descriptors,
        })
    }
}

/// One anchor that is looked for.
#[derive(Debug)]
pub(crate) struct Wanted {
    pub anchor: u32,
    pub generation: u64,
    pub references: Vec<Arc<Reference>>,
}

/// A bounded piece of work that looks for the lost anchors in one frame. It owns its data and may
/// run on any thread; hand what it returns to [`crate::Engine::apply`].
#[derive(Debug)]
pub struct RelocaliseJob {
    pub(crate) index: u64,
    pub(crate) image: Arc<Mat>,
    pub(crate) wanted: Vec<Wanted>,
    pub(crate) kind: Kind,
}

/// One anchor that was found.
#[derive(Debug)]
pub(crate) struct Found {
    pub anchor: u32,
    pub generation: u64,
    pub reference: usize,
    pub frame_from_here: Homography,
}

/// What a job found.
#[derive(Debug)]
pub struct RelocaliseOutcome {
    pub(crate) index: u64,
    pub(crate) found: Vec<Found>,
    pub(crate) failure: Option<opencv::Error>,
}

impl RelocaliseJob {
    /// Looks for every wanted anchor; takes some 10 to 100 ms.
    pub fn run(self) -> RelocaliseOutcome {
        let mut found = Vec::new();
        let failure = self.search(&mut found).err();
        RelocaliseOutcome {
            index: self.index,
            found,
            failure,
        }
    }

    fn search(&self, found: &mut Vec<Found>) -> Result<(), opencv::Error> {
        let here = Features::of(&self.image, self.kind)?;
        if here.points.len() < AGREEING {
            return Ok(());
        }
        let mut refiner = Refiner::default();
        for wanted in &self.wanted {
            let mut best: Option<(Evidence, usize, Homography)> = None;
            for (k, reference) in wanted.references.iter().enumerate() {
                let known = known_features(reference, self.kind)?;
                let Some(known) = known else { continue };
                for guess in guesses(reference, known, &here)? {
                    let mut refined = None;
                    for look in [Look::Sharp, Look::Blurred([0.0; 2])] {
                        let tried = refiner.refine(reference, &self.image, &guess, (3, look))?;
                        refined = tried.filter(|r| r.evidence.convinces());
                        if refined.is_some() {
                            break;
                        }
                    }
                    let Some(refined) = refined else { continue };
                    let pose = &refined.frame_from_here;
                    if reference.has_lookalikes() && !contest::wins(reference, &self.image, pose)? {
                        continue;
                    }
                    let better = best.as_ref().is_none_or(|(evidence, ..)| {
                        refined.evidence.confidence > evidence.confidence
                    });
                    if better {
                        best = Some((refined.evidence, k, refined.frame_from_here));
                    }
                }
            }
            if let Some((_, reference, frame_from_here)) = best {
                let Wanted {
                    anchor, generation, ..
                } = *wanted;
                found.push(Found {
                    anchor,
                    generation,
                    reference,
                    frame_from_here,
                });
            }
        }
        Ok(())
    }
}

/// A reference's features of this kind, computed once.
fn known_features(reference: &Reference, kind: Kind) -> Result<Option<&Features>, opencv::Error> {
    if reference.features.get().is_none() {
        let both = vec![
            Features::of(&reference.image, Kind::Orb)?,
            Features::of(&reference.image, Kind::Akaze)?,
        ];
        // Another thread may have been faster; its features are the same.
        let _ = reference.features.set(both);
    }
    let all = reference.features.get();
    Ok(all.and_then(|all| all.iter().find(|f| f.kind == kind)))
}

/// First guesses of the pose: from all matches of the two frames, and from those near the
/// drawing alone, for when the surroundings have changed or lie at another depth.
fn guesses(
    reference: &Reference,
    known: &Features,
    here: &Features,
) -> Result<Vec<Homography>, opencv::Error> {
    let mut all = Pairs::default();
    let mut near = Pairs::default();
    if known.points.len() < AGREEING {
        return Ok(Vec::new());
    }
    let matcher = BFMatcher::new(NORM_HAMMING, false)?;
    let mut matches = Vector::<Vector<DMatch>>::new();
    matcher.knn_train_match_def(&known.descriptors, &here.descriptors, &mut matches, 2)?;
    let (centre, area) = (reference.centre(), reference.area);
    let reach = [f64::from(area.width) * NEAR, f64::from(area.height) * NEAR];
    for pair in matches.iter() {
        if pair.len() < 2 {
            continue;
        }
        let (best, second) = (pair.get(0)?, pair.get(1)?);
        if best.distance >= second.distance * RATIO {
            continue;
        }
        let (Some(&from), Some(&to)) = (
            known.points.get(best.query_idx as usize),
            here.points.get(best.train_idx as usize),
        ) else {
            continue;
        };
        all.push(from, to, 1.0);
        if (from[0] - centre[0]).abs() < reach[0] && (from[1] - centre[1]).abs() < reach[1] {
            near.push(from, to, 1.0);
        }
    }
    let mut list: Vec<Homography> = Vec::with_capacity(2);
    // Among lookalikes only the wider surroundings tell which is which.
    let alone = !reference.has_lookalikes();
    for pairs in [Some(&all), alone.then_some(&near)].into_iter().flatten() {
        if pairs.len() < AGREEING {
            continue;
        }
        let Some(guess) = consensus(pairs)? else {
            continue;
        };
        if count_fitting(pairs, &guess) < AGREEING || !plausible(&guess, &reference.drawing) {
            continue;
        }
        let new = list
            .iter()
            .all(|other| moved(reference, other, &guess) > 2.0);
        if new {
            list.push(guess);
        }
    }
    Ok(list)
}

/// Pixels between two poses of the drawing's middle.
fn moved(reference: &Reference, a: &Homography, b: &Homography) -> f64 {
    let centre = reference.centre();
    apply(a, centre)
        .zip(apply(b, centre))
        .map_or(f64::INFINITY, |(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]))
}
