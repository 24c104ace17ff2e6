use super::*;
use rand::{Rng, SeedableRng, rngs::StdRng};

#[test]
fn random_bytes_and_broken_copies_of_real_datagrams_do_no_harm() {
    let mut net = Net::pair();
    let mut random = StdRng::seed_from_u64(7);
    let known: Vec<SocketAddr> = net.clients.iter().map(|client| client.address).collect();
    let mut real: Vec<Vec<u8>> = Vec::new();
    net.stream(0, 1, 3);
    net.publish(0, 4, 9, false);
    real.extend(net.wire.iter().map(|wire| wire.bytes.clone()));
    net.run(Duration::from_millis(50));
    for round in 0..4_000 {
        let from = known[round % known.len()];
        let mut bytes: Vec<u8> = if round % 2 == 0 && !real.is_empty() {
            real[round % real.len()].clone()
        } else {
            (0..random.random_range(0..1_700))
                .map(|_| random.random())
                .collect()
        };
        for _ in 0..random.random_range(0..4) {
            if !bytes.is_empty() {
                let at = random.random_range(0..bytes.len());
                bytes[at] = random.random();
            }
        }
        if round % 4 == 1 && !bytes.is_empty() {
            bytes[0] = [0, 20, 22, 0x80, 0x90][round / 4 % 5];
        }
        net.router.handle_datagram(net.now, from, server(), &bytes);
        net.settle();
    }
    let before = net.clients[1].seen.packets.len();
    net.stream(0, 5, 5);
    assert_eq!(
        net.clients[1].seen.packets.len(),
        before + 5,
        "media still flows"
    );
    let faults = net
        .events
        .iter()
        .filter(|event| matches!(event, SfuEvent::Failed { .. }));
    assert_eq!(faults.count(), 0, "{:?}", net.events);
}

#[test]
fn broken_offers_do_no_harm() {
    let mut net = Net::new();
    let mut rtc = Rtc::new(net.now);
    let mut api = rtc.sdp_api();
    api.add_channel("x".to_owned());
    api.add_media(MediaKind::Video, Direction::SendRecv, None, None, None);
    let whole = api.apply().unwrap().0.to_sdp_string();
    let mut random = StdRng::seed_from_u64(11);
    let mut answered = 0;
    for round in 0..600_u32 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..random.random_range(0..6) {
            let at = random.random_range(0..bytes.len());
            bytes[at] = random.random_range(32..127);
        }
        if round % 3 == 0 {
            bytes.truncate(random.random_range(0..bytes.len()));
        }
        let request = Negotiate {
            session: session(),
            participant: participant((round % 5) as u8 + 1),
            number: 1,
            may_point: false,
            sdp: String::from_utf8(bytes).unwrap(),
            published: Vec::new(),
        };
        answered += u32::from(net.router.negotiate(net.now, request).is_ok());
        net.settle();
    }
    assert!(answered > 0, "the control: some offers were whole");
    let faults = net.events.iter().filter(
        |event| matches!(event, SfuEvent::Failed { reason, .. } if reason.contains("fault")),
    );
    assert_eq!(faults.count(), 0, "{:?}", net.events);
}
