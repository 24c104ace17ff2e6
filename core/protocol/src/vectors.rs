//! Golden vectors: one example of every message, written to `tests/vectors` and read by every
//! language, and the JSON Schema of everything.

use crate::*;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

/// The JSON Schema (draft 2020-12) with one definition a type; `ClientMessage`, `ServerMessage`
/// and the HTTP bodies are among them.
pub fn schema() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    generator.subschema_for::<ClientMessage>();
    generator.subschema_for::<ServerMessage>();
    generator.subschema_for::<http::ErrorBody>();
    generator.subschema_for::<http::SignInRequest>();
    generator.subschema_for::<http::OneTimeSignInRequest>();
    generator.subschema_for::<http::Me>();
    generator.subschema_for::<http::SessionList>();
    generator.subschema_for::<http::CreateSessionRequest>();
    generator.subschema_for::<http::CreateInviteRequest>();
    generator.subschema_for::<http::ClaimRequest>();
    generator.subschema_for::<http::SessionRecord>();
    generator.subschema_for::<http::Invite>();
    generator.subschema_for::<http::PreviewRequest>();
    generator.subschema_for::<http::InvitePreview>();
    generator.subschema_for::<http::AcceptRequest>();
    generator.subschema_for::<http::Joined>();
    generator.subschema_for::<page::TabMessage>();
    generator.subschema_for::<page::TabNotice>();
    generator.subschema_for::<page::ViewMessage>();
    generator.subschema_for::<page::ViewNotice>();
    generator.subschema_for::<page::CobrowseSettings>();
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Sightline protocol",
        "x-protocol-version": PROTOCOL_VERSION,
        "x-limits": {
            "message_bytes": limits::MESSAGE_BYTES,
            "stroke_points": limits::STROKE_POINTS,
            "label_chars": limits::LABEL_CHARS,
            "chat_chars": limits::CHAT_CHARS,
            "name_chars": limits::NAME_CHARS,
            "title_chars": limits::TITLE_CHARS,
            "snapshot_bytes": limits::SNAPSHOT_BYTES,
            "poses_per_packet": limits::POSES_PER_PACKET,
        },
        "$defs": definitions,
    })
}

fn participant(n: u8) -> ParticipantId {
    ParticipantId::from_random([n; 16])
}

fn surface() -> SurfaceId {
    SurfaceId::from_random([3; 16])
}

