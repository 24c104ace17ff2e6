//! Where the drawings of others and one's own are on a frame that came over the network: the same
//! rules as on the web (`packages/board/src/placement.ts`).

use crate::{
    overlay::{
        Mapping,
        placing::{PoseAnswer, PoseStore, frame_time_distance},
    },
    tracker::Shown,
};
use sightline_protocol::{
    AnchorNo, AnchorState, AnchorStatus, Annotation, Attach, FrameTime, Surface, SurfaceId,
    realtime::PosePacket,
};
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

/// How long a drawing without any pose yet stays where it was drawn, in ticks of 1/90000 s.
const PENDING_TICKS: u32 = 90_000;
/// Frames that are held at one time; one more lets the oldest go.
pub const FRAMES_HELD: usize = 4;
/// Own drawings that the server has not numbered yet.
const PENDING: usize = 16;
/// Statuses that are kept.
const STATES: usize = 2_000;

/// The drawings on one surface and what is known of their places.
#[derive(Debug, Default)]
pub struct Scene {
    surface: Option<(SurfaceId, u16)>,
    drawings: BTreeMap<AnchorNo, Drawing>,
    pending: VecDeque<(String, Drawing)>,
    states: HashMap<AnchorNo, AnchorState>,
    poses: PoseStore,
    held: VecDeque<(FrameTime, PoseStore)>,
}

#[derive(Debug, Clone)]
struct Drawing {
    annotation: Arc<Annotation>,
    color: u8,
}

impl Scene {
    /// Another surface, or none: starts empty.
    pub(crate) fn show(&mut self, surface: Option<&Surface>) {
        *self = Self {
            surface: surface.map(|surface| (surface.id.clone(), surface.number)),
            ..Self::default()
        };
    }

    /// A drawing appeared on some surface; `color` is its author's.
    pub(crate) fn add(&mut self, annotation: &Annotation, color: u8) {
        if self.is_here(&annotation.surface) {
            let drawing = Drawing {
                annotation: Arc::new(annotation.clone()),
                color,
            };
            self.drawings.insert(annotation.anchor, drawing);
        }
    }

    /// A drawing disappeared.
    pub(crate) fn remove(&mut self, anchor: AnchorNo) {
        self.drawings.remove(&anchor);
    }

    /// An own drawing is on its way to the server.
    pub(crate) fn send(&mut self, client_id: String, annotation: Annotation, color: u8) {
        if self.pending.len() == PENDING {
            self.pending.pop_front();
        }
        let annotation = Arc::new(annotation);
        self.pending
            .push_back((client_id, Drawing { annotation, color }));
    }

    /// The server has answered.
    pub(crate) fn settle(&mut self, client_id: &str) {
        self.pending.retain(|(pending, _)| pending != client_id);
    }

    /// Nobody knows what became of what was on its way.
    pub(crate) fn forget_pending(&mut self) {
        self.pending.clear();
    }

    /// What is reliably known of anchors.
    pub(crate) fn learn(&mut self, states: &[AnchorState]) {
        for state in states {
            let known = self.states.contains_key(&state.anchor);
            if self.is_here(&state.surface) && (known || self.states.len() < STATES) {
                self.states.insert(state.anchor, state.clone());
            }
        }
    }

    /// Poses of a frame of some surface.
    pub(crate) fn take_poses(&mut self, packet: &PosePacket) {
        let number = self.surface.as_ref().map(|(_, number)| *number);
        if number != Some(packet.surface) {
            return;
        }
        // A held frame needs what comes late, and nothing of the frames after it.
        let held = self.held.iter_mut().filter_map(|(held, poses)| {
            (frame_time_distance(packet.frame_time, *held) <= 0).then_some(poses)
        });
        for store in held.chain([&mut self.poses]) {
            for pose in &packet.poses {
                let mapping = Mapping::of(pose);
                store.take(pose.anchor, packet.frame_time, pose.status, mapping);
            }
        }
    }

    /// Keeps what is known of a frame, because somebody looks at it for longer, or lets it go.
    pub(crate) fn hold(&mut self, frame_time: FrameTime, hold: bool) {
        let is_held = self.held.iter().any(|(held, _)| *held == frame_time);
        if !hold {
            self.held.retain(|(held, _)| *held != frame_time);
        } else if !is_held {
            if self.held.len() == FRAMES_HELD {
                self.held.pop_front();
            }
            self.held.push_back((frame_time, self.poses.clone()));
        }
    }

