//! Packets by their RTP sequence number (RFC 3550, section 5.1), in order and once.

use std::{collections::BTreeMap, time::Instant};

/// So many packets in a row that are all too late mean that the sender has begun to count anew.
const RESTART: u32 = 64;
/// Half of the numbers: what is further ahead is behind (RFC 3550, appendix A.1).
const HALF: u16 = 0x8000;

/// Puts what comes in any order into the order of its 16-bit numbers. Holds a bounded number of
/// packets behind missing ones; whoever uses it says how long to wait for those.
#[derive(Debug)]
pub struct Reorder<T> {
    /// Number of the packet whose turn it is, counted on beyond 16 bits; none before the first.
    next: Option<u64>,
    waiting: BTreeMap<u64, Waiting<T>>,
    capacity: usize,
    late: u32,
    /// One was taken: what comes before it is too late.
    begun: bool,
}

#[derive(Debug)]
struct Waiting<T> {
    at: Instant,
    item: T,
}

/// The first packet that waits.
#[derive(Debug, PartialEq, Eq)]
pub struct First<'a, T> {
    /// Packets that are missing right before it; 0 when it is its turn.
    pub missing: u32,
    /// When it came.
    pub at: Instant,
    /// The packet.
    pub item: &'a T,
}

impl<T> Reorder<T> {
    /// Holds at most `capacity` packets, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            next: None,
            waiting: BTreeMap::new(),
            capacity: capacity.max(1),
            late: 0,
            begun: false,
        }
    }

    /// Takes a packet. False when it came twice, or after its turn; it is dropped then.
    pub fn push(&mut self, sequence: u16, at: Instant, item: T) -> bool {
        // Counting begins far enough from 0 that a packet from before the first has a number.
        let next = *self
            .next
            .get_or_insert(u64::from(sequence) + 2 * u64::from(HALF));
        let ahead = sequence.wrapping_sub((next & 0xffff) as u16);
        let behind = sequence_behind(ahead);
        if !self.begun && (1..=self.capacity).contains(&behind) {
            // The first to come was not the first to be sent.
            self.next = Some(next - behind as u64);
            return self.push(sequence, at, item);
        }
        if ahead >= HALF {
            self.late += 1;
            if self.late < RESTART {
                return false;
            }
            self.waiting.clear();
            self.next = None;
            self.late = 0;
            self.begun = false;
            return self.push(sequence, at, item);
        }
        let number = next + u64::from(ahead);
        if self.waiting.contains_key(&number) {
            return false;
        }
        self.late = 0;
        self.waiting.insert(number, Waiting { at, item });
        true
    }

    /// The first packet that waits, whether or not it is its turn.
    pub fn first(&self) -> Option<First<'_, T>> {
        let (number, waiting) = self.waiting.first_key_value()?;
        Some(First {
            missing: self.missing(*number),
            at: waiting.at,
            item: &waiting.item,
        })
    }

    /// Takes the first packet that waits, and how many are given up for it.
    pub fn take(&mut self) -> Option<(u32, T)> {
        let (number, waiting) = self.waiting.pop_first()?;
        let missing = self.missing(number);
        self.next = Some(number + 1);
        self.begun = true;
        Some((missing, waiting.item))
    }

    /// True when more packets wait than may: the first one must be taken, whatever is missing.
    pub fn is_over_full(&self) -> bool {
        self.waiting.len() > self.capacity
    }

    fn missing(&self, number: u64) -> u32 {
        let missing = number - self.next.unwrap_or(number);
        u32::try_from(missing).unwrap_or(u32::MAX)
    }
}

