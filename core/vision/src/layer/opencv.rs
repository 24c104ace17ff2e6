//! OpenCV as the engine's picture library. The only file of this crate that knows it.

use super::{Area, Kind, Layer, Plane};
use crate::geometry::{Homography, Point, normalised};
use opencv::calib3d::{self, LocalOptimMethod, SamplingMethod, ScoreMethod, UsacParams};
use opencv::core::{
    BORDER_CONSTANT, BORDER_REFLECT_101, CV_8U, CV_8UC1, DMatch, KeyPoint, Mat, NORM_HAMMING,
    Point2f, Ptr, Rect, Scalar, Size, TermCriteria, TermCriteria_COUNT, TermCriteria_EPS, Vector,
};
use opencv::features2d::{
    AKAZE, AKAZE_DescriptorType, BFMatcher, KAZE_DiffusivityType, ORB, ORB_ScoreType,
};
use opencv::prelude::*;
use opencv::{imgproc, video};

/// Side of the flow window in pixels.
const WINDOW: i32 = 21;
/// Iterations and step in pixels at which one flow level stops.
const ITERATIONS: i32 = 20;
const STEP: f64 = 0.01;
/// The same for flow that is only a first guess: whoever asks for a round trip.
const COARSE_STEP: f64 = 0.03;
/// Below this smallest eigenvalue a window has no texture to follow.
const MIN_EIGENVALUE: f64 = 1e-4;

/// Features computed for a frame or reference.
const ORB_FEATURES: i32 = 1000;
const SMALL_FEATURES: i32 = 500;
/// Times that the small picture is smaller.
const SHRINK: i32 = 3;

/// What OpenCV says when it fails.
pub type Failure = opencv::Error;

/// OpenCV 4.
#[derive(Debug)]
pub(crate) struct OpenCv;

/// A grey picture.
#[derive(Debug, Default)]
pub(crate) struct Grey(Mat);

impl Plane for Grey {
    fn cols(&self) -> i32 {
        self.0.cols()
    }

    fn rows(&self) -> i32 {
        self.0.rows()
    }

    fn bytes(&self) -> &[u8] {
        // Only whole pictures of 8 bits are ever made here; an empty one has no bytes.
        self.0.data_bytes().unwrap_or_default()
    }
}

#[cfg(test)]
impl Grey {
    /// A picture to write on in tests.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        self.0.data_bytes_mut().unwrap_or_default()
    }
}

/// A picture at several sizes.
#[derive(Debug, Default)]
pub(crate) struct Levels {
    levels: Vector<Mat>,
    top: i32,
}

/// Scratch memory of flow.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    from: Vector<Point2f>,
    to: Vector<Point2f>,
    back: Vector<Point2f>,
    status: Vector<u8>,
    back_status: Vector<u8>,
    error: Vector<f32>,
}

impl Layer for OpenCv {
    type Failure = opencv::Error;
    type Picture = Grey;
    type Pyramid = Levels;
    type Flow = Scratch;
    type Descriptors = Mat;

    fn without_threads() {
        // A failure only means that this OpenCV was built without threads.
        let _ = opencv::core::set_num_threads(1);
    }

    fn blank((width, height): (i32, i32)) -> Result<Grey, opencv::Error> {
        Mat::new_rows_cols_with_default(height, width, CV_8UC1, Scalar::all(0.0)).map(Grey)
    }

    fn taken(
        plane: &[u8],
        (width, height, stride): (i32, i32, i32),
        (out_width, out_height): (i32, i32),
        out: &mut Grey,
    ) -> Result<(), opencv::Error> {
        let plane = Mat::new_rows_cols_with_bytes::<u8>(height, stride, plane)?;
        let picture = plane.roi(Rect::new(0, 0, width, height))?;
        if (width, height) == (out_width, out_height) {
            return picture.copy_to(&mut out.0);
        }
        let mode = if width > out_width {
            imgproc::INTER_AREA
        } else {
            imgproc::INTER_LINEAR
        };
        let size = Size::new(out_width, out_height);
        imgproc::resize(&picture, &mut out.0, size, 0.0, 0.0, mode)
    }

    fn shrunken(
        image: &Grey,
        (width, height): (i32, i32),
        out: &mut Grey,
    ) -> Result<(), opencv::Error> {
        let size = Size::new(width, height);
        imgproc::resize(&image.0, &mut out.0, size, 0.0, 0.0, imgproc::INTER_AREA)
    }

    fn part(image: &Grey, area: Area, out: &mut Grey) -> Result<(), opencv::Error> {
        image.0.roi(rect(area))?.copy_to(&mut out.0)
    }

    fn relit(
        image: &Grey,
        (gain, offset): (f64, f64),
        out: &mut Grey,
    ) -> Result<(), opencv::Error> {
        image.0.convert_to(&mut out.0, CV_8U, gain, offset)
    }

