//! How sure a pose is, measured on the picture itself.

use crate::geometry::Point;
use crate::reference::PATCH_HALF;

/// Zero-mean normalised cross-correlation of two grey patches above which they show the same.
pub(crate) const SAME_PATCH: f32 = 0.65;
/// Points that must agree for a pose to be drawn, and share of the visible points.
const SHOW: (usize, f32) = (10, 0.35);
/// The same after a loss: a drawing that comes back at a wrong place is worse than none.
const SHOW_AGAIN: (usize, f32) = (14, 0.5);
/// Share from which a pose is drawn without reserve.
const SURE: f32 = 0.5;

/// What the comparison of a view with its reference gave.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Evidence {
    /// Points that fit the pose and look the same.
    pub inliers: usize,
    /// Inliers among the points that the frame should show.
    pub confidence: f32,
}

impl Evidence {
    /// Enough to go on drawing.
    pub fn holds(&self) -> bool {
        self.inliers >= SHOW.0 && self.confidence >= SHOW.1
    }

    /// Enough to draw again after a loss.
    pub fn convinces(&self) -> bool {
        self.inliers >= SHOW_AGAIN.0 && self.confidence >= SHOW_AGAIN.1
    }

    /// Enough to draw without reserve.
    pub fn is_sure(&self) -> bool {
        self.confidence >= SURE
    }
}

/// A plain grey picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grey<'a> {
    pub data: &'a [u8],
    pub width: usize,
    pub height: usize,
}

/// Zero-mean normalised cross-correlation of the patches around one point of two pictures of
/// the same size, -1 to 1; `None` at the rim or where a patch is flat.
pub(crate) fn similarity(a: Grey<'_>, b: Grey<'_>, at: Point) -> Option<f32> {
    let half = PATCH_HALF;
    let (x, y) = (at[0].round() as i32 - half, at[1].round() as i32 - half);
    let side = (2 * half + 1) as usize;
    let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
    if x + side > a.width || y + side > a.height {
        return None;
    }
    let (mut sa, mut sb, mut saa, mut sbb, mut sab) = (0_u32, 0_u32, 0_u32, 0_u32, 0_u32);
    for row in y..y + side {
        let start = row * a.width + x;
        let (ra, rb) = (
            a.data.get(start..start + side)?,
            b.data.get(start..start + side)?,
        );
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
    let (sa, sb) = (sa as f32, sb as f32);
    let variance_a = saa as f32 - sa * sa / n;
    let variance_b = sbb as f32 - sb * sb / n;
    if variance_a < n || variance_b < n {
        return None;
    }
    Some((sab as f32 - sa * sb / n) / (variance_a * variance_b).sqrt())
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
    fn flat_patches_and_rims_say_nothing() {
        let a = picture(|i| (i * 37 % 101) as u8);
        let flat = picture(|_| 80);
        assert_eq!(similarity(grey(&a), grey(&flat), [20.0, 20.0]), None);
        assert_eq!(similarity(grey(&a), grey(&a), [3.0, 20.0]), None);
        assert_eq!(similarity(grey(&a), grey(&a), [20.0, 36.0]), None);
    }
}