fn annotation() -> Annotation {
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

fn event(seq: u32, op: AnnotationOp) -> AnnotationEvent {
    AnnotationEvent {
        seq,
        at_ms: 1_000 * seq,
        by: participant(1),
        client_id: format!("c{seq}"),
        op,
    }
}

/// One example of every message that a participant sends.
pub fn client_messages() -> Vec<ClientMessage> {
    let client_id = || "c1".to_owned();
    let add = |shape| ClientMessage::AnnotationAdd {
        client_id: client_id(),
        surface: surface(),
        frame_time: Some(4_294_967_290),
        attach: Attach::World,
        node: None,
        shape,
        width: 0.0078125,
    };
    vec![
        ClientMessage::Hello {
            protocol: PROTOCOL_VERSION,
            token: "header.claims.signature".into(),
            tracks_anchors: false,
        },
        ClientMessage::Ping { nonce: 7 },
        ClientMessage::Offer {
            number: 1,
            sdp: "v=0\r\n".into(),
            tracks: vec![
                PublishedTrack {
                    mid: "0".into(),
                    kind: TrackKind::Video,
                    surface: Some(SurfaceKind::Camera),
                },
                PublishedTrack {
                    mid: "1".into(),
                    kind: TrackKind::Audio,
                    surface: None,
                },
            ],
        },
        ClientMessage::SetConsent {
            scope: ConsentScope::Camera,
            granted: true,
        },
        ClientMessage::RequestSurface {
            kind: SurfaceKind::Screen,
        },
        ClientMessage::SharePage,
        ClientMessage::SetPaused {
            surface: surface(),
            paused: true,
        },
        ClientMessage::SetHidden {
            surface: surface(),
            parts: 2,
        },
        ClientMessage::StopSurface { surface: surface() },
        add(Shape::Arrow {
            from: [0.25, 0.25],
            to: [0.5, 0.5],
        }),
        ClientMessage::AnnotationAdd {
            client_id: client_id(),
            surface: surface(),
            frame_time: None,
            attach: Attach::Frame,
            node: Some(PageNode {
                tab: 1,
                page: 4_294_967_290,
                node: 57,
            }),
            shape: Shape::Highlight {
                points: vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]],
            },
            width: 0.0078125,
        },
        add(Shape::Circle {
            center: [0.5, 0.25],
            radius: [0.125, 0.0625],
        }),
        add(Shape::Freehand {
            points: vec![[0.0, 0.0], [0.5, 0.5], [1.0, 0.0]],
        }),
        add(Shape::Highlight {
            points: vec![[0.0, 0.5], [1.0, 0.5]],
        }),
        add(Shape::Text {
            at: [0.5, 0.5],
            text: "Drücke hier – ここ".into(),
        }),
        ClientMessage::AnnotationRemove {
            client_id: client_id(),
            id: AnnotationId::from_random([4; 16]),
        },
        ClientMessage::AnnotationUndo {
            client_id: client_id(),
        },
        ClientMessage::AnnotationRedo {
            client_id: client_id(),
        },
        ClientMessage::AnnotationClear {
            client_id: client_id(),
            surface: surface(),
        },
        ClientMessage::AnnotationSync { after: 4 },
        ClientMessage::AnchorStates {
            states: vec![anchor_state(), fixed_anchor_state()],
        },
        ClientMessage::HoldFrame {
            surface: surface(),
            frame_time: 90_000,
            hold: true,
        },
        ClientMessage::ChatSend {
            client_id: client_id(),
            text: "Which button?".into(),
        },
        ClientMessage::ReportQuality { quality: quality() },
        ClientMessage::Leave,
        ClientMessage::EndSession,
    ]
}

