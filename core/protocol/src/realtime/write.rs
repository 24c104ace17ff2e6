//! From packets to bytes.

use super::{
    AGE_UNIT_MS, BEND_UNITS, CLOCK, CURSOR, ClockPacket, CursorPacket, HEADER, KIND_CLOCK,
    KIND_CURSOR, KIND_POSES, Pose, PosePacket, RealtimeError, VERSION, VERSION_BENT,
};
use crate::{AnchorStatus, limits::POSES_PER_PACKET};

pub fn poses(packet: &PosePacket) -> Result<Vec<u8>, RealtimeError> {
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
        if !bend.has_a_box() {
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

pub fn cursor(packet: &CursorPacket) -> Vec<u8> {
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

pub fn clock(packet: &ClockPacket) -> Vec<u8> {
    let mut out = Vec::with_capacity(CLOCK);
    out.extend([KIND_CLOCK, VERSION]);
    out.extend(packet.surface.to_be_bytes());
    out.extend(packet.frame_time.to_be_bytes());
    out.extend(packet.unix_us.to_be_bytes());
    out
}