    /// The frames that are held.
    pub(crate) fn held(&self) -> impl Iterator<Item = FrameTime> + '_ {
        self.held.iter().map(|(frame_time, _)| *frame_time)
    }

    fn is_here(&self, surface: &SurfaceId) -> bool {
        self.surface.as_ref().is_some_and(|(id, _)| id == surface)
    }

    /// Everything that is drawn on this frame, oldest first. Own drawings that the server has not
    /// numbered yet have the anchor 0.
    pub fn on(&self, frame_time: FrameTime) -> Vec<Shown> {
        let held = self.held.iter().find(|(held, _)| *held == frame_time);
        let poses = held.map_or(&self.poses, |(_, poses)| poses);
        let pending = self.pending.iter().map(|(_, drawing)| drawing);
        let drawn = self.drawings.values().filter_map(|drawing| {
            let (status, place) = self.place(&drawing.annotation, poses, frame_time)?;
            Some(drawing.shown(status, place))
        });
        let sent = pending.filter_map(|drawing| {
            let drawn_on = drawing.annotation.frame_time;
            let recent = is_recent(drawn_on, frame_time);
            recent.then(|| drawing.shown(AnchorStatus::Uncertain, Mapping::IDENTITY))
        });
        drawn.chain(sent).collect()
    }

    /// Whatever is not known to be right is hidden: a drawing in the wrong place is worse than none.
    fn place(
        &self,
        annotation: &Annotation,
        poses: &PoseStore,
        frame_time: FrameTime,
    ) -> Option<(AnchorStatus, Mapping)> {
        let anchor = annotation.anchor;
        let state = self.states.get(&anchor);
        let status = state.map(|state| state.status);
        if annotation.attach == Attach::Frame || status == Some(AnchorStatus::Fixed) {
            return Some((AnchorStatus::Fixed, Mapping::IDENTITY));
        }
        if annotation.frame_time == Some(frame_time) {
            return Some((AnchorStatus::Tracking, Mapping::IDENTITY));
        }
        match poses.at(anchor, frame_time) {
            PoseAnswer::None => {
                let fresh = status != Some(AnchorStatus::Lost);
                (fresh && is_recent(annotation.frame_time, frame_time))
                    .then_some((AnchorStatus::Uncertain, Mapping::IDENTITY))
            }
            PoseAnswer::Lost => None,
            PoseAnswer::Placed {
                status,
                frame_from_drawn,
            } => {
                // The reliable path may know of a loss whose pose packet was dropped on the other.
                let lost = state.filter(|state| state.status == AnchorStatus::Lost);
                let since = lost.zip(poses.newest_until(anchor, frame_time));
                let is_lost = since.is_some_and(|(state, pose_time)| {
                    frame_time_distance(state.frame_time, pose_time) >= 0
                        && frame_time_distance(frame_time, state.frame_time) >= 0
                });
                (!is_lost).then_some((status, frame_from_drawn))
            }
        }
    }
}

impl Drawing {
    fn shown(&self, status: AnchorStatus, frame_from_drawn: Mapping) -> Shown {
        Shown {
            annotation: self.annotation.clone(),
            color: self.color,
            status,
            frame_from_drawn,
        }
    }
}

