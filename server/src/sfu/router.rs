//! Brings datagrams to their session and keeps the sessions' clocks. No IO: the caller owns the
//! socket and the time.

use super::{
    Negotiate, NegotiateAnswer, SfuError, SfuEvent,
    command::Command,
    routes::Routes,
    session::{Session, Setup},
    stun,
};
use sightline_protocol::SessionId;
use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    net::{IpAddr, SocketAddr},
    panic::{AssertUnwindSafe, catch_unwind},
    time::Instant,
};
use str0m::{
    Input,
    net::{Protocol, Receive, Transmit},
};

/// Longer datagrams cannot have come over Ethernet unbroken and are dropped.
const DATAGRAM_BYTES: usize = 1_500;

/// A datagram to send.
pub type Datagram = Transmit;

/// What the sessions put out.
#[derive(Debug, Default)]
pub struct Outputs {
    datagrams: VecDeque<Datagram>,
    events: VecDeque<SfuEvent>,
    ids: u64,
}

impl Outputs {
    pub(super) fn transmit(&mut self, datagram: Datagram) {
        self.datagrams.push_back(datagram);
    }

    pub(super) fn event(&mut self, event: SfuEvent) {
        self.events.push_back(event);
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.ids += 1;
        self.ids
    }
}

#[derive(Debug)]
struct Entry {
    session: Session,
    timer: Option<Instant>,
}

/// All sessions of one media thread.
#[derive(Debug)]
pub struct Router {
    setup: Setup,
    keys: HashMap<SessionId, u64>,
    sessions: HashMap<u64, Entry>,
    routes: Routes,
    timers: BTreeSet<(Instant, u64)>,
    out: Outputs,
}

impl Router {
    /// A router whose answers carry these host candidates. The first of each address family also
    /// stands for datagrams that came to an address that is no candidate.
    pub fn new(candidates: Vec<SocketAddr>, certificate: str0m::config::DtlsCert) -> Self {
        Self {
            setup: Setup {
                candidates,
                certificate,
            },
            keys: HashMap::new(),
            sessions: HashMap::new(),
            routes: Routes::default(),
            timers: BTreeSet::new(),
            out: Outputs::default(),
        }
    }

