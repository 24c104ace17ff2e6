//! Heat and battery: the platform's word in, the core's steps out.

use crate::{EncoderRequest, SessionEvent, events::Teller};
use sightline_client::governor::{Cause, Governor, Plan, Power, Thermal};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Instant,
};

/// How hot the platform says the device is. Android's `THERMAL_STATUS_LIGHT` and `MODERATE` are
/// `Fair`, `SEVERE` is `Serious`, what is above `Critical`; the names are those of iOS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum ThermalState {
    /// Nothing to do.
    Nominal,
    /// Warm.
    Fair,
    /// Hot.
    Serious,
    /// About to be shut down.
    Critical,
}

/// Why something is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SavingCause {
    /// Nothing is saved.
    None,
    /// The device is hot.
    Heat,
    /// Its battery is low.
    Battery,
}

/// The governor with a clock, and how often frames are tracked.
pub struct PowerSaver {
    governor: Mutex<Governor>,
    started: Instant,
    track_every: AtomicU32,
    pushed: AtomicU32,
}

impl Default for PowerSaver {
    fn default() -> Self {
        Self {
            governor: Mutex::default(),
            started: Instant::now(),
            track_every: AtomicU32::new(1),
            pushed: AtomicU32::new(0),
        }
    }
}

impl PowerSaver {
    /// Takes the platform's word. The plan, when it changed.
    pub fn handle(&self, power: Power) -> Option<Plan> {
        let now_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.governor
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .handle(now_ms, power)
    }

    /// Carries a plan out and tells of it. `max_bitrate_bps` is what was agreed.
    pub fn apply(&self, plan: Plan, max_bitrate_bps: u32, teller: &Teller) {
        self.track_every.store(plan.track_every, Ordering::Relaxed);
        teller.ask(EncoderRequest::SizeAndRate {
            width: plan.max_side,
            height: plan.max_side,
            frames_per_second: plan.frames_per_second,
        });
        teller.ask(EncoderRequest::Bitrate {
            bps: max_bitrate_bps / 100 * plan.bitrate_percent,
        });
        teller.tell(SessionEvent::PowerSaving {
            level: plan.level,
            cause: match plan.cause {
                Cause::None => SavingCause::None,
                Cause::Heat => SavingCause::Heat,
                Cause::Battery => SavingCause::Battery,
            },
        });
    }

    /// True when the frame that is pushed now is one of those to be tracked.
    pub fn tracks_next(&self) -> bool {
        let every = self.track_every.load(Ordering::Relaxed).max(1);
        self.pushed
            .fetch_add(1, Ordering::Relaxed)
            .is_multiple_of(every)
    }
}

impl From<ThermalState> for Thermal {
    fn from(state: ThermalState) -> Self {
        match state {
            ThermalState::Nominal => Self::Nominal,
            ThermalState::Fair => Self::Fair,
            ThermalState::Serious => Self::Serious,
            ThermalState::Critical => Self::Critical,
        }
    }
}
