//! Taking a customer into a session by the code that the customer's page shows.

use super::{
    ApiError, ApiResult,
    body::Body,
    client::Client,
    invites, join,
    permit::{Allowed, InPath, Invite},
};
use crate::app::App;
use axum::{extract::State, http::StatusCode};
use sightline_protocol::{
    Role, SessionPhase, SurfaceKind,
    http::{ClaimRequest, InvitePreview},
    page::TabNotice,
};
use std::sync::Arc;
use tracing::info;

/// `POST /api/sessions/{id}/claims`: the page that shows the code asks its customer to agree. A
/// wrong, expired, used and foreign code get one answer, and guesses count like those of
/// invitations.
pub async fn claim(
    State(app): State<Arc<App>>,
    by: Allowed<Invite>,
    InPath(session): InPath,
    client: Client,
    Body(request): Body<ClaimRequest>,
) -> ApiResult<StatusCode> {
    let tenant = by.account.tenant;
    let session = app
        .store
        .session(&tenant, &session)
        .await?
        .ok_or_else(ApiError::not_found)?;
    if session.phase == SessionPhase::Ended {
        return Err(sightline_session::Refusal::Ended.into());
    }
    let now_ms = app.clock.now_ms();
    let guess = app.code_guesses.begin(client.address, now_ms)?;
    // People read and type codes with a space or a dash in the middle.
    let digits: String = request.code.chars().filter(char::is_ascii_digit).collect();
    let page = app
        .cobrowse
        .shown
        .claim(&tenant, &digits, now_ms)
        .ok_or_else(ApiError::invalid_code)?;
    app.code_guesses.right(guess);
    let surface = SurfaceKind::Page;
    let ticket = invites::make_ticket(&app, &session, surface, None, invites::VALID_MS).await?;
    let rules = join::terms(&app, &tenant).await?;
    let preview = InvitePreview {
        ticket,
        company_name: session.company_name,
        agent_name: session.agent_name,
        role: Role::Customer,
        surface: Some(surface),
        page_record_days: rules.record_days,
        page_sites: rules.origins,
        film_days: rules.film_days,
    };
    if !page.say(&TabNotice::Preview { preview }) {
        // The page went away in this moment: its code is worth nothing any more.
        return Err(ApiError::invalid_code());
    }
    info!(session = %session.id, "a customer's code was taken");
    Ok(StatusCode::NO_CONTENT)
}
