//! The cheap look whether a pose that another anchor's motion foretold holds.

use super::{CUTOFFS, FITS, Refined, Refiner, STIFFNESS, ground::on_plane, judged::weighed};
use crate::confidence::{Grey, SAME_PATCH};
use crate::geometry::{Homography, apply, fit, plausible, translation};
use crate::layer::{Picture, Plane};
use crate::patches::{Near, meet};
use crate::reference::Reference;
use crate::tracker::median_shift;

/// Points of a glance.
const GLANCED: usize = 32;
/// Shift in pixels of the view up to which what was foretold counts as right, and the confidence
/// without which a closer look follows.
const FORETOLD: f64 = 2.0;
const CLEAR: f32 = 0.7;

impl Refiner {
    /// Looks for the little patches around some of the points where a pose has them, and nowhere
    /// else: no picture is rectified. `phase` chooses the points. `None` when the pose does not
    /// hold at all; the second says whether it holds without doubt.
    pub fn glance(
        &mut self,
        reference: &Reference,
        frame: &Picture,
        foretold: &Homography,
        phase: usize,
    ) -> Option<(Refined, bool)> {
        if !plausible(foretold, &reference.drawing) {
            return None;
        }
        let view = &reference.sharp.picture;
        let (view, frame) = (grey(view), grey(frame));
        let corner = reference.corner();
        let frame_from_view = foretold * translation(corner[0], corner[1]);
        let near = |i: usize| {
            Near::of(&frame_from_view, reference.view_points[i])
                .filter(|near| near.is_inside(frame.width, frame.height))
        };
        self.visible.clear();
        let all = 0..reference.points.len();
        self.visible.extend(all.filter(|&i| near(i).is_some()));
        self.thin_out(GLANCED, phase);
        if self.visible.len() < GLANCED / 2 {
            return None;
        }
        self.pairs.clear();
        self.fitting.clear();
        for &i in &self.visible {
            let at = reference.view_points[i];
            let met = near(i).and_then(|near| meet(view, at, frame, near));
            if let Some(met) = met.filter(|met| met.likeness > SAME_PATCH) {
                let to = [at[0] + met.off[0], at[1] + met.off[1]];
                self.pairs.push(at, to, reference.weights[i]);
                self.fitting.push(i);
            }
        }
        if self.pairs.len() < 6 {
            return None;
        }
        let start = median_shift(&self.pairs);
        let delta = fit(&self.pairs, &start, &CUTOFFS[3..], STIFFNESS)?;
        let fits = |&k: &usize| {
            let to = self.pairs.to[k];
            apply(&delta, self.pairs.from[k])
                .is_some_and(|p| (p[0] - to[0]).hypot(p[1] - to[1]) < FITS)
        };
        let agreeing = (0..self.pairs.len()).filter(fits).map(|k| self.fitting[k]);
        let evidence = weighed(reference, &self.visible, agreeing);
        let view_from_here = translation(-corner[0], -corner[1]);
        let pose = frame_from_view * delta * view_from_here;
        let moved = reference.drawing.iter().map(|p| {
            let p = [p[0] - corner[0], p[1] - corner[1]];
            apply(&delta, p).map_or(f64::INFINITY, |q| (q[0] - p[0]).hypot(q[1] - p[1]))
        });
        let clear = moved.fold(0.0, f64::max) < FORETOLD
            && evidence.convinces()
            && evidence.confidence >= CLEAR;
        let refined = Refined {
            frame_from_here: pose,
            nodes: on_plane(&pose, &reference.nodes),
            flat: true,
            evidence,
        };
        plausible(&pose, &reference.drawing).then_some((refined, clear))
    }
}

fn grey(picture: &Picture) -> Grey<'_> {
    Grey {
        data: picture.bytes(),
        width: picture.cols() as usize,
        height: picture.rows() as usize,
    }
}
