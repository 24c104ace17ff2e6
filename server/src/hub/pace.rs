//! How much one participant may ask of its session.

use sightline_protocol::{
    ClientMessage,
    limits::{
        MESSAGE_BYTES_PER_SECOND, MESSAGES_PER_SECOND, OFFERS_PER_SECOND, REPORTS_PER_SECOND,
        SYNCS_PER_SECOND, TOLD_PER_SECOND,
    },
};
use sightline_session::RateLimiter;

/// The rates of one participant, over all its connections: coming back refills nothing.
#[derive(Debug)]
pub struct Pace {
    messages: RateLimiter,
    bytes: RateLimiter,
    told: RateLimiter,
    offers: RateLimiter,
    reports: RateLimiter,
    syncs: RateLimiter,
}

impl Pace {
    /// Everything that ten seconds allow is there at once.
    pub fn new(now_ms: u64) -> Self {
        let of = |per_second| RateLimiter::new(per_second, now_ms);
        Self {
            messages: of(MESSAGES_PER_SECOND),
            bytes: of(MESSAGE_BYTES_PER_SECOND),
            told: of(TOLD_PER_SECOND),
            offers: of(OFFERS_PER_SECOND),
            reports: of(REPORTS_PER_SECOND),
            syncs: of(SYNCS_PER_SECOND),
        }
    }

    /// Whether a message that came as so many bytes may be carried out now.
    pub fn admits(&mut self, now_ms: u64, bytes: usize, message: &ClientMessage) -> bool {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let within = self.messages.take(now_ms, 1)
            && self.bytes.take(now_ms, bytes)
            && self
                .of_kind(message)
                .is_none_or(|limit| limit.take(now_ms, 1));
        within || takes_back(message)
    }

    fn of_kind(&mut self, message: &ClientMessage) -> Option<&mut RateLimiter> {
        match message {
            ClientMessage::Offer { .. } => Some(&mut self.offers),
            ClientMessage::AnchorStates { .. } => Some(&mut self.reports),
            ClientMessage::AnnotationSync { .. } => Some(&mut self.syncs),
            ClientMessage::AnnotationAdd { .. }
            | ClientMessage::AnnotationRemove { .. }
            | ClientMessage::AnnotationUndo { .. }
            | ClientMessage::AnnotationRedo { .. }
            | ClientMessage::AnnotationClear { .. }
            | ClientMessage::ChatSend { .. }
            | ClientMessage::SetConsent { .. }
            | ClientMessage::SharePage
            | ClientMessage::RequestSurface { .. }
            | ClientMessage::SetPaused { .. }
            | ClientMessage::SetHidden { .. } => Some(&mut self.told),
            ClientMessage::Hello { .. }
            | ClientMessage::Ping { .. }
            | ClientMessage::StopSurface { .. }
            | ClientMessage::HoldFrame { .. }
            | ClientMessage::ReportQuality { .. }
            | ClientMessage::Leave
            | ClientMessage::EndSession
            | ClientMessage::Unknown => None,
        }
    }
}

/// What makes the others see less is never refused for coming too often: somebody who wants the
/// camera off gets it off. Each of them does nothing the second time.
fn takes_back(message: &ClientMessage) -> bool {
    matches!(
        message,
        ClientMessage::SetConsent { granted: false, .. }
            | ClientMessage::SetPaused { paused: true, .. }
            | ClientMessage::StopSurface { .. }
            | ClientMessage::Leave
            | ClientMessage::EndSession
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::ConsentScope;

    fn consent(granted: bool) -> ClientMessage {
        let scope = ConsentScope::Camera;
        ClientMessage::SetConsent {
            scope,
            granted,
            film_days: None,
        }
    }

    fn sync() -> ClientMessage {
        ClientMessage::AnnotationSync { after: 0 }
    }

    #[test]
    fn what_costs_the_others_more_has_a_lower_rate() {
        let mut pace = Pace::new(0);
        let passed = |pace: &mut Pace, message: &ClientMessage| {
            (0..1_000)
                .take_while(|_| pace.admits(0, 10, message))
                .count()
        };
        assert_eq!(passed(&mut pace, &sync()), 10);
        assert_eq!(passed(&mut pace, &consent(true)), 200);
        let ping = ClientMessage::Ping { nonce: 1 };
        assert_eq!(passed(&mut pace, &ping), 600 - 10 - 1 - 200 - 1);
        assert!(pace.admits(1_000, 10, &sync()));
    }

    #[test]
    fn a_few_large_messages_count_like_many_small_ones() {
        let mut pace = Pace::new(0);
        let ping = ClientMessage::Ping { nonce: 1 };
        let passed = (0..100).take_while(|_| pace.admits(0, 64 * 1024, &ping));
        assert_eq!(passed.count(), 10);
    }

    #[test]
    fn taking_back_is_never_refused() {
        let mut pace = Pace::new(0);
        while pace.admits(0, 10, &ClientMessage::Ping { nonce: 1 }) {}
        assert!(!pace.admits(0, 10, &consent(true)), "the control");
        assert!(pace.admits(0, 10, &consent(false)));
        assert!(pace.admits(0, 10, &ClientMessage::Leave));
    }
}
