//! What the connections report: media, data, keyframe requests, states.

use super::Session;
use crate::sfu::{
    SfuEvent, SurfaceRules,
    peer::{Measured, Peer, PeerId, packet_codec},
    realtime::{self, Sender},
    router::Outputs,
    source::starts_keyframe,
};
use sightline_protocol::{CHANNEL_ANNOTATIONS, CHANNEL_REALTIME, TrackKind, limits};
use std::time::Instant;
use str0m::{
    Event, IceConnectionState,
    channel::{ChannelData, ChannelId},
    media::{KeyframeRequest, Mid},
    rtp::RtpPacket,
};

impl Session {
    pub(super) fn handle_event(
        &mut self,
        now: Instant,
        id: PeerId,
        event: Event,
        out: &mut Outputs,
    ) {
        let Some(at) = self.index(id) else { return };
        match event {
            Event::RtpPacket(packet) => self.forward(now, at, &packet, out),
            Event::Connected => {
                self.peers[at].established = true;
                self.came_up(now, at, out);
            }
            Event::IceConnectionStateChange(state) => self.ice_state(now, at, state, out),
            Event::KeyframeRequest(request) => self.keyframe_requested(now, at, &request),
            Event::ChannelOpen(channel, label) => self.channel_open(at, channel, &label, out),
            Event::ChannelClose(channel) => {
                let peer = &mut self.peers[at];
                peer.annotations.take_if(|open| *open == channel);
                peer.realtime.take_if(|open| *open == channel);
            }
            Event::ChannelData(data) => self.channel_data(now, at, data, out),
            Event::MediaIngressStats(stats) => {
                let measured = &mut self.peers[at].measured;
                measured.loss_in = measured.loss_in.max(stats.loss.unwrap_or(0.0));
                measured.rtt = measured.rtt.or(stats.rtt);
            }
            Event::MediaEgressStats(stats) => {
                let measured = &mut self.peers[at].measured;
                measured.loss_out = measured.loss_out.max(stats.loss.unwrap_or(0.0));
                measured.rtt = measured.rtt.or(stats.rtt);
            }
            Event::PeerStats(stats) => {
                let rtt = stats.rtt;
                self.report(at, rtt, out);
            }
            Event::Closed => {
                let peer = &mut self.peers[at];
                peer.fault
                    .get_or_insert_with(|| "closed by the client".to_owned());
            }
            _ => {}
        }
    }

    /// Passes a packet on at once.
    fn forward(&mut self, now: Instant, at: usize, packet: &RtpPacket, out: &mut Outputs) {
        let peer = &mut self.peers[at];
        let Some(params) = peer.sent_params(packet.header.payload_type) else {
            return;
        };
        let Some(track) = source_of(peer, packet) else {
            return;
        };
        let audio_allowed = peer.audio_allowed;
        let source = &mut peer.sources[track];
        let allowed = match source.kind {
            TrackKind::Audio => audio_allowed,
            TrackKind::Video => source
                .surface
                .as_ref()
                .and_then(|surface| self.gates.get(surface))
                .is_some_and(|gate| gate.allowed),
        };
        if !allowed || !peer.media_rate.take_many(now, packet.payload.len()) {
            return;
        }
        let stream = (source.id, source.stream);
        if let Some(codec) = packet_codec(&params) {
            source.frames += u32::from(packet.header.marker);
            if starts_keyframe(codec, &packet.payload) {
                source.keyframes.arrived();
            }
            if let Some(surface) = source.surface.clone() {
                self.tap(&surface, stream, codec, packet);
            }
        }
        self.tell_clock(now, at, track, packet, out);
        for (other, peer) in self.peers.iter_mut().enumerate() {
            if other != at && peer.forward(stream, params, packet) {
                peer.settle(now, out, &mut self.pending);
            }
        }
    }

    /// Tells a publisher which frame time its last sender report gave to which moment: its own
    /// picture carries none.
    fn tell_clock(
        &mut self,
        now: Instant,
        at: usize,
        track: usize,
        packet: &RtpPacket,
        out: &mut Outputs,
    ) {
        let Some(report) = packet.last_sender_info else {
            return;
        };
        let peer = &mut self.peers[at];
        let source = &mut peer.sources[track];
        if source.reported == Some(report.ntp_time) {
            return;
        }
        source.reported = Some(report.ntp_time);
        let rules = source.surface.as_ref().and_then(|surface| {
            let gate = self.gates.get(surface)?;
            gate.rules.as_ref()
        });
        let Some(number) = rules.map(|rules| rules.number) else {
            return;
        };
        if let Some(clock) = realtime::clock(number, &report)
            && peer.write_realtime(&clock)
        {
            peer.settle(now, out, &mut self.pending);
        }
    }

    fn came_up(&mut self, now: Instant, at: usize, out: &mut Outputs) {
        let peer = &mut self.peers[at];
        peer.connected = true;
        peer.down_since = None;
        let session = self.id.clone();
        out.event(SfuEvent::Connected {
            session,
            participant: peer.participant.clone(),
        });
        let carried: Vec<_> = peer
            .sinks
            .iter_mut()
            .filter_map(|sink| {
                sink.cut();
                sink.carries.as_ref().map(|carried| carried.source)
            })
            .collect();
        for source in self.peers.iter_mut().flat_map(|peer| &mut peer.sources) {
            if source.kind == TrackKind::Video && carried.contains(&source.id) {
                source.keyframes.want(now);
            }
        }
    }

