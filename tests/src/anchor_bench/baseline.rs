//! What the engine is compared with: SIFT and RANSAC on each frame, and flow from frame to frame.
//!
//! Both run in this process on one thread, with OpenCV's own defaults.

use super::{BenchError, DELIVERED_AT, DRAWN_ON, Nine, Shown, clip::Clip, cpu};
use nalgebra::Matrix3;
use opencv::{
    calib3d,
    core::{self, DMatch, KeyPoint, Mat, NORM_L2, Point2f, Rect, Size, TermCriteria, Vector},
    features2d::{BFMatcher, SIFT},
    imgproc,
    prelude::*,
    video,
};

/// Best match must be nearer than this share of the second best (Lowe's ratio test).
const RATIO: f32 = 0.75;
/// Reprojection error of RANSAC, pixels.
const RANSAC_PX: f64 = 3.0;
/// Matches that must agree before SIFT's answer is shown.
const AGREEING: i32 = 10;
/// Points that flow follows; below eight it gives up.
const FLOW_POINTS: i32 = 120;

/// What a baseline did: an entry a frame (`None` also for frames it skipped), and its CPU a frame.
#[derive(Debug, Default)]
pub struct Baseline {
    /// Where it shows the drawing.
    pub shown: Vec<Shown>,
    /// Whether it looked at the frame at all.
    pub looked: Vec<bool>,
    /// CPU of the frames that it looked at.
    pub frame_ms: cpu::Mean,
}

/// Finds the drawing by SIFT features and RANSAC in every `every`-th frame, each on its own.
///
/// # Errors
/// [`BenchError::OpenCv`].
pub fn sift(clip: &Clip, every: usize) -> Result<Baseline, BenchError> {
    core::set_num_threads(1)?;
    let mut detector = SIFT::create_def()?;
    let matcher = BFMatcher::new(NORM_L2, false)?;
    let drawn = picture(clip, DRAWN_ON)?;
    let mut mask = Mat::new_size_with_default(drawn.size()?, core::CV_8U, core::Scalar::all(0.0))?;
    let area = around(&clip.drawn_in_picture(), drawn.size()?);
    imgproc::rectangle(
        &mut mask,
        area,
        core::Scalar::all(255.0),
        imgproc::FILLED,
        imgproc::LINE_8,
        0,
    )?;
    let (mut known, mut known_words) = (Vector::<KeyPoint>::new(), Mat::default());
    detector.detect_and_compute_def(&drawn, &mask, &mut known, &mut known_words)?;
    let mut baseline = Baseline::default();
    for n in 0..clip.video.pictures.len() {
        let looks = n > DELIVERED_AT && n % every == 0;
        baseline.looked.push(looks);
        if !looks {
            baseline.shown.push(None);
            continue;
        }
        let here = picture(clip, n)?;
        let (found, ms) = cpu::spent_ms(|| -> Result<Option<Matrix3<f64>>, opencv::Error> {
            let (mut points, mut words) = (Vector::<KeyPoint>::new(), Mat::default());
            detector.detect_and_compute_def(&here, &Mat::default(), &mut points, &mut words)?;
            let mut pairs = Vector::<Vector<DMatch>>::new();
            if known.len() > 1 && points.len() > 1 {
                matcher.knn_train_match_def(&known_words, &words, &mut pairs, 2)?;
            }
            let (mut from, mut to) = (Vector::<Point2f>::new(), Vector::<Point2f>::new());
            for pair in &pairs {
                let (best, second) = (pair.get(0)?, pair.get(1)?);
                if best.distance < RATIO * second.distance {
                    from.push(known.get(best.query_idx as usize)?.pt());
                    to.push(points.get(best.train_idx as usize)?.pt());
                }
            }
            homography(&from, &to, AGREEING)
        });
        baseline.frame_ms.add(ms);
        baseline
            .shown
            .push(found?.and_then(|map| clip.shown_by(&map)));
    }
    Ok(baseline)
}

