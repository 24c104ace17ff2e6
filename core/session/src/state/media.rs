use super::{SessionState, Turn};
use crate::{AcceptedTrack, Capability, Output, Record, Refusal, policy};
use sightline_protocol::{
    ConsentScope, ParticipantId, PublishedTrack, Role, ServerMessage, Surface, SurfaceId,
    SurfaceKind, TrackKind, limits::SURFACES_PER_SESSION,
};

impl SessionState {
    pub(super) fn offer(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        number: u32,
        sdp: String,
        tracks: Vec<PublishedTrack>,
    ) -> Result<(), Refusal> {
        let mut kinds = Vec::new();
        for track in &tracks {
            let kind = self.may_publish(from, track)?;
            if kind.is_some() && kinds.contains(&kind) {
                return Err(Refusal::NotSupported("a second surface of the same kind"));
            }
            kinds.push(kind);
        }
        let others = self
            .surfaces
            .published()
            .iter()
            .filter(|s| s.owner != *from)
            .count();
        let own = kinds.iter().flatten().count();
        if others + own > SURFACES_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "surfaces",
                limit: SURFACES_PER_SESSION,
            });
        }
        let accepted = tracks
            .into_iter()
            .zip(kinds)
            .map(|(track, kind)| AcceptedTrack {
                mid: track.mid,
                kind: track.kind,
                surface: kind.map(|kind| {
                    let (id, number) = self.name_surface(turn, from, kind);
                    (id, number, kind)
                }),
            })
            .collect();
        turn.out.push(Output::Negotiate {
            participant: from.clone(),
            number,
            sdp,
            tracks: accepted,
        });
        Ok(())
    }

    /// The kind of surface of a track that this participant may publish now; none for sound.
    fn may_publish(
        &self,
        who: &ParticipantId,
        track: &PublishedTrack,
    ) -> Result<Option<SurfaceKind>, Refusal> {
        match track.kind {
            TrackKind::Audio => {
                self.require(who, Capability::PublishSound)?;
                self.consented(who, ConsentScope::Microphone)?;
                Ok(None)
            }
            TrackKind::Video => {
                self.require(who, Capability::PublishPicture)?;
                let kind = track
                    .surface
                    .ok_or(Refusal::NotSupported("a picture of no kind"))?;
                if kind == SurfaceKind::Page {
                    return Err(Refusal::NotSupported("a page as a track"));
                }
                let scope =
                    policy::scope_of(kind).ok_or(Refusal::NotSupported("this kind of surface"))?;
                self.consented(who, scope)?;
                Ok(Some(kind))
            }
        }
    }

    /// Passes when the participant needs no consent of its own, or gave it.
    fn consented(&self, who: &ParticipantId, scope: ConsentScope) -> Result<(), Refusal> {
        if self.role(who)? != Role::Customer || self.consent.allows(who, scope) {
            Ok(())
        } else {
            Err(Refusal::ConsentMissing(scope))
        }
    }

    fn name_surface(
        &mut self,
        turn: &mut Turn<'_>,
        owner: &ParticipantId,
        kind: SurfaceKind,
    ) -> (SurfaceId, u16) {
        if let Some(name) = self.surfaces.name_of(owner, kind) {
            return (name.id.clone(), name.number);
        }
        let id = SurfaceId::from_random(turn.random.bytes16());
        let number = self.surfaces.give_name(id.clone(), owner.clone(), kind);
        turn.out.push(Output::Record(Record::SurfaceNamed {
            surface: id.clone(),
            owner: owner.clone(),
            kind,
        }));
        (id, number)
    }

    /// What the media server accepted becomes visible, as far as it is still allowed; surfaces that
    /// the participant no longer sends disappear.
    pub(super) fn negotiated(
        &mut self,
        turn: &mut Turn<'_>,
        participant: &ParticipantId,
        tracks: Vec<AcceptedTrack>,
    ) -> Result<(), Refusal> {
        let kept: Vec<_> = tracks
            .iter()
            .filter_map(|t| Some(t.surface.clone()?.0))
            .collect();
        for surface in self.surfaces.of(participant) {
            // A page does not travel as a track, so that no negotiation speaks of it.
            let is_page = self
                .surfaces
                .get(&surface)
                .is_some_and(|s| s.kind == SurfaceKind::Page);
            if !is_page && !kept.contains(&surface) {
                self.remove_surface(turn, &surface);
            }
        }
        for track in tracks {
            let asked = PublishedTrack {
                mid: track.mid,
                kind: track.kind,
                surface: track.surface.as_ref().map(|(_, _, kind)| *kind),
            };
            let open = self.may_publish(participant, &asked).is_ok();
            match track.surface {
                Some((id, number, kind)) if open => {
                    self.publish(turn, participant, id, number, kind);
                }
                Some((surface, _, _)) => {
                    turn.out.push(Output::ForwardSurface {
                        surface,
                        open: false,
                    });
                }
                None => turn.out.push(Output::ForwardSound {
                    participant: participant.clone(),
                    open,
                }),
            }
        }
        Ok(())
    }

    fn publish(
        &mut self,
        turn: &mut Turn<'_>,
        owner: &ParticipantId,
        id: SurfaceId,
        number: u16,
        kind: SurfaceKind,
    ) {
        let before = self.surfaces.get(&id);
        let paused = before.is_some_and(|s| s.paused);
        let hidden_parts = before.map_or(0, |s| s.hidden_parts);
        let tracker = match kind {
            // What is drawn on a page is fixed to its nodes; there are no frames to track.
            SurfaceKind::Page => None,
            _ => self.tracker_for(owner),
        };
        let surface = Surface {
            id: id.clone(),
            number,
            kind,
            owner: owner.clone(),
            paused,
            tracker,
            hidden_parts,
            kept: self.keeps_film(owner, kind),
        };
        let new = self.surfaces.get(&id) != Some(&surface);
        self.surfaces.put(surface.clone());
        turn.out.push(Output::ForwardSurface {
            surface: id,
            open: !paused,
        });
        if new {
            turn.broadcast(ServerMessage::SurfaceUpdated { surface });
        }
    }

    /// Publishes the page that the customer's co-browse script shows. The relay carries it.
    pub(super) fn share_page(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
    ) -> Result<(), Refusal> {
        self.require(from, Capability::PublishPicture)?;
        self.consented(from, ConsentScope::Page)?;
        let shared = |s: &Surface| s.owner == *from && s.kind == SurfaceKind::Page;
        let published = self.surfaces.published();
        if !published.iter().any(shared) && published.len() >= SURFACES_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "surfaces",
                limit: SURFACES_PER_SESSION,
            });
        }
        let (id, number) = self.name_surface(turn, from, SurfaceKind::Page);
        self.publish(turn, from, id, number, SurfaceKind::Page);
        Ok(())
    }

    pub(super) fn remove_surface(&mut self, turn: &mut Turn<'_>, id: &SurfaceId) {
        if self.surfaces.remove(id) {
            self.holds.forget_surface(id);
            turn.out.push(Output::ForwardSurface {
                surface: id.clone(),
                open: false,
            });
            turn.broadcast(ServerMessage::SurfaceRemoved {
                surface: id.clone(),
            });
        }
    }

    pub(super) fn drop_media(&mut self, turn: &mut Turn<'_>, participant: &ParticipantId) {
        for surface in self.surfaces.of(participant) {
            self.remove_surface(turn, &surface);
        }
        turn.out.push(Output::DropMedia {
            participant: participant.clone(),
        });
    }

    pub(super) fn request_surface(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        kind: SurfaceKind,
    ) -> Result<(), Refusal> {
        self.require(from, Capability::RequestSurface)?;
        if kind == SurfaceKind::Unknown {
            return Err(Refusal::NotSupported("this kind of surface"));
        }
        let customers: Vec<_> = self
            .participants
            .iter()
            .filter(|p| p.shown.role == Role::Customer && p.shown.connected)
            .map(|p| p.shown.id.clone())
            .collect();
        for to in customers {
            turn.send(
                &to,
                ServerMessage::SurfaceRequested {
                    kind,
                    by: from.clone(),
                },
            );
        }
        Ok(())
    }

    pub(super) fn set_paused(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        id: &SurfaceId,
        paused: bool,
    ) -> Result<(), Refusal> {
        let surface = self.owned(from, id)?;
        if surface.paused != paused {
            surface.paused = paused;
            let surface = surface.clone();
            turn.out.push(Output::ForwardSurface {
                surface: id.clone(),
                open: !paused,
            });
            turn.broadcast(ServerMessage::SurfaceUpdated { surface });
        }
        Ok(())
    }

    /// The owner's device hides parts before encoding; everybody is told how many.
    pub(super) fn set_hidden(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        id: &SurfaceId,
        parts: u8,
    ) -> Result<(), Refusal> {
        let surface = self.owned(from, id)?;
        if surface.hidden_parts != parts {
            surface.hidden_parts = parts;
            let surface = surface.clone();
            turn.broadcast(ServerMessage::SurfaceUpdated { surface });
        }
        Ok(())
    }

    pub(super) fn stop_surface(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        id: &SurfaceId,
    ) -> Result<(), Refusal> {
        self.owned(from, id)?;
        self.remove_surface(turn, id);
        Ok(())
    }

    fn owned(&mut self, from: &ParticipantId, id: &SurfaceId) -> Result<&mut Surface, Refusal> {
        let surface = self.surfaces.get_mut(id).ok_or(Refusal::NoSurface)?;
        if surface.owner == *from {
            Ok(surface)
        } else {
            Err(Refusal::NotYours)
        }
    }
}
