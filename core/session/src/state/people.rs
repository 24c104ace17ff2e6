use super::{SessionState, Turn};
use crate::{
    Output, PLACE_KEPT_MS, QUALITY_EVERY_MS, RETURNS_PER_PARTICIPANT, Record, Refusal,
    SURFACE_GRACE_MS,
};
use sightline_protocol::{ParticipantId, Quality, Role, ServerMessage, SessionPhase};

impl SessionState {
    pub(super) fn join(
        &mut self,
        turn: &mut Turn<'_>,
        participant: ParticipantId,
        role: Role,
        name: &str,
        same_as: Option<ParticipantId>,
    ) -> Result<(), Refusal> {
        if role == Role::Unknown {
            return Err(Refusal::NotSupported("this role"));
        }
        if let Some(first) = &same_as
            && self.participants.get(first)?.shown.role != role
        {
            return Err(Refusal::NotSupported("a second device in another role"));
        }
        self.participants.check_room_for_one()?;
        self.apply_join(
            participant.clone(),
            role,
            name,
            same_as.clone(),
            turn.now_ms,
        );
        let shown = self.participants.get(&participant)?.shown.clone();
        turn.out.push(Output::Record(Record::Joined {
            participant: participant.clone(),
            role,
            name: shown.name.clone(),
            same_as,
            at_ms: turn.now_ms,
        }));
        turn.broadcast(ServerMessage::ParticipantUpdated { participant: shown });
        Ok(())
    }

    pub(super) fn apply_join(
        &mut self,
        participant: ParticipantId,
        role: Role,
        name: &str,
        same_as: Option<ParticipantId>,
        at_ms: u32,
    ) {
        self.participants
            .add(participant, role, name, same_as, at_ms);
        if role == Role::Customer && self.phase == SessionPhase::Waiting {
            self.phase = SessionPhase::Active;
        }
    }

    pub(super) fn connect(
        &mut self,
        turn: &mut Turn<'_>,
        participant: &ParticipantId,
        tracks_anchors: bool,
        on_page: bool,
    ) -> Result<(), Refusal> {
        let place = self.participants.get(participant)?;
        if !place.present {
            if place.returns >= RETURNS_PER_PARTICIPANT {
                return Err(Refusal::LimitReached {
                    what: "returns of one participant",
                    limit: RETURNS_PER_PARTICIPANT.into(),
                });
            }
            self.participants.check_room_for_one()?;
            turn.out.push(Output::Record(Record::Present {
                participant: participant.clone(),
                present: true,
                at_ms: turn.now_ms,
            }));
        }
        let place = self.participants.get_mut(participant)?;
        place.set_present(true);
        place.absent_since_ms = None;
        place.media_dropped = false;
        place.shown.connected = true;
        place.shown.tracks_anchors = tracks_anchors;
        place.shown.on_page = on_page;
        let shown = place.shown.clone();
        let role = shown.role;
        turn.broadcast_except(
            participant,
            ServerMessage::ParticipantUpdated { participant: shown },
        );
        if role == Role::Vision {
            self.retrack_all(turn);
        } else {
            self.retrack_owned(turn, participant);
        }
        let welcome = self.welcome(participant, turn.now_ms)?;
        turn.send(participant, ServerMessage::Welcome(Box::new(welcome)));
        self.repeat_holds(turn, participant);
        Ok(())
    }

    pub(super) fn disconnect(
        &mut self,
        turn: &mut Turn<'_>,
        participant: &ParticipantId,
    ) -> Result<(), Refusal> {
        let now_ms = turn.now_ms;
        let place = self.participants.get_mut(participant)?;
        if !place.shown.connected {
            return Ok(());
        }
        place.shown.connected = false;
        place.absent_since_ms = Some(now_ms);
        let shown = place.shown.clone();
        self.release_holds(turn, participant);
        turn.broadcast(ServerMessage::ParticipantUpdated { participant: shown });
        if self.role(participant)? == Role::Vision {
            self.retrack_all(turn);
        }
        Ok(())
    }

    /// Leaving for good ends what the participant shared, and what it allowed.
    pub(super) fn leave(
        &mut self,
        turn: &mut Turn<'_>,
        participant: &ParticipantId,
    ) -> Result<(), Refusal> {
        for scope in self.consent.of(participant).granted {
            self.apply_consent(turn, participant, scope, false, None);
        }
        self.drop_media(turn, participant);
        self.release_holds(turn, participant);
        let now_ms = turn.now_ms;
        let place = self.participants.get_mut(participant)?;
        let was_present = place.present;
        place.set_present(false);
        place.shown.connected = false;
        place.absent_since_ms = Some(now_ms);
        place.media_dropped = true;
        let shown = place.shown.clone();
        if was_present {
            turn.out.push(Output::Record(Record::Present {
                participant: participant.clone(),
                present: false,
                at_ms: now_ms,
            }));
        }
        turn.broadcast_except(
            participant,
            ServerMessage::ParticipantUpdated { participant: shown },
        );
        turn.out.push(Output::Close {
            participant: participant.clone(),
        });
        Ok(())
    }

    pub(super) fn report_quality(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        quality: Quality,
    ) -> Result<(), Refusal> {
        let now_ms = turn.now_ms;
        let place = self.participants.get_mut(from)?;
        let early = place
            .quality_at_ms
            .is_some_and(|last| now_ms.saturating_sub(last) < QUALITY_EVERY_MS);
        if early {
            return Ok(());
        }
        place.quality_at_ms = Some(now_ms);
        let level = quality.level();
        turn.broadcast(ServerMessage::QualityChanged {
            participant: from.clone(),
            quality,
            level,
        });
        Ok(())
    }

    /// A short loss of the connection keeps the surfaces, a longer one takes them away, a long one
    /// gives the place to somebody else; coming back is possible after each.
    pub(super) fn tick(&mut self, turn: &mut Turn<'_>) {
        let now_ms = turn.now_ms;
        let (mut dropped, mut left) = (Vec::new(), Vec::new());
        for place in self.participants.iter_mut() {
            let Some(since_ms) = place.absent_since_ms else {
                continue;
            };
            let away_ms = now_ms.saturating_sub(since_ms);
            if away_ms >= SURFACE_GRACE_MS && !place.media_dropped {
                place.media_dropped = true;
                dropped.push(place.shown.id.clone());
            }
            if away_ms >= PLACE_KEPT_MS && place.present {
                place.set_present(false);
                left.push(place.shown.id.clone());
            }
        }
        for participant in dropped {
            self.drop_media(turn, &participant);
        }
        for participant in left {
            let record = Record::Present {
                participant,
                present: false,
                at_ms: now_ms,
            };
            turn.out.push(Output::Record(record));
        }
    }
}
