//! Little patches looked for straight in a frame: where each is that a view remembers, without
//! rectifying the picture between them.

use crate::confidence::Grey;
use crate::geometry::{Homography, Point, apply, slopes};
use crate::reference::PATCH_HALF;

/// Half of the side of a patch.
const HALF: i32 = 8;
const SIDE: usize = 2 * HALF as usize + 1;
const PIXELS: usize = SIDE * SIDE;
/// Pixels at the rim of a patch that help to find it, but do not count when it is judged: it is
/// then as large as those that a closer look compares.
const RIM: usize = (HALF - PATCH_HALF) as usize;
/// Steps of one search, and the step in pixels that ends it.
const STEPS: usize = 5;
const STEP: f32 = 0.03;
/// Pixels beyond which a patch is not looked for.
const REACH: f32 = 4.0;
/// Variance in square grey levels below which a patch shows nothing.
const LEAST_VARIANCE: f32 = 1.0;
/// Grey levels a pixel, squared, without which a patch fixes no place.
const LEAST_SLOPE: f32 = 1.0;
/// Binary digits of a coordinate's fraction, and of the share with which neighbours are mixed.
const FRACTION: i32 = 16;
const MIXED: i32 = 8;

/// A patch that was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Met {
    /// Pixels of the view from where the map has it.
    pub off: Point,
    /// Zero-mean normalised cross-correlation with the view, -1 to 1.
    pub likeness: f32,
}

/// A map around one point: where the point goes, and how a step of one pixel across and down does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near {
    to: Point,
    across: Point,
    down: Point,
}

impl Near {
    /// The map `frame_from_view` around `at`; `None` at or behind the horizon.
    pub fn of(frame_from_view: &Homography, at: Point) -> Option<Self> {
        let to = apply(frame_from_view, at)?;
        let [across, down] = slopes(frame_from_view, at)?;
        Some(Self { to, across, down })
    }

    /// Where a shift by `off` pixels of the view leads.
    fn shifted(&self, off: [f32; 2]) -> Self {
        let off = off.map(f64::from);
        let to = [0, 1].map(|k| self.to[k] + off[0] * self.across[k] + off[1] * self.down[k]);
        Self { to, ..*self }
    }

    /// Whether the whole patch is inside a picture of this size.
    pub fn is_inside(&self, width: usize, height: usize) -> bool {
        let half = f64::from(HALF);
        (0..2).all(|k| {
            let reach = half * (self.across[k].abs() + self.down[k].abs());
            let limit = [width, height][k] as f64 - 2.0;
            self.to[k] - reach >= 0.0 && self.to[k] + reach < limit
        })
    }
}

/// What a view shows around one of its points.
struct Patch {
    /// Grey levels without their mean.
    grey: [f32; PIXELS],
    across: [f32; PIXELS],
    down: [f32; PIXELS],
    variance: f32,
    /// Sums of products of the slopes: across with itself, across with down, down with itself.
    normal: [f32; 3],
}

impl Patch {
    /// The patch around the pixel nearest to `at`; `None` at the rim and where nothing is to be
    /// seen.
    fn of(view: Grey<'_>, at: Point) -> Option<Self> {
        let corner = |v: f64| usize::try_from(v.round() as i32 - HALF - 1).ok();
        let (left, top) = (corner(at[0])?, corner(at[1])?);
        let rows: [&[u8]; SIDE + 2] = {
            let mut rows: [&[u8]; SIDE + 2] = [&[]; SIDE + 2];
            if left + SIDE + 2 > view.width {
                return None;
            }
            for (k, row) in rows.iter_mut().enumerate() {
                let start = (top + k) * view.width + left;
                *row = view.data.get(start..start + SIDE + 2)?;
            }
            rows
        };
        let mut patch = Self {
            grey: [0.0; PIXELS],
            across: [0.0; PIXELS],
            down: [0.0; PIXELS],
            variance: 0.0,
            normal: [0.0; 3],
        };
        for y in 0..SIDE {
            let (above, here, below) = (rows[y], rows[y + 1], rows[y + 2]);
            for x in 0..SIDE {
                let v = |row: &[u8], x: usize| f32::from(row[x]);
                let k = y * SIDE + x;
                patch.grey[k] = v(here, x + 1);
                patch.across[k] = 0.5 * (v(here, x + 2) - v(here, x));
                patch.down[k] = 0.5 * (v(below, x + 1) - v(above, x + 1));
            }
        }
        // Light is made alike before patches are compared, which takes out what a mean slope says.
        for plane in [&mut patch.grey, &mut patch.across, &mut patch.down] {
            let mean = plane.iter().sum::<f32>() / PIXELS as f32;
            plane.iter_mut().for_each(|v| *v -= mean);
        }
        let dot = |a: &[f32; PIXELS], b: &[f32; PIXELS]| dot(a, b);
        patch.variance = dot(&patch.grey, &patch.grey) / PIXELS as f32;
        patch.normal = [
            dot(&patch.across, &patch.across),
            dot(&patch.across, &patch.down),
            dot(&patch.down, &patch.down),
        ];
        let [xx, xy, yy] = patch.normal;
        let fixes = xx * yy - xy * xy > (LEAST_SLOPE * PIXELS as f32).powi(2);
        (patch.variance >= LEAST_VARIANCE && fixes).then_some(patch)
    }
}

