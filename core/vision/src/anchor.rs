//! The state of one anchor.

use crate::confidence::Evidence;
use crate::frame::WorkSize;
use crate::geometry::{
    Homography, Pairs, Point, apply, fit, normalised, pixel_from_share, share_from_pixel, stretch,
};
use crate::mesh::{Mesh, NODES};
use crate::reference::Reference;
use crate::refine::Refined;
use crate::relief::Relief;
use crate::types::{AnchorPose, Bend, Reason, Status, StatusChange};
use std::sync::Arc;

/// Views remembered of one anchor.
pub(crate) const MAX_REFERENCES: usize = 6;
/// A view from this much nearer or further, or tilted so that it is squeezed below this ratio
/// (the cosine of 35 degrees), is worth remembering.
const NEW_SCALE: f64 = 1.6;
const NEW_RATIO: f64 = 0.82;
/// Frames unseen that make a loss an absence, and frames for which a return is on probation.
const ABSENCE: u32 = 12;
const PROBATION: u32 = 45;
/// Share of the frame's side up to which a thing outside may be in view after all.
const NEARBY: f64 = 0.15;
/// Frames unseen up to which relocalisations run at full pace, and at half of it.
const PATIENCE: (u32, u32) = (150, 600);
/// Sights of the surroundings without the thing, and frames unseen, after which it has moved.
const GIVEN_UP: (u32, u32) = (4, 60);
/// Frames in a row that make a motion steady.
const STEADY: u32 = 3;
/// The same for a motion together with another anchor, and how much more rarely than others what is
/// lost then is looked for in the whole picture.
const COMPANY: u32 = 5;
const LED: u64 = 4;
/// How much nearer another reference must be before it takes over.
const SWITCH: f64 = 0.15;

/// Pixels beyond the plane's pose below which a bend is not worth telling; cut-offs in pixels and
/// strength, in points, with which perspective is held, of the map that a bend goes beyond.
const LEAST_BEND: f64 = 0.25;
const BEND_CUTOFFS: [f64; 3] = [1e3; 3];
const BEND_STIFFNESS: f64 = 5.0;

/// One anchor.
#[derive(Debug)]
pub(crate) struct Anchor {
    pub id: u32,
    /// Distinguishes an anchor from an earlier one with the same number.
    pub generation: u64,
    /// Size of the frame that was drawn on.
    pub drawn_size: WorkSize,
    /// Middle of the drawing in that frame's pixels.
    pub centre: Point,
    /// Remembered views; the first is the frame that was drawn on.
    pub references: Vec<Arc<Reference>>,
    /// The reference compared with.
    pub active: usize,
    /// The newest frame's pixels from the drawn-on frame's pixels; a mere guess while lost.
    pub pose: Homography,
    /// Where the drawing's nodes are in the newest frame that it was seen on.
    pub nodes: Mesh,
    pub status: Status,
    pub confidence: f32,
    /// Frames since it was last verified.
    pub unseen: u32,
    /// Pixels that the middle moved on the last verified frame.
    pub velocity: [f64; 2],
    /// The part of it that the camera's turn does not explain.
    pub drift: [f64; 2],
    /// A relocalisation put the pose where the thing was found.
    pub primed: bool,
    /// Whether the guess of a lost anchor's pose has a gap: a step with an unknown motion.
    pub adrift: bool,
    /// Verified frames after an absence during which more is asked for.
    pub probation: u32,
    /// Whether the last verified frame was blurred where the thing is.
    pub smeared: bool,
    /// Frames in a row on which it moved on as it did.
    pub steady: u32,
    /// Frames in a row on which it moved as another anchor did; kept while it is lost.
    pub company: u32,
    /// Whether another anchor's motion tells where it should be while it is lost.
    pub led: bool,
    /// Index of the frame from which a relocalisation may look for it.
    pub next_search: u64,
    /// Relocalisations that saw its surroundings but not the thing, since it was lost.
    pub missing: u32,
    /// What is known of the relief of the ground, by references.
    pub reliefs: [Option<Relief>; MAX_REFERENCES],
    /// Whether the drawing lies on a plane, as far as the last close look told.
    pub flat: bool,
}

impl Anchor {
    pub fn is_lost(&self) -> bool {
        self.status == Status::Lost
    }

    pub fn reference(&self) -> &Arc<Reference> {
        &self.references[self.active.min(self.references.len() - 1)]
    }

    /// The relief of the active reference's ground.
    pub fn relief(&mut self) -> &mut Option<Relief> {
        let active = self.active.min(self.references.len() - 1);
        &mut self.reliefs[active]
    }