    /// Takes a datagram that came from `from` to the local address `to`. Bytes that belong to no
    /// connection are dropped.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        from: SocketAddr,
        to: SocketAddr,
        bytes: &[u8],
    ) {
        if bytes.len() > DATAGRAM_BYTES {
            return;
        }
        let named = stun::local_ufrag(bytes).map(|ufrag| self.routes.named(ufrag));
        let (key, peer) = match named {
            Some(Some(route)) => route,
            Some(None) => return,
            None => match self.routes.from(&from) {
                Some(route) => route,
                None => return,
            },
        };
        let Ok(contents) = bytes.try_into() else {
            return;
        };
        let destination = self.candidate_for(to);
        let receive = Receive {
            proto: Protocol::Udp,
            source: from,
            destination,
            contents,
        };
        let input = Input::Receive(now, receive);
        let learn = named.is_some();
        let is_known = self.routes.from(&from) == Some((key, peer));
        let alive = self.with_session(now, key, |session, out| {
            let accepted =
                session.accepts(peer, &input) && (is_known || session.takes_address(now, peer));
            (
                accepted && session.handle_datagram(now, peer, input, out),
                accepted,
            )
        });
        match alive {
            Some((true, _)) if learn => self.routes.learn(from, to.ip(), (key, peer)),
            Some((false, true)) | None => self.routes.forget_addresses((key, peer)),
            _ => {}
        }
    }

    /// The machine's own address at which a client was heard of, so that answers leave from there
    /// on a machine with several.
    pub fn local_for(&self, client: &SocketAddr) -> Option<IpAddr> {
        self.routes.local(client)
    }

    fn candidate_for(&self, to: SocketAddr) -> SocketAddr {
        let candidates = &self.setup.candidates;
        if candidates.contains(&to) {
            return to;
        }
        let outside = |it: &&SocketAddr| it.is_ipv4() == to.is_ipv4() && !it.ip().is_loopback();
        let family = |it: &&SocketAddr| it.is_ipv4() == to.is_ipv4();
        let found = candidates
            .iter()
            .find(outside)
            .or_else(|| candidates.iter().find(family));
        found.copied().unwrap_or(to)
    }

    /// Takes a command of the shell.
    pub fn handle_command(&mut self, now: Instant, command: Command) {
        if let Command::Negotiate { request, reply } = command {
            // The one who asked may have given up; the negotiation stands all the same.
            let _ = reply.send(self.negotiate(now, *request));
            return;
        }
        let id = command.session().clone();
        let ends = matches!(command, Command::EndSession { .. });
        let removes = ends || matches!(command, Command::RemoveParticipant { .. });
        let makes = matches!(
            command,
            Command::SetSurface { .. }
                | Command::SetForwarding { .. }
                | Command::SetAudioForwarding { .. }
                | Command::Tap { .. }
        );
        let key = match self.keys.get(&id) {
            Some(key) => *key,
            None if makes => self.key(&id),
            None => {
                if let Command::SendAnnotations {
                    session,
                    participant,
                    json: text,
                } = command
                {
                    self.out.event(SfuEvent::AnnotationsUndelivered {
                        session,
                        participant,
                        text,
                    });
                }
                return;
            }
        };
        self.with_session(now, key, |session, out| {
            session.handle_command(now, command, out)
        });
        if ends {
            self.forget(key);
        } else if removes {
            self.refresh_routes(key);
        }
    }

    /// Answers an offer.
    ///
    /// # Errors
    /// See [`super::Sfu::negotiate`].
    pub fn negotiate(
        &mut self,
        now: Instant,
        request: Negotiate,
    ) -> Result<NegotiateAnswer, SfuError> {
        let key = self.key(&request.session);
        let setup = self.setup.clone();
        let result = self.with_session(now, key, |session, out| {
            session.negotiate(now, request, &setup, out)
        });
        self.refresh_routes(key);
        result.unwrap_or(Err(SfuError::Offer {
            reason: "it broke the session".to_owned(),
        }))
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, key)) = self.timers.first().copied() {
            if at > now {
                break;
            }
            self.timers.pop_first();
            self.with_session(now, key, |session, out| session.handle_timeout(now, out));
        }
    }

    /// When [`Self::handle_timeout`] has something to do.
    pub fn next_timeout(&self) -> Option<Instant> {
        self.timers.first().map(|(at, _)| *at)
    }

    /// The next datagram to send.
    pub fn poll_transmit(&mut self) -> Option<Datagram> {
        self.out.datagrams.pop_front()
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<SfuEvent> {
        self.out.events.pop_front()
    }

    fn key(&mut self, id: &SessionId) -> u64 {
        if let Some(key) = self.keys.get(id) {
            return *key;
        }
        let key = self.out.next_id();
        self.keys.insert(id.clone(), key);
        self.sessions.insert(
            key,
            Entry {
                session: Session::new(id.clone()),
                timer: None,
            },
        );
        key
    }

    /// Runs something on a session and sets its clock again. A panic ends this session, and no
    /// other.
    fn with_session<R>(
        &mut self,
        now: Instant,
        key: u64,
        run: impl FnOnce(&mut Session, &mut Outputs) -> R,
    ) -> Option<R> {
        let entry = self.sessions.get_mut(&key)?;
        let out = &mut self.out;
        let session = &mut entry.session;
        match catch_unwind(AssertUnwindSafe(|| run(session, out))) {
            Ok(result) => {
                let timer = session.next_timeout(now).map(|at| at.max(now));
                if entry.timer != timer
                    && let Some(old) = entry.timer
                {
                    self.timers.remove(&(old, key));
                }
                if let Some(at) = timer {
                    self.timers.insert((at, key));
                }
                entry.timer = timer;
                Some(result)
            }
            Err(_) => {
                tracing::error!("a fault in the media code ended a session's connections");
                let (id, participants) = self.identify(key);
                for participant in participants {
                    let reason = "a fault in the media code".to_owned();
                    let session = id.clone();
                    self.out.event(SfuEvent::Failed {
                        session,
                        participant,
                        reason,
                    });
                }
                self.forget(key);
                None
            }
        }
    }

    fn identify(&self, key: u64) -> (SessionId, Vec<sightline_protocol::ParticipantId>) {
        let entry = &self.sessions[&key];
        let id = entry.session.id().clone();
        (id, entry.session.participants().cloned().collect())
    }

    fn refresh_routes(&mut self, key: u64) {
        let entry = self.sessions.get_mut(&key);
        let ufrags = entry.map_or_else(Vec::new, |entry| entry.session.ufrags());
        self.routes.refresh(key, ufrags);
    }

    fn forget(&mut self, key: u64) {
        if let Some(entry) = self.sessions.remove(&key) {
            self.keys.remove(entry.session.id());
            if let Some(timer) = entry.timer {
                self.timers.remove(&(timer, key));
            }
        }
        self.routes.refresh(key, Vec::new());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_own_session_and_no_other() {
        let provider = str0m::crypto::from_feature_flags().dtls_provider;
        let certificate = provider.generate_certificate().unwrap();
        let mut router = Router::new(vec!["127.0.0.1:1".parse().unwrap()], certificate);
        let broken = router.key(&SessionId::from_random([1; 16]));
        let sound = router.key(&SessionId::from_random([2; 16]));
        let now = Instant::now();
        let result: Option<()> = router.with_session(now, broken, |_, _| panic!("as it must"));
        assert_eq!(result, None);
        assert!(!router.sessions.contains_key(&broken));
        assert_eq!(router.with_session(now, sound, |_, _| 7), Some(7));
        assert_eq!(router.keys.len(), 1);
    }
}
