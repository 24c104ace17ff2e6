//! What an anchor remembers of one frame it was seen in: a view to compare later frames with.

use crate::contest::voters;
use crate::flow::{corners, smear};
use crate::frame::{WorkFrame, WorkSize};
use crate::geometry::{Homography, Point};
use crate::layer::{Area, Failure, Layer, Library, Picture, Plane, Pyramid};
use crate::mesh::{Mesh, mesh_over};
use crate::relocalise::{Features, KINDS};
use crate::repeats::lookalikes;
use std::sync::{Arc, OnceLock};

/// The surroundings kept reach this many times the drawing's own box.
const REACH: f64 = 2.0;
/// Half of the smallest surroundings in pixels: a dot is held by what is around it.
const MIN_HALF: f64 = 44.0;
/// Pixels around the surroundings that the flow windows at their rim look into.
const MARGIN: i32 = 16;
/// Points followed in one view.
const MAX_POINTS: usize = 120;
/// Parts across and down the drawing, each of which is to have so many points; how much further
/// than the drawing they reach, as a share of it; and the smallest part worth a search, in pixels.
const PARTS: i32 = 5;
const FILLED: usize = 3;
const AROUND: f64 = 0.2;
const LEAST_PART: i32 = 9;
/// Corners weaker than this are noise, in OpenCV's normalised smaller eigenvalue.
const CORNER_FLOOR: f32 = 4e-5;
/// The same for noise with a deviation of one grey level: three times the eigenvalue that it has
/// on average in the 5x5 windows of the corner measure.
const NOISE_FLOOR: f32 = 3.5e-5;
/// Deviations above this are texture everywhere rather than noise.
const MAX_SIGMA: f32 = 4.0;
/// Corners without which nothing can be verified.
pub(crate) const MIN_CORNERS: usize = 14;
/// Pixels by which a verified pose may leap against its expected course without a second opinion.
const LEAP: f64 = 15.0;
/// Levels of the view's pyramid above the picture itself.
pub(crate) const VIEW_LEVELS: i32 = 3;
/// Half of the side of the little patches compared around each point.
pub(crate) const PATCH_HALF: i32 = 6;

/// Blurs, as standard deviations in pixels, that a view is kept in. A blurred frame is compared
/// after a blur by the first of them, which takes its noise away.
pub(crate) const SOFTNESS: [f64; 5] = [1.5, 2.5, 3.5, 5.0, 7.0];

/// One remembered view. All coordinates are pixels of the frame it was taken from, except where
/// `view` is in the name: those count from the corner of `area`.
#[derive(Debug)]
pub(crate) struct Reference {
    /// The whole frame: its features find the thing again.
    pub image: Arc<Picture>,
    /// Part of the frame that is compared.
    pub area: Area,
    /// The drawing's box, left-top, right-top, right-bottom, left-bottom.
    pub drawing: [Point; 4],
    /// Where the drawing's nodes are.
    pub nodes: Mesh,
    /// Strongest corners in the surroundings.
    pub points: Vec<Point>,
    /// The same points counted from the corner of `area`.
    pub view_points: Vec<Point>,
    /// How much each point counts for the pose: strong ones under the drawing decide.
    pub weights: Vec<f64>,
    /// How much each point counts as evidence: a faint one may vanish in noise.
    pub trust: Vec<f32>,
    /// Which points lie under the drawing.
    pub core: Vec<bool>,
    /// The picture of `area`.
    pub sharp: View,
    /// The same, softened by each of [`SOFTNESS`], made when a blurred frame first asks for it.
    soft: [OnceLock<View>; SOFTNESS.len()],
    /// This view's pixels from the pixels of the frame that was drawn on.
    pub here_from_drawn: Homography,
    /// Shifts in pixels to other places on the frame that look like the drawing's, nearest first.
    pub lookalikes: Vec<[f64; 2]>,
    /// Corners all over the frame, found when a choice among lookalikes first needs them.
    voters: OnceLock<Vec<Point>>,
    /// Features of the whole frame by kind, computed by the first relocalisation that needs them.
    pub features: [OnceLock<Features>; KINDS],
}

/// A picture to compare with, plain and continuous, and its pyramid.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub picture: Picture,
    pub pyramid: Pyramid,
}

