//! What the engine asks of a picture library, and which library answers.
//!
//! Everything else of this crate is written against [`Layer`] through [`Library`]: another library,
//! such as a phone's own, is another file beside `opencv.rs` and another line here. Nothing asked
//! for reads or writes files or cameras, so that a build needs none of OpenCV's `videoio`,
//! `imgcodecs` and `highgui`.

mod opencv;

use crate::geometry::{Homography, Point};

/// The library in use.
pub(crate) type Library = self::opencv::OpenCv;
/// A grey picture.
pub(crate) type Picture = <Library as Layer>::Picture;
/// A picture at several sizes, ready for flow.
pub(crate) type Pyramid = <Library as Layer>::Pyramid;
/// Scratch memory of flow.
pub(crate) type Flow = <Library as Layer>::Flow;
/// What a library remembers of points to find them again.
pub(crate) type Descriptors = <Library as Layer>::Descriptors;
/// Why the library failed.
pub use self::opencv::Failure;

/// A part of a picture in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

impl Area {
    /// What both cover; without width and height when they do not touch.
    pub fn within(self, other: Self) -> Self {
        let (x, y) = (self.x.max(other.x), self.y.max(other.y));
        let right = (self.x + self.width).min(other.x + other.width);
        let bottom = (self.y + self.height).min(other.y + other.height);
        Self {
            x,
            y,
            width: (right - x).max(0),
            height: (bottom - y).max(0),
        }
    }

    /// Whether a pixel is in it.
    pub fn contains(&self, x: i32, y: i32) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }
}

/// Which detector and descriptor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Fast; weak when the light changes.
    Orb,
    /// Slow; holds when the light changes.
    Akaze,
    /// The fast one on a small picture: holds when the frame is blurred.
    Small,
}

/// A grey picture of 8 bits a pixel, its rows without gaps.
pub(crate) trait Plane {
    /// Pixels in a row.
    fn cols(&self) -> i32;
    /// Rows.
    fn rows(&self) -> i32;
    /// `rows * cols` bytes.
    fn bytes(&self) -> &[u8];
}

/// A picture library. Pictures that are written to keep their memory when it fits. Coordinates
/// count from the middle of the first pixel.
pub(crate) trait Layer {
    type Failure: std::error::Error + Send + Sync + 'static;
    type Picture: Plane + std::fmt::Debug + Default + Send + Sync;
    type Pyramid: std::fmt::Debug + Default + Send + Sync;
    type Flow: std::fmt::Debug + Default + Send;
    type Descriptors: std::fmt::Debug + Send + Sync;

    /// Keeps the library from starting threads of its own.
    fn without_threads();

    /// A black picture.
    fn blank(size: (i32, i32)) -> Result<Self::Picture, Self::Failure>;

    /// A plane of `size` with rows `stride` bytes apart, `stride * rows` bytes in all, brought to
    /// `out_size`; pixel edges map to pixel edges.
    fn taken(
        plane: &[u8],
        size: (i32, i32, i32),
        out_size: (i32, i32),
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// A smaller picture, each pixel the mean of the area that it covers.
    fn shrunken(
        image: &Self::Picture,
        size: (i32, i32),
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// A copy of a part.
    fn part(
        image: &Self::Picture,
        area: Area,
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// Each pixel times `light.0` plus `light.1`, cut off at black and white.
    fn relit(
        image: &Self::Picture,
        light: (f64, f64),
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// The picture seen through `image_from_out`, black outside, linear between pixels.
    fn warped(
        image: &Self::Picture,
        image_from_out: &Homography,
        size: (i32, i32),
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// Blurred by a normal distribution with this standard deviation in pixels.
    fn softened(
        image: &Self::Picture,
        sigma: f64,
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// Correlated with a kernel of odd sides, row by row.
    fn filtered(
        image: &Self::Picture,
        kernel: &[f32],
        size: (i32, i32),
        out: &mut Self::Picture,
    ) -> Result<(), Self::Failure>;

    /// Smaller eigenvalue of the gradients' covariance around each pixel of a part (5x5 windows,
    /// Sobel 3x3), row by row.
    fn corner_strength(image: &Self::Picture, area: Area) -> Result<Vec<f32>, Self::Failure>;

    /// Zero-mean normalised cross-correlation of a part with every place of the picture where it
    /// fits, row by row, with the width of a row.
    fn likeness(image: &Self::Picture, area: Area) -> Result<(Vec<f32>, usize), Self::Failure>;

    /// Fills a pyramid with `how.0` levels above the picture itself, and, if `how.1`, with the
    /// derivatives that are needed on the side that flow starts from.
    fn pyramid(
        image: &Self::Picture,
        how: (i32, bool),
        out: &mut Self::Pyramid,
    ) -> Result<(), Self::Failure>;

    /// Where `points` of one picture are in the other (pyramidal Lucas-Kanade), starting the search
    /// at `guesses` on at most `levels` levels. With `round_trip`, a point that does not come back
    /// to within that many pixels is dropped; this needs derivatives on both sides and may be less
    /// exact. One entry in `found` for each point.
    fn flow(
        scratch: &mut Self::Flow,
        pyramids: (&Self::Pyramid, &Self::Pyramid),
        points: &[Point],
        guesses: &[Point],
        search: (i32, Option<f64>),
        found: &mut Vec<Option<Point>>,
    ) -> Result<(), Self::Failure>;

    /// The map most pairs agree on (MAGSAC++, Barath 2020), for sets with many wrong pairs.
    fn consensus(
        from: &[Point],
        to: &[Point],
        threshold: f64,
        seed: u64,
    ) -> Result<Option<Homography>, Self::Failure>;

    /// Points of a picture and what they look like.
    fn features(
        image: &Self::Picture,
        kind: Kind,
    ) -> Result<(Vec<Point>, Self::Descriptors), Self::Failure>;

    /// For points of the first set that look like one of the second clearly more than like any
    /// other (best distance below `ratio` of the second best): both places in their lists.
    fn matches(
        first: &Self::Descriptors,
        second: &Self::Descriptors,
        ratio: f32,
    ) -> Result<Vec<(usize, usize)>, Self::Failure>;
}
