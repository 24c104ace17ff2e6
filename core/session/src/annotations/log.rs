use super::undo::{Stacks, Step, Visibility};
use crate::{EVENTS_PER_SESSION, NAMED_PER_SESSION, POINTS_PER_SESSION, Refusal};
use sightline_protocol::{
    AnchorNo, Annotation, AnnotationEvent, AnnotationId, AnnotationOp, Attach, FrameTime, PageNode,
    ParticipantId, Shape, SurfaceId, limits::ANNOTATIONS_PER_SESSION,
};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A drawing before the log gives it its author, id and anchor.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Where.
    pub surface: SurfaceId,
    /// The frame that the author saw.
    pub frame_time: Option<FrameTime>,
    /// What it is fixed to.
    pub attach: Attach,
    /// The element of a shared page that it is fixed to.
    pub node: Option<PageNode>,
    /// What is drawn.
    pub shape: Shape,
    /// Stroke width as a share of the frame width.
    pub width: f32,
}

/// The ordered log with what follows from it. Nothing but [`AnnotationLog::apply`] changes it, so
/// applying the same steps again gives an equal log.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AnnotationLog {
    events: Vec<AnnotationEvent>,
    by_anchor: BTreeMap<AnchorNo, Annotation>,
    anchor_of: HashMap<AnnotationId, AnchorNo>,
    visible: Visibility,
    stacks: HashMap<ParticipantId, Stacks>,
    seen: HashSet<(ParticipantId, String)>,
    points: usize,
    /// Names in all steps that hide or show.
    named: usize,
}

impl AnnotationLog {
    /// Whether this author already sent this `client_id`.
    pub fn knows(&self, by: &ParticipantId, client_id: &str) -> bool {
        self.seen.contains(&(by.clone(), client_id.to_owned()))
    }

