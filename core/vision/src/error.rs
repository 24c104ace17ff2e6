//! What can go wrong, by operation.

use crate::layer::Failure;

/// A frame was refused, or the picture library failed.
#[derive(Debug, thiserror::Error)]
pub enum VisionError {
    /// The size is zero, tiny or huge.
    #[error("a frame of {width}x{height} pixels; send 16x16 to 8192x8192")]
    FrameSize {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
    },
    /// Rows overlap.
    #[error("a stride of {stride} bytes for rows of {width} pixels; send at least the width")]
    Stride {
        /// Bytes between row starts.
        stride: usize,
        /// Pixels in a row.
        width: u32,
    },
    /// The plane is shorter than its size says.
    #[error("a luma plane of {got} bytes where {needed} are needed; send whole frames")]
    FrameLength {
        /// Bytes given.
        got: usize,
        /// Bytes needed.
        needed: usize,
    },
    /// The frame is not newer than the one before.
    #[error("frame time {time} is not after {newest}; send frames in order, each once")]
    OutOfOrder {
        /// Time of the refused frame.
        time: u32,
        /// Time of the newest frame taken.
        newest: u32,
    },
    /// A camera's turn is no rotation, or its focal length no camera's.
    #[error(
        "a turn that is no rotation; send an orthonormal matrix and a focal length of 0.2 to 10"
    )]
    Turn,
    /// The picture library reported a failure.
    #[error("the picture library failed: {0}")]
    Picture(#[from] Failure),
}

/// An anchor was not made.
#[derive(Debug, thiserror::Error)]
pub enum AttachRefused {
    /// Too little to hold on to under and around the drawing.
    #[error("only {corners} trackable corners around the drawing; {needed} are needed")]
    TooFewTexture {
        /// Corners found.
        corners: usize,
        /// Corners needed.
        needed: usize,
    },
    /// The frame that was drawn on is not kept any more.
    #[error("frame {frame_time} is not kept; draw on a newer frame or hold it first")]
    FrameExpired {
        /// The asked frame time.
        frame_time: u32,
    },
    /// The limit is reached.
    #[error("there are already {limit} anchors; detach one first")]
    TooManyAnchors {
        /// The limit.
        limit: usize,
    },
    /// No frame has been pushed yet.
    #[error("no frame yet; push one first")]
    NoFrame,
    /// The outline is empty, not finite, or far outside the frame.
    #[error("an outline of {points} points without a usable place on the frame")]
    BadOutline {
        /// Points given.
        points: usize,
    },
    /// The picture library reported a failure.
    #[error("the picture library failed: {0}")]
    Picture(#[from] Failure),
}
