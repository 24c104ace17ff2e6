//! From bytes to packets.

use super::{
    AGE_UNIT_MS, BEND, BEND_NODES, BEND_UNITS, Bend, CLOCK, CURSOR, ClockPacket, CursorPacket,
    HEADER, POSE, Pose, PosePacket, RealtimeError,
};
use crate::{AnchorStatus, limits::POSES_PER_PACKET};

pub fn array<const N: usize>(bytes: &[u8], at: usize) -> Result<[u8; N], RealtimeError> {
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

pub fn poses(bytes: &[u8], bent: bool) -> Result<PosePacket, RealtimeError> {
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
        let bend = bend(bytes, at + 1)?;
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

fn bend(bytes: &[u8], at: usize) -> Result<Bend, RealtimeError> {
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
    bend.has_a_box().then_some(bend).ok_or(RealtimeError::Bend)
}

pub fn cursor(bytes: &[u8]) -> Result<CursorPacket, RealtimeError> {
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

pub fn clock(bytes: &[u8]) -> Result<ClockPacket, RealtimeError> {
    if bytes.len() != CLOCK {
        return Err(RealtimeError::Length {
            found: bytes.len(),
            expected: CLOCK,
        });
    }
    Ok(ClockPacket {
        surface: u16_at(bytes, 2)?,
        frame_time: u32_at(bytes, 4)?,
        unix_us: u64::from_be_bytes(array(bytes, 8)?),
    })
}
