//! When a frame was sent, on the session's clock.

use sightline_protocol::FrameTime;
use std::time::{Duration, Instant};

/// The media clock of pictures, in ticks a millisecond.
const TICKS_PER_MS: i64 = 90;
/// A line that is so many ticks off has jumped: half a second.
const JUMP: i64 = 500 * TICKS_PER_MS;
/// A line that is late comes nearer to its arrivals by one tick in so many.
const DRIFT: i64 = 1_000;

/// The session's clock in the moments of this process.
#[derive(Debug, Clone, Copy)]
pub struct SessionClock {
    /// A moment.
    pub base: Instant,
    /// The same in milliseconds since the session began.
    pub base_ms: u32,
}

impl SessionClock {
    /// Milliseconds since the session began; 0 for what came before.
    pub fn at(&self, moment: Instant) -> u32 {
        let ms = |span: Duration| u32::try_from(span.as_millis()).unwrap_or(u32::MAX);
        match moment.checked_duration_since(self.base) {
            Some(later) => self.base_ms.saturating_add(ms(later)),
            None => self.base_ms.saturating_sub(ms(self.base - moment)),
        }
    }
}

/// Follows frame times on the session's clock: frames are as far apart as they were taken, not as
/// the network brought them. The line lies at the quickest arrivals and never goes back.
#[derive(Debug, Default)]
pub struct LineClock {
    /// The last frame time, and when that frame was sent, in ticks since the session began.
    last: Option<(FrameTime, i64)>,
}

impl LineClock {
    /// When this frame was sent, given when it arrived, both in milliseconds since the session began.
    pub fn at(&mut self, time: FrameTime, arrived_ms: u32) -> u32 {
        let arrived = i64::from(arrived_ms) * TICKS_PER_MS;
        let at = match self.last {
            None => arrived,
            Some((last_time, last)) => {
                let step = i64::from(time.wrapping_sub(last_time).cast_signed());
                let expected = last + step;
                let late = arrived - expected;
                if late.abs() > JUMP {
                    arrived.max(last)
                } else {
                    // An early frame moves the line, a late one only as far as clocks may drift.
                    (expected + late.min(step.max(0) / DRIFT)).max(last)
                }
            }
        };
        self.last = Some((time, at));
        u32::try_from(at / TICKS_PER_MS).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_as_far_apart_as_they_were_taken_however_they_arrive() {
        let mut clock = LineClock::default();
        let late = [0, 40, 0, 90, 15, 3];
        let times: Vec<u32> = (0..6_u32)
            .map(|n| {
                clock.at(
                    (n * 3_600).wrapping_sub(5_000),
                    1_000 + 40 * n + late[n as usize],
                )
            })
            .collect();
        assert_eq!(times, [1_000, 1_040, 1_080, 1_120, 1_160, 1_200]);
    }

    #[test]
    fn a_line_that_jumps_is_taken_up_where_it_arrives() {
        let mut clock = LineClock::default();
        assert_eq!(clock.at(0, 5_000), 5_000);
        assert_eq!(clock.at(3_000, 5_033), 5_033);
        // Another device's line, and a pause of a minute.
        assert_eq!(clock.at(4_000_000_000, 65_000), 65_000);
        assert_eq!(clock.at(4_000_003_000, 65_100), 65_033);
        // Earlier than thought: nothing goes back.
        assert_eq!(clock.at(4_000_090_000, 65_090), 65_090);
        assert_eq!(clock.at(4_000_080_000, 65_091), 65_090);
    }

    #[test]
    fn a_slow_clock_is_followed() {
        let mut clock = LineClock::default();
        // One frame each second by a camera whose clock loses half a millisecond a second.
        let behind = (0..2_000_u32).map(|n| {
            let arrived = 1_000 * n + n / 2;
            arrived - clock.at(n * 90_000, arrived)
        });
        assert!(behind.max().unwrap() <= 1);
    }

    #[test]
    fn moments_before_the_session_are_its_beginning() {
        let base = Instant::now() + Duration::from_secs(10);
        let clock = SessionClock {
            base,
            base_ms: 4_000,
        };
        assert_eq!(clock.at(base + Duration::from_millis(5)), 4_005);
        assert_eq!(clock.at(base - Duration::from_secs(1)), 3_000);
        assert_eq!(clock.at(base - Duration::from_secs(9)), 0);
    }
}
