//! Drawings and the steps of their log.

use crate::{AnchorNo, AnnotationId, FrameTime, ParticipantId, SurfaceId, limits};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A point of a frame: `[x, y]` in shares of frame width and height, origin at the top left corner
/// of the upright picture.
pub type Point = [f32; 2];

/// What is drawn. All coordinates are those of the frame it was drawn on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Shape {
    /// A straight arrow whose head is at `to`.
    Arrow {
        /// Tail.
        from: Point,
        /// Head.
        to: Point,
    },
    /// An axis-parallel ellipse.
    Circle {
        /// Middle.
        center: Point,
        /// Half-axes in shares of frame width and height, each above 0.
        radius: Point,
    },
    /// A line drawn by hand.
    Freehand {
        /// 1 to [`limits::STROKE_POINTS`] points.
        #[schemars(length(min = 1, max = limits::STROKE_POINTS))]
        points: Vec<Point>,
    },
    /// A wide translucent line drawn by hand.
    Highlight {
        /// 1 to [`limits::STROKE_POINTS`] points.
        #[schemars(length(min = 1, max = limits::STROKE_POINTS))]
        points: Vec<Point>,
    },
    /// A short text.
    Text {
        /// Left end of the baseline.
        at: Point,
        /// 1 to [`limits::LABEL_CHARS`] characters.
        #[schemars(length(min = 1, max = limits::LABEL_CHARS))]
        text: String,
    },
    /// A shape of a newer protocol; listed but not drawn.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// What an annotation is fixed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attach {
    /// A patch of the world under the drawing, tracked from frame to frame.
    World,
    /// A place in the frame, wherever the camera looks.
    Frame,
}

/// The element of a shared page that a drawing is fixed to: it scrolls, resizes and is drawn again
/// with it. The drawing's coordinates are then shares of the element's box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub struct PageNode {
    /// Number of the tab.
    pub tab: u16,
    /// Which document of that tab; another page, or the same one loaded again, is another.
    pub page: u32,
    /// Number of the element in that document.
    pub node: u32,
}

/// One drawing by one author on one surface.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Annotation {
    /// Which.
    pub id: AnnotationId,
    /// Anchor whose poses move it; equals the sequence number of the event that added it.
    pub anchor: AnchorNo,
    /// Who drew it.
    pub author: ParticipantId,
    /// Where.
    pub surface: SurfaceId,
    /// The frame that the author saw while drawing; none when the author's browser could not tell.
    pub frame_time: Option<FrameTime>,
    /// What it is fixed to.
    pub attach: Attach,
    /// The element of a shared page that it is fixed to; none on other surfaces.
    pub node: Option<PageNode>,
    /// What is drawn.
    pub shape: Shape,
    /// Stroke width as a share of the frame width, 0.001 to 0.05.
    #[schemars(range(min = 0.001, max = 0.05))]
    pub width: f32,
}

/// One step of the annotation log. Applying the steps in the order of `seq` gives the same drawing
/// on every screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AnnotationEvent {
    /// Position in the log, from 1 without gaps.
    pub seq: u32,
    /// Milliseconds since the session began.
    pub at_ms: u32,
    /// Who caused it.
    pub by: ParticipantId,
    /// The request's `client_id`, so that its sender recognises it.
    #[schemars(length(max = limits::CLIENT_ID_CHARS))]
    pub client_id: String,
    /// What changed.
    pub op: AnnotationOp,
}

/// What a step of the annotation log changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AnnotationOp {
    /// A new drawing appears on top.
    Added {
        /// The drawing.
        annotation: Annotation,
    },
    /// Drawings disappear (undo, delete, clear).
    Hidden {
        /// Which.
        #[schemars(length(max = 2000))]
        ids: Vec<AnnotationId>,
    },
    /// Hidden drawings come back (redo, or undo of a clear).
    Shown {
        /// Which.
        #[schemars(length(max = 2000))]
        ids: Vec<AnnotationId>,
    },
    /// A step of a newer protocol; changes nothing, keeps its place in the order.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}
