//! Which drawing has an anchor, and what became of it.

use super::{Shown, Tracked, TrackerInput};
use crate::overlay::Mapping;
use sightline_protocol::{AnchorNo, AnchorState, AnchorStatus, Annotation, Attach};
use sightline_vision::{AttachRefused, Engine, FrameResult};
use std::{collections::BTreeMap, sync::Arc};

struct Drawing {
    annotation: Arc<Annotation>,
    color: u8,
    visible: bool,
    hold: Hold,
}

/// What a drawing holds on to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// Nothing: the engine has no anchor for it.
    None,
    /// An anchor of the engine.
    World,
    /// The screen, as its author wanted or because there is too little texture.
    Screen,
}

/// The drawings of one surface.
pub struct Drawings {
    by_anchor: BTreeMap<AnchorNo, Drawing>,
    refused: Vec<AnchorState>,
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
                    && known.hold != Hold::None
                {
                    known.visible = true;
                    return;
                }
                let hold = match annotation.attach {
                    Attach::World => Hold::None,
                    Attach::Frame => Hold::Screen,
                };
                let drawing = Drawing {
                    annotation: Arc::new(annotation),
                    color,
                    visible: true,
                    hold,
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
                self.attach(anchor, engine);
            }
            TrackerInput::Hold(frame_time) => {
                if !engine.hold_frame(frame_time) {
                    tracing::debug!(frame_time, "the frame to hold is gone");
                }
            }
            TrackerInput::Release(frame_time) => engine.release_frame(frame_time),
        }
    }

    /// Asks the engine for an anchor, if the drawing needs one.
    fn attach(&mut self, anchor: AnchorNo, engine: &mut Engine) {
        let Some(drawing) = self.by_anchor.get(&anchor) else {
            return;
        };
        if drawing.hold != Hold::None {
            return;
        }
        let annotation = drawing.annotation.clone();
        let mut request = sightline_anchors::request(&annotation);
        request.frame_time = request.frame_time.filter(|_| !self.ignore_frame_times);
        let mut result = engine.attach(request.clone());
        if matches!(result, Err(AttachRefused::TooManyAnchors { .. })) && self.make_room(engine) {
            result = engine.attach(request);
        }
        let hold = match result {
            Ok(_) => Hold::World,
            Err(refused) => {
                tracing::info!(anchor, %refused, "a drawing cannot be attached");
                let state = sightline_anchors::refusal(&annotation, &refused);
                let stays = state.status == AnchorStatus::Fixed;
                self.refused.push(state);
                if stays { Hold::Screen } else { Hold::None }
            }
        };
        if let Some(drawing) = self.by_anchor.get_mut(&anchor) {
            drawing.hold = hold;
        }
    }

    /// Gives up the oldest hidden anchor.
    fn make_room(&mut self, engine: &mut Engine) -> bool {
        let hidden = self
            .by_anchor
            .iter_mut()
            .find(|(_, d)| d.hold == Hold::World && !d.visible);
        let Some((anchor, drawing)) = hidden else {
            return false;
        };
        drawing.hold = Hold::None;
        engine.detach(*anchor);
        true
    }

    /// What a frame's result means for the others, and what the device's own view shows on it.
    pub fn follow(&mut self, result: &FrameResult) -> (Tracked, Vec<Shown>) {
        let mut tracked = Tracked {
            frame_time: result.time,
            ..Tracked::default()
        };
        tracked.changes.append(&mut self.refused);
        tracked
            .changes
            .extend(result.changes.iter().filter_map(|change| {
                let drawing = self.by_anchor.get(&change.anchor)?;
                let surface = &drawing.annotation.surface;
                Some(sightline_anchors::state(surface, change))
            }));
        let mut shown = Vec::new();
        for drawing in self.by_anchor.values().filter(|drawing| drawing.visible) {
            let anchor = drawing.annotation.anchor;
            let (status, frame_from_drawn) = match drawing.hold {
                Hold::Screen => (AnchorStatus::Fixed, Mapping::IDENTITY),
                Hold::None | Hold::World => {
                    let pose = result.poses.iter().find(|pose| pose.anchor == anchor);
                    let Some(pose) = pose.and_then(sightline_anchors::pose) else {
                        continue;
                    };
                    tracked.poses.push(pose);
                    (pose.status, Mapping::of(&pose))
                }
            };
            if status == AnchorStatus::Lost {
                continue;
            }
            let center = drawing.annotation.shape.center();
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

#[cfg(test)]
mod tests;
