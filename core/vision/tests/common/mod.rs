//! A flat textured world, a hand-held camera over it, and the truth of where everything is.

#![allow(dead_code)]

use nalgebra::{Matrix3, Vector3};
use opencv::core::{BORDER_CONSTANT, BORDER_REFLECT_101, Mat, Scalar, Size};
use opencv::imgproc;
use opencv::prelude::*;
use sightline_vision::{
    AnchorPose, AttachRequest, Attached, Engine, EngineConfig, FrameResult, LumaFrame, Status,
};

/// RTP ticks a frame at 30 frames a second.
pub const TICKS: u32 = 3000;
/// The first frame time: the line wraps after 40 frames.
pub const FIRST: u32 = u32::MAX - 40 * TICKS + 7;

/// Frame time of the frame with this number.
pub fn time(n: usize) -> u32 {
    FIRST.wrapping_add(n as u32 * TICKS)
}

/// A seeded generator of numbers (SplitMix64).
pub struct Seeded(pub u64);

impl Seeded {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 up to 1.
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A world picture of random rectangles and discs over slow shading.
pub fn texture(seed: u64, width: i32, height: i32) -> Mat {
    let mut random = Seeded(seed);
    let mut world =
        Mat::new_rows_cols_with_default(height, width, opencv::core::CV_8UC1, Scalar::all(120.0))
            .expect("memory");
    for k in 0..(width * height / 900) {
        let grey = Scalar::all(30.0 + 200.0 * random.unit());
        let x = (random.unit() * f64::from(width)) as i32;
        let y = (random.unit() * f64::from(height)) as i32;
        let side = |r: &mut Seeded| 4 + (r.unit().powi(2) * 50.0) as i32;
        if k % 3 == 0 {
            let centre = opencv::core::Point::new(x, y);
            let radius = side(&mut random) / 2;
            imgproc::circle(&mut world, centre, radius, grey, -1, imgproc::LINE_AA, 0)
                .expect("drawn");
        } else {
            let rect = opencv::core::Rect::new(x, y, side(&mut random), side(&mut random));
            imgproc::rectangle(&mut world, rect, grey, -1, imgproc::LINE_8, 0).expect("drawn");
        }
    }
    let mut soft = Mat::default();
    imgproc::gaussian_blur(
        &world,
        &mut soft,
        Size::new(0, 0),
        0.8,
        0.8,
        BORDER_REFLECT_101,
    )
    .expect("smoothed");
    soft
}

/// A camera path: where the camera looks, in world pixels, and how.
#[derive(Clone, Copy)]
pub struct View {
    pub at: [f64; 2],
    pub zoom: f64,
    pub roll: f64,
    pub tilt: [f64; 2],
}

/// A hand that wanders around (700, 500) of the world.
pub fn hand_held(n: usize) -> View {
    let t = n as f64 / 30.0;
    let wave = |f: f64, p: f64| (std::f64::consts::TAU * f * t + p).sin();
    View {
        at: [
            700.0 + 110.0 * wave(0.21, 0.4) + 3.0 * wave(2.3, 1.0),
            500.0 + 80.0 * wave(0.17, 1.4) + 3.0 * wave(3.1, 2.0),
        ],
        zoom: 1.0 + 0.22 * wave(0.13, 0.2),
        roll: 0.25 * wave(0.11, 0.9) + 0.004 * wave(4.0, 0.0),
        tilt: [3e-4 * wave(0.19, 0.3), 3e-4 * wave(0.15, 2.2)],
    }
}

/// A frame's pixels from the world's pixels.
pub fn frame_from_world(view: View, width: f64, height: f64) -> Matrix3<f64> {
    let scale = view.zoom * width.max(height) / 1280.0;
    let (s, c) = view.roll.sin_cos();
    let centre = Matrix3::new(1.0, 0.0, -view.at[0], 0.0, 1.0, -view.at[1], 0.0, 0.0, 1.0);
    let turn = Matrix3::new(c, -s, 0.0, s, c, 0.0, view.tilt[0], view.tilt[1], 1.0);
    let back = Matrix3::new(
        scale,
        0.0,
        width / 2.0 - 0.5,
        0.0,
        scale,
        height / 2.0 - 0.5,
        0.0,
        0.0,
        1.0,
    );
    back * turn * centre
}

/// Where a world point is in shares of a frame.
pub fn share_of(view: View, (width, height): (u32, u32), world: [f64; 2]) -> [f64; 2] {
    let (w, h) = (f64::from(width), f64::from(height));
    let v = frame_from_world(view, w, h) * Vector3::new(world[0], world[1], 1.0);
    [(v.x / v.z + 0.5) / w, (v.y / v.z + 0.5) / h]
}

/// What the camera sees, with seeded sensor noise.
pub fn render(world: &Mat, view: View, (width, height): (u32, u32), seed: u64) -> Vec<u8> {
    let h = frame_from_world(view, f64::from(width), f64::from(height));
    render_through(world, &h, (width, height), seed)
}

/// The same through any map of the world's pixels to the frame's.
pub fn render_through(
    world: &Mat,
    h: &Matrix3<f64>,
    (width, height): (u32, u32),
    seed: u64,
) -> Vec<u8> {
    let rows: [f64; 9] = std::array::from_fn(|k| h[(k / 3, k % 3)]);
    let matrix = Mat::new_rows_cols_with_data(3, 3, &rows).expect("nine numbers");
    let mut seen = Mat::default();
    imgproc::warp_perspective(
        world,
        &mut seen,
        &matrix,
        Size::new(width as i32, height as i32),
        imgproc::INTER_LINEAR,
        BORDER_CONSTANT,
        Scalar::all(90.0),
    )
    .expect("rendered");
    let mut plane = seen.data_bytes().expect("plain").to_vec();
    noise(&mut plane, seed);
    plane
}

/// Adds noise of about two grey levels.
pub fn noise(plane: &mut [u8], seed: u64) {
    let mut random = Seeded(seed ^ 0xA5A5);
    for eight in plane.chunks_mut(8) {
        let bits = random.next().to_le_bytes();
        for (pixel, bits) in eight.iter_mut().zip(bits) {
            let shift = i32::from(bits & 7) - i32::from((bits >> 3) & 7);
            *pixel = (i32::from(*pixel) + shift / 2).clamp(0, 255) as u8;
        }
    }
}

/// A plane without anything on it, as a covered lens gives.
pub fn covered((width, height): (u32, u32), seed: u64) -> Vec<u8> {
    let mut plane = vec![22; (width * height) as usize];
    noise(&mut plane, seed);
    plane
}

/// An engine that is fed frame by frame.
pub struct Feed {
    pub engine: Engine,
    pub size: (u32, u32),
    pub n: usize,
}

impl Feed {
    pub fn new(config: EngineConfig, size: (u32, u32)) -> Self {
        Self {
            engine: Engine::new(config),
            size,
            n: 0,
        }
    }

