use crate::{I420Frame, MediaError, stage::Stage};
use gstreamer as gst;
use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;
use std::path::Path;

/// Writes pictures with their times into a video file.
pub struct ViewWriter {
    stage: Stage,
    size: (u32, u32),
    format: Option<(u32, u32, gst::Caps)>,
    last_ns: Option<u64>,
}

impl ViewWriter {
    /// Starts a file of `width` x `height` pixels: VP8 for `.webm` and `.mkv`, H.264 for `.mp4`.
    /// Pictures of another size are scaled into it.
    ///
    /// # Errors
    /// [`MediaError::UnknownFormat`] for another ending, [`MediaError::Failed`] when the file cannot
    /// be made.
    pub fn create(path: &Path, width: u32, height: u32) -> Result<Self, MediaError> {
        const VP8: &str = "vp8enc deadline=1 cpu-used=4 target-bitrate=6000000 threads=1 \
             keyframe-max-dist=60 min-quantizer=2 max-quantizer=30";
        const H264: &str = "x264enc speed-preset=ultrafast bitrate=8000 key-int-max=60 bframes=0 \
             tune=zerolatency ! video/x-h264,profile=main ! h264parse";
        let chain = match path.extension().and_then(|ending| ending.to_str()) {
            Some("webm") => format!("{VP8} ! webmmux"),
            Some("mkv") => format!("{VP8} ! matroskamux"),
            Some("mp4") => format!("{H264} ! mp4mux"),
            _ => return Err(MediaError::UnknownFormat { path: path.into() }),
        };
        // The file is made here once, because an element would tell about a failure only later.
        std::fs::File::create(path).map_err(|error| MediaError::Failed {
            what: "the video file",
            reason: format!("{path:?}: {error}"),
        })?;
        let (width, height) = (width.max(16) & !1, height.max(16) & !1);
        let path = path
            .to_string_lossy()
            .replace('\\', "\\\\")
            .replace('"', "\\\"");
        let stage = Stage::new(
            "the video file",
            &format!(
                "videoscale name=first add-borders=true \
                 ! video/x-raw,width={width},height={height},pixel-aspect-ratio=1/1 \
                 ! {chain} ! filesink async=false sync=false location=\"{path}\""
            ),
        )?;
        Ok(Self {
            stage,
            size: (width, height),
            format: None,
            last_ns: None,
        })
    }

    /// Width and height of the file's pictures in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.size
    }

    /// Adds a picture at `line_ns` nanoseconds from the start. One that does not come after the
    /// picture before is left out.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when it cannot be written.
    pub fn write(&mut self, frame: &I420Frame, line_ns: u64) -> Result<(), MediaError> {
        if self.last_ns.is_some_and(|last| line_ns <= last) {
            return Ok(());
        }
        self.last_ns = Some(line_ns);
        let failed = |reason: String| MediaError::Failed {
            what: "the video file",
            reason,
        };
        let (width, height) = (frame.width, frame.height);
        if self
            .format
            .as_ref()
            .is_none_or(|(w, h, _)| (*w, *h) != (width, height))
        {
            let caps = gst_video::VideoCapsBuilder::new()
                .format(gst_video::VideoFormat::I420)
                .width(width as i32)
                .height(height as i32)
                .pixel_aspect_ratio(gst::Fraction::new(1, 1))
                .framerate(gst::Fraction::new(0, 1))
                .build();
            self.format = Some((width, height, caps));
        }
        let Some((_, _, caps)) = &self.format else {
            return Ok(());
        };
        let mut buffer = padded(frame, caps).map_err(failed)?;
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(gst::ClockTime::from_nseconds(line_ns));
        }
        self.stage.push(caps, buffer).map(|_| ())
    }

    /// Writes the index and closes the file.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when it cannot be written.
    pub fn finish(mut self) -> Result<(), MediaError> {
        self.stage.finish()
    }
}

/// GStreamer wants rows that start at multiples of four bytes.
fn padded(frame: &I420Frame, caps: &gst::Caps) -> Result<gst::Buffer, String> {
    let info = gst_video::VideoInfo::from_caps(caps).map_err(|error| error.to_string())?;
    let buffer = gst::Buffer::with_size(info.size()).map_err(|error| error.to_string())?;
    let mut target = gst_video::VideoFrame::from_buffer_writable(buffer, &info)
        .map_err(|_| "no memory for a frame".to_owned())?;
    let mut rest = frame.data.as_slice();
    for plane in 0..3u32 {
        let (width, height) = match plane {
            0 => (frame.width as usize, frame.height as usize),
            _ => (
                frame.width.div_ceil(2) as usize,
                frame.height.div_ceil(2) as usize,
            ),
        };
        let stride = usize::try_from(target.plane_stride()[plane as usize])
            .map_err(|error| error.to_string())?;
        let (pixels, after) = rest
            .split_at_checked(width * height)
            .ok_or("a frame has too few pixels")?;
        rest = after;
        let rows = target
            .plane_data_mut(plane)
            .map_err(|error| error.to_string())?;
        for (row, pixels) in rows.chunks_mut(stride).zip(pixels.chunks(width)) {
            row.get_mut(..width)
                .ok_or("a row is too short")?
                .copy_from_slice(pixels);
        }
    }
    Ok(target.into_buffer())
}
