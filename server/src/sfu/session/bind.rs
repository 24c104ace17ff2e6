//! Which receiving section carries which published track.

use super::Session;
use crate::sfu::{
    SfuEvent,
    peer::{Carried, Peer, PeerId},
    router::Outputs,
    source::SourceId,
};
use sightline_protocol::TrackKind;
use std::time::Instant;

struct Offered {
    peer: PeerId,
    kind: TrackKind,
    carried: Carried,
}

impl Session {
    /// Gives every published track a section of every other participant, as far as there are any,
    /// and reports what changed. The connection that is `negotiating` hears of it in its answer.
    pub(super) fn bind(&mut self, now: Instant, negotiating: Option<PeerId>, out: &mut Outputs) {
        let mut offered: Vec<Offered> = self.peers.iter().flat_map(offered_by).collect();
        offered.sort_by_key(|it| it.carried.source);
        let mut wanted: Vec<SourceId> = Vec::new();
        for peer in &mut self.peers {
            let before = peer.received();
            let for_peer: Vec<&Offered> = offered.iter().filter(|it| it.peer != peer.id).collect();
            free_sinks(peer, &for_peer);
            let missing = fill_sinks(peer, &for_peer, &mut self.assignments, &mut wanted);
            let participant = peer.participant.clone();
            let session = self.id.clone();
            let received = peer.received();
            if received != before && negotiating != Some(peer.id) {
                let (session, participant) = (session.clone(), participant.clone());
                out.event(SfuEvent::TracksChanged {
                    session,
                    participant,
                    received,
                });
            }
            if missing != (0, 0) {
                let count = |kind| peer.sinks.iter().filter(|sink| sink.kind == kind).count();
                let total =
                    |kind, missing: usize| u8::try_from(count(kind) + missing).unwrap_or(u8::MAX);
                let video = total(TrackKind::Video, missing.0);
                let audio = total(TrackKind::Audio, missing.1);
                if peer.slots_asked != (video, audio) {
                    peer.slots_asked = (video, audio);
                    out.event(SfuEvent::SlotsNeeded {
                        session,
                        participant,
                        video,
                        audio,
                    });
                }
            }
        }
        for source in self.peers.iter_mut().flat_map(|peer| &mut peer.sources) {
            if wanted.contains(&source.id) {
                source.keyframes.want(now);
            }
        }
    }
}

fn offered_by(peer: &Peer) -> impl Iterator<Item = Offered> + '_ {
    peer.sources.iter().map(|source| Offered {
        peer: peer.id,
        kind: source.kind,
        carried: Carried {
            source: source.id,
            from: peer.participant.clone(),
            surface: source.surface.clone(),
        },
    })
}

fn free_sinks(peer: &mut Peer, offered: &[&Offered]) {
    for sink in &mut peer.sinks {
        if !offered
            .iter()
            .any(|it| sink.carries.as_ref() == Some(&it.carried))
        {
            sink.carries = None;
        }
    }
}

/// Fills free sections; gives back how many video and audio sections are missing. A section that
/// never carried anything comes first, because a browser's player starts cleanest there.
fn fill_sinks(
    peer: &mut Peer,
    offered: &[&Offered],
    assignments: &mut u64,
    wanted: &mut Vec<SourceId>,
) -> (usize, usize) {
    let mut missing = (0, 0);
    for it in offered {
        if peer
            .sinks
            .iter()
            .any(|sink| sink.carries.as_ref() == Some(&it.carried))
        {
            continue;
        }
        let free = peer
            .sinks
            .iter_mut()
            .filter(|sink| sink.kind == it.kind && sink.carries.is_none())
            .min_by_key(|sink| sink.assigned);
        match free {
            Some(sink) => {
                *assignments += 1;
                sink.assigned = *assignments;
                sink.carries = Some(it.carried.clone());
                sink.cut();
                if peer.connected {
                    wanted.push(it.carried.source);
                }
            }
            None if it.kind == TrackKind::Video => missing.0 += 1,
            None => missing.1 += 1,
        }
    }
    missing
}
