//! The HTTP API. This router is its index; each resource has a file.

mod assets;
mod auth;
pub(crate) mod body;
mod claims;
pub(crate) mod client;
mod error;
mod headers;
pub mod invites;
pub(crate) mod join;
mod origin;
mod pages;
pub(crate) mod permit;
mod record;
pub mod sessions;
mod snapshots;
mod socket;

pub use client::Scheme;
pub use error::{ApiError, ApiResult};

use crate::{app::App, cobrowse};
use axum::{
    Extension, Router, middleware,
    routing::{get, post},
};
use std::sync::Arc;

/// Every address that the server answers. `scheme` is that of the listener it stands behind.
pub fn router(app: Arc<App>, scheme: Scheme) -> Router {
    let api = Router::new()
        .route("/api/auth/sign-in", post(auth::sign_in))
        .route("/api/auth/one-time", post(auth::one_time))
        .route("/api/auth/sign-out", post(auth::sign_out))
        .route("/api/me", get(auth::me))
        .route("/api/sessions", get(sessions::list).post(sessions::create))
        .route("/api/sessions/{session}/join", post(sessions::join))
        .route("/api/sessions/{session}/end", post(sessions::end))
        .route("/api/sessions/{session}/invites", post(invites::create))
        .route("/api/sessions/{session}/record", get(record::get))
        .route("/api/sessions/{session}/record/page", get(record::page))
        .route("/api/sessions/{session}/record/film/{n}", get(record::film))
        .route("/api/sessions/{session}/claims", post(claims::claim))
        .route("/api/sessions/{session}/snapshots", post(snapshots::add))
        .route(
            "/api/sessions/{session}/snapshots/{snapshot}",
            get(snapshots::get),
        )
        .route("/api/join/preview", post(join::preview))
        .route("/api/join/accept", post(join::accept))
        .route("/api/health", get(|| async { "ok" }))
        .route("/api/ws", get(socket::open))
        .route("/api/cobrowse/view", get(cobrowse::open_view))
        .route(
            "/api/cobrowse/settings",
            get(cobrowse::settings::get).put(cobrowse::settings::put),
        )
        .route(
            "/api/{*rest}",
            get(error::no_such_address).post(error::no_such_address),
        )
        .method_not_allowed_fallback(error::wrong_method)
        .layer(middleware::from_fn(headers::no_store))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            origin::same_origin,
        ));
    api.merge(pages::router(&app.options.web))
        .layer(middleware::from_fn(headers::security))
        .layer(middleware::from_fn_with_state(
            app.clone(),
            cobrowse::frames_replay,
        ))
        .with_state(app.clone())
        // Pages of other origins load the script, so it has headers of its own.
        .merge(cobrowse::script_router(app))
        .layer(Extension(scheme))
}
