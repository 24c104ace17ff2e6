//! Flat pieces of texture in space.

use crate::scenes::camera::{Lens, Viewpoint};
use nalgebra::{Isometry3, Matrix3, Point2, Point3, Vector3};
use opencv::{
    core::{self, Mat, Point, Rect, Scalar, Size, Vector},
    imgproc,
    prelude::*,
};
use std::ops::Range;

/// Half-size copies of a texture, for being seen from afar.
const LEVELS: usize = 4;

/// How a thing moves: world after `seconds` from world at the start.
pub type Motion = Box<dyn Fn(f64) -> Isometry3<f64> + Send + Sync>;

/// Where texture pixel `(0, 0)` is, and the steps to its neighbours, in world units.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// Middle of the first texture pixel.
    pub origin: Point3<f64>,
    /// One texture pixel to the right.
    pub across: Vector3<f64>,
    /// One texture pixel down.
    pub down: Vector3<f64>,
}

impl Place {
    /// Upright on the bench at a height, a world unit a pixel, its middle at `(x, y)`.
    pub fn lying(size: Size, x: f64, y: f64, height: f64) -> Self {
        let left = x - (f64::from(size.width) - 1.0) / 2.0;
        let top = y - (f64::from(size.height) - 1.0) / 2.0;
        Self {
            origin: Point3::new(left, top, -height),
            across: Vector3::x(),
            down: Vector3::y(),
        }
    }

    /// The point of a texture pixel.
    pub fn point(&self, u: f64, v: f64) -> Point3<f64> {
        self.origin + u * self.across + v * self.down
    }

    fn moved(&self, by: &Isometry3<f64>) -> Self {
        Self {
            origin: by * self.origin,
            across: by * self.across,
            down: by * self.down,
        }
    }

    fn frame_from_texture(&self, eye: &Viewpoint, lens: &Lens) -> Matrix3<f64> {
        let turn = eye.camera_from_world;
        lens.matrix()
            * Matrix3::from_columns(&[
                turn * self.across,
                turn * self.down,
                turn * (self.origin - eye.position),
            ])
    }
}

/// A textured rectangle.
pub struct Sheet {
    /// The texture, then ever smaller copies; `CV_8U`.
    levels: Vec<Mat>,
    size: Size,
    place: Place,
    motion: Option<Motion>,
    /// Seconds between which it is there.
    pub there_s: Range<f64>,
    /// Goes on for ever, mirrored at its edges, behind everything else.
    pub endless: bool,
}

impl Sheet {
    /// A rectangle that does not move.
    ///
    /// # Errors
    /// What OpenCV says.
    pub fn new(texture: Mat, place: Place) -> Result<Self, opencv::Error> {
        let size = texture.size()?;
        let mut levels = vec![texture];
        while levels.len() < LEVELS {
            let last = &levels[levels.len() - 1];
            let half = Size::new(last.cols() / 2, last.rows() / 2);
            if half.width < 2 || half.height < 2 {
                break;
            }
            let mut small = Mat::default();
            imgproc::resize(last, &mut small, half, 0.0, 0.0, imgproc::INTER_AREA)?;
            levels.push(small);
        }
        Ok(Self {
            levels,
            size,
            place,
            motion: None,
            there_s: f64::NEG_INFINITY..f64::INFINITY,
            endless: false,
        })
    }

    /// The same, moving.
    pub fn moving(mut self, motion: Motion) -> Self {
        self.motion = Some(motion);
        self
    }

    /// Where it is.
    pub fn place_at(&self, seconds: f64) -> Place {
        let by = self.motion.as_ref().map(|motion| motion(seconds));
        by.map_or(self.place, |by| self.place.moved(&by))
    }

    /// Whether it is there.
    pub fn is_there(&self, seconds: f64) -> bool {
        self.there_s.contains(&seconds)
    }

    /// Distance of its middle from the eye; endless ones are furthest.
    pub fn distance(&self, seconds: f64, eye: &Viewpoint) -> f64 {
        if self.endless {
            return f64::INFINITY;
        }
        nalgebra::distance(&self.middle(seconds), &eye.position)
    }

    fn middle(&self, seconds: f64) -> Point3<f64> {
        let (u, v) = (f64::from(self.size.width), f64::from(self.size.height));
        self.place_at(seconds).point(u / 2.0 - 0.5, v / 2.0 - 0.5)
    }

    fn faces(&self, place: &Place, eye: Point3<f64>) -> bool {
        place.across.cross(&place.down).dot(&(place.origin - eye)) > 0.0
    }

    /// Where the line from `eye` through `through` meets it: how far, 1 being `through`, and the
    /// texture pixel.
    pub fn hit(
        &self,
        seconds: f64,
        eye: Point3<f64>,
        through: Point3<f64>,
    ) -> Option<(f64, f64, f64)> {
        let place = self.place_at(seconds);
        if !self.is_there(seconds) || !self.faces(&place, eye) {
            return None;
        }
        let ray = through - eye;
        let system = Matrix3::from_columns(&[ray, -place.across, -place.down]);
        let solved = system.try_inverse()? * (place.origin - eye);
        let (far, u, v) = (solved.x, solved.y, solved.z);
        let inside = (-0.5..f64::from(self.size.width) - 0.5).contains(&u)
            && (-0.5..f64::from(self.size.height) - 0.5).contains(&v);
        (far > 0.0 && (inside || self.endless)).then_some((far, u, v))
    }

