//! Which drawing has an anchor, and what became of it.

use super::{AnchorChange, Tracked, TrackerInput, view::Shown};
use crate::overlay::{Mapping, outline, outline_center};
use sightline_protocol::{
    AnchorNo, AnchorReason, AnchorStatus, Annotation, Attach, realtime::Pose,
};
use sightline_vision::{
    AnchorPose, AttachRefused, AttachRequest, Engine, FrameResult, Reason, Status, StatusChange,
};
use std::{collections::BTreeMap, sync::Arc};

struct Drawing {
    annotation: Arc<Annotation>,
    color: u8,
    visible: bool,
    /// True while the engine has an anchor for it.
    attached: bool,
}

/// The drawings of one surface.
pub struct Drawings {
    by_anchor: BTreeMap<AnchorNo, Drawing>,
    refused: Vec<AnchorChange>,
    ignore_frame_times: bool,
}

impl Drawings {
    pub fn new(ignore_frame_times: bool) -> Self {
        Self {
            by_anchor: BTreeMap::new(),
            refused: Vec::new(),
            ignore_frame_times,
        }
    }

    /// Carries out one input on the engine.
    pub fn take(&mut self, input: TrackerInput, engine: &mut Engine) {
        match input {
            TrackerInput::Added(annotation, color) => {
                let anchor = annotation.anchor;
                // After a lost connection the same drawings are told again; their anchors live on.
                if let Some(known) = self.by_anchor.get_mut(&anchor)
                    && known.attached
                {
                    known.visible = true;
                    return;
                }
                let annotation = Arc::new(annotation);
                let drawing = Drawing {
                    annotation,
                    color,
                    visible: true,
                    attached: false,
                };
                self.by_anchor.insert(anchor, drawing);
                self.attach(anchor, engine);
            }
            TrackerInput::Hidden(anchor) => {
                if let Some(drawing) = self.by_anchor.get_mut(&anchor) {
                    drawing.visible = false;
                }
            }
            TrackerInput::Shown(anchor) => {
                let Some(drawing) = self.by_anchor.get_mut(&anchor) else {
                    return;
                };
                drawing.visible = true;
                if !drawing.attached {
                    self.attach(anchor, engine);
                }
            }
            TrackerInput::Hold(frame_time) => {
                if !engine.hold_frame(frame_time) {
                    tracing::debug!(frame_time, "the frame to hold is gone");
                }
            }
            TrackerInput::Release(frame_time) => engine.release_frame(frame_time),
        }
    }

    fn attach(&mut self, anchor: AnchorNo, engine: &mut Engine) {
        let Some(drawing) = self.by_anchor.get(&anchor) else {
            return;
        };
        if drawing.annotation.attach != Attach::World {
            return;
        }
        let frame_time = drawing
            .annotation
            .frame_time
            .filter(|_| !self.ignore_frame_times);
        let outline = outline(&drawing.annotation.shape);
        let request = AttachRequest {
            anchor,
            frame_time,
            outline,
        };
        let mut result = engine.attach(request.clone());
        if matches!(result, Err(AttachRefused::TooManyAnchors { .. })) && self.make_room(engine) {
            result = engine.attach(request);
        }
        match result {
            Ok(_) => {
                if let Some(drawing) = self.by_anchor.get_mut(&anchor) {
                    drawing.attached = true;
                }
            }
            Err(refused) => self.refuse(anchor, &refused),
        }
    }

    /// Gives up the oldest hidden anchor.
    fn make_room(&mut self, engine: &mut Engine) -> bool {
        let hidden = self
            .by_anchor
            .iter_mut()
            .find(|(_, d)| d.attached && !d.visible);
        let Some((anchor, drawing)) = hidden else {
            return false;
        };
        drawing.attached = false;
        engine.detach(*anchor);
        true
    }