    /// The newest frame's pixels from a reference's pixels.
    pub fn frame_from(&self, reference: &Reference) -> Homography {
        let drawn_from_here = reference.here_from_drawn.try_inverse();
        self.pose * drawn_from_here.unwrap_or_else(Homography::identity)
    }

    /// Whether it was away so long that something else may have taken its place.
    pub fn was_absent(&self) -> bool {
        self.unseen > ABSENCE
    }

    /// Whether evidence is enough to show it, or to go on showing it.
    pub fn trusts(&self, evidence: &Evidence) -> bool {
        if !self.is_lost() {
            evidence.holds() && (self.probation == 0 || evidence.is_sure(false))
        } else if self.was_absent() {
            evidence.convinces_after_absence()
        } else {
            evidence.convinces()
        }
    }

    /// Whether it is well seen and moves so steadily that it is looked for where it should be
    /// first. Among lookalikes, and where the ground bends, the step before must tell.
    pub fn goes_on(&self) -> bool {
        let well = self.status == Status::Tracking && self.probation == 0 && !self.smeared;
        well && self.steady >= STEADY && self.flat && !self.reference().has_lookalikes()
    }

    /// Notes whether it moved as another anchor did.
    pub fn went_along(&mut self, together: bool) {
        self.company = if together { self.company + 1 } else { 0 };
    }

    /// Whether it has moved as others do for long enough to be thought of as one with them.
    pub fn in_company(&self) -> bool {
        self.company >= COMPANY
    }

    /// Notes whether it moved on as it did.
    pub fn went_on(&mut self, steadily: bool) {
        self.steady = if steadily { self.steady + 1 } else { 0 };
    }

    /// Whether the unbroken guess of where a lost thing is lies well outside the frame.
    pub fn is_thought_away(&self, size: WorkSize) -> bool {
        let (w, h) = (f64::from(size.width), f64::from(size.height));
        let near = |p: &Point| {
            apply(&self.pose, *p).is_some_and(|[x, y]| {
                x > -NEARBY * w
                    && y > -NEARBY * h
                    && x < (1.0 + NEARBY) * w
                    && y < (1.0 + NEARBY) * h
            })
        };
        let first = self.references.first();
        !self.adrift && first.is_some_and(|r| !r.drawing.iter().any(near) && !near(&r.centre()))
    }

    /// Frames until the next relocalisation of a lost thing: soon when it may be in view, rarely
    /// when it is thought away or has been gone for long.
    pub fn patience(&self, away: bool, every: u64) -> u64 {
        let (soon, later) = PATIENCE;
        match self.unseen {
            _ if self.led => LED * every,
            _ if away => 3 * every,
            n if n < soon => every,
            n if n < later => 2 * every,
            _ => 3 * every,
        }
    }

    /// Counts a sight of the surroundings without the thing; `true` when that was enough, once.
    pub fn is_given_up(&mut self) -> bool {
        if self.unseen < GIVEN_UP.1 {
            return false;
        }
        self.missing += 1;
        self.missing == GIVEN_UP.0
    }

    /// Takes a verified pose that belongs to the active reference.
    pub fn accept(&mut self, refined: &Refined) {
        let pose = refined.frame_from_here * self.reference().here_from_drawn;
        let Some(pose) = normalised(&pose) else {
            return;
        };
        if let (Some(a), Some(b)) = (apply(&self.pose, self.centre), apply(&pose, self.centre)) {
            self.velocity = if self.is_lost() {
                [0.0; 2]
            } else {
                [b[0] - a[0], b[1] - a[1]]
            };
            self.drift = self.velocity;
        }
        self.pose = pose;
        self.confidence = refined.evidence.confidence;
        self.nodes = refined.nodes;
        self.flat = refined.flat;
        self.probation = if self.is_lost() && self.was_absent() {
            PROBATION
        } else {
            self.probation.saturating_sub(1)
        };
        self.adrift = false;
        self.missing = 0;
        self.next_search = 0;
        let before = self.status == Status::Tracking;
        self.status = if refined.evidence.is_sure(before) {
            Status::Tracking
        } else {
            Status::Uncertain
        };
        self.primed = false;
        self.unseen = 0;
    }

    /// Picks the reference whose view is nearest to the present one.
    pub fn choose_reference(&mut self) {
        let distances: Vec<f64> = self.references.iter().map(|r| self.distance(r)).collect();
        let best = (0..distances.len()).min_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        if let Some(best) = best
            && distances[best] + SWITCH < distances[self.active]
        {
            self.active = best;
        }
    }

