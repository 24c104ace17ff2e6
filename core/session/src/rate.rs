/// Seconds over which a rate is averaged.
const WINDOW_S: u64 = 10;

/// A token bucket: so many a second on average, ten seconds' worth at once.
#[derive(Debug, Clone)]
pub struct RateLimiter {
    per_second: u64,
    /// Tokens in thousandths, so that refilling needs no fraction.
    milli_tokens: u64,
    last_ms: u64,
}

impl RateLimiter {
    /// A full bucket that gets `per_second` tokens.
    pub fn new(per_second: u32, now_ms: u64) -> Self {
        let per_second = u64::from(per_second);
        Self {
            per_second,
            milli_tokens: per_second * WINDOW_S * 1_000,
            last_ms: now_ms,
        }
    }

    /// Takes tokens. False when there are too few, and then none are taken: refuse the message.
    pub fn take(&mut self, now_ms: u64, tokens: u32) -> bool {
        let passed_ms = now_ms.saturating_sub(self.last_ms);
        self.last_ms = self.last_ms.max(now_ms);
        let refill = passed_ms.saturating_mul(self.per_second);
        let full = self.per_second * WINDOW_S * 1_000;
        self.milli_tokens = self.milli_tokens.saturating_add(refill).min(full);
        let cost = u64::from(tokens) * 1_000;
        let enough = self.milli_tokens >= cost;
        if enough {
            self.milli_tokens -= cost;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sightline_protocol::limits::MESSAGES_PER_SECOND;

    #[test]
    fn a_burst_of_ten_seconds_passes_and_one_more_does_not() {
        let mut bucket = RateLimiter::new(MESSAGES_PER_SECOND, 0);
        let burst = u64::from(MESSAGES_PER_SECOND) * WINDOW_S;
        assert!((0..burst).all(|_| bucket.take(0, 1)));
        assert!(!bucket.take(0, 1));
        assert!(bucket.take(17, 1), "a sixtieth of a second refills one");
        assert!(!bucket.take(17, 1));
    }

    #[test]
    fn the_permitted_rate_passes_for_ever_and_a_clock_going_back_does_no_harm() {
        let mut bucket = RateLimiter::new(MESSAGES_PER_SECOND, 0);
        for i in 0..20_000_u64 {
            assert!(bucket.take(i * 1000 / u64::from(MESSAGES_PER_SECOND) + 1, 1));
        }
        assert!(bucket.take(0, 1));
    }

    #[test]
    fn what_costs_more_than_there_is_takes_nothing() {
        let mut bucket = RateLimiter::new(1, 0);
        assert!(!bucket.take(0, 11));
        assert!(bucket.take(0, 10));
        assert!(!bucket.take(999, 1));
        assert!(bucket.take(1_000, 1));
    }
}
