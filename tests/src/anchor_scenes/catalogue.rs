//! The scenes: what each is of, and its one difficulty.

use super::{
    effects::{Effects, Hand},
    film::Codec,
    path::{self, Key, Path},
    photos,
    sheet::{Motion, Place, Sheet},
    solids,
    stage::{Parts, Stage},
};
use crate::{anchor_bench::class::Class, scenes::SceneError};
use nalgebra::{Isometry3, Point3, Translation3, UnitQuaternion, Vector3};
use opencv::{
    core::{Mat, Size},
    prelude::*,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::f64::consts::PI;

/// The bench in world units, and its middle, where the drawing is.
const BENCH: (i32, i32) = (3000, 2200);
const X: f64 = 1500.0;
const Y: f64 = 1100.0;

/// A scene: its name, its class, and how it is built.
pub struct Scene {
    /// Its difficulty in a word.
    pub name: &'static str,
    /// Which bar it is held to.
    pub class: Class,
    build: fn(&mut StdRng, u64) -> Result<Parts, SceneError>,
}

impl Scene {
    /// Builds it; the seed chooses the way of the camera and the drawing's size.
    ///
    /// # Errors
    /// See [`SceneError`].
    pub fn stage(&self, size: (usize, usize), seed: u64) -> Result<Stage, SceneError> {
        let name = self.name.bytes().fold(seed, |sum, byte| {
            sum.wrapping_mul(131).wrapping_add(u64::from(byte))
        });
        let mut rng = StdRng::seed_from_u64(name);
        let mut parts = (self.build)(&mut rng, name)?;
        let grow = [1.0, 1.35, 0.75][seed as usize % 3];
        parts.half = parts.half.map(|half| half * grow);
        if parts.others.is_empty() {
            parts.others = others(&parts);
        } else {
            for (_, half) in &mut parts.others {
                *half = half.map(|half| half * grow);
            }
        }
        Stage::new(parts, size, name)
    }
}

/// All scenes.
pub const SCENES: [Scene; 20] = [
    scene("plane", Class::Flat, plane),
    scene("zoom", Class::Flat, zoom),
    scene("turn", Class::Flat, turn),
    scene("shine", Class::Flat, shine),
    scene("hand", Class::Flat, hand),
    scene("weak-link", Class::Flat, weak_link),
    scene("backdrop", Class::Flat, backdrop),
    scene("carried", Class::Flat, carried),
    scene("rolling", Class::Flat, rolling),
    scene("faint", Class::Hard, faint),
    scene("blur", Class::Hard, blur),
    scene("focus", Class::Hard, focus),
    scene("light", Class::Hard, light),
    scene("leave", Class::Hard, leave),
    scene("swap", Class::Hard, swap),
    scene("keys", Class::Repeat, keys),
    scene("page", Class::Repeat, page),
    scene("can", Class::Curved, can),
    scene("boxes", Class::Curved, boxes),
    scene("edge", Class::Curved, edge),
];

/// A small drawing right of the middle and one as large as there is room for.
fn others(parts: &Parts) -> Vec<([f64; 2], [f64; 2])> {
    let ([x, y], [w, h]) = (parts.middle, parts.half);
    let placed = |grow: f64, right: f64, down: f64| {
        (
            [x + right * w, y + down * h],
            [w, h].map(|half| half * grow),
        )
    };
    let slack = (parts.room - 1.0).abs().min(0.25);
    vec![
        placed(0.55, 0.4, -0.35),
        placed(parts.room, -slack, 0.8 * slack),
    ]
}

const fn scene(
    name: &'static str,
    class: Class,
    build: fn(&mut StdRng, u64) -> Result<Parts, SceneError>,
) -> Scene {
    Scene { name, class, build }
}

fn middle() -> Point3<f64> {
    Point3::new(X, Y, 0.0)
}

/// A bench with `piece` in its middle.
fn bench_with(piece: &Mat, seed: u64) -> Result<Sheet, SceneError> {
    let clear = 0.45 * f64::from(piece.cols()).hypot(f64::from(piece.rows()));
    let size = Size::new(BENCH.0, BENCH.1);
    let mut bench = photos::bench(size, clear, seed)?;
    photos::paste(&mut bench, piece, X as i32, Y as i32)?;
    endless(bench)
}

fn endless(texture: Mat) -> Result<Sheet, SceneError> {
    let size = texture.size()?;
    let place = Place::lying(
        size,
        f64::from(size.width - 1) / 2.0,
        f64::from(size.height - 1) / 2.0,
        0.0,
    );
    let mut sheet = Sheet::new(texture, place)?;
    sheet.endless = true;
    Ok(sheet)
}

/// A photo on a bench, filmed on a wandering way.
fn ordinary(photo: &str, scale: f64, rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let sheets = vec![bench_with(&photos::scaled(photo, scale)?, seed)?];
    let keys = path::wander(rng, 380.0, (800.0, 1200.0));
    Ok(Parts {
        sheets,
        path: Path::new(keys, middle(), rng),
        effects: Effects::default(),
        codec: Codec::Sharp,
        middle: [X - 40.0, Y + 20.0],
        half: [110.0, 90.0],
        others: Vec::new(),
        room: 1.4,
    })
}

fn plane(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    ordinary("board.jpg", 1.3, rng, seed)
}

fn zoom(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.3, rng, seed)?;
    let heights = [1300.0, 1300.0, 430.0, 600.0, 1350.0, 450.0, 1300.0];
    let keys = heights.iter().enumerate().map(|(k, &height)| Key {
        at_s: 1.7 * k as f64,
        eye: [
            rng.random_range(-0.15..0.15) * height,
            rng.random_range(0.0..0.25) * height,
        ],
        height,
        gaze: [-30.0, 20.0],
        roll: rng.random_range(-0.2..0.2),
    });
    parts.path = Path::new(keys.collect(), middle(), rng);
    parts.half = [80.0, 65.0];
    Ok(parts)
}

