//! Still pictures of a surface.

use super::{
    ApiError, ApiResult,
    auth::cookie_of,
    body,
    permit::{Allowed, InPath, InSession, ListSessions, SeeSnapshots, TakeSnapshot},
};
use crate::{app::App, hub::Command, secrets};
use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, Request, State},
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use sightline_protocol::{
    ErrorCode, FrameTime, SessionId, SessionPhase, Snapshot, SnapshotId, SurfaceId, TenantId,
    limits::SNAPSHOT_BYTES,
};
use std::{path::PathBuf, sync::Arc};
use tracing::error;

/// Query of `POST /api/sessions/{id}/snapshots`.
#[derive(Deserialize)]
pub struct Taken {
    surface: String,
    frame_time: Option<FrameTime>,
}

/// `POST /api/sessions/{id}/snapshots?surface=&frame_time=`
pub async fn add(
    State(app): State<Arc<App>>,
    by: InSession<TakeSnapshot>,
    query: Result<Query<Taken>, axum::extract::rejection::QueryRejection>,
    request: Request,
) -> ApiResult<Json<Snapshot>> {
    let Query(taken) = query.map_err(|_| {
        ApiError::new(
            ErrorCode::Malformed,
            "give surface= and, when known, frame_time=",
        )
    })?;
    let surface: SurfaceId = taken.surface.parse().map_err(|_| ApiError::not_found())?;
    let claims = by.claims;
    let hub = app.hubs.get(&claims.ten, &claims.ses).await?;
    // Asked before eight megabytes are read, and again by the session when it is stored.
    let (who, what) = (claims.par.clone(), surface.clone());
    hub.ask(|reply| Command::MayTakeSnapshot {
        by: who,
        surface: what,
        reply,
    })
    .await??;
    let bytes = body::read(request, SNAPSHOT_BYTES).await?;
    if picture_type(&bytes).is_none() {
        return Err(ApiError::new(
            ErrorCode::Malformed,
            "send a PNG or JPEG picture",
        ));
    }
    let id = SnapshotId::from_random(secrets::random16());
    let file = file_of(&app, &claims.ten, &claims.ses, &id);
    let by = claims.par;
    let frame_time = taken.frame_time;
    let add = |reply| Command::AddSnapshot {
        id,
        by,
        surface,
        frame_time,
        reply,
    };
    let added = match write(&file, &bytes).await {
        Ok(()) => hub.ask(add).await.map_err(ApiError::from),
        Err(error) => {
            error!(%error, "a picture could not be stored");
            Err(ApiError::internal())
        }
    };
    match added {
        Ok(Ok(snapshot)) => Ok(Json(snapshot)),
        // Consent was taken back while the picture came in, or nobody knows of it: it must not
        // stay, nor what was written of it.
        refused => {
            let _ = tokio::fs::remove_file(&file).await;
            Ok(Json(refused??))
        }
    }
}

/// Who looks at a picture: a participant with a token, as long as the session goes on, or a person
/// signed in to the company.
pub struct Viewer {
    tenant: TenantId,
    is_guest: bool,
}

impl FromRequestParts<Arc<App>> for Viewer {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        if parts.headers.contains_key(header::AUTHORIZATION) || cookie_of(&parts.headers).is_none()
        {
            let by = InSession::<SeeSnapshots>::from_request_parts(parts, app).await?;
            return Ok(Self {
                tenant: by.claims.ten,
                is_guest: true,
            });
        }
        let by = Allowed::<ListSessions>::from_request_parts(parts, app).await?;
        Ok(Self {
            tenant: by.account.tenant,
            is_guest: false,
        })
    }
}

/// `GET /api/sessions/{id}/snapshots/{id}`
pub async fn get(
    State(app): State<Arc<App>>,
    Viewer { tenant, is_guest }: Viewer,
    InPath(session): InPath,
    Path((_, snapshot)): Path<(String, String)>,
) -> ApiResult<Response> {
    let snapshot: SnapshotId = snapshot.parse().map_err(|_| ApiError::not_found())?;
    let stored = app
        .store
        .session(&tenant, &session)
        .await?
        .ok_or_else(ApiError::not_found)?;
    if is_guest && stored.phase == SessionPhase::Ended {
        return Err(sightline_session::Refusal::Ended.into());
    }
    let bytes = tokio::fs::read(file_of(&app, &tenant, &session, &snapshot))
        .await
        .map_err(|_| ApiError::not_found())?;
    let kind = picture_type(&bytes).ok_or_else(ApiError::not_found)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    // A picture never changes; it stays in the cache of the person who was allowed to see it.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, max-age=31536000, immutable"),
    );
    Ok(response)
}

/// The media type of a picture by its first bytes: PNG (RFC 2083, section 3.1) or JPEG (ITU T.81,
/// annex B.2.1).
fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        Some("image/jpeg")
    } else {
        None
    }
}

/// Ids hold only small letters and digits, so they are safe as names of files.
fn file_of(app: &App, tenant: &TenantId, session: &SessionId, id: &SnapshotId) -> PathBuf {
    app.options
        .blobs
        .join(tenant.as_str())
        .join(session.as_str())
        .join(id.as_str())
}

async fn write(file: &std::path::Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    tokio::fs::write(file, bytes).await
}

#[cfg(test)]
mod tests {
    use super::picture_type;

    #[test]
    fn only_png_and_jpeg_are_pictures() {
        assert_eq!(picture_type(b"\x89PNG\r\n\x1a\nrest"), Some("image/png"));
        assert_eq!(picture_type(&[0xFF, 0xD8, 0xFF, 0xE0]), Some("image/jpeg"));
        assert_eq!(picture_type(b"<svg xmlns="), None);
        assert_eq!(picture_type(b""), None);
    }
}
