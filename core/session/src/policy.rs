//! Who may do what: the whole table, on one screen.

use crate::Refusal;
use sightline_protocol::{ConsentScope, Role, SurfaceKind};

/// Something a participant may be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Capability {
    /// Allow and take back: camera, screen, microphone, pictures.
    GiveConsent,
    /// Publish a camera or a screen. A customer's consent is checked as well.
    PublishPicture,
    /// Publish sound. A customer's consent is checked as well.
    PublishSound,
    /// Ask the customer for a surface.
    RequestSurface,
    /// Add drawings, take back and bring back own steps, delete own drawings.
    Draw,
    /// Delete the drawings of others.
    RemoveAny,
    /// Hide every drawing on a surface.
    ClearSurface,
    /// Have frames kept in memory to draw on them.
    HoldFrame,
    /// Show a live pointer.
    Point,
    /// Say where anchors are, on a surface whose tracker this participant is.
    TrackAnchors,
    /// Write in the chat.
    Chat,
    /// Keep a still picture. The owner's consent is checked as well.
    TakeSnapshot,
    /// Look at kept pictures.
    SeeSnapshots,
    /// Look at a shared page.
    SeePage,
    /// Ask for control of a shared page, and act in it as far as the customer grants.
    ControlPage,
    /// End the session for everybody.
    EndSession,
}

use Capability as C;
const Y: bool = true;
const N: bool = false;

/// Rows are capabilities; columns are customer, agent, technician, supervisor, recorder, vision.
#[rustfmt::skip]
const TABLE: [(Capability, [bool; 6]); 16] = [
    //                    cust agent tech super rec vision
    (C::GiveConsent,      [Y,  N,    N,   N,    N,  N]),
    (C::PublishPicture,   [Y,  N,    N,   N,    N,  N]),
    (C::PublishSound,     [Y,  Y,    Y,   N,    N,  N]),
    (C::RequestSurface,   [N,  Y,    Y,   N,    N,  N]),
    (C::Draw,             [N,  Y,    Y,   N,    N,  N]),
    (C::RemoveAny,        [N,  Y,    N,   N,    N,  N]),
    (C::ClearSurface,     [N,  Y,    Y,   N,    N,  N]),
    (C::HoldFrame,        [N,  Y,    Y,   N,    N,  N]),
    (C::Point,            [Y,  Y,    Y,   N,    N,  N]),
    (C::TrackAnchors,     [Y,  N,    N,   N,    N,  Y]),
    (C::Chat,             [Y,  Y,    Y,   N,    N,  N]),
    (C::TakeSnapshot,     [N,  Y,    Y,   N,    N,  N]),
    (C::SeeSnapshots,     [Y,  Y,    Y,   Y,    Y,  N]),
    (C::SeePage,          [N,  Y,    Y,   Y,    N,  N]),
    (C::ControlPage,      [N,  Y,    Y,   N,    N,  N]),
    (C::EndSession,       [Y,  Y,    N,   N,    N,  N]),
];

/// Every capability, in the order of the table.
pub fn all() -> impl Iterator<Item = Capability> {
    TABLE.iter().map(|(capability, _)| *capability)
}

/// Whether the role has the capability. A role of a newer protocol has none.
pub fn allows(role: Role, capability: Capability) -> bool {
    let column = match role {
        Role::Customer => 0,
        Role::Agent => 1,
        Role::Technician => 2,
        Role::Supervisor => 3,
        Role::Recorder => 4,
        Role::Vision => 5,
        Role::Unknown => return false,
    };
    TABLE
        .iter()
        .any(|(row, cells)| *row == capability && cells[column])
}

/// Passes when the role has the capability.
///
/// # Errors
/// [`Refusal::Forbidden`] with both.
pub fn require(role: Role, capability: Capability) -> Result<(), Refusal> {
    if allows(role, capability) {
        Ok(())
    } else {
        Err(Refusal::Forbidden { role, capability })
    }
}

/// The consent that a surface of this kind needs; none for kinds that this server cannot carry.
pub fn scope_of(kind: SurfaceKind) -> Option<ConsentScope> {
    match kind {
        SurfaceKind::Camera => Some(ConsentScope::Camera),
        SurfaceKind::Screen => Some(ConsentScope::Screen),
        SurfaceKind::Page => Some(ConsentScope::Page),
        SurfaceKind::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 7] = [
        Role::Customer,
        Role::Agent,
        Role::Technician,
        Role::Supervisor,
        Role::Recorder,
        Role::Vision,
        Role::Unknown,
    ];

    /// Every allowed pair once more, written the other way round, so that a slip in the table's
    /// columns cannot pass.
    fn expected(role: Role) -> Vec<Capability> {
        match role {
            Role::Customer => vec![
                C::GiveConsent,
                C::PublishPicture,
                C::PublishSound,
                C::Point,
                C::TrackAnchors,
                C::Chat,
                C::SeeSnapshots,
                C::EndSession,
            ],
            Role::Agent => vec![
                C::PublishSound,
                C::RequestSurface,
                C::Draw,
                C::RemoveAny,
                C::ClearSurface,
                C::HoldFrame,
                C::Point,
                C::Chat,
                C::TakeSnapshot,
                C::SeeSnapshots,
                C::SeePage,
                C::ControlPage,
                C::EndSession,
            ],
            Role::Technician => vec![
                C::PublishSound,
                C::RequestSurface,
                C::Draw,
                C::ClearSurface,
                C::HoldFrame,
                C::Point,
                C::Chat,
                C::TakeSnapshot,
                C::SeeSnapshots,
                C::SeePage,
                C::ControlPage,
            ],
            Role::Supervisor => vec![C::SeeSnapshots, C::SeePage],
            Role::Recorder => vec![C::SeeSnapshots],
            Role::Vision => vec![C::TrackAnchors],
            Role::Unknown => vec![],
        }
    }

    #[test]
    fn every_role_has_exactly_its_capabilities() {
        for role in ROLES {
            let found: Vec<_> = all().filter(|c| allows(role, *c)).collect();
            assert_eq!(found, expected(role), "{role:?}");
            for capability in all() {
                assert_eq!(
                    require(role, capability).is_ok(),
                    expected(role).contains(&capability),
                    "{role:?} {capability:?}"
                );
            }
        }
    }

    #[test]
    fn the_table_names_every_capability_once() {
        let seen: std::collections::HashSet<_> = all().collect();
        assert_eq!(seen.len(), TABLE.len());
    }

    #[test]
    fn an_unknown_surface_has_no_scope_and_so_cannot_be_allowed() {
        assert_eq!(scope_of(SurfaceKind::Unknown), None);
        assert_eq!(scope_of(SurfaceKind::Camera), Some(ConsentScope::Camera));
        assert_eq!(scope_of(SurfaceKind::Screen), Some(ConsentScope::Screen));
    }
}
