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
//! | 1 | 1 | version = 1 |
//! | 2 | 2 | surface number |
//! | 4 | 4 | frame time |
//! | 8 | 1 | count of poses, 1 to 24 |
//! | 9 | 39 each | poses |
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

use crate::{AnchorNo, AnchorStatus, FrameTime, limits::POSES_PER_PACKET};

/// Longest age that a packet can tell, in milliseconds.
pub const MAX_AGE_MS: u16 = 255 * AGE_UNIT_MS;
const AGE_UNIT_MS: u16 = 4;
const KIND_POSES: u8 = 1;
const KIND_CURSOR: u8 = 2;
const VERSION: u8 = 1;
const HEADER: usize = 9;
const POSE: usize = 39;
const CURSOR: usize = 15;

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

/// One packet of the `realtime` channel.
#[derive(Debug, Clone, PartialEq)]
pub enum RealtimePacket {
    /// Poses of anchors.
    Poses(PosePacket),
    /// A live pointer.
    Cursor(CursorPacket),
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
    /// Neither poses nor a cursor.
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
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], RealtimeError> {
    bytes
        .get(at..at + N)
        .and_then(|slice| slice.try_into().ok())
        .ok_or(RealtimeError::Length {
            found: bytes.len(),
            expected: at + N,
        })
}

fn u16_at(bytes: &[u8], at: usize) -> Result<u16, RealtimeError> {
    array(bytes, at).map(u16::from_be_bytes)
}

fn u32_at(bytes: &[u8], at: usize) -> Result<u32, RealtimeError> {
    array(bytes, at).map(u32::from_be_bytes)
}

impl RealtimePacket {
    /// Reads one packet.
    ///
    /// # Errors
    /// Any byte sequence that [`Self::encode`] cannot have written.
    pub fn decode(bytes: &[u8]) -> Result<Self, RealtimeError> {
        let [kind, version] = array::<2>(bytes, 0)?;
        if !matches!(kind, KIND_POSES | KIND_CURSOR) {
            return Err(RealtimeError::Kind(kind));
        }
        if version != VERSION {
            return Err(RealtimeError::Version(version));
        }
        if kind == KIND_POSES {
            decode_poses(bytes).map(Self::Poses)
        } else {
            decode_cursor(bytes).map(Self::Cursor)
        }
    }

    /// Writes one packet.
    ///
    /// # Errors
    /// [`RealtimeError::Count`] and [`RealtimeError::NotFinite`] for poses that no receiver would
    /// take.
    pub fn encode(&self) -> Result<Vec<u8>, RealtimeError> {
        match self {
            Self::Poses(packet) => encode_poses(packet),
            Self::Cursor(packet) => Ok(encode_cursor(packet)),
        }
    }
}

