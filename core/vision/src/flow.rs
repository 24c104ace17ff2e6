//! Pyramids, corners and pyramidal Lucas-Kanade flow: all that tracking asks of OpenCV's `video`
//! module, behind one small type.

use crate::geometry::Point;
use opencv::core::{
    BORDER_CONSTANT, BORDER_REFLECT_101, CV_8UC1, Mat, Point2f, Rect, Scalar, Size, TermCriteria,
    TermCriteria_COUNT, TermCriteria_EPS, Vector,
};
use opencv::prelude::*;
use opencv::{imgproc, video};

/// Side of the flow window in pixels.
const WINDOW: i32 = 21;
/// Iterations and step in pixels at which one flow level stops.
const ITERATIONS: i32 = 20;
const STEP: f64 = 0.01;
/// Below this smallest eigenvalue a window has no texture to follow.
const MIN_EIGENVALUE: f64 = 1e-4;

/// Blur in pixels that makes a sharp and a shaken picture alike.
const SOFT_SIGMA: f64 = 2.5;

/// A picture at several sizes, ready for flow.
#[derive(Debug)]
pub(crate) struct Pyramid {
    levels: Vector<Mat>,
    top: i32,
}

impl Default for Pyramid {
    fn default() -> Self {
        Self {
            levels: Vector::new(),
            top: 0,
        }
    }
}

impl Pyramid {
    /// Fills the pyramid from `image` with `top` levels above the picture itself. `derivatives`
    /// are needed on the side that flow starts from.
    pub fn build(&mut self, image: &Mat, top: i32, derivatives: bool) -> Result<(), opencv::Error> {
        self.top = video::build_optical_flow_pyramid(
            image,
            &mut self.levels,
            Size::new(WINDOW, WINDOW),
            top,
            derivatives,
            BORDER_REFLECT_101,
            BORDER_CONSTANT,
            false,
        )?;
        Ok(())
    }
}

/// Flow with its scratch memory.
#[derive(Debug, Default)]
pub(crate) struct Flow {
    from: Vector<Point2f>,
    to: Vector<Point2f>,
    back: Vector<Point2f>,
    status: Vector<u8>,
    back_status: Vector<u8>,
    error: Vector<f32>,
}

impl Flow {
    /// Where `points` of `from` are in `to`, starting the search at `guesses`. With
    /// `round_trip`, a point that does not come back to within that many pixels is dropped; this
    /// needs derivatives in `to`. One entry in `found` for each point.
    pub fn track(
        &mut self,
        (from, to): (&Pyramid, &Pyramid),
        points: &[Point],
        guesses: &[Point],
        (levels, round_trip): (i32, Option<f64>),
        found: &mut Vec<Option<Point>>,
    ) -> Result<(), opencv::Error> {
        found.clear();
        if points.is_empty() {
            return Ok(());
        }
        fill(&mut self.from, points);
        fill(&mut self.to, guesses);
        let top = levels.min(from.top).min(to.top);
        run(
            from,
            to,
            &self.from,
            &mut self.to,
            &mut self.status,
            &mut self.error,
            top,
        )?;
        if let Some(limit) = round_trip {
            self.back.clear();
            for p in self.from.iter() {
                self.back.push(p);
            }
            run(
                to,
                from,
                &self.to,
                &mut self.back,
                &mut self.back_status,
                &mut self.error,
                top,
            )?;
            for (i, &[x, y]) in points.iter().enumerate() {
                let home = self.back.get(i)?;
                let away = (f64::from(home.x) - x).hypot(f64::from(home.y) - y);
                if self.back_status.get(i)? == 0 || away > limit {
                    self.status.set(i, 0)?;
                }
            }
        }
        for (point, status) in self.to.iter().zip(self.status.iter()) {
            let p = [f64::from(point.x), f64::from(point.y)];
            found.push((status != 0 && p[0].is_finite() && p[1].is_finite()).then_some(p));
        }
        Ok(())
    }
}

fn fill(vector: &mut Vector<Point2f>, points: &[Point]) {
    vector.clear();
    for p in points {
        vector.push(Point2f::new(p[0] as f32, p[1] as f32));
    }
}

fn run(
    from: &Pyramid,
    to: &Pyramid,
    points: &Vector<Point2f>,
    guesses: &mut Vector<Point2f>,
    status: &mut Vector<u8>,
    error: &mut Vector<f32>,
    top: i32,
) -> Result<(), opencv::Error> {
    let stop = TermCriteria::new(TermCriteria_COUNT + TermCriteria_EPS, ITERATIONS, STEP)?;
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

/// Up to `count` Shi-Tomasi corners of `image` inside `area`, strongest first, at least `spacing`
/// pixels apart and with a smaller eigenvalue above `floor`; coordinates are those of `image`. The
/// second value of each is that eigenvalue.
pub(crate) fn corners(
    image: &Mat,
    area: Rect,
    count: usize,
    spacing: f64,
    floor: f32,
) -> Result<Vec<(Point, f32)>, opencv::Error> {
    let part = image.roi(area)?;
    let mut strength = Mat::default();
    imgproc::corner_min_eigen_val(&part, &mut strength, 5, 3, BORDER_REFLECT_101)?;
    let mut found = Vector::<Point2f>::new();
    imgproc::good_features_to_track(
        &part,
        &mut found,
        count as i32,
        0.005,
        spacing,
        &Mat::default(),
        5,
        false,
        0.04,
    )?;
    let mut points = Vec::with_capacity(found.len());
    for p in found.iter() {
        let eigenvalue = *strength.at_2d::<f32>(p.y as i32, p.x as i32)?;
        if eigenvalue >= floor {
            let at = [
                f64::from(p.x) + f64::from(area.x),
                f64::from(p.y) + f64::from(area.y),
            ];
            points.push((at, eigenvalue));
        }
    }
    Ok(points)
}

/// `frame` seen through `frame_from_view`, as a picture of `size`; what lies outside is black.
pub(crate) fn view(
    frame: &Mat,
    frame_from_view: &crate::geometry::Homography,
    size: Size,
    out: &mut Mat,
) -> Result<(), opencv::Error> {
    let rows: [f64; 9] = std::array::from_fn(|k| frame_from_view[(k / 3, k % 3)]);
    let matrix = Mat::new_rows_cols_with_data(3, 3, &rows)?;
    imgproc::warp_perspective(
        frame,
        out,
        &matrix,
        size,
        imgproc::INTER_LINEAR | imgproc::WARP_INVERSE_MAP,
        BORDER_CONSTANT,
        Scalar::all(0.0),
    )?;
    debug_assert_eq!(out.typ(), CV_8UC1);
    Ok(())
}

/// `image` as a camera would see it whose focus is off or whose hand shakes.
pub(crate) fn soften(image: &Mat, out: &mut Mat) -> Result<(), opencv::Error> {
    imgproc::gaussian_blur(
        image,
        out,
        Size::new(0, 0),
        SOFT_SIGMA,
        SOFT_SIGMA,
        BORDER_REFLECT_101,
    )
}
