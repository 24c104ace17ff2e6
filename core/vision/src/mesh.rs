//! The grid of nodes by which a drawing bends, and reading values between scattered points.

use crate::geometry::Point;
use nalgebra::{Matrix3, Vector3};

/// Nodes across and down.
pub(crate) const NODES: usize = 5;

/// A place, or a shift, for each node, row by row.
pub(crate) type Mesh = [Point; NODES * NODES];

/// Neighbours that a place goes by; the one whose distance is the scale on which they count.
const NEIGHBOURS: usize = 10;
const SCALE_BY: usize = 4;
/// Strength, as a share of all neighbours', with which a slope between them is held at none, and how
/// far beyond them, as a share of their range, it may lead.
const LEVEL: f64 = 0.2;
const BEYOND: f64 = 0.5;
/// Rounds in which neighbours on another step of the ground lose their say.
const ROUNDS: usize = 3;

/// The nodes of a drawing's box.
pub(crate) fn mesh_over(low: Point, high: Point) -> Mesh {
    let last = (NODES - 1) as f64;
    std::array::from_fn(|k| {
        let (x, y) = ((k % NODES) as f64 / last, (k / NODES) as f64 / last);
        [
            low[0] + x * (high[0] - low[0]),
            low[1] + y * (high[1] - low[1]),
        ]
    })
}

/// Something measured at a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Value {
    pub at: Point,
    pub value: f64,
    /// How much it counts.
    pub weight: f64,
}

/// What the nearest values say about a place: a plane laid through them by weighted least squares,
/// near ones first, those that differ from the others least. `None` when there are too few.
pub(crate) fn local(place: Point, values: &[Value]) -> Option<f64> {
    let mut near: Vec<(f64, &Value)> = values
        .iter()
        .map(|v| ((v.at[0] - place[0]).hypot(v.at[1] - place[1]), v))
        .collect();
    if near.len() < NEIGHBOURS {
        return None;
    }
    near.select_nth_unstable_by(NEIGHBOURS - 1, |a, b| a.0.total_cmp(&b.0));
    near.truncate(NEIGHBOURS);
    near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
    let scale = near[SCALE_BY - 1].0.max(1.0);
    let mut trust = [1.0; NEIGHBOURS];
    let mut plane = Vector3::zeros();
    for _ in 0..ROUNDS {
        let mut a = Matrix3::<f64>::zeros();
        let mut b = Vector3::<f64>::zeros();
        let row = |v: &Value| {
            Vector3::new(
                1.0,
                (v.at[0] - place[0]) / scale,
                (v.at[1] - place[1]) / scale,
            )
        };
        for ((far, v), trust) in near.iter().zip(trust) {
            let weight = v.weight * trust / (0.1 + (far / scale).powi(2)).powi(2);
            a += weight * row(v) * row(v).transpose();
            b += weight * v.value * row(v);
        }
        let level = LEVEL * a[(0, 0)];
        a[(1, 1)] += level;
        a[(2, 2)] += level;
        plane = a.cholesky()?.solve(&b);
        let off: [f64; NEIGHBOURS] =
            std::array::from_fn(|k| (near[k].1.value - row(near[k].1).dot(&plane)).abs());
        let mut sorted = off;
        sorted.sort_unstable_by(f64::total_cmp);
        let usual = 2.0 * sorted[NEIGHBOURS / 2] + 1e-3;
        trust = off.map(|off| 1.0 / (1.0 + (off / usual).powi(2)));
    }
    let values = near.iter().map(|(_, v)| v.value);
    let low = values.clone().fold(f64::INFINITY, f64::min);
    let high = values.fold(f64::NEG_INFINITY, f64::max);
    let beyond = BEYOND * (high - low);
    Some(plane[0].clamp(low - beyond, high + beyond))
}
