//! Sessions as the dashboard sees them.

use super::{
    ApiError, ApiResult,
    body::{Body, check_chars},
    permit::{Allowed, EndSession, InPath, JoinSession, ListSessions, MakeSession},
};
use crate::{
    app::App,
    hub::{Command, HubHandle},
    secrets,
    store::{Account, StoredSession},
};
use axum::{Json, extract::State, http::StatusCode};
use sightline_protocol::{
    ParticipantId, Role, SessionId, SessionInfo, SessionPhase,
    http::{CreateSessionRequest, Joined, SessionList},
    limits::TITLE_CHARS,
};
use std::sync::Arc;
use tracing::{error, info};

/// Sessions in one list.
const LIST: u32 = 200;

/// `GET /api/sessions`
pub async fn list(
    State(app): State<Arc<App>>,
    by: Allowed<ListSessions>,
) -> ApiResult<Json<SessionList>> {
    let now_ms = app.clock.now_ms();
    let found = app.store.sessions(&by.account.tenant, LIST).await?;
    Ok(Json(SessionList {
        sessions: found.iter().map(|s| s.info(now_ms)).collect(),
    }))
}

/// `POST /api/sessions`
pub async fn create(
    State(app): State<Arc<App>>,
    by: Allowed<MakeSession>,
    Body(request): Body<CreateSessionRequest>,
) -> ApiResult<Json<SessionInfo>> {
    check_chars(&request.title, 0, TITLE_CHARS, "title")?;
    let session = make(&app, &by.account, request.title).await?;
    Ok(Json(session.info(app.clock.now_ms())))
}

/// Makes a session for an account.
///
/// # Errors
/// When the store fails.
pub async fn make(app: &App, by: &Account, title: String) -> ApiResult<StoredSession> {
    let session = StoredSession {
        id: SessionId::from_random(secrets::random16()),
        tenant: by.tenant.clone(),
        company_name: by.company_name.clone(),
        title: title.trim().to_owned(),
        agent_name: by.name.clone(),
        created_by: by.id.clone(),
        created_ms: app.clock.now_ms(),
        phase: SessionPhase::Waiting,
    };
    app.store.add_session(&session).await?;
    info!(session = %session.id, "session made");
    Ok(session)
}

/// `POST /api/sessions/{id}/join`: the same person gets the same place again.
pub async fn join(
    State(app): State<Arc<App>>,
    by: Allowed<JoinSession>,
    InPath(session): InPath,
) -> ApiResult<Json<Joined>> {
    let tenant = by.account.tenant.clone();
    let hub = app.hubs.get(&tenant, &session).await?;
    let role = Role::Agent;
    let participant = place(&app, &by.account, &session, &hub).await?;
    let token = app
        .tokens
        .issue(
            tenant,
            session.clone(),
            participant.clone(),
            role,
            app.clock.now_ms(),
        )
        .map_err(|error| {
            error!(%error, "a token could not be signed");
            ApiError::internal()
        })?;
    Ok(Json(Joined {
        session,
        participant,
        role,
        token,
    }))
}

async fn place(
    app: &App,
    account: &Account,
    session: &SessionId,
    hub: &HubHandle,
) -> ApiResult<ParticipantId> {
    let Account {
        id, tenant, name, ..
    } = account;
    if let Some(place) = app.store.agent_place(tenant, session, id).await? {
        return Ok(place);
    }
    // Two tabs that open at once are one person: the second waits and finds the first one's place.
    let _alone = app.agents_joining.lock().await;
    if let Some(place) = app.store.agent_place(tenant, session, id).await? {
        return Ok(place);
    }
    let join = |reply| Command::Join {
        role: Role::Agent,
        name: name.clone(),
        same_as: None,
        reply,
    };
    let place = hub.ask(join).await??;
    app.store
        .set_agent_place(tenant, session, id, &place)
        .await?;
    Ok(place)
}

/// `POST /api/sessions/{id}/end`: ending an ended session is fine.
pub async fn end(
    State(app): State<Arc<App>>,
    by: Allowed<EndSession>,
    InPath(session): InPath,
) -> ApiResult<StatusCode> {
    let Account {
        id: account,
        tenant,
        ..
    } = by.account;
    let hub = app.hubs.get(&tenant, &session).await?;
    let by = app.store.agent_place(&tenant, &session, &account).await?;
    match hub.ask(|reply| Command::End { by, reply }).await? {
        Ok(()) | Err(sightline_session::Refusal::Ended) => Ok(StatusCode::NO_CONTENT),
        Err(refusal) => Err(refusal.into()),
    }
}
