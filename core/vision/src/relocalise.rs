//! Finding a lost anchor anywhere in a frame, as a step that may run off the tracking thread.

use crate::confidence::Evidence;
use crate::contest;
use crate::geometry::{Homography, Pairs, apply, plausible};
use crate::reference::Reference;
use crate::refine::{Look, Refiner};
use crate::tracker::{consensus, count_fitting};
use opencv::core::{DMatch, KeyPoint, Mat, NORM_HAMMING, Ptr, Size, Vector};
use opencv::features2d::{
    AKAZE, AKAZE_DescriptorType, BFMatcher, KAZE_DiffusivityType, ORB, ORB_ScoreType,
};
use opencv::imgproc;
use opencv::prelude::*;
use std::sync::Arc;

/// Features computed for a frame or reference.
const ORB_FEATURES: i32 = 1000;
const SMALL_FEATURES: i32 = 500;
/// Ratio of best to second-best distance below which a match is taken.
const RATIO: f32 = 0.8;
/// Matches that must agree on a first guess.
const AGREEING: usize = 8;
/// The same for saying that the surroundings were seen for sure.
const SURELY: usize = 30;
/// Part of the reference used when the whole frame does not match: this many areas around it.
const NEAR: f64 = 0.75;

/// Which detector and descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Fast; weak when the light changes.
    Orb,
    /// Slow; holds when the light changes.
    Akaze,
    /// The fast one on a small picture: holds when the frame is blurred.
    Small,
}

impl Kind {
    /// Its place in a list of all kinds.
    fn place(self) -> usize {
        match self {
            Self::Orb => 0,
            Self::Akaze => 1,
            Self::Small => 2,
        }
    }
}

/// How many kinds there are.
pub(crate) const KINDS: usize = 3;
/// Times that the small picture is smaller.
const SHRINK: i32 = 3;

/// Points of one frame with binary descriptors.
#[derive(Debug)]
pub(crate) struct Features {
    points: Vec<[f64; 2]>,
    descriptors: Mat,
}

impl Features {
    fn of(image: &Mat, kind: Kind) -> Result<Self, opencv::Error> {
        let mut keypoints = Vector::<KeyPoint>::new();
        let mut descriptors = Mat::default();
        let none = Mat::default();
        let mut scale = 1.0;
        match kind {
            Kind::Orb => {
                orb(ORB_FEATURES, 10)?.detect_and_compute_def(
                    image,
                    &none,
                    &mut keypoints,
                    &mut descriptors,
                )?;
            }
            Kind::Small => {
                let mut small = Mat::default();
                let size = Size::new(image.cols() / SHRINK, image.rows() / SHRINK);
                imgproc::resize(image, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)?;
                scale = f64::from(image.cols()) / f64::from(size.width);
                orb(SMALL_FEATURES, 5)?.detect_and_compute_def(
                    &small,
                    &none,
                    &mut keypoints,
                    &mut descriptors,
                )?;
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
        // Pixel edges map to pixel edges.
        let whole = |v: f32| (f64::from(v) + 0.5) * scale - 0.5;
        let points = keypoints
            .iter()
            .map(|k| [whole(k.pt().x), whole(k.pt().y)])
            .collect();
        Ok(Self {
            points,
            descriptors,
        })
    }
}

fn orb(features: i32, threshold: i32) -> Result<Ptr<ORB>, opencv::Error> {
    ORB::create(
        features,
        1.2,
        8,
        19,
        0,
        2,
        ORB_ScoreType::HARRIS_SCORE,
        31,
        threshold,
    )
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
    pub(crate) seed: u64,
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
    /// Number and generation of anchors whose surroundings were seen without them.
    pub(crate) missing: Vec<(u32, u64)>,
    pub(crate) failure: Option<opencv::Error>,
}

impl RelocaliseJob {
    /// Looks for every wanted anchor; takes some 10 to 100 ms.
    pub fn run(self) -> RelocaliseOutcome {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        let failure = self.search(&mut found, &mut missing).err();
        RelocaliseOutcome {
            index: self.index,
            found,
            missing,
            failure,
        }
    }

    fn search(
        &self,
        found: &mut Vec<Found>,
        missing: &mut Vec<(u32, u64)>,
    ) -> Result<(), opencv::Error> {
        let here = Features::of(&self.image, self.kind)?;
        if here.points.len() < AGREEING {
            return Ok(());
        }
        let mut refiner = Refiner::default();
        for wanted in &self.wanted {
            let mut best: Option<(Evidence, usize, Homography)> = None;
            let mut without = false;
            for (k, reference) in wanted.references.iter().enumerate() {
                let known = known_features(reference, self.kind)?;
                let Some(known) = known else { continue };
                for (guess, agreeing) in guesses(reference, known, &here, self.seed)? {
                    let mut refined = None;
                    let blurred = Look::Blurred([0.0; 2]);
                    let looks = match self.kind {
                        Kind::Small => [blurred, Look::Sharp],
                        Kind::Orb | Kind::Akaze => [Look::Sharp, blurred],
                    };
                    for look in looks {
                        let tried = refiner.refine(reference, &self.image, &guess, (3, look))?;
                        refined = tried.filter(|r| r.evidence.convinces());
                        if refined.is_some() {
                            break;
                        }
                    }
                    let Some(refined) = refined else {
                        without |= agreeing >= SURELY && self.shows(reference, &guess);
                        continue;
                    };
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
            if best.is_none() && without {
                missing.push((wanted.anchor, wanted.generation));
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

impl RelocaliseJob {
    /// Whether the whole drawing is inside the frame under a pose.
    fn shows(&self, reference: &Reference, frame_from_here: &Homography) -> bool {
        let (w, h) = (f64::from(self.image.cols()), f64::from(self.image.rows()));
        let inside = |p: &[f64; 2]| {
            apply(frame_from_here, *p).is_some_and(|[x, y]| x >= 0.0 && y >= 0.0 && x < w && y < h)
        };
        reference.drawing.iter().all(inside)
    }
}

/// A reference's features of this kind, computed once.
fn known_features(reference: &Reference, kind: Kind) -> Result<Option<&Features>, opencv::Error> {
    let place = &reference.features[kind.place()];
    if place.get().is_none() {
        // Another thread may have been faster; its features are the same.
        let _ = place.set(Features::of(&reference.image, kind)?);
    }
    Ok(place.get())
}

/// First guesses of the pose, with how many matches agree on each: from all matches of the two frames, and from those near the
/// drawing alone, for when the surroundings have changed or lie at another depth.
fn guesses(
    reference: &Reference,
    known: &Features,
    here: &Features,
    seed: u64,
) -> Result<Vec<(Homography, usize)>, opencv::Error> {
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
    let mut list: Vec<(Homography, usize)> = Vec::with_capacity(2);
    // Among lookalikes only the wider surroundings tell which is which.
    let alone = !reference.has_lookalikes();
    for pairs in [Some(&all), alone.then_some(&near)].into_iter().flatten() {
        if pairs.len() < AGREEING {
            continue;
        }
        let Some(guess) = consensus(pairs, seed)? else {
            continue;
        };
        let agreeing = count_fitting(pairs, &guess);
        if agreeing < AGREEING || !plausible(&guess, &reference.drawing) {
            continue;
        }
        let new = list
            .iter()
            .all(|(other, _)| moved(reference, other, &guess) > 2.0);
        if new {
            list.push((guess, agreeing));
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
