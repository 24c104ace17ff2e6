//! Where a hand-held camera is: key viewpoints, a smooth way between them, and a tremor.

use crate::scenes::camera::Viewpoint;
use nalgebra::{Point3, Vector3};
use rand::{Rng, rngs::StdRng};
use std::f64::consts::TAU;

/// Sines that make up the tremor of one axis.
const WAVES: usize = 8;

/// A viewpoint on the way; world units, relative to a stage's middle.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Seconds.
    pub at_s: f64,
    /// Where the camera is, across and down the bench.
    pub eye: [f64; 2],
    /// How far the camera is above the bench.
    pub height: f64,
    /// The point of the bench that it looks at.
    pub gaze: [f64; 2],
    /// Radians.
    pub roll: f64,
}

/// A camera's way.
pub struct Path {
    keys: Vec<Key>,
    middle: Point3<f64>,
    /// Frequency in hertz, phase, amplitude.
    tremor: [[(f64, f64, f64); WAVES]; 6],
    /// World units, about the standard deviation of the position.
    pub sway: f64,
    /// Radians, about the standard deviation of the direction.
    pub shake: f64,
}

impl Path {
    /// A way through `keys` (at least two, in order of time) around `middle`.
    pub fn new(keys: Vec<Key>, middle: Point3<f64>, rng: &mut StdRng) -> Self {
        let tremor = [(); 6].map(|()| {
            [(); WAVES].map(|()| {
                let hertz: f64 = rng.random_range(1.5..7.0);
                let amplitude = rng.random_range(0.5..1.7) / (WAVES as f64).sqrt() * 3.0 / hertz;
                (hertz, rng.random_range(0.0..TAU), amplitude)
            })
        });
        Self {
            keys,
            middle,
            tremor,
            sway: 4.0,
            shake: 0.006,
        }
    }

    /// The camera at a time, with its tremor enlarged `unrest` times.
    pub fn at(&self, seconds: f64, unrest: f64) -> Viewpoint {
        let [x, y, height, gaze_x, gaze_y, roll] = self.between(seconds);
        let waves = |axis: usize| -> f64 {
            let wave = |(hertz, phase, size): &(f64, f64, f64)| {
                size * (TAU * hertz * seconds + phase).sin()
            };
            unrest * self.tremor[axis].iter().map(wave).sum::<f64>()
        };
        let eye = self.middle
            + Vector3::new(x, y, -height)
            + self.sway * Vector3::new(waves(0), waves(1), waves(2));
        let gaze = self.middle + Vector3::new(gaze_x, gaze_y, 0.0);
        let shake = self.shake * Vector3::new(waves(3), waves(4), waves(5));
        Viewpoint::looking_at(eye, gaze, roll, shake)
    }

    /// A cubic between the two nearest keys whose slope at each key is that of its neighbours'
    /// chord (Catmull and Rom, 1974).
    fn between(&self, seconds: f64) -> [f64; 6] {
        let keys = &self.keys;
        let after = keys.partition_point(|key| key.at_s <= seconds);
        let i = after.clamp(1, keys.len() - 1) - 1;
        let values = |k: usize| {
            let key = keys[k];
            let ([x, y], [u, v]) = (key.eye, key.gaze);
            [x, y, key.height, u, v, key.roll]
        };
        let slope = |k: usize| -> [f64; 6] {
            let (a, b) = (k.saturating_sub(1), (k + 1).min(keys.len() - 1));
            let seconds = keys[b].at_s - keys[a].at_s;
            if a == k || b == k {
                // The ends stand still.
                return [0.0; 6];
            }
            std::array::from_fn(|axis| (values(b)[axis] - values(a)[axis]) / seconds)
        };
        let span = keys[i + 1].at_s - keys[i].at_s;
        let t = ((seconds - keys[i].at_s) / span).clamp(0.0, 1.0);
        let (a, b) = (values(i), values(i + 1));
        let (from, to) = (slope(i), slope(i + 1));
        std::array::from_fn(|axis| {
            let (t2, t3) = (t * t, t * t * t);
            (2.0 * t3 - 3.0 * t2 + 1.0) * a[axis]
                + (t3 - 2.0 * t2 + t) * span * from[axis]
                + (3.0 * t2 - 2.0 * t3) * b[axis]
                + (t3 - t2) * span * to[axis]
        })
    }
}

/// Wanders around the middle: a view a second and a half.
pub fn wander(rng: &mut StdRng, reach: f64, (low, high): (f64, f64)) -> Vec<Key> {
    (0..8)
        .map(|k| {
            let calm = if k == 0 { 0.3 } else { 1.0 };
            let mut around = |size: f64| rng.random_range(-size..size) * calm;
            Key {
                at_s: 1.5 * f64::from(k),
                eye: [around(reach), 150.0 + around(reach)],
                gaze: [around(70.0), around(50.0)],
                roll: around(0.3),
                height: (low + high) / 2.0 + around((high - low) / 2.0),
            }
        })
        .collect()
}

/// Holds the thing in view, looks elsewhere twice, and comes back from another side each time.
pub fn leave_and_return(rng: &mut StdRng) -> Vec<Key> {
    let side = if rng.random() { 1.0 } else { -1.0 };
    let mut near = |at_s: f64, x: f64, y: f64, height: f64, roll: f64| Key {
        at_s,
        eye: [
            side * x + rng.random_range(-60.0..60.0),
            y + rng.random_range(-60.0..60.0),
        ],
        height: height + rng.random_range(-60.0..60.0),
        gaze: [rng.random_range(-30.0..30.0), rng.random_range(-30.0..30.0)],
        roll: side * roll,
    };
    let mut keys = vec![
        near(0.0, 0.0, 150.0, 950.0, 0.0),
        near(1.8, 100.0, 250.0, 950.0, 0.1),
        near(4.8, -350.0, 300.0, 900.0, -0.35),
        near(6.2, -250.0, 0.0, 1050.0, -0.3),
        near(8.7, 300.0, -250.0, 1150.0, 0.45),
        near(10.0, 150.0, 100.0, 900.0, 0.3),
    ];
    let away = |at_s: f64, x: f64, y: f64| Key {
        at_s,
        eye: [side * 0.75 * x, 0.75 * y],
        height: 950.0,
        gaze: [side * x, y],
        roll: 0.1 * side,
    };
    keys.insert(2, away(2.8, 1150.0, 100.0));
    keys.insert(3, away(3.7, 1100.0, -200.0));
    keys.insert(6, away(7.0, -1000.0, -650.0));
    keys.insert(7, away(7.8, -950.0, -600.0));
    keys
}
