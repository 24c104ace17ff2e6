//! The built pages: the dashboard at `/`, the customer's page at `/j/`, `/join` to type a code.

use super::assets;
use crate::app::App;
use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use tower_http::{compression::CompressionLayer, services::ServeDir};

/// Routes of the pages in the folder `web`. Whether they are built is looked at for each request, so
/// that building them does not need a new start of the server.
pub fn router(web: &Path) -> Router<Arc<App>> {
    let dashboard = web.join("dashboard/dist");
    let customer = web.join("customer/dist");
    let customers = Router::new()
        .fallback_service(ServeDir::new(&customer))
        .layer(middleware::from_fn_with_state(
            customer.join("index.html"),
            built,
        ));
    let agents = Router::new()
        .fallback_service(ServeDir::new(&dashboard))
        .layer(middleware::from_fn_with_state(
            dashboard.join("index.html"),
            built,
        ));
    Router::new()
        // Relative addresses in the page count from `/j/`, so that is the one place it is served
        // from.
        .route("/j", get(|| async { Redirect::permanent("/j/") }))
        .route("/join", get(|| async { Redirect::temporary("/j/") }))
        .nest_service("/j/", customers)
        .fallback_service(agents)
        .layer(middleware::from_fn(assets::caching))
        .layer(CompressionLayer::new())
}

/// Lets requests through when the page's `start` file exists.
async fn built(State(start): State<PathBuf>, request: Request, next: Next) -> Response {
    if tokio::fs::try_exists(&start).await.unwrap_or(false) {
        next.run(request).await
    } else {
        not_built()
    }
}

fn not_built() -> Response {
    let page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Sightline</title>\
        <h1>The pages are not built yet</h1>\
        <p>Run <code>npm ci --prefix web-agent &amp;&amp; npm run build --prefix web-agent</code> \
        in the project's folder, or <code>make run</code>, which does it by itself. \
        Then start the server again, with <code>--web</code> naming the folder \
        <code>web-agent/apps</code>.</p></html>";
    (StatusCode::SERVICE_UNAVAILABLE, Html(page)).into_response()
}
