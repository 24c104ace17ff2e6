//! What the engine went by, for engineers.

use super::paint::{Brush, Canvas};
use sightline_frames::I420Frame;
use sightline_vision::{Inspection, Status};

const SAME: [u8; 3] = [0, 200, 90];
const OTHER: [u8; 3] = [230, 60, 40];

/// Draws one anchor's points on a frame: filled green where the frame looks as it did in the
/// remembered view, red crosses where it does not; and a line of text: number, status, confidence,
/// points that look the same of all, the view compared with of all remembered ones.
///
/// `line` counts the anchors of one frame, so that their texts do not cover each other.
pub fn draw_inspection(frame: &mut I420Frame, inspection: &Inspection, line: usize) {
    let (width, height) = (frame.width as f32, frame.height as f32);
    let scale = (width / 640.0).max(0.5);
    let mut canvas = Canvas::new(frame);
    for ([x, y], same) in &inspection.points {
        let [x, y] = [x * width, y * height];
        let (color, arm) = if *same {
            (SAME, 0.0)
        } else {
            (OTHER, 3.0 * scale)
        };
        let brush = Brush {
            color,
            radius: if *same { 2.5 } else { 1.0 } * scale,
            opacity: 0.9,
        };
        let cross = [
            vec![[x - arm, y - arm], [x + arm, y + arm]],
            vec![[x - arm, y + arm], [x + arm, y - arm]],
        ];
        canvas.lines(&cross, brush);
    }
    let color = match inspection.status {
        Status::Tracking => [20, 110, 60],
        Status::Uncertain => [150, 95, 10],
        Status::Lost => [160, 40, 30],
    };
    let letter = 8.0 * scale.max(1.0);
    let at = [6.0, height - 8.0 - line as f32 * letter * 2.0];
    canvas.label(&caption(inspection), at, letter, color, 0.9);
}

fn caption(inspection: &Inspection) -> String {
    let (same, all) = inspection.count();
    let status = match inspection.status {
        Status::Tracking => "tracking",
        Status::Uncertain => "uncertain",
        Status::Lost => "lost",
    };
    let (view, views) = inspection.view;
    format!(
        "#{} {status} {:.2} {same}/{all} {}/{views}",
        inspection.anchor,
        inspection.confidence,
        view + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_where_they_are_told_to_be_and_the_two_kinds_differ() {
        let grey = || I420Frame::filled(640, 360, [120, 128, 128]);
        let luma = |frame: &I420Frame, x: usize, y: usize| frame.data[y * 640 + x];
        let inspection = |same| Inspection {
            anchor: 3,
            status: Status::Tracking,
            confidence: 0.82,
            view: (0, 2),
            points: vec![([0.5, 0.5], same), ([7.0, -3.0], same)],
        };
        let (mut same, mut other) = (grey(), grey());
        draw_inspection(&mut same, &inspection(true), 0);
        draw_inspection(&mut other, &inspection(false), 0);
        assert_ne!(luma(&same, 320, 182), 120, "a filled dot");
        assert_eq!(luma(&other, 320, 183), 120, "between the arms of a cross");
        assert_ne!(luma(&other, 323, 183), 120, "an arm of the cross");
        assert_eq!(luma(&same, 100, 100), 120);
        assert_eq!(caption(&inspection(true)), "#3 tracking 0.82 2/2 1/2");
    }
}
