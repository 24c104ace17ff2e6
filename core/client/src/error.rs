use sightline_frames::MediaError;
use sightline_protocol::ErrorCode;

/// Why a device could not join or stay in a session. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Neither a link nor a code.
    #[error(
        "{given:?} is neither an invitation link nor a 6-digit code; copy the whole link, or type \
         the six digits"
    )]
    BadInvite {
        /// As given, cut to 60 characters.
        given: String,
    },
    /// A code says nothing about where the server is.
    #[error("a code needs the server's address: add --server http://HOST:PORT")]
    NoServer,
    /// Not an address of a server.
    #[error("{given:?} is no server address; give one like https://support.example.com")]
    BadServer {
        /// As given.
        given: String,
    },
    /// The server does not answer.
    #[error("{server} does not answer ({reason}); check the address and that the server runs")]
    Unreachable {
        /// The server's address.
        server: String,
        /// What failed.
        reason: String,
    },
    /// The server's certificate is not trusted.
    #[error(
        "the certificate of {server} is not trusted; for a test server with a self-signed \
         certificate add --insecure"
    )]
    NotTrusted {
        /// The server's address.
        server: String,
    },
    /// Wrong, expired, used or foreign invitation.
    #[error("this code or link is not valid (any more); ask the agent for a new one")]
    InvalidCode,
    /// Too many tries.
    #[error("too many tries; wait {} seconds and try again", .retry_after_s.unwrap_or(60))]
    RateLimited {
        /// Seconds to wait, when the server said so.
        retry_after_s: Option<u32>,
    },
    /// The server refused a request.
    #[error("the server refused: {message} ({code:?})")]
    Refused {
        /// What was wrong.
        code: ErrorCode,
        /// The server's words.
        message: String,
    },
    /// The server answered with something that is not this protocol.
    #[error("{server} does not speak this protocol ({reason}); is it a Sightline server?")]
    NotSightline {
        /// The server's address.
        server: String,
        /// What was wrong with the answer.
        reason: String,
    },
    /// The connection was lost and did not come back.
    #[error("the connection to {server} was lost and did not come back within {seconds} seconds")]
    ConnectionLost {
        /// The server's address.
        server: String,
        /// How long it was tried.
        seconds: u64,
    },
    /// The camera, the encoder or the view file failed.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The WebRTC connection could not be made.
    #[error(transparent)]
    Peer(#[from] crate::peer::PeerError),
}
