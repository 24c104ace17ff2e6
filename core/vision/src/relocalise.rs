//! Finding a lost anchor anywhere in a frame, as a step that may run off the tracking thread.

use crate::confidence::Evidence;
use crate::contest;
use crate::geometry::{Homography, Pairs, apply, plausible};
use crate::layer::{Descriptors, Failure, Kind, Layer, Library, Picture, Plane};
use crate::reference::Reference;
use crate::refine::{Look, Refiner};
use crate::tracker::{consensus, count_fitting};
use std::sync::Arc;

/// Ratio of best to second-best distance below which a match is taken.
const RATIO: f32 = 0.8;
/// Matches that must agree on a first guess.
const AGREEING: usize = 8;
/// The same for saying that the surroundings were seen for sure.
const SURELY: usize = 30;
/// Part of the reference used when the whole frame does not match: this many areas around it.
const NEAR: f64 = 0.75;

/// A kind's place in a list of all kinds.
fn place(kind: Kind) -> usize {
    match kind {
        Kind::Orb => 0,
        Kind::Akaze => 1,
        Kind::Small => 2,
    }
}

/// How many kinds there are.
pub(crate) const KINDS: usize = 3;

/// Points of one frame with binary descriptors.
#[derive(Debug)]
pub(crate) struct Features {
    points: Vec<[f64; 2]>,
    descriptors: Descriptors,
}

impl Features {
    fn of(image: &Picture, kind: Kind) -> Result<Self, Failure> {
        let (points, descriptors) = Library::features(image, kind)?;
        Ok(Self {
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
    pub(crate) image: Arc<Picture>,
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
    pub(crate) failure: Option<Failure>,
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

    fn search(&self, found: &mut Vec<Found>, missing: &mut Vec<(u32, u64)>) -> Result<(), Failure> {
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
fn known_features(reference: &Reference, kind: Kind) -> Result<Option<&Features>, Failure> {
    let features = &reference.features[place(kind)];
    if features.get().is_none() {
        // Another thread may have been faster; its features are the same.
        let _ = features.set(Features::of(&reference.image, kind)?);
    }
    Ok(features.get())
}

/// First guesses of the pose, with how many matches agree on each: from all matches of the two frames, and from those near the
/// drawing alone, for when the surroundings have changed or lie at another depth.
fn guesses(
    reference: &Reference,
    known: &Features,
    here: &Features,
    seed: u64,
) -> Result<Vec<(Homography, usize)>, Failure> {
    let mut all = Pairs::default();
    let mut near = Pairs::default();
    if known.points.len() < AGREEING {
        return Ok(Vec::new());
    }
    let matches = Library::matches(&known.descriptors, &here.descriptors, RATIO)?;
    let (centre, area) = (reference.centre(), reference.area);
    let reach = [f64::from(area.width) * NEAR, f64::from(area.height) * NEAR];
    for (first, second) in matches {
        let (Some(&from), Some(&to)) = (known.points.get(first), here.points.get(second)) else {
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
