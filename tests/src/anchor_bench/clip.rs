//! A decoded video, its truth and its class.

use super::{BenchError, DELIVERED_AT, DRAWN_ON, Nine, class, class::Class, truth, video};
use crate::scenes::truth::Truth;
use nalgebra::{Matrix3, Point2, Vector3};
use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Endings of the videos in a folder of sequences.
const ENDINGS: [&str; 3] = ["mp4", "avi", "mkv"];

/// Drawings on one video at most.
const DRAWINGS: usize = 9;

/// A sequence that is ready to be run.
pub struct Clip {
    /// The video's name without its ending; with the drawing's number from the second on.
    pub name: String,
    /// Which of the video's drawings this is.
    pub drawing: usize,
    /// Which bar it is held to.
    pub class: Class,
    /// The pictures.
    pub video: Arc<video::Video>,
    /// By frame number; as long as `video.pictures`.
    pub truth: Vec<Option<Truth>>,
    /// The drawing: the nine points on frame [`DRAWN_ON`], source pixels.
    pub drawn: Nine,
}

impl Clip {
    /// Decodes a video to pictures `width` pixels wide and reads the truths beside it: a clip for
    /// each drawing.
    ///
    /// # Errors
    /// See [`BenchError`].
    pub fn open(path: &Path, width: usize) -> Result<Vec<Self>, BenchError> {
        let video = Arc::new(video::decode(path, width)?);
        let class = class::of(path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut clips = Vec::new();
        for drawing in 0..DRAWINGS {
            let file = path.with_extension(truth_ending(drawing));
            if drawing > 0 && !file.is_file() {
                break;
            }
            let mut truth = truth::read(&file)?;
            truth.resize(video.pictures.len(), None);
            let drawn = truth
                .get(DRAWN_ON)
                .and_then(Option::as_ref)
                .filter(|_| video.pictures.len() > DELIVERED_AT)
                .ok_or(truth::TruthError::NotDrawn(DRAWN_ON))?
                .points;
            clips.push(Self {
                name: match drawing {
                    0 => name.to_string(),
                    _ => format!("{name} {}", drawing + 1),
                },
                drawing,
                class,
                video: Arc::clone(&video),
                truth,
                drawn,
            });
        }
        Ok(clips)
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

/// What the name of a drawing's truth ends with: `gt.csv`, `2.gt.csv`, `3.gt.csv`.
pub fn truth_ending(drawing: usize) -> String {
    match drawing {
        0 => "gt.csv".to_owned(),
        _ => format!("{}.gt.csv", drawing + 1),
    }
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
        if ENDINGS.contains(&ending) && path.with_extension(truth_ending(0)).is_file() {
            videos.push(path);
        }
    }
    videos.sort();
    Ok(videos)
}
