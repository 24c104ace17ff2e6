//! Finding a drawing again in a second picture of the same plane: other view, blurred, darker,
//! nearer, or badly compressed, as in the pairs that detectors are compared on (Mikolajczyk and
//! Schmid, "A performance evaluation of local descriptors", 2005).

use super::{
    BenchError,
    bars::rounded,
    score::{FAR_PX, NEAR_PX, share},
};
use crate::anchor_scenes::photos;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};
use nalgebra::{Matrix3, Rotation3, Vector3};
use opencv::{
    calib3d,
    core::{self, DMatch, KeyPoint, Mat, NORM_L2, Point2f, Scalar, Size, Vector},
    features2d::{BFMatcher, SIFT},
    imgproc,
    prelude::*,
};
use serde::Serialize;
use sightline_vision::{AttachRequest, Engine, EngineConfig, LumaFrame, Status};
use std::collections::BTreeMap;

/// Pixels in a row of both pictures.
const WIDTH: i32 = 640;
/// The photos that the made pairs begin with.
const PHOTOS: [&str; 4] = ["graf1.png", "leuvenA.jpg", "board.jpg", "building.jpg"];
/// Frames of nothing between the two pictures.
const AWAY: usize = 5;
/// Frames that the second picture stays.
const STAY: usize = 20;

/// Two pictures of a plane.
struct Pair {
    name: String,
    kind: &'static str,
    first: Mat,
    second: Mat,
    /// Pixels of the second picture from pixels of the first.
    second_from_first: Matrix3<f64>,
}

/// What became of the pairs.
#[derive(Debug, Clone, Serialize)]
pub struct PairFigures {
    /// How many.
    pub pairs: usize,
    /// Share that was found within 5 px at the end.
    pub relocalised: Option<f64>,
    /// Pairs with a drawing more than 15 px off on any frame.
    pub wrong: usize,
    /// Share found, by kind.
    pub by_kind: BTreeMap<&'static str, Option<f64>>,
    /// Those not found, and those wrong.
    pub missed: Vec<String>,
}

/// Runs all pairs.
///
/// # Errors
/// See [`BenchError`].
pub fn run() -> Result<PairFigures, BenchError> {
    let mut kinds: BTreeMap<&'static str, (usize, usize)> = BTreeMap::new();
    let (mut wrong, mut missed) = (0, Vec::new());
    for pair in all()? {
        let (found, astray) = find_again(&pair)?;
        let kind = kinds.entry(pair.kind).or_default();
        kind.0 += usize::from(found);
        kind.1 += 1;
        wrong += usize::from(astray);
        if !found || astray {
            let why = if astray { "wrong" } else { "not found" };
            missed.push(format!("{}: {why}", pair.name));
        }
    }
    let found: usize = kinds.values().map(|kind| kind.0).sum();
    let pairs: usize = kinds.values().map(|kind| kind.1).sum();
    Ok(PairFigures {
        pairs,
        relocalised: share(found, pairs).map(rounded),
        wrong,
        by_kind: kinds
            .iter()
            .map(|(kind, (found, pairs))| (*kind, share(*found, *pairs).map(rounded)))
            .collect(),
        missed,
    })
}

/// Draws on the first picture, covers the lens, then holds the second picture before it. Says
/// whether the drawing was on its place at the end, and whether it ever was on a wrong one.
fn find_again(pair: &Pair) -> Result<(bool, bool), BenchError> {
    let size = pair.first.size()?;
    let (w, h) = (f64::from(size.width), f64::from(size.height));
    let corners = [(-1, -1), (1, -1), (1, 1), (-1, 1)].map(|(x, y)| {
        let (x, y) = (f64::from(x), f64::from(y));
        [w * (0.5 + 0.12 * x), h * (0.5 + 0.14 * y)]
    });
    let covered = Mat::new_size_with_default(size, core::CV_8U, Scalar::all(20.0))?;
    let mut engine = Engine::new(EngineConfig::default());
    let mut time = 0;
    let mut push = |engine: &mut Engine, picture: &Mat| -> Result<_, BenchError> {
        time += 3000;
        Ok(engine.push_frame(LumaFrame {
            time,
            width: picture.cols() as u32,
            height: picture.rows() as u32,
            stride: picture.cols() as usize,
            data: picture.data_bytes()?,
        })?)
    };
    push(&mut engine, &pair.first)?;
    push(&mut engine, &pair.first)?;
    let request = AttachRequest {
        anchor: 1,
        frame_time: None,
        outline: corners
            .iter()
            .map(|[x, y]| [(x / w) as f32, (y / h) as f32])
            .collect(),
    };
    if engine.attach(request).is_err() {
        return Ok((false, false));
    }
    for _ in 0..AWAY {
        push(&mut engine, &covered)?;
    }
    let (mut found, mut astray) = (false, false);
    for _ in 0..STAY {
        let result = push(&mut engine, &pair.second)?;
        let Some(pose) = result.poses.first() else {
            continue;
        };
        let errors = corners.map(|[x, y]| {
            let there = pair.second_from_first * Vector3::new(x - 0.5, y - 0.5, 1.0);
            let (u, v) = (there.x / there.z + 0.5, there.y / there.z + 0.5);
            let shown = pose.place([x / w, y / h]).unwrap_or([f64::INFINITY; 2]);
            (shown[0] * w - u).hypot(shown[1] * h - v)
        });
        let error = errors.iter().sum::<f64>() / 4.0;
        let shown = pose.status != Status::Lost;
        found = shown && error <= NEAR_PX;
        // An error that is not a number is astray too.
        astray |= shown && !matches!(error, error if error <= FAR_PX);
    }
    Ok((found, astray))
}

