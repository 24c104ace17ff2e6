//! Binary packets on the unordered `realtime` data channel.
//!
//! All numbers are big-endian. A receiver drops a packet that does not parse; nothing here is
//! answered or sent again.
//!
//! Poses, kind 1:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | kind = 1 |
//! | 1 | 1 | version = 1, or 2 when bends follow the poses |
//! | 2 | 2 | surface number |
//! | 4 | 4 | frame time |
//! | 8 | 1 | count of poses, 1 to 24 |
//! | 9 | 39 each | poses |
//! | after them | 1 | version 2 only: count of bends, 1 to the count of poses |
//! | then | 117 each | version 2 only: bends, in the order of their poses |
//!
//! One pose:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 4 | anchor number |
//! | 4 | 1 | status: 0 tracking, 1 uncertain, 2 lost, 3 fixed to the screen |
//! | 5 | 1 | confidence, 0 to 255 for 0 to 1 |
//! | 6 | 1 | age in units of 4 ms, 255 for more; the same in all poses of a packet |
//! | 7 | 32 | `h00 h01 h02 h10 h11 h12 h20 h21` as IEEE 754 single; `h22` is 1 |
//!
//! The homography maps shares of the drawn-on frame to shares of this frame.
//!
//! One bend, for a drawing on what is not flat: shifts at the nodes of a grid over the drawing's
//! box, 5 across and 5 down. A point of the drawing goes where the homography puts it, plus the
//! shift at its place in the box, which is interpolated linearly in both directions between nodes;
//! outside the box it is that of the nearest place on its rim.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | index of the pose in this packet; each at most once, rising |
//! | 1 | 16 | `left top right bottom` of the box in shares of the drawn-on frame, IEEE 754 single |
//! | 17 | 100 | `x y` for each node, row by row, as signed 16 bit in units of 1/65536 of this frame's width and height |
//!
//! Cursor, kind 2:
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | kind = 2 |
//! | 1 | 1 | version = 1 |
//! | 2 | 2 | surface number |
//! | 4 | 4 | frame time that the author saw, 0 when unknown |
//! | 8 | 2 | participant number; written by the server, whatever the sender put there |
//! | 10 | 1 | flags: bit 0 visible, bit 1 frame time known |
//! | 11 | 2 | x, 0 to 65535 for 0 to 1 |
//! | 13 | 2 | y, the same |
//!
//! Clock, kind 3, from the SFU to whoever publishes the surface, for each sender report that comes
//! from there (RFC 3550, section 6.4.1): a device's own picture carries no frame time, and this
//! tells it which one belongs to which moment.
//!
//! | offset | size | field |
//! |---|---|---|
//! | 0 | 1 | kind = 3 |
//! | 1 | 1 | version = 1 |
//! | 2 | 2 | surface number |
//! | 4 | 4 | frame time |
//! | 8 | 8 | that moment on the publisher's own clock, in microseconds since 1970 |

mod bend;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use bend::Bend;

use crate::{AnchorNo, AnchorStatus, FrameTime, limits::POSES_PER_PACKET};

/// Longest age that a packet can tell, in milliseconds.
pub const MAX_AGE_MS: u16 = 255 * AGE_UNIT_MS;
const AGE_UNIT_MS: u16 = 4;
const KIND_POSES: u8 = 1;
const KIND_CURSOR: u8 = 2;
const KIND_CLOCK: u8 = 3;
const VERSION: u8 = 1;
const VERSION_BENT: u8 = 2;
const HEADER: usize = 9;
const POSE: usize = 39;
const BEND: usize = 17 + 4 * BEND_NODES;
/// Nodes of a bend across and down.
pub const BEND_SIDE: usize = 5;
/// Nodes of a bend.
pub const BEND_NODES: usize = BEND_SIDE * BEND_SIDE;
/// Units of a bend's shifts in a whole width or height.
const BEND_UNITS: f32 = 65_536.0;
const CURSOR: usize = 15;
const CLOCK: usize = 16;

/// Where one anchor is in one frame.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pose {
    /// Which anchor.
    pub anchor: AnchorNo,
    /// Whether the place is known.
    pub status: AnchorStatus,
    /// Confidence, 0 to 255 for 0 to 1.
    pub confidence: u8,
    /// Row-major 3x3 without its last element, which is 1: maps shares of the drawn-on frame to
    /// shares of this frame.
    pub homography: [f32; 8],
    /// What moves the drawing beyond the homography; none where the thing is flat.
    pub bend: Option<Bend>,
}