/// Looks for what `view` shows around `at` near where `near` has it in `frame`, at whole pixels of
/// the view; `None` where it is not found.
///
/// Lucas-Kanade with the roles of the pictures changed (inverse compositional: Baker and Matthews
/// 2004), so that slopes are those of the view, once.
pub(crate) fn meet(view: Grey<'_>, at: Point, frame: Grey<'_>, near: Near) -> Option<Met> {
    let patch = Patch::of(view, at)?;
    let [xx, xy, yy] = patch.normal;
    let det = xx * yy - xy * xy;
    let mut off = [0.0_f32; 2];
    let mut likeness = -1.0;
    for _ in 0..STEPS {
        let mut seen = [0.0_f32; PIXELS];
        sample(frame, near.shifted(off), &mut seen)?;
        let mean = seen.iter().sum::<f32>() / PIXELS as f32;
        seen.iter_mut().for_each(|v| *v -= mean);
        let variance = dot(&seen, &seen) / PIXELS as f32;
        if variance < LEAST_VARIANCE {
            return None;
        }
        let gain = (patch.variance / variance).sqrt();
        likeness = likeness_of(&seen, &patch.grey);
        for (seen, known) in seen.iter_mut().zip(&patch.grey) {
            *seen = gain * *seen - known;
        }
        let (x, y) = (dot(&seen, &patch.across), dot(&seen, &patch.down));
        let step = [(yy * x - xy * y) / det, (xx * y - xy * x) / det];
        off = [off[0] - step[0], off[1] - step[1]];
        let far = off[0].hypot(off[1]);
        if !far.is_finite() || far > REACH {
            return None;
        }
        if step[0].hypot(step[1]) < STEP {
            break;
        }
    }
    Some(Met {
        off: off.map(f64::from),
        likeness,
    })
}

/// Sum of products, in lanes that a processor adds up side by side.
fn dot(a: &[f32; PIXELS], b: &[f32; PIXELS]) -> f32 {
    let mut lanes = [0.0_f32; 8];
    let (a, b) = (a.chunks_exact(8), b.chunks_exact(8));
    let rest: f32 = a
        .remainder()
        .iter()
        .zip(b.remainder())
        .map(|(a, b)| a * b)
        .sum();
    for (a, b) in a.zip(b) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

/// Zero-mean normalised cross-correlation of two patches without their rims; 0 where one is flat.
fn likeness_of(a: &[f32; PIXELS], b: &[f32; PIXELS]) -> f32 {
    let (mut sa, mut sb, mut saa, mut sbb, mut sab) = (0.0_f32, 0.0, 0.0, 0.0, 0.0);
    let rows = a.chunks_exact(SIDE).zip(b.chunks_exact(SIDE));
    for (a, b) in rows.skip(RIM).take(SIDE - 2 * RIM) {
        for (a, b) in a[RIM..SIDE - RIM].iter().zip(&b[RIM..SIDE - RIM]) {
            sa += a;
            sb += b;
            saa += a * a;
            sbb += b * b;
            sab += a * b;
        }
    }
    let n = ((SIDE - 2 * RIM) * (SIDE - 2 * RIM)) as f32;
    let (va, vb) = (saa / n - (sa / n).powi(2), sbb / n - (sb / n).powi(2));
    if va < LEAST_VARIANCE || vb < LEAST_VARIANCE {
        return 0.0;
    }
    (sab / n - sa / n * (sb / n)) / (va * vb).sqrt()
}

/// The frame under the patch, linear between pixels; `None` when it reaches outside.
fn sample(frame: Grey<'_>, near: Near, out: &mut [f32; PIXELS]) -> Option<()> {
    if !near.is_inside(frame.width, frame.height) {
        return None;
    }
    let one = f64::from(1 << FRACTION);
    let fixed = |v: f64| (v * one).round() as i32;
    let (across, half) = (near.across.map(fixed), f64::from(HALF));
    for (y, row) in out.chunks_exact_mut(SIDE).enumerate() {
        let down = y as f64 - half;
        let start = [0, 1].map(|k| near.to[k] - half * near.across[k] + down * near.down[k]);
        let mut at = start.map(fixed);
        for out in row {
            let [x, y] = at.map(|v| (v >> FRACTION) as usize);
            let [u, v] = at.map(|v| (v >> (FRACTION - MIXED)) & ((1 << MIXED) - 1));
            let k = y * frame.width + x;
            let (above, below) = (
                frame.data.get(k..k + 2)?,
                frame.data.get(k + frame.width..k + frame.width + 2)?,
            );
            let mixed =
                |pair: &[u8]| i32::from(pair[0]) * ((1 << MIXED) - u) + i32::from(pair[1]) * u;
            let value = mixed(above) * ((1 << MIXED) - v) + mixed(below) * v;
            *out = value as f32 * (1.0 / (1 << (2 * MIXED)) as f32);
            at = [at[0] + across[0], at[1] + across[1]];
        }
    }
    Some(())
}

#[cfg(test)]
#[path = "patches_tests.rs"]
mod tests;