    fn ice_state(&mut self, now: Instant, at: usize, state: IceConnectionState, out: &mut Outputs) {
        let peer = &mut self.peers[at];
        match state {
            IceConnectionState::Disconnected => {
                peer.down_since.get_or_insert(now);
                if std::mem::take(&mut peer.connected) {
                    let participant = peer.participant.clone();
                    out.event(SfuEvent::Disconnected {
                        session: self.id.clone(),
                        participant,
                    });
                }
            }
            IceConnectionState::Connected | IceConnectionState::Completed
                if peer.established && !peer.connected =>
            {
                self.came_up(now, at, out);
            }
            _ => {}
        }
    }

    fn keyframe_requested(&mut self, now: Instant, at: usize, request: &KeyframeRequest) {
        if !self.peers[at].keyframe_rate.take(now) {
            return;
        }
        let carried = |mid: Mid| {
            let sink = self.peers[at].sinks.iter().find(|sink| sink.mid == mid)?;
            sink.carries.as_ref().map(|carried| carried.source)
        };
        let Some(id) = carried(request.mid) else {
            return;
        };
        for source in self.peers.iter_mut().flat_map(|peer| &mut peer.sources) {
            if source.id == id {
                source.keyframes.want(now);
            }
        }
    }

    fn channel_open(&mut self, at: usize, channel: ChannelId, label: &str, out: &mut Outputs) {
        let peer = &mut self.peers[at];
        let (slot, label) = match label {
            CHANNEL_ANNOTATIONS => (&mut peer.annotations, CHANNEL_ANNOTATIONS),
            CHANNEL_REALTIME => (&mut peer.realtime, CHANNEL_REALTIME),
            _ => return,
        };
        *slot = Some(channel);
        let participant = peer.participant.clone();
        out.event(SfuEvent::ChannelOpen {
            session: self.id.clone(),
            participant,
            label,
        });
    }

    fn channel_data(&mut self, now: Instant, at: usize, data: ChannelData, out: &mut Outputs) {
        let peer = &mut self.peers[at];
        if peer.annotations == Some(data.id) {
            if !peer.annotation_rate.take(now) {
                return;
            }
            // One byte more than allowed is kept so that the reader sees that it is too long.
            let length = data.data.len().min(limits::MESSAGE_BYTES + 1);
            let text = String::from_utf8_lossy(&data.data[..length]).into_owned();
            let participant = peer.participant.clone();
            let session = self.id.clone();
            out.event(SfuEvent::AnnotationMessage {
                session,
                participant,
                text,
            });
        } else if peer.realtime == Some(data.id) && peer.realtime_rate.take(now) {
            let sender = Sender {
                participant: &peer.participant,
                number: peer.number,
                may_point: peer.may_point,
            };
            let rules = |number| -> Option<SurfaceRules> {
                self.gates
                    .values()
                    .filter_map(|gate| gate.rules.as_ref())
                    .find(|rules| rules.number == number)
                    .cloned()
            };
            let except = Some(peer.id);
            if let Some(packet) = realtime::admit(&data.data, &sender, rules) {
                self.spread_realtime(now, except, &packet, out);
            }
        }
    }

    pub(super) fn spread_realtime(
        &mut self,
        now: Instant,
        except: Option<PeerId>,
        packet: &[u8],
        out: &mut Outputs,
    ) {
        self.film_realtime(now, packet);
        for peer in &mut self.peers {
            if Some(peer.id) != except && peer.connected && peer.write_realtime(packet) {
                peer.settle(now, out, &mut self.pending);
            }
        }
    }

    fn report(&mut self, at: usize, rtt: Option<std::time::Duration>, out: &mut Outputs) {
        let peer = &mut self.peers[at];
        let measured: Measured = std::mem::take(&mut peer.measured);
        let frames: u32 = peer
            .sources
            .iter_mut()
            .map(|source| std::mem::take(&mut source.frames))
            .sum();
        if !peer.connected {
            return;
        }
        out.event(SfuEvent::MediaStats {
            session: self.id.clone(),
            participant: peer.participant.clone(),
            rtt_ms: rtt
                .or(measured.rtt)
                .map(|rtt| rtt.as_millis().min(60_000) as u32),
            loss_in: measured.loss_in.clamp(0.0, 1.0),
            loss_out: measured.loss_out.clamp(0.0, 1.0),
            fps_in: frames as f32,
        });
    }
}

/// The published track that a packet belongs to. The first packet of a stream tells which section
/// it is of; later ones are found by their SSRC.
fn source_of(peer: &mut Peer, packet: &RtpPacket) -> Option<usize> {
    let ssrc = packet.header.ssrc;
    if let Some(at) = peer
        .sources
        .iter()
        .position(|source| source.ssrc == Some(ssrc))
    {
        return Some(at);
    }
    let mid = peer.rtc.direct_api().stream_rx(&ssrc)?.mid();
    let at = peer.sources.iter().position(|source| source.mid == mid)?;
    let source = &mut peer.sources[at];
    source.ssrc = Some(ssrc);
    source.stream += 1;
    Some(at)
}
