//! The annotation log, as far as anchors need it.

use crate::vision::worker::Order;
use sightline_protocol::{Annotation, AnnotationId, AnnotationOp, Attach};
use std::collections::{HashMap, HashSet};

/// Drawings that are fixed to the world.
#[derive(Debug, Default)]
pub struct Drawings {
    all: HashMap<AnnotationId, Annotation>,
    hidden: HashSet<AnnotationId>,
}

impl Drawings {
    /// Applies one step and gives the orders that follow from it.
    pub fn apply(&mut self, op: AnnotationOp, mut order: impl FnMut(Order)) {
        match op {
            AnnotationOp::Added { annotation } if annotation.attach == Attach::World => {
                self.all.insert(annotation.id.clone(), annotation.clone());
                order(Order::Show {
                    annotation: Box::new(annotation),
                });
            }
            AnnotationOp::Hidden { ids } => {
                for id in ids {
                    if let Some(annotation) = self.all.get(&id) {
                        order(Order::Hide {
                            anchor: annotation.anchor,
                        });
                        self.hidden.insert(id);
                    }
                }
            }
            AnnotationOp::Shown { ids } => {
                for id in ids {
                    if self.hidden.remove(&id)
                        && let Some(annotation) = self.all.get(&id)
                    {
                        order(Order::Show {
                            annotation: Box::new(annotation.clone()),
                        });
                    }
                }
            }
            AnnotationOp::Added { .. } | AnnotationOp::Unknown => {}
        }
    }

    /// The drawings that are not hidden.
    pub fn shown(&self) -> Vec<Annotation> {
        let shown = self
            .all
            .values()
            .filter(|annotation| !self.hidden.contains(&annotation.id));
        let mut shown: Vec<Annotation> = shown.cloned().collect();
        shown.sort_by_key(|annotation| annotation.anchor);
        shown
    }
}