impl Pose {
    /// Bytes that it takes in a packet.
    pub fn size(&self) -> usize {
        POSE + self.bend.map_or(0, |_| BEND)
    }
}

/// Poses of several anchors in one frame of one surface.
#[derive(Debug, Clone, PartialEq)]
pub struct PosePacket {
    /// Which surface.
    pub surface: u16,
    /// Which frame.
    pub frame_time: FrameTime,
    /// Milliseconds that the tracker had the frame before it sent this, in steps of 4, at most
    /// [`MAX_AGE_MS`]. With the round trip it tells how far a newer picture is ahead.
    pub age_ms: u16,
    /// 1 to [`POSES_PER_PACKET`] poses.
    pub poses: Vec<Pose>,
}

/// Where somebody points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CursorPacket {
    /// Which surface.
    pub surface: u16,
    /// The frame that the author saw, when known.
    pub frame_time: Option<FrameTime>,
    /// Who; the server writes it.
    pub participant: u16,
    /// False when the pointer left the surface.
    pub visible: bool,
    /// Horizontal place, 0 to 65535 for 0 to 1.
    pub x: u16,
    /// Vertical place, 0 to 65535 for 0 to 1.
    pub y: u16,
}

/// Which frame time belongs to which moment of the publisher's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockPacket {
    /// Which surface.
    pub surface: u16,
    /// The frame time of that moment.
    pub frame_time: FrameTime,
    /// Microseconds since 1970 on the publisher's clock.
    pub unix_us: u64,
}

/// One packet of the `realtime` channel.
#[derive(Debug, Clone, PartialEq)]
pub enum RealtimePacket {
    /// Poses of anchors.
    Poses(PosePacket),
    /// A live pointer.
    Cursor(CursorPacket),
    /// The clock of a publisher, told back to it.
    Clock(ClockPacket),
}

/// Why bytes are not a realtime packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RealtimeError {
    /// Too short, or longer than its count says.
    #[error("the packet has {found} bytes, its kind needs {expected}")]
    Length {
        /// Bytes found.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
    /// None of the kinds above.
    #[error("unknown packet kind {0}")]
    Kind(u8),
    /// Written by another protocol version.
    #[error("unknown packet version {0}")]
    Version(u8),
    /// No pose, or more than [`POSES_PER_PACKET`].
    #[error("{0} poses in one packet, allowed are 1 to {POSES_PER_PACKET}")]
    Count(usize),
    /// A status byte that is not defined.
    #[error("unknown anchor status {0}")]
    Status(u8),
    /// A number that is not finite.
    #[error("a homography with a number that is not finite")]
    NotFinite,
    /// No bend or more than poses, one of no pose or of one that has one already, an empty box, or a
    /// shift by half a frame.
    #[error("a bend that fits no pose")]
    Bend,
}

impl RealtimePacket {
    /// Reads one packet.
    ///
    /// # Errors
    /// Any byte sequence that [`Self::encode`] cannot have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, RealtimeError> {
        let [kind, version] = read::array::<2>(bytes, 0)?;
        if !matches!(kind, KIND_POSES | KIND_CURSOR | KIND_CLOCK) {
            return Err(RealtimeError::Kind(kind));
        }
        let bent = kind == KIND_POSES && version == VERSION_BENT;
        if version != VERSION && !bent {
            return Err(RealtimeError::Version(version));
        }
        match kind {
            KIND_POSES => read::poses(bytes, bent).map(Self::Poses),
            KIND_CURSOR => read::cursor(bytes).map(Self::Cursor),
            _ => read::clock(bytes).map(Self::Clock),
        }
    }

    /// Writes one packet.
    ///
    /// # Errors
    /// [`RealtimeError::Count`] and [`RealtimeError::NotFinite`] for poses that no receiver would
    /// take.
    pub fn encode(&self) -> Result<Vec<u8>, RealtimeError> {
        match self {
            Self::Poses(packet) => write::poses(packet),
            Self::Cursor(packet) => Ok(write::cursor(packet)),
            Self::Clock(packet) => Ok(write::clock(packet)),
        }
    }
}
