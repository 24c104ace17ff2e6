use super::{ApiError, client::authority};
use crate::app::App;
use axum::{
    extract::{Request, State},
    http::{Method, header::ORIGIN, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use sightline_protocol::ErrorCode;
use std::sync::Arc;

/// Refuses what another site's page makes a browser send. Browsers put `Origin` on every request
/// that changes something and on WebSockets, and a page cannot forge it; programs that are not
/// browsers send none and hold no cookie of somebody else.
pub async fn same_origin(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let reads = matches!(parts.method, Method::GET | Method::HEAD);
    let opens_socket = parts.uri.path() == "/api/ws";
    if (!reads || opens_socket) && !is_ours(&parts, app.options.public_url.as_deref()) {
        return ApiError::new(
            ErrorCode::Forbidden,
            "requests from other sites are refused",
        )
        .into_response();
    }
    next.run(Request::from_parts(parts, body)).await
}

fn is_ours(parts: &Parts, public_url: Option<&str>) -> bool {
    let Some(origin) = parts.headers.get(ORIGIN) else {
        let site = parts
            .headers
            .get("sec-fetch-site")
            .and_then(|v| v.to_str().ok());
        return site.is_none_or(|site| site == "same-origin" || site == "none");
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if public_url.is_some_and(|url| origin.eq_ignore_ascii_case(url)) {
        return true;
    }
    let asked = authority(parts);
    ["http://", "https://"].iter().any(|scheme| {
        origin
            .strip_prefix(scheme)
            .is_some_and(|host| host.eq_ignore_ascii_case(asked))
    })
}
