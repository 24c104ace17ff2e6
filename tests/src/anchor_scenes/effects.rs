//! What comes between a scene and its picture: light, lens, shutter, sensor, and hands.

use nalgebra::Point2;
use opencv::{
    core::{self, Mat, Point, Point2f, Scalar, Size},
    imgproc,
    prelude::*,
};
use rand::{Rng, rngs::StdRng};
use std::ops::Range;

/// A value that changes with the seconds.
pub type Course = Box<dyn Fn(f64) -> f64 + Send + Sync>;

/// How a sequence is filmed.
pub struct Effects {
    /// Seconds that the shutter is open.
    pub exposure_s: Course,
    /// Times that the hand trembles more than usual.
    pub unrest: Course,
    /// Brightness, 1 being usual.
    pub gain: Course,
    /// Blur of the lens: standard deviation in thousandths of the picture's width.
    pub defocus: Course,
    /// Seconds between the first and the last row's exposure.
    pub rolling_s: f64,
    /// Sensor noise in levels.
    pub noise: f64,
    /// Strength of a lamp's reflection in levels, 0 without one.
    pub shine: f64,
    /// Passages of a hand through the picture.
    pub hands: Vec<Hand>,
}

impl Default for Effects {
    fn default() -> Self {
        Self {
            exposure_s: Box::new(|_| 1.0 / 90.0),
            unrest: Box::new(|_| 1.0),
            gain: Box::new(|t| 1.0 + 0.05 * (1.4 * t).sin()),
            defocus: Box::new(|_| 0.0),
            rolling_s: 0.0,
            noise: 2.0,
            shine: 0.0,
            hands: Vec::new(),
        }
    }
}

/// A hand that comes in, stays over the middle, and leaves on the other side.
pub struct Hand {
    /// Seconds from coming in to being gone.
    pub during_s: Range<f64>,
    /// Share of that time during which it stays.
    pub stays: f64,
    /// Its size: 1 covers a third of the picture's width.
    pub size: f64,
    /// Radians, the direction that it comes from.
    pub from: f64,
}

impl Hand {
    /// Passages with seeded directions.
    pub fn passages(rng: &mut StdRng, times: &[(f64, f64, f64, f64)]) -> Vec<Self> {
        times
            .iter()
            .map(|&(start, end, stays, size)| Self {
                during_s: start..end,
                stays,
                size,
                from: rng.random_range(0.0..std::f64::consts::TAU),
            })
            .collect()
    }

    /// Where its middle is, in shares of the picture's width from the middle.
    fn offset(&self, seconds: f64) -> Option<f64> {
        if !self.during_s.contains(&seconds) {
            return None;
        }
        let part = (seconds - self.during_s.start) / (self.during_s.end - self.during_s.start);
        let moving = (1.0 - self.stays) / 2.0;
        let slow = if part < moving {
            part / moving - 1.0
        } else if part > 1.0 - moving {
            (part - 1.0 + moving) / moving
        } else {
            0.0
        };
        Some(0.95 * slow)
    }

    /// How much of each pixel it covers, `CV_8U`, and where its middle is in the picture.
    ///
    /// # Errors
    /// What OpenCV says.
    pub fn mask(
        &self,
        seconds: f64,
        size: Size,
    ) -> Result<Option<(Mat, Point2<f64>)>, opencv::Error> {
        let Some(offset) = self.offset(seconds) else {
            return Ok(None);
        };
        let width = f64::from(size.width);
        let (sin, cos) = self.from.sin_cos();
        let sway = 0.02 * (7.0 * seconds).sin();
        let middle = Point2::new(
            width * (0.5 + offset * cos - sway * sin),
            f64::from(size.height) / 2.0 + width * (offset * sin + sway * cos),
        );
        let mut mask = Mat::new_size_with_default(size, core::CV_8U, Scalar::all(0.0))?;
        let reach = width * self.size;
        // The palm, four fingers ahead of it, the arm behind it.
        let mut part = |along: f64, aside: f64, long: f64, wide: f64, turn: f64| {
            let x = middle.x + reach * (along * cos - aside * sin);
            let y = middle.y + reach * (along * sin + aside * cos);
            imgproc::ellipse(
                &mut mask,
                Point::new(x as i32, y as i32),
                Size::new((reach * long) as i32, (reach * wide) as i32),
                (self.from + turn).to_degrees(),
                0.0,
                360.0,
                Scalar::all(255.0),
                imgproc::FILLED,
                imgproc::LINE_AA,
                0,
            )
        };
        part(0.0, 0.0, 0.17, 0.15, 0.0)?;
        part(0.45, 0.02, 0.42, 0.11, 0.0)?;
        for finger in 0..4 {
            let aside = 0.085 * (f64::from(finger) - 1.5);
            part(-0.2, aside, 0.13, 0.034, 0.12 * (f64::from(finger) - 1.5))?;
        }
        part(-0.02, 0.19, 0.12, 0.04, 0.7)?;
        let mut soft = Mat::default();
        let sigma = width / 500.0;
        imgproc::gaussian_blur_def(&mask, &mut soft, Size::default(), sigma)?;
        Ok(Some((soft, middle)))
    }
}

