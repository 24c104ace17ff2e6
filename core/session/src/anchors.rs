use sightline_protocol::{
    AnchorNo, AnchorReason, AnchorState, AnchorStatus, Annotation, Point, Shape,
};
use std::collections::BTreeMap;

/// Last known state of each anchor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnchorBook {
    last: BTreeMap<AnchorNo, AnchorState>,
}

impl AnchorBook {
    /// Keeps the last state.
    pub fn put(&mut self, state: AnchorState) {
        self.last.insert(state.anchor, state);
    }

    /// All last states, by anchor number.
    pub fn all(&self) -> Vec<AnchorState> {
        self.last.values().cloned().collect()
    }
}

/// State of an anchor on a surface that nobody tracks: it is not drawn, and says why.
pub fn untracked(annotation: &Annotation) -> AnchorState {
    AnchorState {
        anchor: annotation.anchor,
        surface: annotation.surface.clone(),
        frame_time: annotation.frame_time.unwrap_or(0),
        status: AnchorStatus::Lost,
        reason: AnchorReason::NoTracker,
        last_seen: center(&annotation.shape),
    }
}

/// Middle of the box around a shape, in shares of the frame; none for an unknown shape.
fn center(shape: &Shape) -> Option<Point> {
    let points: &[Point] = match shape {
        Shape::Arrow { from, to } => &[*from, *to],
        Shape::Circle { center, .. } => &[*center],
        Shape::Freehand { points } | Shape::Highlight { points } => points,
        Shape::Text { at, .. } => &[*at],
        Shape::Unknown => &[],
    };
    let first = points.first()?;
    let (mut low, mut high) = (*first, *first);
    for point in points {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    Some([(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_centre_is_the_middle_of_the_box() {
        let line = Shape::Freehand {
            points: vec![[0.0, 0.2], [1.0, 0.2], [0.5, 0.8]],
        };
        assert_eq!(center(&line), Some([0.5, 0.5]));
        assert_eq!(center(&Shape::Unknown), None);
    }
}
