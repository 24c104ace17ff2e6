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

/// Share of the strongest corner's eigenvalue below which nothing counts as a corner.
const WEAKEST: f32 = 0.005;

/// Longest smear in pixels; a faster camera shows nothing to compare.
const LONGEST_SMEAR: f64 = 40.0;

/// A picture at several sizes, ready for flow.
#[derive(Debug, Default)]
pub(crate) struct Pyramid {
    levels: Vector<Mat>,
    top: i32,
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
    let (columns, rows) = (strength.cols() as usize, strength.rows() as usize);
    let values = strength.data_typed::<f32>()?;
    let strongest = values.iter().copied().fold(0.0_f32, f32::max);
    let floor = floor.max(strongest * WEAKEST);
    let mut peaks: Vec<(f32, u32)> = Vec::new();
    for y in 1..rows.saturating_sub(1) {
        let row = |k: usize| &values[k * columns..(k + 1) * columns];
        let (above, here, below) = (row(y - 1), row(y), row(y + 1));
        for x in 1..columns.saturating_sub(1) {
            let v = here[x];
            if v >= floor
                && v > here[x - 1]
                && v >= here[x + 1]
                && v > above[x - 1].max(above[x]).max(above[x + 1])
                && v >= below[x - 1].max(below[x]).max(below[x + 1])
            {
                peaks.push((v, (y * columns + x) as u32));
            }
        }
    }
    peaks.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    // Cells as wide as the spacing: a near neighbour is in one of nine.
    let spacing = spacing.max(1.0);
    let cells = (columns as f64 / spacing) as usize + 1;
    let mut taken: Vec<Vec<Point>> =
        vec![Vec::new(); cells * ((rows as f64 / spacing) as usize + 1)];
    let mut points = Vec::with_capacity(count);
    for (eigenvalue, at) in peaks {
        if points.len() == count {
            break;
        }
        let (x, y) = (at as usize % columns, at as usize / columns);
        let p = [x as f64, y as f64];
        let (cx, cy) = ((p[0] / spacing) as usize, (p[1] / spacing) as usize);
        let near = (cy.saturating_sub(1)..=cy + 1).any(|cell_y| {
            (cx.saturating_sub(1)..=(cx + 1).min(cells - 1)).any(|cell_x| {
                taken.get(cell_y * cells + cell_x).is_some_and(|cell| {
                    cell.iter()
                        .any(|q| (q[0] - p[0]).hypot(q[1] - p[1]) < spacing)
                })
            })
        });
        if near {
            continue;
        }
        taken[cy * cells + cx].push(p);
        let at = [p[0] + f64::from(area.x), p[1] + f64::from(area.y)];
        points.push((at, eigenvalue));
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

/// `image` as a camera would see it whose focus is off by a standard deviation of `sigma` pixels.
pub(crate) fn soften(image: &Mat, sigma: f64, out: &mut Mat) -> Result<(), opencv::Error> {
    imgproc::gaussian_blur(
        image,
        out,
        Size::new(0, 0),
        sigma,
        sigma,
        BORDER_REFLECT_101,
    )
}

/// `image` as a camera would see it that moves by `along` pixels while its shutter is open.
pub(crate) fn smear(image: &Mat, along: Point, out: &mut Mat) -> Result<(), opencv::Error> {
    let length = along[0].hypot(along[1]);
    let shrink = (LONGEST_SMEAR / length.max(1e-6)).min(1.0);
    let (x, y) = (along[0] * shrink, along[1] * shrink);
    let reach = |v: f64| (v.abs() / 2.0).ceil() as i32 + 1;
    let (rx, ry) = (reach(x), reach(y));
    let (columns, rows) = (2 * rx + 1, 2 * ry + 1);
    let mut weights = vec![0.0_f32; (columns * rows) as usize];
    let steps = 4 * (length.min(LONGEST_SMEAR).ceil() as i32).max(1);
    for k in 0..=steps {
        let t = f64::from(k) / f64::from(steps) - 0.5;
        let (u, v) = (t * x + f64::from(rx), t * y + f64::from(ry));
        let (left, top) = (u.floor(), v.floor());
        let (fu, fv) = (u - left, v - top);
        for (dx, wx) in [(0, 1.0 - fu), (1, fu)] {
            for (dy, wy) in [(0, 1.0 - fv), (1, fv)] {
                let at = (top as i32 + dy) * columns + left as i32 + dx;
                if let Some(weight) = weights.get_mut(at as usize) {
                    *weight += (wx * wy) as f32 / (steps + 1) as f32;
                }
            }
        }
    }
    let kernel = Mat::new_rows_cols_with_data(rows, columns, &weights)?;
    imgproc::filter_2d(
        image,
        out,
        -1,
        &kernel,
        opencv::core::Point::new(-1, -1),
        0.0,
        BORDER_REFLECT_101,
    )
}