fn decode_poses(bytes: &[u8]) -> Result<PosePacket, RealtimeError> {
    let [count] = array::<1>(bytes, 8)?;
    let count = usize::from(count);
    if !(1..=POSES_PER_PACKET).contains(&count) {
        return Err(RealtimeError::Count(count));
    }
    let expected = HEADER + count * POSE;
    if bytes.len() != expected {
        return Err(RealtimeError::Length {
            found: bytes.len(),
            expected,
        });
    }
    let poses = (0..count)
        .map(|index| {
            let at = HEADER + index * POSE;
            let [status, confidence] = array::<2>(bytes, at + 4)?;
            let status = match status {
                0 => AnchorStatus::Tracking,
                1 => AnchorStatus::Uncertain,
                2 => AnchorStatus::Lost,
                3 => AnchorStatus::Fixed,
                other => return Err(RealtimeError::Status(other)),
            };
            let mut homography = [0.0; 8];
            for (i, value) in homography.iter_mut().enumerate() {
                *value = f32::from_be_bytes(array(bytes, at + 7 + i * 4)?);
                if !value.is_finite() {
                    return Err(RealtimeError::NotFinite);
                }
            }
            Ok(Pose {
                anchor: u32_at(bytes, at)?,
                status,
                confidence,
                homography,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let [age] = array::<1>(bytes, HEADER + 6)?;
    Ok(PosePacket {
        surface: u16_at(bytes, 2)?,
        frame_time: u32_at(bytes, 4)?,
        age_ms: u16::from(age) * AGE_UNIT_MS,
        poses,
    })
}

fn decode_cursor(bytes: &[u8]) -> Result<CursorPacket, RealtimeError> {
    if bytes.len() != CURSOR {
        return Err(RealtimeError::Length {
            found: bytes.len(),
            expected: CURSOR,
        });
    }
    let [flags] = array::<1>(bytes, 10)?;
    let frame_time = u32_at(bytes, 4)?;
    Ok(CursorPacket {
        surface: u16_at(bytes, 2)?,
        frame_time: (flags & 2 != 0).then_some(frame_time),
        participant: u16_at(bytes, 8)?,
        visible: flags & 1 != 0,
        x: u16_at(bytes, 11)?,
        y: u16_at(bytes, 13)?,
    })
}

fn encode_poses(packet: &PosePacket) -> Result<Vec<u8>, RealtimeError> {
    let count = packet.poses.len();
    let count_byte = u8::try_from(count).unwrap_or(u8::MAX);
    if !(1..=POSES_PER_PACKET).contains(&count) {
        return Err(RealtimeError::Count(count));
    }
    let age = u8::try_from(packet.age_ms / AGE_UNIT_MS).unwrap_or(u8::MAX);
    let mut out = Vec::with_capacity(HEADER + count * POSE);
    out.extend([KIND_POSES, VERSION]);
    out.extend(packet.surface.to_be_bytes());
    out.extend(packet.frame_time.to_be_bytes());
    out.push(count_byte);
    for pose in &packet.poses {
        out.extend(pose.anchor.to_be_bytes());
        out.push(match pose.status {
            AnchorStatus::Tracking => 0,
            AnchorStatus::Uncertain => 1,
            AnchorStatus::Lost => 2,
            AnchorStatus::Fixed => 3,
        });
        out.extend([pose.confidence, age]);
        for value in pose.homography {
            if !value.is_finite() {
                return Err(RealtimeError::NotFinite);
            }
            out.extend(value.to_be_bytes());
        }
    }
    Ok(out)
}

fn encode_cursor(packet: &CursorPacket) -> Vec<u8> {
    let mut out = Vec::with_capacity(CURSOR);
    out.extend([KIND_CURSOR, VERSION]);
    out.extend(packet.surface.to_be_bytes());
    out.extend(packet.frame_time.unwrap_or(0).to_be_bytes());
    out.extend(packet.participant.to_be_bytes());
    out.push(u8::from(packet.visible) | u8::from(packet.frame_time.is_some()) << 1);
    out.extend(packet.x.to_be_bytes());
    out.extend(packet.y.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poses(count: usize) -> RealtimePacket {
        let pose = Pose {
            anchor: 7,
            status: AnchorStatus::Uncertain,
            confidence: 200,
            homography: [1.0, 0.0, 0.25, 0.0, 1.0, -0.5, 0.0, 0.0],
        };
        RealtimePacket::Poses(PosePacket {
            surface: 3,
            frame_time: u32::MAX - 5,
            age_ms: 84,
            poses: vec![pose; count],
        })
    }

    #[test]
    fn packets_survive_a_round_trip() {
        let cursor = RealtimePacket::Cursor(CursorPacket {
            surface: 1,
            frame_time: Some(90_000),
            participant: 2,
            visible: true,
            x: 65_535,
            y: 0,
        });
        for packet in [poses(1), poses(POSES_PER_PACKET), cursor] {
            let bytes = packet.encode().unwrap();
            assert!(bytes.len() <= 1_000, "a packet must fit one datagram");
            assert_eq!(RealtimePacket::decode(&bytes).unwrap(), packet);
        }
    }

    #[test]
    fn every_truncation_is_refused_without_a_panic() {
        let bytes = poses(2).encode().unwrap();
        for cut in 0..bytes.len() {
            assert!(
                RealtimePacket::decode(&bytes[..cut]).is_err(),
                "cut at {cut}"
            );
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert!(RealtimePacket::decode(&longer).is_err());
    }

    #[test]
    fn counts_and_numbers_outside_the_limits_are_refused() {
        assert_eq!(poses(0).encode(), Err(RealtimeError::Count(0)));
        assert_eq!(poses(25).encode(), Err(RealtimeError::Count(25)));
        let mut bytes = poses(1).encode().unwrap();
        bytes[HEADER + 7..HEADER + 11].copy_from_slice(&f32::NAN.to_be_bytes());
        assert_eq!(
            RealtimePacket::decode(&bytes),
            Err(RealtimeError::NotFinite)
        );
        bytes[HEADER + 4] = 9;
        assert_eq!(
            RealtimePacket::decode(&bytes),
            Err(RealtimeError::Status(9))
        );
    }
}