/// Too few corners for a reference.
#[derive(Debug)]
pub(crate) struct TooFewCorners(pub usize);

impl Reference {
    /// Remembers `frame` around the box of `outline` (pixels of that frame), with the pose of the
    /// thing's main plane and where the drawing's nodes are, if that is not all over the box.
    pub fn new(
        frame: &WorkFrame,
        outline: &[Point],
        here_from_drawn: Homography,
        nodes: Option<Mesh>,
    ) -> Result<Result<Self, TooFewCorners>, Failure> {
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
        let sigma = noise_sigma(&frame.image, inner)?.min(MAX_SIGMA);
        let floor = (NOISE_FLOOR * sigma * sigma).max(CORNER_FLOOR);
        let mut found = corners(&frame.image, inner, MAX_POINTS, spacing, floor)?;
        fill_in(&frame.image, (low, high), inner, floor, &mut found)?;
        let strongest = found.iter().map(|(_, s)| *s).fold(CORNER_FLOOR, f32::max);
        let trust: Vec<f32> = found.iter().map(|(_, s)| trust(*s / strongest)).collect();
        let points: Vec<Point> = found.into_iter().map(|(at, _)| at).collect();
        if points.len() < MIN_CORNERS {
            return Ok(Err(TooFewCorners(points.len())));
        }
        let mut sharp = View::default();
        Library::part(&frame.image, area, &mut sharp.picture)?;
        Library::pyramid(&sharp.picture, (VIEW_LEVELS, true), &mut sharp.pyramid)?;
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
        let under = |p: &Point| (0..2).all(|k| p[k] >= low[k] - 2.0 && p[k] <= high[k] + 2.0);
        let core = points.iter().map(under).collect();
        Ok(Ok(Self {
            core,
            image: Arc::clone(&frame.image),
            area,
            drawing: [low, [high[0], low[1]], high, [low[0], high[1]]],
            nodes: nodes.unwrap_or_else(|| mesh_over(low, high)),
            points,
            view_points,
            weights,
            trust,
            sharp,
            soft: Default::default(),
            here_from_drawn,
            lookalikes: lookalikes(&frame.image, low, high)?,
            voters: OnceLock::new(),
            features: Default::default(),
        }))
    }

    /// Middle of the drawing.
    pub fn centre(&self) -> Point {
        let [a, _, b, _] = self.drawing;
        [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0]
    }

    /// Where the drawing's nodes are, counted from the corner of `area`.
    pub fn view_nodes(&self) -> Mesh {
        let corner = self.corner();
        self.nodes.map(|p| [p[0] - corner[0], p[1] - corner[1]])
    }

    /// The view softened by one of [`SOFTNESS`].
    pub fn soft(&self, level: usize) -> Result<&View, Failure> {
        let level = level.min(SOFTNESS.len() - 1);
        if self.soft[level].get().is_none() {
            let mut soft = View::default();
            Library::softened(&self.sharp.picture, SOFTNESS[level], &mut soft.picture)?;
            Library::pyramid(&soft.picture, (VIEW_LEVELS, true), &mut soft.pyramid)?;
            // Another thread may have been faster; its view is the same.
            let _ = self.soft[level].set(soft);
        }
        Ok(self.soft[level].get().unwrap_or(&self.sharp))
    }

    /// The view as a camera sees it that moves by `along` (view pixels) while its shutter is open,
    /// softened by the first of [`SOFTNESS`].
    pub fn smeared(&self, along: Point) -> Result<View, Failure> {
        let mut view = View::default();
        let mut line = Picture::default();
        smear(&self.sharp.picture, along, &mut line)?;
        Library::softened(&line, SOFTNESS[0], &mut view.picture)?;
        Library::pyramid(&view.picture, (VIEW_LEVELS, true), &mut view.pyramid)?;
        Ok(view)
    }

    /// Pixels by which a pose may differ from what was expected before it is suspected of having
    /// jumped to a neighbour.
    pub fn leap(&self) -> f64 {
        let nearest = self.lookalikes.first();
        nearest.map_or(LEAP, |[x, y]| (x.hypot(*y) / 3.0).min(LEAP))
    }

    /// Whether there are other places that look like the drawing's.
    pub fn has_lookalikes(&self) -> bool {
        !self.lookalikes.is_empty()
    }

