//! Corners, and what a moving camera makes of a picture.

use crate::geometry::Point;
use crate::layer::{Area, Failure, Layer, Library, Picture};

/// Share of the strongest corner's eigenvalue below which nothing counts as a corner.
const WEAKEST: f32 = 0.005;

/// Longest smear in pixels; a faster camera shows nothing to compare.
const LONGEST_SMEAR: f64 = 40.0;

/// Up to `count` Shi-Tomasi corners of `image` inside `area`, strongest first, at least `spacing`
/// pixels apart and with a smaller eigenvalue above `floor`; coordinates are those of `image`. The
/// second value of each is that eigenvalue.
pub(crate) fn corners(
    image: &Picture,
    area: Area,
    count: usize,
    spacing: f64,
    floor: f32,
) -> Result<Vec<(Point, f32)>, Failure> {
    let values = Library::corner_strength(image, area)?;
    let (columns, rows) = (area.width as usize, area.height as usize);
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

/// `image` as a camera would see it that moves by `along` pixels while its shutter is open.
pub(crate) fn smear(image: &Picture, along: Point, out: &mut Picture) -> Result<(), Failure> {
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
    Library::filtered(image, &weights, (columns, rows), out)
}
