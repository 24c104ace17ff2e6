//! Offers and answers.

use super::Session;
use crate::sfu::{
    Negotiate, NegotiateAnswer, Published, SfuError,
    offer::{self, Offer},
    peer::{Peer, PeerId},
    router::Outputs,
    source::{Source, SourceId},
};
use sightline_protocol::TrackKind;
use std::{net::SocketAddr, time::Instant};
use str0m::{
    change::SdpOffer,
    config::DtlsCert,
    media::{MediaKind, Mid},
};

/// What every connection of this server has in common.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Host candidates of the answers.
    pub candidates: Vec<SocketAddr>,
    /// The server's DTLS certificate; one for all, because making one takes time.
    pub certificate: DtlsCert,
}

impl Session {
    /// Answers an offer; see [`crate::sfu::Sfu::negotiate`].
    pub fn negotiate(
        &mut self,
        now: Instant,
        request: Negotiate,
        setup: &Setup,
        out: &mut Outputs,
    ) -> Result<NegotiateAnswer, SfuError> {
        let offer = offer::read(&request.sdp)?;
        offer.check(&request.published)?;
        let parsed = SdpOffer::from_sdp_string(&offer.sdp).map_err(|error| SfuError::Offer {
            reason: error.to_string(),
        })?;
        let known = self
            .peers
            .iter()
            .position(|peer| peer.participant == request.participant);
        let same = known.filter(|&at| {
            self.peers[at].fingerprint == offer.fingerprint && !self.peers[at].is_dead()
        });
        let (at, answer) = match same {
            Some(at) => (at, accept(&mut self.peers[at], parsed)?),
            None => {
                let id = PeerId(out.next_id());
                let participant = request.participant.clone();
                let mut peer =
                    Peer::new(id, participant, &setup.candidates, &setup.certificate, now);
                let answer = accept(&mut peer, parsed)?;
                if let Some(at) = known {
                    self.peers.remove(at);
                }
                self.peers.push(peer);
                (self.peers.len() - 1, answer)
            }
        };
        let peer = &mut self.peers[at];
        peer.fingerprint.clone_from(&offer.fingerprint);
        peer.number = request.number;
        peer.may_point = request.may_point;
        peer.audio_allowed = self.audio_allowed.contains(&peer.participant);
        peer.slots_asked = (0, 0);
        peer.forget_payload_types();
        sync_sources(peer, request.published, out);
        sync_sinks(peer, &offer);
        let id = peer.id;
        self.bind(now, Some(id), out);
        self.peers[at].settle(now, out, &mut self.pending);
        let received = self.peers[at].received();
        self.work(now, out);
        Ok(NegotiateAnswer {
            sdp: answer,
            received,
        })
    }
}

fn accept(peer: &mut Peer, offer: SdpOffer) -> Result<String, SfuError> {
    peer.rtc
        .sdp_api()
        .accept_offer(offer)
        .map(|answer| answer.to_sdp_string())
        .map_err(|error| SfuError::Offer {
            reason: error.to_string(),
        })
}

fn sync_sources(peer: &mut Peer, published: Vec<Published>, out: &mut Outputs) {
    let same = |source: &Source, track: &Published| {
        source.mid == Mid::from(track.mid.as_str())
            && source.kind == track.kind
            && source.surface == track.surface
    };
    peer.sources
        .retain(|source| published.iter().any(|track| same(source, track)));
    for track in published {
        if !peer.sources.iter().any(|source| same(source, &track)) {
            let id = SourceId(out.next_id());
            let mid = Mid::from(track.mid.as_str());
            peer.sources
                .push(Source::new(id, mid, track.kind, track.surface));
        }
    }
}

fn sync_sinks(peer: &mut Peer, offer: &Offer) {
    let sending: Vec<(Mid, TrackKind)> = offer
        .sections
        .iter()
        .filter_map(|section| {
            let media = peer.rtc.media(Mid::from(section.mid.as_str()))?;
            let kind = match media.kind() {
                MediaKind::Audio => TrackKind::Audio,
                MediaKind::Video => TrackKind::Video,
            };
            (media.direction().is_sending() && !media.disabled()).then(|| (media.mid(), kind))
        })
        .collect();
    peer.sinks
        .retain(|sink| sending.iter().any(|(mid, _)| *mid == sink.mid));
    for (mid, kind) in sending {
        if !peer.sinks.iter().any(|sink| sink.mid == mid) {
            peer.add_sink(mid, kind);
        }
    }
}