    fn warped(
        image: &Grey,
        image_from_out: &Homography,
        (width, height): (i32, i32),
        out: &mut Grey,
    ) -> Result<(), opencv::Error> {
        let rows: [f64; 9] = std::array::from_fn(|k| image_from_out[(k / 3, k % 3)]);
        let matrix = Mat::new_rows_cols_with_data(3, 3, &rows)?;
        imgproc::warp_perspective(
            &image.0,
            &mut out.0,
            &matrix,
            Size::new(width, height),
            imgproc::INTER_LINEAR | imgproc::WARP_INVERSE_MAP,
            BORDER_CONSTANT,
            Scalar::all(0.0),
        )
    }

    fn softened(image: &Grey, sigma: f64, out: &mut Grey) -> Result<(), opencv::Error> {
        let size = Size::new(0, 0);
        imgproc::gaussian_blur(&image.0, &mut out.0, size, sigma, sigma, BORDER_REFLECT_101)
    }

    fn filtered(
        image: &Grey,
        kernel: &[f32],
        (columns, rows): (i32, i32),
        out: &mut Grey,
    ) -> Result<(), opencv::Error> {
        let kernel = Mat::new_rows_cols_with_data(rows, columns, kernel)?;
        let middle = opencv::core::Point::new(-1, -1);
        let border = BORDER_REFLECT_101;
        imgproc::filter_2d(&image.0, &mut out.0, -1, &kernel, middle, 0.0, border)
    }

    fn corner_strength(image: &Grey, area: Area) -> Result<Vec<f32>, opencv::Error> {
        let part = image.0.roi(rect(area))?;
        let mut strength = Mat::default();
        imgproc::corner_min_eigen_val(&part, &mut strength, 5, 3, BORDER_REFLECT_101)?;
        Ok(strength.data_typed::<f32>()?.to_vec())
    }

    fn likeness(image: &Grey, area: Area) -> Result<(Vec<f32>, usize), opencv::Error> {
        let patch = image.0.roi(rect(area))?;
        let mut likeness = Mat::default();
        let all = Mat::default();
        let mode = imgproc::TM_CCOEFF_NORMED;
        imgproc::match_template(&image.0, &patch, &mut likeness, mode, &all)?;
        let columns = likeness.cols() as usize;
        Ok((likeness.data_typed::<f32>()?.to_vec(), columns))
    }

    fn pyramid(
        image: &Grey,
        (top, derivatives): (i32, bool),
        out: &mut Levels,
    ) -> Result<(), opencv::Error> {
        out.top = video::build_optical_flow_pyramid(
            &image.0,
            &mut out.levels,
            Size::new(WINDOW, WINDOW),
            top,
            derivatives,
            BORDER_REFLECT_101,
            BORDER_CONSTANT,
            false,
        )?;
        Ok(())
    }

    fn flow(
        scratch: &mut Scratch,
        (from, to): (&Levels, &Levels),
        points: &[Point],
        guesses: &[Point],
        (levels, round_trip): (i32, Option<f64>),
        found: &mut Vec<Option<Point>>,
    ) -> Result<(), opencv::Error> {
        found.clear();
        if points.is_empty() {
            return Ok(());
        }
        fill(&mut scratch.from, points);
        fill(&mut scratch.to, guesses);
        let top = levels.min(from.top).min(to.top);
        let step = round_trip.map_or(STEP, |_| COARSE_STEP);
        run(
            from,
            to,
            &scratch.from,
            &mut scratch.to,
            &mut scratch.status,
            &mut scratch.error,
            (top, step),
        )?;
        if let Some(limit) = round_trip {
            scratch.back.clear();
            scratch.from.iter().for_each(|p| scratch.back.push(p));
            run(
                to,
                from,
                &scratch.to,
                &mut scratch.back,
                &mut scratch.back_status,
                &mut scratch.error,
                (top, step),
            )?;
            for (i, &[x, y]) in points.iter().enumerate() {
                let home = scratch.back.get(i)?;
                let away = (f64::from(home.x) - x).hypot(f64::from(home.y) - y);
                if scratch.back_status.get(i)? == 0 || away > limit {
                    scratch.status.set(i, 0)?;
                }
            }
        }
        for (point, status) in scratch.to.iter().zip(scratch.status.iter()) {
            let p = [f64::from(point.x), f64::from(point.y)];
            found.push((status != 0 && p[0].is_finite() && p[1].is_finite()).then_some(p));
        }
        Ok(())
    }

