//! The connections of one session: who gets what.

mod bind;
mod events;
mod negotiate;
mod taps;

pub use negotiate::Setup;

use super::{
    Filmed, SfuEvent, SurfaceRules, TapSink,
    command::Command,
    peer::{Peer, PeerId},
    router::Outputs,
};
use sightline_protocol::{ParticipantId, SessionId, SurfaceId};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};
use str0m::{Event, Input, media::KeyframeRequestKind};

/// A connection through which nothing came for so long is removed.
const GIVE_UP: Duration = Duration::from_secs(30);
/// The connection library notices a silent client after 15 s; this is how soon it is asked.
const IDLE_CHECK: Duration = Duration::from_secs(1);

/// What is known of a surface.
#[derive(Debug, Default)]
struct Gate {
    rules: Option<SurfaceRules>,
    allowed: bool,
}

/// One session's connections, gates and taps.
#[derive(Debug)]
pub struct Session {
    id: SessionId,
    peers: Vec<Peer>,
    gates: HashMap<SurfaceId, Gate>,
    audio_allowed: HashSet<ParticipantId>,
    taps: HashMap<SurfaceId, TapSink>,
    films: HashMap<SurfaceId, TapSink<Filmed>>,
    pending: VecDeque<(PeerId, Event)>,
    assignments: u64,
}

impl Session {
    pub fn new(id: SessionId) -> Self {
        Self {
            id,
            peers: Vec::new(),
            gates: HashMap::new(),
            audio_allowed: HashSet::new(),
            taps: HashMap::new(),
            films: HashMap::new(),
            pending: VecDeque::new(),
            assignments: 0,
        }
    }

    /// Which session this is.
    pub fn id(&self) -> &SessionId {
        &self.id
    }

    /// The participants that have a connection.
    pub fn participants(&self) -> impl Iterator<Item = &ParticipantId> {
        self.peers.iter().map(|peer| &peer.participant)
    }

    /// The names by which STUN checks reach the connections.
    pub fn ufrags(&mut self) -> Vec<(String, PeerId)> {
        self.peers
            .iter_mut()
            .map(|peer| (peer.ufrag(), peer.id))
            .collect()
    }

    fn index(&self, id: PeerId) -> Option<usize> {
        self.peers.iter().position(|peer| peer.id == id)
    }

    fn peer_mut(&mut self, participant: &ParticipantId) -> Option<&mut Peer> {
        self.peers
            .iter_mut()
            .find(|peer| peer.participant == *participant)
    }

    /// True when this datagram belongs to the connection.
    pub fn accepts(&self, id: PeerId, input: &Input<'_>) -> bool {
        self.index(id)
            .is_some_and(|at| self.peers[at].rtc.accepts(input))
    }

    /// True when a connection may be checked from one more address.
    pub fn takes_address(&mut self, now: Instant, id: PeerId) -> bool {
        self.index(id)
            .is_some_and(|at| self.peers[at].address_rate.take(now))
    }

    /// Feeds a datagram to a connection; false when the connection is gone.
    pub fn handle_datagram(
        &mut self,
        now: Instant,
        id: PeerId,
        input: Input<'_>,
        out: &mut Outputs,
    ) -> bool {
        let Some(at) = self.index(id) else {
            return false;
        };
        self.peers[at].input(now, input, out, &mut self.pending);
        self.work(now, out);
        true
    }

    /// Lets time pass.
    pub fn handle_timeout(&mut self, now: Instant, out: &mut Outputs) {
        for at in 0..self.peers.len() {
            if self.peers[at].next <= now {
                self.peers[at].input(now, Input::Timeout(now), out, &mut self.pending);
            }
        }
        self.work(now, out);
    }

    /// When [`Self::handle_timeout`] has something to do.
    pub fn next_timeout(&self, now: Instant) -> Option<Instant> {
        let idle = now + IDLE_CHECK;
        self.peers
            .iter()
            .flat_map(|peer| {
                let keyframes = peer
                    .sources
                    .iter()
                    .filter_map(|source| source.keyframes.due());
                let give_up = peer.down_since.map(|since| since + GIVE_UP);
                keyframes.chain(give_up).chain([peer.next.min(idle)])
            })
            .min()
    }

    /// Handles a command that needs no answer.
    pub fn handle_command(&mut self, now: Instant, command: Command, out: &mut Outputs) {
        match command {
            Command::SetSurface { rules, .. } => {
                let surface = rules.surface.clone();
                self.gates.entry(surface).or_default().rules = Some(rules);
            }
            Command::RemoveSurface { surface, .. } => self.remove_surface(now, &surface, out),
            Command::SetForwarding {
                surface, allowed, ..
            } => {
                self.set_forwarding(now, surface, allowed);
            }
            Command::SetAudioForwarding {
                participant,
                allowed,
                ..
            } => {
                self.set_audio_forwarding(participant, allowed);
            }
            Command::SendAnnotations {
                participant, json, ..
            } => {
                self.send_annotations(now, participant, json, out);
            }
            Command::SendRealtime { except, packet, .. } => {
                let except = self
                    .peers
                    .iter()
                    .find(|peer| Some(&peer.participant) == except.as_ref());
                let except = except.map(|peer| peer.id);
                self.spread_realtime(now, except, &packet, out);
            }
            Command::RequestKeyframe { surface, .. } => self.want_keyframe(now, &surface),
            Command::RemoveParticipant { participant, .. } => {
                self.audio_allowed.remove(&participant);
                self.close(now, |peer| peer.participant == participant, out);
            }
            Command::EndSession { .. } => self.close(now, |_| true, out),
            Command::Tap { surface, sink, .. } => {
                self.want_keyframe(now, &surface);
                self.taps.insert(surface, sink);
            }
            Command::Film { surface, sink, .. } => self.film(now, surface, sink),
            Command::Untap { surface, .. } => {
                self.taps.remove(&surface);
            }
            Command::Negotiate { .. } => {}
        }
        self.work(now, out);
    }

