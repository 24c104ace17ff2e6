//! Clips are what they say: exact truth, same seed same bytes, covered when asked.

use nalgebra::Point2;
use opencv::{
    calib3d,
    core::{Mat, Point2d, Point3d, Vector},
};
use sightline_tests::scenes::{Filming, Scene, SceneName, truth::Truth};

fn filming(seed: u64) -> Filming {
    Filming {
        width: 320,
        height: 240,
        fps: 30,
        frames: 90,
        speed: 3.0,
        cover_s: None,
        seed,
    }
}

fn scene(filming: Filming) -> Scene {
    Scene::new(SceneName::Board, filming).unwrap()
}

/// The nine points by OpenCV's own camera model.
fn projected(scene: &Scene, frame: u32) -> Vec<Point2<f64>> {
    let view = scene.viewpoint(frame);
    let rotation = view.camera_from_world.scaled_axis();
    let translation = -(view.camera_from_world * view.position.coords);
    let points: Vector<Point3d> = scene
        .target()
        .iter()
        .map(|p| Point3d::new(p.x, p.y, p.z))
        .collect();
    let k = scene.lens().matrix();
    let k: [[f64; 3]; 3] = std::array::from_fn(|r| std::array::from_fn(|c| k[(r, c)]));
    let mut out = Vector::<Point2d>::new();
    calib3d::project_points_def(
        &points,
        &Mat::from_slice(rotation.as_slice()).unwrap(),
        &Mat::from_slice(translation.as_slice()).unwrap(),
        &Mat::from_slice_2d(&k).unwrap(),
        &Mat::default(),
        &mut out,
    )
    .unwrap();
    out.iter().map(|p| Point2::new(p.x, p.y)).collect()
}

fn worst_px(truth: &Truth, other: &[Point2<f64>]) -> f64 {
    truth
        .points
        .iter()
        .zip(other)
        .map(|(a, b)| nalgebra::distance(a, b))
        .fold(0.0, f64::max)
}

#[test]
fn truth_equals_an_independent_projection() {
    let scene = scene(filming(3));
    for frame in 0..scene.frames() {
        let error = worst_px(&scene.truth(frame), &projected(&scene, frame));
        assert!(error < 0.01, "frame {frame}: {error} px");
    }
    // Control: the neighbouring frame's truth would be noticed.
    assert!(worst_px(&scene.truth(10), &projected(&scene, 11)) > 0.1);
}

#[test]
fn the_target_moves_and_stays_in_view() {
    for seed in 1..20 {
        let scene = scene(Filming {
            frames: 300,
            speed: 1.0,
            ..filming(seed)
        });
        let truths: Vec<Truth> = (0..300).map(|frame| scene.truth(frame)).collect();
        assert!(
            truths.iter().all(|truth| truth.visible == 1.0),
            "seed {seed}"
        );
        let corner: Vec<f64> = truths.iter().map(|truth| truth.points[1].x).collect();
        let spread = corner.iter().copied().fold(f64::MIN, f64::max)
            - corner.iter().copied().fold(f64::MAX, f64::min);
        assert!(
            spread > 0.12 * 320.0,
            "seed {seed}: the corner moves {spread} px only"
        );
    }
}

#[test]
fn the_clip_loops_without_a_jump() {
    let scene = scene(filming(4));
    let points = |frame| scene.truth(frame).points;
    let step = |a: u32, b: u32| nalgebra::distance(&points(a)[0], &points(b)[0]);
    let largest = (0..89)
        .map(|frame| step(frame, frame + 1))
        .fold(0.0, f64::max);
    assert!(step(89, 0) <= 1.2 * largest);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let first = scene(filming(5));
    let again = scene(filming(5));
    let other = scene(filming(6));
    for frame in [0, 7, 50] {
        let bytes = first.frame(frame).unwrap();
        assert!(
            bytes == again.frame(frame).unwrap(),
            "frame {frame} differs"
        );
        assert!(
            bytes != other.frame(frame).unwrap(),
            "another seed gives the same frame {frame}"
        );
    }
}

#[test]
fn a_covered_lens_sees_nothing() {
    let scene = scene(Filming {
        cover_s: Some(1.0..2.0),
        ..filming(7)
    });
    let brightness = |frame| {
        let yuv = scene.frame(frame).unwrap();
        yuv[..320 * 240]
            .iter()
            .map(|luma| f64::from(*luma))
            .sum::<f64>()
            / (320.0 * 240.0)
    };
    for (frame, visible) in [(20, 1.0), (45, 0.0), (75, 1.0)] {
        assert_eq!(scene.truth(frame).visible, visible, "frame {frame}");
        assert_eq!(brightness(frame) > 50.0, visible > 0.5, "frame {frame}");
    }
}

#[test]
fn odd_sizes_are_refused() {
    let error = Scene::new(
        SceneName::Board,
        Filming {
            width: 321,
            ..filming(1)
        },
    )
    .err()
    .unwrap();
    assert!(error.to_string().contains("321x240"), "{error}");
}
