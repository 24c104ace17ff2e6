use sightline_protocol::limits::MESSAGES_PER_SECOND;

/// Seconds over which the rate is averaged.
const WINDOW_S: u64 = 10;

/// A token bucket: [`MESSAGES_PER_SECOND`] on average, ten seconds' worth at once.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    /// Tokens in thousandths, so that refilling needs no fraction.
    milli_tokens: u64,
    last_ms: u64,
}

impl RateLimiter {
    const FULL: u64 = MESSAGES_PER_SECOND as u64 * WINDOW_S * 1_000;

    /// A full bucket.
    pub fn new(now_ms: u64) -> Self {
        Self {
            milli_tokens: Self::FULL,
            last_ms: now_ms,
        }
    }

    /// Takes one token. False when there is none: refuse the message.
    pub fn take(&mut self, now_ms: u64) -> bool {
        let passed_ms = now_ms.saturating_sub(self.last_ms);
        self.last_ms = self.last_ms.max(now_ms);
        let refill = passed_ms.saturating_mul(u64::from(MESSAGES_PER_SECOND));
        self.milli_tokens = self.milli_tokens.saturating_add(refill).min(Self::FULL);
        let enough = self.milli_tokens >= 1_000;
        if enough {
            self.milli_tokens -= 1_000;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_of_ten_seconds_passes_and_one_more_does_not() {
        let mut bucket = RateLimiter::new(0);
        let burst = u64::from(MESSAGES_PER_SECOND) * WINDOW_S;
        assert!((0..burst).all(|_| bucket.take(0)));
        assert!(!bucket.take(0));
        assert!(bucket.take(17), "a sixtieth of a second refills one");
        assert!(!bucket.take(17));
    }

    #[test]
    fn the_permitted_rate_passes_for_ever_and_a_clock_going_back_does_no_harm() {
        let mut bucket = RateLimiter::new(0);
        for i in 0..20_000_u64 {
            assert!(bucket.take(i * 1000 / u64::from(MESSAGES_PER_SECOND) + 1));
        }
        assert!(bucket.take(0));
    }
}
