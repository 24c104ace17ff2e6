//! What to draw on a frame.

use sightline_client::{
    overlay::{
        Mapping,
        placing::{PoseAnswer, PoseStore},
    },
    tracker::Shown,
};
use sightline_protocol::{AnchorNo, AnchorStatus, Annotation, FrameTime, Shape};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// Whether a drawing's place is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OverlayStatus {
    /// Verified.
    Tracking,
    /// Plausible; draw it faded.
    Uncertain,
    /// Not known; never in an overlay.
    Lost,
    /// Fixed to the screen, because there is nothing to hold on to.
    Fixed,
}

impl From<AnchorStatus> for OverlayStatus {
    fn from(status: AnchorStatus) -> Self {
        match status {
            AnchorStatus::Tracking => Self::Tracking,
            AnchorStatus::Uncertain => Self::Uncertain,
            AnchorStatus::Fixed => Self::Fixed,
            AnchorStatus::Lost => Self::Lost,
        }
    }
}

/// How a drawing is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum OverlayKind {
    /// Two points: tail and head.
    Arrow,
    /// A closed line.
    Circle,
    /// An open line.
    Freehand,
    /// A wide translucent line.
    Highlight,
    /// A text whose baseline starts at the one point.
    Text,
}

/// One drawing in one frame.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct OverlayItem {
    /// Number of its anchor.
    pub anchor: u32,
    /// What it is.
    pub kind: OverlayKind,
    /// Index of the author's colour, 0 to 7.
    pub color: u8,
    /// Tracking, uncertain or fixed.
    pub status: OverlayStatus,
    /// Width of the stroke as a share of the frame's width.
    pub width: f32,
    /// `x0 y0 x1 y1 …` in shares of the upright frame's width and height.
    pub points: Vec<f32>,
    /// The words of a text.
    pub text: Option<String>,
}

/// Everything to draw on one frame, oldest first.
#[derive(Debug, Clone, PartialEq, Default, uniffi::Record)]
pub struct Overlay {
    /// The drawings.
    pub items: Vec<OverlayItem>,
}

struct Drawing {
    annotation: Arc<Annotation>,
    color: u8,
    kind: OverlayKind,
    outline: Vec<[f32; 2]>,
}

#[derive(Default)]
struct State {
    poses: PoseStore,
    drawings: BTreeMap<AnchorNo, Drawing>,
}

/// The newest poses of what is visible; written by the tracker, read by the screen.
#[derive(Default)]
pub struct OverlayStore {
    state: Mutex<State>,
}

impl OverlayStore {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Each change is one insertion; after a panic the store is merely not complete.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets everything.
    pub fn clear(&self) {
        *self.lock() = State::default();
    }

    /// Takes what the tracker shows on a frame. What it does not name is hidden there.
    pub fn show(&self, frame_time: FrameTime, shown: Vec<Shown>) {
        let mut state = self.lock();
        let named: Vec<AnchorNo> = shown.iter().map(|s| s.annotation.anchor).collect();
        let hidden: Vec<AnchorNo> = state
            .drawings
            .keys()
            .copied()
            .filter(|anchor| !named.contains(anchor))
            .collect();
        for anchor in hidden {
            let lost = AnchorStatus::Lost;
            state
                .poses
                .take(anchor, frame_time, lost, Mapping::IDENTITY);
        }
        for shown in shown {
            let anchor = shown.annotation.anchor;
            let pose = shown.frame_from_drawn;
            state.poses.take(anchor, frame_time, shown.status, pose);
            if state.drawings.contains_key(&anchor) {
                continue;
            }
            let Some(kind) = kind(&shown.annotation.shape) else {
                continue;
            };
            let outline = match &shown.annotation.shape {
                Shape::Text { at, .. } => vec![*at],
                shape => shape.outline(),
            };
            let drawing = Drawing {
                annotation: shown.annotation,
                color: shown.color,
                kind,
                outline,
            };
            state.drawings.insert(anchor, drawing);
        }
    }

    /// What to draw on this frame.
    pub fn at(&self, frame_time: FrameTime) -> Overlay {
        let state = self.lock();
        let place = |(anchor, drawing): (&AnchorNo, &Drawing)| {
            let PoseAnswer::Placed {
                status,
                frame_from_drawn,
            } = state.poses.at(*anchor, frame_time)
            else {
                return None;
            };
            let points = drawing.outline.iter();
            let points = points.filter_map(|point| frame_from_drawn.apply(*point));
            Some(OverlayItem {
                anchor: *anchor,
                kind: drawing.kind,
                color: drawing.color,
                status: status.into(),
                width: drawing.annotation.width,
                points: points.flatten().collect(),
                text: match &drawing.annotation.shape {
                    Shape::Text { text, .. } => Some(text.clone()),
                    _ => None,
                },
            })
        };
        Overlay {
            items: state.drawings.iter().filter_map(place).collect(),
        }
    }
}

fn kind(shape: &Shape) -> Option<OverlayKind> {
    Some(match shape {
        Shape::Arrow { .. } => OverlayKind::Arrow,
        Shape::Circle { .. } => OverlayKind::Circle,
        Shape::Freehand { .. } => OverlayKind::Freehand,
        Shape::Highlight { .. } => OverlayKind::Highlight,
        Shape::Text { .. } => OverlayKind::Text,
        Shape::Unknown => return None,
    })
}