    fn consensus(
        from: &[Point],
        to: &[Point],
        threshold: f64,
        seed: u64,
    ) -> Result<Option<Homography>, opencv::Error> {
        let points = |list: &[Point]| {
            list.iter()
                .map(|p| Point2f::new(p[0] as f32, p[1] as f32))
                .collect::<Vector<Point2f>>()
        };
        let mut chosen = UsacParams::default()?;
        chosen.score = ScoreMethod::SCORE_METHOD_MAGSAC;
        chosen.lo_method = LocalOptimMethod::LOCAL_OPTIM_SIGMA;
        chosen.sampler = SamplingMethod::SAMPLING_UNIFORM;
        chosen.threshold = threshold;
        chosen.max_iterations = 2000;
        chosen.confidence = 0.995;
        chosen.random_generator_state = (seed % i32::MAX as u64) as i32;
        let found =
            calib3d::find_homography_1(&points(from), &points(to), &mut Mat::default(), chosen)?;
        if found.rows() != 3 || found.cols() != 3 {
            return Ok(None);
        }
        let rows = found.data_typed::<f64>()?;
        Ok(normalised(&Homography::from_row_slice(rows)))
    }

    fn features(image: &Grey, kind: Kind) -> Result<(Vec<Point>, Mat), opencv::Error> {
        let image = &image.0;
        let mut keypoints = Vector::<KeyPoint>::new();
        let mut descriptors = Mat::default();
        let none = Mat::default();
        let mut scale = 1.0;
        match kind {
            Kind::Orb => orb(ORB_FEATURES, 10)?.detect_and_compute_def(
                image,
                &none,
                &mut keypoints,
                &mut descriptors,
            )?,
            Kind::Small => {
                let mut small = Mat::default();
                let size = Size::new(image.cols() / SHRINK, image.rows() / SHRINK);
                imgproc::resize(image, &mut small, size, 0.0, 0.0, imgproc::INTER_AREA)?;
                scale = f64::from(image.cols()) / f64::from(size.width);
                let mut orb = orb(SMALL_FEATURES, 5)?;
                orb.detect_and_compute_def(&small, &none, &mut keypoints, &mut descriptors)?;
            }
            Kind::Akaze => {
                let mut akaze: Ptr<AKAZE> = AKAZE::create(
                    AKAZE_DescriptorType::DESCRIPTOR_MLDB,
                    0,
                    3,
                    0.0008,
                    4,
                    3,
                    KAZE_DiffusivityType::DIFF_PM_G2,
                )?;
                akaze.detect_and_compute_def(image, &none, &mut keypoints, &mut descriptors)?;
            }
        }
        // Pixel edges map to pixel edges.
        let whole = |v: f32| (f64::from(v) + 0.5) * scale - 0.5;
        let points = keypoints
            .iter()
            .map(|k| [whole(k.pt().x), whole(k.pt().y)])
            .collect();
        Ok((points, descriptors))
    }

    fn matches(
        first: &Mat,
        second: &Mat,
        ratio: f32,
    ) -> Result<Vec<(usize, usize)>, opencv::Error> {
        let matcher = BFMatcher::new(NORM_HAMMING, false)?;
        let mut matches = Vector::<Vector<DMatch>>::new();
        matcher.knn_train_match_def(first, second, &mut matches, 2)?;
        let mut clear = Vec::new();
        for pair in matches.iter().filter(|pair| pair.len() >= 2) {
            let (best, next) = (pair.get(0)?, pair.get(1)?);
            if best.distance < next.distance * ratio {
                clear.push((best.query_idx as usize, best.train_idx as usize));
            }
        }
        Ok(clear)
    }
}

fn rect(area: Area) -> Rect {
    Rect::new(area.x, area.y, area.width, area.height)
}

fn fill(vector: &mut Vector<Point2f>, points: &[Point]) {
    vector.clear();
    for p in points {
        vector.push(Point2f::new(p[0] as f32, p[1] as f32));
    }
}

fn run(
    from: &Levels,
    to: &Levels,
    points: &Vector<Point2f>,
    guesses: &mut Vector<Point2f>,
    status: &mut Vector<u8>,
    error: &mut Vector<f32>,
    (top, step): (i32, f64),
) -> Result<(), opencv::Error> {
    let stop = TermCriteria::new(TermCriteria_COUNT + TermCriteria_EPS, ITERATIONS, step)?;
    video::calc_optical_flow_pyr_lk(
        &from.levels,
        &to.levels,
        points,
        guesses,
        status,
        error,
        Size::new(WINDOW, WINDOW),
        top,
        stop,
        video::OPTFLOW_USE_INITIAL_FLOW,
        MIN_EIGENVALUE,
    )
}

fn orb(features: i32, threshold: i32) -> Result<Ptr<ORB>, opencv::Error> {
    ORB::create(
        features,
        1.2,
        8,
        19,
        0,
        2,
        ORB_ScoreType::HARRIS_SCORE,
        31,
        threshold,
    )
}
