//! What others than the session's connections get: a tracker of anchors, and a film.

use super::Session;
use crate::sfu::{Filmed, TapPacket, TapSaid, TapSink, VideoCodec, realtime, source::SourceId};
use sightline_protocol::SurfaceId;
use std::time::Instant;
use str0m::rtp::RtpPacket;

impl Session {
    /// Begins or ends the film of a surface. It is told again whenever something of the surface changes, so only
    /// its beginning asks for a keyframe.
    pub(super) fn film(&mut self, now: Instant, surface: SurfaceId, sink: Option<TapSink<Filmed>>) {
        match sink {
            Some(sink) => {
                if self.films.insert(surface.clone(), sink).is_none() {
                    self.want_keyframe(now, &surface);
                }
            }
            None => {
                self.films.remove(&surface);
            }
        }
    }

    /// Copies a packet that may pass to whoever listens to its surface.
    pub(super) fn tap(
        &mut self,
        surface: &SurfaceId,
        (source, stream): (SourceId, u64),
        codec: VideoCodec,
        packet: &RtpPacket,
    ) {
        let (tap, film) = (self.taps.get(surface), self.films.get(surface));
        if tap.is_none() && film.is_none() {
            return;
        }
        let copy = TapPacket {
            surface: surface.clone(),
            stream: source.0 << 16 | stream & 0xffff,
            seq: *packet.seq_no,
            frame_time: packet.header.timestamp,
            marker: packet.header.marker,
            codec,
            payload: packet.payload.clone(),
            at: packet.timestamp,
        };
        let filming = film.is_none_or(|film| film.offer(Filmed::Packet(copy.clone())));
        let tapping = tap.is_none_or(|tap| tap.offer(copy));
        if !filming {
            self.films.remove(surface);
        }
        if !tapping {
            self.taps.remove(surface);
        }
    }

    /// Copies poses and cursors of a surface that is filmed and may be seen.
    pub(super) fn film_realtime(&mut self, now: Instant, packet: &[u8]) {
        if self.films.is_empty() {
            return;
        }
        let Some(number) = realtime::surface_of(packet) else {
            return;
        };
        let shows = |surface: &SurfaceId| {
            let gate = self.gates.get(surface);
            gate.is_some_and(|gate| {
                gate.allowed && gate.rules.as_ref().is_some_and(|it| it.number == number)
            })
        };
        if let Some((surface, film)) = self.films.iter().find(|(surface, _)| shows(surface)) {
            // A film that has ended is noticed with its next packet.
            film.offer(Filmed::Said(TapSaid {
                surface: surface.clone(),
                packet: packet.into(),
                at: now,
            }));
        }
    }
}
