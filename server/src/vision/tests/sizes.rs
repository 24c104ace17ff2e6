//! An encoder that scales and a phone that is turned, in the middle of a session.

use super::*;

const IVF: &[u8] = include_bytes!("changing-size.ivf");
/// From here on the same picture is 240x180.
const SMALLER: usize = 40;
/// From here on the phone is upright: 240x320 around the same middle.
const UPRIGHT: usize = 80;

/// Where a point that was drawn on an early frame is on frame `n`, in pixels of a picture of 320 or
/// upright 240 pixels' width.
fn truth(n: usize, drawn: usize, [x, y]: [f32; 2]) -> [f32; 2] {
    let (now, then) = (shift(n), shift(drawn));
    let (x, y) = (x * WIDTH + now[0] - then[0], y * HEIGHT + now[1] - then[1]);
    if n < UPRIGHT {
        [x, y]
    } else {
        [x - 40.0, y + 40.0]
    }
}

/// Errors in pixels on the frames from `range` on which the drawing is shown.
fn errors(film: &Film, range: std::ops::Range<usize>, drawn: usize) -> Vec<f32> {
    let shown = film
        .poses
        .iter()
        .filter(|(n, pose)| range.contains(n) && pose.status == AnchorStatus::Tracking);
    shown
        .map(|(n, pose)| {
            let [a, b, c, d, e, f, g, h] = pose.homography;
            let [x, y] = CENTER;
            let depth = g * x + h * y + 1.0;
            let (width, height) = if *n < UPRIGHT {
                (WIDTH, HEIGHT)
            } else {
                (HEIGHT, WIDTH)
            };
            let placed = [
                (a * x + b * y + c) / depth * width,
                (d * x + e * y + f) / depth * height,
            ];
            let truth = truth(*n, drawn, CENTER);
            (placed[0] - truth[0]).hypot(placed[1] - truth[1])
        })
        .collect()
}

#[test]
fn a_drawing_stays_on_its_thing_when_the_picture_changes_its_size_and_its_shape() {
    let mut film = Film::of(IVF);
    (0..30).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(20)), CENTER));
    (30..120).for_each(|n| film.play(n, false));
    for (range, at_least) in [
        (30..SMALLER, 9),
        // An encoder that scales costs no frame.
        (SMALLER..UPRIGHT, 38),
        // A turned phone may cost a moment.
        (UPRIGHT..120, 30),
    ] {
        let errors = errors(&film, range.clone(), 20);
        let worst = errors.iter().copied().fold(0.0, f32::max);
        assert!(
            errors.len() >= at_least,
            "{range:?}: {} shown",
            errors.len()
        );
        assert!(worst < 1.5, "{range:?}: {worst} px");
    }
    // The control: without the change of shape the upright pictures would be far off.
    let unturned = errors(&film, UPRIGHT..120, 50);
    assert!(unturned.iter().any(|error| *error > 10.0));
}

#[test]
fn a_drawing_on_a_turned_picture_lands_on_the_thing_too() {
    let mut film = Film::of(IVF);
    (0..90).for_each(|n| film.play(n, false));
    film.tracker.show(drawing(1, Some(time(85)), CENTER));
    (90..120).for_each(|n| film.play(n, false));
    let worst = film
        .poses
        .iter()
        .map(|(n, pose)| {
            let [a, b, c, d, e, f, g, h] = pose.homography;
            let [x, y] = CENTER;
            let depth = g * x + h * y + 1.0;
            let (now, then) = (shift(*n), shift(85));
            let dx = (a * x + b * y + c) / depth * 240.0 - (x * 240.0 + now[0] - then[0]);
            let dy = (d * x + e * y + f) / depth * 320.0 - (y * 320.0 + now[1] - then[1]);
            dx.hypot(dy)
        })
        .fold(0.0, f32::max);
    assert!(film.poses.len() >= 28, "{} poses", film.poses.len());
    assert!(worst < 1.5, "{worst} px");
}