    /// Pushes the next plane.
    pub fn push(&mut self, plane: &[u8]) -> FrameResult {
        let (width, height) = self.size;
        let frame = LumaFrame {
            time: time(self.n),
            width,
            height,
            stride: width as usize,
            data: plane,
        };
        self.n += 1;
        self.engine.push_frame(frame).expect("a well-formed frame")
    }

    /// Pushes what the camera sees on its path at the present frame number.
    pub fn see(&mut self, world: &Mat, path: impl Fn(usize) -> View) -> FrameResult {
        let plane = render(world, path(self.n), self.size, self.n as u64);
        self.push(&plane)
    }

    /// Attaches a circle of `radius` world pixels around a world point, as drawn on frame `drawn`.
    pub fn circle(
        &mut self,
        circle: ([f64; 2], f64),
        path: impl Fn(usize) -> View,
        drawn: usize,
        frame_time: Option<u32>,
    ) -> Attached {
        self.circle_as(7, circle, path(drawn), frame_time)
    }

    /// The same with a number, under the view of the frame that was drawn on.
    pub fn circle_as(
        &mut self,
        anchor: u32,
        (world, radius): ([f64; 2], f64),
        view: View,
        frame_time: Option<u32>,
    ) -> Attached {
        let outline = (0..16)
            .map(|k| {
                let angle = std::f64::consts::TAU * f64::from(k) / 16.0;
                let p = [
                    world[0] + radius * angle.cos(),
                    world[1] + radius * angle.sin(),
                ];
                share_of(view, self.size, p).map(|v| v as f32)
            })
            .collect();
        let request = AttachRequest {
            anchor,
            frame_time,
            outline,
        };
        self.engine.attach(request).expect("textured")
    }
}

/// Distance in shares of the frame's width between where a pose puts a point and its truth.
pub fn error(pose: &AnchorPose, drawn: [f64; 2], truth: [f64; 2], size: (u32, u32)) -> f64 {
    let m = pose.homography.map(f64::from);
    let [x, y] = drawn;
    let z = m[6] * x + m[7] * y + m[8];
    let u = (m[0] * x + m[1] * y + m[2]) / z;
    let v = (m[3] * x + m[4] * y + m[5]) / z;
    let aspect = f64::from(size.1) / f64::from(size.0);
    (u - truth[0]).hypot((v - truth[1]) * aspect)
}

/// Whether a pose is to be drawn.
pub fn shown(pose: &AnchorPose) -> bool {
    pose.status != Status::Lost
}

/// The value below which this share of the list lies.
pub fn quantile(list: &[f64], share: f64) -> f64 {
    let mut sorted = list.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() - 1) as f64 * share).round() as usize]
}
