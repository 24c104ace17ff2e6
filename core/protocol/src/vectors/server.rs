//! What the server sends.

use super::nouns::*;
use crate::*;

fn welcome() -> Welcome {
    Welcome {
        protocol: PROTOCOL_VERSION,
        session: SessionInfo {
            id: SessionId::from_random([9; 16]),
            title: "Router without light".into(),
            phase: SessionPhase::Active,
            created_at: "2026-01-02T03:04:05Z".into(),
            age_ms: 192_000,
            agent_name: "Ana K.".into(),
            company_name: "Acme".into(),
        },
        you: participant(1),
        participants: vec![agent()],
        surfaces: vec![published_surface()],
        consent: ConsentState {
            granted: vec![ConsentScope::Camera],
        },
        annotations: vec![event(
            1,
            AnnotationOp::Added {
                annotation: annotation(),
            },
        )],
        anchors: vec![anchor_state(), fixed_anchor_state()],
        chat: vec![chat()],
        snapshots: vec![snapshot()],
        video_slots: 1,
        audio_slots: 1,
    }
}

fn agent() -> Participant {
    Participant {
        id: participant(1),
        number: 1,
        role: Role::Agent,
        name: "Ana K.".into(),
        color: 0,
        connected: true,
        tracks_anchors: false,
        on_page: false,
        same_as: None,
    }
}

fn chat() -> ChatMessage {
    ChatMessage {
        seq: 1,
        at_ms: 5_000,
        from: participant(2),
        client_id: "c1".into(),
        text: "Which button?".into(),
    }
}

fn snapshot() -> Snapshot {
    let id = SnapshotId::from_random([5; 16]);
    Snapshot {
        path: format!(
            "/api/sessions/{}/snapshots/{id}",
            SessionId::from_random([9; 16])
        ),
        id,
        by: participant(1),
        surface: surface(),
        frame_time: Some(90_000),
        at_ms: 6_000,
    }
}

/// One example of every message that the server sends.
pub fn server_messages() -> Vec<ServerMessage> {
    let ids = || vec![AnnotationId::from_random([4; 16])];
    let tracks = || {
        vec![ReceivedTrack {
            mid: "0".into(),
            from: participant(2),
            kind: TrackKind::Video,
            surface: Some(surface()),
        }]
    };
    vec![
        ServerMessage::Welcome(Box::new(welcome())),
        ServerMessage::Pong {
            nonce: 7,
            at_ms: 192_000,
        },
        ServerMessage::Answer {
            number: 1,
            sdp: "v=0\r\n".into(),
            tracks: tracks(),
        },
        ServerMessage::Tracks { tracks: tracks() },
        ServerMessage::MediaSlots { video: 2, audio: 1 },
        ServerMessage::ParticipantUpdated {
            participant: agent(),
        },
        ServerMessage::ConsentChanged {
            consent: ConsentState {
                granted: vec![ConsentScope::Camera, ConsentScope::Microphone],
            },
        },
        ServerMessage::SurfaceRequested {
            kind: SurfaceKind::Camera,
            by: participant(1),
        },
        ServerMessage::SurfaceUpdated {
            surface: published_surface(),
        },
        ServerMessage::SurfaceRemoved { surface: surface() },
        ServerMessage::AnnotationEvents {
            events: vec![
                event(
                    1,
                    AnnotationOp::Added {
                        annotation: annotation(),
                    },
                ),
                event(2, AnnotationOp::Hidden { ids: ids() }),
                event(3, AnnotationOp::Shown { ids: ids() }),
            ],
        },
        ServerMessage::AnchorStates {
            states: vec![anchor_state(), fixed_anchor_state()],
        },
        ServerMessage::HoldFrame {
            surface: surface(),
            frame_time: 90_000,
            hold: true,
            by: participant(1),
        },
        ServerMessage::Chat { message: chat() },
        ServerMessage::SnapshotAdded {
            snapshot: snapshot(),
        },
        ServerMessage::QualityChanged {
            participant: participant(2),
            quality: quality(),
            level: QualityLevel::Good,
        },
        ServerMessage::SessionEnded {
            by: Some(participant(1)),
        },
        ServerMessage::Error {
            code: ErrorCode::OutOfRange,
            message: "width must be 0.001 to 0.05".into(),
            client_id: Some("c1".into()),
            fatal: false,
        },
    ]
}
