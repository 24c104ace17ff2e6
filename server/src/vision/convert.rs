//! Between the protocol's words and the engine's.

use sightline_protocol::{
    AnchorReason, AnchorState, AnchorStatus, Annotation, Point, Shape, SurfaceId, realtime::Pose,
};
use sightline_vision::{AnchorPose, AttachRefused, Reason, Status, StatusChange};

/// Corners of a circle's outline.
const CIRCLE_POINTS: u16 = 24;

/// Points along a shape in shares of the frame that it was drawn on; none for an unknown shape.
pub fn outline(shape: &Shape) -> Vec<Point> {
    match shape {
        Shape::Arrow { from, to } => vec![*from, *to],
        Shape::Circle { center, radius } => (0..CIRCLE_POINTS)
            .map(|step| {
                let angle = f32::from(step) * std::f32::consts::TAU / f32::from(CIRCLE_POINTS);
                [
                    center[0] + radius[0] * angle.cos(),
                    center[1] + radius[1] * angle.sin(),
                ]
            })
            .collect(),
        Shape::Freehand { points } | Shape::Highlight { points } => points.clone(),
        // A text holds on to what lies under its first letters.
        Shape::Text { at: [x, y], .. } => vec![[*x, *y], [x + 0.08, *y], [x + 0.04, y - 0.03]],
        Shape::Unknown => Vec::new(),
    }
}

/// Middle of the box around a shape.
fn center(shape: &Shape) -> Option<Point> {
    let points = outline(shape);
    let first = *points.first()?;
    let (low, high) = points.iter().fold((first, first), |(low, high), point| {
        let low = [low[0].min(point[0]), low[1].min(point[1])];
        (low, [high[0].max(point[0]), high[1].max(point[1])])
    });
    Some([(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0])
}

fn status(status: Status) -> AnchorStatus {
    match status {
        Status::Tracking => AnchorStatus::Tracking,
        Status::Uncertain => AnchorStatus::Uncertain,
        Status::Lost => AnchorStatus::Lost,
    }
}

/// A pose as it travels; none when it has no finite form.
pub fn pose(pose: &AnchorPose) -> Option<Pose> {
    let [a, b, c, d, e, f, g, h, scale] = pose.homography;
    let homography = [a, b, c, d, e, f, g, h].map(|value| value / scale);
    homography
        .iter()
        .all(|value| value.is_finite())
        .then(|| Pose {
            anchor: pose.anchor,
            status: status(pose.status),
            confidence: (pose.confidence.clamp(0.0, 1.0) * 255.0).round() as u8,
            homography,
        })
}

/// A change of status as it travels.
pub fn state(surface: &SurfaceId, change: &StatusChange) -> AnchorState {
    AnchorState {
        anchor: change.anchor,
        surface: surface.clone(),
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
            .filter(|at| at.iter().all(|value| value.is_finite())),
    }
}

/// The state of a drawing that cannot be held.
pub fn refused(annotation: &Annotation, refused: &AttachRefused) -> AnchorState {
    AnchorState {
        anchor: annotation.anchor,
        surface: annotation.surface.clone(),
        frame_time: annotation.frame_time.unwrap_or(0),
        status: AnchorStatus::Lost,
        reason: match refused {
            AttachRefused::TooFewTexture { .. } => AnchorReason::TooFewTexture,
            AttachRefused::FrameExpired { .. } => AnchorReason::FrameExpired,
            AttachRefused::BadOutline { .. } => AnchorReason::OutOfView,
            AttachRefused::TooManyAnchors { .. }
            | AttachRefused::NoFrame
            | AttachRefused::Picture(_) => AnchorReason::NoTracker,
        },
        last_seen: center(&annotation.shape),
    }
}
