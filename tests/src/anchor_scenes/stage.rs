//! Rendering a sequence's frames, and the truth of each.

use super::{
    effects::{self, Effects, MARGIN},
    film::Codec,
    path::Path,
    photos,
    sheet::Sheet,
};
use crate::scenes::{
    SceneError,
    camera::{Lens, Viewpoint},
    truth::Truth,
};
use nalgebra::{Point2, Point3};
use opencv::{
    core::{self, Mat, Scalar, Size},
    prelude::*,
};
use rand::{Rng, SeedableRng, rngs::StdRng};

/// Frames a second of every sequence.
pub const FPS: u32 = 30;
/// Frames of every sequence.
pub const FRAMES: usize = 300;
/// Below this brightness nobody sees anything.
const DARK: f64 = 0.1;
/// A point counts as behind a sheet that is nearer than this share of its distance.
const BEHIND: f64 = 0.99;

/// A point of the drawing: on which sheet, and its texture pixel.
type Spot = (usize, f64, f64);

/// A scene that is ready to be filmed.
pub struct Stage {
    sheets: Vec<Sheet>,
    path: Path,
    effects: Effects,
    codec: Codec,
    width: usize,
    height: usize,
    lens: Lens,
    drawings: Vec<[Spot; 9]>,
    noise: Vec<f32>,
    skin: Mat,
    seed: u64,
}

/// What a stage is made of.
pub struct Parts {
    /// Everything to be seen; one of them endless.
    pub sheets: Vec<Sheet>,
    /// The camera's way.
    pub path: Path,
    /// How it is filmed.
    pub effects: Effects,
    /// How it is compressed.
    pub codec: Codec,
    /// Middle of the first drawing, seen from straight above at the start, world units.
    pub middle: [f64; 2],
    /// Half of the first drawing's width and height, world units.
    pub half: [f64; 2],
    /// More drawings on the same scene: middle and half of the size, world units.
    pub others: Vec<([f64; 2], [f64; 2])>,
    /// How many times as large as the first a drawing may be and still lie on the thing.
    pub room: f64,
}

impl Stage {
    /// Puts each drawing's nine points on what is on top at the start.
    ///
    /// # Errors
    /// [`SceneError`].
    pub fn new(
        parts: Parts,
        (width, height): (usize, usize),
        seed: u64,
    ) -> Result<Self, SceneError> {
        let shares = [
            (0, 0),
            (-1, -1),
            (1, -1),
            (1, 1),
            (-1, 1),
            (0, -1),
            (1, 0),
            (0, 1),
            (-1, 0),
        ];
        let drawing = |&([x, y], [w, h]): &([f64; 2], [f64; 2])| {
            shares.map(|(dx, dy)| {
                let (x, y) = (x + w * f64::from(dx), y + h * f64::from(dy));
                top_at(&parts.sheets, x, y)
            })
        };
        let first = (parts.middle, parts.half);
        let drawings = std::iter::once(&first)
            .chain(&parts.others)
            .map(drawing)
            .collect();
        Ok(Self {
            sheets: parts.sheets,
            path: parts.path,
            effects: parts.effects,
            codec: parts.codec,
            width,
            height,
            lens: Lens::phone(width, height),
            drawings,
            noise: effects::noise_bank(width, height, seed)?,
            skin: photos::gray("orange.jpg")?,
            seed,
        })
    }

    /// Pixels.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// How it is to be compressed.
    pub fn codec(&self) -> Codec {
        self.codec
    }

    fn eye(&self, seconds: f64) -> Viewpoint {
        self.path.at(seconds, (self.effects.unrest)(seconds))
    }

    /// Time of a row's middle of exposure.
    fn row_time(&self, middle: f64, row: f64) -> f64 {
        middle + (row / self.height as f64 - 0.5) * self.effects.rolling_s
    }

