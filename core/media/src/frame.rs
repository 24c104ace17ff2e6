use crate::{
    I420Frame, LumaPlane, MediaError,
    privacy::{Hidden, Samples, fill_plane},
};
use gst_video::prelude::*;
use gstreamer as gst;
use gstreamer_video as gst_video;

/// A raw upright frame of a source. Cloning shares the pixels.
#[derive(Debug, Clone)]
pub struct CapturedFrame {
    /// See [`frame_time`].
    pub frame_time: u32,
    /// Place on the source's time line in nanoseconds from its first frame.
    pub line_ns: u64,
    pub(crate) buffer: gst::Buffer,
    pub(crate) info: gst_video::VideoInfo,
}

fn unreadable(error: impl std::fmt::Debug) -> MediaError {
    MediaError::Failed {
        what: "the picture source",
        reason: format!("a frame cannot be read: {error:?}"),
    }
}

impl CapturedFrame {
    /// Width in pixels.
    pub fn width(&self) -> u32 {
        self.info.width()
    }

    /// Height in pixels.
    pub fn height(&self) -> u32 {
        self.info.height()
    }

    /// Copies the picture out.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when the buffer is smaller than its format says.
    pub fn i420(&self) -> Result<I420Frame, MediaError> {
        let frame = gst_video::VideoFrameRef::from_buffer_ref_readable(&self.buffer, &self.info)
            .map_err(unreadable)?;
        let (width, height) = (self.width(), self.height());
        let mut data = Vec::with_capacity((width * height * 3 / 2 + width + height) as usize);
        for plane in 0..3 {
            let (w, h) = match plane {
                0 => (width, height),
                _ => (width.div_ceil(2), height.div_ceil(2)),
            };
            copy_plane(&frame, plane, w as usize, h as usize, &mut data)?;
        }
        Ok(I420Frame {
            width,
            height,
            data,
        })
    }
}

impl CapturedFrame {
    /// The same frame with parts of it filled. The one that it was made from stays as it is.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when the pixels cannot be copied.
    pub fn without(&self, hidden: &Hidden) -> Result<Self, MediaError> {
        let regions = hidden.regions();
        if regions.is_empty() {
            return Ok(self.clone());
        }
        let copy = self.buffer.copy_deep().map_err(unreadable)?;
        let mut picture =
            gst_video::VideoFrame::from_buffer_writable(copy, &self.info).map_err(unreadable)?;
        let size = (self.width(), self.height());
        for (plane, samples) in [Samples::Luma, Samples::Chroma, Samples::Chroma]
            .into_iter()
            .enumerate()
        {
            let stride = usize::try_from(picture.plane_stride()[plane]).map_err(unreadable)?;
            let bytes = picture.plane_data_mut(plane as u32).map_err(unreadable)?;
            fill_plane(bytes, stride, samples, size, regions);
        }
        Ok(Self {
            buffer: picture.into_buffer(),
            ..self.clone()
        })
    }
}

fn copy_plane(
    frame: &gst_video::VideoFrameRef<&gst::BufferRef>,
    plane: u32,
    width: usize,
    height: usize,
    out: &mut Vec<u8>,
) -> Result<(), MediaError> {
    let stride = usize::try_from(frame.plane_stride()[plane as usize]).map_err(unreadable)?;
    let bytes = frame.plane_data(plane).map_err(unreadable)?;
    for row in 0..height {
        out.extend_from_slice(
            bytes
                .get(row * stride..row * stride + width)
                .ok_or(())
                .map_err(unreadable)?,
        );
    }
    Ok(())
}

/// Makes [`LumaPlane`]s of captured frames, keeping its tables between frames of one size.
///
/// Pixel centres are kept while resizing: the point `(x, y)` in shares of the frame is the same in
/// both pictures.
pub struct LumaScaler {
    max_width: u32,
    converter: Option<gst_video::VideoConverter>,
}

impl LumaScaler {
    /// Scales to at most `max_width` pixels, never up.
    pub fn new(max_width: u32) -> Self {
        Self {
            max_width: max_width.max(16),
            converter: None,
        }
    }

    /// The luma plane of `frame`, with the same frame time.
    ///
    /// # Errors
    /// [`MediaError::Failed`] when the frame cannot be read or converted.
    pub fn luma(&mut self, frame: &CapturedFrame) -> Result<LumaPlane, MediaError> {
        let (width, height) = (frame.width(), frame.height());
        let source = gst_video::VideoFrameRef::from_buffer_ref_readable(&frame.buffer, &frame.info)
            .map_err(unreadable)?;
        if width <= self.max_width {
            let mut data = Vec::with_capacity((width * height) as usize);
            copy_plane(&source, 0, width as usize, height as usize, &mut data)?;
            return Ok(LumaPlane {
                frame_time: frame.frame_time,
                width,
                height,
                stride: width,
                data,
            });
        }
        let converter = self.converter_for(&frame.info)?;
        let info = converter.out_info().clone();
        let buffer = gst::Buffer::with_size(info.size()).map_err(unreadable)?;
        let mut target =
            gst_video::VideoFrame::from_buffer_writable(buffer, &info).map_err(unreadable)?;
        converter.frame_ref(&source, &mut target.as_mut_video_frame_ref());
        let stride = u32::try_from(target.plane_stride()[0]).map_err(unreadable)?;
        let data = target.plane_data(0).map_err(unreadable)?.to_vec();
        Ok(LumaPlane {
            frame_time: frame.frame_time,
            width: info.width(),
            height: info.height(),
            stride,
            data,
        })
    }

    fn converter_for(
        &mut self,
        info: &gst_video::VideoInfo,
    ) -> Result<&gst_video::VideoConverter, MediaError> {
        if self.converter.as_ref().is_none_or(|c| c.in_info() != info) {
            let height = (info.height() * self.max_width + info.width() / 2) / info.width();
            // The same colorimetry on both sides keeps the luma values as they are.
            let target = gst_video::VideoInfo::builder(
                gst_video::VideoFormat::Gray8,
                self.max_width,
                height.max(1),
            )
            .colorimetry(&info.colorimetry())
            .fps(info.fps())
            .interlace_mode(info.interlace_mode())
            .build()
            .map_err(unreadable)?;
            let mut config = gst_video::VideoConverterConfig::new();
            config.set_matrix_mode(gst_video::VideoMatrixMode::None);
            config.set_resampler_method(gst_video::VideoResamplerMethod::Linear);
            self.converter = Some(
                gst_video::VideoConverter::new(info, &target, Some(config)).map_err(unreadable)?,
            );
        }
        self.converter.as_ref().ok_or(()).map_err(unreadable)
    }
}
