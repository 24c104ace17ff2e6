//! Writing clips, as raw y4m or through ffmpeg.

use std::{
    ffi::OsStr,
    fs::File,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// Why a clip cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ClipError {
    /// No writer for this file name.
    #[error("cannot tell the format of {0}: use .y4m, .mp4, .webm or .mjpeg")]
    Format(PathBuf),
    /// The disk, or the pipe to ffmpeg, failed.
    #[error("cannot write the clip: {0}")]
    Io(#[from] io::Error),
    /// ffmpeg failed.
    #[error("ffmpeg ended with {0}; its own words are above")]
    Ffmpeg(std::process::ExitStatus),
}

/// Takes frames of planar YUV 4:2:0 and writes them to a file.
pub struct ClipWriter {
    out: Option<Box<dyn Write>>,
    ffmpeg: Option<Child>,
}

impl ClipWriter {
    /// Opens `path`; its ending chooses the format.
    ///
    /// # Errors
    /// See [`ClipError`].
    pub fn create(path: &Path, width: usize, height: usize, fps: u32) -> Result<Self, ClipError> {
        let codec: &[&str] = match path.extension().and_then(OsStr::to_str) {
            Some("y4m") => &[],
            Some("mp4") => &[
                "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-g", "30", "-bf", "0",
            ],
            Some("webm") => &[
                "-c:v",
                "libvpx",
                "-deadline",
                "realtime",
                "-cpu-used",
                "6",
                "-b:v",
                "2500k",
                "-g",
                "60",
            ],
            Some("mjpeg") => &["-c:v", "mjpeg", "-q:v", "3", "-f", "mjpeg"],
            _ => return Err(ClipError::Format(path.into())),
        };
        let mut writer = if codec.is_empty() {
            Self {
                out: Some(Box::new(BufWriter::new(File::create(path)?))),
                ffmpeg: None,
            }
        } else {
            let mut child = Command::new("ffmpeg")
                .args([
                    "-y",
                    "-loglevel",
                    "error",
                    "-f",
                    "yuv4mpegpipe",
                    "-i",
                    "-",
                    "-an",
                ])
                .args(codec)
                .arg(path)
                .stdin(Stdio::piped())
                .spawn()?;
            let pipe = child
                .stdin
                .take()
                .ok_or(io::ErrorKind::BrokenPipe)
                .map_err(io::Error::from)?;
            Self {
                out: Some(Box::new(BufWriter::new(pipe))),
                ffmpeg: Some(child),
            }
        };
        // Chromium's fake camera takes `C420` and refuses `C420mpeg2`.
        writer.write(format!("YUV4MPEG2 W{width} H{height} F{fps}:1 Ip A1:1 C420\n").as_bytes())?;
        Ok(writer)
    }

    /// Appends a frame: luma, then both chroma planes.
    ///
    /// # Errors
    /// [`ClipError::Io`].
    pub fn frame(&mut self, yuv: &[u8]) -> Result<(), ClipError> {
        self.write(b"FRAME\n")?;
        self.write(yuv)
    }

    /// Flushes, and waits for ffmpeg.
    ///
    /// # Errors
    /// See [`ClipError`].
    pub fn finish(mut self) -> Result<(), ClipError> {
        if let Some(mut out) = self.out.take() {
            out.flush()?;
        }
        if let Some(mut child) = self.ffmpeg.take() {
            let status = child.wait()?;
            if !status.success() {
                return Err(ClipError::Ffmpeg(status));
            }
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ClipError> {
        if let Some(out) = &mut self.out {
            out.write_all(bytes)?;
        }
        Ok(())
    }
}
