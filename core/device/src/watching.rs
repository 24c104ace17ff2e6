//! What a technician receives, written to a file: `--watch`.

use sightline_client::watch::Watch;
use sightline_media::{Codec, EncodedFrame, MediaError};
use std::{
    fs::File,
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

const POLL: Duration = Duration::from_millis(100);
const HEADER: u16 = 32;

/// A file that received frames go to as they came, undecoded: IVF, its clock the frame times.
///
/// The format: 32 bytes `DKIF`, version and size of this head (16 bits each), the codec's four
/// letters, width and height (16 bits each), ticks a second and of one unit, number of frames, 0
/// (32 bits each); then for each frame its size (32 bits), its time (64 bits), its bytes; all
/// little-endian.
struct Ivf<W: Write + Seek> {
    file: W,
    codec: Codec,
    size: (u32, u32),
    /// Frame time of the newest frame, and ticks from the first one to it.
    newest: (u32, u64),
    frames: u32,
}

impl<W: Write + Seek> Ivf<W> {
    /// Begins with a keyframe.
    fn begin(mut file: W, first: &EncodedFrame) -> io::Result<Self> {
        file.write_all(b"DKIF\0\0")?;
        file.write_all(&HEADER.to_le_bytes())?;
        file.write_all(match first.codec {
            Codec::Vp8 => b"VP80",
            Codec::H264 => b"H264",
        })?;
        for side in [first.width, first.height] {
            file.write_all(&u16::try_from(side).unwrap_or(u16::MAX).to_le_bytes())?;
        }
        for number in [90_000u32, 1, 0, 0] {
            file.write_all(&number.to_le_bytes())?;
        }
        let mut ivf = Self {
            file,
            codec: first.codec,
            size: (first.width, first.height),
            newest: (first.frame_time, 0),
            frames: 0,
        };
        ivf.add(first)?;
        Ok(ivf)
    }

    /// False when the frame cannot be in the same file.
    fn add(&mut self, frame: &EncodedFrame) -> io::Result<bool> {
        if frame.codec != self.codec || (frame.width, frame.height) != self.size {
            return Ok(false);
        }
        let ticks = self.newest.1 + u64::from(frame.frame_time.wrapping_sub(self.newest.0));
        self.newest = (frame.frame_time, ticks);
        let bytes = u32::try_from(frame.data.len()).unwrap_or(u32::MAX);
        self.file.write_all(&bytes.to_le_bytes())?;
        self.file.write_all(&ticks.to_le_bytes())?;
        self.file.write_all(&frame.data)?;
        self.frames += 1;
        Ok(true)
    }

    fn end(mut self) -> io::Result<u32> {
        self.file.seek(SeekFrom::Start(24))?;
        self.file.write_all(&self.frames.to_le_bytes())?;
        self.file.flush()?;
        Ok(self.frames)
    }
}

/// The thread that writes; ends when it is told to.
pub struct Writing {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<u32>>,
}

impl Writing {
    /// Makes the file and begins to write what `watch` gives.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when the file cannot be made.
    pub fn start(path: &Path, watch: Arc<Watch>) -> Result<Self, MediaError> {
        let failed = |error: io::Error| MediaError::Failed {
            what: "the file of --watch",
            reason: format!(
                "{}: {error}; name a file in a folder that is there and may be written to",
                path.display()
            ),
        };
        let file = BufWriter::new(File::create(path).map_err(failed)?);
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = stop.clone();
        let thread = std::thread::Builder::new()
            .name("watch".into())
            .spawn(move || write(file, &watch, &stopped))
            .map_err(|error| MediaError::Failed {
                what: "the thread of --watch",
                reason: error.to_string(),
            })?;
        Ok(Self { stop, thread })
    }

    /// Ends the file; gives the number of its frames.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when not all could be written.
    pub fn finish(self) -> Result<u32, MediaError> {
        self.stop.store(true, Ordering::Relaxed);
        let written = self.thread.join().map_err(|_| "its thread panicked".into());
        let written = written.and_then(|it| it.map_err(|error| error.to_string()));
        written.map_err(|reason| MediaError::Failed {
            what: "the file of --watch",
            reason,
        })
    }
}

fn write(file: BufWriter<File>, watch: &Watch, stop: &AtomicBool) -> io::Result<u32> {
    let next = || {
        std::iter::repeat_with(|| watch.next(POLL))
            .take_while(|frame| frame.is_some() || !stop.load(Ordering::Relaxed))
            .flatten()
            .next()
    };
    let Some(first) = next() else {
        return Ok(0);
    };
    let mut ivf = Ivf::begin(file, &first)?;
    while let Some(frame) = next() {
        if !ivf.add(&frame)? {
            tracing::warn!(
                "the picture has another size or codec now: the file of --watch ends here"
            );
            break;
        }
    }
    ivf.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_holds_the_frames_as_they_came_and_its_clock_wraps_not() {
        let frame = |frame_time, size| EncodedFrame {
            frame_time,
            keyframe: true,
            codec: Codec::H264,
            width: size,
            height: 360,
            data: vec![7; 3],
        };
        let mut bytes = io::Cursor::new(Vec::new());
        let mut ivf = Ivf::begin(&mut bytes, &frame(u32::MAX - 2_999, 640)).unwrap();
        assert!(ivf.add(&frame(0, 640)).unwrap());
        assert!(!ivf.add(&frame(3_000, 320)).unwrap(), "another size");
        assert_eq!(ivf.end().unwrap(), 2);
        let bytes = bytes.into_inner();
        assert_eq!(bytes.len(), 32 + 2 * (12 + 3));
        assert_eq!(bytes[..12], *b"DKIF\0\0\x20\0H264");
        assert_eq!(bytes[24..28], 2u32.to_le_bytes());
        assert_eq!(bytes[32 + 15 + 4..][..8], 3_000u64.to_le_bytes());
    }
}