    /// One frame, `width * height` bytes.
    ///
    /// # Errors
    /// What OpenCV says.
    pub fn frame(&self, frame: usize) -> Result<Vec<u8>, opencv::Error> {
        let middle = frame as f64 / f64::from(FPS);
        let mut picture = self.exposed(middle)?;
        let size = Size::new(self.width as i32, self.height as i32);
        if self.effects.shine > 0.0 {
            let at = self.reflection(middle);
            effects::add_shine(&mut picture, self.width, at, self.effects.shine);
        }
        for hand in &self.effects.hands {
            if let Some((mask, at)) = hand.mask(middle, size)? {
                effects::lay_hand(&mut picture, &mask, at, &self.skin)?;
            }
        }
        let sigma = (self.effects.defocus)(middle) * self.width as f64 / 1000.0;
        if sigma > 0.2 {
            effects::blur(&mut picture, self.width, sigma)?;
        }
        Ok(self.sensed(&picture, frame, (self.effects.gain)(middle)))
    }

    /// The light that falls on the sensor while the shutter is open.
    fn exposed(&self, middle: f64) -> Result<Vec<f32>, opencv::Error> {
        let exposure = (self.effects.exposure_s)(middle);
        let rolling = self.effects.rolling_s;
        let pictures = if rolling > 0.0 {
            9
        } else if exposure > 0.02 {
            7
        } else {
            3
        };
        let span = exposure + rolling;
        let step = span / f64::from(pictures);
        let mut sum = vec![0.0_f32; self.width * self.height];
        let mut weights = vec![0.0_f32; self.height];
        for k in 0..pictures {
            let at = middle - span / 2.0 + step * (f64::from(k) + 0.5);
            let picture = self.sharp(at)?;
            let rows = picture.data_bytes()?.chunks_exact(self.width);
            let sums = sum.chunks_exact_mut(self.width);
            for (row, ((from, to), weight)) in rows.zip(sums).zip(&mut weights).enumerate() {
                // The part of this picture's time during which the row is exposed.
                let off = (at - self.row_time(middle, row as f64)).abs();
                let share = ((exposure + step) / 2.0 - off) / step.min(exposure);
                let share = share.clamp(0.0, 1.0) as f32;
                *weight += share;
                if share > 0.0 {
                    for (to, &from) in to.iter_mut().zip(from) {
                        *to += share * f32::from(from);
                    }
                }
            }
        }
        for (row, weight) in sum.chunks_exact_mut(self.width).zip(weights) {
            let share = 1.0 / weight.max(1e-6);
            row.iter_mut().for_each(|pixel| *pixel *= share);
        }
        Ok(sum)
    }

    /// What a perfect camera sees at one instant.
    fn sharp(&self, seconds: f64) -> Result<Mat, opencv::Error> {
        let eye = self.eye(seconds);
        let size = Size::new(self.width as i32, self.height as i32);
        let mut picture = Mat::new_size_with_default(size, core::CV_8U, Scalar::all(0.0))?;
        let mut order: Vec<&Sheet> = self.sheets.iter().collect();
        order.sort_by(|a, b| {
            let far = |sheet: &Sheet| sheet.distance(seconds, &eye);
            far(b).total_cmp(&far(a))
        });
        for sheet in order {
            sheet.draw(seconds, &eye, &self.lens, &mut picture)?;
        }
        Ok(picture)
    }

    /// Where a lamp above the bench is mirrored in it.
    fn reflection(&self, seconds: f64) -> Point2<f64> {
        let eye = self.eye(seconds);
        let (x, y, z) = self.drawings[0][0];
        let under = self.sheets[x].place_at(seconds).point(y, z);
        // A lamp as high as the camera is mirrored half-way to its foot.
        let foot = under + nalgebra::Vector3::new(300.0 * (0.9 * seconds).cos(), 120.0, 0.0);
        let mirrored = nalgebra::center(&eye.position, &foot);
        let on_bench = Point3::new(mirrored.x, mirrored.y, under.z);
        eye.project(&self.lens, on_bench)
            .unwrap_or(Point2::new(-1e4, -1e4))
    }

