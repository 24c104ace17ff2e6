//! Where a shape lies on the frame that it was drawn on.

use crate::{Point, Shape};

/// Corners of a circle's outline.
const CIRCLE_POINTS: u16 = 48;

impl Shape {
    /// Points along the shape, in shares of the frame that it was drawn on; a circle ends where it
    /// began. Empty for an unknown shape.
    pub fn outline(&self) -> Vec<Point> {
        match self {
            Self::Arrow { from, to } => vec![*from, *to],
            Self::Circle { center, radius } => (0..=CIRCLE_POINTS)
                .map(|step| {
                    let turn = f32::from(step) * std::f32::consts::TAU / f32::from(CIRCLE_POINTS);
                    [
                        center[0] + radius[0] * turn.cos(),
                        center[1] + radius[1] * turn.sin(),
                    ]
                })
                .collect(),
            Self::Freehand { points } | Self::Highlight { points } => points.clone(),
            // A text belongs to what lies under its first letters.
            Self::Text { at: [x, y], .. } => vec![[*x, *y], [x + 0.08, *y], [x + 0.04, y - 0.03]],
            Self::Unknown => Vec::new(),
        }
    }

    /// What the shape is about, in shares of the frame that it was drawn on: the middle of a
    /// circle, the head of an arrow, the start of a text, else the middle of the box around it.
    pub fn center(&self) -> Option<Point> {
        match self {
            Self::Circle { center, .. } => Some(*center),
            Self::Arrow { to, .. } => Some(*to),
            Self::Text { at, .. } => Some(*at),
            Self::Freehand { points } | Self::Highlight { points } => middle(points),
            Self::Unknown => None,
        }
    }
}

fn middle(points: &[Point]) -> Option<Point> {
    let first = *points.first()?;
    let (low, high) = points.iter().fold((first, first), |(low, high), point| {
        (
            [low[0].min(point[0]), low[1].min(point[1])],
            [high[0].max(point[0]), high[1].max(point[1])],
        )
    });
    Some([(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_line_is_the_middle_of_its_box() {
        let line = Shape::Freehand {
            points: vec![[0.0, 0.2], [1.0, 0.2], [0.5, 0.8]],
        };
        assert_eq!(line.center(), Some([0.5, 0.5]));
        assert_eq!(line.outline().len(), 3);
    }

    #[test]
    fn a_circle_is_closed_and_round_its_middle() {
        let circle = Shape::Circle {
            center: [0.5, 0.25],
            radius: [0.1, 0.2],
        };
        let outline = circle.outline();
        let [first, last] = [outline[0], outline[outline.len() - 1]];
        assert!((first[0] - last[0]).abs() + (first[1] - last[1]).abs() < 1e-6);
        for [x, y] in outline {
            let radius = ((x - 0.5) / 0.1).hypot((y - 0.25) / 0.2);
            assert!((radius - 1.0).abs() < 1e-4, "{radius}");
        }
        assert_eq!(circle.center(), Some([0.5, 0.25]));
    }

    #[test]
    fn an_arrow_is_about_its_head() {
        let arrow = Shape::Arrow {
            from: [0.1, 0.1],
            to: [0.3, 0.4],
        };
        assert_eq!(arrow.center(), Some([0.3, 0.4]));
    }

    #[test]
    fn what_is_not_known_has_no_place() {
        assert_eq!(Shape::Unknown.center(), None);
        assert!(Shape::Unknown.outline().is_empty());
    }
}
