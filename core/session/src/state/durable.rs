use super::{SessionConfig, SessionState};
use crate::{
    ConsentEntry, Record, annotations::AnnotationLog, chat::ChatLog, surfaces::SurfaceName,
};
use sightline_protocol::{Participant, SessionPhase, Snapshot};

/// What of a session outlives a restart: all but connections and published surfaces.
#[derive(Debug, Clone, PartialEq)]
pub struct Durable {
    phase: SessionPhase,
    participants: Vec<(Participant, bool)>,
    consent: Vec<ConsentEntry>,
    surface_names: Vec<SurfaceName>,
    annotations: AnnotationLog,
    chat: ChatLog,
    snapshots: Vec<Snapshot>,
}

impl SessionState {
    /// Makes the session again from its records, in the order in which they were emitted.
    pub fn restore(config: SessionConfig, records: impl IntoIterator<Item = Record>) -> Self {
        let mut state = Self::new(config);
        for record in records {
            state.apply(record);
        }
        state
    }

    fn apply(&mut self, record: Record) {
        match record {
            Record::Joined {
                participant,
                role,
                name,
                same_as,
                at_ms,
            } => {
                self.apply_join(participant, role, &name, same_as, at_ms);
            }
            Record::Present {
                participant,
                present,
                ..
            } => {
                if let Ok(place) = self.participants.get_mut(&participant) {
                    place.set_present(present);
                }
            }
            Record::Consent {
                by,
                scope,
                granted,
                film_days,
                at_ms,
            } => {
                self.consent.set(&by, scope, granted, film_days, at_ms);
            }
            Record::SurfaceNamed {
                surface,
                owner,
                kind,
            } => {
                self.surfaces.give_name(surface, owner, kind);
            }
            Record::Annotation { event, step } => self.annotations.apply(event, step),
            Record::Chat { message } => self.chat.apply(message),
            Record::Snapshot { snapshot } => self.snapshots.push(snapshot),
            Record::Ended { .. } => self.phase = SessionPhase::Ended,
            Record::Unknown => {}
        }
    }

    /// What a replay of the records must reproduce.
    pub fn durable(&self) -> Durable {
        let offline = |shown: &Participant| Participant {
            connected: false,
            tracks_anchors: false,
            on_page: false,
            ..shown.clone()
        };
        Durable {
            phase: self.phase,
            participants: self
                .participants
                .iter()
                .map(|place| (offline(&place.shown), place.present))
                .collect(),
            consent: self.consent.entries().collect(),
            surface_names: self.surfaces.names().to_vec(),
            annotations: self.annotations.clone(),
            chat: self.chat.clone(),
            snapshots: self.snapshots.clone(),
        }
    }
}