fn turn(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("sudoku.png", 1.0, rng, seed)?;
    let mut keys = path::wander(rng, 150.0, (850.0, 1050.0));
    let side = if rng.random() { 1.0 } else { -1.0 };
    for (key, turn) in keys
        .iter_mut()
        .zip([0.0, 0.15, 0.55, 1.0, 1.0, 0.5, 0.1, 0.0])
    {
        key.roll += side * turn * PI;
    }
    parts.path = Path::new(keys, middle(), rng);
    Ok(parts)
}

fn shine(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("box.png", 1.5, rng, seed)?;
    parts.effects.shine = 170.0;
    Ok(parts)
}

fn hand(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.3, rng, seed)?;
    parts.path = Path::new(path::wander(rng, 200.0, (850.0, 1100.0)), middle(), rng);
    let times = [(2.2, 3.8, 0.1, 0.8), (5.0, 7.6, 0.5, 1.6)];
    parts.effects.hands = Hand::passages(rng, &times);
    Ok(parts)
}

fn weak_link(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("stuff.jpg", 1.2, rng, seed)?;
    parts.codec = Codec::WeakLink;
    Ok(parts)
}

/// A thing held before a background that slides by.
fn backdrop(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("fruits.jpg", 1.0, rng, seed)?;
    let slide: Motion = Box::new(|t| {
        let x = 160.0 * (t - 1.0).max(0.0);
        Isometry3::translation(x, 120.0 * (0.8 * t).sin(), 0.0)
    });
    let far = parts.sheets.remove(0).moving(slide);
    let thing = photos::scaled("box.png", 1.6)?;
    let near = Place::lying(thing.size()?, X, Y, 200.0);
    parts.sheets = vec![far, Sheet::new(thing, near)?];
    parts.path = Path::new(path::wander(rng, 250.0, (950.0, 1250.0)), middle(), rng);
    parts.middle = [X, Y];
    parts.room = 0.85;
    Ok(parts)
}

