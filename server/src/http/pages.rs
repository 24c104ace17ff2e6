//! The built pages: the dashboard at `/`, the customer's page at `/j/`, `/join` to type a code.

use super::assets;
use crate::app::App;
use axum::{
    Router,
    http::StatusCode,
    middleware,
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use std::{path::Path, sync::Arc};
use tower_http::{compression::CompressionLayer, services::ServeDir};

/// Routes of the pages in the folder `web`.
pub fn router(web: &Path) -> Router<Arc<App>> {
    let dashboard = web.join("dashboard/dist");
    let customer = web.join("customer/dist");
    // Relative addresses in the page count from `/j/`, so that is the one place it is served from.
    let mut router = Router::new()
        .route("/j", get(|| async { Redirect::permanent("/j/") }))
        .route("/join", get(|| async { Redirect::temporary("/j/") }));
    router = if customer.join("index.html").is_file() {
        let files = ServeDir::new(&customer);
        router.nest_service("/j/", files)
    } else {
        router.route("/j/", get(not_built))
    };
    router = if dashboard.join("index.html").is_file() {
        router.fallback_service(ServeDir::new(&dashboard))
    } else {
        router.route("/", get(not_built)).fallback(nothing_here)
    };
    router
        .layer(middleware::from_fn(assets::caching))
        .layer(CompressionLayer::new())
}

async fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sightline</title>\
        <h1>The pages are not built yet</h1>\
        <p>Run <code>npm ci --prefix web-agent &amp;&amp; npm run build --prefix web-agent</code> \
        in the project's folder, or <code>make run</code>, which does it by itself. \
        Then start the server again, with <code>--web</code> naming the folder \
        <code>web-agent/apps</code>.</p></html>";
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}

async fn nothing_here() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}
