use super::{SessionState, Turn};
use crate::{Capability, Output, Refusal, anchors::untracked, holds::Hold};
use sightline_protocol::{
    AnchorState, Attach, FrameTime, ParticipantId, Role, ServerMessage, SurfaceId, SurfaceKind,
};

impl SessionState {
    /// Who computes poses on this owner's surfaces: its own device when it can, else the server's
    /// vision, else nobody.
    pub(super) fn tracker_for(&self, owner: &ParticipantId) -> Option<ParticipantId> {
        if self
            .participants
            .get(owner)
            .is_ok_and(|p| p.shown.tracks_anchors)
        {
            return Some(owner.clone());
        }
        self.participants
            .iter()
            .find(|p| p.shown.role == Role::Vision && p.shown.connected)
            .map(|p| p.shown.id.clone())
    }

    pub(super) fn retrack_all(&mut self, turn: &mut Turn<'_>) {
        let all: Vec<_> = self
            .surfaces
            .published()
            .iter()
            .map(|s| s.id.clone())
            .collect();
        self.retrack(turn, &all);
    }

    pub(super) fn retrack_owned(&mut self, turn: &mut Turn<'_>, owner: &ParticipantId) {
        let owned = self.surfaces.of(owner);
        self.retrack(turn, &owned);
    }

    fn retrack(&mut self, turn: &mut Turn<'_>, surfaces: &[SurfaceId]) {
        for id in surfaces {
            let owner = self
                .surfaces
                .get(id)
                .filter(|s| s.kind != SurfaceKind::Page)
                .map(|s| s.owner.clone());
            let Some(owner) = owner else {
                continue;
            };
            let tracker = self.tracker_for(&owner);
            let Some(surface) = self.surfaces.get_mut(id) else {
                continue;
            };
            if surface.tracker == tracker {
                continue;
            }
            surface.tracker = tracker.clone();
            let surface = surface.clone();
            turn.broadcast(ServerMessage::SurfaceUpdated { surface });
            if tracker.is_none() {
                let states = self
                    .annotations
                    .visible_on(id)
                    .filter(|a| a.attach == Attach::World)
                    .map(untracked)
                    .collect();
                self.put_states(turn, states, None);
            }
        }
    }

    /// States of anchors that do not exist, or on surfaces that the sender does not track, are
    /// refused as a whole: a tracker that is confused about one is not believed about others.
    pub(super) fn anchor_states(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        states: Vec<AnchorState>,
    ) -> Result<(), Refusal> {
        self.require(from, Capability::TrackAnchors)?;
        for state in &states {
            let surface = self
                .surfaces
                .get(&state.surface)
                .ok_or(Refusal::NoSurface)?;
            if surface.tracker.as_ref() != Some(from) {
                return Err(Refusal::NotYours);
            }
            self.annotations
                .by_anchor(state.anchor)
                .filter(|a| a.surface == state.surface)
                .ok_or(Refusal::NoAnnotation)?;
        }
        self.put_states(turn, states, Some(from));
        Ok(())
    }

    pub(super) fn put_states(
        &mut self,
        turn: &mut Turn<'_>,
        mut states: Vec<AnchorState>,
        from: Option<&ParticipantId>,
    ) {
        states.retain(|state| self.anchors.takes(state));
        for state in &mut states {
            state.at_ms = turn.now_ms;
        }
        if states.is_empty() {
            return;
        }
        for state in &states {
            self.anchors.put(state.clone());
        }
        let message = ServerMessage::AnchorStates { states };
        turn.out.push(Output::Broadcast {
            except: from.cloned(),
            message,
        });
    }

    pub(super) fn hold_frame(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        surface: SurfaceId,
        frame_time: FrameTime,
        on: bool,
    ) -> Result<(), Refusal> {
        self.require(from, Capability::HoldFrame)?;
        if self.surfaces.get(&surface).is_none() {
            return Err(Refusal::NoSurface);
        }
        let hold = Hold {
            surface,
            frame_time,
            by: from.clone(),
        };
        if self.holds.set(hold.clone(), on)? {
            self.tell_tracker(turn, hold, on);
        }
        Ok(())
    }

    pub(super) fn release_holds(&mut self, turn: &mut Turn<'_>, by: &ParticipantId) {
        for hold in self.holds.release_of(by) {
            self.tell_tracker(turn, hold, false);
        }
    }

    /// A tracker that came back is told again which frames to keep.
    pub(super) fn repeat_holds(&self, turn: &mut Turn<'_>, tracker: &ParticipantId) {
        for surface in self.surfaces.published() {
            if surface.tracker.as_ref() == Some(tracker) {
                for hold in self.holds.on(&surface.id) {
                    self.tell_tracker(turn, hold.clone(), true);
                }
            }
        }
    }

    fn tell_tracker(&self, turn: &mut Turn<'_>, hold: Hold, on: bool) {
        let Some(to) = self
            .surfaces
            .get(&hold.surface)
            .and_then(|s| s.tracker.clone())
        else {
            return;
        };
        let Hold {
            surface,
            frame_time,
            by,
        } = hold;
        turn.send(
            &to,
            ServerMessage::HoldFrame {
                surface,
                frame_time,
                hold: on,
                by,
            },
        );
    }
}
