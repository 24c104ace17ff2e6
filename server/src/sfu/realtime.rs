//! What may pass on the data channels: rules and rates.

use super::SurfaceRules;
use sightline_protocol::{ParticipantId, realtime::RealtimePacket};
use std::time::Instant;

/// Realtime packets a second from one participant: 60 poses, 60 cursors and as much again.
pub const REALTIME_RATE: f64 = 240.0;
/// Annotation messages a second from one participant; the session's own limit is lower.
pub const ANNOTATION_RATE: f64 = 120.0;

/// Lets a given number of things a second pass, and a second's worth at once.
#[derive(Debug)]
pub struct Bucket {
    rate: f64,
    level: f64,
    last: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: f64, now: Instant) -> Self {
        Self {
            rate,
            level: rate,
            last: now,
        }
    }

    /// Takes one; false when empty.
    pub fn take(&mut self, now: Instant) -> bool {
        let gained = now.saturating_duration_since(self.last).as_secs_f64() * self.rate;
        self.level = (self.level + gained).min(self.rate);
        self.last = now;
        let some = self.level >= 1.0;
        if some {
            self.level -= 1.0;
        }
        some
    }
}

/// Who sends a realtime packet.
pub struct Sender<'a> {
    pub participant: &'a ParticipantId,
    pub number: u16,
    pub may_point: bool,
}

/// The packet to pass on, or none when it is not valid or not for this sender to send.
///
/// Poses pass only from the tracker of their surface. A cursor gets the sender's number, whatever
/// stood there.
pub fn admit(
    packet: &[u8],
    sender: &Sender<'_>,
    surface_by_number: impl Fn(u16) -> Option<SurfaceRules>,
) -> Option<Vec<u8>> {
    match RealtimePacket::decode(packet).ok()? {
        RealtimePacket::Poses(poses) => {
            let rules = surface_by_number(poses.surface)?;
            (rules.tracker.as_ref() == Some(sender.participant)).then(|| packet.to_vec())
        }
        RealtimePacket::Cursor(mut cursor) => {
            surface_by_number(cursor.surface)?;
            cursor.participant = sender.number;
            sender
                .may_point
                .then(|| RealtimePacket::Cursor(cursor).encode().ok())?
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_gives_its_rate_and_no_more() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10.0, start);
        assert_eq!((0..50).filter(|_| bucket.take(start)).count(), 10);
        let later = start + Duration::from_millis(550);
        assert_eq!((0..50).filter(|_| bucket.take(later)).count(), 5);
    }
}
