//! Getting a place in a session over the HTTP API.

use crate::{ClientError, Invite, Secret, tls};
use serde::{Serialize, de::DeserializeOwned};
use sightline_protocol::{
    ErrorCode,
    http::{AcceptRequest, ErrorBody, InvitePreview, Joined, PreviewRequest},
};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Largest answer that is read, in bytes.
const ANSWER_BYTES: usize = 256 * 1024;

/// Asks a server for a place.
pub struct Api {
    client: reqwest::Client,
    server: String,
}

impl Api {
    /// Talks to `server`; `insecure` takes any certificate.
    ///
    /// # Errors
    /// [`ClientError::BadServer`] when no client can be made.
    pub fn new(server: &str, insecure: bool) -> Result<Self, ClientError> {
        tls::install_crypto();
        let client = reqwest::Client::builder()
            .timeout(TIMEOUT)
            .danger_accept_invalid_certs(insecure)
            .build()
            .map_err(|_| ClientError::BadServer {
                given: server.to_owned(),
            })?;
        Ok(Self {
            client,
            server: server.to_owned(),
        })
    }

    /// Who asks, and for what. Consumes a code.
    ///
    /// # Errors
    /// [`ClientError`]: invalid code, rate limit, unreachable server.
    pub async fn preview(&self, invite: &Invite) -> Result<InvitePreview, ClientError> {
        let (ticket, code) = match &invite.secret {
            Secret::Ticket(ticket) => (Some(ticket.clone()), None),
            Secret::Code(code) => (None, Some(code.clone())),
        };
        self.post("/api/join/preview", &PreviewRequest { ticket, code })
            .await
    }

    /// Takes the place. Consumes the ticket.
    ///
    /// # Errors
    /// [`ClientError`]: invalid ticket, rate limit, unreachable server.
    pub async fn accept(&self, ticket: String, name: &str) -> Result<Joined, ClientError> {
        self.post(
            "/api/join/accept",
            &AcceptRequest {
                ticket,
                name: name.to_owned(),
            },
        )
        .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        let request = self
            .client
            .post(format!("{}{path}", self.server))
            .json(body);
        let mut answer = request
            .send()
            .await
            .map_err(|error| self.unreachable(&error))?;
        let status = answer.status();
        let mut bytes = Vec::new();
        while let Some(chunk) = answer
            .chunk()
            .await
            .map_err(|error| self.unreachable(&error))?
        {
            if bytes.len() + chunk.len() > ANSWER_BYTES {
                return Err(self.foreign("the answer is too large"));
            }
            bytes.extend_from_slice(&chunk);
        }
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|_| self.foreign("unexpected answer"));
        }
        let Ok(refused) = serde_json::from_slice::<ErrorBody>(&bytes) else {
            return Err(self.foreign(&format!("status {status} for {path}")));
        };
        Err(match refused.code {
            ErrorCode::InvalidCode => ClientError::InvalidCode,
            ErrorCode::RateLimited => ClientError::RateLimited {
                retry_after_s: refused.retry_after_s,
            },
            code => ClientError::Refused {
                code,
                message: refused.message,
            },
        })
    }

    fn foreign(&self, reason: &str) -> ClientError {
        ClientError::NotSightline {
            server: self.server.clone(),
            reason: reason.to_owned(),
        }
    }

    fn unreachable(&self, error: &reqwest::Error) -> ClientError {
        let server = self.server.clone();
        let innermost = innermost(error);
        if innermost.contains("certificate") {
            return ClientError::NotTrusted { server };
        }
        ClientError::Unreachable {
            server,
            reason: innermost,
        }
    }
}

/// The first cause, which is what a person can act upon.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}
