//! Whether the camera sees anything at all, and why an anchor was lost.

use crate::anchor::Anchor;
use crate::frame::WorkSize;
use crate::geometry::{Point, apply};
use crate::layer::{Failure, Picture, Plane};
use crate::reference::MIN_CORNERS;
use crate::types::Reason;

/// Mean difference of neighbouring pixels, in grey levels, below which nothing is seen.
const NOTHING: f32 = 0.6;
/// Share of the usual detail below which softened pictures are compared.
const SHAKEN: f32 = 0.8;
/// Share of the usual detail, and of the usual spread of grey, below which the lens is covered.
const COVERED: f32 = 0.35;
/// How fast the usual detail follows the present one.
const FOLLOW: f32 = 0.1;
/// Share of the drawing's box that must be in the frame for it to be in view.
const IN_VIEW: usize = 13;

/// Cells across and down in which detail is measured.
const CELLS: usize = 3;

/// The picture's detail now and usually.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    detail: f32,
    spread: f32,
    cells: [f32; CELLS * CELLS],
    usual: Option<(f32, f32)>,
    usual_cells: [f32; CELLS * CELLS],
}

impl Sight {
    /// Measures a frame on every fourth row and column.
    pub fn look(&mut self, image: &Picture) -> Result<(), Failure> {
        let (width, data) = (image.cols() as usize, image.bytes());
        let height = (image.rows() as usize).max(1);
        let (mut n, mut sum, mut squares) = (0_u64, 0_u64, 0_u64);
        let mut cells = [(0_u64, 0_u64); CELLS * CELLS];
        for (y, row) in data.chunks_exact(width).enumerate().step_by(4) {
            let line = &mut cells[y * CELLS / height * CELLS..][..CELLS];
            for (x, pair) in row.chunks_exact(4).enumerate() {
                let v = u64::from(pair[0]);
                n += 1;
                sum += v;
                squares += v * v;
                let cell = &mut line[(4 * x * CELLS / width).min(CELLS - 1)];
                cell.0 += 1;
                cell.1 += u64::from(pair[0].abs_diff(pair[2]));
            }
        }
        let steps: u64 = cells.iter().map(|(_, steps)| steps).sum();
        let n = n.max(1) as f32;
        let mean = sum as f32 / n;
        self.cells = cells.map(|(n, steps)| steps as f32 / n.max(1) as f32);
        self.detail = steps as f32 / n;
        self.spread = (squares as f32 / n - mean * mean).max(0.0).sqrt();
        Ok(())
    }

    /// Takes the present frame into the usual detail when an anchor was well seen on it.
    pub fn remember(&mut self, good: bool) {
        if good {
            let (detail, spread) = self.usual.unwrap_or((self.detail, self.spread));
            let first = self.usual.is_none();
            self.usual = Some((
                detail + FOLLOW * (self.detail - detail),
                spread + FOLLOW * (self.spread - spread),
            ));
            for (usual, now) in self.usual_cells.iter_mut().zip(self.cells) {
                *usual += if first { now } else { FOLLOW * (now - *usual) };
            }
        }
    }

    /// Whether the picture has less detail than usual, as when the camera moves fast.
    pub fn is_shaken(&self) -> bool {
        self.usual
            .is_some_and(|(detail, _)| self.detail < SHAKEN * detail)
    }

    /// Whether detail is missing all over the picture and not only where something is in front.
    pub fn is_blurred(&self) -> bool {
        let cells = self.cells.iter().zip(&self.usual_cells);
        let known = cells.filter(|(_, usual)| **usual > 2.0 * NOTHING);
        let (mut all, mut faint) = (0, 0);
        for (now, usual) in known {
            all += 1;
            faint += usize::from(*now < SHAKEN * usual);
        }
        all >= CELLS && faint * 4 >= all * 3
    }

    /// Whether looking for anything makes sense.
    pub fn sees_something(&self) -> bool {
        self.detail > NOTHING
    }
}

/// The most likely reason why `anchor`, whose pose is a guess now, is not seen.
pub(crate) fn why_lost(anchor: &Anchor, sight: &Sight, swinging: bool, size: WorkSize) -> Reason {
    if !sight.sees_something() {
        return Reason::Occluded;
    }
    if let Some((detail, spread)) = sight.usual {
        let (detail, spread) = (
            sight.detail / detail.max(0.1),
            sight.spread / spread.max(0.1),
        );
        if detail < COVERED && spread < COVERED {
            return Reason::Occluded;
        }
    }
    if leaves(anchor, size) {
        return Reason::OutOfView;
    }
    if sight.is_blurred() || (swinging && sight.is_shaken()) {
        return Reason::Blur;
    }
    // Near enough to fill the picture, or at its rim: as few as no drawing would be taken with.
    if points_in_view(anchor, size) < MIN_CORNERS {
        return Reason::TooFewTexture;
    }
    Reason::Occluded
}

/// Points of the compared view that the frame should show.
fn points_in_view(anchor: &Anchor, size: WorkSize) -> usize {
    let reference = anchor.reference();
    let pose = anchor.frame_from(reference);
    let inside = |p: &&Point| apply(&pose, **p).is_some_and(|p| size.holds(p));
    reference.points.iter().filter(inside).count()
}

/// Whether most of the drawing's box is outside the frame, two frames from now at its last speed.
fn leaves(anchor: &Anchor, size: WorkSize) -> bool {
    let Some(first) = anchor.references.first() else {
        return false;
    };
    let [low, _, high, _] = first.drawing;
    let [dx, dy] = anchor.velocity.map(|speed| 2.0 * speed);
    let inside =
        |p: Point| apply(&anchor.pose, p).is_some_and(|[x, y]| size.holds([x + dx, y + dy]));
    let grid = (0..25).map(|k| {
        let (u, v) = (f64::from(k % 5) / 4.0, f64::from(k / 5) / 4.0);
        [
            low[0] + u * (high[0] - low[0]),
            low[1] + v * (high[1] - low[1]),
        ]
    });
    grid.filter(|p| inside(*p)).count() < IN_VIEW
}
