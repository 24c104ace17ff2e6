//! A UDP proxy that puts a simulated [`Link`] in each direction and counts what passes.
//!
//! Each client address gets its own socket towards the upstream, so that the upstream sees as many
//! peers as there are clients. What happens is told as JSON lines:
//!
//! - `{"event":"first","t_ms":…,"unix_ms":…,"client":0,"direction":"up","kind":"rtp"}`: the first
//!   packet of its kind from (`up`) or to (`down`) a client, when it reaches the proxy;
//! - `{"event":"counts","t_ms":…,"unix_ms":…,"clients":…,"up":{"stun":…,…},"down":{…},"lost":…,
//!   "overflowed":…}`: everything so far, for each [`Command::Count`] and at the end.

use super::{
    link::{Entry, Link, LinkConfig},
    packet::{PacketCounts, PacketKind},
};
use serde::Serialize;
use std::{
    collections::HashMap,
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};
use tokio::{net::UdpSocket, sync::mpsc, time::sleep_until};

const DATAGRAM_BYTES: usize = 2048;
const CHANNEL_PACKETS: usize = 1024;
/// More client addresses than this are ignored.
const CLIENTS: usize = 256;

/// What a running proxy can be told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Command {
    /// Tell the counts.
    Count,
    /// Use this delay in both directions from now on.
    Delay(Duration),
    /// Lose this share of packets in both directions from now on.
    Loss(f64),
}

impl std::str::FromStr for Command {
    type Err = String;

    /// Reads `count`, `delay MS` or `loss SHARE`.
    fn from_str(line: &str) -> Result<Self, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |text: &str| text.parse::<f64>().ok().filter(|value| *value >= 0.0);
        match words[..] {
            ["count"] => Some(Self::Count),
            ["delay", ms] => number(ms).map(|ms| Self::Delay(Duration::from_secs_f64(ms / 1e3))),
            ["loss", share] => number(share).filter(|share| *share <= 1.0).map(Self::Loss),
            _ => None,
        }
        .ok_or_else(|| format!("unknown command {line:?}: use count, delay MS or loss SHARE"))
    }
}

/// From (`Up`) or to (`Down`) a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From a client to the upstream.
    Up,
    /// From the upstream to a client.
    Down,
}

/// What the proxy tells.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Report {
    /// The first packet of a kind between a client and the upstream.
    First {
        /// Milliseconds since the proxy began.
        t_ms: u64,
        /// Milliseconds since 1970.
        unix_ms: u64,
        /// Index of the client, from 0 in the order of appearance.
        client: usize,
        /// Whose packet.
        direction: Direction,
        /// Which kind.
        kind: PacketKind,
    },
    /// All packets so far.
    Counts {
        /// Milliseconds since the proxy began.
        t_ms: u64,
        /// Milliseconds since 1970.
        unix_ms: u64,
        /// Client addresses seen.
        clients: usize,
        /// From clients.
        up: PacketCounts,
        /// To clients.
        down: PacketCounts,
        /// Lost by chance.
        lost: u64,
        /// Lost to full queues.
        overflowed: u64,
    },
}

struct Client {
    address: SocketAddr,
    upstream: Arc<UdpSocket>,
    seen: HashMap<(Direction, PacketKind), ()>,
}

/// A proxy that is bound and not yet running.
pub struct Proxy {
    socket: UdpSocket,
    upstream: SocketAddr,
    began: Instant,
    clients: Vec<Client>,
    by_address: HashMap<SocketAddr, usize>,
    up: Link<(usize, Vec<u8>)>,
    down: Link<(usize, Vec<u8>)>,
    counts: [PacketCounts; 2],
    lost: u64,
    overflowed: u64,
}

impl Proxy {
    /// Binds `listen`; each direction gets its own link, `config.seed` and the number after it.
    ///
    /// # Errors
    /// What the system says to the bind.
    pub async fn bind(
        listen: SocketAddr,
        upstream: SocketAddr,
        config: LinkConfig,
    ) -> io::Result<Self> {
        Ok(Self {
            socket: UdpSocket::bind(listen).await?,
            upstream,
            began: Instant::now(),
            clients: Vec::new(),
            by_address: HashMap::new(),
            up: Link::new(config),
            down: Link::new(LinkConfig {
                seed: config.seed + 1,
                ..config
            }),
            counts: [PacketCounts::default(); 2],
            lost: 0,
            overflowed: 0,
        })
    }

