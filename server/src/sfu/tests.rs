//! Two and three clients through the router, in simulated time and over a simulated wire.

mod data;
mod film;
mod hostile;
mod media;

use super::{
    Negotiate, NegotiateAnswer, Published, SfuEvent, SurfaceRules, command::Command, router::Router,
};
use sightline_protocol::{
    CHANNEL_ANNOTATIONS, CHANNEL_REALTIME, ParticipantId, SessionId, SurfaceId, TrackKind,
};
use std::{
    collections::VecDeque,
    net::SocketAddr,
    time::{Duration, Instant},
};
use str0m::{
    Candidate, Event, Input, Output, Rtc,
    change::SdpAnswer,
    channel::{ChannelConfig, ChannelId, Reliability},
    media::{Direction, KeyframeRequestKind, MediaKind, Mid},
    net::{Protocol, Receive},
    rtp::{RtpPacket, RtpWrite},
};

const STEP: Duration = Duration::from_millis(2);
const LATENCY: Duration = Duration::from_millis(10);

fn server() -> SocketAddr {
    "10.0.0.100:7882".parse().unwrap()
}

fn session() -> SessionId {
    SessionId::from_random([1; 16])
}

fn participant(n: u8) -> ParticipantId {
    ParticipantId::from_random([n; 16])
}

fn camera() -> SurfaceId {
    SurfaceId::from_random([9; 16])
}

/// Everything that one client saw.
#[derive(Default)]
struct Seen {
    packets: Vec<RtpPacket>,
    keyframe_requests: Vec<Instant>,
    texts: Vec<String>,
    realtime: Vec<Vec<u8>>,
    connected: bool,
}

struct Client {
    rtc: Rtc,
    address: SocketAddr,
    participant: ParticipantId,
    number: u16,
    send: Option<Mid>,
    annotations: ChannelId,
    realtime: ChannelId,
    seen: Seen,
    next: Instant,
}

struct Wire {
    at: Instant,
    from: SocketAddr,
    to: SocketAddr,
    bytes: Vec<u8>,
}

/// Whether a datagram from, to, with these bytes is lost.
type Lose = Box<dyn FnMut(SocketAddr, SocketAddr, &[u8]) -> bool>;

/// A server, clients and the wire between them.
struct Net {
    now: Instant,
    router: Router,
    clients: Vec<Client>,
    wire: VecDeque<Wire>,
    /// True to lose a datagram.
    lose: Lose,
    events: Vec<SfuEvent>,
}

impl Net {
    fn new() -> Self {
        let certificate = str0m::crypto::from_feature_flags()
            .dtls_provider
            .generate_certificate()
            .unwrap();
        let mut net = Self {
            now: Instant::now(),
            router: Router::new(vec![server()], certificate),
            clients: Vec::new(),
            wire: VecDeque::new(),
            lose: Box::new(|_, _, _| false),
            events: Vec::new(),
        };
        let rules = SurfaceRules {
            surface: camera(),
            number: 1,
            tracker: Some(participant(1)),
        };
        net.command(Command::SetSurface {
            session: session(),
            rules,
        });
        net
    }

    fn command(&mut self, command: Command) {
        self.router.handle_command(self.now, command);
        self.settle();
    }

    fn allow(&mut self, allowed: bool) {
        self.command(Command::SetForwarding {
            session: session(),
            surface: camera(),
            allowed,
        });
    }

    /// Joins with one section to send (a publisher) or `receiving` sections to receive.
    fn join(&mut self, n: u8, publishes: bool, receiving: usize) -> (usize, NegotiateAnswer) {
        let address = SocketAddr::new([10, 0, 0, n].into(), 5_000);
        let mut rtc = Rtc::builder().set_rtp_mode(true).build(self.now);
        rtc.add_local_candidate(Candidate::host(address, "udp").unwrap());
        let mut api = rtc.sdp_api();
        let annotations = api.add_channel(CHANNEL_ANNOTATIONS.to_owned());
        let realtime = api.add_channel_with_config(ChannelConfig {
            label: CHANNEL_REALTIME.to_owned(),
            ordered: false,
            reliability: Reliability::MaxRetransmits { retransmits: 0 },
            ..ChannelConfig::default()
        });
        let send = publishes
            .then(|| api.add_media(MediaKind::Video, Direction::SendOnly, None, None, None));
        for _ in 0..receiving {
            api.add_media(MediaKind::Video, Direction::RecvOnly, None, None, None);
        }
        let (offer, pending) = api.apply().unwrap();
        let published = send.map(|mid| Published {
            mid: mid.to_string(),
            kind: TrackKind::Video,
            surface: Some(camera()),
        });
        let request = Negotiate {
            session: session(),
            participant: participant(n),
            number: u16::from(n),
            may_point: true,
            sdp: offer.to_sdp_string(),
            published: published.into_iter().collect(),
        };
        let answer = self.router.negotiate(self.now, request).unwrap();
        let parsed = SdpAnswer::from_sdp_string(&answer.sdp).unwrap();
        rtc.sdp_api().accept_answer(pending, parsed).unwrap();
        self.clients.push(Client {
            rtc,
            address,
            participant: participant(n),
            number: u16::from(n),
            send,
            annotations,
            realtime,
            seen: Seen::default(),
            next: self.now,
        });
        self.settle();
        (self.clients.len() - 1, answer)
    }

