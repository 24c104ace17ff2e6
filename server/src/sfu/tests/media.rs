use super::*;
use crate::sfu::{SfuError, TapSink};
use std::sync::mpsc::sync_channel;

fn times(net: &Net, at: usize) -> Vec<u32> {
    net.clients[at]
        .seen
        .packets
        .iter()
        .map(|packet| packet.header.timestamp)
        .collect()
}

#[test]
fn timestamps_pass_untouched_and_numbers_have_no_hole() {
    let mut net = Net::pair();
    net.stream(0, 500, 10);
    let expected: Vec<u32> = (500..510).map(|seq| 1_000_000 + 1_800 * seq).collect();
    assert_eq!(times(&net, 1), expected);
    let numbers: Vec<u64> = net.clients[1]
        .seen
        .packets
        .iter()
        .map(|it| *it.seq_no)
        .collect();
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
    assert!(numbers[0] < 65_536);
    let first = &net.clients[1].seen.packets[0];
    assert_eq!(first.payload[..5], [0x10, 0, 1, 2, 3]);
    assert!(first.header.marker);
}

#[test]
fn the_answer_and_later_news_name_what_a_section_carries() {
    let mut net = Net::new();
    let (_, early) = net.join(2, false, 1);
    assert_eq!(early.received, []);
    net.join(1, true, 0);
    let Some(SfuEvent::TracksChanged {
        participant: who,
        received,
        ..
    }) = net.events.last()
    else {
        panic!("{:?}", net.events);
    };
    assert_eq!(*who, participant(2));
    assert_eq!(received[0].from, participant(1));
    assert_eq!(received[0].surface, Some(camera()));
    let (_, late) = net.join(3, false, 1);
    assert_eq!(late.received.len(), 1);
    assert!(late.sdp.contains("a=ice-lite") && late.sdp.contains("10.0.0.100 7882 typ host"));
}

#[test]
fn missing_sections_are_asked_for_once() {
    let mut net = Net::new();
    net.join(2, false, 0);
    net.join(1, true, 0);
    net.join(3, false, 1);
    let asked: Vec<_> = net
        .events
        .iter()
        .filter_map(|event| match event {
            SfuEvent::SlotsNeeded {
                participant,
                video,
                audio,
                ..
            } => Some((participant.clone(), *video, *audio)),
            _ => None,
        })
        .collect();
    assert_eq!(asked, [(participant(2), 1, 0)]);
}

#[test]
fn lost_packets_are_sent_again_in_both_directions() {
    for towards_server in [true, false] {
        let mut net = Net::pair();
        net.stream(0, 100, 5);
        let mut count = 0;
        net.lose = Box::new(move |from, to, bytes| {
            let rtp = bytes[0] >> 6 == 2 && !(192..=223).contains(&bytes[1]);
            let here = if towards_server {
                to == server()
            } else {
                from == server()
            };
            let video = rtp && here && bytes.len() < 100;
            count += u32::from(video);
            video && matches!(count, 3 | 7)
        });
        net.stream(0, 105, 20);
        net.run(Duration::from_secs(1));
        let mut arrived = times(&net, 1);
        arrived.sort_unstable();
        let expected: Vec<u32> = (100..125).map(|seq| 1_000_000 + 1_800 * seq).collect();
        assert_eq!(arrived, expected, "towards the server: {towards_server}");
    }
}

#[test]
fn keyframe_requests_of_several_subscribers_become_one() {
    let mut net = Net::pair();
    net.join(3, false, 1);
    net.run(Duration::from_secs(2));
    net.stream(0, 1, 5);
    net.run(Duration::from_secs(1));
    net.clients[0].seen.keyframe_requests.clear();
    let start = net.now;
    for _ in 0..5 {
        net.ask_for_keyframe(1);
        net.ask_for_keyframe(2);
        net.run(Duration::from_millis(10));
    }
    net.run(Duration::from_millis(100));
    assert_eq!(net.clients[0].seen.keyframe_requests.len(), 1);
    net.run(Duration::from_millis(300));
    let seen = &net.clients[0].seen.keyframe_requests;
    assert_eq!(
        seen.len(),
        2,
        "the requests within 300 ms were kept and merged"
    );
    assert!(seen[1] - start >= Duration::from_millis(300));
    net.publish(0, 6, 77, true);
    net.run(Duration::from_secs(2));
    assert_eq!(
        net.clients[0].seen.keyframe_requests.len(),
        2,
        "a keyframe ends the asking"
    );
}

