//! Holds the sound of one speaker for a moment, so that it can be played in order and evenly.

use super::Reorder;
use sightline_frames::{SOUND_CLOCK, opus_samples};
use std::time::{Duration, Instant};

/// Shortest time from the arrival of the fastest packets to their playing.
pub const PLAYOUT_LEAST: Duration = Duration::from_millis(60);
/// Longest one: what comes later than that is lost.
pub const PLAYOUT_MOST: Duration = Duration::from_millis(120);
/// Packets that wait, at most: half a second of 20 ms each.
const PACKETS_WAITING: u32 = 25;
/// Beyond the spread of arrivals that was seen lately.
const MARGIN_US: i64 = 20_000;
/// The clock of the speaker is believed to have jumped when a packet is this far off.
const JUMP_US: i64 = 1_000_000;
/// The fastest way is forgotten by this share of the difference with each packet, so that clocks may
/// drift apart; the widest spread likewise, 10 and 5 seconds of 20 ms packets.
const FORGET_FASTEST: i64 = 500;
const FORGET_SPREAD: i64 = 250;

/// A packet whose time to be played has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// RTP timestamp.
    pub timestamp: u32,
    /// Packets that are missing right before it.
    pub lost: u16,
    /// One Opus packet.
    pub data: Vec<u8>,
}

/// The jitter buffer of one speaker.
///
/// A packet is due when it would be played if the fastest way through the network, plus the
/// spread seen lately, were everybody's: between [`PLAYOUT_LEAST`] and [`PLAYOUT_MOST`] after the
/// fastest. A missing packet is given up when it would be due itself.
#[derive(Debug)]
pub struct SoundBuffer {
    packets: Reorder<(u32, Vec<u8>)>,
    begin: Option<(Instant, u32)>,
    /// Microseconds that the fastest packets are behind `begin`'s line.
    fastest_us: i64,
    spread_us: i64,
}

impl Default for SoundBuffer {
    fn default() -> Self {
        Self {
            packets: Reorder::new(PACKETS_WAITING as usize),
            begin: None,
            fastest_us: 0,
            spread_us: 0,
        }
    }
}

impl SoundBuffer {
    /// Takes a packet that came at `now`; one that comes twice or after its time is left out.
    pub fn push(&mut self, sequence: u16, timestamp: u32, data: Vec<u8>, now: Instant) {
        self.learn(timestamp, now);
        self.packets.push(sequence, now, (timestamp, data));
    }

    /// How long the way of a packet was, against the others.
    fn learn(&mut self, timestamp: u32, now: Instant) {
        let (begin, first) = *self.begin.get_or_insert((now, timestamp));
        let came_us = i64::try_from((now - begin).as_micros()).unwrap_or(i64::MAX / 2);
        let behind_us = came_us - line_us(timestamp, first);
        let off_us = behind_us - self.fastest_us;
        if off_us.abs() > JUMP_US {
            // Measured from here on, which also keeps the line's distance within 32 bits.
            self.begin = Some((now, timestamp));
            (self.fastest_us, self.spread_us) = (0, 0);
        } else if off_us < 0 {
            self.fastest_us = behind_us;
        } else {
            self.fastest_us += off_us / FORGET_FASTEST;
            self.spread_us -= self.spread_us / FORGET_SPREAD;
            let most = i64::try_from(PLAYOUT_MOST.as_micros()).unwrap_or(0);
            self.spread_us = self.spread_us.max(off_us.min(most));
        }
    }

    /// How long the fastest packets wait.
    fn playout(&self) -> Duration {
        let wanted = u64::try_from(self.spread_us + MARGIN_US).unwrap_or(0);
        Duration::from_micros(wanted).clamp(PLAYOUT_LEAST, PLAYOUT_MOST)
    }

    fn due_at(&self, timestamp: u32) -> Option<Instant> {
        let (begin, first) = self.begin?;
        let us = line_us(timestamp, first) + self.fastest_us;
        let at = match u64::try_from(us) {
            Ok(us) => begin.checked_add(Duration::from_micros(us))?,
            Err(_) => begin.checked_sub(Duration::from_micros(us.unsigned_abs()))?,
        };
        at.checked_add(self.playout())
    }

