//! Reading the truth of a video: `frame,visible_fraction,x0,y0,…,x8,y8`, a line a frame, in pixels
//! of that video with `(0, 0)` in the middle of the first pixel.

use super::DRAWN_ON;
use crate::scenes::truth::Truth;
use nalgebra::Point2;
use std::path::{Path, PathBuf};

/// More frames than any sequence has; a larger frame number is a broken file.
const MAX_FRAMES: usize = 1_000_000;

/// Why a truth cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TruthError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not a truth.
    #[error("{path}, line {line}: {reason}; write frame,visible_fraction,x0,y0,…,x8,y8")]
    Line {
        /// Of which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no line but perhaps the header.
    #[error("{path} has no frames; write a line frame,visible_fraction,x0,y0,…,x8,y8 for each")]
    Empty {
        /// Which.
        path: PathBuf,
    },
    /// The frame that is drawn on has no usable truth.
    #[error(
        "{path} says nothing of frame {frame}, on which the drawing is made; add its nine points"
    )]
    NotDrawn {
        /// Which.
        path: PathBuf,
        /// The frame.
        frame: usize,
    },
}

/// Reads a file; the result's index is the frame number, and a frame without a line is `None`.
/// Frame [`DRAWN_ON`] has points.
///
/// # Errors
/// See [`TruthError`].
pub fn read(path: &Path) -> Result<Vec<Option<Truth>>, TruthError> {
    let text = std::fs::read_to_string(path).map_err(|source| TruthError::Read {
        path: path.into(),
        source,
    })?;
    let frames = parse(&text, path)?;
    if frames.is_empty() {
        return Err(TruthError::Empty { path: path.into() });
    }
    let drawn = frames.get(DRAWN_ON).and_then(Option::as_ref);
    let is_placed = |truth: &Truth| {
        let mut values = truth.points.iter().flat_map(|p| p.coords.iter());
        values.all(|v| v.is_finite())
    };
    if !drawn.is_some_and(is_placed) {
        return Err(TruthError::NotDrawn {
            path: path.into(),
            frame: DRAWN_ON,
        });
    }
    Ok(frames)
}

/// Reads the text of the file at `path`; the first line is its header.
///
/// # Errors
/// [`TruthError::Line`].
pub fn parse(text: &str, path: &Path) -> Result<Vec<Option<Truth>>, TruthError> {
    let mut frames: Vec<Option<Truth>> = Vec::new();
    for (i, line) in text.lines().enumerate().skip(1) {
        if line.trim().is_empty() {
            continue;
        }
        let wrong = |reason: String| TruthError::Line {
            path: path.into(),
            line: i + 1,
            reason,
        };
        let mut values = Vec::with_capacity(20);
        for word in line.split(',') {
            let value: f64 = word
                .trim()
                .parse()
                .map_err(|_| wrong(format!("{word:?} is not a number")))?;
            values.push(value);
        }
        if values.len() != 20 {
            return Err(wrong(format!("{} columns instead of 20", values.len())));
        }
        let frame = values[0];
        if frame.fract() != 0.0 || !(0.0..MAX_FRAMES as f64).contains(&frame) {
            return Err(wrong(format!("{frame} is not a frame number")));
        }
        if !(0.0..=1.0).contains(&values[1]) {
            return Err(wrong(format!("{} is not a fraction", values[1])));
        }
        let frame = frame as usize;
        if frames.len() <= frame {
            frames.resize(frame + 1, None);
        }
        frames[frame] = Some(Truth {
            visible: values[1],
            points: std::array::from_fn(|k| Point2::new(values[2 + 2 * k], values[3 + 2 * k])),
        });
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(frame: &str, visible: &str) -> String {
        let points = ["1.5,2.5"; 9].join(",");
        format!("{frame},{visible},{points}\n")
    }

    #[test]
    fn a_frame_without_a_line_has_no_truth() {
        let text = format!("header\n{}{}", line("0", "1.0"), line("2", "0.444"));
        let frames = parse(&text, Path::new("a.gt.csv")).unwrap();
        assert_eq!(frames.len(), 3);
        assert!(frames[1].is_none());
        let last = frames[2].as_ref().unwrap();
        assert_eq!(last.visible, 0.444);
        assert_eq!(last.points[8], Point2::new(1.5, 2.5));
    }

    #[test]
    fn broken_lines_are_refused_with_their_number() {
        for broken in [
            line("x", "1"),
            line("-1", "1"),
            line("1e9", "1"),
            line("0.5", "1"),
            line("0", "1.5"),
            line("0", "nan"),
            "0,1,2,3\n".to_owned(),
        ] {
            let text = format!("header\n{broken}");
            let error = parse(&text, Path::new("a.gt.csv")).unwrap_err();
            assert!(
                matches!(error, TruthError::Line { line: 2, .. }),
                "{broken}: {error}"
            );
            assert!(
                error.to_string().starts_with("a.gt.csv, line 2: "),
                "{error}"
            );
        }
    }
}