fn is_recent(drawn_on: Option<FrameTime>, frame_time: FrameTime) -> bool {
    drawn_on.is_none_or(|it| frame_time_distance(frame_time, it).unsigned_abs() <= PENDING_TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::{
        AnchorReason, AnnotationId, ParticipantId, Shape, SurfaceKind, realtime::Pose,
    };

    /// The frame that everything is drawn on; frame times wrap soon after it.
    const DRAWN: FrameTime = u32::MAX - 10_000;

    fn surface(n: u8) -> Surface {
        Surface {
            id: SurfaceId::from_random([n; 16]),
            number: u16::from(n),
            kind: SurfaceKind::Camera,
            owner: ParticipantId::from_random([9; 16]),
            paused: false,
            tracker: None,
            hidden_parts: 0,
            kept: false,
        }
    }

    fn annotation(anchor: AnchorNo) -> Annotation {
        Annotation {
            id: AnnotationId::from_random([anchor as u8; 16]),
            anchor,
            author: ParticipantId::from_random([1; 16]),
            surface: surface(1).id,
            frame_time: Some(DRAWN),
            attach: Attach::World,
            node: None,
            shape: Shape::Text {
                at: [0.5, 0.5],
                text: "here".into(),
            },
            width: 0.01,
        }
    }

    fn at(frames: u32) -> FrameTime {
        DRAWN.wrapping_add(frames * 3_000)
    }

    /// The drawing moves to the right by a hundredth of the frame with each frame.
    fn poses(number: u16, frames: u32, status: AnchorStatus) -> PosePacket {
        PosePacket {
            surface: number,
            frame_time: at(frames),
            age_ms: 0,
            poses: vec![Pose {
                anchor: 1,
                status,
                confidence: 200,
                homography: [1.0, 0.0, frames as f32 / 100.0, 0.0, 1.0, 0.0, 0.0, 0.0],
                bend: None,
            }],
        }
    }

    fn state(frames: u32, status: AnchorStatus) -> AnchorState {
        AnchorState {
            anchor: 1,
            surface: surface(1).id,
            frame_time: at(frames),
            status,
            reason: AnchorReason::Occluded,
            last_seen: None,
            at_ms: 0,
        }
    }

    fn scene() -> Scene {
        let mut scene = Scene::default();
        scene.show(Some(&surface(1)));
        scene.add(&annotation(1), 3);
        scene
    }

    /// Where the one drawing is, in hundredths of the frame's width.
    fn found(scene: &Scene, frames: u32) -> Option<(AnchorStatus, i32)> {
        let shown = scene.on(at(frames));
        let shown = shown.first()?;
        let [x, _] = shown.frame_from_drawn.apply([0.0, 0.0])?;
        Some((shown.status, (x * 100.0).round() as i32))
    }

    use AnchorStatus::{Fixed, Lost, Tracking, Uncertain};

    #[test]
    fn a_drawing_is_where_the_pose_of_exactly_this_frame_says() {
        let mut scene = scene();
        assert_eq!(
            found(&scene, 0),
            Some((Tracking, 0)),
            "the frame it was drawn on"
        );
        assert_eq!(
            found(&scene, 30),
            Some((Uncertain, 0)),
            "no pose for a second"
        );
        assert_eq!(found(&scene, 31), None);
        for n in 1..=60 {
            scene.take_poses(&poses(1, n, Tracking));
            scene.take_poses(&poses(2, n, Lost));
        }
        for n in [1, 7, 60] {
            assert_eq!(found(&scene, n), Some((Tracking, n as i32)));
        }
        assert_eq!(
            found(&scene, 64),
            Some((Tracking, 64)),
            "it moves on as it did"
        );
        assert_eq!(found(&scene, 65), None, "150 ms without a pose");
    }

    #[test]
    fn a_loss_hides_at_once_whichever_way_it_is_told() {
        let mut scene = scene();
        scene.take_poses(&poses(1, 1, Tracking));
        scene.take_poses(&poses(1, 2, Lost));
        assert_eq!(
            (found(&scene, 1), found(&scene, 3)),
            (Some((Tracking, 1)), None)
        );
        scene.take_poses(&poses(1, 4, Tracking));
        assert_eq!(found(&scene, 5), Some((Tracking, 4)), "found again");
        scene.learn(&[state(5, Lost)]);
        assert_eq!(found(&scene, 4), Some((Tracking, 4)), "before the loss");
        assert_eq!(found(&scene, 6), None);
        scene.take_poses(&poses(1, 7, Tracking));
        assert_eq!(
            found(&scene, 7),
            Some((Tracking, 7)),
            "poses are newer than the word"
        );
        scene.learn(&[state(8, Fixed)]);
        assert_eq!(
            found(&scene, 500),
            Some((Fixed, 0)),
            "nothing to hold on to"
        );
    }

    #[test]
    fn an_own_drawing_is_there_at_once_and_only_once() {
        let mut scene = scene();
        scene.remove(1);
        scene.send("d1".into(), annotation(0), 3);
        assert_eq!(found(&scene, 1), Some((Uncertain, 0)));
        assert_eq!(found(&scene, 31), None, "nobody answers");
        scene.settle("d1");
        assert_eq!(found(&scene, 1), None);
        (0..100).for_each(|n| scene.send(n.to_string(), annotation(0), 3));
        assert_eq!(scene.on(DRAWN).len(), PENDING);
    }

    #[test]
    fn a_held_frame_keeps_its_drawings_while_the_picture_goes_on() {
        let mut scene = scene();
        (1..=40).for_each(|n| scene.take_poses(&poses(1, n, Tracking)));
        scene.hold(at(40), true);
        (41..=400).for_each(|n| scene.take_poses(&poses(1, n, Tracking)));
        assert_eq!(found(&scene, 400), Some((Tracking, 400)));
        assert_eq!(found(&scene, 39), None, "the control: long forgotten");
        assert_eq!(found(&scene, 40), Some((Tracking, 40)));
        scene.hold(at(40), false);
        assert_eq!(found(&scene, 40), None);
        (0..10).for_each(|n| scene.hold(n, true));
        assert_eq!(scene.held().collect::<Vec<_>>(), [6, 7, 8, 9]);
    }

    #[test]
    fn another_surface_starts_empty() {
        let mut scene = scene();
        scene.take_poses(&poses(1, 1, Tracking));
        scene.show(Some(&surface(2)));
        scene.add(&annotation(1), 0);
        scene.learn(&[state(1, Fixed)]);
        assert!(scene.on(at(1)).is_empty());
    }
}
