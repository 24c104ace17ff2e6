//! The ground of a drawing that is not flat, from what one comparison found.

use super::{FITS, Refiner, pictures};
use crate::beside::{AROUND, Footing, in_company, is_uneven, same};
use crate::geometry::{Homography, Point, apply};
use crate::layer::Failure;
use crate::mesh::Mesh;
use crate::reference::{Reference, View};
use crate::relief::Relief;

/// Points under the drawing itself that must lie beside the plane.
const UNDER: usize = 2;
/// Pixels beside the plane from which a point says so.
const CLEARLY: f64 = 4.0;

/// What a comparison says about the ground.
#[derive(Debug, Default)]
pub(super) struct Ground {
    /// Points beside the plane that are believed.
    pub beside: Vec<Footing>,
    /// By how much the drawing's nodes are moved beyond the plane, in pixels of the rectified
    /// view; `None` where it is flat.
    pub shifts: Option<Mesh>,
}

impl Refiner {
    /// Learns the relief of the ground from the last comparison and lays the drawing on it.
    pub(super) fn ground(&mut self, reference: &Reference, like: &View) -> Result<Ground, Failure> {
        let corner = reference.corner();
        let [low, _, high, _] = reference.drawing;
        let slack = [AROUND * (high[0] - low[0]), AROUND * (high[1] - low[1])];
        let under = |p: Point, slack: [f64; 2]| {
            (0..2).all(|k| {
                let v = p[k] + corner[k];
                v > low[k] - slack[k] && v < high[k] + slack[k]
            })
        };
        let paired = self.paired.iter().zip(&self.pairs.from).zip(&self.pairs.to);
        let mut found: Vec<Footing> = paired
            .map(|((&index, &from), &to)| Footing {
                index,
                from,
                to,
                beside: self.beside[index],
            })
            .collect();
        let on_plane = |f: &Footing| f.is_on_plane(FITS);
        if self.relief.is_none() && found.iter().all(|f| on_plane(f) || !under(f.from, slack)) {
            return Ok(Ground::default());
        }
        let pictures = pictures(like, &self.rectified)?;
        let reach = if reference.has_lookalikes() {
            reference.leap()
        } else {
            f64::INFINITY
        };
        if self.relief.is_none() {
            let near: Vec<Footing> = found
                .iter()
                .filter(|f| under(f.from, slack))
                .copied()
                .collect();
            let beside = in_company(&same(&near, pictures, reach), FITS);
            // What is beside the plane around the drawing helps to lay it, but only what is under
            // it says that it lies over an edge.
            let far = || beside.iter().filter(|f| !f.is_on_plane(CLEARLY));
            let here = far().filter(|f| under(f.from, [0.0; 2])).count();
            // Among lookalikes a point beside the plane may be a neighbour's.
            let even = !is_uneven(far().count(), near.len()) || here < UNDER;
            if even || reference.has_lookalikes() {
                return Ok(Ground {
                    beside,
                    shifts: None,
                });
            }
        }
        found = same(&found, pictures, reach);
        let believed = in_company(&found, FITS);
        let is_believed = |f: &Footing| on_plane(f) || believed.iter().any(|b| b.index == f.index);
        let mut relief = match self.relief.take() {
            Some(relief) => relief,
            None => {
                let seen: Vec<Footing> = found.iter().filter(|f| is_believed(f)).copied().collect();
                Relief::begin(reference, &seen)
            }
        };
        let holds = relief.follow(&found);
        let mut ground = Ground {
            beside: believed.clone(),
            shifts: None,
        };
        if holds {
            let seen: Vec<Footing> = found
                .iter()
                .filter(|f| relief.agrees(f) || is_believed(f))
                .copied()
                .collect();
            relief.learn(&seen);
            ground.shifts = relief.lay(reference, &seen);
            ground.beside = seen.into_iter().filter(|f| !on_plane(f)).collect();
        }
        self.relief = relief.is_alive().then_some(relief);
        Ok(ground)
    }

    /// Where the last known course of the relief moves the drawing's nodes beyond the plane.
    pub(super) fn remembered_shifts(&self, reference: &Reference) -> Option<Mesh> {
        let relief = self.relief.as_ref()?;
        relief.lay(reference, &[])
    }
}

/// The nodes under a map; what it puts behind the camera stays where it was.
pub(super) fn on_plane(map: &Homography, nodes: &Mesh) -> Mesh {
    nodes.map(|node| apply(map, node).unwrap_or(node))
}
