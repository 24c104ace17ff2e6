//! Finds upright faces seen from the front: a cascade of local binary patterns, as OpenCV's
//! training tool writes it and Debian's `opencv-data` brings it.
//!
//! A picture is looked at in steps of a fifth smaller each, with a window of the cascade's size.
//! Each pattern compares the eight blocks around a block with it; a window is a face when every
//! stage says so (Liao et al., "Learning Multi-scale Block Local Binary Patterns for Face
//! Recognition", 2007; Viola and Jones, 2001, for cascades). It misses faces that look aside or
//! lean, which is why what it found stays hidden for a while.

mod cascade;

use cascade::{Cascade, Integral};
use sightline_media::{
    LumaPlane,
    privacy::{PrivacyError, Region, RegionDetector},
};
use std::path::{Path, PathBuf};

/// Where Debian's package `opencv-data` puts the cascade of faces.
pub const CASCADE: &str = "/usr/share/opencv4/lbpcascades/lbpcascade_frontalface.xml";
/// Widest picture that is looked at: faces of a tenth of its height are found.
const WIDTH: u32 = 320;
/// How much smaller each step is.
const STEP: f32 = 1.2;
/// Windows that must agree on a face; a few wrong ones cost less than a face that is seen.
const AGREE: usize = 2;

/// See the module.
pub struct FaceDetector {
    cascade: Cascade,
}

/// Why a cascade cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CascadeError {
    /// It cannot be read.
    #[error("{path:?} cannot be read ({reason}); install opencv-data, or name another cascade")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It is no cascade of local binary patterns.
    #[error("{path:?} is no cascade of local binary patterns: {what}")]
    Malformed {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
}

impl FaceDetector {
    /// Reads a cascade.
    ///
    /// # Errors
    /// [`CascadeError`] with what to do.
    pub fn open(path: &Path) -> Result<Self, CascadeError> {
        let text = std::fs::read_to_string(path).map_err(|error| CascadeError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        let cascade = Cascade::parse(&text).map_err(|what| CascadeError::Malformed {
            path: path.to_owned(),
            what,
        })?;
        Ok(Self { cascade })
    }

    /// Faces in a picture of `width` x `height` bytes of brightness: left, top and side in pixels.
    fn faces(&self, pixels: &[u8], width: usize, height: usize) -> Vec<[f32; 3]> {
        let mut found = Vec::new();
        let mut scale = 1.0f32;
        loop {
            let (w, h) = (
                (width as f32 / scale) as usize,
                (height as f32 / scale) as usize,
            );
            if w < self.cascade.width || h < self.cascade.height {
                return agreed(found);
            }
            let integral = Integral::new(&resized(pixels, (width, height), (w, h)), w);
            // Small pictures are looked at in each pixel, large ones in every second.
            let stride = if scale > 2.0 { 1 } else { 2 };
            for y in (0..=h - self.cascade.height).step_by(stride) {
                for x in (0..=w - self.cascade.width).step_by(stride) {
                    if self.cascade.is_face(&integral, x, y) {
                        let side = self.cascade.width as f32 * scale;
                        found.push([x as f32 * scale, y as f32 * scale, side]);
                    }
                }
            }
            scale *= STEP;
        }
    }
}

impl RegionDetector for FaceDetector {
    fn detect(&mut self, frame: &LumaPlane) -> Result<Vec<Region>, PrivacyError> {
        let (width, height) = (frame.width as usize, frame.height as usize);
        let stride = frame.stride as usize;
        let rows: Option<Vec<&[u8]>> = (0..height)
            .map(|y| frame.data.get(y * stride..y * stride + width))
            .collect();
        let failed = |reason: &str| PrivacyError::Detector {
            reason: reason.to_owned(),
        };
        let rows = rows.ok_or_else(|| failed("the picture is smaller than it says"))?;
        let scale = (frame.width as f32 / WIDTH as f32).max(1.0);
        let size = (
            (width as f32 / scale) as usize,
            (height as f32 / scale) as usize,
        );
        let small = resized(&rows.concat(), (width, height), size);
        self.faces(&small, size.0, size.1)
            .into_iter()
            .map(|[left, top, side]| {
                let (w, h) = (size.0 as f32, size.1 as f32);
                Region::new(left / w, top / h, side / w, side / h)
            })
            .collect()
    }
}

/// Each pixel of the smaller picture is the mean of those that it covers.
fn resized(pixels: &[u8], (width, height): (usize, usize), (w, h): (usize, usize)) -> Vec<u8> {
    if (width, height) == (w, h) {
        return pixels.to_vec();
    }
    let span = |n: usize, small: usize, large: usize| {
        let from = n * large / small;
        from..((n + 1) * large).div_ceil(small).clamp(from + 1, large)
    };
    let mut out = Vec::with_capacity(w * h);
    for y in 0..h {
        let rows = span(y, h, height);
        for x in 0..w {
            let columns = span(x, w, width);
            let (mut sum, mut count) = (0u32, 0u32);
            for row in rows.clone() {
                for pixel in &pixels[row * width..][columns.clone()] {
                    sum += u32::from(*pixel);
                    count += 1;
                }
            }
            out.push((sum / count.max(1)) as u8);
        }
    }
    out
}

/// The means of windows that lie on each other, where enough do.
fn agreed(windows: Vec<[f32; 3]>) -> Vec<[f32; 3]> {
    let mut groups: Vec<Vec<[f32; 3]>> = Vec::new();
    for window in windows {
        let same = |group: &&mut Vec<[f32; 3]>| group.iter().any(|other| alike(&window, other));
        match groups.iter_mut().find(same) {
            Some(group) => group.push(window),
            None => groups.push(vec![window]),
        }
    }
    groups.retain(|group| group.len() >= AGREE);
    let mean = |group: Vec<[f32; 3]>| {
        let count = group.len() as f32;
        [0, 1, 2].map(|n| group.iter().map(|window| window[n]).sum::<f32>() / count)
    };
    groups.into_iter().map(mean).collect()
}

/// Two windows show the same face when their edges lie within a fifth of the smaller one's side.
fn alike(a: &[f32; 3], b: &[f32; 3]) -> bool {
    let near = 0.2 * a[2].min(b[2]);
    (a[0] - b[0]).abs() <= near
        && (a[1] - b[1]).abs() <= near
        && (a[0] + a[2] - b[0] - b[2]).abs() <= near
        && (a[1] + a[2] - b[1] - b[2]).abs() <= near
}

#[cfg(test)]
mod tests;
