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

#[test]
fn one_client_that_checks_from_ever_new_addresses_keeps_nobody_out() {
    let mut net = Net::new();
    net.allow(true);
    let seen = std::rc::Rc::new(std::cell::RefCell::new(None));
    let copy = seen.clone();
    net.lose = Box::new(move |from, _, bytes| {
        if from != server() && crate::sfu::stun::local_ufrag(bytes).is_some() {
            copy.borrow_mut().get_or_insert_with(|| bytes.to_vec());
        }
        false
    });
    net.join(1, true, 0);
    net.run(Duration::from_secs(1));
    let check: Vec<u8> = seen.borrow().clone().expect("a check with a password");
    let answered = |net: &mut Net, numbers: std::ops::Range<u16>| {
        let mut answers = 0;
        for n in numbers {
            let from = SocketAddr::new([10, 9, (n >> 8) as u8, n as u8].into(), 4_000);
            net.router.handle_datagram(net.now, from, server(), &check);
            let sent = std::iter::from_fn(|| net.router.poll_transmit());
            answers += usize::from(sent.filter(|it| it.destination == from).count() > 0);
        }
        answers
    };
    let at_once = answered(&mut net, 0..20_000);
    assert!((1..=64).contains(&at_once), "{at_once} of 20000 addresses");
    let own = net.clients[0].address;
    assert!(net.router.local_for(&own).is_some(), "its own stays known");
    net.run(Duration::from_secs(11));
    assert_eq!(
        answered(&mut net, 20_000..20_010),
        1,
        "a phone that moves on is heard again"
    );
    net.join(2, false, 1);
    net.run(Duration::from_secs(4));
    assert!(net.clients[1].seen.connected, "who comes later gets in");
    net.stream(0, 1, 5);
    assert_eq!(net.clients[1].seen.packets.len(), 5);
}

#[test]
fn a_subscriber_that_asks_for_keyframes_all_the_time_gets_one_a_second() {
    let mut net = Net::pair();
    net.stream(0, 1, 3);
    net.run(Duration::from_secs(1));
    let requests = |net: &Net| net.clients[0].seen.keyframe_requests.len();
    // What it may ask at once is used up first.
    let mut seq = 10;
    let mut ask = |net: &mut Net, seconds: u64| {
        let before = requests(net);
        for _ in 0..seconds * 10 {
            net.ask_for_keyframe(1);
            net.publish(0, seq, 1_000_000 + 1_800 * seq as u32, true);
            seq += 1;
            net.run(Duration::from_millis(100));
        }
        requests(net) - before
    };
    let at_once = ask(&mut net, 4);
    assert!(at_once > 4, "the control: it is heard at first, {at_once}");
    let later = ask(&mut net, 10);
    assert!((8..=11).contains(&later), "{later} in ten seconds");
}

#[test]
fn a_publisher_that_floods_is_passed_on_only_so_far() {
    let mut net = Net::pair();
    net.stream(0, 1, 3);
    let before = net.clients[1].seen.packets.len();
    let mid = net.clients[0].send.unwrap();
    let pt = net.clients[0].rtc.media(mid).unwrap().remote_pts()[0];
    let payload = {
        let mut payload = vec![0x10, 1];
        payload.resize(1_200, 7);
        payload
    };
    let sent = 6_000;
    for n in 0..sent {
        let now = net.now;
        let mut api = net.clients[0].rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).unwrap();
        let time = 2_000_000 + n as u32;
        let packet = RtpWrite::new(pt, (100 + n as u64).into(), time, now, payload.as_slice());
        stream.write_rtp(packet);
        net.settle();
        net.clients[0]
            .rtc
            .handle_input(Input::Timeout(now))
            .unwrap();
        if n % 20 == 0 {
            net.run(STEP);
        }
    }
    net.run(Duration::from_millis(200));
    // 6,000 packets of 1,200 bytes in 0.6 s: a second's worth at once, and 0.8 s of the rate.
    let passed = net.clients[1].seen.packets.len() - before;
    let allowed = (2_500_000.0 * 1.8 / 1_200.0) as usize;
    assert!(passed > 1_500 && passed <= allowed, "{passed} of {sent}");
}
