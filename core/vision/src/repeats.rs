//! Whether a thing has neighbours that look like it: the keys of a keypad, the words of a page.

use crate::geometry::Point;
use crate::layer::{Area, Failure, Layer, Library, Picture, Plane};

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
    image: &Picture,
    low: Point,
    high: Point,
) -> Result<Vec<[f64; 2]>, Failure> {
    let (columns, rows) = (image.cols() / SHRINK, image.rows() / SHRINK);
    let mut small = Picture::default();
    Library::shrunken(image, (columns, rows), &mut small)?;
    let mut soft = Picture::default();
    Library::softened(&small, 1.0, &mut soft)?;
    let shrunken = f64::from(SHRINK);
    let place = |low: f64, high: f64, limit: i32| {
        let side = ((high - low) / shrunken).round() as i32;
        let side = side.clamp(*SIDES.start(), *SIDES.end()).min(limit);
        let middle = ((low + high) / 2.0 / shrunken).round() as i32;
        ((middle - side / 2).clamp(0, limit - side), side)
    };
    let (x, width) = place(low[0], high[0], columns);
    let (y, height) = place(low[1], high[1], rows);
    let box_of = Area {
        x,
        y,
        width,
        height,
    };
    let (likeness, row) = Library::likeness(&soft, box_of)?;
    // Places that overlap the thing by more than half are the thing itself.
    let own = (f64::from(width.min(height)) / 2.0).max(6.0);
    let mut places: Vec<(f32, [f64; 2])> = Vec::new();
    for (at_y, values) in likeness.chunks_exact(row.max(1)).enumerate() {
        for (at_x, value) in values.iter().enumerate() {
            if f64::from(*value) < LOOKS_LIKE {
                continue;
            }
            let at = [at_x as f64 - f64::from(x), at_y as f64 - f64::from(y)];
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
    fn world(spots: &[(i32, i32)]) -> Picture {
        let mut world = Library::blank((640, 360)).expect("memory");
        let grey = |x: i32, y: i32| {
            let inside = |v: i32, low: i32| (low..low + 30).contains(&v);
            let key = spots.iter().find(|(u, v)| inside(x, *u) && inside(y, *v));
            key.map_or(90, |(u, v)| {
                let dot = (x - u - 10).pow(2) + (y - v - 18).pow(2) <= 36;
                if dot { 20 } else { 200 }
            })
        };
        for (at, pixel) in world.bytes_mut().iter_mut().enumerate() {
            *pixel = grey(at as i32 % 640, at as i32 / 640);
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
