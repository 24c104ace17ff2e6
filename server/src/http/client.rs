use super::ApiError;
use crate::app::App;
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header::HOST, request::Parts},
};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{Arc, Once},
};

/// How the listener speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Plain.
    Http,
    /// TLS.
    Https,
}

/// Who asks, and under which address of ours.
#[derive(Debug, Clone)]
pub struct Client {
    /// Address of the client: of the connection, or what a trusted proxy says.
    pub address: IpAddr,
    /// Host that it asked for, without the port, in lower case.
    pub host: String,
    /// Our own address without a slash at the end, as this client can reach it.
    pub base_url: String,
    /// True when cookies need the `Secure` attribute.
    pub secure: bool,
}

impl FromRequestParts<Arc<App>> for Client {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let scheme = parts
            .extensions
            .get::<Scheme>()
            .copied()
            .unwrap_or(Scheme::Http);
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| {
                peer.ip()
            });
        let authority = authority(parts).to_ascii_lowercase();
        let plain = match scheme {
            Scheme::Http => format!("http://{authority}"),
            Scheme::Https => format!("https://{authority}"),
        };
        let base_url = app.options.public_url.clone().unwrap_or(plain);
        Ok(Self {
            address: client_address(&parts.headers, peer, app.options.trust_forwarded),
            host: host_of(&authority).to_owned(),
            secure: scheme == Scheme::Https || base_url.starts_with("https:"),
            base_url,
        })
    }
}

/// Host and port that the client asked for.
pub fn authority(parts: &Parts) -> &str {
    parts
        .headers
        .get(HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| parts.uri.authority().map(|a| a.as_str()))
        .unwrap_or("localhost")
}

fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        // The last colon of a bare IPv6 address in brackets is inside the brackets.
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

/// Said once: anybody can send the header.
static UNTRUSTED: Once = Once::new();

/// The last entry of `X-Forwarded-For` is the one that the nearest proxy wrote; those before it
/// are whatever the client sent.
fn client_address(headers: &HeaderMap, peer: IpAddr, trust: bool) -> IpAddr {
    if !trust {
        if headers.contains_key("x-forwarded-for") {
            UNTRUSTED.call_once(|| {
                tracing::warn!(
                    "a request came with X-Forwarded-For, which is not trusted: behind a proxy, \
                     start with --trust-forwarded, or five wrong codes of one person keep \
                     everybody waiting"
                );
            });
        }
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .next_back()
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok())
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forwarded_addresses_count_only_when_trusted_and_only_the_last() {
        let peer = IpAddr::from([127, 0, 0, 1]);
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "203.0.113.9, 198.51.100.7".parse().unwrap(),
        );
        assert_eq!(client_address(&headers, peer, false), peer);
        assert_eq!(
            client_address(&headers, peer, true),
            IpAddr::from([198, 51, 100, 7])
        );
        headers.insert("x-forwarded-for", "nonsense".parse().unwrap());
        assert_eq!(client_address(&headers, peer, true), peer);
    }

    #[test]
    fn the_host_is_taken_without_its_port() {
        assert_eq!(host_of("help.example:8443"), "help.example");
        assert_eq!(host_of("help.example"), "help.example");
        assert_eq!(host_of("[::1]:8080"), "[::1]");
        assert_eq!(host_of("[::1]"), "[::1]");
    }
}
