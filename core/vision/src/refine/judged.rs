//! What speaks for a pose, and the cheap look whether one that was foretold holds.

use super::{Look, Refined, Refiner, ground::on_plane, pictures};
use crate::beside::Footing;
use crate::confidence::{Evidence, SAME_PATCH, similarity};
use crate::geometry::{Homography, plausible, translation};
use crate::layer::{Failure, Picture};
use crate::reference::{Reference, View};

/// Points under the drawing below which they say nothing of their own.
const CORES: usize = 5;
/// Points of a glance, the shift in pixels up to which what was foretold counts as right, and the
/// confidence without which a closer look follows.
const GLANCED: usize = 28;
const FORETOLD: f64 = 1.5;
const CLEAR: f32 = 0.75;
impl Refiner {
    /// Compares the little patches around the points that fit.
    pub(super) fn judge(
        &self,
        reference: &Reference,
        like: &View,
        uneven: &[Footing],
    ) -> Result<Evidence, Failure> {
        let (here, there) = pictures(like, &self.rectified)?;
        let same = |&&i: &&usize| {
            similarity(here, there, reference.view_points[i]).is_some_and(|s| s > SAME_PATCH)
        };
        let trust = |&i: &usize| reference.trust[i];
        let core = |i: &&usize| reference.core[**i];
        let possible: f32 = self.visible.iter().map(trust).sum();
        let possible_core: f32 = self.visible.iter().filter(core).map(trust).sum();
        let cores = self.visible.iter().filter(core).count();
        let (mut inliers, mut sum, mut sum_core) = (0, 0.0, 0.0);
        let beside = uneven.iter().map(|footing| &footing.index);
        for i in self.fitting.iter().filter(same).chain(beside) {
            inliers += 1;
            sum += trust(i);
            if reference.core[*i] {
                sum_core += trust(i);
            }
        }
        let share = |sum: f32, possible: f32| (sum / possible.max(1e-6)).min(1.0);
        Ok(Evidence {
            inliers,
            confidence: share(sum, possible),
            core: if cores < CORES {
                1.0
            } else {
                share(sum_core, possible_core)
            },
        })
    }

    /// A cheap look whether a pose that another anchor's motion foretold holds: some of the
    /// points, one rectification, no search. `phase` chooses the points. `None` when it does not
    /// hold without doubt.
    pub fn glance(
        &mut self,
        reference: &Reference,
        frame: &Picture,
        foretold: &Homography,
        phase: usize,
    ) -> Result<Option<Refined>, Failure> {
        if !plausible(foretold, &reference.drawing) {
            return Ok(None);
        }
        let corner = reference.corner();
        let here_from_view = translation(corner[0], corner[1]);
        let size = (reference.area.width, reference.area.height);
        self.see(reference, frame, foretold);
        self.thin_out(GLANCED, phase);
        if self.visible.len() < GLANCED / 2 {
            return Ok(None);
        }
        self.beside.clear();
        self.beside.resize(reference.points.len(), [0.0; 2]);
        self.rectify(frame, &(foretold * here_from_view), size, Look::Sharp)?;
        let Some((delta, moved)) = self.compare(reference, &reference.sharp, 0)? else {
            return Ok(None);
        };
        let evidence = self.judge(reference, &reference.sharp, &[])?;
        let pose = foretold * here_from_view * delta * translation(-corner[0], -corner[1]);
        let clear = moved < FORETOLD
            && evidence.convinces()
            && evidence.confidence >= CLEAR
            && plausible(&pose, &reference.drawing);
        Ok(clear.then_some(Refined {
            frame_from_here: pose,
            nodes: on_plane(&pose, &reference.nodes),
            flat: true,
            evidence,
        }))
    }
}
