use sightline_protocol::{AnchorNo, AnchorReason, AnchorState, AnchorStatus, Annotation};
use std::collections::BTreeMap;

/// Last known state of each anchor.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnchorBook {
    last: BTreeMap<AnchorNo, AnchorState>,
}

impl AnchorBook {
    /// Whether a state says anything new. What was found to have nothing to hold on to stays fixed
    /// to the screen: a tracker that comes later and does not have the drawn frame any more knows
    /// less.
    pub fn takes(&self, state: &AnchorState) -> bool {
        let fixed = self
            .last
            .get(&state.anchor)
            .is_some_and(|known| known.status == AnchorStatus::Fixed);
        !fixed || state.status != AnchorStatus::Lost
    }

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
        last_seen: annotation.shape.center(),
        at_ms: 0,
    }
}
