use sightline_client::{ClientError, device::RequestRefused};
use sightline_frames::{PushError, SoundError, privacy::PrivacyError};

/// What went wrong, one case for each thing that an app can do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum AssistError {
    /// Neither a link nor a code with a server: let the person type it again.
    #[error("this is no invitation: {reason}")]
    BadInvitation {
        /// What is wrong with it.
        reason: String,
    },
    /// Wrong, expired, used or foreign: ask the agent for a new one.
    #[error("this code or link is not valid (any more); ask the agent for a new one")]
    InvalidCode,
    /// Too many tries: wait.
    #[error("too many tries; wait {retry_after_s} seconds")]
    RateLimited {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// No network, or no server there: offer to try again.
    #[error("the server does not answer: {reason}")]
    Unreachable {
        /// What failed.
        reason: String,
    },
    /// The server's certificate is not trusted: do not offer to go on.
    #[error("the certificate of {server} is not trusted")]
    NotTrusted {
        /// Which server.
        server: String,
    },
    /// It answers, but not in this protocol: the app or the server is too old.
    #[error("the server does not speak this protocol: {reason}")]
    NotSightline {
        /// What was wrong.
        reason: String,
    },
    /// The connection was lost for two minutes: offer to join again.
    #[error("the connection was lost: {reason}")]
    ConnectionLost {
        /// What happened.
        reason: String,
    },
    /// The server said no to a request.
    #[error("the server refused: {reason} ({code})")]
    Refused {
        /// The protocol's error code.
        code: String,
        /// The server's words.
        reason: String,
    },
    /// This needs a session that was joined and is not over.
    #[error("not in a session")]
    NotJoined,
    /// One object takes part in one session once: make a new one.
    #[error("this object has joined already; make a new one for another session")]
    AlreadyJoined,
    /// Too much waits already: try again in a moment.
    #[error("too much waits already; try again in a moment")]
    Busy,
    /// What was pushed is no frame: a fault in the app.
    #[error("no frame: {reason}")]
    BadFrame {
        /// What is wrong with it.
        reason: String,
    },
    /// The camera or tracking failed.
    #[error("the picture failed: {reason}")]
    MediaFailed {
        /// What failed.
        reason: String,
    },
    /// A fault of this library: report it, make a new session object.
    #[error("a fault of the library: {reason}")]
    Internal {
        /// What is known about it.
        reason: String,
    },
}

impl From<ClientError> for AssistError {
    fn from(error: ClientError) -> Self {
        let reason = error.to_string();
        match error {
            ClientError::BadInvite { .. }
            | ClientError::NoServer
            | ClientError::BadServer { .. } => Self::BadInvitation { reason },
            ClientError::InvalidCode => Self::InvalidCode,
            ClientError::RateLimited { retry_after_s } => Self::RateLimited {
                retry_after_s: retry_after_s.unwrap_or(60),
            },
            ClientError::Unreachable { .. } => Self::Unreachable { reason },
            ClientError::NotTrusted { server } => Self::NotTrusted { server },
            ClientError::NotSightline { .. } => Self::NotSightline { reason },
            ClientError::ConnectionLost { .. } => Self::ConnectionLost { reason },
            ClientError::Refused { code, message } => Self::Refused {
                code: format!("{code:?}"),
                reason: message,
            },
            ClientError::Media(_) | ClientError::Peer(_) => Self::MediaFailed { reason },
        }
    }
}

impl From<RequestRefused> for AssistError {
    fn from(refused: RequestRefused) -> Self {
        match refused {
            RequestRefused::Refused { code, message } => Self::Refused {
                code: format!("{code:?}"),
                reason: message,
            },
            RequestRefused::NotConnected => Self::ConnectionLost {
                reason: refused.to_string(),
            },
            RequestRefused::NoPicture => Self::Refused {
                code: "NotFound".into(),
                reason: refused.to_string(),
            },
            RequestRefused::TooMany => Self::Busy,
        }
    }
}

impl From<SoundError> for AssistError {
    fn from(error: SoundError) -> Self {
        Self::BadFrame {
            reason: error.to_string(),
        }
    }
}

impl From<PrivacyError> for AssistError {
    fn from(error: PrivacyError) -> Self {
        Self::BadFrame {
            reason: error.to_string(),
        }
    }
}

impl From<PushError> for AssistError {
    fn from(error: PushError) -> Self {
        Self::BadFrame {
            reason: error.to_string(),
        }
    }
}
