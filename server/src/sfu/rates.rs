//! How much one participant may send and ask for.

use std::time::Instant;

/// Realtime packets a second from one participant: 60 poses, 60 cursors and as much again.
pub const REALTIME: Rate = Rate {
    per_second: 240.0,
    at_once: 240.0,
};
/// Annotation messages a second from one participant; the session's own limit is lower.
pub const ANNOTATIONS: Rate = Rate {
    per_second: 120.0,
    at_once: 120.0,
};
/// Requests for keyframes from one subscriber. A picture full of keyframes is worse for everybody:
/// who asks more often than a decoder with losses does is heard only so often.
pub const KEYFRAMES: Rate = Rate {
    per_second: 1.0,
    at_once: 8.0,
};
/// Bytes of pictures and sound from one participant: 20 Mbit/s, ten times what our own clients
/// send. What is more would only fill the networks of the others.
pub const MEDIA_BYTES: Rate = Rate {
    per_second: 2_500_000.0,
    at_once: 2_500_000.0,
};

/// New addresses from which one connection is checked. A phone that changes networks brings a few
/// each time; the ICE agent keeps every one that it took and looks through all at each check.
pub const ADDRESSES: Rate = Rate {
    per_second: 0.1,
    at_once: 64.0,
};

/// So many a second, and so many at once.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    pub per_second: f64,
    pub at_once: f64,
}

/// Lets things pass at a rate.
#[derive(Debug)]
pub struct Bucket {
    rate: Rate,
    level: f64,
    last: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self {
            rate,
            level: rate.at_once,
            last: now,
        }
    }

    /// Takes one; false when there is none.
    pub fn take(&mut self, now: Instant) -> bool {
        self.take_many(now, 1)
    }

    /// Takes so many; false when there are fewer, and then takes none.
    pub fn take_many(&mut self, now: Instant, count: usize) -> bool {
        let passed = now.saturating_duration_since(self.last).as_secs_f64();
        self.level = (self.level + passed * self.rate.per_second).min(self.rate.at_once);
        self.last = now;
        let count = count as f64;
        let enough = self.level >= count;
        if enough {
            self.level -= count;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_gives_its_rate_and_no_more() {
        let start = Instant::now();
        let rate = Rate {
            per_second: 10.0,
            at_once: 20.0,
        };
        let mut bucket = Bucket::new(rate, start);
        assert_eq!((0..50).filter(|_| bucket.take(start)).count(), 20);
        let later = start + Duration::from_millis(550);
        assert!(!bucket.take_many(later, 6));
        assert!(bucket.take_many(later, 5));
        assert!(!bucket.take(later));
    }
}
