//! One direction of a simulated network path.

use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{collections::VecDeque, time::Duration};

/// How a link treats packets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkConfig {
    /// Every packet takes at least this long.
    pub delay: Duration,
    /// And up to this much longer, evenly spread. Packets keep their order.
    pub jitter: Duration,
    /// Share of packets that vanish, 0 to 1.
    pub loss: f64,
    /// Packets under way at most; more are dropped as by a router.
    pub queue_packets: usize,
    /// Decides loss and jitter.
    pub seed: u64,
}

/// What became of a packet at the entrance of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// It will come out.
    Queued,
    /// Lost by chance.
    Lost,
    /// Lost because the queue was full.
    Overflowed,
}

/// A link that carries packets of type `T`. Times count from any fixed instant and never go back.
#[derive(Debug)]
pub struct Link<T> {
    config: LinkConfig,
    rng: StdRng,
    under_way: VecDeque<(Duration, T)>,
}

impl<T> Link<T> {
    /// An empty link.
    pub fn new(config: LinkConfig) -> Self {
        let rng = StdRng::seed_from_u64(config.seed);
        Self {
            config,
            rng,
            under_way: VecDeque::new(),
        }
    }

    /// Changes the delay of packets that enter from now on.
    pub fn set_delay(&mut self, delay: Duration) {
        self.config.delay = delay;
    }

    /// Changes the loss of packets that enter from now on.
    pub fn set_loss(&mut self, loss: f64) {
        self.config.loss = loss;
    }

    /// Takes a packet in at `now`.
    pub fn handle_packet(&mut self, now: Duration, packet: T) -> Entry {
        // Both numbers are drawn for every packet, so that one setting does not shift the other.
        let (luck, jitter) = (self.rng.random::<f64>(), self.rng.random::<f64>());
        if luck < self.config.loss {
            return Entry::Lost;
        }
        if self.under_way.len() >= self.config.queue_packets {
            return Entry::Overflowed;
        }
        let due = now + self.config.delay + self.config.jitter.mul_f64(jitter);
        let due = self
            .under_way
            .back()
            .map_or(due, |(last, _)| due.max(*last));
        self.under_way.push_back((due, packet));
        Entry::Queued
    }

    /// When the next packet comes out.
    pub fn poll_timeout(&self) -> Option<Duration> {
        self.under_way.front().map(|(due, _)| *due)
    }

    /// The next packet that is out by `now`.
    pub fn poll_packet(&mut self, now: Duration) -> Option<T> {
        if self.poll_timeout()? > now {
            return None;
        }
        self.under_way.pop_front().map(|(_, packet)| packet)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(count: u32) -> Duration {
        Duration::from_millis(count.into())
    }

    fn config() -> LinkConfig {
        LinkConfig {
            delay: ms(40),
            jitter: ms(0),
            loss: 0.0,
            queue_packets: 1000,
            seed: 7,
        }
    }

    /// Sends packet `i` at `i` ms and gives `(packet, ms of exit)`.
    fn run(config: LinkConfig, packets: u32) -> Vec<(u32, u32)> {
        let mut link = Link::new(config);
        let mut out = Vec::new();
        for now in 0..packets + 500 {
            if now < packets {
                link.handle_packet(ms(now), now);
            }
            while let Some(packet) = link.poll_packet(ms(now)) {
                out.push((packet, now));
            }
        }
        out
    }

    #[test]
    fn delay_is_exact_without_jitter() {
        let out = run(config(), 100);
        assert_eq!(out.len(), 100);
        assert!(out.iter().all(|(packet, at)| at - packet == 40));
    }

    #[test]
    fn jitter_spreads_and_keeps_order() {
        let out = run(
            LinkConfig {
                jitter: ms(30),
                ..config()
            },
            1000,
        );
        assert!(out.is_sorted_by_key(|(packet, _)| *packet));
        let delays: Vec<u32> = out.iter().map(|(packet, at)| at - packet).collect();
        assert!(delays.iter().all(|delay| (40..=71).contains(delay)));
        assert!(delays.iter().max() > delays.iter().min().map(|least| least + 15).as_ref());
    }

    #[test]
    fn loss_is_seeded() {
        let lossy = LinkConfig {
            loss: 0.1,
            ..config()
        };
        let first = run(lossy, 5000);
        assert!(
            (4350..4650).contains(&first.len()),
            "{} of 5000 arrived",
            first.len()
        );
        assert_eq!(first, run(lossy, 5000));
        assert_ne!(first, run(LinkConfig { seed: 8, ..lossy }, 5000));
    }

    #[test]
    fn a_full_queue_drops_and_recovers() {
        let mut link = Link::new(LinkConfig {
            queue_packets: 3,
            ..config()
        });
        let entries: Vec<Entry> = (0..5).map(|i| link.handle_packet(ms(0), i)).collect();
        assert_eq!(
            entries[2..],
            [Entry::Queued, Entry::Overflowed, Entry::Overflowed]
        );
        assert_eq!(link.poll_packet(ms(39)), None);
        assert_eq!(link.poll_packet(ms(40)), Some(0));
        assert_eq!(link.handle_packet(ms(40), 5), Entry::Queued);
    }

    #[test]
    fn a_shorter_delay_does_not_overtake() {
        let mut link = Link::new(config());
        link.handle_packet(ms(0), 'a');
        link.set_delay(ms(0));
        link.handle_packet(ms(1), 'b');
        assert_eq!(link.poll_packet(ms(39)), None);
        assert_eq!(
            (link.poll_packet(ms(40)), link.poll_packet(ms(40))),
            (Some('a'), Some('b'))
        );
    }
}
