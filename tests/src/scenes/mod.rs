//! Moving pictures with exact truth: a hand-held camera over real photos.
//!
//! A [`Scene`] knows its textures, its camera path and the nine points whose place in every frame
//! is the truth. [`Scene::frame`] renders one frame; nothing depends on the clock, so the same
//! seed gives the same bytes.

pub mod camera;
pub mod path;
pub mod render;
pub mod texture;
pub mod truth;

use camera::{Lens, Viewpoint};
use nalgebra::{Point3, Vector3};
use opencv::core::{Mat, Size};
use path::{Path, Reach};
use std::{ops::Range, path::PathBuf};

/// Seconds of one camera cycle at speed 1.
const CYCLE_S: f64 = 10.0;

/// Why a scene cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SceneError {
    /// A photo cannot be read.
    #[error("cannot read the photo {path}: {source}; install opencv-doc or set SIGHTLINE_PHOTOS")]
    Photo {
        /// Which.
        path: PathBuf,
        /// Why.
        source: image::ImageError,
    },
    /// The picture size does not suit the pixel format.
    #[error("a clip of {width}x{height} is not possible: both must be even and at least 64")]
    Size {
        /// Pixels.
        width: usize,
        /// Pixels.
        height: usize,
    },
    /// OpenCV refused.
    #[error("OpenCV: {0}")]
    OpenCv(#[from] opencv::Error),
}

/// Which scene.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum SceneName {
    /// A circuit board on a wooden bench; the truth is the body of its large chip.
    Board,
    /// The same board on an evenly painted table: around it there is nothing to hold on to.
    Table,
}

/// How a clip is filmed.
#[derive(Debug, Clone)]
pub struct Filming {
    /// Pixels.
    pub width: usize,
    /// Pixels.
    pub height: usize,
    /// Frames a second.
    pub fps: u32,
    /// Frames in the clip; the camera ends where it began.
    pub frames: u32,
    /// How much faster than normal the camera moves; rounded so that the path closes.
    pub speed: f64,
    /// Seconds during which a hand covers the lens.
    pub cover_s: Option<Range<f64>>,
    /// Names the camera path and the noise.
    pub seed: u64,
}

/// A scene that is ready to be rendered.
pub struct Scene {
    filming: Filming,
    lens: Lens,
    path: Path,
    cycles: f64,
    bench: Mat,
    noise: Mat,
    target: [Point3<f64>; 9],
}

impl Scene {
    /// Builds the textures and the path.
    ///
    /// # Errors
    /// See [`SceneError`].
    pub fn new(name: SceneName, filming: Filming) -> Result<Self, SceneError> {
        let (width, height) = (filming.width, filming.height);
        if width % 2 + height % 2 > 0 || width.min(height) < 64 {
            return Err(SceneError::Size { width, height });
        }
        let seconds = f64::from(filming.frames) / f64::from(filming.fps);
        let cycles = (seconds * filming.speed / CYCLE_S).round().max(1.0);
        let size = Size::new(3000, 2300);
        let (bench, below) = match name {
            SceneName::Board => (texture::wood(size, filming.seed)?, 0.0),
            // The lower half of the picture is the bare table.
            SceneName::Table => (texture::paint(size)?, 380.0),
        };
        let (bench, target, reach) = board(bench, below)?;
        Ok(Self {
            lens: Lens::phone(width, height),
            path: Path::new(reach, filming.seed),
            cycles,
            noise: render::noise_bank(width, height, filming.seed)?,
            filming,
            bench,
            target,
        })
    }

    /// Frames in the clip.
    pub fn frames(&self) -> u32 {
        self.filming.frames
    }

    /// The lens of the camera that films.
    pub fn lens(&self) -> Lens {
        self.lens
    }

    /// Where the camera is in the middle of a frame's exposure.
    pub fn viewpoint(&self, frame: u32) -> Viewpoint {
        self.path.at(self.cycle_at(frame, 0.0))
    }

    /// The nine points of the truth on the bench.
    pub fn target(&self) -> [Point3<f64>; 9] {
        self.target
    }

