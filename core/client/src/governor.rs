//! Saves heat and battery by steps that are said aloud: pure, told everything, asks nobody.
//!
//! It steps down as soon as the platform says so, and up again only after the better state has
//! lasted, one step at a time: a phone that cools down for a moment would otherwise swing.

/// How hot the platform says the device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thermal {
    /// Nothing to do.
    Nominal,
    /// Warm: save what nobody misses.
    Fair,
    /// Hot: save what is seen.
    Serious,
    /// Close to being shut down by the system.
    Critical,
}

/// What the platform tells about heat and power.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Power {
    /// How hot it is.
    pub thermal: Thermal,
    /// Charge in percent, none when there is no battery or it is not known.
    pub battery_percent: Option<u8>,
    /// True while it is being charged.
    pub charging: bool,
}

/// Why something is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Nothing is.
    None,
    /// The device is hot.
    Heat,
    /// Its battery is low.
    Battery,
}

/// What the device may spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// 0 for everything, 3 for the least.
    pub level: u8,
    /// Why it is not everything.
    pub cause: Cause,
    /// Longest side of the encoded picture in pixels.
    pub max_side: u32,
    /// Frames a second.
    pub frames_per_second: u32,
    /// Share of the agreed rate in percent.
    pub bitrate_percent: u32,
    /// Every how many frames are tracked.
    pub track_every: u32,
}

/// What each level spends: longest side, frames a second, percent of the rate, frames a tracked one.
/// Tracking goes first, because it heats most and every second frame is hardly missed; resolution
/// goes last, because the agent reads small print.
const LEVELS: [(u32, u32, u32, u32); 4] = [
    (1280, 30, 100, 1),
    (1280, 24, 80, 2),
    (960, 15, 50, 3),
    (640, 10, 30, 5),
];
/// A better state must last this long before a step up.
const CALM_MS: u64 = 20_000;
/// At or below this charge the battery counts as low, and as nearly empty.
const LOW_PERCENT: u8 = 15;
const EMPTY_PERCENT: u8 = 5;

/// The state machine. Time comes from outside, in milliseconds that only grow.
#[derive(Debug)]
pub struct Governor {
    level: u8,
    cause: Cause,
    better_since_ms: Option<u64>,
}

impl Default for Governor {
    fn default() -> Self {
        Self {
            level: 0,
            cause: Cause::None,
            better_since_ms: None,
        }
    }
}

impl Governor {
    /// What may be spent at this moment.
    pub fn plan(&self) -> Plan {
        let index = usize::from(self.level).min(LEVELS.len() - 1);
        let (max_side, frames_per_second, bitrate_percent, track_every) = LEVELS[index];
        Plan {
            level: self.level,
            cause: self.cause,
            max_side,
            frames_per_second,
            bitrate_percent,
            track_every,
        }
    }

    /// Takes what the platform tells at `now_ms`; to be called on each change and every few
    /// seconds. The plan when it changed.
    pub fn handle(&mut self, now_ms: u64, power: Power) -> Option<Plan> {
        let (wanted, cause) = wanted(power);
        if wanted > self.level {
            self.level = wanted;
            self.cause = cause;
            self.better_since_ms = None;
            return Some(self.plan());
        }
        if wanted == self.level {
            self.better_since_ms = None;
            let changed = self.cause != cause;
            self.cause = cause;
            return changed.then(|| self.plan());
        }
        let since = *self.better_since_ms.get_or_insert(now_ms);
        if now_ms.saturating_sub(since) < CALM_MS {
            return None;
        }
        self.level -= 1;
        // The next step up needs its own time of calm.
        self.better_since_ms = Some(now_ms);
        if self.level == wanted {
            self.cause = cause;
        }
        Some(self.plan())
    }
}

