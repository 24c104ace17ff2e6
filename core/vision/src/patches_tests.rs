use super::*;
use nalgebra::Matrix3;

const SIZE: usize = 120;

/// A smooth picture with detail everywhere.
fn texture(x: f64, y: f64) -> f64 {
    let wave = |a: f64, b: f64, c: f64| (a * x + b * y + c).sin();
    120.0
        + 30.0 * wave(0.31, 0.12, 0.4)
        + 25.0 * wave(-0.17, 0.36, 1.3)
        + 20.0 * wave(0.23, -0.29, 2.2)
}

fn picture(value: impl Fn(f64, f64) -> f64) -> Vec<u8> {
    let at = |k: usize| value((k % SIZE) as f64, (k / SIZE) as f64);
    (0..SIZE * SIZE).map(|k| at(k).round() as u8).collect()
}

fn grey(data: &[u8]) -> Grey<'_> {
    Grey {
        data,
        width: SIZE,
        height: SIZE,
    }
}

/// Finds the patch at (55, 60) of the texture in a frame that shows it under `view_from_frame`,
/// with the light changed, when it is thought `off` pixels of the view beside its place.
fn met(view_from_frame: &Homography, off: Point) -> Option<Met> {
    let view = picture(texture);
    let frame = picture(|x, y| {
        let [x, y] = apply(view_from_frame, [x, y]).expect("in front");
        0.7 * texture(x, y) + 40.0
    });
    let frame_from_view = view_from_frame.try_inverse().expect("regular");
    let wrong = frame_from_view * crate::geometry::translation(-off[0], -off[1]);
    let at = [55.0, 60.0];
    meet(grey(&view), at, grey(&frame), Near::of(&wrong, at)?)
}

fn turned() -> Homography {
    Matrix3::new(0.95, 0.2, -9.0, -0.2, 0.95, 14.0, 1e-4, -2e-4, 1.0)
}

#[test]
fn a_patch_is_found_in_another_view_and_light() {
    for off in [[0.0, 0.0], [1.3, -0.8], [-1.9, 1.7]] {
        let met = met(&turned(), off).expect("found");
        let wrong = (met.off[0] - off[0]).hypot(met.off[1] - off[1]);
        assert!(wrong < 0.05, "{off:?}: {met:?}");
        assert!(met.likeness > 0.98, "{met:?}");
    }
}

#[test]
fn what_is_elsewhere_or_something_else_is_not_alike() {
    assert!(met(&turned(), [9.0, 9.0]).is_none_or(|met| met.likeness < 0.65));
    let (view, other) = (
        picture(texture),
        picture(|x, y| texture(y + 500.0, 2.0 * x)),
    );
    let at = [55.0, 60.0];
    let near = Near::of(&Homography::identity(), at).expect("regular");
    let met = |frame: &[u8]| meet(grey(&view), at, grey(frame), near);
    assert!(met(&other).is_none_or(|met| met.likeness < 0.65));
    assert!(
        met(&view).is_some_and(|met| met.likeness > 0.999),
        "the control"
    );
}

#[test]
fn rims_and_blank_patches_say_nothing() {
    let (view, blank) = (picture(texture), vec![90; SIZE * SIZE]);
    let look = |frame: &[u8], at: Point| {
        let near = Near::of(&Homography::identity(), at)?;
        meet(grey(&view), at, grey(frame), near)
    };
    assert!(look(&view, [60.0, 60.0]).is_some(), "the control");
    assert!(look(&blank, [60.0, 60.0]).is_none());
    for at in [[3.0, 60.0], [60.0, 3.0], [117.0, 60.0], [60.0, 117.0]] {
        assert!(look(&view, at).is_none(), "{at:?}");
    }
    let near = Near::of(&Homography::identity(), [60.0, 60.0]).expect("regular");
    assert!(meet(grey(&blank), [60.0, 60.0], grey(&view), near).is_none());
}
