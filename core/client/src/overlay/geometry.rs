use sightline_protocol::{
    Point,
    realtime::{Bend, Pose},
};

/// Where a drawing's points go, in shares of the frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mapping {
    /// Row by row; the last element is 1.
    pub homography: [f32; 8],
    /// What moves points beyond that, where the thing is not flat.
    pub bend: Option<Bend>,
}

impl Mapping {
    /// Leaves every point where it is.
    pub const IDENTITY: Self = Self::flat([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);

    /// A homography and nothing beyond.
    pub const fn flat(homography: [f32; 8]) -> Self {
        Self {
            homography,
            bend: None,
        }
    }

    /// As a pose has it.
    pub const fn of(pose: &Pose) -> Self {
        Self {
            homography: pose.homography,
            bend: pose.bend,
        }
    }

    /// From one mapping to another, `share` of the way, element by element; good for the small
    /// motions between frames.
    pub fn between(from: &Self, to: &Self, share: f32) -> Self {
        let (a, b) = (from.homography, to.homography);
        Self {
            homography: std::array::from_fn(|at| a[at] + (b[at] - a[at]) * share),
            bend: Bend::between(from.bend.as_ref(), to.bend.as_ref(), share),
        }
    }

    /// Where a point goes; none when it goes to infinity or behind the camera.
    pub fn apply(&self, [x, y]: Point) -> Option<Point> {
        let [a, b, c, d, e, f, g, h] = self.homography;
        let depth = g * x + h * y + 1.0;
        if depth <= 1e-4 {
            return None;
        }
        let [right, down] = self.bend.map_or([0.0; 2], |bend| bend.at([x, y]));
        let point = [
            (a * x + b * y + c) / depth + right,
            (d * x + e * y + f) / depth + down,
        ];
        point.iter().all(|value| value.is_finite()).then_some(point)
    }
}

/// Maps shares to pixels of a picture, whose left edge is 0 and right edge is `width`. Points that
/// go to infinity are left out.
pub fn in_pixels(points: &[Point], mapping: &Mapping, width: f32, height: f32) -> Vec<[f32; 2]> {
    let mapped = points.iter().filter_map(|point| mapping.apply(*point));
    mapped.map(|[x, y]| [x * width, y * height]).collect()
}

/// The lines of an arrow in pixels: its shaft and the two sides of its head.
pub fn arrow(from: [f32; 2], to: [f32; 2], head: f32) -> [Vec<[f32; 2]>; 2] {
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length = dx.hypot(dy).max(1e-3);
    let head = head.min(length);
    let back = dy.atan2(dx) + std::f32::consts::PI;
    let side = |turn: f32| {
        let angle = back + turn;
        [to[0] + head * angle.cos(), to[1] + head * angle.sin()]
    };
    [vec![from, to], vec![side(0.5), to, side(-0.5)]]
}
