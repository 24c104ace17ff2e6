//! The script for the company's sites: `/co.js`, the loader, and `/co/…`, what it loads when the
//! customer starts. Pages of every origin may load both.

use crate::app::App;
use axum::{
    Router,
    extract::{Path, State},
    http::{
        HeaderName, HeaderValue, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
        },
    },
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// Routes of the script.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/co.js", get(loader))
        .route("/co/{name}", get(part))
        .route("/api/cobrowse/tab", get(super::open_tab))
        .layer(CompressionLayer::new())
        .with_state(app)
}

async fn loader(State(app): State<Arc<App>>) -> Response {
    file(&app, "co.js", "public, max-age=300").await
}

async fn part(State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    let hashed = name
        .strip_prefix("full-")
        .and_then(|rest| rest.strip_suffix(".js"))
        .is_some_and(|hash| !hash.is_empty() && hash.bytes().all(|b| b.is_ascii_alphanumeric()));
    if !hashed {
        return StatusCode::NOT_FOUND.into_response();
    }
    file(&app, &name, "public, max-age=31536000, immutable").await
}

/// A built file of the co-browse package.
pub async fn file(app: &App, name: &str, caching: &'static str) -> Response {
    let folder = app.options.web.join("../packages/cobrowse/dist");
    let Ok(bytes) = tokio::fs::read(folder.join(name)).await else {
        let message = "the script is not built yet: run `make run`, which does it by itself";
        return (StatusCode::SERVICE_UNAVAILABLE, message).into_response();
    };
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value| headers.insert(name, HeaderValue::from_static(value));
    set(CONTENT_TYPE, "text/javascript; charset=utf-8");
    set(CACHE_CONTROL, caching);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "cross-origin",
    );
    response
}
