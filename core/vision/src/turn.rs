//! A camera's rotation as a map of the picture.

use crate::error::VisionError;
use crate::frame::WorkSize;
use crate::geometry::Homography;
use crate::types::CameraTurn;
use nalgebra::Matrix3;

/// How far a matrix may be from a rotation: the largest entry of `R R^T - 1`.
const SLACK: f64 = 0.02;
/// Focal lengths of cameras, in shares of the longer side.
const FOCAL: std::ops::RangeInclusive<f64> = 0.2..=10.0;

/// A rotation that was checked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Turn {
    rotation: Matrix3<f64>,
    focal: f64,
}

impl Turn {
    /// Checks what came from outside.
    pub fn of(turn: &CameraTurn) -> Result<Self, VisionError> {
        let rotation = Matrix3::from_row_slice(&turn.new_from_old.map(f64::from));
        let focal = f64::from(turn.focal);
        let off = (rotation * rotation.transpose() - Matrix3::identity()).amax();
        // A comparison with something that is not a number is false.
        let sound = off < SLACK && rotation.determinant() > 0.0 && FOCAL.contains(&focal);
        if sound {
            Ok(Self { rotation, focal })
        } else {
            Err(VisionError::Turn)
        }
    }

    /// The new frame's pixels from the old frame's, for things far away (Hartley and Zisserman,
    /// *Multiple View Geometry*, 8.4.2).
    pub fn on(&self, size: WorkSize) -> Homography {
        let (w, h) = (f64::from(size.width), f64::from(size.height));
        let focal = self.focal * w.max(h);
        let (x, y) = ((w - 1.0) / 2.0, (h - 1.0) / 2.0);
        let lens = Matrix3::new(focal, 0.0, x, 0.0, focal, y, 0.0, 0.0, 1.0);
        let back = Matrix3::new(
            1.0 / focal,
            0.0,
            -x / focal,
            0.0,
            1.0 / focal,
            -y / focal,
            0.0,
            0.0,
            1.0,
        );
        lens * self.rotation * back
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::apply;
    use nalgebra::Rotation3;

    fn turn(rotation: Matrix3<f64>) -> CameraTurn {
        CameraTurn {
            new_from_old: std::array::from_fn(|k| rotation[(k / 3, k % 3)] as f32),
            focal: 0.8,
        }
    }

    #[test]
    fn a_turn_to_the_right_moves_the_picture_to_the_left() {
        // Directions turn against the camera.
        let rotation = Rotation3::from_euler_angles(0.0, -0.1, 0.0).into_inner();
        let map = Turn::of(&turn(rotation)).expect("a rotation").on(WorkSize {
            width: 641,
            height: 361,
        });
        let [x, y] = apply(&map, [320.0, 180.0]).expect("in front");
        assert!(
            (x - (320.0 - 0.8 * 641.0 * 0.1_f64.tan())).abs() < 0.01,
            "{x}"
        );
        assert!((y - 180.0).abs() < 0.01, "{y}");
    }

    #[test]
    fn what_is_no_rotation_is_refused() {
        for broken in [
            Matrix3::identity() * 1.1,
            Matrix3::identity() * f64::NAN,
            Matrix3::identity() * -1.0,
        ] {
            assert!(matches!(Turn::of(&turn(broken)), Err(VisionError::Turn)));
        }
        let mut blind = turn(Matrix3::identity());
        blind.focal = 0.0;
        assert!(Turn::of(&blind).is_err());
    }
}
