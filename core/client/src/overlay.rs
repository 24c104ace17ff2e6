//! Draws annotations on a picture, as the device's own screen would show them.

mod geometry;
mod inspection;
mod paint;
pub mod placing;
mod text;

pub use geometry::Mapping;
pub use inspection::draw_inspection;

use geometry::{arrow, in_pixels};
use paint::{Brush, Canvas};
use sightline_frames::I420Frame;
use sightline_protocol::{AnchorStatus, Annotation, Shape};

/// Author colours as `[r, g, b]`, in the order of `Participant::color`; the same as on the web.
const COLORS: [[u8; 3]; 8] = [
    [0x00, 0x72, 0xb2],
    [0xd5, 0x5e, 0x00],
    [0xa8, 0x21, 0xed],
    [0x00, 0x00, 0x00],
    [0xed, 0x00, 0x66],
    [0x00, 0x00, 0x87],
    [0x87, 0x00, 0x00],
    [0x66, 0x00, 0x66],
];
/// Width of the light line around each stroke, in pixels of a picture 640 wide.
const OUTLINE_AT_640: f32 = 2.0;
/// A highlight is this many times as wide as a line of the same width.
const HIGHLIGHT_WIDTH: f32 = 3.0;
const HIGHLIGHT_OPACITY: f32 = 0.4;
/// An uncertain drawing is shown at this opacity.
const UNCERTAIN_OPACITY: f32 = 0.45;

/// One drawing with its place on a frame.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed<'a> {
    /// The drawing.
    pub annotation: &'a Annotation,
    /// `Participant::color` of its author.
    pub color: u8,
    /// Whether the place is known.
    pub status: AnchorStatus,
    /// From the drawn-on frame to this one, in shares.
    pub frame_from_drawn: Mapping,
}

/// Draws one annotation on `frame`. Nothing is drawn of a lost one, and nothing outside the frame.
pub fn draw(frame: &mut I420Frame, placed: &Placed<'_>) {
    let opacity = match placed.status {
        AnchorStatus::Tracking | AnchorStatus::Fixed => 1.0,
        AnchorStatus::Uncertain => UNCERTAIN_OPACITY,
        AnchorStatus::Lost => return,
    };
    let color = COLORS[usize::from(placed.color) % COLORS.len()];
    let (width, height) = (frame.width as f32, frame.height as f32);
    let line = (placed.annotation.width * width).max(1.5);
    let edge = OUTLINE_AT_640 * width / 640.0;
    let place = |points: &[[f32; 2]]| in_pixels(points, &placed.frame_from_drawn, width, height);
    let mut canvas = Canvas::new(frame);
    let mut stroke = |lines: &[Vec<[f32; 2]>], line: f32, opacity: f32| {
        let light = Brush {
            color: [255; 3],
            radius: line / 2.0 + edge,
            opacity: opacity * 0.8,
        };
        canvas.lines(lines, light);
        canvas.lines(
            lines,
            Brush {
                color,
                radius: line / 2.0,
                opacity,
            },
        );
    };
    match &placed.annotation.shape {
        Shape::Arrow { from, to } => {
            let ends = place(&[*from, *to]);
            if let [from, to] = ends[..] {
                stroke(
                    &arrow(from, to, (line * 4.0).max(width * 0.03)),
                    line,
                    opacity,
                );
            }
        }
        Shape::Circle { .. } | Shape::Freehand { .. } => {
            stroke(&[place(&placed.annotation.shape.outline())], line, opacity);
        }
        Shape::Highlight { points } => {
            let brush = Brush {
                color,
                radius: line * HIGHLIGHT_WIDTH / 2.0,
                opacity: opacity * HIGHLIGHT_OPACITY,
            };
            canvas.lines(&[place(points)], brush);
        }
        Shape::Text { at, text } => {
            if let [at] = place(&[*at])[..] {
                let size = (width * 0.03).max(8.0);
                canvas.label(text, at, size, color, opacity);
            }
        }
        Shape::Unknown => {}
    }
    if placed.status == AnchorStatus::Fixed
        && let Some(at) = topmost(&place(&placed.annotation.shape.outline()))
    {
        pin(&mut canvas, at, width / 640.0);
    }
}

fn topmost(points: &[[f32; 2]]) -> Option<[f32; 2]> {
    points.iter().copied().min_by(|a, b| a[1].total_cmp(&b[1]))
}

/// The badge of a drawing that is fixed to the screen: a pin on a dark disc, its middle at `at`.
fn pin(canvas: &mut Canvas<'_>, [x, y]: [f32; 2], scale: f32) {
    let scale = scale.max(0.5);
    let line =
        |from: [f32; 2], to: [f32; 2]| [from, to].map(|[dx, dy]| [x + dx * scale, y + dy * scale]);
    let disc = Brush {
        color: [15, 18, 25],
        radius: 11.0 * scale,
        opacity: 0.82,
    };
    canvas.lines(&[vec![[x, y]]], disc);
    let brush = Brush {
        color: [255; 3],
        radius: scale,
        opacity: 1.0,
    };
    let strokes = [
        line([-4.0, -6.0], [4.0, -6.0]),
        line([-2.5, -6.0], [-2.5, 0.0]),
        line([2.5, -6.0], [2.5, 0.0]),
        line([-5.0, 0.5], [5.0, 0.5]),
        line([0.0, 0.5], [0.0, 7.0]),
    ];
    canvas.lines(&strokes.map(Vec::from), brush);
}

#[cfg(test)]
mod tests;
