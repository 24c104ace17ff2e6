use super::{SessionState, Turn};
use crate::{
    Capability, Output, Record, Refusal,
    anchors::untracked,
    annotations::{Draft, Step},
};
use sightline_protocol::{
    AnnotationEvent, AnnotationId, AnnotationOp, Attach, ClientMessage, ParticipantId,
    ServerMessage, SurfaceKind,
};

impl SessionState {
    pub(super) fn draw(
        &mut self,
        turn: &mut Turn<'_>,
        by: &ParticipantId,
        message: ClientMessage,
    ) -> Result<(), Refusal> {
        self.require(by, Capability::Draw)?;
        let (ClientMessage::AnnotationAdd { client_id, .. }
        | ClientMessage::AnnotationRemove { client_id, .. }
        | ClientMessage::AnnotationUndo { client_id }
        | ClientMessage::AnnotationRedo { client_id }
        | ClientMessage::AnnotationClear { client_id, .. }) = &message
        else {
            return Err(Refusal::NotSupported("this message"));
        };
        let client_id = client_id.clone();
        if self.annotations.knows(by, &client_id) {
            return Ok(());
        }
        let Some((op, step)) = self.drawing_step(turn, by, message)? else {
            return Ok(());
        };
        let event = AnnotationEvent {
            seq: self.annotations.next_seq(),
            at_ms: turn.now_ms,
            by: by.clone(),
            client_id,
            op,
        };
        self.annotations.apply(event.clone(), step);
        turn.out.push(Output::Record(Record::Annotation {
            event: event.clone(),
            step,
        }));
        let orphan = self.orphan(&event);
        turn.broadcast(ServerMessage::AnnotationEvents {
            events: vec![event],
        });
        self.put_states(turn, orphan.into_iter().collect(), None);
        Ok(())
    }

    fn drawing_step(
        &self,
        turn: &mut Turn<'_>,
        by: &ParticipantId,
        message: ClientMessage,
    ) -> Result<Option<(AnnotationOp, Step)>, Refusal> {
        Ok(match message {
            ClientMessage::AnnotationAdd {
                surface,
                frame_time,
                attach,
                node,
                shape,
                width,
                ..
            } => {
                let kind = self.surfaces.get(&surface).map(|s| s.kind);
                let is_page = kind.ok_or(Refusal::NoSurface)? == SurfaceKind::Page;
                // A page has no frames: what is drawn on it holds on to an element, and to nothing
                // else there is.
                if is_page && (node.is_none() || attach != Attach::Frame) {
                    return Err(Refusal::NotSupported(
                        "a drawing beside the page's elements",
                    ));
                }
                if !is_page && node.is_some() {
                    return Err(Refusal::NotSupported("an element of a picture"));
                }
                let id = AnnotationId::from_random(turn.random.bytes16());
                let draft = Draft {
                    surface,
                    frame_time,
                    attach,
                    node,
                    shape,
                    width,
                };
                Some((self.annotations.add(id, by, draft)?, Step::Do))
            }
            ClientMessage::AnnotationRemove { id, .. } => {
                let drawing = self.annotations.get(&id).ok_or(Refusal::NoAnnotation)?;
                if drawing.author != *by {
                    self.require(by, Capability::RemoveAny)?;
                }
                Some((self.annotations.remove(&id)?, Step::Do))
            }
            ClientMessage::AnnotationClear { surface, .. } => {
                self.require(by, Capability::ClearSurface)?;
                Some((self.annotations.clear(&surface)?, Step::Do))
            }
            ClientMessage::AnnotationUndo { .. } => Some((self.annotations.undo(by)?, Step::Undo)),
            ClientMessage::AnnotationRedo { .. } => Some((self.annotations.redo(by)?, Step::Redo)),
            _ => None,
        })
    }

    /// State of a new drawing on the world that nobody will track.
    fn orphan(&self, event: &AnnotationEvent) -> Option<sightline_protocol::AnchorState> {
        let AnnotationOp::Added { annotation } = &event.op else {
            return None;
        };
        let surface = self.surfaces.get(&annotation.surface)?;
        (surface.tracker.is_none() && annotation.attach == Attach::World)
            .then(|| untracked(annotation))
    }

    /// Sends the events that the participant misses, in pieces that fit a data channel message.
    pub(super) fn sync(&self, turn: &mut Turn<'_>, to: &ParticipantId, after: u32) {
        const EVENTS_PER_MESSAGE: usize = 100;
        for events in self.annotations.after(after).chunks(EVENTS_PER_MESSAGE) {
            turn.send(
                to,
                ServerMessage::AnnotationEvents {
                    events: events.to_vec(),
                },
            );
        }
    }
}