    fn set_forwarding(&mut self, now: Instant, surface: SurfaceId, allowed: bool) {
        let gate = self.gates.entry(surface.clone()).or_default();
        if gate.allowed == allowed {
            return;
        }
        gate.allowed = allowed;
        let carries = |of: Option<&SurfaceId>| of == Some(&surface);
        for sink in self.peers.iter_mut().flat_map(|peer| &mut peer.sinks) {
            if carries(
                sink.carries
                    .as_ref()
                    .and_then(|carried| carried.surface.as_ref()),
            ) {
                sink.cut();
            }
        }
        if allowed {
            self.want_keyframe(now, &surface);
        }
    }

    fn set_audio_forwarding(&mut self, participant: ParticipantId, allowed: bool) {
        for sink in self.peers.iter_mut().flat_map(|peer| &mut peer.sinks) {
            let carried = sink.carries.as_ref();
            if carried.is_some_and(|it| it.surface.is_none() && it.from == participant) {
                sink.cut();
            }
        }
        if let Some(peer) = self.peer_mut(&participant) {
            peer.audio_allowed = allowed;
        }
        if allowed {
            self.audio_allowed.insert(participant);
        } else {
            self.audio_allowed.remove(&participant);
        }
    }

    fn remove_surface(&mut self, now: Instant, surface: &SurfaceId, out: &mut Outputs) {
        self.gates.remove(surface);
        self.taps.remove(surface);
        self.films.remove(surface);
        for peer in &mut self.peers {
            peer.sources
                .retain(|source| source.surface.as_ref() != Some(surface));
        }
        self.bind(now, None, out);
    }

    fn want_keyframe(&mut self, now: Instant, surface: &SurfaceId) {
        for source in self.peers.iter_mut().flat_map(|peer| &mut peer.sources) {
            if source.surface.as_ref() == Some(surface) {
                source.keyframes.want(now);
            }
        }
    }

    fn send_annotations(
        &mut self,
        now: Instant,
        participant: ParticipantId,
        text: String,
        out: &mut Outputs,
    ) {
        let at = self
            .peers
            .iter()
            .position(|peer| peer.participant == participant);
        let written = at.is_some_and(|at| {
            let peer = &mut self.peers[at];
            let written = peer.connected && peer.write_annotations(&text);
            peer.settle(now, out, &mut self.pending);
            written
        });
        if !written {
            let session = self.id.clone();
            out.event(SfuEvent::AnnotationsUndelivered {
                session,
                participant,
                text,
            });
        }
    }

    /// Says goodbye to the chosen connections and removes them.
    fn close(&mut self, now: Instant, chosen: impl Fn(&Peer) -> bool, out: &mut Outputs) {
        for peer in self.peers.iter_mut().filter(|peer| chosen(peer)) {
            if peer.rtc.close().is_ok() {
                peer.settle(now, out, &mut self.pending);
            }
        }
        self.peers.retain(|peer| !chosen(peer));
        self.bind(now, None, out);
    }

    /// Works off what the connections reported, asks for keyframes, removes dead connections.
    fn work(&mut self, now: Instant, out: &mut Outputs) {
        while let Some((id, event)) = self.pending.pop_front() {
            self.handle_event(now, id, event, out);
        }
        self.ask_for_keyframes(now, out);
        self.bury(now, out);
    }

    fn ask_for_keyframes(&mut self, now: Instant, out: &mut Outputs) {
        for peer in &mut self.peers {
            let mut asked = false;
            for source in &mut peer.sources {
                if source.keyframes.poll(now)
                    && let Some(rx) = peer.rtc.direct_api().stream_rx_by_mid(source.mid, None)
                {
                    rx.request_keyframe(KeyframeRequestKind::Pli);
                    asked = true;
                }
            }
            if asked {
                peer.settle(now, out, &mut self.pending);
            }
        }
    }

    fn bury(&mut self, now: Instant, out: &mut Outputs) {
        let before = self.peers.len();
        self.peers.retain_mut(|peer| {
            let silent = peer.down_since.is_some_and(|since| now >= since + GIVE_UP);
            if !silent && !peer.is_dead() {
                return true;
            }
            let reason = peer.fault.take().unwrap_or_else(|| {
                let state = if peer.established {
                    "silent"
                } else {
                    "no connection came about"
                };
                format!("{state} for {} s", GIVE_UP.as_secs())
            });
            out.event(SfuEvent::Failed {
                session: self.id.clone(),
                participant: peer.participant.clone(),
                reason,
            });
            false
        });
        if self.peers.len() != before {
            self.bind(now, None, out);
        }
    }
}