fn anchor_state() -> AnchorState {
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
fn fixed_anchor_state() -> AnchorState {
    AnchorState {
        anchor: 2,
        status: AnchorStatus::Fixed,
        reason: AnchorReason::TooFewTexture,
        last_seen: Some([0.5, 0.25]),
        ..anchor_state()
    }
}

fn quality() -> Quality {
    Quality {
        rtt_ms: 84,
        loss: 0.015625,
        fps: 29.5,
        saving: Some(Saving::Heat),
    }
}

fn published_surface() -> Surface {
    Surface {
        id: surface(),
        number: 1,
        kind: SurfaceKind::Camera,
        owner: participant(2),
        paused: false,
        tracker: Some(participant(2)),
        hidden_parts: 1,
    }
}

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

/// Client messages that a server must refuse, each with the code of the refusal.
pub fn refused_client_messages() -> Vec<(String, ErrorCode)> {
    let add = |shape: &str, width: &str| {
        format!(
            r#"{{"type":"annotation_add","client_id":"c1","surface":"{}","frame_time":1,"attach":"world","shape":{shape},"width":{width}}}"#,
            surface()
        )
    };
    vec![
        ("{".into(), ErrorCode::Malformed),
        (r#"{"type":"ping"}"#.into(), ErrorCode::Malformed),
        (
            r#"{"type":"ping","nonce":4294967296}"#.into(),
            ErrorCode::Malformed,
        ),
        (
            r#"{"type":"stop_surface","surface":"ses_abcdefgh"}"#.into(),
            ErrorCode::Malformed,
        ),
        (
            r#"{"type":"from_the_future"}"#.into(),
            ErrorCode::UnknownMessage,
        ),
        (
            r#"{"type":"chat_send","client_id":"c1","text":""}"#.into(),
            ErrorCode::OutOfRange,
        ),
        (
            add(r#"{"type":"freehand","points":[]}"#, "0.01"),
            ErrorCode::OutOfRange,
        ),
        (
            add(r#"{"type":"arrow","from":[5,0],"to":[0,0]}"#, "0.01"),
            ErrorCode::OutOfRange,
        ),
        (
            add(r#"{"type":"arrow","from":[0,0],"to":[0,0]}"#, "0.2"),
            ErrorCode::OutOfRange,
        ),
    ]
}

/// Realtime packets with their bytes in hexadecimal and their meaning as JSON.
///
/// # Errors
/// Never for the examples here; see [`realtime::RealtimePacket::encode`].
pub fn realtime_packets() -> Result<Value, realtime::RealtimeError> {
    let pose = realtime::Pose {
        anchor: 1,
        status: AnchorStatus::Tracking,
        confidence: 200,
        homography: [1.0, 0.0, 0.25, 0.0, 1.0, -0.5, 0.0, 0.0],
        bend: None,
    };
    let fixed = realtime::Pose {
        anchor: 2,
        status: AnchorStatus::Fixed,
        confidence: 0,
        homography: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
        bend: None,
    };
    let poses = realtime::PosePacket {
        surface: 1,
        frame_time: 4_294_967_290,
        age_ms: 84,
        poses: vec![pose, fixed],
    };
    let mut by = [[0.0; 2]; realtime::BEND_NODES];
    for (k, shift) in by.iter_mut().enumerate() {
        *shift = [k as f32 / 1024.0, (0.0 - k as f32) / 4096.0];
    }
    let bend = realtime::Bend {
        over: [0.25, -0.125, 0.75, 0.5],
        by,
    };
    let bent = realtime::PosePacket {
        poses: vec![
            fixed,
            realtime::Pose {
                bend: Some(bend),
                ..pose
            },
        ],
        ..poses.clone()
    };
    let cursor = realtime::CursorPacket {
        surface: 1,
        frame_time: Some(90_000),
        participant: 2,
        visible: true,
        x: 32_768,
        y: 65_535,
    };
    let written = |pose: &realtime::Pose| {
        let mut value = json!({
            "anchor": pose.anchor,
            "status": pose.status,
            "confidence": pose.confidence,
            "homography": pose.homography,
            "bend": null,
        });
        if let Some(bend) = &pose.bend {
            value["bend"] = json!({ "over": bend.over, "by": bend.by });
        }
        value
    };
    let hex = |bytes: Vec<u8>| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    Ok(json!([
        {
            "hex": hex(realtime::RealtimePacket::Poses(poses.clone()).encode()?),
            "kind": "poses",
            "surface": poses.surface,
            "frame_time": poses.frame_time,
            "age_ms": poses.age_ms,
            "poses": [written(&pose), written(&fixed)],
        },
        {
            "hex": hex(realtime::RealtimePacket::Poses(bent.clone()).encode()?),
            "kind": "poses",
            "surface": bent.surface,
            "frame_time": bent.frame_time,
            "age_ms": bent.age_ms,
            "poses": bent.poses.iter().map(written).collect::<Vec<_>>(),
        },
        {
            "hex": hex(realtime::RealtimePacket::Cursor(cursor).encode()?),
            "kind": "cursor",
            "surface": cursor.surface,
            "frame_time": cursor.frame_time,
            "participant": cursor.participant,
            "visible": cursor.visible,
            "x": cursor.x,
            "y": cursor.y,
        },
    ]))
}

/// All generated files as path below the repository's root and content.
///
/// # Errors
/// When an example does not serialise, which a test would catch first.
pub fn generated_files() -> Result<Vec<(&'static str, String)>, Box<dyn std::error::Error>> {
    let pretty = |value: &Value| serde_json::to_string_pretty(value).map(|text| text + "\n");
    let refused: Vec<Value> = refused_client_messages()
        .into_iter()
        .map(|(text, code)| json!({ "text": text, "code": code }))
        .collect();
    Ok(vec![
        ("core/protocol/schema.json", pretty(&schema())?),
        (
            "tests/vectors/client_messages.json",
            pretty(&serde_json::to_value(client_messages())?)?,
        ),
        (
            "tests/vectors/server_messages.json",
            pretty(&serde_json::to_value(server_messages())?)?,
        ),
        (
            "tests/vectors/refused_client_messages.json",
            pretty(&Value::Array(refused))?,
        ),
        ("tests/vectors/realtime.json", pretty(&realtime_packets()?)?),
    ])
}