fn all() -> Result<Vec<Pair>, BenchError> {
    let mut pairs = Vec::new();
    for photo in PHOTOS {
        let first = at_width(&photos::gray(photo)?)?.0;
        for step in 0..3 {
            for kind in ["view", "blur", "light", "zoom", "jpeg"] {
                let map = match kind {
                    "view" => tilted(first.size()?, [25.0, 40.0, 50.0][step]),
                    "zoom" => zoomed(
                        first.size()?,
                        [(1.5, 20.0), (2.2, 45.0), (0.5, -30.0)][step],
                    ),
                    _ => Matrix3::identity(),
                };
                let second = match kind {
                    "blur" => blurred(&first, [1.5, 3.0, 4.5][step])?,
                    "light" => darkened(&first, [0.6, 0.35, 0.2][step])?,
                    "jpeg" => compressed(&first, [20, 10, 5][step])?,
                    _ => warped(&first, &map)?,
                };
                pairs.push(Pair {
                    name: format!("{photo} {kind} {}", step + 1),
                    kind,
                    first: first.clone(),
                    second,
                    second_from_first: map,
                });
            }
        }
    }
    pairs.push(graffiti()?);
    pairs.push(street()?);
    Ok(pairs)
}

/// Two real views of a wall; the map is the one published with them.
fn graffiti() -> Result<Pair, BenchError> {
    #[rustfmt::skip]
    let map = Matrix3::new(
        7.628_589_8e-1, -2.992_292_9e-1, 2.256_712_3e2,
        3.344_347_3e-1, 1.014_390_1, -7.699_997_3e1,
        3.466_309_1e-4, -1.436_452_4e-5, 1.0,
    );
    let (first, first_small) = at_width(&photos::gray("graf1.png")?)?;
    let (second, second_small) = at_width(&photos::gray("graf3.png")?)?;
    let back = first_small.try_inverse().unwrap_or_else(Matrix3::identity);
    Ok(Pair {
        name: "graf1 graf3".into(),
        kind: "real view",
        first,
        second,
        second_from_first: second_small * map * back,
    })
}

/// Two real exposures of a street. The camera moved by a little; how is measured from all SIFT
/// matches of the full pictures.
fn street() -> Result<Pair, BenchError> {
    let first = at_width(&photos::gray("leuvenA.jpg")?)?.0;
    let second = at_width(&photos::gray("leuvenB.jpg")?)?.0;
    let mut detector = SIFT::create_def()?;
    let mut describe = |picture: &Mat| -> Result<_, opencv::Error> {
        let (mut points, mut words) = (Vector::<KeyPoint>::new(), Mat::default());
        detector.detect_and_compute_def(picture, &Mat::default(), &mut points, &mut words)?;
        Ok((points, words))
    };
    let ((points_a, words_a), (points_b, words_b)) = (describe(&first)?, describe(&second)?);
    let mut matches = Vector::<Vector<DMatch>>::new();
    BFMatcher::new(NORM_L2, false)?.knn_train_match_def(&words_a, &words_b, &mut matches, 2)?;
    let (mut from, mut to) = (Vector::<Point2f>::new(), Vector::<Point2f>::new());
    for pair in &matches {
        let (best, second) = (pair.get(0)?, pair.get(1)?);
        if best.distance < 0.7 * second.distance {
            from.push(points_a.get(best.query_idx as usize)?.pt());
            to.push(points_b.get(best.train_idx as usize)?.pt());
        }
    }
    let mut inliers = Mat::default();
    let map = calib3d::find_homography(&from, &to, &mut inliers, calib3d::RANSAC, 1.0)?;
    Ok(Pair {
        name: "leuvenA leuvenB".into(),
        kind: "real light",
        first,
        second,
        second_from_first: Matrix3::from_row_slice(map.data_typed::<f64>()?),
    })
}

