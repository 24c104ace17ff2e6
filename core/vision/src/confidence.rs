//! How sure a pose is, measured on the picture itself.

use crate::geometry::Point;
use crate::reference::PATCH_HALF;

/// Zero-mean normalised cross-correlation of two grey patches above which they show the same.
pub(crate) const SAME_PATCH: f32 = 0.65;
/// Points that must agree for a pose to be drawn, and share of the visible points.
const SHOW: (usize, f32) = (10, 0.35);
/// The same after a loss: a drawing that comes back at a wrong place is worse than none.
const SHOW_AGAIN: (usize, f32) = (14, 0.5);
/// The share after an absence: another thing may stand there that looks alike in half of its parts.
const SHOW_RETURNED: f32 = 0.6;
/// Share of the points under the drawing itself that must agree, and the same after a loss.
const SHOW_CORE: f32 = 0.3;
const SHOW_CORE_AGAIN: f32 = 0.5;
/// Share from which a pose is drawn without reserve, and below which it is not any more.
const SURE: f32 = 0.5;
const UNSURE: f32 = 0.42;

/// What the comparison of a view with its reference gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// Points that fit the pose and look the same.
    pub inliers: usize,
    /// Inliers among the points that the frame should show.
    pub confidence: f32,
    /// The same among the points under the drawing; 1 where there are too few to tell.
    pub core: f32,
}

impl Evidence {
    /// Enough to go on drawing.
    pub fn holds(&self) -> bool {
        self.inliers >= SHOW.0 && self.confidence >= SHOW.1 && self.core >= SHOW_CORE
    }

    /// Enough to draw again after a loss.
    pub fn convinces(&self) -> bool {
        self.inliers >= SHOW_AGAIN.0
            && self.confidence >= SHOW_AGAIN.1
            && self.core >= SHOW_CORE_AGAIN
    }

    /// Enough to draw again after an absence.
    pub fn convinces_after_absence(&self) -> bool {
        self.convinces() && self.confidence >= SHOW_RETURNED
    }

    /// Enough to draw without reserve, given whether that was so before.
    pub fn is_sure(&self, before: bool) -> bool {
        self.confidence >= if before { UNSURE } else { SURE }
    }
}

/// A plain grey picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grey<'a> {
    pub data: &'a [u8],
    pub width: usize,
    pub height: usize,
}

/// First and second moments of the patches around one point of two pictures.
#[derive(Debug, Clone, Copy)]
struct Moments {
    mean: [f32; 2],
    variance: [f32; 2],
    covariance: f32,
}

/// The moments around one point of each of two pictures; `None` at the rim.
fn moments((a, at_a): (Grey<'_>, Point), (b, at_b): (Grey<'_>, Point)) -> Option<Moments> {
    let half = PATCH_HALF;
    let side = (2 * half + 1) as usize;
    let corner = |at: Point, picture: Grey<'_>| {
        let (x, y) = (at[0].round() as i32 - half, at[1].round() as i32 - half);
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x + side <= picture.width && y + side <= picture.height).then_some((x, y))
    };
    let ((ax, ay), (bx, by)) = (corner(at_a, a)?, corner(at_b, b)?);
    let (mut sa, mut sb, mut saa, mut sbb, mut sab) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for row in 0..side {
        let (start_a, start_b) = ((ay + row) * a.width + ax, (by + row) * b.width + bx);
        let ra = a.data.get(start_a..start_a + side)?;
        let rb = b.data.get(start_b..start_b + side)?;
        for (&va, &vb) in ra.iter().zip(rb) {
            let (va, vb) = (u32::from(va), u32::from(vb));
            sa += va;
            sb += vb;
            saa += va * va;
            sbb += vb * vb;
            sab += va * vb;
        }
    }
    let n = (side * side) as f32;
    let mean = [sa as f32 / n, sb as f32 / n];
    Some(Moments {
        mean,
        variance: [
            (saa as f32 / n - mean[0] * mean[0]).max(0.0),
            (sbb as f32 / n - mean[1] * mean[1]).max(0.0),
        ],
        covariance: sab as f32 / n - mean[0] * mean[1],
    })
}

/// Zero-mean normalised cross-correlation of the patches around one point of two pictures of
/// the same size, -1 to 1; `None` at the rim or where a patch is flat.
pub(crate) fn similarity(a: Grey<'_>, b: Grey<'_>, at: Point) -> Option<f32> {
    similarity_between((a, at), (b, at))
}

/// The same for a point of its own in each picture.
pub(crate) fn similarity_between(a: (Grey<'_>, Point), b: (Grey<'_>, Point)) -> Option<f32> {
    let m = moments(a, b)?;
    let [va, vb] = m.variance;
    (va >= 1.0 && vb >= 1.0).then(|| m.covariance / (va * vb).sqrt())
}

