use crate::{PARTICIPANTS_EVER, Refusal};
use sightline_protocol::{
    Participant, ParticipantId, Role,
    limits::{NAME_CHARS, PARTICIPANTS_PER_SESSION},
};

/// A participant with what the others do not see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// As others see it.
    pub shown: Participant,
    /// True from joining until leaving, or being away for long; a short loss keeps the place.
    pub present: bool,
    /// How often it came back after having left.
    pub returns: u16,
    /// Since when there is no connection, in milliseconds since the session began; none while
    /// there is one.
    pub absent_since_ms: Option<u32>,
    /// True when the surfaces were already taken away for that absence.
    pub media_dropped: bool,
    /// When the last quality report was forwarded.
    pub quality_at_ms: Option<u32>,
}

/// Everybody who is or was here, in order of joining.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Participants {
    places: Vec<Place>,
}

impl Place {
    /// Follows that somebody left for good, or came back after that.
    pub fn set_present(&mut self, present: bool) {
        self.returns = self
            .returns
            .saturating_add((present && !self.present).into());
        self.present = present;
    }
}

impl Participants {
    /// Checks that one more fits.
    ///
    /// # Errors
    /// [`Refusal::LimitReached`].
    pub fn check_room_for_one(&self) -> Result<(), Refusal> {
        let what = "participants";
        if self.places.iter().filter(|p| p.present).count() >= PARTICIPANTS_PER_SESSION {
            return Err(Refusal::LimitReached {
                what,
                limit: PARTICIPANTS_PER_SESSION,
            });
        }
        if self.places.len() >= PARTICIPANTS_EVER {
            return Err(Refusal::LimitReached {
                what,
                limit: PARTICIPANTS_EVER,
            });
        }
        Ok(())
    }

    /// Gives a place. Numbers count from 1; colours go round in order of joining. A second device
    /// of a person has that person's name and colour.
    pub fn add(
        &mut self,
        id: ParticipantId,
        role: Role,
        name: &str,
        same_as: Option<ParticipantId>,
        at_ms: u32,
    ) {
        let index = self.places.len();
        let first = same_as.as_ref().and_then(|first| self.get(first).ok());
        let (name, color) = match first {
            Some(first) => (first.shown.name.clone(), first.shown.color),
            None => (shown_name(role, name), (index % 8) as u8),
        };
        let shown = Participant {
            id,
            number: index as u16 + 1,
            role,
            name,
            color,
            connected: false,
            tracks_anchors: false,
            on_page: false,
            same_as,
        };
        self.places.push(Place {
            shown,
            present: true,
            returns: 0,
            absent_since_ms: Some(at_ms),
            media_dropped: true,
            quality_at_ms: None,
        });
    }

    /// The place of a participant.
    ///
    /// # Errors
    /// [`Refusal::NoParticipant`].
    pub fn get(&self, id: &ParticipantId) -> Result<&Place, Refusal> {
        self.places
            .iter()
            .find(|p| p.shown.id == *id)
            .ok_or(Refusal::NoParticipant)
    }

    /// The same, to change.
    ///
    /// # Errors
    /// [`Refusal::NoParticipant`].
    pub fn get_mut(&mut self, id: &ParticipantId) -> Result<&mut Place, Refusal> {
        self.places
            .iter_mut()
            .find(|p| p.shown.id == *id)
            .ok_or(Refusal::NoParticipant)
    }

    /// All places.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.places.iter()
    }

    /// All places, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Place> {
        self.places.iter_mut()
    }
}

fn shown_name(role: Role, name: &str) -> String {
    // Control characters could break a line in a list or a log; nobody's name needs them.
    let clean: String = name
        .chars()
        .filter(|c| !c.is_control())
        .take(NAME_CHARS as usize)
        .collect();
    if !clean.trim().is_empty() {
        return clean.trim().to_owned();
    }
    match role {
        Role::Customer => "Customer",
        Role::Agent => "Agent",
        Role::Technician => "Technician",
        Role::Supervisor => "Supervisor",
        Role::Recorder => "Recorder",
        Role::Vision => "Vision",
        Role::Unknown => "Guest",
    }
    .to_owned()
}
