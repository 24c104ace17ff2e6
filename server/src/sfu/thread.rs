//! The media thread: a socket, a clock and the command queue around a [`Router`].

use super::{
    SfuConfig, SfuEvent, addresses,
    command::Command,
    router::{Datagram, Router},
};
use mio::{Events, Interest, Poll, Token, Waker, net::UdpSocket};
use quinn_udp::{BATCH_SIZE, RecvMeta, UdpSockRef, UdpSocketState};
use std::{
    io::{self, ErrorKind, IoSliceMut},
    net::{IpAddr, SocketAddr},
    sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    time::{Duration, Instant},
};
use tokio::sync::mpsc;

/// Commands that may wait.
const COMMANDS: usize = 4_096;
/// Commands taken in one turn, so that packets do not wait behind them.
const COMMANDS_A_TURN: usize = 64;
/// Batches of datagrams taken in one turn, so that timers and commands do not wait behind them.
const BATCHES_A_TURN: usize = 16;
/// Events that may wait.
const EVENTS: usize = 4_096;
/// Largest datagram, and as many of them as the kernel may hand over as one.
const DATAGRAM_BYTES: usize = 2_048;
/// What the kernel may hold for us: a second of 30 Mbit/s.
const SOCKET_BYTES: usize = 4 * 1024 * 1024;

const SOCKET: Token = Token(0);
const WAKE: Token = Token(1);

/// Sending end of the command queue.
#[derive(Debug)]
pub struct CommandQueue {
    commands: SyncSender<Command>,
    waker: Waker,
}

impl CommandQueue {
    /// Waits for room.
    pub fn send(&self, command: Command) {
        if self.commands.send(command).is_err() || self.waker.wake().is_err() {
            tracing::error!("the media thread has ended");
        }
    }

    /// Drops the command when there is no room.
    pub fn try_send(&self, command: Command) {
        if self.commands.try_send(command).is_ok() {
            // A failed wake-up only delays an unreliable packet until the next datagram.
            let _ = self.waker.wake();
        }
    }
}

impl Drop for CommandQueue {
    fn drop(&mut self) {
        // The thread sees the end of the queue when it wakes up.
        let (nobody, _) = sync_channel(1);
        self.commands = nobody;
        let _ = self.waker.wake();
    }
}

/// Binds the port and starts the thread; gives the queue, the bound port and the events.
pub fn start(config: SfuConfig) -> io::Result<(CommandQueue, u16, mpsc::Receiver<SfuEvent>)> {
    let socket = std::net::UdpSocket::bind(config.bind)?;
    let state = UdpSocketState::new(UdpSockRef::from(&socket))?;
    // The kernel may give less than asked for, which is no reason not to start.
    let _ = state.set_recv_buffer_size(UdpSockRef::from(&socket), SOCKET_BYTES);
    let _ = state.set_send_buffer_size(UdpSockRef::from(&socket), SOCKET_BYTES);
    let bound = socket.local_addr()?;
    let candidates = addresses::candidates(bound, &config.advertise);
    tracing::info!(%bound, ?candidates, "media port is open");
    let mut socket = UdpSocket::from_std(socket);
    let poll = Poll::new()?;
    poll.registry()
        .register(&mut socket, SOCKET, Interest::READABLE)?;
    let waker = Waker::new(poll.registry(), WAKE)?;
    let certificate = str0m::crypto::from_feature_flags()
        .dtls_provider
        .generate_certificate()
        .ok_or_else(|| io::Error::other("cannot make a DTLS certificate"))?;
    let (commands, receiver) = sync_channel(COMMANDS);
    let (events, event_receiver) = mpsc::channel(EVENTS);
    let media = MediaThread {
        socket,
        state,
        poll,
        bound,
        router: Router::new(candidates, certificate),
        commands: receiver,
        events,
        lost_events: 0,
    };
    std::thread::Builder::new()
        .name("sightline-media".into())
        .spawn(move || media.run())?;
    Ok((
        CommandQueue { commands, waker },
        bound.port(),
        event_receiver,
    ))
}

struct MediaThread {
    socket: UdpSocket,
    state: UdpSocketState,
    poll: Poll,
    bound: SocketAddr,
    router: Router,
    commands: Receiver<Command>,
    events: mpsc::Sender<SfuEvent>,
    lost_events: u64,
}