/// A thing that is pushed and turned on the bench.
fn carried(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("fruits.jpg", 1.0, rng, seed)?;
    let thing = photos::scaled("cards.png", 1.0)?;
    let (far, turn) = (rng.random_range(120.0..220.0), rng.random_range(0.4..0.8));
    let push: Motion = Box::new(move |t| {
        let part = ((t - 3.0) / 4.0).clamp(0.0, 1.0);
        let part = part * part * (3.0 - 2.0 * part);
        let centre = Translation3::new(X, Y, 0.0);
        let turned = UnitQuaternion::from_axis_angle(&Vector3::z_axis(), turn * part);
        let moved = Translation3::new(far * part, -0.5 * far * part, 0.0);
        moved * centre * turned * centre.inverse()
    });
    let place = Place::lying(thing.size()?, X, Y, 4.0);
    parts.sheets.push(Sheet::new(thing, place)?.moving(push));
    parts.path = Path::new(path::wander(rng, 200.0, (950.0, 1200.0)), middle(), rng);
    parts.middle = [X, Y];
    parts.room = 0.85;
    Ok(parts)
}

fn rolling(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("graf1.png", 0.8, rng, seed)?;
    parts.effects.rolling_s = 0.02;
    parts.path.shake = 0.008;
    parts.path.sway = 6.0;
    Ok(parts)
}

/// A pale appliance with little print on it, in pale surroundings.
fn faint(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.0, rng, seed)?;
    let size = Size::new(BENCH.0, BENCH.1);
    let mut bench = photos::plain(size, 172.0, 1.5, seed)?;
    let panel = photos::faint(&photos::panel(seed)?, 0.22, 178.0)?;
    photos::paste(&mut bench, &panel, X as i32, Y as i32)?;
    parts.sheets = vec![endless(bench)?];
    parts.path = Path::new(path::wander(rng, 250.0, (750.0, 950.0)), middle(), rng);
    parts.middle = [X, Y + 30.0];
    parts.half = [150.0, 110.0];
    Ok(parts)
}

/// Bursts of shaking in dim light.
fn blur(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.3, rng, seed)?;
    let strength = |t: f64| {
        let burst = |at: f64| (-((t - at) / 0.25).powi(2)).exp();
        burst(2.6) + burst(5.0) + burst(7.8)
    };
    parts.effects.exposure_s = Box::new(move |t| 1.0 / 60.0 + strength(t) / 60.0);
    parts.effects.unrest = Box::new(move |t| 1.0 + 4.0 * strength(t));
    parts.effects.noise = 3.5;
    Ok(parts)
}

/// A lens that hunts for its focus.
fn focus(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("box.png", 1.5, rng, seed)?;
    parts.effects.defocus = Box::new(|t| {
        let hunt = |start: f64| {
            let part = (t - start) / 0.9;
            if (0.0..1.0).contains(&part) {
                (part * 3.0 * PI).sin().abs()
            } else {
                0.0
            }
        };
        6.0 * (hunt(2.5) + hunt(5.5) + hunt(8.0))
    });
    Ok(parts)
}

/// Jumps of the exposure, then the light goes off and on.
fn light(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.3, rng, seed)?;
    parts.effects.gain = Box::new(|t| match t {
        t if (2.0..3.0).contains(&t) => 0.4 + 0.5 * (t - 2.0),
        t if (4.0..4.9).contains(&t) => 0.02,
        t if (4.9..5.6).contains(&t) => 1.9 - 1.2 * (t - 4.9),
        t if (7.0..8.0).contains(&t) => 1.7 - 0.6 * (t - 7.0),
        _ => 1.0,
    });
    Ok(parts)
}

/// Out of view twice in dim light, so that the picture is blurred while the camera swings.
fn leave(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("box.png", 1.35, rng, seed)?;
    parts.path = Path::new(path::leave_and_return(rng), middle(), rng);
    (parts.path.sway, parts.path.shake) = (7.0, 0.010);
    parts.effects.exposure_s = Box::new(|_| 1.0 / 45.0);
    parts.effects.gain = Box::new(|t| 1.0 + 0.3 * (1.46 * t + 1.0).sin());
    parts.effects.noise = 4.0;
    (parts.middle, parts.half) = ([X - 70.0, Y], [100.0, 90.0]);
    Ok(parts)
}

