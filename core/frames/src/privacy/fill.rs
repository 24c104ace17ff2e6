use super::{Hidden, PixelRect, Region};
use crate::I420Frame;

/// What a plane of a picture holds for each pixel, or each block of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Samples {
    /// One byte of brightness a pixel.
    Luma,
    /// One byte of colour for four pixels: U or V of I420.
    Chroma,
    /// Two bytes of colour for four pixels: UV of NV12, VU of NV21.
    ChromaPair,
}

/// Brightness of the two stripes that stand for what is hidden, and colour without any.
const STRIPES: [u8; 2] = [58, 74];
const GREY: u8 = 128;
/// Width of a stripe in pixels.
const STRIPE: u32 = 8;

/// Fills regions of one plane of a picture of `width` x `height` pixels whose rows begin `stride`
/// bytes apart: grey stripes that depend on nothing in the picture. Rows that the plane is too
/// short for are left out, because they hold no pixels.
pub fn fill_plane(
    plane: &mut [u8],
    stride: usize,
    samples: Samples,
    (width, height): (u32, u32),
    regions: &[Region],
) {
    for region in regions {
        let rect = region.pixels(width, height);
        match samples {
            Samples::Luma => stripes(plane, stride, rect),
            Samples::Chroma => flat(plane, stride, rect, 1),
            Samples::ChromaPair => flat(plane, stride, rect, 2),
        }
    }
}

/// Hides parts of a picture without padding.
pub fn fill_i420(picture: &mut I420Frame, hidden: &Hidden) {
    let size @ (width, height) = (picture.width, picture.height);
    let half = |side: u32| side.div_ceil(2) as usize;
    let luma = (width as usize * height as usize).min(picture.data.len());
    let (y, colour) = picture.data.split_at_mut(luma);
    let chroma = (half(width) * half(height)).min(colour.len());
    let (u, v) = colour.split_at_mut(chroma);
    let regions = hidden.regions();
    fill_plane(y, width as usize, Samples::Luma, size, regions);
    fill_plane(u, half(width), Samples::Chroma, size, regions);
    fill_plane(v, half(width), Samples::Chroma, size, regions);
}

fn stripes(plane: &mut [u8], stride: usize, rect: PixelRect) {
    for y in rect.y..rect.y + rect.height {
        let start = y as usize * stride + rect.x as usize;
        let Some(row) = plane.get_mut(start..start + rect.width as usize) else {
            return;
        };
        for (x, pixel) in (rect.x..).zip(row) {
            *pixel = STRIPES[((x + y) / STRIPE % 2) as usize];
        }
    }
}

fn flat(plane: &mut [u8], stride: usize, rect: PixelRect, bytes: usize) {
    let half = |side: u32| side.div_ceil(2) as usize;
    let rows = half(rect.y)..half(rect.y + rect.height);
    for y in rows {
        let start = y * stride + half(rect.x) * bytes;
        let end = y * stride + half(rect.x + rect.width) * bytes;
        let Some(row) = plane.get_mut(start..end) else {
            return;
        };
        row.fill(GREY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two pictures that differ everywhere look the same where they are filled, and untouched
    /// elsewhere.
    #[test]
    fn nothing_of_what_was_there_is_left() {
        let (width, height) = (37u32, 22u32);
        let regions = [
            Region::new(0.2, 0.3, 0.4, 0.5).unwrap(),
            Region::new(0.9, 0.9, 0.1, 0.1).unwrap(),
        ];
        for (samples, row, rows) in [
            (Samples::Luma, 37usize, 22usize),
            (Samples::Chroma, 19, 11),
            (Samples::ChromaPair, 38, 11),
        ] {
            let stride = row + 5;
            let picture = |offset: usize| -> Vec<u8> {
                (0..stride * rows)
                    .map(|n| ((n * 31 + offset) % 251) as u8)
                    .collect()
            };
            let (before, mut one, mut other) = (picture(0), picture(0), picture(100));
            fill_plane(&mut one, stride, samples, (width, height), &regions);
            fill_plane(&mut other, stride, samples, (width, height), &regions);
            let step = if samples == Samples::Luma { 1 } else { 2 };
            let pair = if samples == Samples::ChromaPair { 2 } else { 1 };
            let mut hidden = 0;
            for y in 0..rows {
                for x in 0..stride {
                    let at = y * stride + x;
                    let (px, py) = ((x / pair * step) as u32, (y * step) as u32);
                    let inside = x < row
                        && regions.iter().any(|region| {
                            let rect = region.pixels(width, height);
                            (rect.x..rect.x + rect.width).contains(&px)
                                && (rect.y..rect.y + rect.height).contains(&py)
                        });
                    hidden += usize::from(inside);
                    match inside {
                        true => assert_eq!(one[at], other[at], "{samples:?} {x} {y}"),
                        false => assert_eq!(one[at], before[at], "{samples:?} {x} {y}"),
                    }
                }
            }
            assert!(hidden > 40, "{samples:?}: {hidden}");
        }
    }

    #[test]
    fn a_plane_that_is_too_short_is_no_panic() {
        let mut plane = vec![1; 100];
        fill_plane(&mut plane, 40, Samples::Luma, (40, 40), &[Region::WHOLE]);
        assert!(plane[..80].iter().all(|pixel| *pixel > 1));
        fill_plane(&mut [], 0, Samples::ChromaPair, (40, 40), &[Region::WHOLE]);
    }
}