/// How far back a number lies that is `ahead` further on; 0 when it is not behind.
fn sequence_behind(ahead: u16) -> usize {
    match ahead >= HALF {
        true => usize::from(ahead.wrapping_neg()),
        false => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng};
    use std::time::Duration;

    fn drain(reorder: &mut Reorder<u32>, out: &mut Vec<u32>) {
        while reorder.first().is_some_and(|first| first.missing == 0) {
            out.extend(reorder.take().map(|(_, item)| item));
        }
    }

    #[test]
    fn numbers_wrap_and_what_comes_twice_or_too_late_is_dropped() {
        let now = Instant::now();
        let mut reorder = Reorder::new(8);
        let mut out = Vec::new();
        for (sequence, item, kept) in [
            (65_534, 0, true),
            (0, 2, true),
            (0, 2, false),
            (65_535, 1, true),
            (65_535, 1, false),
            (1, 3, true),
            (65_530, 99, false),
        ] {
            assert_eq!(reorder.push(sequence, now, item), kept, "{sequence}");
            drain(&mut reorder, &mut out);
        }
        assert_eq!(out, [0, 1, 2, 3]);
    }

    #[test]
    fn the_first_to_come_need_not_be_the_first_to_be_sent() {
        let now = Instant::now();
        let mut reorder = Reorder::new(4);
        for n in [1, 0, 65_535] {
            assert!(reorder.push(n, now, u32::from(n)));
        }
        assert!(!reorder.push(65_500, now, 9), "too far back");
        let mut out = Vec::new();
        drain(&mut reorder, &mut out);
        assert_eq!(out, [65_535, 0, 1]);
        assert!(!reorder.push(65_534, now, 9), "its turn is over");
    }

    #[test]
    fn what_is_given_up_is_counted() {
        let now = Instant::now();
        let mut reorder = Reorder::new(2);
        assert!(reorder.push(10, now, 10));
        assert_eq!(reorder.take(), Some((0, 10)));
        for n in [14, 13, 15] {
            assert!(!reorder.is_over_full());
            assert!(reorder.push(n, now, u32::from(n)));
        }
        assert!(reorder.is_over_full());
        assert_eq!(reorder.first().map(|first| first.missing), Some(2));
        assert_eq!(reorder.take(), Some((2, 13)));
        assert_eq!(reorder.take(), Some((0, 14)));
        assert!(!reorder.push(12, now, 12), "it was given up");
    }

    #[test]
    fn a_sender_that_counts_anew_is_heard_again() {
        let now = Instant::now();
        let mut reorder = Reorder::new(8);
        reorder.push(40_000, now, 0);
        reorder.take();
        let taken = (0..100u16).filter(|n| reorder.push(30_000 + n, now, 1));
        assert_eq!(taken.count(), 100 - RESTART as usize + 1);
    }

    /// Packets of a network that delays, loses and repeats them, in the order of their arrival.
    fn network(seed: u64, count: u32, loss: f64) -> Vec<(u32, Duration)> {
        let mut random = StdRng::seed_from_u64(seed);
        let mut arrivals = Vec::new();
        for n in 0..count {
            if random.random_bool(loss) {
                continue;
            }
            for _ in 0..if random.random_bool(0.05) { 2 } else { 1 } {
                let ms = u64::from(n) * 5 + random.random_range(0..40);
                arrivals.push((n, Duration::from_millis(ms)));
            }
        }
        arrivals.sort_by_key(|(_, at)| *at);
        arrivals
    }

    #[test]
    fn a_bad_network_costs_only_what_it_lost() {
        for seed in 0..20 {
            let begin = Instant::now();
            let arrivals = network(seed, 3_000, 0.02);
            let mut reorder = Reorder::new(64);
            let (mut out, mut given_up) = (Vec::new(), 0);
            for (n, at) in &arrivals {
                // The numbers wrap a few packets after the first.
                let sequence = (*n as u16).wrapping_add(65_500);
                reorder.push(sequence, begin + *at, *n);
                let patience = Duration::from_millis(60);
                while reorder
                    .first()
                    .is_some_and(|it| it.missing == 0 || begin + *at >= it.at + patience)
                {
                    let (missing, item) = reorder.take().unwrap();
                    given_up += missing;
                    out.push(item);
                }
            }
            assert!(out.is_sorted_by(|a, b| a < b), "seed {seed}");
            let mut arrived: Vec<u32> = arrivals.iter().map(|(n, _)| *n).collect();
            let in_order = arrived.is_sorted_by(|a, b| a < b);
            assert!(!in_order, "the control: the network does disturb them");
            arrived.sort_unstable();
            arrived.dedup();
            // What came before the first is known to be late.
            let first = out[0];
            arrived.retain(|n| (first..=out[out.len() - 1]).contains(n));
            assert_eq!(out, arrived, "seed {seed}");
            let lost = (out[out.len() - 1] - first + 1) as usize - out.len();
            assert_eq!(given_up as usize, lost, "seed {seed}");
        }
    }
}
