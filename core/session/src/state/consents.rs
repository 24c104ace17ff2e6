//! What customers allow, and whether what they show is kept.

use super::{SessionState, Turn};
use crate::{Capability, GRANTS_PER_SESSION, Output, Record, Refusal, policy};
use sightline_protocol::{ConsentScope, ParticipantId, Role, ServerMessage, SurfaceKind};

impl SessionState {
    pub(super) fn set_consent(
        &mut self,
        turn: &mut Turn<'_>,
        from: &ParticipantId,
        scope: ConsentScope,
        granted: bool,
        film_days: Option<u16>,
    ) -> Result<(), Refusal> {
        self.require(from, Capability::GiveConsent)?;
        if scope == ConsentScope::Unknown {
            return Err(Refusal::NotSupported("this kind of consent"));
        }
        if granted && self.consent.grants() >= GRANTS_PER_SESSION {
            return Err(Refusal::LimitReached {
                what: "grants of consent",
                limit: GRANTS_PER_SESSION as usize,
            });
        }
        self.apply_consent(turn, from, scope, granted, film_days);
        Ok(())
    }

    pub(super) fn apply_consent(
        &mut self,
        turn: &mut Turn<'_>,
        by: &ParticipantId,
        scope: ConsentScope,
        granted: bool,
        film_days: Option<u16>,
    ) {
        let film_days = film_days.filter(|_| granted);
        let allowed_before = self.consent.allows(by, scope);
        if !self.consent.set(by, scope, granted, film_days, turn.now_ms) {
            return;
        }
        turn.out.push(Output::Record(Record::Consent {
            by: by.clone(),
            scope,
            granted,
            film_days,
            at_ms: turn.now_ms,
        }));
        if granted == allowed_before {
            // The same answer to another question: only what is kept can change.
            self.tell_kept(turn);
            return;
        }
        // The gate closes before anybody is told, so that "off" is never said too early.
        if scope == ConsentScope::Microphone {
            let participant = by.clone();
            turn.out.push(Output::ForwardSound {
                participant,
                open: granted,
            });
        } else if !granted {
            let closed: Vec<_> = self
                .surfaces
                .published()
                .iter()
                .filter(|s| s.owner == *by && policy::scope_of(s.kind) == Some(scope))
                .map(|s| s.id.clone())
                .collect();
            for surface in closed {
                self.remove_surface(turn, &surface);
            }
        }
        let receivers: Vec<_> = self
            .participants
            .iter()
            .filter(|p| p.shown.connected)
            .map(|p| p.shown.id.clone())
            .collect();
        for to in receivers {
            let consent = self.consent_shown_to(&to);
            turn.send(&to, ServerMessage::ConsentChanged { consent });
        }
    }

    /// The company keeps film for so many days from now on, or none.
    pub(super) fn set_film_days(&mut self, turn: &mut Turn<'_>, days: Option<u16>) {
        self.film_days = days;
        self.tell_kept(turn);
    }

    /// Whether the film of somebody's surface is kept: as the company wishes, and never without the
    /// customer having read of so many days, or more, before allowing it.
    pub(super) fn keeps_film(&self, owner: &ParticipantId, kind: SurfaceKind) -> bool {
        let (Some(days), Some(scope)) = (self.film_days, policy::scope_of(kind)) else {
            return false;
        };
        let is_film = matches!(kind, SurfaceKind::Camera | SurfaceKind::Screen);
        let told = self.consent.film_days(owner, scope);
        is_film && self.role(owner) == Ok(Role::Customer) && told.is_some_and(|told| told >= days)
    }

    /// Tells everybody of each surface that is kept from now on, or no longer.
    fn tell_kept(&mut self, turn: &mut Turn<'_>) {
        for mut surface in self.surfaces.published().to_vec() {
            let kept = self.keeps_film(&surface.owner, surface.kind);
            if surface.kept != kept {
                surface.kept = kept;
                self.surfaces.put(surface.clone());
                turn.broadcast(ServerMessage::SurfaceUpdated { surface });
            }
        }
    }
}
