//! Measures the anchor engine against known truth; `docs/benchmarks.md` defines every figure.
//!
//! A [`clip::Clip`] is a video with the truth of nine points in each frame. A tracker turns it
//! into a [`Shown`] for each frame; [`score`] compares that with the truth, and nothing else reads
//! the truth except the drawing itself, which is the polygon of frame [`DRAWN_ON`].

pub mod bars;
pub mod baseline;
pub mod class;
pub mod clip;
pub mod cpu;
pub mod engine;
pub mod pairs;
pub mod report;
pub mod score;
pub mod truth;
pub mod video;

use nalgebra::Point2;

/// The nine points of a drawing: middle, corners, middles of the edges.
pub type Nine = [Point2<f64>; 9];

/// Where a tracker shows the nine points on one frame, in source pixels; `None` hides them.
pub type Shown = Option<Nine>;

/// The frame that the drawing is made on.
pub const DRAWN_ON: usize = 15;

/// The newest frame when the drawing arrives.
pub const DELIVERED_AT: usize = 30;

/// Why a benchmark cannot run.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The truth of a video cannot be used.
    #[error(transparent)]
    Truth(#[from] truth::TruthError),
    /// A video cannot be decoded.
    #[error(transparent)]
    Video(#[from] video::VideoError),
    /// The engine refused a frame.
    #[error("the engine refused a frame: {0}")]
    Engine(#[from] sightline_vision::VisionError),
    /// A picture could not be made.
    #[error(transparent)]
    Scene(#[from] crate::scenes::SceneError),
    /// OpenCV refused.
    #[error("OpenCV: {0}")]
    OpenCv(#[from] opencv::Error),
    /// The folder of sequences cannot be read.
    #[error("cannot read the folder {path}: {source}; {FOLDER}")]
    Folder {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The folder holds no sequence.
    #[error("nothing to run in {0}; {FOLDER}")]
    Nothing(std::path::PathBuf),
    /// A video ends before the drawing arrives.
    #[error(
        "{path} has {frames} frames; the drawing arrives when frame {DELIVERED_AT} is the newest, so give more than that"
    )]
    Short {
        /// Which.
        path: std::path::PathBuf,
        /// How many it has.
        frames: usize,
    },
}

/// What a folder of sequences is.
const FOLDER: &str = "give a folder of videos (.mp4, .avi or .mkv), each with its truth beside it \
                      (NAME.gt.csv; docs/benchmarks.md has the format)";
