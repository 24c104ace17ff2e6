//! What the messages are about.

use crate::*;

pub(super) fn participant(n: u8) -> ParticipantId {
    ParticipantId::from_random([n; 16])
}

pub(super) fn surface() -> SurfaceId {
    SurfaceId::from_random([3; 16])
}

pub(super) fn annotation() -> Annotation {
    Annotation {
        id: AnnotationId::from_random([4; 16]),
        anchor: 1,
        author: participant(1),
        surface: surface(),
        frame_time: Some(4_294_967_290),
        attach: Attach::World,
        node: None,
        shape: Shape::Circle {
            center: [0.5, 0.25],
            radius: [0.125, 0.0625],
        },
        width: 0.0078125,
    }
}

pub(super) fn event(seq: u32, op: AnnotationOp) -> AnnotationEvent {
    AnnotationEvent {
        seq,
        at_ms: 1_000 * seq,
        by: participant(1),
        client_id: format!("c{seq}"),
        op,
    }
}

pub(super) fn anchor_state() -> AnchorState {
    AnchorState {
        anchor: 1,
        surface: surface(),
        frame_time: 90_000,
        status: AnchorStatus::Lost,
        reason: AnchorReason::OutOfView,
        last_seen: Some([1.25, 0.5]),
        at_ms: 12_500,
    }
}

/// A drawing on a blank wall.
pub(super) fn fixed_anchor_state() -> AnchorState {
    AnchorState {
        anchor: 2,
        status: AnchorStatus::Fixed,
        reason: AnchorReason::TooFewTexture,
        last_seen: Some([0.5, 0.25]),
        ..anchor_state()
    }
}

pub(super) fn quality() -> Quality {
    Quality {
        rtt_ms: 84,
        loss: 0.015625,
        fps: 29.5,
        saving: Some(Saving::Heat),
    }
}

pub(super) fn published_surface() -> Surface {
    Surface {
        id: surface(),
        number: 1,
        kind: SurfaceKind::Camera,
        owner: participant(2),
        paused: false,
        tracker: Some(participant(2)),
        hidden_parts: 1,
        kept: true,
    }
}