/// How fine the detail around `points` is, across and down: mean difference of pixels two apart,
/// over the mean deviation of the patches, so that light and contrast do not count.
pub(crate) fn fineness(picture: Grey<'_>, points: impl Iterator<Item = Point>) -> Option<[f32; 2]> {
    let half = PATCH_HALF;
    let side = (2 * half + 1) as usize;
    let (mut across, mut down, mut deviation) = (0_u32, 0_u32, 0.0_f32);
    for at in points {
        let (x, y) = (at[0].round() as i32 - half, at[1].round() as i32 - half);
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            continue;
        };
        if x + side > picture.width || y + side > picture.height {
            continue;
        }
        let row = |k: usize| {
            let start = (y + k) * picture.width + x;
            picture.data.get(start..start + side).unwrap_or_default()
        };
        let (mut sum, mut squares) = (0_u32, 0_u32);
        for k in 0..side {
            let here = row(k);
            for &v in here {
                sum += u32::from(v);
                squares += u32::from(v) * u32::from(v);
            }
            for (a, b) in here.iter().zip(here.iter().skip(2)) {
                across += u32::from(a.abs_diff(*b));
            }
            if k + 2 < side {
                for (a, b) in here.iter().zip(row(k + 2)) {
                    down += u32::from(a.abs_diff(*b));
                }
            }
        }
        let n = (side * side) as f32;
        let mean = sum as f32 / n;
        deviation += (squares as f32 / n - mean * mean).max(0.0).sqrt() * n;
    }
    (deviation > 0.0).then(|| [across as f32 / deviation, down as f32 / deviation])
}

/// Gain and offset that bring the light of `b` to that of `a`: medians over the patches around
/// `points`, so that something in front of a minority of them does not count.
pub(crate) fn light(
    a: Grey<'_>,
    b: Grey<'_>,
    points: impl Iterator<Item = Point>,
    scratch: &mut Vec<[f32; 3]>,
) -> Option<(f64, f64)> {
    scratch.clear();
    scratch.extend(points.filter_map(|at| {
        let m = moments((a, at), (b, at))?;
        let [va, vb] = m.variance;
        (va >= 1.0 && vb >= 1.0).then(|| [(va / vb).sqrt(), m.mean[0], m.mean[1]])
    }));
    if scratch.len() < 6 {
        return None;
    }
    let middle = scratch.len() / 2;
    let by_ratio = |p: &[f32; 3], q: &[f32; 3]| p[0].total_cmp(&q[0]);
    let gain = scratch.select_nth_unstable_by(middle, by_ratio).1[0].clamp(0.25, 4.0);
    let rest = |p: &[f32; 3]| p[1] - gain * p[2];
    let by_rest = |p: &[f32; 3], q: &[f32; 3]| rest(p).total_cmp(&rest(q));
    let offset = rest(scratch.select_nth_unstable_by(middle, by_rest).1);
    Some((f64::from(gain), f64::from(offset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(f: impl Fn(usize) -> u8) -> Vec<u8> {
        (0..40 * 40).map(f).collect()
    }

    fn grey(data: &[u8]) -> Grey<'_> {
        Grey {
            data,
            width: 40,
            height: 40,
        }
    }

    #[test]
    fn the_same_patch_in_other_light_is_the_same() {
        let a = picture(|i| (i * 37 % 101) as u8);
        let b = picture(|i| (i * 37 % 101) as u8 / 2 + 90);
        let other = picture(|i| (i * 53 % 97) as u8);
        let s = similarity(grey(&a), grey(&b), [20.0, 20.0]).expect("textured");
        assert!(s > 0.99, "{s}");
        let s = similarity(grey(&a), grey(&other), [20.0, 20.0]).expect("textured");
        assert!(s < 0.5, "{s}");
    }

    #[test]
    fn light_is_measured_past_an_occluder() {
        let a = picture(|i| (i * 37 % 101) as u8);
        let half = picture(|i| {
            if i % 40 < 12 {
                7
            } else {
                (i * 37 % 101) as u8 / 2 + 90
            }
        });
        let points = (0..25).map(|k| [7.0 + f64::from(k % 5) * 6.0, 7.0 + f64::from(k / 5) * 6.0]);
        let found = light(grey(&a), grey(&half), points, &mut Vec::new());
        let (gain, offset) = found.expect("measured");
        assert!(
            (gain - 2.0).abs() < 0.1 && (offset + 180.0).abs() < 8.0,
            "{gain} {offset}"
        );
    }

    #[test]
    fn flat_patches_and_rims_say_nothing() {
        let a = picture(|i| (i * 37 % 101) as u8);
        let flat = picture(|_| 80);
        assert_eq!(similarity(grey(&a), grey(&flat), [20.0, 20.0]), None);
        assert_eq!(similarity(grey(&a), grey(&a), [3.0, 20.0]), None);
        assert_eq!(similarity(grey(&a), grey(&a), [20.0, 36.0]), None);
    }
}