    /// Where clients reach the proxy.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Carries packets until `commands` is closed; the last report is [`Report::Counts`].
    ///
    /// # Errors
    /// What the system says when the listening socket fails.
    pub async fn run(
        mut self,
        mut commands: mpsc::Receiver<Command>,
        mut report: impl FnMut(Report),
    ) -> io::Result<()> {
        let (from_upstream, mut answers) = mpsc::channel(CHANNEL_PACKETS);
        let mut buffer = [0; DATAGRAM_BYTES];
        loop {
            let due = [self.up.poll_timeout(), self.down.poll_timeout()]
                .into_iter()
                .flatten()
                .min();
            let wake = self.began + due.unwrap_or(Duration::from_secs(3600));
            tokio::select! {
                received = self.socket.recv_from(&mut buffer) => {
                    // A client that went away shows as an error here; it concerns no other client.
                    let Ok((length, address)) = received else { continue };
                    let Some(client) = self.client(address, &from_upstream).await? else { continue };
                    self.take(client, Direction::Up, &buffer[..length], &mut report);
                }
                Some((client, datagram)) = answers.recv() => {
                    self.take(client, Direction::Down, &datagram, &mut report);
                }
                () = sleep_until(wake.into()), if due.is_some() => self.deliver().await,
                command = commands.recv() => match command {
                    Some(Command::Count) => report(self.counts()),
                    Some(Command::Delay(delay)) => {
                        self.up.set_delay(delay);
                        self.down.set_delay(delay);
                    }
                    Some(Command::Loss(share)) => {
                        self.up.set_loss(share);
                        self.down.set_loss(share);
                    }
                    None => {
                        report(self.counts());
                        return Ok(());
                    }
                },
            }
        }
    }

    async fn client(
        &mut self,
        address: SocketAddr,
        answers: &mpsc::Sender<(usize, Vec<u8>)>,
    ) -> io::Result<Option<usize>> {
        if let Some(client) = self.by_address.get(&address) {
            return Ok(Some(*client));
        }
        if self.clients.len() == CLIENTS {
            return Ok(None);
        }
        let any = if self.upstream.is_ipv4() {
            "0.0.0.0:0"
        } else {
            "[::]:0"
        };
        let upstream = Arc::new(UdpSocket::bind(any).await?);
        upstream.connect(self.upstream).await?;
        let index = self.clients.len();
        let (socket, answers) = (upstream.clone(), answers.clone());
        tokio::spawn(async move {
            let mut buffer = [0; DATAGRAM_BYTES];
            loop {
                // An upstream that is not up yet refuses packets; it may come.
                let Ok(length) = socket.recv(&mut buffer).await else {
                    continue;
                };
                if answers
                    .send((index, buffer[..length].to_vec()))
                    .await
                    .is_err()
                {
                    return;
                }
            }
        });
        self.clients.push(Client {
            address,
            upstream,
            seen: HashMap::new(),
        });
        self.by_address.insert(address, index);
        Ok(Some(index))
    }

    fn take(
        &mut self,
        client: usize,
        direction: Direction,
        datagram: &[u8],
        report: &mut impl FnMut(Report),
    ) {
        let kind = PacketKind::of(datagram);
        self.counts[direction as usize].add(kind);
        if self.clients[client]
            .seen
            .insert((direction, kind), ())
            .is_none()
        {
            let (t_ms, unix_ms) = self.now_ms();
            report(Report::First {
                t_ms,
                unix_ms,
                client,
                direction,
                kind,
            });
        }
        let link = match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        };
        match link.handle_packet(self.began.elapsed(), (client, datagram.to_vec())) {
            Entry::Queued => {}
            Entry::Lost => self.lost += 1,
            Entry::Overflowed => self.overflowed += 1,
        }
    }

    /// Sends what is due. A packet that the system refuses is lost, as on a real network.
    async fn deliver(&mut self) {
        let now = self.began.elapsed();
        while let Some((client, datagram)) = self.up.poll_packet(now) {
            let _ = self.clients[client].upstream.send(&datagram).await;
        }
        while let Some((client, datagram)) = self.down.poll_packet(now) {
            let _ = self
                .socket
                .send_to(&datagram, self.clients[client].address)
                .await;
        }
    }

    fn now_ms(&self) -> (u64, u64) {
        let unix = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        (
            self.began.elapsed().as_millis() as u64,
            unix.as_millis() as u64,
        )
    }

    fn counts(&self) -> Report {
        let (t_ms, unix_ms) = self.now_ms();
        let [up, down] = self.counts;
        let (lost, overflowed) = (self.lost, self.overflowed);
        Report::Counts {
            t_ms,
            unix_ms,
            clients: self.clients.len(),
            up,
            down,
            lost,
            overflowed,
        }
    }
}
