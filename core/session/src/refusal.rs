use crate::Capability;
use sightline_protocol::{ConsentScope, ErrorCode, Role};

/// Why the session does not do what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The role has no such capability.
    #[error("a {role:?} may not {capability:?} in this session")]
    Forbidden {
        /// Whose role.
        role: Role,
        /// What it lacks.
        capability: Capability,
    },
    /// The owner of the surface did not allow it.
    #[error("the customer has not allowed {0:?}: send set_consent first")]
    ConsentMissing(ConsentScope),
    /// Not this participant's to change.
    #[error("only the owner may do this")]
    NotYours,
    /// The participant has no place in this session.
    #[error("this participant has no place in the session: join it first")]
    NoParticipant,
    /// No such surface is published.
    #[error("no such surface is published now")]
    NoSurface,
    /// No such drawing.
    #[error("there is no such drawing, or it is already hidden")]
    NoAnnotation,
    /// Nothing to take back.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// Nothing to bring back.
    #[error("there is nothing to redo")]
    NothingToRedo,
    /// A count limit.
    #[error("the session holds at most {limit} {what}")]
    LimitReached {
        /// Of what.
        what: &'static str,
        /// How many.
        limit: usize,
    },
    /// A value that this server cannot use, usually of a newer protocol.
    #[error("{0} is not supported by this server")]
    NotSupported(&'static str),
    /// The connection is already open.
    #[error("hello was already answered: send it once, first")]
    AlreadyOpen,
    /// The session is over.
    #[error("the session is over")]
    Ended,
}

impl Refusal {
    /// The code that goes on the wire.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::Forbidden { .. } | Self::NotYours => ErrorCode::Forbidden,
            Self::ConsentMissing(_) => ErrorCode::ConsentMissing,
            Self::NoParticipant => ErrorCode::Unauthenticated,
            Self::NoSurface | Self::NoAnnotation | Self::NothingToUndo | Self::NothingToRedo => {
                ErrorCode::NotFound
            }
            Self::LimitReached { .. } => ErrorCode::LimitReached,
            Self::NotSupported(_) => ErrorCode::OutOfRange,
            Self::AlreadyOpen => ErrorCode::Malformed,
            Self::Ended => ErrorCode::SessionEnded,
        }
    }
}
