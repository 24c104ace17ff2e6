use super::{SessionState, Turn};
use crate::{Capability, Output, Record, Refusal};
use sightline_protocol::{
    ConsentScope, FrameTime, ParticipantId, Role, ServerMessage, Snapshot, SnapshotId, SurfaceId,
    limits::SNAPSHOTS_PER_SESSION,
};

impl SessionState {
    pub(super) fn say(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        client_id: String,
        text: String,
    ) -> Result<(), Refusal> {
        self.require(from, Capability::Chat)?;
        let Some(message) = self.chat.next(from, client_id, text, turn.now_ms)? else {
            return Ok(());
        };
        self.chat.apply(message.clone());
        turn.out.push(Output::Record(Record::Chat {
            message: message.clone(),
        }));
        turn.broadcast(ServerMessage::Chat { message });
        Ok(())
    }

    /// Whether this participant may keep a picture of this surface now. Asked before the picture is
    /// read, and again when it is stored.
    ///
    /// # Errors
    /// [`Refusal`] with the reason.
    pub fn may_take_snapshot(
        &self,
        by: &ParticipantId,
        surface: &SurfaceId,
    ) -> Result<(), Refusal> {
        self.require(by, Capability::TakeSnapshot)?;
        let surface = self.surfaces.get(surface).ok_or(Refusal::NoSurface)?;
        if self.role(&surface.owner)? == Role::Customer
            && !self.consent.allows(&surface.owner, ConsentScope::Snapshot)
        {
            return Err(Refusal::ConsentMissing(ConsentScope::Snapshot));
        }
        if self.snapshots.len() >= SNAPSHOTS_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "pictures",
                limit: SNAPSHOTS_PER_SESSION,
            });
        }
        Ok(())
    }

    pub(super) fn snapshot(
        &mut self,
        turn: &mut Turn<'_>,
        id: SnapshotId,
        by: &ParticipantId,
        surface: SurfaceId,
        frame_time: Option<FrameTime>,
        path: String,
    ) -> Result<(), Refusal> {
        self.may_take_snapshot(by, &surface)?;
        let snapshot = Snapshot {
            id,
            by: by.clone(),
            surface,
            frame_time,
            at_ms: turn.now_ms,
            path,
        };
        self.snapshots.push(snapshot.clone());
        turn.out.push(Output::Record(Record::Snapshot {
            snapshot: snapshot.clone(),
        }));
        turn.broadcast(ServerMessage::SnapshotAdded { snapshot });
        Ok(())
    }
}