    fn sensed(&self, picture: &[f32], frame: usize, gain: f64) -> Vec<u8> {
        let mut rng = StdRng::seed_from_u64(self.seed << 32 ^ frame as u64);
        let (left, top) = (rng.random_range(0..MARGIN), rng.random_range(0..MARGIN));
        let (noise, gain) = (self.effects.noise as f32, gain as f32);
        let mut out = Vec::with_capacity(picture.len());
        for (y, row) in picture.chunks_exact(self.width).enumerate() {
            let start = (top + y) * (self.width + MARGIN) + left;
            let grain = &self.noise[start..start + self.width];
            out.extend(row.iter().zip(grain).map(|(&level, &grain)| {
                // `as` ends at 0 and 255.
                (level * gain + noise * grain + 0.5) as u8
            }));
        }
        out
    }

    /// How many drawings there are: at least one.
    pub fn drawings(&self) -> usize {
        self.drawings.len()
    }

    /// The truth of a frame about one of the drawings.
    ///
    /// # Errors
    /// What OpenCV says.
    pub fn truth(&self, frame: usize, drawing: usize) -> Result<Truth, opencv::Error> {
        let middle = frame as f64 / f64::from(FPS);
        let size = Size::new(self.width as i32, self.height as i32);
        let mut masks = Vec::new();
        for hand in &self.effects.hands {
            masks.extend(hand.mask(middle, size)?);
        }
        let mut seen = 0;
        let mut points = [Point2::new(-1e6, -1e6); 9];
        for (spot, point) in self.drawings[drawing].iter().zip(&mut points) {
            let Some((at, eye, place)) = self.project(middle, *spot) else {
                continue;
            };
            *point = at;
            let inside = (-0.5..self.width as f64 - 0.5).contains(&at.x)
                && (-0.5..self.height as f64 - 0.5).contains(&at.y);
            let mut hidden = false;
            for (mask, _) in &masks {
                hidden |= effects::covers(mask, at)?;
            }
            let lit = (self.effects.gain)(middle) > DARK;
            if inside && lit && !hidden && self.is_bare(middle, spot.0, eye.position, place) {
                seen += 1;
            }
        }
        Ok(Truth {
            visible: f64::from(seen) / 9.0,
            points,
        })
    }

    /// Where a spot is in the frame; with a rolling shutter its row decides when it is seen.
    fn project(
        &self,
        middle: f64,
        (sheet, u, v): Spot,
    ) -> Option<(Point2<f64>, Viewpoint, Point3<f64>)> {
        let mut row = self.height as f64 / 2.0;
        let mut found = None;
        for _ in 0..5 {
            let seconds = self.row_time(middle, row.clamp(0.0, self.height as f64));
            let eye = self.eye(seconds);
            let place = self.sheets[sheet].place_at(seconds).point(u, v);
            let at = eye.project(&self.lens, place)?;
            row = at.y;
            found = Some((at, eye, place));
        }
        found
    }

    /// Whether the sheet is there, faces the eye, and nothing stands before this point of it.
    fn is_bare(&self, seconds: f64, sheet: usize, eye: Point3<f64>, place: Point3<f64>) -> bool {
        let own = self.sheets[sheet].hit(seconds, eye, place);
        let free = |other: &Sheet| {
            let hit = other.hit(seconds, eye, place);
            hit.is_none_or(|(far, ..)| far > BEHIND)
        };
        own.is_some() && self.sheets.iter().all(free)
    }
}

/// The spot that is on top at a place of the bench when seen from straight above.
fn top_at(sheets: &[Sheet], x: f64, y: f64) -> Spot {
    let (eye, ground) = (Point3::new(x, y, -1e4), Point3::new(x, y, 0.0));
    sheets
        .iter()
        .enumerate()
        .filter_map(|(k, sheet)| Some((k, sheet.hit(0.0, eye, ground)?)))
        .min_by(|(_, a), (_, b)| a.0.total_cmp(&b.0))
        .map_or((0, x, y), |(k, (_, u, v))| (k, u, v))
}

#[cfg(test)]
#[path = "stage_tests.rs"]
mod tests;
