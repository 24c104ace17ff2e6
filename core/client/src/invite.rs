use crate::ClientError;

/// A way into one session: where, and with what secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Invite {
    /// Origin of the server, such as `https://support.example.com`, without a slash at its end.
    pub server: String,
    /// What proves the invitation.
    pub secret: Secret,
}

/// The secret part of an invitation. Never logged: it has no `Debug` that shows it.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// From a link.
    Ticket(String),
    /// Six digits.
    Code(String),
}

impl std::fmt::Debug for Invite {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invite")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Ticket(_) => "Ticket(…)",
            Self::Code(_) => "Code(…)",
        })
    }
}

impl Invite {
    /// Reads a link like `http://HOST/j/#TICKET`, or a code of six digits, in which spaces and
    /// dashes are allowed. A code needs `server`; with a link, `server` replaces the link's host.
    ///
    /// # Errors
    /// [`ClientError::BadInvite`], [`ClientError::BadServer`], [`ClientError::NoServer`].
    pub fn parse(invite: &str, server: Option<&str>) -> Result<Self, ClientError> {
        let invite = invite.trim();
        let server = server.map(origin).transpose()?;
        let digits: String = invite.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let server = server.ok_or(ClientError::NoServer)?;
            return Ok(Self {
                server,
                secret: Secret::Code(digits),
            });
        }
        let bad = || ClientError::BadInvite {
            given: invite.chars().take(60).collect(),
        };
        let (address, ticket) = invite.split_once('#').ok_or_else(bad)?;
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !(8..=200).contains(&ticket.len()) || !ticket.chars().all(allowed) {
            return Err(bad());
        }
        let server = match server {
            Some(server) => server,
            None => origin(address).map_err(|_| bad())?,
        };
        Ok(Self {
            server,
            secret: Secret::Ticket(ticket.to_owned()),
        })
    }

    /// Address of the WebSocket.
    pub fn websocket(&self) -> String {
        // Both schemes of the web have the same ending, so that only their beginning changes.
        format!("ws{}/api/ws", self.server.trim_start_matches("http"))
    }
}

fn origin(address: &str) -> Result<String, ClientError> {
    let bad = || ClientError::BadServer {
        given: address.chars().take(60).collect(),
    };
    let url = reqwest::Url::parse(address.trim()).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || !url.username().is_empty() {
        return Err(bad());
    }
    Ok(url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_codes_are_read() {
        let invite = Invite::parse("http://localhost:8080/j/#abcDEF_-12345", None).unwrap();
        assert_eq!(invite.server, "http://localhost:8080");
        assert_eq!(invite.secret, Secret::Ticket("abcDEF_-12345".into()));
        assert_eq!(invite.websocket(), "ws://localhost:8080/api/ws");

        let invite = Invite::parse(" 123-456 ", Some("https://help.example.com/any")).unwrap();
        assert_eq!(invite.secret, Secret::Code("123456".into()));
        assert_eq!(invite.websocket(), "wss://help.example.com/api/ws");
    }

    #[test]
    fn a_given_server_replaces_the_links_host() {
        let invite = Invite::parse("https://a.example/j/#abcdefgh", Some("http://127.0.0.1:9"));
        assert_eq!(invite.unwrap().server, "http://127.0.0.1:9");
    }

    #[test]
    fn what_is_no_invitation_is_refused_with_what_to_do() {
        for wrong in [
            "",
            "12345",
            "1234567",
            "http://x/j/",
            "ftp://x/#abcdefgh",
            "http://x/#a b",
        ] {
            let error = Invite::parse(wrong, None).unwrap_err();
            assert!(
                matches!(error, ClientError::BadInvite { .. }),
                "{wrong}: {error}"
            );
        }
        assert!(matches!(
            Invite::parse("123456", None),
            Err(ClientError::NoServer)
        ));
        let error = Invite::parse("123456", Some("localhost:8080")).unwrap_err();
        assert!(matches!(error, ClientError::BadServer { .. }), "{error}");
    }

    #[test]
    fn secrets_do_not_show_in_debug_output() {
        let invite = Invite::parse("http://h/j/#secretsecret", None).unwrap();
        assert!(!format!("{invite:?} {:?}", invite.secret).contains("secretsecret"));
    }
}
