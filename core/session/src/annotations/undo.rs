use serde::{Deserialize, Serialize};
use sightline_protocol::{AnnotationId, AnnotationOp};
use std::collections::HashMap;

/// What a step of the log does to its author's stacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A new step: goes onto the undo stack and empties the redo stack.
    Do,
    /// Takes the last step back: moves it from the undo to the redo stack.
    Undo,
    /// Brings it back: moves it from the redo to the undo stack.
    Redo,
}

/// What a step did, so that it can be turned round.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Action {
    Show(Vec<AnnotationId>),
    Hide(Vec<AnnotationId>),
}

/// The two stacks of one author.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stacks {
    undo: Vec<Action>,
    redo: Vec<Action>,
}

/// Which drawings exist, and whether they are visible.
pub type Visibility = HashMap<AnnotationId, bool>;

impl Stacks {
    /// What taking back the last step would change; none when no step would change anything.
    pub fn undo_op(&self, visible: &Visibility) -> Option<AnnotationOp> {
        self.undo
            .iter()
            .rev()
            .find_map(|action| effect(action, false, visible))
    }

    /// What bringing back the last undone step would change.
    pub fn redo_op(&self, visible: &Visibility) -> Option<AnnotationOp> {
        self.redo
            .iter()
            .rev()
            .find_map(|action| effect(action, true, visible))
    }

    /// Follows a step of this author. `visible` is the state before the step.
    pub fn follow(&mut self, op: &AnnotationOp, step: Step, visible: &Visibility) {
        match (step, op) {
            // Nothing was hidden, so that there is nothing to take back, and what was stays.
            (Step::Do, AnnotationOp::Hidden { ids }) if ids.is_empty() => {}
            (Step::Do, _) => {
                self.redo.clear();
                match op {
                    AnnotationOp::Added { annotation } => {
                        self.undo.push(Action::Show(vec![annotation.id.clone()]));
                    }
                    AnnotationOp::Hidden { ids } => self.undo.push(Action::Hide(ids.clone())),
                    AnnotationOp::Shown { ids } => self.undo.push(Action::Show(ids.clone())),
                    AnnotationOp::Unknown => {}
                }
            }
            (Step::Undo, _) => move_last(&mut self.undo, &mut self.redo, |a| {
                effect(a, false, visible).is_some()
            }),
            (Step::Redo, _) => {
                move_last(&mut self.redo, &mut self.undo, |a| {
                    effect(a, true, visible).is_some()
                });
            }
        }
    }
}

/// Moves the last action that still has an effect; those above it are stale, because somebody else
/// already did or undid them, and are dropped.
fn move_last(from: &mut Vec<Action>, to: &mut Vec<Action>, has_effect: impl Fn(&Action) -> bool) {
    while let Some(action) = from.pop() {
        if has_effect(&action) {
            to.push(action);
            return;
        }
    }
}

fn effect(action: &Action, forward: bool, visible: &Visibility) -> Option<AnnotationOp> {
    let (ids, show) = match action {
        Action::Show(ids) => (ids, forward),
        Action::Hide(ids) => (ids, !forward),
    };
    let ids: Vec<_> = ids
        .iter()
        .filter(|id| visible.get(*id) == Some(&!show))
        .cloned()
        .collect();
    if ids.is_empty() {
        None
    } else if show {
        Some(AnnotationOp::Shown { ids })
    } else {
        Some(AnnotationOp::Hidden { ids })
    }
}
