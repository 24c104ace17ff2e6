//! Where drawings are in a frame, from the poses of frames around it: the same rules as on the web,
//! with the same golden vectors (`tests/vectors/board/placing.json`).

use super::Mapping;
use sightline_protocol::{AnchorNo, AnchorStatus, FrameTime};
use std::collections::{HashMap, VecDeque};

/// Longest time without a pose during which a drawing may still be shown, in ticks of 1/90000 s.
pub const MAX_EXTRAPOLATION_TICKS: i32 = 13_500;
/// Velocity is measured over about this much, to keep the noise of single poses out of it.
const VELOCITY_TICKS: i32 = 9_000;
/// Poses of one anchor: three seconds of 30 frames.
const POSES_KEPT: usize = 90;
/// Anchors of one surface.
const ANCHORS_KEPT: usize = 2_000;

/// Where an anchor is in a frame.
#[derive(Debug, Clone, Copy, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "an answer lives on the stack until it is drawn"
)]
pub enum PoseAnswer {
    /// Nothing was ever heard of it, or the frame is older than everything that was.
    None,
    /// Known not to be known: must not be drawn.
    Lost,
    /// Here.
    Placed {
        /// Never [`AnchorStatus::Lost`].
        status: AnchorStatus,
        /// From the drawn-on frame to the one that was asked for, in shares.
        frame_from_drawn: Mapping,
    },
}

#[derive(Debug, Clone, Copy)]
struct Known {
    frame_time: FrameTime,
    status: AnchorStatus,
    frame_from_drawn: Mapping,
}

/// Poses of one surface by anchor and frame time. Frame times wrap; memory is bounded.
#[derive(Debug, Default, Clone)]
pub struct PoseStore {
    by_anchor: HashMap<AnchorNo, VecDeque<Known>>,
}

/// `a - b` of two wrapping frame times.
pub fn frame_time_distance(a: FrameTime, b: FrameTime) -> i32 {
    a.wrapping_sub(b) as i32
}

impl PoseStore {
    /// Forgets everything.
    pub fn clear(&mut self) {
        self.by_anchor.clear();
    }

    /// Anchors of which something is known.
    pub fn anchors(&self) -> impl Iterator<Item = AnchorNo> + '_ {
        self.by_anchor.keys().copied()
    }

    /// Takes an anchor's pose in a frame, in any order; a second one of the same frame is ignored.
    pub fn take(
        &mut self,
        anchor: AnchorNo,
        frame_time: FrameTime,
        status: AnchorStatus,
        frame_from_drawn: Mapping,
    ) {
        if !self.by_anchor.contains_key(&anchor) && self.by_anchor.len() >= ANCHORS_KEPT {
            return;
        }
        let known = self.by_anchor.entry(anchor).or_default();
        let mut at = known.len();
        while let Some(before) = at.checked_sub(1).map(|index| known[index]) {
            let distance = frame_time_distance(frame_time, before.frame_time);
            if distance > 0 {
                break;
            }
            if distance == 0 {
                return;
            }
            at -= 1;
        }
        let pose = Known {
            frame_time,
            status,
            frame_from_drawn,
        };
        known.insert(at, pose);
        if known.len() > POSES_KEPT {
            known.pop_front();
        }
    }

    /// Frame time of the newest pose of this frame or an earlier one.
    pub fn newest_until(&self, anchor: AnchorNo, frame_time: FrameTime) -> Option<FrameTime> {
        let known = self.by_anchor.get(&anchor)?;
        let after = known.partition_point(|p| frame_time_distance(p.frame_time, frame_time) <= 0);
        after.checked_sub(1).map(|index| known[index].frame_time)
    }

    /// Where the anchor is in this frame: exactly when its pose is known; between two poses in
    /// between; after the newest by extrapolation for at most [`MAX_EXTRAPOLATION_TICKS`].
    pub fn at(&self, anchor: AnchorNo, frame_time: FrameTime) -> PoseAnswer {
        let Some(known) = self.by_anchor.get(&anchor) else {
            return PoseAnswer::None;
        };
        let after = known.partition_point(|p| frame_time_distance(p.frame_time, frame_time) <= 0);
        let Some(index) = after.checked_sub(1) else {
            return PoseAnswer::None;
        };
        let before = known[index];
        let since = frame_time_distance(frame_time, before.frame_time);
        if since == 0 || before.status == AnchorStatus::Lost {
            return placed(before);
        }
        if since > MAX_EXTRAPOLATION_TICKS {
            return PoseAnswer::Lost;
        }
        if let Some(next) = known.get(after) {
            let gap = frame_time_distance(next.frame_time, before.frame_time);
            if next.status == AnchorStatus::Lost || gap > MAX_EXTRAPOLATION_TICKS {
                return PoseAnswer::Lost;
            }
            return moved(before, *next, since as f32 / gap as f32);
        }
        match earlier(known, index) {
            None => placed(before),
            Some(earlier) => {
                let span = frame_time_distance(before.frame_time, earlier.frame_time);
                moved(earlier, before, 1.0 + since as f32 / span as f32)
            }
        }
    }
}

