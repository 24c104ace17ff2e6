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
        // A broken truth is told before minutes go into decoding.
        let truths = truths_of(path)?;
        let video = Arc::new(video::decode(path, width)?);
        let frames = video.pictures.len();
        let class = class::of(path);
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let mut clips = Vec::new();
        for (drawing, mut truth) in truths.into_iter().enumerate() {
            let drawn = truth.get(DRAWN_ON).and_then(Option::as_ref);
            let Some(drawn) = drawn.filter(|_| frames > DELIVERED_AT) else {
                let path = path.into();
                return Err(BenchError::Short { path, frames });
            };
            let drawn = drawn.points;
            truth.resize(frames, None);
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

/// The truths beside a video, one a drawing.
fn truths_of(video: &Path) -> Result<Vec<Vec<Option<Truth>>>, BenchError> {
    let mut truths = vec![truth::read(&video.with_extension(truth_ending(0)))?];
    for drawing in 1..DRAWINGS {
        let file = video.with_extension(truth_ending(drawing));
        if !file.is_file() {
            break;
        }
        truths.push(truth::read(&file)?);
    }
    Ok(truths)
}

/// The videos of a folder, sorted by name.
#[derive(Debug, Default, PartialEq)]
pub struct Listed {
    /// Those that can be run.
    pub with_truth: Vec<PathBuf>,
    /// Those that have no truth beside them.
    pub without: Vec<PathBuf>,
}

/// The videos in a folder.
///
/// # Errors
/// [`BenchError::Folder`] when it cannot be read.
pub fn list(folder: &Path) -> Result<Listed, BenchError> {
    let failed = |source| BenchError::Folder {
        path: folder.into(),
        source,
    };
    let mut listed = Listed::default();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or("");
        if !ENDINGS.contains(&ending) {
            continue;
        }
        if path.with_extension(truth_ending(0)).is_file() {
            listed.with_truth.push(path);
        } else {
            listed.without.push(path);
        }
    }
    listed.with_truth.sort();
    listed.without.sort();
    Ok(listed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A folder of files; it goes with the value.
    struct Folder(PathBuf);

    impl Folder {
        fn of(name: &str, files: &[(&str, &str)]) -> Self {
            let name = format!("sightline-clips-{name}-{}", std::process::id());
            let folder = Self(std::env::temp_dir().join(name));
            fs::create_dir_all(&folder.0).expect("a temporary folder");
            for (name, text) in files {
                fs::write(folder.0.join(name), text).expect("written");
            }
            folder
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn truth_of(frames: usize) -> String {
        let points = ["1.5,2.5"; 9].join(",");
        let lines = (0..frames).map(|n| format!("{n},1.0,{points}\n"));
        format!("header\n{}", lines.collect::<String>())
    }

    #[test]
    fn a_video_without_truth_is_told_apart() {
        let files = [
            ("a.mkv", ""),
            ("b.mp4", ""),
            ("b.gt.csv", ""),
            ("c.txt", ""),
        ];
        let folder = Folder::of("apart", &files);
        let listed = list(&folder.0).expect("readable");
        assert_eq!(listed.with_truth, [folder.0.join("b.mp4")]);
        assert_eq!(listed.without, [folder.0.join("a.mkv")]);
    }

    #[test]
    fn a_missing_folder_says_what_one_must_hold() {
        let error = list(Path::new("/nope"))
            .expect_err("there is none")
            .to_string();
        assert!(
            error.contains("/nope") && error.contains("NAME.gt.csv"),
            "{error}"
        );
    }

    #[test]
    fn a_broken_truth_is_named_with_its_line() {
        let broken = truth_of(20).replace("\n7,1.0", "\nseven,1.0");
        let short = truth_of(10);
        let files = [
            ("broken.gt.csv", broken.as_str()),
            ("empty.gt.csv", ""),
            ("short.gt.csv", short.as_str()),
        ];
        let folder = Folder::of("broken", &files);
        for (video, says) in [
            (
                "broken.mkv",
                "broken.gt.csv, line 9: \"seven\" is not a number",
            ),
            ("empty.mkv", "empty.gt.csv has no frames"),
            ("short.mkv", "short.gt.csv says nothing of frame 15"),
            ("gone.mkv", "gone.gt.csv"),
        ] {
            let opened = Clip::open(&folder.0.join(video), 640);
            let error = opened.err().expect("refused").to_string();
            assert!(error.contains(says), "{error}");
        }
        // The control: what is whole gets past the truth and fails at the video.
        let whole = Folder::of(
            "whole",
            &[("a.gt.csv", &truth_of(40)), ("a.mkv", "no video")],
        );
        let error = Clip::open(&whole.0.join("a.mkv"), 640)
            .err()
            .expect("no video");
        assert!(matches!(error, BenchError::Video(_)), "{error}");
    }
}
