use sightline_protocol::{ConsentScope, ConsentState, ParticipantId};
use std::collections::BTreeMap;

const SCOPES: [ConsentScope; 5] = [
    ConsentScope::Camera,
    ConsentScope::Screen,
    ConsentScope::Page,
    ConsentScope::Microphone,
    ConsentScope::Snapshot,
];

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentEntry {
    /// Who.
    pub by: ParticipantId,
    /// What.
    pub scope: ConsentScope,
    /// Allowed or taken back.
    pub granted: bool,
    /// Days for which its film is kept, as they read before allowing it; none when they read of
    /// none.
    pub film_days: Option<u16>,
    /// Milliseconds since the session began.
    pub at_ms: u32,
}

/// The last word for one person and scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word {
    granted: bool,
    film_days: Option<u16>,
    at_ms: u32,
}

/// Who allowed what, and since when. Everything starts refused; the last word counts.
///
/// The ledger keeps the last word for each person and scope, so its size is bounded; the whole
/// history is in the session's records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsentLedger {
    last: BTreeMap<(ParticipantId, usize), Word>,
    grants: u32,
}

impl ConsentLedger {
    /// Writes the last word. Returns false when it changes nothing, or the scope is unknown.
    pub fn set(
        &mut self,
        by: &ParticipantId,
        scope: ConsentScope,
        granted: bool,
        film_days: Option<u16>,
        at_ms: u32,
    ) -> bool {
        let Some(index) = SCOPES.iter().position(|s| *s == scope) else {
            return false;
        };
        let film_days = film_days.filter(|_| granted);
        if self.allows(by, scope) == granted && self.film_days(by, scope) == film_days {
            return false;
        }
        let word = Word {
            granted,
            film_days,
            at_ms,
        };
        self.last.insert((by.clone(), index), word);
        self.grants += u32::from(granted);
        true
    }

    /// How often anything was allowed.
    pub fn grants(&self) -> u32 {
        self.grants
    }

    /// Whether this person allows it now.
    pub fn allows(&self, by: &ParticipantId, scope: ConsentScope) -> bool {
        self.word(by, scope).is_some_and(|word| word.granted)
    }

    /// Days for which its film is kept, as this person read before allowing it now.
    pub fn film_days(&self, by: &ParticipantId, scope: ConsentScope) -> Option<u16> {
        self.word(by, scope)?.film_days
    }

    fn word(&self, by: &ParticipantId, scope: ConsentScope) -> Option<&Word> {
        let index = SCOPES.iter().position(|s| *s == scope)?;
        self.last.get(&(by.clone(), index))
    }

    /// What this person allows.
    pub fn of(&self, by: &ParticipantId) -> ConsentState {
        self.collect(|scope| self.allows(by, scope))
    }

    /// What anybody allows: what people who share nothing themselves are shown.
    pub fn of_anybody(&self) -> ConsentState {
        self.collect(|scope| {
            self.last
                .iter()
                .any(|((_, i), word)| SCOPES[*i] == scope && word.granted)
        })
    }

    /// The last word for each person and scope, in the order of people and scopes.
    pub fn entries(&self) -> impl Iterator<Item = ConsentEntry> {
        self.last.iter().map(|((by, index), word)| ConsentEntry {
            by: by.clone(),
            scope: SCOPES[*index],
            granted: word.granted,
            film_days: word.film_days,
            at_ms: word.at_ms,
        })
    }

    fn collect(&self, allowed: impl Fn(ConsentScope) -> bool) -> ConsentState {
        ConsentState {
            granted: SCOPES.into_iter().filter(|s| allowed(*s)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_starts_refused_and_the_last_word_counts() {
        let ana = ParticipantId::from_random([1; 16]);
        let mut ledger = ConsentLedger::default();
        assert_eq!(ledger.of(&ana), ConsentState::default());
        assert!(ledger.set(&ana, ConsentScope::Camera, true, None, 5));
        assert!(
            !ledger.set(&ana, ConsentScope::Camera, true, None, 6),
            "no change, no entry"
        );
        assert!(ledger.allows(&ana, ConsentScope::Camera));
        assert!(ledger.set(&ana, ConsentScope::Camera, false, None, 7));
        assert!(!ledger.allows(&ana, ConsentScope::Camera));
        assert_eq!(ledger.entries().next().unwrap().at_ms, 7);
    }

    #[test]
    fn one_persons_consent_opens_nothing_of_another() {
        let (ana, ben) = (
            ParticipantId::from_random([1; 16]),
            ParticipantId::from_random([2; 16]),
        );
        let mut ledger = ConsentLedger::default();
        ledger.set(&ana, ConsentScope::Screen, true, None, 0);
        assert!(!ledger.allows(&ben, ConsentScope::Screen));
        assert_eq!(ledger.of_anybody().granted, [ConsentScope::Screen]);
    }

    #[test]
    fn days_of_film_hold_only_while_allowed_and_as_last_told() {
        let ana = ParticipantId::from_random([1; 16]);
        let mut ledger = ConsentLedger::default();
        let camera = ConsentScope::Camera;
        assert!(ledger.set(&ana, camera, true, Some(7), 1));
        assert_eq!(ledger.film_days(&ana, camera), Some(7));
        assert!(!ledger.set(&ana, camera, true, Some(7), 2));
        assert!(ledger.set(&ana, camera, true, None, 3));
        assert_eq!(ledger.film_days(&ana, camera), None);
        assert!(ledger.set(&ana, camera, false, Some(7), 4));
        assert_eq!(ledger.film_days(&ana, camera), None);
        assert_eq!(ledger.film_days(&ana, ConsentScope::Screen), None);
    }

    #[test]
    fn a_scope_of_a_newer_protocol_is_never_granted() {
        let ana = ParticipantId::from_random([1; 16]);
        let mut ledger = ConsentLedger::default();
        assert!(!ledger.set(&ana, ConsentScope::Unknown, true, None, 0));
        assert!(!ledger.allows(&ana, ConsentScope::Unknown));
    }
}