/// The pose that velocity is measured from: the oldest of an unbroken run that is recent enough.
fn earlier(known: &VecDeque<Known>, index: usize) -> Option<Known> {
    let last = known[index];
    let mut found = None;
    for pose in known.iter().take(index).rev() {
        let age = frame_time_distance(last.frame_time, pose.frame_time);
        if pose.status == AnchorStatus::Lost || age > MAX_EXTRAPOLATION_TICKS {
            break;
        }
        found = Some(*pose);
        if age >= VELOCITY_TICKS {
            break;
        }
    }
    found
}

fn placed(pose: Known) -> PoseAnswer {
    match pose.status {
        AnchorStatus::Lost => PoseAnswer::Lost,
        status => PoseAnswer::Placed {
            status,
            frame_from_drawn: pose.frame_from_drawn,
        },
    }
}

/// `from + (to - from) * share`, element by element; good for the small motions of 150 ms.
fn moved(from: Known, to: Known, share: f32) -> PoseAnswer {
    let uncertain = [from, to]
        .iter()
        .any(|p| p.status == AnchorStatus::Uncertain);
    PoseAnswer::Placed {
        status: match uncertain {
            true => AnchorStatus::Uncertain,
            false => to.status,
        },
        frame_from_drawn: Mapping::between(&from.frame_from_drawn, &to.frame_from_drawn, share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use sightline_protocol::realtime::{BEND_NODES, Bend};

    #[test]
    fn the_golden_vectors_hold() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tests/vectors/board/placing.json"
        );
        let vectors: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let tolerance = vectors["tolerance"].as_f64().unwrap() as f32;
        let cases = vectors["cases"].as_array().unwrap();
        assert!(cases.len() >= 16);
        for case in cases {
            let name = case["name"].as_str().unwrap();
            let mut store = PoseStore::default();
            for pose in case["poses"].as_array().unwrap() {
                let status = serde_json::from_value(pose[1].clone()).unwrap();
                let numbers: [f32; 8] = serde_json::from_value(pose[2].clone()).unwrap();
                let time = pose[0].as_u64().unwrap() as u32;
                let mut mapping = Mapping::flat(numbers);
                mapping.bend = pose.get(3).map(|bend| Bend {
                    over: serde_json::from_value(bend["over"].clone()).unwrap(),
                    by: [serde_json::from_value(bend["by"].clone()).unwrap(); BEND_NODES],
                });
                store.take(1, time, status, mapping);
            }
            let answer = store.at(1, case["frame_time"].as_u64().unwrap() as u32);
            let said = match answer {
                PoseAnswer::None => "none".to_owned(),
                PoseAnswer::Lost => "lost".to_owned(),
                PoseAnswer::Placed { status, .. } => serde_json::to_value(status)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned(),
            };
            assert_eq!(said, case["status"].as_str().unwrap(), "{name}");
            if let PoseAnswer::Placed {
                frame_from_drawn, ..
            } = answer
            {
                let at: [f32; 2] = serde_json::from_value(case["at"].clone()).unwrap();
                let found = frame_from_drawn.apply([0.5, 0.5]).unwrap();
                let off = (found[0] - at[0]).hypot(found[1] - at[1]);
                assert!(off <= tolerance, "{name}: {found:?}");
            }
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut store = PoseStore::default();
        for n in 0..10_000 {
            store.take(1, n * 3000, AnchorStatus::Tracking, Mapping::IDENTITY);
            store.take(n, 0, AnchorStatus::Tracking, Mapping::IDENTITY);
        }
        assert_eq!(store.by_anchor[&1].len(), POSES_KEPT);
        assert_eq!(store.by_anchor.len(), ANCHORS_KEPT);
        assert_eq!(store.at(1, 0), PoseAnswer::None, "too old to be known");
    }
}
