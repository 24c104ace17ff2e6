//! Writing grey pictures to a video through ffmpeg.

use crate::clip::ClipError;
use std::{
    io::{BufWriter, Write},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
};

/// How a video is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Codec {
    /// H.264, visually without loss.
    Sharp,
    /// VP8 as a weak link gets it: 300 kbit/s.
    WeakLink,
}

/// A video that is being written.
pub struct Film {
    pipe: Option<BufWriter<ChildStdin>>,
    ffmpeg: Child,
}

impl Film {
    /// Starts a video of grey pictures.
    ///
    /// # Errors
    /// [`ClipError::Io`] when ffmpeg cannot be started.
    pub fn create(
        path: &Path,
        (width, height): (usize, usize),
        fps: u32,
        codec: Codec,
    ) -> Result<Self, ClipError> {
        let compress: &[&str] = match codec {
            Codec::Sharp => &[
                "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", "30",
            ],
            Codec::WeakLink => &[
                "-c:v",
                "libvpx",
                "-deadline",
                "realtime",
                "-cpu-used",
                "8",
                "-b:v",
                "300k",
                "-maxrate",
                "400k",
                "-bufsize",
                "300k",
                "-g",
                "300",
            ],
        };
        let mut ffmpeg = Command::new("ffmpeg")
            .args(["-y", "-v", "error", "-f", "rawvideo", "-pix_fmt", "gray"])
            .args(["-s", &format!("{width}x{height}"), "-r", &fps.to_string()])
            .args(["-i", "-", "-an"])
            .args(compress)
            .args(["-threads", "1", "-pix_fmt", "yuv420p"])
            .arg(path)
            .stdin(Stdio::piped())
            .spawn()?;
        let pipe = ffmpeg.stdin.take().map(BufWriter::new);
        Ok(Self { pipe, ffmpeg })
    }

    /// Appends a picture of `width * height` bytes.
    ///
    /// # Errors
    /// [`ClipError::Io`].
    pub fn frame(&mut self, gray: &[u8]) -> Result<(), ClipError> {
        if let Some(pipe) = &mut self.pipe {
            pipe.write_all(gray)?;
        }
        Ok(())
    }

    /// Waits until the video is whole.
    ///
    /// # Errors
    /// See [`ClipError`].
    pub fn finish(mut self) -> Result<(), ClipError> {
        if let Some(mut pipe) = self.pipe.take() {
            pipe.flush()?;
        }
        let status = self.ffmpeg.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(ClipError::Ffmpeg(status))
        }
    }
}