    fn refuse(&mut self, anchor: AnchorNo, refused: &AttachRefused) {
        tracing::info!(anchor, %refused, "a drawing cannot be attached");
        let Some(drawing) = self.by_anchor.get(&anchor) else {
            return;
        };
        let reason = match refused {
            AttachRefused::TooFewTexture { .. } => AnchorReason::TooFewTexture,
            AttachRefused::FrameExpired { .. } => AnchorReason::FrameExpired,
            AttachRefused::BadOutline { .. } => AnchorReason::OutOfView,
            AttachRefused::TooManyAnchors { .. }
            | AttachRefused::NoFrame
            | AttachRefused::Picture(_) => AnchorReason::NoTracker,
        };
        self.refused.push(AnchorChange {
            anchor,
            frame_time: drawing.annotation.frame_time.unwrap_or(0),
            status: AnchorStatus::Lost,
            reason,
            last_seen: outline_center(&drawing.annotation.shape),
        });
    }

    /// What a frame's result means for the others, and what the device's own view shows on it.
    pub fn follow(&mut self, result: &FrameResult) -> (Tracked, Vec<Shown>) {
        let mut tracked = Tracked {
            frame_time: result.time,
            ..Tracked::default()
        };
        tracked.changes.append(&mut self.refused);
        tracked.changes.extend(result.changes.iter().map(change));
        let mut shown = Vec::new();
        for drawing in self.by_anchor.values().filter(|drawing| drawing.visible) {
            let anchor = drawing.annotation.anchor;
            let (status, frame_from_drawn) = match drawing.annotation.attach {
                Attach::Frame => (AnchorStatus::Tracking, Mapping::IDENTITY),
                Attach::World => {
                    let pose = result.poses.iter().find(|pose| pose.anchor == anchor);
                    let Some(pose) = pose.and_then(wire) else {
                        continue;
                    };
                    tracked.poses.push(pose);
                    (pose.status, Mapping(pose.homography))
                }
            };
            if status == AnchorStatus::Lost {
                continue;
            }
            let center = outline_center(&drawing.annotation.shape);
            if let Some(center) = center.and_then(|center| frame_from_drawn.apply(center)) {
                tracked.centers.push((anchor, center));
            }
            let annotation = drawing.annotation.clone();
            shown.push(Shown {
                annotation,
                color: drawing.color,
                status,
                frame_from_drawn,
            });
        }
        (tracked, shown)
    }
}

fn wire(pose: &AnchorPose) -> Option<Pose> {
    let [a, b, c, d, e, f, g, h, scale] = pose.homography;
    let homography = [a, b, c, d, e, f, g, h].map(|value| value / scale);
    homography
        .iter()
        .all(|value| value.is_finite())
        .then_some(Pose {
            anchor: pose.anchor,
            status: status(pose.status),
            confidence: (pose.confidence.clamp(0.0, 1.0) * 255.0).round() as u8,
            homography,
        })
}

fn change(change: &StatusChange) -> AnchorChange {
    AnchorChange {
        anchor: change.anchor,
        frame_time: change.time,
        status: status(change.status),
        reason: match change.reason {
            Reason::Attached => AnchorReason::Attached,
            Reason::FoundAgain => AnchorReason::FoundAgain,
            Reason::Occluded => AnchorReason::Occluded,
            Reason::OutOfView => AnchorReason::OutOfView,
            Reason::Blur => AnchorReason::Blur,
            Reason::TooFewTexture => AnchorReason::TooFewTexture,
            Reason::Moved => AnchorReason::Moved,
        },
        last_seen: change
            .last_seen
            .filter(|point| point.iter().all(|v| v.is_finite())),
    }
}

fn status(status: Status) -> AnchorStatus {
    match status {
        Status::Tracking => AnchorStatus::Tracking,
        Status::Uncertain => AnchorStatus::Uncertain,
        Status::Lost => AnchorStatus::Lost,
    }
}

#[cfg(test)]
mod tests;