    /// Draws it over a picture (`CV_8U`) as seen from `eye`.
    ///
    /// # Errors
    /// What OpenCV says.
    pub fn draw(
        &self,
        seconds: f64,
        eye: &Viewpoint,
        lens: &Lens,
        onto: &mut Mat,
    ) -> Result<(), opencv::Error> {
        let place = self.place_at(seconds);
        if !self.is_there(seconds) || !self.faces(&place, eye.position) {
            return Ok(());
        }
        let frame_from_texture = place.frame_from_texture(eye, lens);
        let frame = onto.size()?;
        let (texture, map) = self.level(&frame_from_texture, frame);
        if self.endless {
            return warp(texture, onto, &map, frame, core::BORDER_REFLECT_101);
        }
        let (right, bottom) = (
            f64::from(self.size.width) - 0.5,
            f64::from(self.size.height) - 0.5,
        );
        let corners = [(-0.5, -0.5), (right, -0.5), (right, bottom), (-0.5, bottom)];
        let mut outline = Vec::with_capacity(4);
        for (u, v) in corners {
            match eye.project(lens, place.point(u, v)) {
                Some(corner) if corner.coords.amax() < 2e4 => outline.push(corner),
                _ => return Ok(()),
            }
        }
        let whole = Rect::new(0, 0, frame.width, frame.height);
        let area = bounds(&outline) & whole;
        if area.width < 1 || area.height < 1 {
            return Ok(());
        }
        let shift = Matrix3::new(
            1.0,
            0.0,
            -f64::from(area.x),
            0.0,
            1.0,
            -f64::from(area.y),
            0.0,
            0.0,
            1.0,
        );
        let mut piece = Mat::default();
        let size = Size::new(area.width, area.height);
        warp(
            texture,
            &mut piece,
            &(shift * map),
            size,
            core::BORDER_REPLICATE,
        )?;
        let mut mask = Mat::new_size_with_default(size, core::CV_8U, Scalar::all(0.0))?;
        let sixteenth = |value: f64, from: i32| ((value - f64::from(from)) * 16.0).round() as i32;
        let polygon: Vector<Point> = outline
            .iter()
            .map(|p| Point::new(sixteenth(p.x, area.x), sixteenth(p.y, area.y)))
            .collect();
        imgproc::fill_convex_poly(&mut mask, &polygon, Scalar::all(255.0), imgproc::LINE_8, 4)?;
        let mut under = Mat::roi_mut(onto, area)?;
        piece.copy_to_masked(&mut under, &mask)
    }

    /// The copy of the texture whose pixels are nearest to the frame's in size, and its map.
    fn level(&self, map: &Matrix3<f64>, frame: Size) -> (&Mat, Matrix3<f64>) {
        let middle = if self.endless {
            let there = Vector3::new(f64::from(frame.width), f64::from(frame.height), 2.0) / 2.0;
            map.try_inverse().unwrap_or_default() * there
        } else {
            Vector3::new(
                f64::from(self.size.width) / 2.0,
                f64::from(self.size.height) / 2.0,
                1.0,
            )
        };
        let at = middle / middle.z;
        let w = (map * at).z;
        // The area of a texture pixel in the frame is the determinant over the cube of the depth.
        let scale = (map.determinant() / (w * w * w)).abs().sqrt();
        let level = (-scale.log2() + 0.2).floor().max(0.0) as usize;
        let level = level.min(self.levels.len() - 1);
        let step = f64::from(1 << level);
        let shift = (step - 1.0) / 2.0;
        let texture_from_level = Matrix3::new(step, 0.0, shift, 0.0, step, shift, 0.0, 0.0, 1.0);
        (&self.levels[level], map * texture_from_level)
    }
}

fn bounds(points: &[Point2<f64>]) -> Rect {
    let xs = || points.iter().map(|p| p.x);
    let ys = || points.iter().map(|p| p.y);
    let left = xs().fold(f64::MAX, f64::min).floor() as i32;
    let top = ys().fold(f64::MAX, f64::min).floor() as i32;
    let right = xs().fold(f64::MIN, f64::max).ceil() as i32;
    let bottom = ys().fold(f64::MIN, f64::max).ceil() as i32;
    Rect::new(left, top, right - left + 1, bottom - top + 1)
}

fn warp(
    from: &Mat,
    to: &mut Mat,
    map: &Matrix3<f64>,
    size: Size,
    border: i32,
) -> Result<(), opencv::Error> {
    let rows: [[f64; 3]; 3] = std::array::from_fn(|r| std::array::from_fn(|c| map[(r, c)]));
    imgproc::warp_perspective(
        from,
        to,
        &Mat::from_slice_2d(&rows)?,
        size,
        imgproc::INTER_LINEAR,
        border,
        Scalar::default(),
    )
}
