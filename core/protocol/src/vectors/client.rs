//! What participants send.

use super::nouns::*;
use crate::*;

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
            film_days: Some(30),
        },
        ClientMessage::SetConsent {
            scope: ConsentScope::Screen,
            granted: false,
            film_days: None,
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
            r#"{"type":"set_consent","scope":"camera","granted":true,"film_days":366}"#.into(),
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
