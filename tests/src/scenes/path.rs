//! Hand-held camera motion that ends where it began.

use super::camera::Viewpoint;
use nalgebra::{Point3, Vector3};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::f64::consts::TAU;

/// Tremor of a hand: harmonics of the ten-second cycle, 1.5 to 6 Hz at speed 1.
const TREMOR_HARMONICS: std::ops::RangeInclusive<u32> = 15..=60;
const TREMOR_WAVES: usize = 8;

/// How far each part of the motion goes.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// Middle of the motion, in bench pixels; `z` is negative.
    pub home: Point3<f64>,
    /// Bench pixels to each side, for each axis.
    pub sway: Vector3<f64>,
    /// The point that the camera looks at on average.
    pub target: Point3<f64>,
    /// Bench pixels that the gaze wanders to each side, for each axis.
    pub gaze: Vector3<f64>,
    /// Radians that the phone rolls to each side.
    pub roll: f64,
    /// Tremor of the position, bench pixels (standard deviation).
    pub tremor: f64,
    /// Tremor of the direction, radians (standard deviation).
    pub shake: f64,
}

/// A closed camera path.
#[derive(Debug, Clone)]
pub struct Path {
    reach: Reach,
    slow: [Wave; 6],
    tremor: [[Wave; TREMOR_WAVES]; 6],
}

/// A sine with a whole number of periods in a cycle.
#[derive(Debug, Clone, Copy, Default)]
struct Wave {
    harmonic: f64,
    phase: f64,
    amplitude: f64,
}

impl Wave {
    fn at(&self, cycle: f64) -> f64 {
        self.amplitude * (TAU * (self.harmonic * cycle + self.phase)).sin()
    }
}

impl Path {
    /// The path that `seed` names.
    pub fn new(reach: Reach, seed: u64) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let harmonics = [1.0, 2.0, 1.0, 2.0, 1.0, 1.0];
        let slow = harmonics.map(|harmonic| Wave {
            harmonic,
            phase: rng.random(),
            amplitude: rng.random_range(0.8..1.0),
        });
        let tremor = [(); 6].map(|()| {
            [(); TREMOR_WAVES].map(|()| {
                let harmonic = f64::from(rng.random_range(TREMOR_HARMONICS));
                // A hand moves less the faster it trembles.
                let falloff = f64::from(*TREMOR_HARMONICS.start()) / harmonic;
                let amplitude = falloff * rng.random_range(0.5..1.5) / (TREMOR_WAVES as f64).sqrt();
                Wave {
                    harmonic,
                    phase: rng.random(),
                    amplitude,
                }
            })
        });
        Self {
            reach,
            slow,
            tremor,
        }
    }

    /// The camera at `cycle`; 0, 1, 2 … are the same viewpoint.
    pub fn at(&self, cycle: f64) -> Viewpoint {
        let slow = self.slow.map(|wave| wave.at(cycle));
        let tremor = self
            .tremor
            .map(|waves| waves.iter().map(|wave| wave.at(cycle)).sum::<f64>());
        let reach = &self.reach;
        let sway = Vector3::new(slow[0], slow[1], slow[2]).component_mul(&reach.sway);
        let position =
            reach.home + sway + reach.tremor * Vector3::new(tremor[0], tremor[1], tremor[2]);
        let target = reach.target + Vector3::new(slow[3], slow[4], 0.0).component_mul(&reach.gaze);
        let shake = reach.shake * Vector3::new(tremor[3], tremor[4], tremor[5]);
        Viewpoint::looking_at(position, target, reach.roll * slow[5], shake)
    }
}