#[test]
fn a_late_subscriber_makes_the_publisher_send_a_keyframe() {
    let mut net = Net::new();
    net.allow(true);
    net.join(1, true, 0);
    net.run(Duration::from_secs(2));
    net.stream(0, 1, 5);
    assert_eq!(net.clients[0].seen.keyframe_requests.len(), 0);
    net.join(2, false, 1);
    net.run(Duration::from_millis(500));
    assert!(!net.clients[0].seen.keyframe_requests.is_empty());
}

#[test]
fn nothing_passes_while_the_gate_is_closed() {
    let mut net = Net::pair();
    net.allow(false);
    let (queue, tapped) = sync_channel(64);
    let sink = TapSink::new(queue);
    net.command(Command::Tap {
        session: session(),
        surface: camera(),
        sink: sink.clone(),
    });
    net.stream(0, 1, 5);
    assert!(times(&net, 1).is_empty());
    assert_eq!(tapped.try_iter().count(), 0);
    net.allow(true);
    net.stream(0, 6, 5);
    net.allow(false);
    net.stream(0, 11, 3);
    net.allow(true);
    net.stream(0, 14, 2);
    assert_eq!(times(&net, 1).len(), 7);
    let numbers: Vec<u64> = net.clients[1]
        .seen
        .packets
        .iter()
        .map(|it| *it.seq_no)
        .collect();
    assert_eq!(
        numbers,
        (numbers[0]..numbers[0] + 7).collect::<Vec<_>>(),
        "no hole"
    );
    let seqs: Vec<u64> = tapped
        .try_iter()
        .map(|packet| packet.seq & 0xffff)
        .collect();
    assert_eq!(seqs, [6, 7, 8, 9, 10, 14, 15]);
    assert_eq!(sink.dropped(), 0);
}

#[test]
fn a_full_tap_drops_and_counts() {
    let mut net = Net::pair();
    let (queue, tapped) = sync_channel(3);
    let sink = TapSink::new(queue);
    net.command(Command::Tap {
        session: session(),
        surface: camera(),
        sink: sink.clone(),
    });
    net.stream(0, 1, 10);
    assert_eq!(sink.dropped(), 7);
    assert_eq!(tapped.try_iter().count(), 3);
    assert_eq!(times(&net, 1).len(), 10, "the subscriber does not notice");
}

#[test]
fn a_publisher_that_comes_again_replaces_its_old_connection() {
    let mut net = Net::pair();
    net.stream(0, 1, 3);
    net.clients[0].address = "10.0.0.77:1".parse().unwrap();
    let (again, _) = net.join(1, true, 0);
    net.run(Duration::from_secs(2));
    net.stream(again, 9_000, 4);
    assert_eq!(times(&net, 1).len(), 7);
    let numbers: Vec<u64> = net.clients[1]
        .seen
        .packets
        .iter()
        .map(|it| *it.seq_no)
        .collect();
    assert!(
        numbers.windows(2).all(|pair| pair[1] == pair[0] + 1),
        "{numbers:?}"
    );
}

#[test]
fn a_silent_client_is_reported_and_later_removed() {
    let mut net = Net::pair();
    net.lose = Box::new(|from, _, _| from.ip() == std::net::IpAddr::from([10, 0, 0, 2]));
    net.run(Duration::from_secs(20));
    let gone = |event: &SfuEvent| matches!(event, SfuEvent::Disconnected { participant: who, .. } if *who == participant(2));
    assert!(net.events.iter().any(gone), "{:?}", net.events);
    net.run(Duration::from_secs(40));
    let failed = |event: &SfuEvent| matches!(event, SfuEvent::Failed { participant: who, .. } if *who == participant(2));
    assert!(net.events.iter().any(failed), "{:?}", net.events);
    let alive = |event: &SfuEvent| matches!(event, SfuEvent::Failed { participant: who, .. } if *who == participant(1));
    assert!(!net.events.iter().any(alive), "{:?}", net.events);
}

#[test]
fn offers_that_cannot_be_answered_are_refused_with_a_reason() {
    let mut net = Net::new();
    let mut request = Negotiate {
        session: session(),
        participant: participant(1),
        number: 1,
        may_point: false,
        sdp: "v=0\r\n".to_owned(),
        published: Vec::new(),
    };
    let refused = net.router.negotiate(net.now, request.clone());
    assert!(
        matches!(refused, Err(SfuError::Offer { .. })),
        "{refused:?}"
    );
    let mut rtc = Rtc::new(net.now);
    let mut api = rtc.sdp_api();
    api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
    request.sdp = api.apply().unwrap().0.to_sdp_string();
    request.published.push(Published {
        mid: "xyz".to_owned(),
        kind: TrackKind::Video,
        surface: Some(camera()),
    });
    let refused = net.router.negotiate(net.now, request);
    let expected = SfuError::Section {
        mid: "xyz".to_owned(),
        kind: TrackKind::Video,
    };
    assert_eq!(refused, Err(expected));
}
