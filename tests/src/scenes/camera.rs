//! A pinhole camera over a flat bench.

use nalgebra::{Matrix3, Point2, Point3, Rotation3, Vector3};

/// Intrinsics of a camera without distortion; pixel `(0, 0)` is the middle of the first pixel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Lens {
    /// Focal length in pixels.
    pub focal_px: f64,
    /// Middle of the picture in pixels.
    pub center_px: Point2<f64>,
}

impl Lens {
    /// The lens of a phone: 65 degrees from left to right.
    pub fn phone(width: usize, height: usize) -> Self {
        Self {
            focal_px: 0.781_25 * width as f64,
            center_px: Point2::new((width as f64 - 1.0) / 2.0, (height as f64 - 1.0) / 2.0),
        }
    }

    /// Maps camera coordinates to homogeneous pixels.
    pub fn matrix(&self) -> Matrix3<f64> {
        let (f, c) = (self.focal_px, self.center_px);
        Matrix3::new(f, 0.0, c.x, 0.0, f, c.y, 0.0, 0.0, 1.0)
    }
}

/// Where the camera is at one instant. World units are pixels of the bench texture; the bench is
/// the plane `z = 0` and the camera is at negative `z`, looking towards positive `z`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Viewpoint {
    /// Rotation from world to camera coordinates.
    pub camera_from_world: Rotation3<f64>,
    /// Where the camera is, in the world.
    pub position: Point3<f64>,
}

impl Viewpoint {
    /// A camera at `position` that looks at `target`, turned by `roll` radians, then shaken by the
    /// small rotation vector `shake` (radians, camera axes).
    pub fn looking_at(
        position: Point3<f64>,
        target: Point3<f64>,
        roll: f64,
        shake: Vector3<f64>,
    ) -> Self {
        let z = (target - position).normalize();
        let down = Vector3::new(roll.sin(), roll.cos(), 0.0);
        let x = down.cross(&z).normalize();
        let y = z.cross(&x);
        let axes = Matrix3::from_rows(&[x.transpose(), y.transpose(), z.transpose()]);
        let still = Rotation3::from_matrix_unchecked(axes);
        Self {
            camera_from_world: Rotation3::new(shake) * still,
            position,
        }
    }

    /// Homography from bench pixels to frame pixels.
    pub fn frame_from_bench(&self, lens: &Lens) -> Matrix3<f64> {
        let rotation = self.camera_from_world.matrix();
        let translation = -(rotation * self.position.coords);
        let columns = [
            rotation.column(0).into(),
            rotation.column(1).into(),
            translation,
        ];
        lens.matrix() * Matrix3::from_columns(&columns)
    }

    /// Frame pixel of a world point, or none behind the camera.
    pub fn project(&self, lens: &Lens, point: Point3<f64>) -> Option<Point2<f64>> {
        let seen = self.camera_from_world * (point - self.position);
        (seen.z > 0.0).then(|| {
            Point2::new(
                lens.focal_px * seen.x / seen.z + lens.center_px.x,
                lens.focal_px * seen.y / seen.z + lens.center_px.y,
            )
        })
    }
}
