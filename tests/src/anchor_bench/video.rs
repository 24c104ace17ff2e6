//! Decoding a video to grey pictures of a given width, in a child process.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Why a video cannot be decoded.
#[derive(Debug, thiserror::Error)]
pub enum VideoError {
    /// ffmpeg or ffprobe cannot be started.
    #[error("cannot run {program}: {source}; install ffmpeg")]
    Program {
        /// Which.
        program: &'static str,
        /// Why.
        source: io::Error,
    },
    /// There is no video stream.
    #[error("no video in {0}")]
    NoVideo(PathBuf),
    /// The decoder stopped early.
    #[error("ffmpeg could not decode {path}: {words}")]
    Decode {
        /// Which.
        path: PathBuf,
        /// Its own words.
        words: String,
    },
}

/// What a video is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Format {
    /// Pixels in a row of the file.
    pub width: usize,
    /// Rows of the file.
    pub height: usize,
    /// Frames a second.
    pub fps: f64,
}

/// A decoded video.
#[derive(Debug, Clone)]
pub struct Video {
    /// The file's own format; the truth is in its pixels.
    pub source: Format,
    /// Pixels in a row of the pictures.
    pub width: usize,
    /// Rows of the pictures.
    pub height: usize,
    /// Grey pictures, `width * height` bytes each.
    pub pictures: Vec<Vec<u8>>,
}

/// Asks for a file's format.
///
/// # Errors
/// See [`VideoError`].
pub fn probe(path: &Path) -> Result<Format, VideoError> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_entries"])
        .args(["stream=width,height,r_frame_rate", "-of", "csv=p=0"])
        .arg(path)
        .output()
        .map_err(|source| VideoError::Program {
            program: "ffprobe",
            source,
        })?;
    let text = String::from_utf8_lossy(&output.stdout);
    parse_format(text.lines().next().unwrap_or("")).ok_or_else(|| VideoError::NoVideo(path.into()))
}

/// Reads `640,480,30/1`.
fn parse_format(text: &str) -> Option<Format> {
    let mut words = text.trim().split(',');
    let width = words.next()?.parse().ok()?;
    let height = words.next()?.parse().ok()?;
    let (above, below) = words.next()?.split_once('/')?;
    let fps = above.parse::<f64>().ok()? / below.parse::<f64>().ok()?;
    let usable = width > 0 && height > 0 && fps.is_finite() && fps > 0.0;
    usable.then_some(Format { width, height, fps })
}

/// Decodes a file to pictures that are `width` pixels wide.
///
/// Scaling maps picture edges to picture edges: a point at source pixel `x` is afterwards at
/// `(x + 0.5) * width / source_width - 0.5`.
///
/// # Errors
/// See [`VideoError`].
pub fn decode(path: &Path, width: usize) -> Result<Video, VideoError> {
    let source = probe(path)?;
    let height = (source.height as f64 * width as f64 / source.width as f64).round() as usize;
    let method = if width < source.width {
        "area"
    } else {
        "bicubic"
    };
    let mut child = Command::new("ffmpeg")
        .args(["-v", "error", "-threads", "1", "-noautorotate", "-i"])
        .arg(path)
        .args(["-fps_mode", "passthrough", "-vf"])
        .arg(format!(
            "scale={width}:{height}:flags={method}+accurate_rnd,format=gray"
        ))
        .args(["-f", "rawvideo", "-pix_fmt", "gray", "-"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| VideoError::Program {
            program: "ffmpeg",
            source,
        })?;
    let mut pictures = Vec::new();
    if let Some(mut pipe) = child.stdout.take() {
        let mut picture = vec![0; width * height];
        while pipe.read_exact(&mut picture).is_ok() {
            pictures.push(picture.clone());
        }
    }
    let failed = |words: String| VideoError::Decode {
        path: path.into(),
        words,
    };
    // With `-v error` the decoder says little, so the pipe cannot fill up while nobody reads it.
    let output = child
        .wait_with_output()
        .map_err(|error| failed(error.to_string()))?;
    let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if !output.status.success() || pictures.is_empty() {
        return Err(failed(words));
    }
    Ok(Video {
        source,
        width,
        height,
        pictures,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_read_or_refused() {
        let format = parse_format("1280,720,30000/1001\n").unwrap();
        assert_eq!((format.width, format.height), (1280, 720));
        assert!((format.fps - 29.97).abs() < 0.01);
        for broken in ["", "1280", "1280,720,0/0", "0,720,30/1", "a,b,c"] {
            assert!(parse_format(broken).is_none(), "{broken}");
        }
    }

    /// A soft dot must be where the formula of [`decode`] says, or every error in this benchmark
    /// would carry the shift.
    #[test]
    fn scaling_keeps_the_middle_of_a_dot() {
        let (width, height, x, y) = (1280_usize, 720_usize, 401.0, 300.0);
        let picture: Vec<u8> = (0..width * height)
            .map(|i| {
                let (dx, dy) = ((i % width) as f64 - x, (i / width) as f64 - y);
                (16.0 + 200.0 * (-(dx * dx + dy * dy) / 200.0).exp()) as u8
            })
            .collect();
        let folder = tempfile();
        let file = folder.join("dot.mkv");
        let mut film = crate::anchor_scenes::film::Film::create(
            &file,
            (width, height),
            30,
            crate::anchor_scenes::film::Codec::Sharp,
        )
        .unwrap();
        film.frame(&picture).unwrap();
        film.finish().unwrap();
        let video = decode(&file, 640).unwrap();
        assert_eq!((video.width, video.height), (640, 360));
        let mut sums = [0.0; 3];
        for (i, &value) in video.pictures[0].iter().enumerate() {
            let weight = (f64::from(value) - 40.0).max(0.0);
            sums[0] += weight;
            sums[1] += weight * (i % 640) as f64;
            sums[2] += weight * (i / 640) as f64;
        }
        let found = (sums[1] / sums[0], sums[2] / sums[0]);
        let expected = ((x + 0.5) / 2.0 - 0.5, (y + 0.5) / 2.0 - 0.5);
        assert!((found.0 - expected.0).abs() < 0.03, "{found:?}");
        assert!((found.1 - expected.1).abs() < 0.03, "{found:?}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    fn tempfile() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sightline-video-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }
}