/// Follows corners of the drawing by pyramidal flow from each frame to the next, never looking
/// back: cheap, and it drifts.
///
/// # Errors
/// [`BenchError::OpenCv`].
pub fn chained_flow(clip: &Clip) -> Result<Baseline, BenchError> {
    core::set_num_threads(1)?;
    let mut old = picture(clip, DRAWN_ON)?;
    let area = around(&clip.drawn_in_picture(), old.size()?);
    let mut baseline = Baseline::default();
    let mut map = Some(Matrix3::identity());
    let corner_area = old.roi(area)?;
    let mut corners = Vector::<Point2f>::new();
    imgproc::good_features_to_track_def(&corner_area, &mut corners, FLOW_POINTS, 0.01, 5.0)?;
    let shift = Point2f::new(area.x as f32, area.y as f32);
    let mut points: Vector<Point2f> = corners.iter().map(|corner| corner + shift).collect();
    for n in 0..clip.video.pictures.len() {
        let looks = n > DRAWN_ON;
        baseline.looked.push(looks);
        if !looks {
            baseline.shown.push(None);
            continue;
        }
        let here = picture(clip, n)?;
        if let Some(known) = map {
            let (step, ms) = cpu::spent_ms(|| flow_step(&old, &here, &mut points));
            baseline.frame_ms.add(ms);
            map = step?.map(|step| step * known);
        }
        baseline.shown.push(map.and_then(|map| clip.shown_by(&map)));
        old = here;
    }
    Ok(baseline)
}

/// The homography of one step; `points` become those that survived it.
fn flow_step(
    old: &Mat,
    new: &Mat,
    points: &mut Vector<Point2f>,
) -> Result<Option<Matrix3<f64>>, opencv::Error> {
    if points.len() < 8 {
        return Ok(None);
    }
    let (mut moved, mut status, mut error) = (
        Vector::<Point2f>::new(),
        Vector::<u8>::new(),
        Vector::<f32>::new(),
    );
    video::calc_optical_flow_pyr_lk(
        old,
        new,
        points,
        &mut moved,
        &mut status,
        &mut error,
        Size::new(21, 21),
        3,
        TermCriteria::new(core::TermCriteria_COUNT + core::TermCriteria_EPS, 30, 0.01)?,
        0,
        1e-4,
    )?;
    let (mut from, mut to) = (Vector::<Point2f>::new(), Vector::<Point2f>::new());
    for ((old, new), status) in points.iter().zip(moved.iter()).zip(status.iter()) {
        if status != 0 {
            from.push(old);
            to.push(new);
        }
    }
    let map = homography(&from, &to, 8)?;
    *points = to;
    Ok(map)
}

fn homography(
    from: &Vector<Point2f>,
    to: &Vector<Point2f>,
    agreeing: i32,
) -> Result<Option<Matrix3<f64>>, opencv::Error> {
    if (from.len() as i32) < agreeing {
        return Ok(None);
    }
    let mut inliers = Mat::default();
    let found = calib3d::find_homography(from, to, &mut inliers, calib3d::RANSAC, RANSAC_PX)?;
    if found.empty() || core::count_non_zero(&inliers)? < agreeing {
        return Ok(None);
    }
    Ok(Some(Matrix3::from_row_slice(found.data_typed::<f64>()?)))
}

/// Twice the drawing's bounding box, inside the picture.
fn around(drawn: &Nine, size: Size) -> Rect {
    let xs = || drawn.iter().map(|p| p.x);
    let ys = || drawn.iter().map(|p| p.y);
    let (left, right) = (xs().fold(f64::MAX, f64::min), xs().fold(f64::MIN, f64::max));
    let (top, bottom) = (ys().fold(f64::MAX, f64::min), ys().fold(f64::MIN, f64::max));
    let (w, h) = (right - left, bottom - top);
    let wanted = Rect::new(
        (left - w / 2.0) as i32,
        (top - h / 2.0) as i32,
        (2.0 * w) as i32,
        (2.0 * h) as i32,
    );
    wanted & Rect::new(0, 0, size.width, size.height)
}

fn picture(clip: &Clip, frame: usize) -> Result<Mat, opencv::Error> {
    let pixels = clip.video.pictures[frame].as_slice();
    let flat = Mat::from_slice(pixels)?;
    flat.reshape(1, clip.video.height as i32)?.try_clone()
}
