//! What an anchor remembers of one frame it was seen in: a view to compare later frames with.

use crate::flow::{Pyramid, corners, soften};
use crate::frame::{WorkFrame, WorkSize};
use crate::geometry::{Homography, Point};
use crate::relocalise::Features;
use opencv::core::{Mat, Rect};
use opencv::prelude::*;
use std::sync::{Arc, OnceLock};

/// The surroundings kept reach this many times the drawing's own box.
const REACH: f64 = 2.0;
/// Half of the smallest surroundings in pixels: a dot is held by what is around it.
const MIN_HALF: f64 = 44.0;
/// Pixels around the surroundings that the flow windows at their rim look into.
const MARGIN: i32 = 16;
/// Points followed in one view.
const MAX_POINTS: usize = 120;
/// Corners weaker than this are noise, in OpenCV's normalised smaller eigenvalue.
const CORNER_FLOOR: f32 = 4e-5;
/// Corners without which nothing can be verified.
pub(crate) const MIN_CORNERS: usize = 14;
/// Levels of the view's pyramid above the picture itself.
pub(crate) const VIEW_LEVELS: i32 = 3;
/// Half of the side of the little patches compared around each point.
pub(crate) const PATCH_HALF: i32 = 6;

/// One remembered view. All coordinates are pixels of the frame it was taken from, except where
/// `view` is in the name: those count from the corner of `area`.
#[derive(Debug)]
pub(crate) struct Reference {
    /// The whole frame: its features find the thing again.
    pub image: Arc<Mat>,
    /// Part of the frame that is compared.
    pub area: Rect,
    /// The drawing's box, left-top, right-top, right-bottom, left-bottom.
    pub drawing: [Point; 4],
    /// Strongest corners in the surroundings.
    pub points: Vec<Point>,
    /// The same points counted from the corner of `area`.
    pub view_points: Vec<Point>,
    /// How much each point counts for the pose: strong ones under the drawing decide.
    pub weights: Vec<f64>,
    /// How much each point counts as evidence: a faint one may vanish in noise.
    pub trust: Vec<f32>,
    /// The picture of `area`.
    pub sharp: View,
    /// The same, softened, made when a shaken frame first asks for it.
    soft: OnceLock<View>,
    /// This view's pixels from the pixels of the frame that was drawn on.
    pub here_from_drawn: Homography,
    /// Features of the whole frame, computed by the first relocalisation that needs them.
    pub features: OnceLock<Vec<Features>>,
}

/// A picture to compare with, plain and continuous, and its pyramid.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub picture: Mat,
    pub pyramid: Pyramid,
}

/// Too few corners for a reference.
#[derive(Debug)]
pub(crate) struct TooFewCorners(pub usize);

impl Reference {
    /// Remembers `frame` around the box of `outline` (pixels of that frame).
    pub fn new(
        frame: &WorkFrame,
        outline: &[Point],
        here_from_drawn: Homography,
    ) -> Result<Result<Self, TooFewCorners>, opencv::Error> {
        let (low, high) = bounds(outline);
        let centre = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
        let half = [
            ((high[0] - low[0]) / 2.0 * REACH).max(MIN_HALF),
            ((high[1] - low[1]) / 2.0 * REACH).max(MIN_HALF),
        ];
        let inner = clipped(centre, half, 0, frame.size);
        let area = clipped(centre, half, MARGIN, frame.size);
        if inner.width < 2 * MARGIN || inner.height < 2 * MARGIN {
            return Ok(Err(TooFewCorners(0)));
        }
        let spacing = (f64::from(inner.width) * f64::from(inner.height) / MAX_POINTS as f64).sqrt();
        let spacing = (spacing * 0.6).clamp(4.0, 12.0);
        let found = corners(&frame.image, inner, MAX_POINTS, spacing, CORNER_FLOOR)?;
        let strongest = found.iter().map(|(_, s)| *s).fold(CORNER_FLOOR, f32::max);
        let trust: Vec<f32> = found.iter().map(|(_, s)| trust(*s / strongest)).collect();
        let points: Vec<Point> = found.into_iter().map(|(at, _)| at).collect();
        if points.len() < MIN_CORNERS {
            return Ok(Err(TooFewCorners(points.len())));
        }
        let mut sharp = View::default();
        frame.image.roi(area)?.copy_to(&mut sharp.picture)?;
        sharp.pyramid.build(&sharp.picture, VIEW_LEVELS, true)?;
        let corner = [f64::from(area.x), f64::from(area.y)];
        let view_points = points
            .iter()
            .map(|p| [p[0] - corner[0], p[1] - corner[1]])
            .collect();
        let weights = points
            .iter()
            .zip(&trust)
            .map(|(p, trust)| weight(*p, centre, half) * f64::from(*trust))
            .collect();
        Ok(Ok(Self {
            image: Arc::clone(&frame.image),
            area,
            drawing: [low, [high[0], low[1]], high, [low[0], high[1]]],
            points,
            view_points,
            weights,
            trust,
            sharp,
            soft: OnceLock::new(),
            here_from_drawn,
            features: OnceLock::new(),
        }))
    }

    /// Middle of the drawing.
    pub fn centre(&self) -> Point {
        let [a, _, b, _] = self.drawing;
        [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
    }

    /// The softened view.
    pub fn soft(&self) -> Result<&View, opencv::Error> {
        if self.soft.get().is_none() {
            let mut soft = View::default();
            soften(&self.sharp.picture, &mut soft.picture)?;
            soft.pyramid.build(&soft.picture, VIEW_LEVELS, true)?;
            // Another thread may have been faster; its view is the same.
            let _ = self.soft.set(soft);
        }
        Ok(self.soft.get().unwrap_or(&self.sharp))
    }

    /// Left-top corner of the compared part.
    pub fn corner(&self) -> Point {
        [f64::from(self.area.x), f64::from(self.area.y)]
    }
}

/// Evidence of a corner with this share of the strongest one's eigenvalue.
fn trust(share: f32) -> f32 {
    (share.sqrt() * 2.0).clamp(0.1, 1.0)
}

/// One in the middle, a quarter at the rim of the surroundings.
fn weight(p: Point, centre: Point, half: [f64; 2]) -> f64 {
    let (x, y) = ((p[0] - centre[0]) / half[0], (p[1] - centre[1]) / half[1]);
    1.0 / (1.0 + 3.0 * (x * x + y * y))
}

/// Smallest and largest coordinates.
pub(crate) fn bounds(points: &[Point]) -> (Point, Point) {
    points.iter().fold(
        ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]),
        |(low, high), p| {
            (
                [low[0].min(p[0]), low[1].min(p[1])],
                [high[0].max(p[0]), high[1].max(p[1])],
            )
        },
    )
}

/// The box around `centre`, `margin` wider, as far as it lies on the frame.
fn clipped(centre: Point, half: [f64; 2], margin: i32, size: WorkSize) -> Rect {
    let m = f64::from(margin);
    let side = |c: f64, h: f64, limit: i32| {
        let low = (c - h - m).floor().clamp(0.0, f64::from(limit)) as i32;
        let high = (c + h + m).ceil().clamp(0.0, f64::from(limit)) as i32;
        (low, high - low)
    };
    let (x, width) = side(centre[0], half[0], size.width);
    let (y, height) = side(centre[1], half[1], size.height);
    Rect::new(x, y, width, height)
}
