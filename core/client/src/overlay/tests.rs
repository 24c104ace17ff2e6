use super::*;
use sightline_protocol::{AnnotationId, Attach, ParticipantId, SurfaceId};

const GREY: [u8; 3] = [120, 128, 128];

fn annotation(shape: Shape) -> Annotation {
    Annotation {
        id: AnnotationId::from_random([1; 16]),
        anchor: 1,
        author: ParticipantId::from_random([2; 16]),
        surface: SurfaceId::from_random([3; 16]),
        frame_time: None,
        attach: Attach::World,
        node: None,
        shape,
        width: 0.01,
    }
}

/// Draws on a grey picture of 400 x 200 and gives the places that changed.
fn changed(shape: Shape, status: AnchorStatus, mapping: Mapping) -> Vec<[usize; 2]> {
    let mut frame = I420Frame::filled(400, 200, GREY);
    let annotation = annotation(shape);
    let placed = Placed {
        annotation: &annotation,
        color: 6,
        status,
        frame_from_drawn: mapping,
    };
    draw(&mut frame, &placed);
    let luma = frame.data[..400 * 200].iter().enumerate();
    luma.filter(|(_, y)| **y != 120)
        .map(|(at, _)| [at % 400, at / 400])
        .collect()
}

fn bounds(points: &[[usize; 2]]) -> [usize; 4] {
    let axis = |axis: usize| points.iter().map(move |point| point[axis]);
    let edge = |values: Option<usize>| values.unwrap_or(0);
    [
        edge(axis(0).min()),
        edge(axis(1).min()),
        edge(axis(0).max()),
        edge(axis(1).max()),
    ]
}

const CIRCLE: Shape = Shape::Circle {
    center: [0.5, 0.5],
    radius: [0.1, 0.2],
};

#[test]
fn shares_become_pixels() {
    // 0.1 of 400 and 0.2 of 200 are 40 pixels each, the line adds 2 and its light edge 1.25.
    let [left, top, right, bottom] =
        bounds(&changed(CIRCLE, AnchorStatus::Tracking, Mapping::IDENTITY));
    for (found, expected) in [(left, 157), (right, 243), (top, 57), (bottom, 143)] {
        assert!(
            found.abs_diff(expected) <= 2,
            "{found} instead of {expected}"
        );
    }
}

#[test]
fn a_pose_moves_and_scales_the_drawing() {
    let mapping = Mapping::flat([0.5, 0.0, 0.4, 0.0, 0.5, 0.1, 0.0, 0.0]);
    let [left, top, right, bottom] = bounds(&changed(CIRCLE, AnchorStatus::Tracking, mapping));
    assert!(
        ((left + right) as f32 / 2.0 - 0.65 * 400.0).abs() < 1.5,
        "{left} {right}"
    );
    assert!(
        ((top + bottom) as f32 / 2.0 - 0.35 * 200.0).abs() < 1.5,
        "{top} {bottom}"
    );
    assert!((right - left).abs_diff(46) <= 3, "{}", right - left);
}

#[test]
fn a_lost_drawing_is_not_drawn_and_an_uncertain_one_is_faint() {
    assert!(changed(CIRCLE, AnchorStatus::Lost, Mapping::IDENTITY).is_empty());
    let ink = |status| {
        let mut frame = I420Frame::filled(400, 200, GREY);
        let annotation = annotation(CIRCLE);
        let frame_from_drawn = Mapping::IDENTITY;
        draw(
            &mut frame,
            &Placed {
                annotation: &annotation,
                color: 6,
                status,
                frame_from_drawn,
            },
        );
        let luma = frame.data[..400 * 200].iter();
        luma.map(|y| u64::from(y.abs_diff(120))).sum::<u64>()
    };
    let (sure, unsure) = (ink(AnchorStatus::Tracking), ink(AnchorStatus::Uncertain));
    assert!(unsure > 0 && unsure * 3 < sure * 2, "{unsure} of {sure}");
}

#[test]
fn an_arrow_points_with_its_head() {
    let shape = Shape::Arrow {
        from: [0.1, 0.5],
        to: [0.9, 0.5],
    };
    let points = changed(shape, AnchorStatus::Tracking, Mapping::IDENTITY);
    let spread = |from: usize, to: usize| {
        let part: Vec<_> = points
            .iter()
            .filter(|p| (from..to).contains(&p[0]))
            .copied()
            .collect();
        let [_, top, _, bottom] = bounds(&part);
        bottom - top
    };
    assert!(
        spread(340, 362) > 2 * spread(100, 200),
        "the head is wider than the shaft"
    );
}

#[test]
fn drawings_beyond_the_picture_are_cut_off_without_a_panic() {
    let far = Mapping::flat([1.0, 0.0, 3.0, 0.0, 1.0, -3.0, 0.0, 0.0]);
    let behind = Mapping::flat([1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -9.0, 0.0]);
    let text = Shape::Text {
        at: [0.95, 0.02],
        text: "Größe 12 あ\u{1F600}".repeat(9),
    };
    let line = Shape::Freehand {
        points: vec![[-4.0, -4.0], [4.0, 4.0]],
    };
    let dot = Shape::Highlight {
        points: vec![[0.5, 0.5]],
    };
    for shape in [
        CIRCLE,
        text.clone(),
        line.clone(),
        dot.clone(),
        Shape::Unknown,
    ] {
        assert!(
            changed(shape.clone(), AnchorStatus::Tracking, far).is_empty(),
            "{shape:?}"
        );
        changed(shape, AnchorStatus::Tracking, behind);
    }
    for shape in [text, line, dot] {
        assert!(!changed(shape, AnchorStatus::Tracking, Mapping::IDENTITY).is_empty());
    }
}

#[test]
fn a_drawing_fixed_to_the_screen_carries_a_pin_and_only_that_one() {
    let ink = |status| changed(CIRCLE, status, Mapping::IDENTITY);
    let (fixed, tracking) = (ink(AnchorStatus::Fixed), ink(AnchorStatus::Tracking));
    let more: Vec<_> = fixed
        .iter()
        .filter(|place| !tracking.contains(place))
        .collect();
    assert!(more.len() > 40, "{} pixels of a pin", more.len());
    let above = more.iter().filter(|[_, y]| *y < 80).count();
    assert!(above > more.len() / 2, "at the top of the drawing");
}
