//! What is kept of a session: for its history and its player.

use super::{
    ApiError, ApiResult,
    client::Client,
    permit::{Allowed, InPath, SeeRecords},
};
use crate::{
    app::App,
    clock::{age_ms, rfc3339},
};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use sightline_protocol::{
    ErrorCode,
    http::{PageRecording, SessionRecord},
};
use sightline_session::{Record, SessionConfig, SessionState};
use std::sync::Arc;

/// `GET /api/sessions/{id}/record`
pub async fn get(
    State(app): State<Arc<App>>,
    by: Allowed<SeeRecords>,
    InPath(id): InPath,
    client: Client,
) -> ApiResult<Json<SessionRecord>> {
    let tenant = by.account.tenant;
    let session = app
        .store
        .session(&tenant, &id)
        .await?
        .ok_or_else(ApiError::not_found)?;
    let now_ms = app.clock.now_ms();
    let records = app.store.records(&tenant, &id).await?;
    let ended = records.iter().rev().find_map(|record| match record {
        Record::Ended { at_ms, .. } => Some(*at_ms),
        _ => None,
    });
    let config = SessionConfig {
        id: id.clone(),
        title: session.title.clone(),
        created_at: rfc3339(session.created_ms),
        agent_name: session.agent_name.clone(),
        company_name: session.company_name.clone(),
    };
    let state = SessionState::restore(config, records);
    let cobrowse = &app.cobrowse;
    let kept = cobrowse.recordings.get(&tenant, &id, now_ms).await;
    let pages = match (kept, cobrowse.replay_url(&tenant, &client.base_url)) {
        (Some(kept), Some(replay_url)) => Some(PageRecording {
            bytes: u32::try_from(kept.bytes.len()).unwrap_or(u32::MAX),
            cut: kept.cut,
            erased_at: rfc3339(kept.until_ms),
            replay_url,
        }),
        _ => None,
    };
    Ok(Json(SessionRecord {
        session: session.info(now_ms),
        duration_ms: ended.unwrap_or_else(|| age_ms(session.created_ms, now_ms)),
        participants: state.participants().cloned().collect(),
        annotations: state.annotation_events().to_vec(),
        chat: state.chat_messages().to_vec(),
        snapshots: state.snapshots().to_vec(),
        pages,
        film: app.hubs.films().get(&tenant, &id, now_ms).await,
    }))
}

/// `GET /api/sessions/{id}/record/page`: the file as `cobrowse::recordings` writes it.
pub async fn page(
    State(app): State<Arc<App>>,
    by: Allowed<SeeRecords>,
    InPath(id): InPath,
) -> ApiResult<Response> {
    let kept = app
        .cobrowse
        .recordings
        .get(&by.account.tenant, &id, app.clock.now_ms())
        .await
        .ok_or_else(ApiError::not_found)?;
    Ok(octets(kept.bytes))
}

/// Parts of a film in one answer: about eight seconds of one track, and eight megabytes at most.
const PARTS_AT_ONCE: usize = 16;

/// Query of `GET /api/sessions/{id}/record/film/{n}`.
#[derive(Deserialize)]
pub struct Wanted {
    count: Option<usize>,
}

/// `GET /api/sessions/{id}/record/film/{n}`: a part as `sightline_protocol::film` describes it; with
/// `?count=` so many from there on, each with its length before it.
pub async fn film(
    State(app): State<Arc<App>>,
    by: Allowed<SeeRecords>,
    InPath(id): InPath,
    Path((_, n)): Path<(String, String)>,
    query: Result<Query<Wanted>, QueryRejection>,
) -> ApiResult<Response> {
    let n = n.parse().map_err(|_| ApiError::not_found())?;
    let count = query.ok().map(|Query(wanted)| wanted.count);
    let Some(count) =
        count.filter(|count| count.is_none_or(|it| (1..=PARTS_AT_ONCE).contains(&it)))
    else {
        let how = format!("count= is how many parts, 1 to {PARTS_AT_ONCE}");
        return Err(ApiError::new(ErrorCode::Malformed, how));
    };
    let (films, now_ms) = (app.hubs.films(), app.clock.now_ms());
    let parts = films.parts(&by.account.tenant, &id, n, count.unwrap_or(1), now_ms);
    let mut bytes = Vec::new();
    for part in parts.await {
        if count.is_some() {
            bytes.extend((part.len() as u32).to_be_bytes());
        }
        bytes.extend(part);
    }
    if bytes.is_empty() {
        return Err(ApiError::not_found());
    }
    Ok(octets(bytes))
}

fn octets(bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let kind = HeaderValue::from_static("application/octet-stream");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
