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

use crate::{AnchorNo, AnchorStatus, FrameTime, limits::POSES_PER_PACKET};

/// Longest age that a packet can tell, in milliseconds.
pub const MAX_AGE_MS: u16 = 255 * AGE_UNIT_MS;
const AGE_UNIT_MS: u16 = 4;
const KIND_POSES: u8 = 1;
const KIND_CURSOR: u8 = 2;
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

/// What moves a drawing beyond its homography, where the thing is not flat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bend {
    /// Left, top, right and bottom of the drawing's box in shares of the drawn-on frame.
    pub over: [f32; 4],
    /// `[x, y]` in shares of this frame for each node, row by row; at most half a frame, kept in
    /// units of 1/65536.
    pub by: [[f32; 2]; BEND_NODES],
}

impl Bend {
    /// The shift of a point in shares of the drawn-on frame.
    pub fn at(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let [left, top, right, bottom] = self.over;
        let last = (BEND_SIDE - 1) as f32;
        let cell = |v: f32, low: f32, high: f32| {
            let along = (last * (v - low) / (high - low).max(1e-9)).clamp(0.0, last);
            let first = (along as usize).min(BEND_SIDE - 2);
            (first, along - first as f32)
        };
        let (column, x) = cell(x, left, right);
        let (row, y) = cell(y, top, bottom);
        std::array::from_fn(|axis| {
            let node = |dx: usize, dy: usize| self.by[(row + dy) * BEND_SIDE + column + dx][axis];
            let upper = node(0, 0) + x * (node(1, 0) - node(0, 0));
            let lower = node(0, 1) + x * (node(1, 1) - node(0, 1));
            upper + y * (lower - upper)
        })
    }

