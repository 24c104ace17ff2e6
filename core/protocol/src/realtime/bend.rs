use super::{BEND_NODES, BEND_SIDE};

/// What moves a drawing beyond its homography, where the thing is not flat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bend {
    /// Left, top, right and bottom of the drawing's box in shares of the drawn-on frame.
    pub over: [f32; 4],
    /// `[x, y]` in shares of this frame for each node, row by row; at most half a frame, kept in
    /// units of 1/65536.
    pub by: [[f32; 2]; BEND_NODES],
}

impl Bend {
    /// The shift of a point in shares of the drawn-on frame.
    pub fn at(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [left, top, right, bottom] = self.over;
        let last = (BEND_SIDE - 1) as f32;
        let cell = |v: f32, low: f32, high: f32| {
            let along = (last * (v - low) / (high - low).max(1e-9)).clamp(0.0, last);
            let first = (along as usize).min(BEND_SIDE - 2);
            (first, along - first as f32)
        };
        let (column, x) = cell(x, left, right);
        let (row, y) = cell(y, top, bottom);
        std::array::from_fn(|axis| {
            let node = |dx: usize, dy: usize| self.by[(row + dy) * BEND_SIDE + column + dx][axis];
            let upper = node(0, 0) + x * (node(1, 0) - node(0, 0));
            let lower = node(0, 1) + x * (node(1, 1) - node(0, 1));
            upper + y * (lower - upper)
        })
    }

    /// From one frame's bend to another's, `share` of the way; no bend is one without shifts.
    pub fn between(from: Option<&Self>, to: Option<&Self>, share: f32) -> Option<Self> {
        let over = to.or(from)?.over;
        let shift = |bend: Option<&Self>, k: usize| bend.map_or([0.0; 2], |bend| bend.by[k]);
        let by = std::array::from_fn(|k| {
            let (a, b) = (shift(from, k), shift(to, k));
            [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * share)
        });
        Some(Self { over, by })
    }

    /// Whether the box has a width and a height.
    pub(super) fn has_a_box(&self) -> bool {
        let [left, top, right, bottom] = self.over;
        self.over.iter().all(|side| side.is_finite()) && left < right && top < bottom
    }
}
