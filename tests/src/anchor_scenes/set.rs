//! Writing all sequences to a folder, each once.

use super::{
    catalogue::{SCENES, Scene},
    film::Film,
    stage::{FPS, FRAMES, Stage},
};
use crate::{
    anchor_bench::{DELIVERED_AT, DRAWN_ON, class::Class, clip::truth_ending},
    clip::ClipError,
    scenes::SceneError,
};
use serde::{Deserialize, Serialize};
use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
};

/// Counted up with every change of what a sequence shows; older files are then made again.
pub const GENERATOR: u32 = 2;

/// The project's own seeds; the cheapest pictures are made first.
pub const SEEDS: [u64; 3] = [3, 2, 1];

/// Each seed has its own picture size.
fn size_of(seed: u64) -> (usize, usize) {
    [(640, 360), (1280, 720), (640, 480)][seed as usize % 3]
}

/// Share of the drawing that must be in view when it is made and when it arrives.
const MADE_IN_VIEW: f64 = 0.75;

/// The real sequence's pictures.
const REAL_PICTURES: &str = "/usr/share/visp-images-data/ViSP-images/mire-2/image.%04d.pgm";
/// Its truth, relative to this crate.
const REAL_TRUTH: &str = "data/anchor/mire2.gt.csv";

/// Why the set cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// A scene cannot be built or rendered.
    #[error("{name}: {source}")]
    Scene {
        /// Which.
        name: String,
        /// Why.
        source: SceneError,
    },
    /// A video cannot be written.
    #[error("{name}: {source}")]
    Film {
        /// Which.
        name: String,
        /// Why.
        source: ClipError,
    },
    /// A file cannot be written.
    #[error("cannot write {path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The drawing is not to be seen when it is made.
    #[error("{name}: {visible} of the drawing is in view on frame {frame}; choose another view")]
    Hidden {
        /// Which.
        name: String,
        /// The frame.
        frame: usize,
        /// Share of the drawing's points.
        visible: f64,
    },
    /// The real sequence is missing.
    #[error("ffmpeg could not read {REAL_PICTURES}; install visp-images-data")]
    Real,
}

/// What stands beside a video; written last, so that it also says that the video is whole.
#[derive(Debug, Serialize, Deserialize, PartialEq)]
struct Beside {
    class: Class,
    generator: u32,
    fps: u32,
}

/// Makes what is missing or old in `folder` for each of `seeds`; `only` limits it to names that
/// contain it, and `said` is told each name when it is made. Two sequences are made at the same
/// time.
///
/// # Errors
/// See [`SetError`].
pub fn ensure(
    folder: &Path,
    seeds: &[u64],
    only: Option<&str>,
    said: impl Fn(&str) + Sync,
) -> Result<(), SetError> {
    std::fs::create_dir_all(folder).map_err(|source| SetError::File {
        path: folder.into(),
        source,
    })?;
    let _ = opencv::core::set_num_threads(1);
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only));
    let jobs: Vec<(String, &Scene, u64)> = seeds
        .iter()
        .flat_map(|&seed| {
            SCENES.iter().map(move |scene| {
                let name = format!("{}_{}-{seed}", scene.class.name(), scene.name);
                (name, scene, seed)
            })
        })
        .filter(|(name, scene, _)| wanted(name) && !is_whole(folder, name, scene.class))
        .collect();
    let next = AtomicUsize::new(0);
    let work = || -> Result<(), SetError> {
        while let Some((name, scene, seed)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let stage = scene
                .stage(size_of(*seed), *seed)
                .map_err(|source| SetError::Scene {
                    name: name.clone(),
                    source,
                })?;
            write_stage(folder, name, scene.class, &stage)?;
            said(name);
        }
        Ok(())
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mine = work();
        let others = other.join();
        mine.and(others.unwrap_or(Ok(())))
    })?;
    if wanted("mire2") && !is_whole(folder, "mire2", Class::Flat) {
        write_real(folder)?;
        said("mire2");
    }
    Ok(())
}

fn is_whole(folder: &Path, name: &str, class: Class) -> bool {
    let beside = std::fs::read(folder.join(format!("{name}.json"))).ok();
    let said = beside.and_then(|bytes| serde_json::from_slice::<Beside>(&bytes).ok());
    said == Some(beside_of(class))
}

fn beside_of(class: Class) -> Beside {
    Beside {
        class,
        generator: GENERATOR,
        fps: FPS,
    }
}

fn write_stage(folder: &Path, name: &str, class: Class, stage: &Stage) -> Result<(), SetError> {
    let film_error = |source: ClipError| SetError::Film {
        name: name.into(),
        source,
    };
    let picture_error = |source: opencv::Error| SetError::Scene {
        name: name.into(),
        source: source.into(),
    };
    let video = folder.join(format!("{name}.mkv"));
    let mut film = Film::create(&video, stage.size(), FPS, stage.codec()).map_err(film_error)?;
    for frame in 0..FRAMES {
        film.frame(&stage.frame(frame).map_err(picture_error)?)
            .map_err(film_error)?;
    }
    film.finish().map_err(film_error)?;
    for drawing in 0..stage.drawings() {
        let mut truths = String::from("frame,visible_fraction");
        for k in 0..9 {
            let _ = write!(truths, ",x{k},y{k}");
        }
        truths.push('\n');
        for frame in 0..FRAMES {
            let truth = stage.truth(frame, drawing).map_err(picture_error)?;
            if [DRAWN_ON, DELIVERED_AT].contains(&frame) && truth.visible < MADE_IN_VIEW {
                return Err(SetError::Hidden {
                    name: name.into(),
                    frame,
                    visible: truth.visible,
                });
            }
            let _ = write!(truths, "{frame},{:.3}", truth.visible);
            for point in truth.points {
                let _ = write!(truths, ",{:.3},{:.3}", point.x, point.y);
            }
            truths.push('\n');
        }
        let ending = truth_ending(drawing);
        write(&folder.join(format!("{name}.{ending}")), truths.as_bytes())?;
    }
    seal(folder, name, class)
}

/// Makes a video of the real pictures and puts its truth beside it.
fn write_real(folder: &Path) -> Result<(), SetError> {
    let made = Command::new("ffmpeg")
        .args(["-y", "-v", "error", "-framerate", "30", "-i", REAL_PICTURES])
        .args(["-c:v", "ffv1", "-pix_fmt", "gray"])
        .arg(folder.join("mire2.mkv"))
        .status();
    if !made.is_ok_and(|status| status.success()) {
        return Err(SetError::Real);
    }
    let truth = Path::new(env!("CARGO_MANIFEST_DIR")).join(REAL_TRUTH);
    let bytes = std::fs::read(&truth).map_err(|source| SetError::File {
        path: truth,
        source,
    })?;
    write(&folder.join("mire2.gt.csv"), &bytes)?;
    seal(folder, "mire2", Class::Flat)
}

fn seal(folder: &Path, name: &str, class: Class) -> Result<(), SetError> {
    let beside = serde_json::to_vec(&beside_of(class)).unwrap_or_default();
    write(&folder.join(format!("{name}.json")), &beside)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SetError> {
    std::fs::write(path, bytes).map_err(|source| SetError::File {
        path: path.into(),
        source,
    })
}
