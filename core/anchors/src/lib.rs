//! Between the protocol's words and the anchor engine's, for whoever runs the engine in a session:
//! a device, or the server on behalf of a customer's browser.
//!
//! This crate knows nothing about sockets, clocks, files, threads and pictures: values come in,
//! values go out.
#![forbid(unsafe_code)]

use sightline_protocol::{
    AnchorReason, AnchorState, AnchorStatus, Annotation, FrameTime, Point, SurfaceId,
    limits::{COORD_MAX, POSES_PER_PACKET},
    realtime::{Bend, MAX_AGE_MS, Pose, PosePacket, RealtimePacket},
};
use sightline_vision::{AnchorPose, AttachRefused, AttachRequest, Reason, Status, StatusChange};
use std::time::Duration;

/// What the engine is asked for a drawing that is fixed to the world.
pub fn request(annotation: &Annotation) -> AttachRequest {
    AttachRequest {
        anchor: annotation.anchor,
        frame_time: annotation.frame_time,
        outline: annotation.shape.outline(),
    }
}

/// Bytes of poses that fit one datagram with what every network puts around them.
const DATAGRAM: usize = 1100;

/// A pose as it travels; none when it has no finite form.
pub fn pose(pose: &AnchorPose) -> Option<Pose> {
    let [a, b, c, d, e, f, g, h, scale] = pose.homography;
    let homography = [a, b, c, d, e, f, g, h].map(|value| value / scale);
    let finite = homography.iter().all(|value| value.is_finite());
    finite.then(|| Pose {
        anchor: pose.anchor,
        status: status(pose.status),
        confidence: (pose.confidence.clamp(0.0, 1.0) * 255.0).round() as u8,
        homography,
        bend: pose.bend.map(|bend| Bend {
            over: bend.over,
            by: bend.by,
        }),
    })
}

/// The packets that carry the poses of one frame, which the tracker has had for `age`.
pub fn packets(
    surface: u16,
    frame_time: FrameTime,
    age: Duration,
    poses: &[Pose],
) -> impl Iterator<Item = Vec<u8>> {
    let age_ms = u16::try_from(age.as_millis()).unwrap_or(MAX_AGE_MS);
    let mut rest = poses;
    let chunks = std::iter::from_fn(move || {
        let mut size = 0;
        let fits = rest.iter().take(POSES_PER_PACKET).take_while(|pose| {
            size += pose.size();
            size <= DATAGRAM
        });
        let (chunk, after) = rest.split_at(fits.count());
        rest = after;
        (!chunk.is_empty()).then_some(chunk)
    });
    chunks.filter_map(move |poses| {
        let packet = PosePacket {
            surface,
            frame_time,
            age_ms,
            poses: poses.to_vec(),
        };
        // The count fits, and `pose` lets only finite numbers through.
        RealtimePacket::Poses(packet).encode().ok()
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
        last_seen: change.last_seen.and_then(place),
        at_ms: 0,
    }
}

/// What becomes of a drawing that the engine refused: without texture it stays, fixed to the
/// screen; for any other reason it is lost from the start.
pub fn refusal(annotation: &Annotation, refused: &AttachRefused) -> AnchorState {
    let (status, reason) = match refused {
        AttachRefused::TooFewTexture { .. } => (AnchorStatus::Fixed, AnchorReason::TooFewTexture),
        AttachRefused::FrameExpired { .. } => (AnchorStatus::Lost, AnchorReason::FrameExpired),
        AttachRefused::BadOutline { .. } => (AnchorStatus::Lost, AnchorReason::OutOfView),
        AttachRefused::TooManyAnchors { .. }
        | AttachRefused::NoFrame
        | AttachRefused::Picture(_) => (AnchorStatus::Lost, AnchorReason::NoTracker),
    };
    AnchorState {
        anchor: annotation.anchor,
        surface: annotation.surface.clone(),
        frame_time: annotation.frame_time.unwrap_or(0),
        status,
        reason,
        last_seen: annotation.shape.center(),
        at_ms: 0,
    }
}

fn status(status: Status) -> AnchorStatus {
    match status {
        Status::Tracking => AnchorStatus::Tracking,
        Status::Uncertain => AnchorStatus::Uncertain,
        Status::Lost => AnchorStatus::Lost,
    }
}

/// A place as the protocol allows it: finite, and no further away than an arrow needs.
fn place(point: Point) -> Option<Point> {
    let finite = point.iter().all(|value| value.is_finite());
    finite.then(|| point.map(|value| value.clamp(-COORD_MAX, COORD_MAX)))
}

#[cfg(test)]
mod tests;
