use super::*;
use sightline_protocol::{
    AnchorStatus,
    realtime::{CursorPacket, Pose, PosePacket, RealtimePacket},
};

pub(super) fn cursor(surface: u16, participant: u16) -> Vec<u8> {
    RealtimePacket::Cursor(CursorPacket {
        surface,
        frame_time: Some(5),
        participant,
        visible: true,
        x: 1,
        y: 2,
    })
    .encode()
    .unwrap()
}

pub(super) fn poses(surface: u16) -> Vec<u8> {
    let pose = Pose {
        anchor: 3,
        status: AnchorStatus::Tracking,
        confidence: 9,
        homography: [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0],
        bend: None,
    };
    let packet = PosePacket {
        surface,
        frame_time: 8,
        age_ms: 0,
        poses: vec![pose],
    };
    RealtimePacket::Poses(packet).encode().unwrap()
}

#[test]
fn a_cursor_carries_the_number_that_the_server_gave() {
    let mut net = Net::pair();
    net.join(3, false, 1);
    net.run(Duration::from_secs(2));
    net.write(1, false, &cursor(1, 4_242));
    assert_eq!(net.clients[0].seen.realtime, [cursor(1, 2)]);
    assert_eq!(net.clients[2].seen.realtime, [cursor(1, 2)]);
    assert!(
        net.clients[1].seen.realtime.is_empty(),
        "not back to its sender"
    );
    assert_eq!(net.clients[1].number, 2);
}

#[test]
fn poses_pass_only_from_the_tracker_of_the_surface() {
    let mut net = Net::pair();
    net.write(0, false, &poses(1));
    assert_eq!(net.clients[1].seen.realtime, [poses(1)]);
    net.write(1, false, &poses(1));
    assert!(
        net.clients[0].seen.realtime.is_empty(),
        "participant 2 does not track"
    );
    net.write(0, false, &poses(7));
    net.write(0, false, &cursor(7, 1));
    net.write(0, false, &[1, 1, 0]);
    assert_eq!(
        net.clients[1].seen.realtime.len(),
        1,
        "unknown surface, broken packet"
    );
    let rules = SurfaceRules {
        surface: camera(),
        number: 1,
        tracker: None,
    };
    net.command(Command::SetSurface {
        session: session(),
        rules,
    });
    net.write(0, false, &poses(1));
    assert_eq!(net.clients[1].seen.realtime.len(), 1);
    let packet = poses(1);
    net.command(Command::SendRealtime {
        session: session(),
        except: None,
        packet,
    });
    net.run(Duration::from_millis(60));
    assert_eq!(
        net.clients[1].seen.realtime.len(),
        2,
        "the server's own poses pass"
    );
}

#[test]
fn annotation_texts_go_both_ways_or_come_back() {
    let mut net = Net::pair();
    net.write(1, true, br#"{"type":"annotation_sync","after":0}"#);
    let text = r#"{"type":"annotation_sync","after":0}"#.to_owned();
    let message = SfuEvent::AnnotationMessage {
        session: session(),
        participant: participant(2),
        text: text.clone(),
    };
    assert!(net.events.contains(&message));
    let to = net.clients[0].participant.clone();
    let send = |participant, json: &str| Command::SendAnnotations {
        session: session(),
        participant,
        json: json.to_owned(),
    };
    net.command(send(to, "hello"));
    net.run(Duration::from_millis(60));
    assert_eq!(net.clients[0].seen.texts, ["hello"]);
    net.command(send(participant(8), "nobody"));
    let undelivered = SfuEvent::AnnotationsUndelivered {
        session: session(),
        participant: participant(8),
        text: "nobody".to_owned(),
    };
    assert!(net.events.contains(&undelivered));
}

#[test]
fn both_channels_are_reported_open() {
    let net = Net::pair();
    let open = |label| {
        net.events
            .iter()
            .filter(
                |event| matches!(event, SfuEvent::ChannelOpen { label: it, .. } if *it == label),
            )
            .count()
    };
    assert_eq!((open(CHANNEL_ANNOTATIONS), open(CHANNEL_REALTIME)), (2, 2));
}
