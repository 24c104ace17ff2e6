//! Plane-to-plane maps and their robust fit.
//!
//! Pixel coordinates are OpenCV's: the centre of the first pixel is (0, 0). Shares run from edge
//! to edge: the same centre is (0.5 / width, 0.5 / height).

use nalgebra::{Matrix3, SMatrix, SVector, Vector3};

/// A map between two planes, `target_from_source`.
pub(crate) type Homography = Matrix3<f64>;

/// A point `[x, y]`.
pub(crate) type Point = [f64; 2];

/// Where a point goes, or `None` when it goes to or behind the horizon.
pub(crate) fn apply(h: &Homography, p: Point) -> Option<Point> {
    let v = h * Vector3::new(p[0], p[1], 1.0);
    (v.z > 1e-6).then(|| [v.x / v.z, v.y / v.z])
}

/// The same map with its last entry 1, or `None` when that is impossible or not finite.
pub(crate) fn normalised(h: &Homography) -> Option<Homography> {
    let last = h[(2, 2)];
    let h = h / last;
    (last.abs() > 1e-9 && h.iter().all(|v| v.is_finite())).then_some(h)
}

/// Pixels of a frame of this size from shares of it.
pub(crate) fn pixel_from_share(width: f64, height: f64) -> Homography {
    Matrix3::new(width, 0.0, -0.5, 0.0, height, -0.5, 0.0, 0.0, 1.0)
}

/// Shares of a frame of this size from its pixels.
pub(crate) fn share_from_pixel(width: f64, height: f64) -> Homography {
    Matrix3::new(
        1.0 / width,
        0.0,
        0.5 / width,
        0.0,
        1.0 / height,
        0.5 / height,
        0.0,
        0.0,
        1.0,
    )
}

/// A shift by (`x`, `y`).
pub(crate) fn translation(x: f64, y: f64) -> Homography {
    Matrix3::new(1.0, 0.0, x, 0.0, 1.0, y, 0.0, 0.0, 1.0)
}

/// How a map stretches around one point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stretch {
    /// Geometric mean of the two stretches.
    pub scale: f64,
    /// Smaller stretch over larger, 0 to 1: the cosine of a tilt.
    pub ratio: f64,
}

/// By how much a step of one pixel across, and down, from `p` moves where it goes; `None` when that
/// is at or behind the horizon.
pub(crate) fn slopes(h: &Homography, p: Point) -> Option<[Point; 2]> {
    let w = h[(2, 0)] * p[0] + h[(2, 1)] * p[1] + h[(2, 2)];
    let q = apply(h, p)?;
    Some([0, 1].map(|column| [0, 1].map(|row| (h[(row, column)] - q[row] * h[(2, column)]) / w)))
}

/// The stretch around `p`, or `None` for a mirrored or degenerate map.
pub(crate) fn stretch(h: &Homography, p: Point) -> Option<Stretch> {
    let [across, down] = slopes(h, p)?;
    let j = nalgebra::Matrix2::new(across[0], down[0], across[1], down[1]);
    let det = j.determinant();
    if det <= 1e-9 {
        return None;
    }
    let half_trace = j.norm_squared() / 2.0;
    let root = (half_trace * half_trace - det * det).max(0.0).sqrt();
    Some(Stretch {
        scale: det.sqrt(),
        ratio: ((half_trace - root).max(0.0) / (half_trace + root)).sqrt(),
    })
}

/// Whether a camera could see the four corners of a box under this map: not mirrored, not behind
/// the camera, neither tiny nor huge, and not seen from the edge.
pub(crate) fn plausible(h: &Homography, corners: &[Point; 4]) -> bool {
    if h.iter().any(|v| !v.is_finite()) {
        return false;
    }
    let centre = [
        (corners[0][0] + corners[2][0]) / 2.0,
        (corners[0][1] + corners[2][1]) / 2.0,
    ];
    let fits =
        |p: Point| stretch(h, p).is_some_and(|s| (0.12..8.0).contains(&s.scale) && s.ratio > 0.12);
    fits(centre) && corners.iter().all(|&c| fits(c))
}

/// Corresponding points of two planes; `from[i]` goes to `to[i]` with trust `weight[i]`.
#[derive(Debug, Default)]
pub(crate) struct Pairs {
    pub from: Vec<Point>,
    pub to: Vec<Point>,
    pub weight: Vec<f64>,
}

impl Pairs {
    pub fn clear(&mut self) {
        self.from.clear();
        self.to.clear();
        self.weight.clear();
    }

    pub fn push(&mut self, from: Point, to: Point, weight: f64) {
        self.from.push(from);
        self.to.push(to);
        self.weight.push(weight);
    }

    pub fn len(&self) -> usize {
        self.from.len()
    }
}

