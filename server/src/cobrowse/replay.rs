//! The origin of its own on which replays are shown: a listener that has no cookie, no API and no
//! page but one, and whose content security policy lets nothing be asked of any other host.

use crate::app::App;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, REFERRER_POLICY,
            X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::{self, Next},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use sightline_protocol::TenantId;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// Where the replay is reached.
#[derive(Debug, Clone)]
pub enum ReplayOrigin {
    /// Under a name of its own, behind a proxy.
    Url(String),
    /// On the same host as the dashboard, at these ports.
    Ports {
        /// For dashboards over plain HTTP.
        http: u16,
        /// For dashboards over HTTPS.
        https: Option<u16>,
    },
}

impl ReplayOrigin {
    /// The origin for people who reach the server at `base_url`.
    pub fn for_base(&self, base_url: &str) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Ports { http, https } => {
                let (scheme, rest) = base_url.split_once("://").unwrap_or(("http", base_url));
                let host = match rest.rsplit_once(':') {
                    Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
                    _ => rest,
                };
                let port = match scheme {
                    "https" => https.unwrap_or(*http),
                    _ => *http,
                };
                format!("{scheme}://{host}:{port}")
            }
        }
    }
}

/// Everything that the replay's listener answers.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/r/{key}/", get(page))
        .route("/r/{key}/a/{hash}", get(asset))
        .route("/replay.js", get(script))
        .layer(middleware::from_fn(security))
        .layer(CompressionLayer::new())
        .with_state(app)
}

const PAGE: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Page</title>\
    <style>html,body{margin:0;height:100%;overflow:hidden;background:#202329}</style>\
    <script src=\"/replay.js\" defer></script><body></body></html>";

async fn page(Path(_): Path<String>) -> Html<&'static str> {
    Html(PAGE)
}

async fn script(State(app): State<Arc<App>>) -> Response {
    super::script::file(&app, "replay.js", "no-cache").await
}

async fn asset(State(app): State<Arc<App>>, Path((key, hash)): Path<(String, String)>) -> Response {
    // One company a server so far; the key says whose assets are asked for.
    let tenant: &TenantId = &app.first_account.tenant;
    let found = if app.cobrowse.replay_key(tenant) == key {
        app.cobrowse.assets.get(tenant, &hash).await
    } else {
        None
    };
    let Some((bytes, kind)) = found else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    // The name is the hash of the content.
    let forever = HeaderValue::from_static("private, max-age=31536000, immutable");
    headers.insert(CACHE_CONTROL, forever);
    response
}

/// Frames inside the page inherit this policy, so that what a customer's page says can ask nothing
/// of anybody.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; font-src 'self' data:; frame-src 'self' about: blob:; \
    connect-src 'self'; form-action 'none'; base-uri 'none'";

async fn security(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CSP));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let corp = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(corp, HeaderValue::from_static("same-origin"));
    response
}

/// Lets the dashboard's pages frame the replay, and nothing else.
pub async fn frames_replay(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(HOST).and_then(|h| h.to_str().ok());
    let host = host.unwrap_or("localhost").to_owned();
    let mut response = next.run(request).await;
    let Some(origin) = app.cobrowse.replay.get() else {
        return response;
    };
    let plain = origin.for_base(&format!("http://{host}"));
    let secure = origin.for_base(&format!("https://{host}"));
    let headers = response.headers_mut();
    let policy = headers
        .get(CONTENT_SECURITY_POLICY)
        .and_then(|v| v.to_str().ok())
        .map(|policy| format!("{policy}; frame-src {plain} {secure}"))
        .and_then(|policy| HeaderValue::from_str(&policy).ok());
    if let Some(policy) = policy {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_replay_is_on_the_same_host_at_its_own_port() {
        let ports = ReplayOrigin::Ports {
            http: 8081,
            https: Some(8444),
        };
        assert_eq!(
            ports.for_base("http://help.example:8080"),
            "http://help.example:8081"
        );
        assert_eq!(
            ports.for_base("https://help.example"),
            "https://help.example:8444"
        );
        assert_eq!(ports.for_base("http://[::1]:8080"), "http://[::1]:8081");
        let named = ReplayOrigin::Url("https://replay.example".to_owned());
        assert_eq!(
            named.for_base("https://help.example"),
            "https://replay.example"
        );
    }
}
