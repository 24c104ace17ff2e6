use super::*;
use sightline_protocol::{AnnotationId, Attach, ParticipantId, Shape};

fn drawing() -> Annotation {
    Annotation {
        id: AnnotationId::from_random([4; 16]),
        anchor: 7,
        author: ParticipantId::from_random([1; 16]),
        surface: SurfaceId::from_random([3; 16]),
        frame_time: Some(90_000),
        attach: Attach::World,
        node: None,
        shape: Shape::Circle {
            center: [0.5, 0.25],
            radius: [0.1, 0.1],
        },
        width: 0.01,
    }
}

fn engine_pose(homography: [f32; 9]) -> AnchorPose {
    AnchorPose {
        anchor: 7,
        status: Status::Uncertain,
        confidence: 0.5,
        homography,
        bend: None,
    }
}

#[test]
fn only_a_drawing_without_texture_stays_on_the_screen() {
    let few = AttachRefused::TooFewTexture {
        corners: 2,
        needed: 8,
    };
    let state = refusal(&drawing(), &few);
    assert_eq!(
        (state.status, state.reason, state.last_seen),
        (
            AnchorStatus::Fixed,
            AnchorReason::TooFewTexture,
            Some([0.5, 0.25])
        )
    );
    for other in [
        AttachRefused::FrameExpired { frame_time: 1 },
        AttachRefused::BadOutline { points: 0 },
        AttachRefused::TooManyAnchors { limit: 32 },
        AttachRefused::NoFrame,
    ] {
        assert_eq!(refusal(&drawing(), &other).status, AnchorStatus::Lost);
    }
}

#[test]
fn every_reason_of_the_engine_reaches_the_agent_as_itself() {
    for reason in [
        Reason::Attached,
        Reason::FoundAgain,
        Reason::Occluded,
        Reason::OutOfView,
        Reason::Blur,
        Reason::TooFewTexture,
        Reason::Moved,
    ] {
        let change = StatusChange {
            anchor: 7,
            time: 5,
            status: Status::Lost,
            reason,
            last_seen: Some([9e9, f32::NEG_INFINITY]),
        };
        let state = state(&drawing().surface, &change);
        assert_eq!(format!("{:?}", state.reason), format!("{reason:?}"));
        assert_eq!(state.status, AnchorStatus::Lost);
        assert_eq!(state.last_seen, None, "not finite");
    }
    let far = StatusChange {
        anchor: 7,
        time: 5,
        status: Status::Lost,
        reason: Reason::OutOfView,
        last_seen: Some([9e9, 0.5]),
    };
    assert_eq!(
        state(&drawing().surface, &far).last_seen,
        Some([COORD_MAX, 0.5])
    );
}

#[test]
fn poses_travel_in_packets_of_the_allowed_size() {
    let doubled = engine_pose([2.0, 0.0, 0.5, 0.0, 2.0, 0.25, 0.0, 0.0, 2.0]);
    let one = pose(&doubled).expect("a finite pose");
    assert_eq!(one.homography, [1.0, 0.0, 0.25, 0.0, 1.0, 0.125, 0.0, 0.0]);
    assert_eq!((one.status, one.confidence), (AnchorStatus::Uncertain, 128));
    let mut flat = doubled;
    flat.homography[8] = 0.0;
    assert_eq!(pose(&flat), None);

    let many = vec![one; POSES_PER_PACKET + 1];
    let counts: Vec<usize> = packets(3, 90_000, Duration::from_millis(130), &many)
        .map(|bytes| match RealtimePacket::decode(&bytes) {
            Ok(RealtimePacket::Poses(packet)) => {
                assert_eq!((packet.surface, packet.frame_time), (3, 90_000));
                assert_eq!(packet.age_ms, 128, "in steps of 4 ms");
                packet.poses.len()
            }
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(counts, [POSES_PER_PACKET, 1]);
}

#[test]
fn packets_of_bent_poses_fit_a_datagram_and_lose_none() {
    let bend = sightline_vision::Bend {
        over: [0.25, 0.25, 0.75, 0.75],
        by: [[0.125, -0.0625]; 25],
    };
    let poses: Vec<Pose> = (0..32)
        .map(|anchor| AnchorPose {
            anchor,
            bend: (anchor % 3 == 0).then_some(bend),
            ..engine_pose([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0])
        })
        .filter_map(|engine| pose(&engine))
        .collect();
    let sent: Vec<Vec<u8>> = packets(1, 90_000, Duration::from_millis(8), &poses).collect();
    assert!(sent.iter().all(|bytes| bytes.len() <= 1200));
    let arrived: Vec<Pose> = sent
        .iter()
        .flat_map(|bytes| match RealtimePacket::decode(bytes) {
            Ok(RealtimePacket::Poses(packet)) => packet.poses,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(arrived, poses);
    // The control: in packets by count alone they would not fit.
    let bytes = poses.iter().take(POSES_PER_PACKET).map(Pose::size);
    assert!(bytes.sum::<usize>() > 1200);
}