/// Improves `start` on the pairs by iteratively reweighted least squares with Tukey's biweight,
/// the cut-off going down through `cutoffs` (pixels of the target plane).
///
/// The two perspective terms are held near `start` with the strength of `stiffness` pairs: few
/// points on a small patch say little about them. Coordinates are centred and scaled first
/// (Hartley 1997). Returns `None` when the system is singular.
pub(crate) fn fit(
    pairs: &Pairs,
    start: &Homography,
    cutoffs: &[f64],
    stiffness: f64,
) -> Option<Homography> {
    if pairs.len() < 4 {
        return None;
    }
    let source = conditioner(&pairs.from);
    let target = conditioner(&pairs.to);
    let target_inverse = target.try_inverse()?;
    let mut h = normalised(&(target * start * source.try_inverse()?))?;
    let anchor = h;
    let pixel = target[(0, 0)];
    // Neither conditioner has a perspective: both only move and scale.
    let placed = |by: &Homography, p: Point| {
        let scale = by[(0, 0)];
        [scale * p[0] + by[(0, 2)], scale * p[1] + by[(1, 2)]]
    };
    let from: Vec<Point> = pairs.from.iter().map(|p| placed(&source, *p)).collect();
    let to: Vec<Point> = pairs.to.iter().map(|p| placed(&target, *p)).collect();
    for &cutoff in cutoffs {
        let cut = (cutoff * pixel).powi(2);
        let mut sums = Sums::default();
        for ((p, q), trust) in from.iter().zip(&to).zip(&pairs.weight) {
            let w = h[(2, 0)] * p[0] + h[(2, 1)] * p[1] + 1.0;
            if w < 1e-3 {
                continue;
            }
            let n = 1.0 / w;
            let x = (h[(0, 0)] * p[0] + h[(0, 1)] * p[1] + h[(0, 2)]) * n;
            let y = (h[(1, 0)] * p[0] + h[(1, 1)] * p[1] + h[(1, 2)]) * n;
            let rest = [q[0] - x, q[1] - y];
            let distance = rest[0] * rest[0] + rest[1] * rest[1];
            if distance < cut {
                let weight = trust * (1.0 - distance / cut).powi(2);
                sums.add([p[0] * n, p[1] * n, n], [x, y], rest, weight);
            }
        }
        let (mut a, mut b) = sums.system();
        for (k, (row, column)) in [(6, (2, 0)), (7, (2, 1))] {
            a[(k, k)] += stiffness;
            b[k] += stiffness * (anchor[(row, column)] - h[(row, column)]);
        }
        for k in 0..6 {
            a[(k, k)] += 1e-6;
        }
        let step = a.cholesky()?.solve(&b);
        for (k, value) in step.iter().enumerate() {
            h[(k / 3, k % 3)] += value;
        }
    }
    normalised(&(target_inverse * h * source))
}

/// The sums of which a step of [`fit`] is made. A pair whose point is `g = (u, v, n)` over its
/// depth and goes to `(x, y)` has the two rows `(g, 0, -x u, -x v)` and `(0, g, -y u, -y v)`: most
/// of the products are zero or the same for both, and each is added up once.
#[derive(Debug, Default)]
struct Sums {
    /// `u u, u v, u n, v v, v n, n n`.
    plain: [f64; 6],
    /// `u u, u v, v v, u n, v n`, times `x` and times `y`.
    by: [[f64; 5]; 2],
    /// `u u, u v, v v`, times `x x + y y`.
    twice: [f64; 3],
    /// `u, v, n`, times the residual in x and in y.
    rest: [[f64; 3]; 2],
    /// `u, v`, times `x` and `y` times their residuals.
    along: [f64; 2],
}

impl Sums {
    fn add(&mut self, [u, v, n]: [f64; 3], at: Point, rest: Point, weight: f64) {
        let (wu, wv, wn) = (weight * u, weight * v, weight * n);
        let (uu, uv, un, vv, vn) = (wu * u, wu * v, wu * n, wv * v, wv * n);
        for (sum, value) in self.plain.iter_mut().zip([uu, uv, un, vv, vn, wn * n]) {
            *sum += value;
        }
        for (sums, at) in self.by.iter_mut().zip(at) {
            for (sum, value) in sums.iter_mut().zip([uu, uv, vv, un, vn]) {
                *sum += at * value;
            }
        }
        let square = at[0] * at[0] + at[1] * at[1];
        for (sum, value) in self.twice.iter_mut().zip([uu, uv, vv]) {
            *sum += square * value;
        }
        for (sums, rest) in self.rest.iter_mut().zip(rest) {
            for (sum, value) in sums.iter_mut().zip([wu, wv, wn]) {
                *sum += rest * value;
            }
        }
        let along = at[0] * rest[0] + at[1] * rest[1];
        self.along[0] += along * wu;
        self.along[1] += along * wv;
    }