    /// The camera's place in its path in the middle of a frame's exposure, `offset_s` later.
    fn cycle_at(&self, frame: u32, offset_s: f64) -> f64 {
        let offset = offset_s * f64::from(self.filming.fps);
        (f64::from(frame) + offset) / f64::from(self.filming.frames) * self.cycles
    }
}

/// A sound card at twice its photo's size; the camera looks `below` bench pixels below it. The target is the body of the chip at the lower right,
/// whose corners are sharp in the photo.
fn board(mut bench: Mat, below: f64) -> Result<(Mat, [Point3<f64>; 9], Reach), SceneError> {
    const SCALE: f64 = 2.0;
    let (x, y) = (1500, 1150);
    let place = texture::lay(&mut bench, &texture::photo("board.jpg")?, SCALE, x, y)?;
    let on_bench = |photo_x: f64, photo_y: f64| {
        // The middle of a pixel stays the middle when the photo is enlarged.
        let enlarge = |value: f64| (value + 0.5) * SCALE - 0.5;
        Point3::new(
            f64::from(place.x) + enlarge(photo_x),
            f64::from(place.y) + enlarge(photo_y),
            0.0,
        )
    };
    let target = truth::nine_points(on_bench(358.5, 327.5), on_bench(487.5, 416.5));
    let middle = Point3::new(f64::from(x) + 60.0, f64::from(y) + 150.0 + below, 0.0);
    let reach = Reach {
        home: middle + Vector3::new(0.0, 230.0, -1040.0),
        sway: Vector3::new(270.0, 130.0, 190.0),
        target: middle,
        gaze: Vector3::new(150.0, 75.0, 0.0),
        roll: 0.16,
        tremor: 5.0,
        shake: 0.005,
    };
    Ok((bench, target, reach))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::Point2;
    use opencv::{
        core::{self, MatTraitConst, MatTraitConstManual, Scalar, Vec3b},
        imgproc,
    };

    /// Replaces the bench by soft dots on the nine points and finds them in the picture, so that
    /// the truth is compared with pixels and not with the arithmetic that made them.
    #[test]
    fn truth_is_where_the_pixels_are() {
        let filming = Filming {
            width: 640,
            height: 480,
            fps: 30,
            frames: 300,
            speed: 1.0,
            cover_s: None,
            seed: 5,
        };
        let mut scene = Scene::new(SceneName::Board, filming).unwrap();
        let size = scene.bench.size().unwrap();
        let mut dots = Mat::new_size_with_default(size, core::CV_8UC3, Scalar::all(0.0)).unwrap();
        for point in scene.target {
            // Sub-pixel places, in sixteenths of a pixel.
            let at = core::Point::new(
                (point.x * 16.0).round() as i32,
                (point.y * 16.0).round() as i32,
            );
            imgproc::circle(
                &mut dots,
                at,
                12 * 16,
                Scalar::all(255.0),
                -1,
                imgproc::LINE_AA,
                4,
            )
            .unwrap();
        }
        scene.bench = dots;
        for frame in [0, 77, 150, 233] {
            let picture = scene.sharp(frame, 0.0).unwrap();
            for point in scene.truth(frame).points {
                let found = centroid(&picture, point);
                let error = nalgebra::distance(&found, &point);
                assert!(error < 0.1, "frame {frame}: truth {point}, pixels {found}");
            }
        }
    }

    fn centroid(picture: &Mat, near: Point2<f64>) -> Point2<f64> {
        let width = picture.size().unwrap().width as usize;
        let pixels = picture.data_typed::<Vec3b>().unwrap();
        let (mut sum, mut mass) = (nalgebra::Vector2::zeros(), 0.0);
        for (i, pixel) in pixels.iter().enumerate() {
            let at = Point2::new((i % width) as f64, (i / width) as f64);
            if (at - near).amax() < 14.0 {
                sum += at.coords * f64::from(pixel.0[0]);
                mass += f64::from(pixel.0[0]);
            }
        }
        Point2::from(sum / mass)
    }
}