    /// Corners all over the frame.
    pub fn voters(&self) -> Result<&[Point], Failure> {
        if self.voters.get().is_none() {
            // Another thread may have been faster; its corners are the same.
            let _ = self.voters.set(voters(&self.image)?);
        }
        Ok(self.voters.get().map_or(&[], Vec::as_slice))
    }

    /// Left-top corner of the compared part.
    pub fn corner(&self) -> Point {
        [f64::from(self.area.x), f64::from(self.area.y)]
    }
}

/// Adds the strongest corners of those parts of the drawing that have few: where it lies over
/// something else than the rest does, its pale parts decide.
fn fill_in(
    image: &Picture,
    (low, high): (Point, Point),
    inner: Area,
    floor: f32,
    found: &mut Vec<(Point, f32)>,
) -> Result<(), Failure> {
    let side = |axis: usize| (high[axis] - low[axis]) * (1.0 + 2.0 * AROUND) / f64::from(PARTS);
    let (width, height) = (side(0), side(1));
    let left = low[0] - (high[0] - low[0]) * AROUND;
    let top = low[1] - (high[1] - low[1]) * AROUND;
    for k in 0..PARTS * PARTS {
        let x = (left + width * f64::from(k % PARTS)).round() as i32;
        let y = (top + height * f64::from(k / PARTS)).round() as i32;
        let part = Area {
            x,
            y,
            width: width.round() as i32,
            height: height.round() as i32,
        }
        .within(inner);
        if part.width < LEAST_PART || part.height < LEAST_PART {
            continue;
        }
        let inside = |p: &Point| part.contains(p[0] as i32, p[1] as i32);
        let have = found.iter().filter(|(p, _)| inside(p)).count();
        if have >= FILLED {
            continue;
        }
        for (at, strength) in corners(image, part, FILLED, 5.0, floor)? {
            let apart = found
                .iter()
                .all(|(p, _)| (p[0] - at[0]).hypot(p[1] - at[1]) >= 5.0);
            if apart {
                found.push((at, strength));
            }
        }
    }
    Ok(())
}

/// Deviation of the noise in grey levels, from the median response to a mask that is blind to
/// slopes and edges (after Immerkaer 1996, with a median so that texture counts little).
fn noise_sigma(image: &Picture, area: Area) -> Result<f32, Failure> {
    let (data, width) = (image.bytes(), image.cols() as usize);
    let mut histogram = [0_u32; 256];
    let mut total = 0_u32;
    let (left, right) = (area.x as usize, (area.x + area.width) as usize);
    for y in area.y as usize + 1..(area.y + area.height) as usize - 1 {
        let row = |k: usize| {
            data.get(k * width + left..k * width + right)
                .unwrap_or_default()
        };
        let (a, b, c) = (row(y - 1), row(y), row(y + 1));
        for ((a, b), c) in a.windows(3).zip(b.windows(3)).zip(c.windows(3)) {
            let v = |p: &[u8], k: usize| i32::from(p[k]);
            let response =
                v(a, 0) - 2 * v(a, 1) + v(a, 2) - 2 * v(b, 0) + 4 * v(b, 1) - 2 * v(b, 2) + v(c, 0)
                    - 2 * v(c, 1)
                    + v(c, 2);
            histogram[response.unsigned_abs().min(255) as usize] += 1;
            total += 1;
        }
    }
    let mut below = 0;
    let median = histogram.iter().position(|count| {
        below += count;
        below * 2 >= total
    });
    // The mask has a norm of 6, and the median of a normal deviate is 0.6745 deviations.
    Ok(median.unwrap_or(0) as f32 / (6.0 * 0.6745))
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
fn clipped(centre: Point, half: [f64; 2], margin: i32, size: WorkSize) -> Area {
    let m = f64::from(margin);
    let side = |c: f64, h: f64, limit: i32| {
        let low = (c - h - m).floor().clamp(0.0, f64::from(limit)) as i32;
        let high = (c + h + m).ceil().clamp(0.0, f64::from(limit)) as i32;
        (low, high - low)
    };
    let (x, width) = side(centre[0], half[0], size.width);
    let (y, height) = side(centre[1], half[1], size.height);
    Area {
        x,
        y,
        width,
        height,
    }
}
