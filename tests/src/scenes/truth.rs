//! Where the nine points of the target are in each frame.
//!
//! As a file: a header line, then one line a frame: `frame,visible_fraction,x0,y0,…,x8,y8` in
//! pixels of the clip, where `(0, 0)` is the middle of the first pixel. Points are: middle; corners
//! from the top left clockwise; middles of the edges from the top clockwise.

use super::Scene;
use nalgebra::{Point2, Point3};
use std::io::{self, Write};

/// The truth of one frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    /// Share of the nine points that are inside the picture and not covered.
    pub visible: f64,
    /// Pixels; far outside when behind the camera.
    pub points: [Point2<f64>; 9],
}

/// The nine points of an axis-parallel rectangle on the bench.
pub fn nine_points(top_left: Point3<f64>, bottom_right: Point3<f64>) -> [Point3<f64>; 9] {
    let middle = nalgebra::center(&top_left, &bottom_right);
    let half = (bottom_right - top_left) / 2.0;
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
    shares.map(|(x, y)| {
        Point3::new(
            middle.x + f64::from(x) * half.x,
            middle.y + f64::from(y) * half.y,
            middle.z,
        )
    })
}

impl Scene {
    /// The truth of a frame, in the middle of its exposure.
    pub fn truth(&self, frame: u32) -> Truth {
        let view = self.viewpoint(frame);
        let points = self.target.map(|point| {
            view.project(&self.lens, point)
                .unwrap_or(Point2::new(-1e6, -1e6))
        });
        let (width, height) = (self.filming.width as f64, self.filming.height as f64);
        let inside = points
            .iter()
            .filter(|p| (-0.5..width - 0.5).contains(&p.x) && (-0.5..height - 0.5).contains(&p.y))
            .count();
        let visible = if self.covered(frame) > 0.5 {
            0.0
        } else {
            inside as f64 / 9.0
        };
        Truth { visible, points }
    }

    /// Writes the truth of all frames.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write_truth(&self, mut out: impl Write) -> io::Result<()> {
        let names: Vec<String> = (0..9).map(|i| format!("x{i},y{i}")).collect();
        writeln!(out, "frame,visible_fraction,{}", names.join(","))?;
        for frame in 0..self.frames() {
            let truth = self.truth(frame);
            write!(out, "{frame},{:.3}", truth.visible)?;
            for point in truth.points {
                write!(out, ",{:.3},{:.3}", point.x, point.y)?;
            }
            writeln!(out)?;
        }
        Ok(())
    }
}