    /// A publisher and a subscriber, connected, the gate open.
    fn pair() -> Self {
        let mut net = Self::new();
        net.allow(true);
        net.join(1, true, 0);
        net.join(2, false, 1);
        net.run(Duration::from_secs(2));
        assert!(
            net.clients.iter().all(|client| client.seen.connected),
            "both are connected"
        );
        net
    }

    fn run(&mut self, time: Duration) {
        let end = self.now + time;
        while self.now < end {
            self.now += STEP;
            while self.wire.front().is_some_and(|wire| wire.at <= self.now) {
                let Some(wire) = self.wire.pop_front() else {
                    break;
                };
                self.deliver(&wire);
            }
            self.router.handle_timeout(self.now);
            for at in 0..self.clients.len() {
                if self.clients[at].next <= self.now {
                    let input = Input::Timeout(self.now);
                    self.clients[at].rtc.handle_input(input).unwrap();
                }
            }
            self.settle();
        }
    }

    fn deliver(&mut self, wire: &Wire) {
        if wire.to == server() {
            self.router
                .handle_datagram(self.now, wire.from, wire.to, &wire.bytes);
        } else if let Some(client) = self
            .clients
            .iter_mut()
            .find(|client| client.address == wire.to)
            && let Ok(contents) = wire.bytes.as_slice().try_into()
        {
            let receive = Receive {
                proto: Protocol::Udp,
                source: wire.from,
                destination: wire.to,
                contents,
            };
            client
                .rtc
                .handle_input(Input::Receive(self.now, receive))
                .unwrap();
        }
        self.settle();
    }

    fn send(&mut self, from: SocketAddr, to: SocketAddr, bytes: &[u8]) {
        if !(self.lose)(from, to, bytes) {
            let at = self.now + LATENCY;
            self.wire.push_back(Wire {
                at,
                from,
                to,
                bytes: bytes.to_vec(),
            });
        }
    }

    fn settle(&mut self) {
        while let Some(datagram) = self.router.poll_transmit() {
            self.send(server(), datagram.destination, &datagram.contents);
        }
        while let Some(event) = self.router.poll_event() {
            self.events.push(event);
        }
        for at in 0..self.clients.len() {
            loop {
                match self.clients[at].rtc.poll_output().unwrap() {
                    Output::Timeout(next) => {
                        self.clients[at].next = next;
                        break;
                    }
                    Output::Transmit(transmit) => {
                        self.send(transmit.source, transmit.destination, &transmit.contents);
                    }
                    Output::Event(event) => see(&mut self.clients[at], event, self.now),
                }
            }
        }
    }

    /// Sends one VP8 packet from a client; `key` makes it the start of a keyframe.
    fn publish(&mut self, at: usize, seq: u64, time: u32, key: bool) {
        let now = self.now;
        let client = &mut self.clients[at];
        let mid = client.send.unwrap();
        let media = client.rtc.media(mid).unwrap();
        let pt = media.remote_pts()[0];
        let payload = [0x10, u8::from(!key), 1, 2, 3, seq as u8];
        let mut api = client.rtc.direct_api();
        let stream = api.stream_tx_by_mid(mid, None).unwrap();
        stream.write_rtp(
            RtpWrite::new(pt, seq.into(), time, now, payload.as_slice())
                .marker(true)
                .nackable(true),
        );
        self.settle();
        self.clients[at]
            .rtc
            .handle_input(Input::Timeout(now))
            .unwrap();
        self.settle();
    }

    /// Publishes `count` frames, one each 20 ms.
    fn stream(&mut self, at: usize, first: u64, count: u64) {
        for seq in first..first + count {
            self.publish(at, seq, 1_000_000 + 1_800 * seq as u32, seq == first);
            self.run(Duration::from_millis(20));
        }
    }

    fn write(&mut self, at: usize, annotations: bool, bytes: &[u8]) {
        let client = &mut self.clients[at];
        let id = if annotations {
            client.annotations
        } else {
            client.realtime
        };
        assert!(
            client
                .rtc
                .channel(id)
                .unwrap()
                .write(!annotations, bytes)
                .unwrap()
        );
        self.settle();
        self.run(Duration::from_millis(60));
    }

    fn ask_for_keyframe(&mut self, at: usize) {
        let Some(packet) = self.clients[at].seen.packets.last() else {
            return;
        };
        let ssrc = packet.header.ssrc;
        let mut api = self.clients[at].rtc.direct_api();
        api.stream_rx(&ssrc)
            .unwrap()
            .request_keyframe(KeyframeRequestKind::Pli);
        self.settle();
        let now = self.now;
        self.clients[at]
            .rtc
            .handle_input(Input::Timeout(now))
            .unwrap();
        self.settle();
    }
}

fn see(client: &mut Client, event: Event, now: Instant) {
    let seen = &mut client.seen;
    match event {
        Event::Connected => seen.connected = true,
        Event::RtpPacket(packet) => seen.packets.push(packet),
        Event::KeyframeRequest(_) => seen.keyframe_requests.push(now),
        Event::ChannelData(data) if data.binary => seen.realtime.push(data.data),
        Event::ChannelData(data) => seen.texts.push(String::from_utf8(data.data).unwrap()),
        _ => {}
    }
}