impl MediaThread {
    fn run(mut self) {
        let mut happened = Events::with_capacity(8);
        let mut buffer = vec![0; BATCH_SIZE * self.state.gro_segments().max(1) * DATAGRAM_BYTES];
        let mut unread = false;
        loop {
            let wait = if unread {
                Some(Duration::ZERO)
            } else {
                self.wait()
            };
            if let Err(error) = self.poll.poll(&mut happened, wait)
                && error.kind() != ErrorKind::Interrupted
            {
                tracing::error!(%error, "the media thread cannot wait for its socket");
                return;
            }
            unread = self.receive(&mut buffer);
            let (more, open) = self.take_commands();
            unread |= more;
            if !open {
                return;
            }
            self.router.handle_timeout(Instant::now());
            self.flush();
        }
    }

    fn wait(&self) -> Option<Duration> {
        let next = self.router.next_timeout()?;
        Some(next.saturating_duration_since(Instant::now()))
    }

    /// Takes what the socket has; true when there may be more.
    fn receive(&mut self, buffer: &mut [u8]) -> bool {
        let size = buffer.len() / BATCH_SIZE;
        for _ in 0..BATCHES_A_TURN {
            let mut metas = [RecvMeta::default(); BATCH_SIZE];
            let mut slices = buffer.chunks_mut(size).map(IoSliceMut::new);
            let mut slices: [IoSliceMut<'_>; BATCH_SIZE] =
                std::array::from_fn(|_| slices.next().unwrap_or_else(|| IoSliceMut::new(&mut [])));
            let count =
                match self
                    .state
                    .recv(UdpSockRef::from(&self.socket), &mut slices, &mut metas)
                {
                    Ok(count) => count,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                    // An ICMP answer to something we sent shows up here; the socket is fine.
                    Err(error) => {
                        tracing::debug!(%error, "receiving failed");
                        continue;
                    }
                };
            let now = Instant::now();
            for (meta, slice) in metas.iter().zip(&slices).take(count) {
                let from = SocketAddr::new(meta.addr.ip().to_canonical(), meta.addr.port());
                let local = meta.dst_ip.map_or(self.bound.ip(), |ip| ip.to_canonical());
                let to = SocketAddr::new(local, self.bound.port());
                for bytes in slice[..meta.len.min(size)].chunks(meta.stride.max(1)) {
                    self.router.handle_datagram(now, from, to, bytes);
                }
            }
            self.flush();
        }
        true
    }

    /// Takes commands; tells whether there may be more and whether the queue is still open.
    fn take_commands(&mut self) -> (bool, bool) {
        for _ in 0..COMMANDS_A_TURN {
            match self.commands.try_recv() {
                Ok(command) => {
                    self.router.handle_command(Instant::now(), command);
                    self.flush();
                }
                Err(TryRecvError::Empty) => return (false, true),
                Err(TryRecvError::Disconnected) => return (false, false),
            }
        }
        (true, true)
    }

    fn flush(&mut self) {
        while let Some(datagram) = self.router.poll_transmit() {
            self.send(&datagram);
        }
        while let Some(event) = self.router.poll_event() {
            if self.events.try_send(event).is_err() {
                self.lost_events += 1;
                if self.lost_events.is_power_of_two() {
                    tracing::error!(lost = self.lost_events, "nobody empties the media events");
                }
            }
        }
    }

    fn send(&self, datagram: &Datagram) {
        let to = datagram.destination;
        let destination = match (self.bound, to.ip()) {
            (SocketAddr::V6(_), IpAddr::V4(v4)) => {
                SocketAddr::new(v4.to_ipv6_mapped().into(), to.port())
            }
            _ => to,
        };
        let transmit = quinn_udp::Transmit {
            destination,
            ecn: None,
            contents: &datagram.contents,
            segment_size: None,
            src_ip: self
                .router
                .local_for(&to)
                .filter(|_| self.bound.ip().is_unspecified()),
        };
        // A datagram that the kernel has no room for is lost like one on the wire.
        if let Err(error) = self
            .state
            .try_send(UdpSockRef::from(&self.socket), &transmit)
        {
            tracing::trace!(%error, "sending failed");
        }
    }
}
