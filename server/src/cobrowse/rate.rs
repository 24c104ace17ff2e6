/// Allowance of frames and bytes of one tab, averaged over ten seconds.
#[derive(Debug)]
pub struct Allowance {
    per_second: u64,
    milli: u64,
    last_ms: i64,
}

const WINDOW_S: u64 = 10;

impl Allowance {
    /// A full one.
    pub fn new(per_second: u64, now_ms: i64) -> Self {
        Self {
            per_second,
            milli: per_second * WINDOW_S * 1_000,
            last_ms: now_ms,
        }
    }

    /// Takes some; false when there is not enough.
    pub fn take(&mut self, amount: u64, now_ms: i64) -> bool {
        let passed = u64::try_from(now_ms - self.last_ms).unwrap_or(0);
        self.last_ms = self.last_ms.max(now_ms);
        let full = self.per_second * WINDOW_S * 1_000;
        self.milli = self
            .milli
            .saturating_add(passed.saturating_mul(self.per_second))
            .min(full);
        let wanted = amount.saturating_mul(1_000);
        let enough = self.milli >= wanted;
        if enough {
            self.milli -= wanted;
        }
        enough
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_seconds_worth_passes_at_once_and_then_only_the_rate() {
        let mut allowance = Allowance::new(5, 0);
        assert!((0..50).all(|_| allowance.take(1, 0)));
        assert!(!allowance.take(1, 0));
        assert!(allowance.take(1, 200));
        assert!(!allowance.take(1, 200));
        assert!(!allowance.take(51, 100_000), "more than the window holds");
    }
}
