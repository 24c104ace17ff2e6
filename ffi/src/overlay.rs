//! What to draw on a frame.

use sightline_client::{
    overlay::{
        Mapping,
        placing::{PoseAnswer, PoseStore},
    },
    tracker::Shown,
};
use sightline_protocol::{AnchorNo, AnchorStatus, Annotation, FrameTime, Point, Shape};
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
    outline: Vec<Point>,
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
            let Some((kind, outline)) = drawn(&shown.annotation.shape) else {
                continue;
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
            let what = (drawing.kind, &drawing.outline[..]);
            let color = drawing.color;
            Some(placed(
                &drawing.annotation,
                color,
                what,
                status,
                &frame_from_drawn,
            ))
        };
        Overlay {
            items: state.drawings.iter().filter_map(place).collect(),
        }
    }
}

/// What is drawn of an annotation whose place is known; none of a kind that is not known.
pub fn item(shown: &Shown) -> Option<OverlayItem> {
    let (kind, outline) = drawn(&shown.annotation.shape)?;
    let what = (kind, &outline[..]);
    let mapping = &shown.frame_from_drawn;
    Some(placed(
        &shown.annotation,
        shown.color,
        what,
        shown.status,
        mapping,
    ))
}

fn placed(
    annotation: &Annotation,
    color: u8,
    (kind, outline): (OverlayKind, &[Point]),
    status: AnchorStatus,
    frame_from_drawn: &Mapping,
) -> OverlayItem {
    let points = outline.iter();
    let points = points.filter_map(|point| frame_from_drawn.apply(*point));
    OverlayItem {
        anchor: annotation.anchor,
        kind,
        color,
        status: status.into(),
        width: annotation.width,
        points: points.flatten().collect(),
        text: match &annotation.shape {
            Shape::Text { text, .. } => Some(text.clone()),
            _ => None,
        },
    }
}

/// What a shape is and the points along it.
fn drawn(shape: &Shape) -> Option<(OverlayKind, Vec<Point>)> {
    let kind = match shape {
        Shape::Arrow { .. } => OverlayKind::Arrow,
        Shape::Circle { .. } => OverlayKind::Circle,
        Shape::Freehand { .. } => OverlayKind::Freehand,
        Shape::Highlight { .. } => OverlayKind::Highlight,
        Shape::Text { at, .. } => return Some((OverlayKind::Text, vec![*at])),
        Shape::Unknown => return None,
    };
    Some((kind, shape.outline()))
}