    /// The normal equations, both triangles of the matrix filled.
    fn system(&self) -> (SMatrix<f64, 8, 8>, SVector<f64, 8>) {
        let mut a = SMatrix::<f64, 8, 8>::zeros();
        let mut b = SVector::<f64, 8>::zeros();
        let mut set = |row: usize, column: usize, value: f64| {
            a[(row, column)] = value;
            a[(column, row)] = value;
        };
        let [uu, uv, un, vv, vn, nn] = self.plain;
        for (k, [xuu, xuv, xvv, xun, xvn]) in [(0, self.by[0]), (3, self.by[1])] {
            set(k, k, uu);
            set(k, k + 1, uv);
            set(k, k + 2, un);
            set(k + 1, k + 1, vv);
            set(k + 1, k + 2, vn);
            set(k + 2, k + 2, nn);
            set(k, 6, -xuu);
            set(k, 7, -xuv);
            set(k + 1, 6, -xuv);
            set(k + 1, 7, -xvv);
            set(k + 2, 6, -xun);
            set(k + 2, 7, -xvn);
        }
        let [quu, quv, qvv] = self.twice;
        set(6, 6, quu);
        set(6, 7, quv);
        set(7, 7, qvv);
        for (k, rest) in [(0, self.rest[0]), (3, self.rest[1])] {
            for (j, value) in rest.into_iter().enumerate() {
                b[k + j] = value;
            }
        }
        b[6] = -self.along[0];
        b[7] = -self.along[1];
        (a, b)
    }
}

/// Moves points to their centroid and scales them to a mean distance of the root of two.
fn conditioner(points: &[Point]) -> Homography {
    let n = points.len() as f64;
    let (sx, sy) = points
        .iter()
        .fold((0.0, 0.0), |(x, y), p| (x + p[0], y + p[1]));
    let (cx, cy) = (sx / n, sy / n);
    let mean = points
        .iter()
        .map(|p| (p[0] - cx).hypot(p[1] - cy))
        .sum::<f64>()
        / n;
    let s = std::f64::consts::SQRT_2 / mean.max(1e-6);
    Matrix3::new(s, 0.0, -s * cx, 0.0, s, -s * cy, 0.0, 0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Homography {
        Matrix3::new(1.1, 0.05, 12.0, -0.04, 0.95, -7.0, 1e-4, -2e-4, 1.0)
    }

    fn grid_pairs(h: &Homography) -> Pairs {
        let mut pairs = Pairs::default();
        for i in 0..64 {
            let p = [f64::from(i % 8) * 20.0, f64::from(i / 8) * 15.0];
            let q = apply(h, p).expect("in front");
            pairs.push(p, q, 1.0);
        }
        pairs
    }

    #[test]
    fn fit_recovers_a_known_map_among_outliers() {
        let truth = sample();
        let mut pairs = grid_pairs(&truth);
        for i in (0..64).step_by(4) {
            pairs.to[i][0] += 15.0;
        }
        let start = translation(10.0, -8.0);
        let found = fit(
            &pairs,
            &start,
            &[30.0, 20.0, 10.0, 5.0, 3.0, 3.0, 3.0],
            1e-4,
        );
        let found = found.expect("solvable");
        let centre = [70.0, 50.0];
        let (a, b) = (apply(&found, centre), apply(&truth, centre));
        let (a, b) = (a.expect("front"), b.expect("front"));
        assert!((a[0] - b[0]).hypot(a[1] - b[1]) < 0.02, "{a:?} {b:?}");
        // The control: without down-weighting the outliers pull the map away.
        let naive = fit(&pairs, &start, &[1e6; 7], 1e-4).expect("solvable");
        let c = apply(&naive, centre).expect("front");
        assert!((c[0] - b[0]).hypot(c[1] - b[1]) > 1.0, "{c:?} {b:?}");
    }

    #[test]
    fn shares_and_pixels_are_inverse_and_keep_pixel_centres() {
        let pixel = pixel_from_share(640.0, 360.0);
        let share = share_from_pixel(640.0, 360.0);
        assert!((pixel * share - Matrix3::identity()).norm() < 1e-12);
        let first = apply(&share, [0.0, 0.0]).expect("front");
        assert!((first[0] - 0.5 / 640.0).abs() < 1e-12);
    }

    #[test]
    fn stretch_of_a_squeezed_map() {
        let h = Matrix3::new(2.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0);
        let s = stretch(&h, [5.0, 5.0]).expect("regular");
        assert!((s.scale - 2.0_f64.sqrt()).abs() < 1e-9 && (s.ratio - 0.5).abs() < 1e-9);
        let mirrored = Matrix3::new(-1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0);
        assert!(stretch(&mirrored, [0.0, 0.0]).is_none());
    }
}
