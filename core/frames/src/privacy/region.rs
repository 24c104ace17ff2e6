use super::PrivacyError;
use crate::Rotation;
use std::str::FromStr;

/// A part of the upright picture, in shares of its width and height from the top left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Region {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
}

/// A part of a picture in its own pixels, whose corners lie at even ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PixelRect {
    /// First column.
    pub x: u32,
    /// First row.
    pub y: u32,
    /// Columns.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Region {
    /// The whole picture.
    pub const WHOLE: Self = Self {
        left: 0.0,
        top: 0.0,
        width: 1.0,
        height: 1.0,
    };

    /// A part of the picture; what lies outside of it is cut off.
    ///
    /// # Errors
    /// [`PrivacyError::NoRegion`] when nothing of it lies inside, or a number is none.
    pub fn new(left: f32, top: f32, width: f32, height: f32) -> Result<Self, PrivacyError> {
        let clamp = |value: f32| value.clamp(0.0, 1.0);
        let (x0, y0) = (clamp(left), clamp(top));
        let (x1, y1) = (clamp(left + width), clamp(top + height));
        let finite = [left, top, width, height].iter().all(|n| n.is_finite());
        if !finite || x1 <= x0 || y1 <= y0 {
            let given = format!("{left},{top},{width},{height}");
            return Err(PrivacyError::NoRegion { given });
        }
        Ok(Self {
            left: x0,
            top: y0,
            width: x1 - x0,
            height: y1 - y0,
        })
    }

    /// Left, top, width and height.
    pub fn parts(&self) -> [f32; 4] {
        [self.left, self.top, self.width, self.height]
    }

    /// Larger by `share` of its own size on each side, cut at the picture's edge.
    pub fn padded(&self, share: f32) -> Self {
        let (dx, dy) = (self.width * share.max(0.0), self.height * share.max(0.0));
        let [left, top] = [(self.left - dx).max(0.0), (self.top - dy).max(0.0)];
        Self {
            left,
            top,
            width: (self.left + self.width + dx).min(1.0) - left,
            height: (self.top + self.height + dy).min(1.0) - top,
        }
    }

    /// True when both cover a common place.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.left < other.left + other.width
            && other.left < self.left + self.width
            && self.top < other.top + other.height
            && other.top < self.top + self.height
    }

    /// The same part in a sensor's picture that is turned by `rotation` to stand upright.
    pub fn in_sensor(&self, rotation: Rotation) -> Self {
        let Self {
            left,
            top,
            width,
            height,
        } = *self;
        let (left, top, width, height) = match rotation {
            Rotation::None => (left, top, width, height),
            Rotation::Right => (top, 1.0 - left - width, height, width),
            Rotation::Half => (1.0 - left - width, 1.0 - top - height, width, height),
            Rotation::Left => (1.0 - top - height, left, height, width),
        };
        Self {
            left,
            top,
            width,
            height,
        }
    }

    /// The pixels that it touches in a picture of this size, outwards to even ones, because four
    /// pixels share one colour.
    pub fn pixels(&self, width: u32, height: u32) -> PixelRect {
        let span = |from: f32, size: f32, side: u32| {
            let (from, to) = (f64::from(from), f64::from(from) + f64::from(size));
            let first = (from * f64::from(side)).floor().max(0.0) as u32 & !1;
            let last = ((to * f64::from(side)).ceil() as u32).next_multiple_of(2);
            (first.min(side), last.min(side))
        };
        let (x0, x1) = span(self.left, self.width, width);
        let (y0, y1) = span(self.top, self.height, height);
        PixelRect {
            x: x0,
            y: y0,
            width: x1 - x0,
            height: y1 - y0,
        }
    }
}

impl FromStr for Region {
    type Err = PrivacyError;

    /// Reads `left,top,width,height`.
    fn from_str(text: &str) -> Result<Self, PrivacyError> {
        let given = || PrivacyError::NoRegion {
            given: text.chars().take(60).collect(),
        };
        let numbers: Vec<f32> = text
            .split(',')
            .map(|part| part.trim().parse())
            .collect::<Result<_, _>>()
            .map_err(|_| given())?;
        let [left, top, width, height] = numbers[..] else {
            return Err(given());
        };
        Self::new(left, top, width, height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_read_cut_and_refused() {
        let region: Region = "0.5, 0.5,0.75,0.25".parse().unwrap();
        assert_eq!(region.parts(), [0.5, 0.5, 0.5, 0.25]);
        for bad in [
            "",
            "1,2",
            "a,b,c,d",
            "0,0,0,1",
            "2,0,1,1",
            "nan,0,1,1",
            "0,0,1,1,1",
        ] {
            assert!(bad.parse::<Region>().is_err(), "{bad}");
        }
    }

    #[test]
    fn pixels_cover_the_region_and_lie_at_even_places() {
        let region = Region::new(0.101, 0.25, 0.2, 0.5).unwrap();
        let pixels = region.pixels(101, 50);
        assert_eq!((pixels.x, pixels.y), (10, 12));
        assert_eq!((pixels.width, pixels.height), (22, 26));
        let whole = Region::WHOLE.pixels(101, 51);
        assert_eq!((whole.width, whole.height), (101, 51), "odd pictures too");
    }

    #[test]
    fn a_sensors_picture_is_hidden_where_the_upright_one_is() {
        // A sensor of 4 x 2 pixels whose pixel (x, y) stands upright where `upright` puts it.
        let (w, h) = (4.0f32, 2.0f32);
        for (rotation, upright) in [
            (Rotation::None, (1.5 / w, 0.5 / h)),
            (Rotation::Right, (1.0 - 0.5 / h, 1.5 / w)),
            (Rotation::Half, (1.0 - 1.5 / w, 1.0 - 0.5 / h)),
            (Rotation::Left, (0.5 / h, 1.0 - 1.5 / w)),
        ] {
            let region = Region::new(upright.0 - 0.01, upright.1 - 0.01, 0.02, 0.02).unwrap();
            let [left, top, width, height] = region.in_sensor(rotation).parts();
            let (x, y) = ((left + width / 2.0) * w, (top + height / 2.0) * h);
            assert!(
                (x - 1.5).abs() < 1e-4 && (y - 0.5).abs() < 1e-4,
                "{rotation:?}"
            );
        }
    }
}