/// While the camera looks elsewhere, another appliance of the same make takes the thing's place.
fn swap(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("fruits.jpg", 1.0, rng, seed)?;
    let (known, other) = (photos::panel(seed)?, photos::panel(seed ^ 1)?);
    let place = Place::lying(known.size()?, X, Y, 40.0);
    let mut known = Sheet::new(known, place)?;
    let mut other = Sheet::new(other, place)?;
    known.there_s = f64::NEG_INFINITY..7.4;
    other.there_s = 7.4..f64::INFINITY;
    parts.sheets.extend([known, other]);
    parts.path = Path::new(path::leave_and_return(rng), middle(), rng);
    parts.middle = [X - 40.0, Y + 60.0];
    parts.half = [130.0, 100.0];
    parts.room = 0.85;
    Ok(parts)
}

/// Keys that are all alike, left and seen again.
fn keys(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.0, rng, seed)?;
    let digits: bool = rng.random();
    parts.sheets = vec![bench_with(&photos::keypad(digits, seed)?, seed)?];
    parts.path = Path::new(path::leave_and_return(rng), middle(), rng);
    // One key and its edge.
    parts.middle = [X - 2.0, Y + 74.0];
    parts.half = [58.0, 54.0];
    // Half of it, and the key two to the right.
    parts.others = vec![
        ([X - 2.0, Y + 74.0], [34.0, 32.0]),
        ([X + 248.0, Y + 74.0], [58.0, 54.0]),
    ];
    Ok(parts)
}

/// Words in a page of words, left and seen again.
fn page(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("board.jpg", 1.0, rng, seed)?;
    parts.sheets = vec![bench_with(&photos::page(seed)?, seed)?];
    parts.path = Path::new(path::leave_and_return(rng), middle(), rng);
    parts.middle = [X + 20.0, Y + 90.0];
    parts.half = [120.0, 70.0];
    Ok(parts)
}

/// A label around a lying can.
fn can(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("stuff.jpg", 0.8, rng, seed)?;
    let label = photos::scaled("starry_night.jpg", 1.0)?;
    parts.sheets.extend(solids::can((X, Y), 520, &label)?);
    parts.path = Path::new(path::wander(rng, 450.0, (900.0, 1150.0)), middle(), rng);
    parts.middle = [X, Y];
    parts.half = [110.0, 80.0];
    parts.room = 0.8;
    Ok(parts)
}

fn three_boxes(sheets: &mut Vec<Sheet>) -> Result<(), SceneError> {
    let side = photos::gray("licenseplate_motion.jpg")?;
    let tops = [
        ((X, Y), [360, 260, 150], "box.png"),
        ((X - 420.0, Y + 120.0), [220, 220, 260], "starry_night.jpg"),
        ((X + 430.0, Y - 140.0), [240, 300, 80], "cards.png"),
    ];
    for (place, size, top) in tops {
        sheets.extend(solids::cuboid(place, size, &photos::gray(top)?, &side)?);
    }
    Ok(())
}

/// Boxes of different heights; the drawing is on the top of one.
fn boxes(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("stuff.jpg", 0.8, rng, seed)?;
    three_boxes(&mut parts.sheets)?;
    parts.path = Path::new(path::wander(rng, 480.0, (900.0, 1150.0)), middle(), rng);
    parts.middle = [X + 20.0, Y - 10.0];
    parts.half = [90.0, 70.0];
    parts.room = 0.8;
    Ok(parts)
}

/// The drawing reaches over a box's edge to the bench below.
fn edge(rng: &mut StdRng, seed: u64) -> Result<Parts, SceneError> {
    let mut parts = ordinary("stuff.jpg", 0.8, rng, seed)?;
    let side = photos::gray("licenseplate_motion.jpg")?;
    let top = photos::gray("box.png")?;
    let size = [420, 320, 110];
    parts
        .sheets
        .extend(solids::cuboid((X, Y), size, &top, &side)?);
    parts.path = Path::new(path::wander(rng, 420.0, (900.0, 1150.0)), middle(), rng);
    parts.middle = [X, Y + 130.0];
    parts.half = [110.0, 80.0];
    parts.room = 0.8;
    Ok(parts)
}
