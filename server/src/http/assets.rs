//! How long a browser may keep a built file.

use axum::{
    extract::Request,
    http::{HeaderValue, StatusCode, header::CACHE_CONTROL},
    middleware::Next,
    response::Response,
};

/// Files under `assets/` have a hash of their content in the name and never change; everything
/// else is asked for again each time.
pub async fn caching(request: Request, next: Next) -> Response {
    let hashed = request.uri().path().contains("/assets/");
    let mut response = next.run(request).await;
    let kept = hashed && response.status() == StatusCode::OK;
    response.headers_mut().insert(
        CACHE_CONTROL,
        HeaderValue::from_static(if kept {
            "public, max-age=31536000, immutable"
        } else {
            "no-cache"
        }),
    );
    response
}