    /// When [`Self::poll`] has something to give.
    pub fn due(&self) -> Option<Instant> {
        let first = self.packets.first()?;
        if self.packets.is_over_full() {
            return Some(first.at);
        }
        // What is missing is due before what waits behind it.
        let (timestamp, data) = first.item;
        let before = first
            .missing
            .min(PACKETS_WAITING)
            .saturating_mul(samples(data));
        let timestamp = timestamp.wrapping_sub(before);
        // Whatever the stamps claim, nothing waits longer than that.
        let latest = first.at + PLAYOUT_MOST;
        Some(
            self.due_at(timestamp)
                .map_or(first.at, |due| due.min(latest)),
        )
    }

    /// The next packet, if its time has come.
    pub fn poll(&mut self, now: Instant) -> Option<Played> {
        if self.due()? > now {
            return None;
        }
        let (missing, (timestamp, data)) = self.packets.take()?;
        Some(Played {
            timestamp,
            lost: u16::try_from(missing).unwrap_or(u16::MAX),
            data,
        })
    }
}

/// Samples that a packet lasts; 20 ms when it does not say.
fn samples(packet: &[u8]) -> u32 {
    opus_samples(packet).unwrap_or(SOUND_CLOCK / 50)
}

/// Microseconds from one timestamp to another; they wrap.
fn line_us(timestamp: u32, from: u32) -> i64 {
    // The difference of two wrapping numbers is the signed one.
    i64::from(timestamp.wrapping_sub(from) as i32) * 1_000_000 / i64::from(SOUND_CLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{Rng, SeedableRng, rngs::StdRng};

    const PACKET: [u8; 1] = [0xf8];

    struct Heard {
        n: u32,
        at_ms: u64,
        lost: u16,
    }

    /// What is played of 20 ms packets that are said at 20 ms steps, come `way(n)` later, and are
    /// looked at each millisecond. Sequence numbers and timestamps wrap on the way.
    fn play(count: u32, mut way: impl FnMut(u32) -> Option<u64>) -> Vec<Heard> {
        let begin = Instant::now();
        let mut arrivals: Vec<(u64, u32)> = (0..count)
            .filter_map(|n| Some((u64::from(n) * 20 + way(n)?, n)))
            .collect();
        arrivals.sort_unstable();
        let base = 0u32.wrapping_sub(50 * 960);
        let mut buffer = SoundBuffer::default();
        let mut heard = Vec::new();
        let mut coming = arrivals.into_iter().peekable();
        for at_ms in 0..u64::from(count) * 20 + 1_000 {
            let now = begin + Duration::from_millis(at_ms);
            while let Some((_, n)) = coming.next_if(|(at, _)| *at <= at_ms) {
                let sequence = (n as u16).wrapping_add(65_500);
                let timestamp = base.wrapping_add(n * 960);
                buffer.push(sequence, timestamp, PACKET.to_vec(), now);
            }
            while let Some(played) = buffer.poll(now) {
                let n = played.timestamp.wrapping_sub(base) / 960;
                let lost = played.lost;
                heard.push(Heard { n, at_ms, lost });
            }
        }
        heard
    }

    #[test]
    fn an_even_network_costs_the_least_delay_and_no_packet() {
        let heard = play(500, |_| Some(30));
        assert_eq!(heard.len(), 500);
        for (n, it) in heard.iter().enumerate() {
            assert_eq!((it.n, it.lost), (n as u32, 0));
            let delay = it.at_ms - u64::from(it.n) * 20;
            assert!((89..=91).contains(&delay), "{delay} ms");
        }
    }

    #[test]
    fn jitter_and_reordering_are_played_evenly_and_in_order() {
        for seed in 0..10 {
            let mut random = StdRng::seed_from_u64(seed);
            let ways: Vec<u64> = (0..1_000)
                .map(|_| 30 + random.random_range(0..50))
                .collect();
            let heard = play(1_000, |n| Some(ways[n as usize]));
            assert_eq!(heard.len(), 1_000, "seed {seed}");
            assert!(heard.iter().all(|it| it.lost == 0), "seed {seed}");
            assert!(heard.is_sorted_by(|a, b| a.n < b.n), "seed {seed}");
            let gap = |pair: &[Heard]| pair[1].at_ms - pair[0].at_ms;
            // The first second learns how uneven it is.
            let widest = heard[50..].windows(2).map(gap).max();
            assert!(widest <= Some(30), "seed {seed}: {widest:?} ms");
            let uneven = ways.windows(2).any(|w| w[0] > w[1] + 20);
            assert!(uneven, "the control: packets overtake each other");
        }
    }

    #[test]
    fn what_is_lost_is_told_in_time_and_once() {
        let mut random = StdRng::seed_from_u64(3);
        let gone: Vec<bool> = (0..1_000u32)
            .map(|n| n > 0 && n < 999 && random.random_bool(0.05))
            .collect();
        let jitter: Vec<u64> = (0..1_000).map(|_| random.random_range(0..30)).collect();
        let heard = play(1_000, |n| (!gone[n as usize]).then(|| jitter[n as usize]));
        let lost = gone.iter().filter(|gone| **gone).count();
        assert!(lost > 20, "the control: {lost} are lost");
        assert_eq!(heard.len() + lost, 1_000);
        assert_eq!(
            heard.iter().map(|it| usize::from(it.lost)).sum::<usize>(),
            lost
        );
        // A packet behind a gap comes when the gap would have been played, to be concealed then.
        for pair in heard[50..].windows(2) {
            // A packet behind a gap comes with what is concealed before it, so that the next one has
            // time; of a longer gap is told when something came behind it.
            let ahead = pair[0].lost.max(pair[1].lost.saturating_sub(1));
            let most = 30 + 20 * u64::from(ahead);
            let gap = pair[1].at_ms - pair[0].at_ms;
            assert!(gap <= most, "{gap} ms at {}", pair[1].at_ms);
        }
    }

    #[test]
    fn what_comes_too_late_is_lost_and_delays_nothing() {
        let heard = play(300, |n| Some(if n == 150 { 400 } else { 20 }));
        assert_eq!(heard.len(), 299);
        let lost: Vec<u32> = heard
            .iter()
            .filter(|it| it.lost > 0)
            .map(|it| it.n)
            .collect();
        assert_eq!(lost, [151]);
        assert!(
            heard
                .iter()
                .all(|it| it.at_ms - u64::from(it.n) * 20 <= 140)
        );
    }

    #[test]
    fn a_pause_of_the_speaker_is_no_loss_and_a_new_clock_is_taken() {
        let begin = Instant::now();
        let mut buffer = SoundBuffer::default();
        let at = |ms| begin + Duration::from_millis(ms);
        buffer.push(1, 1_000, PACKET.to_vec(), at(0));
        assert_eq!(buffer.poll(at(59)), None);
        assert!(buffer.poll(at(60)).is_some());
        // Silence is not sent (RFC 7587, section 3.1.3): stamps go on, numbers do not jump.
        buffer.push(2, 1_000 + 48_000, PACKET.to_vec(), at(1_000));
        assert_eq!(buffer.due(), Some(at(1_060)));
        assert_eq!(buffer.poll(at(1_060)).map(|it| it.lost), Some(0));
        buffer.push(3, 2_000_000_000, PACKET.to_vec(), at(1_080));
        assert!(buffer.due() <= Some(at(1_200)), "{:?}", buffer.due());
    }

    #[test]
    fn a_flood_is_bounded_and_any_stamp_is_played() {
        let now = Instant::now();
        let mut random = StdRng::seed_from_u64(1);
        let mut buffer = SoundBuffer::default();
        for n in 0..10_000u16 {
            buffer.push(n, random.random(), PACKET.to_vec(), now);
            while buffer.poll(now).is_some() {}
            assert!(!buffer.packets.is_over_full());
        }
        let mut left = 0;
        while buffer.poll(now + PLAYOUT_MOST).is_some() {
            left += 1;
        }
        assert!(left <= PACKETS_WAITING);
        assert_eq!(buffer.due(), None);
    }
}
