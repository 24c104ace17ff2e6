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
    /// Milliseconds since the session began.
    pub at_ms: u32,
}

/// Who allowed what, and since when. Everything starts refused; the last word counts.
///
/// The ledger keeps the last word for each person and scope, so its size is bounded; the whole
/// history is in the session's records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConsentLedger {
    last: BTreeMap<(ParticipantId, usize), (bool, u32)>,
    grants: u32,
}

impl ConsentLedger {
    /// Writes the last word. Returns false when it changes nothing, or the scope is unknown.
    pub fn set(
        &mut self,
        by: &ParticipantId,
        scope: ConsentScope,
        granted: bool,
        at_ms: u32,
    ) -> bool {
        let Some(index) = SCOPES.iter().position(|s| *s == scope) else {
            return false;
        };
        if self.allows(by, scope) == granted {
            return false;
        }
        self.last.insert((by.clone(), index), (granted, at_ms));
        self.grants += u32::from(granted);
        true
    }

    /// How often anything was allowed.
    pub fn grants(&self) -> u32 {
        self.grants
    }

    /// Whether this person allows it now.
    pub fn allows(&self, by: &ParticipantId, scope: ConsentScope) -> bool {
        SCOPES
            .iter()
            .position(|s| *s == scope)
            .and_then(|index| self.last.get(&(by.clone(), index)))
            .is_some_and(|(granted, _)| *granted)
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
                .any(|((_, i), (granted, _))| SCOPES[*i] == scope && *granted)
        })
    }

    /// The last word for each person and scope, in the order of people and scopes.
    pub fn entries(&self) -> impl Iterator<Item = ConsentEntry> {
        self.last
            .iter()
            .map(|((by, index), (granted, at_ms))| ConsentEntry {
                by: by.clone(),
                scope: SCOPES[*index],
                granted: *granted,
                at_ms: *at_ms,
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
        assert!(ledger.set(&ana, ConsentScope::Camera, true, 5));
        assert!(
            !ledger.set(&ana, ConsentScope::Camera, true, 6),
            "no change, no entry"
        );
        assert!(ledger.allows(&ana, ConsentScope::Camera));
        assert!(ledger.set(&ana, ConsentScope::Camera, false, 7));
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
        ledger.set(&ana, ConsentScope::Screen, true, 0);
        assert!(!ledger.allows(&ben, ConsentScope::Screen));
        assert_eq!(ledger.of_anybody().granted, [ConsentScope::Screen]);
    }

    #[test]
    fn a_scope_of_a_newer_protocol_is_never_granted() {
        let ana = ParticipantId::from_random([1; 16]);
        let mut ledger = ConsentLedger::default();
        assert!(!ledger.set(&ana, ConsentScope::Unknown, true, 0));
        assert!(!ledger.allows(&ana, ConsentScope::Unknown));
    }
}