/// Lays a hand over a picture of `f32` levels.
///
/// # Errors
/// What OpenCV says.
pub fn lay_hand(
    picture: &mut [f32],
    mask: &Mat,
    middle: Point2<f64>,
    skin: &Mat,
) -> Result<(), opencv::Error> {
    let scale = 2.0 * f64::from(mask.cols()) / 640.0;
    let side = f64::from(skin.cols()) * scale / 2.0;
    let map = [[scale, 0.0, middle.x - side], [0.0, scale, middle.y - side]];
    let mut over = Mat::default();
    imgproc::warp_affine(
        skin,
        &mut over,
        &Mat::from_slice_2d(&map)?,
        mask.size()?,
        imgproc::INTER_LINEAR,
        core::BORDER_REFLECT_101,
        Scalar::default(),
    )?;
    let (cover, skin) = (mask.data_bytes()?, over.data_bytes()?);
    for ((pixel, &cover), &skin) in picture.iter_mut().zip(cover).zip(skin) {
        if cover > 0 {
            let share = f32::from(cover) / 255.0;
            *pixel += (0.75 * f32::from(skin) - *pixel) * share;
        }
    }
    Ok(())
}

/// Adds a lamp's reflection around a point of the picture.
pub fn add_shine(picture: &mut [f32], width: usize, at: Point2<f64>, strength: f64) {
    let radius = 0.1 * width as f64;
    let reach = 2.5 * radius;
    for (y, row) in picture.chunks_exact_mut(width).enumerate() {
        let dy = y as f64 - at.y;
        if dy.abs() > reach {
            continue;
        }
        let left = (at.x - reach).clamp(0.0, width as f64) as usize;
        let right = (at.x + reach).clamp(0.0, width as f64) as usize;
        for (x, pixel) in row.iter_mut().enumerate().take(right).skip(left) {
            let dx = x as f64 - at.x;
            let fall = (-(dx * dx + dy * dy) / (2.0 * radius * radius)).exp();
            *pixel += (strength * fall) as f32;
        }
    }
}

/// Blurs a picture of `f32` levels as a lens out of focus does.
///
/// # Errors
/// What OpenCV says.
pub fn blur(picture: &mut [f32], width: usize, sigma: f64) -> Result<(), opencv::Error> {
    let rows = (picture.len() / width) as i32;
    let mut soft = Mat::default();
    {
        let flat = Mat::from_slice(&*picture)?;
        imgproc::gaussian_blur_def(&flat.reshape(1, rows)?, &mut soft, Size::default(), sigma)?;
    }
    picture.copy_from_slice(soft.data_typed::<f32>()?);
    Ok(())
}

/// Noise to cut frames' noise from, a deviation of 1, larger than a frame by [`MARGIN`].
///
/// # Errors
/// What OpenCV says.
pub fn noise_bank(width: usize, height: usize, seed: u64) -> Result<Vec<f32>, opencv::Error> {
    core::set_rng_seed(seed as i32 ^ 0x0006_e01e)?;
    let (rows, cols) = ((height + MARGIN) as i32, (width + MARGIN) as i32);
    let mut bank = Mat::new_rows_cols_with_default(rows, cols, core::CV_32F, Scalar::all(0.0))?;
    core::randn(&mut bank, &Scalar::all(0.0), &Scalar::all(1.0))?;
    Ok(bank.data_typed::<f32>()?.to_vec())
}

/// How much larger than a frame the noise bank is, in pixels.
pub const MARGIN: usize = 64;

/// Whether a mask covers a point.
///
/// # Errors
/// What OpenCV says.
pub fn covers(mask: &Mat, at: Point2<f64>) -> Result<bool, opencv::Error> {
    let point = Point2f::new(at.x.round() as f32, at.y.round() as f32);
    let inside = point.x >= 0.0
        && point.y >= 0.0
        && point.x < mask.cols() as f32
        && point.y < mask.rows() as f32;
    Ok(inside && *mask.at_2d::<u8>(point.y as i32, point.x as i32)? > 127)
}
