//! A decoded video, its truth and its class.

use super::{BenchError, DELIVERED_AT, DRAWN_ON, Nine, class, class::Class, truth, video};
use crate::scenes::truth::Truth;
use nalgebra::{Matrix3, Point2, Vector3};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// Endings of the videos in a folder of sequences.
const ENDINGS: [&str; 3] = ["mp4", "avi", "mkv"];

/// A sequence that is ready to be run.
pub struct Clip {
    /// The video's name without its ending.
    pub name: String,
    /// Which bar it is held to.
    pub class: Class,
    /// The pictures.
    pub video: video::Video,
    /// By frame number; as long as `video.pictures`.
    pub truth: Vec<Option<Truth>>,
    /// The drawing: the nine points on frame [`DRAWN_ON`], source pixels.
    pub drawn: Nine,
}

impl Clip {
    /// Decodes a video to pictures `width` pixels wide and reads the truth beside it.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub fn open(path: &Path, width: usize) -> Result<Self, BenchError> {
        let mut truth = truth::read(&truth_of(path))?;
        let video = video::decode(path, width)?;
        truth.resize(video.pictures.len(), None);
        let drawn = truth
            .get(DRAWN_ON)
            .and_then(Option::as_ref)
            .filter(|_| video.pictures.len() > DELIVERED_AT)
            .ok_or(truth::TruthError::NotDrawn(DRAWN_ON))?
            .points;
        Ok(Self {
            name: path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            class: class::of(path),
            video,
            truth,
            drawn,
        })
    }

    /// Shares of the frame from source pixels.
    pub fn share(&self, point: Point2<f64>) -> [f64; 2] {
        let source = self.video.source;
        [
            (point.x + 0.5) / source.width as f64,
            (point.y + 0.5) / source.height as f64,
        ]
    }

    /// Source pixels from pixels of the decoded pictures.
    pub fn source_from_picture(&self) -> Matrix3<f64> {
        let x = self.video.source.width as f64 / self.video.width as f64;
        let y = self.video.source.height as f64 / self.video.height as f64;
        Matrix3::new(x, 0.0, 0.5 * x - 0.5, 0.0, y, 0.5 * y - 0.5, 0.0, 0.0, 1.0)
    }

    /// The drawing in pixels of the decoded pictures.
    pub fn drawn_in_picture(&self) -> Nine {
        let (w, h) = (self.video.width as f64, self.video.height as f64);
        self.drawn.map(|point| {
            let [x, y] = self.share(point);
            Point2::new(x * w - 0.5, y * h - 0.5)
        })
    }

    /// Where a map between pictures puts the drawing, in source pixels; `None` behind the horizon.
    pub fn shown_by(&self, picture_from_drawn: &Matrix3<f64>) -> super::Shown {
        let map = self.source_from_picture() * picture_from_drawn;
        let mut shown = self.drawn_in_picture();
        for point in &mut shown {
            let v = map * Vector3::new(point.x, point.y, 1.0);
            if v.z.abs() < 1e-9 || !v.iter().all(|value| value.is_finite()) {
                return None;
            }
            *point = Point2::new(v.x / v.z, v.y / v.z);
        }
        Some(shown)
    }
}

fn truth_of(video: &Path) -> PathBuf {
    video.with_extension("gt.csv")
}

/// The videos with a truth in a folder, sorted by name.
///
/// # Errors
/// [`BenchError::File`] when the folder cannot be read.
pub fn list(folder: &Path) -> Result<Vec<PathBuf>, BenchError> {
    let failed = |source| BenchError::File {
        path: folder.into(),
        source,
    };
    let mut videos = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or("");
        if ENDINGS.contains(&ending) && truth_of(&path).is_file() {
            videos.push(path);
        }
    }
    videos.sort();
    Ok(videos)
}