    /// From one frame's bend to another's, `share` of the way; no bend is one without shifts.
    pub fn between(from: Option<&Self>, to: Option<&Self>, share: f32) -> Option<Self> {
        let over = to.or(from)?.over;
        let shift = |bend: Option<&Self>, k: usize| bend.map_or([0.0; 2], |bend| bend.by[k]);
        let by = std::array::from_fn(|k| {
            let (a, b) = (shift(from, k), shift(to, k));
            [0, 1].map(|axis| a[axis] + (b[axis] - a[axis]) * share)
        });
        Some(Self { over, by })
    }
}

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
    /// No bend or more than poses, one of no pose or of one that has one already, an empty box, or a
    /// shift by half a frame.
    #[error("a bend that fits no pose")]
    Bend,
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
        let bent = kind == KIND_POSES && version == VERSION_BENT;
        if version != VERSION && !bent {
            return Err(RealtimeError::Version(version));
        }
        if kind == KIND_POSES {
            decode_poses(bytes, bent).map(Self::Poses)
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

fn decode_poses(bytes: &[u8], bent: bool) -> Result<PosePacket, RealtimeError> {
    let [count] = array::<1>(bytes, 8)?;
    let count = usize::from(count);
    if !(1..=POSES_PER_PACKET).contains(&count) {
        return Err(RealtimeError::Count(count));
    }
    let flat = HEADER + count * POSE;
    let bends = if bent {
        let [bends] = array::<1>(bytes, flat)?;
        let bends = usize::from(bends);
        if !(1..=count).contains(&bends) {
            return Err(RealtimeError::Bend);
        }
        bends
    } else {
        0
    };
    let first_bend = flat + usize::from(bent);
    let expected = first_bend + bends * BEND;
    if bytes.len() != expected {
        return Err(RealtimeError::Length {
            found: bytes.len(),
            expected,
        });
    }
    let mut poses = (0..count)
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
                bend: None,
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut next = 0;
    for at in (0..bends).map(|k| first_bend + k * BEND) {
        let [index] = array::<1>(bytes, at)?;
        let index = usize::from(index);
        let bend = decode_bend(bytes, at + 1)?;
        let pose = poses.get_mut(index).filter(|_| index >= next);
        pose.ok_or(RealtimeError::Bend)?.bend = Some(bend);
        next = index + 1;
    }
    let [age] = array::<1>(bytes, HEADER + 6)?;
    Ok(PosePacket {
        surface: u16_at(bytes, 2)?,
        frame_time: u32_at(bytes, 4)?,
        age_ms: u16::from(age) * AGE_UNIT_MS,
        poses,
    })
}

fn decode_bend(bytes: &[u8], at: usize) -> Result<Bend, RealtimeError> {
    let mut over = [0.0; 4];
    for (k, side) in over.iter_mut().enumerate() {
        *side = f32::from_be_bytes(array(bytes, at + 4 * k)?);
    }
    let mut by = [[0.0; 2]; BEND_NODES];
    for (k, shift) in by.iter_mut().flatten().enumerate() {
        let units = i16::from_be_bytes(array(bytes, at + 16 + 2 * k)?);
        *shift = f32::from(units) / BEND_UNITS;
    }
    let bend = Bend { over, by };
    has_a_box(&bend).then_some(bend).ok_or(RealtimeError::Bend)
}

fn has_a_box(bend: &Bend) -> bool {
    let [left, top, right, bottom] = bend.over;
    bend.over.iter().all(|side| side.is_finite()) && left < right && top < bottom
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
    let bends = packet.poses.iter().filter(|p| p.bend.is_some()).count();
    let bent = bends > 0;
    let size = HEADER + packet.poses.iter().map(Pose::size).sum::<usize>() + usize::from(bent);
    let mut out = Vec::with_capacity(size);
    out.extend([KIND_POSES, if bent { VERSION_BENT } else { VERSION }]);
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
    if bent {
        // There are no more of them than poses, whose count was checked.
        out.push(bends as u8);
    }
    for (index, pose) in packet.poses.iter().enumerate() {
        let Some(bend) = &pose.bend else { continue };
        if !has_a_box(bend) {
            return Err(RealtimeError::Bend);
        }
        // The count was checked, so that the index fits.
        out.push(index as u8);
        for side in bend.over {
            out.extend(side.to_be_bytes());
        }
        for shift in bend.by.as_flattened() {
            let units = (shift * BEND_UNITS).round();
            if units.is_nan() || units.abs() > f32::from(i16::MAX) {
                return Err(RealtimeError::Bend);
            }
            out.extend((units as i16).to_be_bytes());
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
            bend: None,
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

    /// Three poses, the first and the last of which bend.
    fn bent() -> PosePacket {
        let RealtimePacket::Poses(mut packet) = poses(3) else {
            unreachable!("poses are poses");
        };
        for (k, first) in [(0, 64.0), (2, -32_767.0)] {
            let mut by = [[0.0; 2]; BEND_NODES];
            by[0] = [first / 65_536.0, 0.0];
            by[BEND_NODES - 1] = [0.0, 0.125];
            let over = [0.25, -0.5, 0.75, 0.5];
            packet.poses[k].bend = Some(Bend { over, by });
        }
        packet
    }

    #[test]
    fn bends_survive_a_round_trip() {
        let packet = RealtimePacket::Poses(bent());
        let bytes = packet.encode().unwrap();
        assert_eq!((bytes[1], bytes.len()), (2, 9 + 3 * 39 + 1 + 2 * 117));
        assert_eq!(RealtimePacket::decode(&bytes).unwrap(), packet);
        assert_eq!(
            poses(3).encode().unwrap()[1],
            1,
            "the flat ones stay as they were"
        );
    }

    #[test]
    fn a_bend_moves_its_corners_fully_and_the_middle_between_them_by_half() {
        let mut bend = bent().poses[2].bend.unwrap();
        bend.by = [[0.0; 2]; BEND_NODES];
        bend.by[0] = [0.25, -0.5];
        bend.by[1] = [0.125, 0.0];
        assert_eq!(bend.at([0.25, -0.5]), [0.25, -0.5]);
        assert_eq!(bend.at([0.3125, -0.5]), [0.1875, -0.25]);
        assert_eq!(
            bend.at([-3.0, -3.0]),
            [0.25, -0.5],
            "the rim's outside of the box"
        );
        assert_eq!(bend.at([0.5, 0.0]), [0.0; 2]);
        assert_eq!(bend.at([f32::NAN, 0.0]).map(f32::is_nan), [true; 2]);
        let half = Bend::between(None, Some(&bend), 0.5).unwrap();
        assert_eq!(half.at([0.25, -0.5]), [0.125, -0.25]);
        assert_eq!(Bend::between(None, None, 0.5), None);
    }

    #[test]
    fn bends_that_fit_no_pose_are_refused() {
        let bytes = RealtimePacket::Poses(bent()).encode().unwrap();
        let first = 9 + 3 * 39 + 1;
        let broken = |at: usize, value: &[u8]| {
            let mut bytes = bytes.clone();
            bytes[at..at + value.len()].copy_from_slice(value);
            RealtimePacket::decode(&bytes)
        };
        for count in [0, 4, 255] {
            let refused = broken(first - 1, &[count]);
            assert_eq!(refused, Err(RealtimeError::Bend), "{count} bends");
        }
        assert_eq!(
            broken(first, &[3]),
            Err(RealtimeError::Bend),
            "no such pose"
        );
        assert_eq!(
            broken(first, &[2]),
            Err(RealtimeError::Bend),
            "the same twice"
        );
        let box_from = |side: f32| broken(first + 1, &side.to_be_bytes());
        assert_eq!(box_from(0.75), Err(RealtimeError::Bend), "no width");
        assert_eq!(box_from(f32::NAN), Err(RealtimeError::Bend));
        let kept = box_from(0.5).map(|packet| packet.encode());
        assert!(
            matches!(kept, Ok(Ok(_))),
            "the control: another box is fine"
        );
        for shift in [0.5, f32::NAN, f32::INFINITY] {
            let mut packet = bent();
            packet.poses[0].bend.as_mut().unwrap().by[3][1] = shift;
            let refused = RealtimePacket::Poses(packet).encode();
            assert_eq!(refused, Err(RealtimeError::Bend), "{shift}");
        }
    }

    #[test]
    fn every_truncation_is_refused_without_a_panic() {
        for packet in [poses(2), RealtimePacket::Poses(bent())] {
            let bytes = packet.encode().unwrap();
            for cut in 0..bytes.len() {
                assert!(
                    RealtimePacket::decode(&bytes[..cut]).is_err(),
                    "cut at {cut}"
                );
            }
            let longer = [bytes.as_slice(), &[0]].concat();
            assert!(RealtimePacket::decode(&longer).is_err());
        }
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