/// The picture at [`WIDTH`], and the map to its pixels.
fn at_width(picture: &Mat) -> Result<(Mat, Matrix3<f64>), opencv::Error> {
    let size = picture.size()?;
    let scale = f64::from(WIDTH) / f64::from(size.width);
    let height = (f64::from(size.height) * scale).round() as i32;
    let mut small = Mat::default();
    let size = Size::new(WIDTH, height);
    imgproc::resize(picture, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)?;
    let shift = 0.5 * scale - 0.5;
    let map = Matrix3::new(scale, 0.0, shift, 0.0, scale, shift, 0.0, 0.0, 1.0);
    Ok((small, map))
}

/// A plane that is turned away by `degrees` around its upright axis, as seen by a phone.
fn tilted(size: Size, degrees: f64) -> Matrix3<f64> {
    let focal = 0.8 * f64::from(size.width);
    let (cx, cy) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
    let lens = Matrix3::new(focal, 0.0, cx, 0.0, focal, cy, 0.0, 0.0, 1.0);
    let turn = Rotation3::from_axis_angle(&Vector3::y_axis(), degrees.to_radians());
    let axes = turn.matrix();
    // Columns: where the picture's x, y and its middle lie in front of the camera.
    let plane = Matrix3::from_columns(&[
        axes.column(0).into_owned(),
        axes.column(1).into_owned(),
        Vector3::z(),
    ]);
    let flat = Matrix3::new(
        1.0 / focal,
        0.0,
        -cx / focal,
        0.0,
        1.0 / focal,
        -cy / focal,
        0.0,
        0.0,
        1.0,
    );
    lens * plane * flat
}

/// Nearer by a factor and rolled by degrees, around the middle.
fn zoomed(size: Size, (factor, degrees): (f64, f64)) -> Matrix3<f64> {
    let (cx, cy) = (f64::from(size.width) / 2.0, f64::from(size.height) / 2.0);
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (a, b) = (factor * cos, factor * sin);
    Matrix3::new(
        a,
        -b,
        cx - a * cx + b * cy,
        b,
        a,
        cy - b * cx - a * cy,
        0.0,
        0.0,
        1.0,
    )
}

fn warped(picture: &Mat, map: &Matrix3<f64>) -> Result<Mat, opencv::Error> {
    let rows: [[f64; 3]; 3] = std::array::from_fn(|r| std::array::from_fn(|c| map[(r, c)]));
    let mut out = Mat::default();
    imgproc::warp_perspective(
        picture,
        &mut out,
        &Mat::from_slice_2d(&rows)?,
        picture.size()?,
        imgproc::INTER_AREA,
        core::BORDER_CONSTANT,
        Scalar::all(90.0),
    )?;
    Ok(out)
}

fn blurred(picture: &Mat, sigma: f64) -> Result<Mat, opencv::Error> {
    let mut out = Mat::default();
    imgproc::gaussian_blur_def(picture, &mut out, Size::default(), sigma)?;
    Ok(out)
}

fn darkened(picture: &Mat, gain: f64) -> Result<Mat, opencv::Error> {
    let mut out = Mat::default();
    picture.convert_to(&mut out, core::CV_8U, gain, 0.0)?;
    Ok(out)
}

fn compressed(picture: &Mat, quality: u8) -> Result<Mat, BenchError> {
    let failed = |source: image::ImageError| crate::scenes::SceneError::Photo {
        path: "a JPEG in memory".into(),
        source,
    };
    let (width, height) = (picture.cols() as u32, picture.rows() as u32);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .write_image(picture.data_bytes()?, width, height, ExtendedColorType::L8)
        .map_err(failed)?;
    let read = image::load_from_memory(&bytes)
        .map_err(failed)?
        .into_luma8();
    let flat = Mat::from_slice(read.as_raw().as_slice())?;
    Ok(flat.reshape(1, height as i32)?.try_clone()?)
}
