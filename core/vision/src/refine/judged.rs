//! What speaks for a pose.

use super::{Refiner, pictures};
use crate::beside::Footing;
use crate::confidence::{Evidence, SAME_PATCH, similarity};
use crate::layer::Failure;
use crate::reference::{Reference, View};

/// Points under the drawing below which they say nothing of their own.
const CORES: usize = 5;

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
        let beside = uneven.iter().map(|footing| footing.index);
        let alike = self.fitting.iter().filter(same).copied().chain(beside);
        Ok(weighed(reference, &self.visible, alike))
    }
}

/// What the `alike` of the points that were `looked` for say together.
pub(super) fn weighed(
    reference: &Reference,
    looked: &[usize],
    alike: impl Iterator<Item = usize>,
) -> Evidence {
    let trust = |&i: &usize| reference.trust[i];
    let core = |i: &&usize| reference.core[**i];
    let possible: f32 = looked.iter().map(trust).sum();
    let possible_core: f32 = looked.iter().filter(core).map(trust).sum();
    let cores = looked.iter().filter(core).count();
    let (mut inliers, mut sum, mut sum_core) = (0, 0.0, 0.0);
    for i in alike {
        inliers += 1;
        sum += trust(&i);
        if reference.core[i] {
            sum_core += trust(&i);
        }
    }
    let share = |sum: f32, possible: f32| (sum / possible.max(1e-6)).min(1.0);
    Evidence {
        inliers,
        confidence: share(sum, possible),
        core: if cores < CORES {
            1.0
        } else {
            share(sum_core, possible_core)
        },
    }
}
