//! Laying a drawing over what is not flat: a can, a depth edge under it.
//!
//! The pose of the thing's main plane is what tracking and verification live on. Points under the
//! drawing that were found beside that plane, each verified on its own and in company of its
//! neighbours, move the drawing: the map that fits all of them best is what is shown.

use crate::confidence::{Grey, SAME_PATCH, similarity_between};
use crate::geometry::{Homography, Pairs, Point, apply, fit};
use crate::reference::Reference;

/// Pixels beside the plane's pose within which a point still belongs to the thing.
const REACH: f64 = 40.0;
/// Share of how far a point is beside the plane, and pixels at least, within which neighbours
/// must agree on that.
const COMPANY: (f64, f64) = (0.4, 0.8);
/// Neighbours that must agree, of so many nearest.
const AGREEING: (usize, usize) = (2, 5);
/// Points beside the plane, and their share of all under the drawing, from which it is no plane.
const UNEVEN: (usize, f64) = (3, 0.1);
/// Cut-offs of the fit in pixels: nothing that was verified is cast out.
const CUTOFFS: [f64; 3] = [60.0, 60.0, 60.0];
/// Strength, in points, with which perspective is held as the plane has it.
const STIFFNESS: f64 = 30.0;
/// Share of the squared distances that must go: noise is explained by no map.
const EXPLAINED: f64 = 0.5;
/// Cells across and down the drawing that count alike, however many points each has.
const CELLS: f64 = 5.0;
/// How much further than the drawing its ground reaches, as a share of it.
pub(crate) const AROUND: f64 = 0.25;

/// A point that flow found, in pixels of the reference's view and of the rectified frame.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Footing {
    /// The reference's point.
    pub index: usize,
    pub from: Point,
    pub to: Point,
    /// How far it is from where the plane has it.
    pub beside: Point,
}

impl Footing {
    fn is_on_plane(&self, fits: f64) -> bool {
        self.beside[0].hypot(self.beside[1]) < fits
    }
}

/// Keeps the points beside the plane that look the same where they were found and agree with
/// their neighbours; `fits` is the residual up to which a point is on the plane.
pub(crate) fn verified(
    found: &[Footing],
    (like, rectified): (Grey<'_>, Grey<'_>),
    reach: f64,
    fits: f64,
) -> Vec<Footing> {
    let reach = reach.min(REACH);
    let same: Vec<Footing> = found
        .iter()
        .filter(|f| {
            f.beside[0].hypot(f.beside[1]) < reach
                && similarity_between((like, f.from), (rectified, f.to))
                    .is_some_and(|s| s > SAME_PATCH)
        })
        .copied()
        .collect();
    let in_company = |f: &&Footing| {
        let mut near: Vec<(f64, f64)> = same
            .iter()
            .filter(|other| other.index != f.index)
            .map(|other| {
                let away = (other.from[0] - f.from[0]).hypot(other.from[1] - f.from[1]);
                let differs = (other.beside[0] - f.beside[0]).hypot(other.beside[1] - f.beside[1]);
                (away, differs)
            })
            .collect();
        let (enough, nearest) = AGREEING;
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (share, least) = COMPANY;
        let play = (share * f.beside[0].hypot(f.beside[1])).max(least);
        let agreeing = near.iter().take(nearest).filter(|(_, d)| *d < play);
        agreeing.count() >= enough
    };
    let uneven = |f: &&Footing| !f.is_on_plane(fits);
    same.iter()
        .filter(uneven)
        .filter(in_company)
        .copied()
        .collect()
}

/// The map from the reference's view to the rectified frame that fits the drawing's ground best,
/// or `None` when the plane (`flat`, as such a map) does.
pub(crate) fn drape(
    reference: &Reference,
    on_plane: impl Iterator<Item = (Point, Point)>,
    beside: &[Footing],
    flat: &Homography,
) -> Option<Homography> {
    let corner = reference.corner();
    let [low, _, high, _] = reference.drawing;
    let (width, height) = (high[0] - low[0], high[1] - low[1]);
    let cell = |p: Point| {
        let share = |v: f64, low: f64, side: f64| {
            ((v - low) / side.max(1.0) + AROUND) / (1.0 + 2.0 * AROUND)
        };
        let (x, y) = (
            share(p[0] + corner[0], low[0], width),
            share(p[1] + corner[1], low[1], height),
        );
        let inside = (0.0..1.0).contains(&x) && (0.0..1.0).contains(&y);
        inside.then_some(((x * CELLS) as usize, (y * CELLS) as usize))
    };
    let mut ground: Vec<(Point, Point, (usize, usize))> = Vec::new();
    for (from, to) in on_plane {
        ground.extend(cell(from).map(|cell| (from, to, cell)));
    }
    let even = ground.len();
    for f in beside {
        ground.extend(cell(f.from).map(|cell| (f.from, f.to, cell)));
    }
    // What is beside the plane around the drawing helps to lay it, but only what is under it says
    // that it lies over an edge.
    let under = |(from, ..): &&(Point, Point, (usize, usize))| {
        (0..2).all(|k| (low[k]..=high[k]).contains(&(from[k] + corner[k])))
    };
    let uneven = ground[even..].iter().filter(under).count();
    let all = ground.iter().filter(under).count();
    let (least, share) = UNEVEN;
    if uneven < least || (uneven as f64) < share * all as f64 || ground.len() < 10 {
        return None;
    }
    let mut pairs = Pairs::default();
    for (from, to, cell) in &ground {
        let crowd = ground.iter().filter(|(.., other)| other == cell).count();
        pairs.push(*from, *to, 4.0 / crowd as f64);
    }
    let off = |map: &Homography| -> f64 {
        let points = pairs.from.iter().zip(&pairs.to).zip(&pairs.weight);
        let squared = |((from, to), weight): ((&Point, &Point), &f64)| {
            let at = apply(map, *from)?;
            Some(weight * ((at[0] - to[0]).powi(2) + (at[1] - to[1]).powi(2)))
        };
        points.map(|p| squared(p).unwrap_or(f64::INFINITY)).sum()
    };
    let map = fit(&pairs, flat, &CUTOFFS, STIFFNESS)?;
    let near = reference.drawing.iter().all(|p| {
        let p = [p[0] - corner[0], p[1] - corner[1]];
        apply(&map, p)
            .zip(apply(flat, p))
            .is_some_and(|(a, b)| (a[0] - b[0]).hypot(a[1] - b[1]) < REACH)
    });
    (near && off(&map) < (1.0 - EXPLAINED) * off(flat)).then_some(map)
}