fn wanted(power: Power) -> (u8, Cause) {
    let heat = match power.thermal {
        Thermal::Nominal => 0,
        Thermal::Fair => 1,
        Thermal::Serious => 2,
        Thermal::Critical => 3,
    };
    let battery = match power.battery_percent {
        Some(percent) if !power.charging && percent <= EMPTY_PERCENT => 2,
        Some(percent) if !power.charging && percent <= LOW_PERCENT => 1,
        _ => 0,
    };
    match (heat, battery) {
        (0, 0) => (0, Cause::None),
        (heat, battery) if heat >= battery => (heat, Cause::Heat),
        (_, battery) => (battery, Cause::Battery),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(thermal: Thermal) -> Power {
        Power {
            thermal,
            battery_percent: Some(80),
            charging: false,
        }
    }

    /// A phone as a lump of heat capacity: it heats with what the plan spends and loses heat to the
    /// room. Gives the levels minute by minute and the highest temperature.
    fn simulate(governed: bool, watts_of_sun: f64) -> (Vec<u8>, f64) {
        let mut governor = Governor::default();
        let (mut celsius, mut levels, mut highest) = (32.0f64, Vec::new(), 0.0f64);
        for second in 0..3600u64 {
            let plan = match governed {
                true => governor.plan(),
                false => Governor::default().plan(),
            };
            let encoding = 1.6 * f64::from(plan.frames_per_second) / 30.0
                * (f64::from(plan.max_side) / 1280.0).powi(2);
            let tracking =
                2.2 * f64::from(plan.frames_per_second) / 30.0 / f64::from(plan.track_every);
            let heating = 1.2 + encoding + tracking + watts_of_sun;
            celsius += (heating - (celsius - 25.0) * 0.25) / 90.0;
            highest = highest.max(celsius);
            let thermal = match celsius {
                t if t < 38.0 => Thermal::Nominal,
                t if t < 41.0 => Thermal::Fair,
                t if t < 44.0 => Thermal::Serious,
                _ => Thermal::Critical,
            };
            governor.handle(second * 1000, power(thermal));
            if second % 60 == 59 {
                levels.push(governor.plan().level);
            }
        }
        (levels, highest)
    }

    #[test]
    fn a_phone_in_the_sun_stays_below_critical_where_an_ungoverned_one_does_not() {
        let (levels, highest) = simulate(true, 0.6);
        let (_, ungoverned) = simulate(false, 0.6);
        assert!(
            ungoverned > 44.0,
            "the control must overheat: {ungoverned:.1}"
        );
        assert!(highest < 44.0, "{highest:.1} degrees, levels {levels:?}");
        assert!(levels.iter().any(|level| *level > 0));
    }

    #[test]
    fn a_cool_phone_keeps_everything() {
        let (levels, _) = simulate(true, -2.5);
        assert!(levels.iter().all(|level| *level == 0), "{levels:?}");
    }

    #[test]
    fn it_steps_down_at_once_and_up_one_step_at_a_time() {
        let mut governor = Governor::default();
        let plan = governor.handle(0, power(Thermal::Critical)).unwrap();
        assert_eq!((plan.level, plan.cause), (3, Cause::Heat));
        assert_eq!(governor.handle(1_000, power(Thermal::Nominal)), None);
        // A moment of heat starts the wait again.
        assert_eq!(governor.handle(15_000, power(Thermal::Critical)), None);
        assert_eq!(governor.handle(16_000, power(Thermal::Nominal)), None);
        assert_eq!(governor.handle(35_999, power(Thermal::Nominal)), None);
        let levels: Vec<u8> = [36_000, 56_000, 76_000]
            .into_iter()
            .filter_map(|now| governor.handle(now, power(Thermal::Nominal)))
            .map(|plan| plan.level)
            .collect();
        assert_eq!(levels, [2, 1, 0]);
        assert_eq!(governor.plan().cause, Cause::None);
    }

    #[test]
    fn a_low_battery_saves_unless_it_is_being_charged() {
        let low = |percent, charging| {
            let power = Power {
                thermal: Thermal::Nominal,
                battery_percent: Some(percent),
                charging,
            };
            let mut governor = Governor::default();
            governor
                .handle(0, power)
                .map(|plan| (plan.level, plan.cause))
        };
        assert_eq!(low(16, false), None);
        assert_eq!(low(15, false), Some((1, Cause::Battery)));
        assert_eq!(low(5, false), Some((2, Cause::Battery)));
        assert_eq!(low(5, true), None);
    }
}
