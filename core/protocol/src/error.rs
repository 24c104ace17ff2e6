use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What was wrong with a request, over HTTP and in session messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Not JSON, or not a message of this protocol.
    Malformed,
    /// A message type that this server does not know.
    UnknownMessage,
    /// A field breaks a limit of the protocol.
    OutOfRange,
    /// The message is larger than the limit.
    TooLarge,
    /// Too many messages or tries; wait and try again.
    RateLimited,
    /// No valid sign-in or token.
    Unauthenticated,
    /// The role does not allow it.
    Forbidden,
    /// The customer has not allowed it.
    ConsentMissing,
    /// There is no such thing, or not for this participant.
    NotFound,
    /// Wrong, expired, used or foreign invitation: always the same answer.
    InvalidCode,
    /// The session is over.
    SessionEnded,
    /// A count limit of the session is reached.
    LimitReached,
    /// Protocol versions do not fit; update the client.
    VersionMismatch,
    /// The media negotiation failed.
    MediaFailed,
    /// Too many bad messages; the connection closes.
    TooManyErrors,
    /// A fault of the server; it was logged.
    Internal,
    /// A code of a newer protocol.
    #[serde(other)]
    #[schemars(skip)]
    Unknown,
}

/// Why bytes from outside are not a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// Larger than [`crate::limits::MESSAGE_BYTES`].
    #[error("the message has {bytes} bytes, the limit is {limit}")]
    TooLarge {
        /// Size found.
        bytes: usize,
        /// Size allowed.
        limit: usize,
    },
    /// Not JSON, or a field is missing or of the wrong type.
    #[error("not a message of this protocol: {reason}")]
    Malformed {
        /// Where and what, without the offending text.
        reason: String,
    },
    /// The `type` is not known.
    #[error(
        "this message type is not known to protocol version {}",
        crate::PROTOCOL_VERSION
    )]
    UnknownMessage,
    /// A field breaks a limit.
    #[error("{field} must be {expected}")]
    OutOfRange {
        /// Which field.
        field: &'static str,
        /// What it must be.
        expected: String,
    },
}

impl ProtocolError {
    /// The code that goes on the wire.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::Malformed { .. } => ErrorCode::Malformed,
            Self::UnknownMessage => ErrorCode::UnknownMessage,
            Self::OutOfRange { .. } => ErrorCode::OutOfRange,
        }
    }
}
