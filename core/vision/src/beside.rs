//! Points beside the thing's main plane: which of them are believed, and when there are so many
//! under a drawing that it lies on no plane.

use crate::confidence::{Grey, SAME_PATCH, similarity_between};
use crate::geometry::Point;

/// Pixels beside the plane's pose within which a point still belongs to the thing.
const REACH: f64 = 40.0;
/// Share of how far a point is beside the plane, and pixels at least, within which neighbours
/// must agree on that.
const COMPANY: (f64, f64) = (0.4, 0.8);
/// Neighbours that must agree, of so many nearest.
const AGREEING: (usize, usize) = (2, 5);
/// Points beside the plane, and their share of all under the drawing, from which it is no plane.
const UNEVEN: (usize, f64) = (3, 0.1);
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
    /// Whether it is no further than `fits` beside the plane.
    pub fn is_on_plane(&self, fits: f64) -> bool {
        self.beside[0].hypot(self.beside[1]) < fits
    }
}

/// The points that look the same where they were found, no further than `reach` beside the plane.
pub(crate) fn same(
    found: &[Footing],
    (like, rectified): (Grey<'_>, Grey<'_>),
    reach: f64,
) -> Vec<Footing> {
    let reach = reach.min(REACH);
    let is_same = |f: &&Footing| {
        f.beside[0].hypot(f.beside[1]) < reach
            && similarity_between((like, f.from), (rectified, f.to)).is_some_and(|s| s > SAME_PATCH)
    };
    found.iter().filter(is_same).copied().collect()
}

/// The points beside the plane that agree with their neighbours among those that look the `same`;
/// `fits` is the residual up to which a point is on the plane.
pub(crate) fn in_company(same: &[Footing], fits: f64) -> Vec<Footing> {
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

/// Whether so many `beside` the plane, of `all` points under a drawing, say that it is none.
pub(crate) fn is_uneven(beside: usize, all: usize) -> bool {
    let (least, share) = UNEVEN;
    beside >= least && beside as f64 >= share * all as f64
}
