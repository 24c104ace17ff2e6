//! Parts of a kept film.

use crate::film::{FilmFrame, FilmPartWriter, FilmSaid};
use serde_json::{Value, json};

/// Parts with their bytes in hexadecimal and their meaning as JSON.
pub fn film_parts() -> Value {
    let frames = [
        FilmFrame {
            at_ms: 61_000,
            frame_time: 4_294_967_290,
            keyframe: true,
            turns: 0,
            data: &[0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a],
        },
        FilmFrame {
            at_ms: 61_033,
            frame_time: 2_994,
            keyframe: false,
            turns: 3,
            data: &[0x11],
        },
    ];
    let poses = [FilmSaid {
        at_ms: 61_090,
        packet: &[1, 1, 0, 1],
    }];
    let mut part = FilmPartWriter::new(258, &frames[0]);
    part.push(&frames[1]);
    part.say(&poses[0]);
    let empty = FilmFrame {
        data: &[],
        ..frames[1]
    };
    let least = FilmPartWriter::new(1, &empty);
    json!([
        part_of(part, &frames, &poses),
        part_of(least, &[empty], &[])
    ])
}

fn part_of(part: FilmPartWriter, frames: &[FilmFrame<'_>], poses: &[FilmSaid<'_>]) -> Value {
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let track = part.track();
    let frames: Vec<_> = frames
        .iter()
        .map(|frame| {
            json!({
                "at_ms": frame.at_ms,
                "frame_time": frame.frame_time,
                "keyframe": frame.keyframe,
                "turns": frame.turns,
                "data": hex(frame.data),
            })
        })
        .collect();
    let poses: Vec<_> = poses
        .iter()
        .map(|pose| json!({ "at_ms": pose.at_ms, "packet": hex(pose.packet) }))
        .collect();
    json!({ "hex": hex(&part.finish()), "track": track, "frames": frames, "poses": poses })
}
