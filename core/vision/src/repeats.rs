//! Whether a thing has neighbours that look like it: the keys of a keypad, the words of a page.

use crate::geometry::Point;
use opencv::core::{BORDER_REFLECT_101, Mat, Rect, Size};
use opencv::imgproc;
use opencv::prelude::*;

/// Correlation above which another place looks like the thing.
const LOOKS_LIKE: f64 = 0.7;
/// Lookalikes kept.
const MOST: usize = 8;
/// The search runs on a picture this many times smaller.
const SHRINK: i32 = 2;
/// Sides in shrunken pixels that the compared box has at least and at most.
const SIDES: std::ops::RangeInclusive<i32> = 12..=48;

/// Shifts in pixels from the box `low`..`high` to the nearest other places of `image` that look
/// like it, nearest first; empty when it is the only one of its kind.
pub(crate) fn lookalikes(
    image: &Mat,
    low: Point,
    high: Point,
) -> Result<Vec<[f64; 2]>, opencv::Error> {
    let (columns, rows) = (image.cols() / SHRINK, image.rows() / SHRINK);
    let mut small = Mat::default();
    imgproc::resize(
        image,
        &mut small,
        Size::new(columns, rows),
        0.0,
        0.0,
        imgproc::INTER_AREA,
    )?;
    let mut soft = Mat::default();
    imgproc::gaussian_blur(
        &small,
        &mut soft,
        Size::new(0, 0),
        1.0,
        1.0,
        BORDER_REFLECT_101,
    )?;
    let shrunken = f64::from(SHRINK);
    let place = |low: f64, high: f64, limit: i32| {
        let side = ((high - low) / shrunken).round() as i32;
        let side = side.clamp(*SIDES.start(), *SIDES.end()).min(limit);
        let middle = ((low + high) / 2.0 / shrunken).round() as i32;
        ((middle - side / 2).clamp(0, limit - side), side)
    };
    let (x, width) = place(low[0], high[0], columns);
    let (y, height) = place(low[1], high[1], rows);
    let patch = soft.roi(Rect::new(x, y, width, height))?;
    let mut likeness = Mat::default();
    imgproc::match_template(
        &soft,
        &patch,
        &mut likeness,
        imgproc::TM_CCOEFF_NORMED,
        &Mat::default(),
    )?;
    // Places that overlap the thing by more than half are the thing itself.
    let own = (f64::from(width.min(height)) / 2.0).max(6.0);
    let mut places: Vec<(f32, [f64; 2])> = Vec::new();
    for at_y in 0..likeness.rows() {
        for (at_x, value) in likeness.at_row::<f32>(at_y)?.iter().enumerate() {
            if f64::from(*value) < LOOKS_LIKE {
                continue;
            }
            let at = [at_x as f64 - f64::from(x), f64::from(at_y - y)];
            if at[0].hypot(at[1]) > own {
                places.push((*value, at));
            }
        }
    }
    // Of places that overlap only the most alike counts.
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut kept: Vec<[f64; 2]> = Vec::new();
    for (_, at) in places {
        if kept
            .iter()
            .all(|k| (k[0] - at[0]).hypot(k[1] - at[1]) > own)
        {
            kept.push(at);
        }
    }
    kept.sort_by(|a, b| a[0].hypot(a[1]).total_cmp(&b[0].hypot(b[1])));
    kept.truncate(MOST);
    Ok(kept
        .into_iter()
        .map(|[x, y]| [x * shrunken, y * shrunken])
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use opencv::core::{CV_8UC1, Point as Pixel, Scalar};

    fn world(spots: &[(i32, i32)]) -> Mat {
        let grey = Scalar::all(90.0);
        let mut world = Mat::new_rows_cols_with_default(360, 640, CV_8UC1, grey).expect("memory");
        for (x, y) in spots {
            let key = Rect::new(*x, *y, 30, 30);
            imgproc::rectangle(&mut world, key, Scalar::all(200.0), -1, imgproc::LINE_8, 0)
                .expect("drawn");
            let dot = Pixel::new(x + 10, y + 18);
            imgproc::circle(
                &mut world,
                dot,
                6,
                Scalar::all(20.0),
                -1,
                imgproc::LINE_8,
                0,
            )
            .expect("drawn");
        }
        world
    }

    #[test]
    fn the_next_key_of_a_keypad_is_found() {
        let keypad = world(&[(200, 150), (260, 150), (200, 230)]);
        let found = lookalikes(&keypad, [196.0, 146.0], [234.0, 184.0]).expect("measured");
        assert_eq!(found.len(), 2, "{found:?}");
        let [x, y] = found[0];
        assert!((x - 60.0).abs() < 4.0 && y.abs() < 4.0, "{found:?}");
    }

    #[test]
    fn a_single_key_has_no_lookalike() {
        let single = world(&[(200, 150)]);
        let found = lookalikes(&single, [196.0, 146.0], [234.0, 184.0]).expect("measured");
        assert!(found.is_empty(), "{found:?}");
    }
}