    /// Whether the present view is unlike all remembered ones.
    pub fn wants_reference(&self) -> bool {
        self.references.len() < MAX_REFERENCES
            && self.references.iter().all(|r| {
                let at = r.centre();
                stretch(&self.frame_from(r), at).is_some_and(|s| {
                    s.scale > NEW_SCALE || s.scale < 1.0 / NEW_SCALE || s.ratio < NEW_RATIO
                })
            })
    }

    fn distance(&self, reference: &Reference) -> f64 {
        stretch(&self.frame_from(reference), reference.centre()).map_or(f64::INFINITY, |s| {
            s.scale.ln().abs() + 2.0 * (1.0 - s.ratio)
        })
    }

    /// Middle of the drawing in pixels of the newest frame.
    pub fn seen_at(&self) -> Option<Point> {
        apply(&self.pose, self.centre)
    }

    /// The pose in shares, for a newest frame of `size`.
    pub fn report(&self, size: WorkSize) -> AnchorPose {
        let now = share_from_pixel(f64::from(size.width), f64::from(size.height));
        let (w, h) = (self.drawn_size.width, self.drawn_size.height);
        let drawn = pixel_from_share(f64::from(w), f64::from(h));
        let bent = if self.is_lost() {
            None
        } else {
            self.bent(size)
        };
        let pose = bent.unwrap_or(self.pose);
        let map = normalised(&(now * pose * drawn)).unwrap_or_else(Homography::identity);
        AnchorPose {
            anchor: self.id,
            status: self.status,
            confidence: if self.is_lost() { 0.0 } else { self.confidence },
            homography: std::array::from_fn(|k| map[(k / 3, k % 3)] as f32),
            bend: bent.and_then(|_| self.bend(&map, &now)),
        }
    }

    /// The map from the drawn-on frame that fits the drawing's nodes best; `None` when they are on
    /// the plane, or most of them outside the frame, where nothing tells how it bends.
    fn bent(&self, size: WorkSize) -> Option<Homography> {
        let home = self.references.first()?.nodes;
        let inside = |p: &&Point| apply(&self.pose, **p).is_some_and(|p| size.holds(p));
        if 2 * home.iter().filter(inside).count() < home.len() {
            return None;
        }
        let off = |(home, node): (&Point, &Point)| {
            apply(&self.pose, *home).map_or(0.0, |p| (p[0] - node[0]).hypot(p[1] - node[1]))
        };
        let most = home.iter().zip(&self.nodes).map(off).fold(0.0, f64::max);
        let mut pairs = Pairs::default();
        for (from, to) in home.iter().zip(&self.nodes) {
            pairs.push(*from, *to, 1.0);
        }
        (most > LEAST_BEND).then(|| fit(&pairs, &self.pose, &BEND_CUTOFFS, BEND_STIFFNESS))?
    }

    /// What moves the nodes beyond `map` (shares).
    fn bend(&self, map: &Homography, share_from_frame: &Homography) -> Option<Bend> {
        let first = self.references.first()?;
        let (w, h) = (self.drawn_size.width, self.drawn_size.height);
        let share = share_from_pixel(f64::from(w), f64::from(h));
        let mut by = [[0.0; 2]; NODES * NODES];
        for ((by, &node), &home) in by.iter_mut().zip(&self.nodes).zip(&first.nodes) {
            let there = apply(share_from_frame, node)?;
            let flat = apply(map, apply(&share, home)?)?;
            *by = [0, 1].map(|k| (there[k] - flat[k]) as f32);
        }
        let [low, _, high, _] = first.drawing;
        let (low, high) = (apply(&share, low)?, apply(&share, high)?);
        let over = [low[0], low[1], high[0], high[1]].map(|v| v as f32);
        let has_a_box = over[0] < over[2] && over[1] < over[3];
        has_a_box.then_some(Bend { over, by })
    }

    /// The change to the present status on the frame with this time and size.
    pub fn change(&self, time: u32, size: WorkSize, reason: Reason) -> StatusChange {
        let lead = if reason == Reason::OutOfView {
            5.0
        } else {
            0.0
        };
        let last_seen = self.seen_at().map(|[x, y]| {
            let x = x + self.velocity[0] * lead;
            let y = y + self.velocity[1] * lead;
            let share = |v: f64, side: i32| ((v + 0.5) / f64::from(side)).clamp(-2.0, 3.0) as f32;
            [share(x, size.width), share(y, size.height)]
        });
        StatusChange {
            anchor: self.id,
            time,
            status: self.status,
            reason,
            last_seen,
        }
    }
}
