//! From a viewpoint to the bytes of a frame.

use super::{Scene, SceneError};
use opencv::{
    core::{self, Mat, MatTraitConst, MatTraitConstManual, Rect, Scalar, Size},
    imgproc,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Shutter time in seconds: blur as in a room with ordinary light.
const EXPOSURE_S: f64 = 1.0 / 90.0;
/// Standard deviation of the sensor noise in levels.
const NOISE_LEVELS: f64 = 1.8;
const NOISE_MARGIN: usize = 64;
/// How long a hand takes to cover the lens, in seconds.
const COVER_FADE_S: f64 = 0.1;
/// What a camera sees through a finger, RGB.
const COVER_COLOR: [f64; 3] = [26.0, 9.0, 6.0];

impl Scene {
    /// One frame as planar YUV 4:2:0 (BT.601, 16–235): `height * 3 / 2` rows of `width` bytes, luma
    /// first, then both chroma planes.
    ///
    /// # Errors
    /// [`SceneError::OpenCv`].
    pub fn frame(&self, frame: u32) -> Result<Vec<u8>, SceneError> {
        let rgb = self.picture(frame)?;
        let mut yuv = Mat::default();
        imgproc::cvt_color_def(&rgb, &mut yuv, imgproc::COLOR_RGB2YUV_I420)?;
        Ok(yuv.data_bytes()?.to_vec())
    }

    fn picture(&self, frame: u32) -> Result<Mat, SceneError> {
        let covered = self.covered(frame);
        let mut blurred = self.sharp(frame, 0.0)?;
        if covered < 1.0 {
            let sides = self.between(
                &self.sharp(frame, -EXPOSURE_S / 2.0)?,
                &self.sharp(frame, EXPOSURE_S / 2.0)?,
                0.5,
            )?;
            blurred = self.between(&blurred, &sides, 0.5)?;
        }
        if covered > 0.0 {
            let [r, g, b] = COVER_COLOR;
            let hand =
                Mat::new_size_with_default(self.size(), core::CV_8UC3, Scalar::new(r, g, b, 0.0))?;
            blurred = self.between(&blurred, &hand, covered)?;
        }
        self.with_noise(&blurred, frame)
    }

    /// The frame as a camera without shutter time or noise sees it, RGB.
    pub(super) fn sharp(&self, frame: u32, offset_s: f64) -> Result<Mat, SceneError> {
        let view = self.path.at(self.cycle_at(frame, offset_s));
        let h = view.frame_from_bench(&self.lens);
        let rows: [[f64; 3]; 3] = std::array::from_fn(|r| std::array::from_fn(|c| h[(r, c)]));
        let mut out = Mat::default();
        imgproc::warp_perspective(
            &self.bench,
            &mut out,
            &Mat::from_slice_2d(&rows)?,
            self.size(),
            imgproc::INTER_LINEAR,
            core::BORDER_REFLECT_101,
            Scalar::default(),
        )?;
        Ok(out)
    }

    /// How much of the lens is covered in a frame, 0 to 1.
    pub(super) fn covered(&self, frame: u32) -> f64 {
        let Some(cover) = &self.filming.cover_s else {
            return 0.0;
        };
        let at = f64::from(frame) / f64::from(self.filming.fps);
        let inside = (at - cover.start).min(cover.end - at) / COVER_FADE_S;
        inside.clamp(0.0, 1.0)
    }

    fn size(&self) -> Size {
        Size::new(self.filming.width as i32, self.filming.height as i32)
    }

    fn between(&self, from: &Mat, to: &Mat, share: f64) -> Result<Mat, SceneError> {
        let mut out = Mat::default();
        core::add_weighted_def(from, 1.0 - share, to, share, 0.0, &mut out)?;
        Ok(out)
    }

    fn with_noise(&self, clean: &Mat, frame: u32) -> Result<Mat, SceneError> {
        let mut rng = StdRng::seed_from_u64(self.filming.seed << 32 ^ u64::from(frame));
        let margin = NOISE_MARGIN as i32;
        let corner = (rng.random_range(0..margin), rng.random_range(0..margin));
        let size = self.size();
        let part = Mat::roi(
            &self.noise,
            Rect::new(corner.0, corner.1, size.width, size.height),
        )?;
        let mut out = Mat::default();
        core::add(clean, &part, &mut out, &core::no_array(), core::CV_8U)?;
        debug_assert_eq!(out.typ(), core::CV_8UC3);
        Ok(out)
    }
}

/// Noise to cut frames' noise from: CV_16SC3, larger than a frame by [`NOISE_MARGIN`].
pub(super) fn noise_bank(width: usize, height: usize, seed: u64) -> Result<Mat, SceneError> {
    let mut rng = StdRng::seed_from_u64(seed ^ 0x006e_6f69_7365);
    let (rows, cols) = (height + NOISE_MARGIN, width + NOISE_MARGIN);
    // The sum of four uniform numbers of half-width sqrt(3)/2 has deviation 1.
    let values: Vec<i16> = (0..rows * cols * 3)
        .map(|_| {
            let normal: f64 = (0..4).map(|_| rng.random_range(-0.866..0.866)).sum();
            (NOISE_LEVELS * normal).round() as i16
        })
        .collect();
    let flat = Mat::from_slice(&values)?;
    Ok(flat.reshape(3, rows as i32)?.try_clone()?)
}
