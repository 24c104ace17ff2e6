//! Packets of the `realtime` channel.

use crate::*;
use serde_json::{Value, json};

/// Realtime packets with their bytes in hexadecimal and their meaning as JSON.
///
/// # Errors
/// Never for the examples here; see [`realtime::RealtimePacket::encode`].
pub fn realtime_packets() -> Result<Value, realtime::RealtimeError> {
    let pose = realtime::Pose {
        anchor: 1,
        status: AnchorStatus::Tracking,
        confidence: 200,
        homography: [1.0, 0.0, 0.25, 0.0, 1.0, -0.5, 0.0, 0.0],
        bend: None,
    };
    let fixed = realtime::Pose {
        anchor: 2,
        status: AnchorStatus::Fixed,
        confidence: 0,
        homography: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
        bend: None,
    };
    let poses = realtime::PosePacket {
        surface: 1,
        frame_time: 4_294_967_290,
        age_ms: 84,
        poses: vec![pose, fixed],
    };
    let mut by = [[0.0; 2]; realtime::BEND_NODES];
    for (k, shift) in by.iter_mut().enumerate() {
        *shift = [k as f32 / 1024.0, (0.0 - k as f32) / 4096.0];
    }
    let bend = realtime::Bend {
        over: [0.25, -0.125, 0.75, 0.5],
        by,
    };
    let bent = realtime::PosePacket {
        poses: vec![
            fixed,
            realtime::Pose {
                bend: Some(bend),
                ..pose
            },
        ],
        ..poses.clone()
    };
    let cursor = realtime::CursorPacket {
        surface: 1,
        frame_time: Some(90_000),
        participant: 2,
        visible: true,
        x: 32_768,
        y: 65_535,
    };
    let clock = realtime::ClockPacket {
        surface: 1,
        frame_time: u32::MAX - 5,
        unix_us: 1_800_000_000_123_456,
    };
    let written = |pose: &realtime::Pose| {
        let mut value = json!({
            "anchor": pose.anchor,
            "status": pose.status,
            "confidence": pose.confidence,
            "homography": pose.homography,
            "bend": null,
        });
        if let Some(bend) = &pose.bend {
            value["bend"] = json!({ "over": bend.over, "by": bend.by });
        }
        value
    };
    let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    Ok(json!([
        {
            "hex": hex(realtime::RealtimePacket::Poses(poses.clone()).encode()?),
            "kind": "poses",
            "surface": poses.surface,
            "frame_time": poses.frame_time,
            "age_ms": poses.age_ms,
            "poses": [written(&pose), written(&fixed)],
        },
        {
            "hex": hex(realtime::RealtimePacket::Poses(bent.clone()).encode()?),
            "kind": "poses",
            "surface": bent.surface,
            "frame_time": bent.frame_time,
            "age_ms": bent.age_ms,
            "poses": bent.poses.iter().map(written).collect::<Vec<_>>(),
        },
        {
            "hex": hex(realtime::RealtimePacket::Cursor(cursor).encode()?),
            "kind": "cursor",
            "surface": cursor.surface,
            "frame_time": cursor.frame_time,
            "participant": cursor.participant,
            "visible": cursor.visible,
            "x": cursor.x,
            "y": cursor.y,
        },
        {
            "hex": hex(realtime::RealtimePacket::Clock(clock).encode()?),
            "kind": "clock",
            "surface": clock.surface,
            "frame_time": clock.frame_time,
            "unix_us": clock.unix_us,
        },
    ]))
}
