//! Working frames: every incoming plane becomes a picture of one working size.

use crate::error::VisionError;
use crate::geometry::Point;
use crate::layer::{Failure, Layer, Library, Picture};
use crate::types::LumaFrame;
use std::sync::Arc;

/// Smallest and largest side of an incoming frame in pixels.
const SIDES: std::ops::RangeInclusive<u32> = 16..=8192;

/// Width and height of working frames in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WorkSize {
    pub width: i32,
    pub height: i32,
}

impl WorkSize {
    /// Whether a point in pixels is in the frame.
    pub fn holds(self, [x, y]: Point) -> bool {
        x >= 0.0 && y >= 0.0 && x < f64::from(self.width) && y < f64::from(self.height)
    }

    /// The working size for a source: the longer side is `max_side`, whatever the source's own
    /// size, so that a stream that changes its resolution keeps its working frames. A difference
    /// in aspect below 1 % from `current` is an encoder's rounding and keeps `current`.
    pub fn of(width: u32, height: u32, max_side: u32, current: Option<WorkSize>) -> WorkSize {
        let aspect = f64::from(width) / f64::from(height);
        if let Some(size) = current {
            let known = f64::from(size.width) / f64::from(size.height);
            if (aspect / known - 1.0).abs() < 0.01 {
                return size;
            }
        }
        let side = f64::from(max_side);
        let (w, h) = if aspect >= 1.0 {
            (side, side / aspect)
        } else {
            (side * aspect, side)
        };
        WorkSize {
            width: (w.round() as i32).max(16),
            height: (h.round() as i32).max(16),
        }
    }
}

/// One frame as the engine keeps it.
#[derive(Debug, Clone)]
pub(crate) struct WorkFrame {
    /// RTP frame time.
    pub time: u32,
    /// Count of frames taken before this one: the order that wrapping times do not give.
    pub index: u64,
    pub size: WorkSize,
    pub image: Arc<Picture>,
}

/// Checks that a frame is what it says.
pub(crate) fn check(frame: &LumaFrame<'_>) -> Result<(), VisionError> {
    let LumaFrame {
        width,
        height,
        stride,
        data,
        ..
    } = *frame;
    if !SIDES.contains(&width) || !SIDES.contains(&height) {
        return Err(VisionError::FrameSize { width, height });
    }
    if stride < width as usize {
        return Err(VisionError::Stride { stride, width });
    }
    let needed = stride
        .checked_mul(height as usize - 1)
        .and_then(|n| n.checked_add(width as usize));
    match needed {
        Some(needed) if data.len() >= needed => Ok(()),
        needed => Err(VisionError::FrameLength {
            got: data.len(),
            needed: needed.unwrap_or(usize::MAX),
        }),
    }
}

/// Brings a checked frame to the working size, into `out` when its memory fits.
///
/// Both interpolations map pixel edges to pixel edges, so shares stay shares.
pub(crate) fn resize(
    frame: &LumaFrame<'_>,
    size: WorkSize,
    out: &mut Picture,
) -> Result<(), VisionError> {
    let (rows, stride) = (frame.height as usize, frame.stride);
    let whole = stride * rows;
    let mut padded;
    let data = match frame.data.get(..whole) {
        Some(data) => data,
        None => {
            padded = frame.data.to_vec();
            padded.resize(whole, 0);
            padded.as_slice()
        }
    };
    let (width, height) = (frame.width as i32, frame.height as i32);
    Library::taken(
        data,
        (width, height, stride as i32),
        (size.width, size.height),
        out,
    )?;
    Ok(())
}

/// An empty picture of a size.
pub(crate) fn blank(size: WorkSize) -> Result<Picture, Failure> {
    Library::blank((size.width, size.height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Plane;

    fn frame(width: u32, height: u32, stride: usize, data: &[u8]) -> LumaFrame<'_> {
        LumaFrame {
            time: 0,
            width,
            height,
            stride,
            data,
        }
    }

    #[test]
    fn malformed_frames_are_refused_by_kind() {
        let data = vec![0_u8; 64 * 48];
        assert!(check(&frame(64, 48, 64, &data)).is_ok());
        assert!(matches!(
            check(&frame(0, 48, 64, &data)),
            Err(VisionError::FrameSize { .. })
        ));
        assert!(matches!(
            check(&frame(64, 48, 63, &data)),
            Err(VisionError::Stride { .. })
        ));
        assert!(matches!(
            check(&frame(64, 49, 64, &data)),
            Err(VisionError::FrameLength {
                got: 3072,
                needed: 3136
            })
        ));
        assert!(matches!(
            check(&frame(64, 48, usize::MAX, &data)),
            Err(VisionError::FrameLength { .. })
        ));
    }

    #[test]
    fn a_last_row_without_padding_is_whole() {
        let mut data = vec![9_u8; 80 * 48];
        data.truncate(80 * 47 + 64);
        let frame = frame(64, 48, 80, &data);
        check(&frame).expect("whole");
        let size = WorkSize {
            width: 64,
            height: 48,
        };
        let mut out = blank(size).expect("memory");
        resize(&frame, size, &mut out).expect("copied");
        assert!(out.bytes().iter().all(|&v| v == 9));
    }

    #[test]
    fn a_resized_edge_stays_at_its_share() {
        // A vertical edge at 0.5 of the width must stay there at every size.
        let data: Vec<u8> = (0..1280 * 720)
            .map(|i| if i % 1280 < 640 { 0 } else { 200 })
            .collect();
        let frame = frame(1280, 720, 1280, &data);
        let size = WorkSize::of(1280, 720, 640, None);
        let mut out = blank(size).expect("memory");
        resize(&frame, size, &mut out).expect("resized");
        let row = &out.bytes()[..640];
        assert_eq!((row[319], row[320]), (0, 200));
    }

    #[test]
    fn the_working_size_survives_an_encoders_scaling() {
        let size = WorkSize::of(1280, 720, 640, None);
        assert_eq!(
            size,
            WorkSize {
                width: 640,
                height: 360
            }
        );
        assert_eq!(WorkSize::of(426, 240, 640, Some(size)), size);
        assert_eq!(
            WorkSize::of(720, 1280, 640, Some(size)),
            WorkSize {
                width: 360,
                height: 640
            }
        );
    }
}
