//! Things that are not flat, made of sheets.

use super::sheet::{Place, Sheet};
use nalgebra::{Point3, Vector3};
use opencv::{
    core::{Mat, Rect, Size},
    imgproc,
    prelude::*,
};

/// Strips that half a can is made of, and the height of each in texture pixels.
const STRIPS: usize = 30;
const STRIP: i32 = 16;

/// A box on the bench with its top's middle above `(x, y)`; `size` is width, depth, height.
///
/// # Errors
/// What OpenCV says.
pub fn cuboid(
    (x, y): (f64, f64),
    size: [i32; 3],
    top: &Mat,
    side: &Mat,
) -> Result<Vec<Sheet>, opencv::Error> {
    let [width, depth, height] = size;
    let (w, d, h) = (f64::from(width), f64::from(depth), f64::from(height));
    let lid = resized(top, width, depth)?;
    let front = resized(side, width, height)?;
    let flank = resized(side, depth, height)?;
    let corner = |dx: f64, dy: f64| Point3::new(x + dx * w / 2.0, y + dy * d / 2.0, -h);
    // Each side's texture begins at its upper left corner, as seen from outside.
    let upright = |origin: Point3<f64>, across: Vector3<f64>| Place {
        origin,
        across,
        down: Vector3::z(),
    };
    let size = lid.size()?;
    Ok(vec![
        Sheet::new(lid, Place::lying(size, x, y, h))?,
        Sheet::new(front.clone(), upright(corner(-1.0, 1.0), Vector3::x()))?,
        Sheet::new(front, upright(corner(1.0, -1.0), -Vector3::x()))?,
        Sheet::new(flank.clone(), upright(corner(1.0, 1.0), -Vector3::y()))?,
        Sheet::new(flank, upright(corner(-1.0, -1.0), Vector3::y()))?,
    ])
}

/// The upper half of a can that lies on the bench along x, its middle at `(x, y)`.
///
/// # Errors
/// What OpenCV says.
pub fn can((x, y): (f64, f64), length: i32, label: &Mat) -> Result<Vec<Sheet>, opencv::Error> {
    let label = resized(label, length, STRIP * STRIPS as i32)?;
    let step = std::f64::consts::PI / STRIPS as f64;
    let radius = f64::from(STRIP) / (2.0 * (step / 2.0).sin());
    let axis = Point3::new(x, y, -radius);
    let rim = |k: usize| {
        let angle = step * k as f64;
        axis + radius * Vector3::new(0.0, -angle.cos(), -angle.sin())
    };
    let left = Vector3::x() * (-f64::from(length) / 2.0 + 0.5);
    (0..STRIPS)
        .map(|k| {
            let (from, to) = (rim(k), rim(k + 1));
            let down = (to - from) / f64::from(STRIP);
            let rows = Rect::new(0, k as i32 * STRIP, length, STRIP);
            let place = Place {
                origin: from + left + 0.5 * down,
                across: Vector3::x(),
                down,
            };
            Sheet::new(label.roi(rows)?.try_clone()?, place)
        })
        .collect()
}

fn resized(texture: &Mat, width: i32, height: i32) -> Result<Mat, opencv::Error> {
    let mut out = Mat::default();
    let size = Size::new(width, height);
    imgproc::resize(texture, &mut out, size, 0.0, 0.0, imgproc::INTER_AREA)?;
    Ok(out)
}