    /// The step that adds a drawing.
    ///
    /// # Errors
    /// [`Refusal::NotSupported`] for an unknown shape, [`Refusal::LimitReached`].
    pub fn add(
        &self,
        id: AnnotationId,
        by: &ParticipantId,
        draft: Draft,
    ) -> Result<AnnotationOp, Refusal> {
        if draft.shape == Shape::Unknown {
            return Err(Refusal::NotSupported("this shape"));
        }
        self.room_for_event()?;
        if self.by_anchor.len() >= ANNOTATIONS_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "drawings",
                limit: ANNOTATIONS_PER_SESSION,
            });
        }
        if self.points + points(&draft.shape) > POINTS_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "points",
                limit: POINTS_PER_SESSION,
            });
        }
        let Draft {
            surface,
            frame_time,
            attach,
            node,
            shape,
            width,
        } = draft;
        let annotation = Annotation {
            id,
            anchor: self.next_seq(),
            author: by.clone(),
            surface,
            frame_time,
            attach,
            node,
            shape,
            width,
        };
        Ok(AnnotationOp::Added { annotation })
    }

    /// The step that deletes one visible drawing.
    ///
    /// # Errors
    /// [`Refusal::NoAnnotation`], [`Refusal::LimitReached`].
    pub fn remove(&self, id: &AnnotationId) -> Result<AnnotationOp, Refusal> {
        self.room_for_event()?;
        if self.visible.get(id) != Some(&true) {
            return Err(Refusal::NoAnnotation);
        }
        self.within_names(AnnotationOp::Hidden {
            ids: vec![id.clone()],
        })
    }

    /// The step that hides every visible drawing of a surface. One that hides nothing is a step all
    /// the same: it is what its author waits for, and who asks again after a lost connection would
    /// otherwise clear what was drawn since.
    ///
    /// # Errors
    /// [`Refusal::LimitReached`].
    pub fn clear(&self, surface: &SurfaceId) -> Result<AnnotationOp, Refusal> {
        self.room_for_event()?;
        let ids = self.visible_on(surface).map(|a| a.id.clone()).collect();
        self.within_names(AnnotationOp::Hidden { ids })
    }

    /// The step that takes back this author's last one.
    ///
    /// # Errors
    /// [`Refusal::NothingToUndo`], [`Refusal::LimitReached`].
    pub fn undo(&self, by: &ParticipantId) -> Result<AnnotationOp, Refusal> {
        self.room_for_event()?;
        self.stacks
            .get(by)
            .and_then(|stacks| stacks.undo_op(&self.visible))
            .ok_or(Refusal::NothingToUndo)
            .and_then(|op| self.within_names(op))
    }

    /// The step that brings back this author's last undone one.
    ///
    /// # Errors
    /// [`Refusal::NothingToRedo`], [`Refusal::LimitReached`].
    pub fn redo(&self, by: &ParticipantId) -> Result<AnnotationOp, Refusal> {
        self.room_for_event()?;
        self.stacks
            .get(by)
            .and_then(|stacks| stacks.redo_op(&self.visible))
            .ok_or(Refusal::NothingToRedo)
            .and_then(|op| self.within_names(op))
    }

    /// Sequence number that the next event gets.
    pub fn next_seq(&self) -> u32 {
        self.events.len() as u32 + 1
    }

    /// Puts a step at the end of the log.
    pub fn apply(&mut self, event: AnnotationEvent, step: Step) {
        self.stacks
            .entry(event.by.clone())
            .or_default()
            .follow(&event.op, step, &self.visible);
        self.named += names(&event.op);
        match &event.op {
            AnnotationOp::Added { annotation } => {
                self.points += points(&annotation.shape);
                self.visible.insert(annotation.id.clone(), true);
                self.anchor_of
                    .insert(annotation.id.clone(), annotation.anchor);
                self.by_anchor.insert(annotation.anchor, annotation.clone());
            }
            AnnotationOp::Hidden { ids } => self.set_visible(ids, false),
            AnnotationOp::Shown { ids } => self.set_visible(ids, true),
            AnnotationOp::Unknown => {}
        }
        self.seen
            .insert((event.by.clone(), event.client_id.clone()));
        self.events.push(event);
    }

    /// The whole log.
    pub fn events(&self) -> &[AnnotationEvent] {
        &self.events
    }

    /// The events after a sequence number.
    pub fn after(&self, seq: u32) -> &[AnnotationEvent] {
        self.events.get(seq as usize..).unwrap_or_default()
    }

    /// A drawing by its id.
    pub fn get(&self, id: &AnnotationId) -> Option<&Annotation> {
        self.anchor_of
            .get(id)
            .and_then(|anchor| self.by_anchor.get(anchor))
    }

    /// A drawing by its anchor.
    pub fn by_anchor(&self, anchor: AnchorNo) -> Option<&Annotation> {
        self.by_anchor.get(&anchor)
    }

    /// Visible drawings of one surface, oldest first.
    pub fn visible_on<'a>(
        &'a self,
        surface: &'a SurfaceId,
    ) -> impl Iterator<Item = &'a Annotation> {
        self.by_anchor
            .values()
            .filter(move |a| a.surface == *surface && self.visible.get(&a.id) == Some(&true))
    }

    fn set_visible(&mut self, ids: &[AnnotationId], visible: bool) {
        for id in ids {
            if let Some(shown) = self.visible.get_mut(id) {
                *shown = visible;
            }
        }
    }

    fn room_for_event(&self) -> Result<(), Refusal> {
        if self.events.len() >= EVENTS_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "steps of drawing",
                limit: EVENTS_PER_SESSION,
            });
        }
        Ok(())
    }

    fn within_names(&self, op: AnnotationOp) -> Result<AnnotationOp, Refusal> {
        if self.named + names(&op) > NAMED_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "drawings named in steps",
                limit: NAMED_PER_SESSION,
            });
        }
        Ok(op)
    }
}

fn names(op: &AnnotationOp) -> usize {
    match op {
        AnnotationOp::Hidden { ids } | AnnotationOp::Shown { ids } => ids.len(),
        AnnotationOp::Added { .. } | AnnotationOp::Unknown => 0,
    }
}

fn points(shape: &Shape) -> usize {
    match shape {
        Shape::Freehand { points } | Shape::Highlight { points } => points.len(),
        Shape::Arrow { .. } | Shape::Circle { .. } | Shape::Text { .. } | Shape::Unknown => 2,
    }
}
