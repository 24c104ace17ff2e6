//! Invitations as the dashboard makes them: one ticket with three faces.

use super::{
    ApiError, ApiResult,
    body::Body,
    client::Client,
    permit::{Allowed, InPath, Invite as MayInvite},
};
use crate::{
    app::App,
    clock::rfc3339,
    secrets,
    store::{NewInvite, StoreError, StoredSession},
};
use axum::{Json, extract::State};
use qrcode::{EcLevel, QrCode, render::svg};
use sightline_protocol::{
    ErrorCode, InviteId, ParticipantId, Role, SessionPhase, SurfaceKind,
    http::{CreateInviteRequest, Invite},
};
use std::sync::Arc;
use tracing::{error, info};

/// How long link and code live, in milliseconds.
pub const VALID_MS: i64 = 15 * 60_000;
/// Draws of a code before giving up; with ten thousand live codes one in a hundred is taken.
const DRAWS: usize = 20;

/// `POST /api/sessions/{id}/invites`
pub async fn create(
    State(app): State<Arc<App>>,
    by: Allowed<MayInvite>,
    InPath(session): InPath,
    client: Client,
    Body(request): Body<CreateInviteRequest>,
) -> ApiResult<Json<Invite>> {
    let session = app
        .store
        .session(&by.account.tenant, &session)
        .await?
        .ok_or_else(ApiError::not_found)?;
    make(
        &app,
        &session,
        request.role,
        request.surface,
        &client.base_url,
    )
    .await
    .map(Json)
}

/// Makes an invitation whose link starts with `base_url`.
///
/// # Errors
/// For a role that cannot be invited, an ended session, or a store that fails.
pub async fn make(
    app: &App,
    session: &StoredSession,
    role: Role,
    surface: Option<SurfaceKind>,
    base_url: &str,
) -> ApiResult<Invite> {
    if !matches!(role, Role::Customer | Role::Technician) {
        let message = "invite a customer or a technician";
        return Err(ApiError::new(ErrorCode::OutOfRange, message));
    }
    if surface == Some(SurfaceKind::Unknown) {
        let message = "this server cannot share this kind of surface";
        return Err(ApiError::new(ErrorCode::OutOfRange, message));
    }
    if session.phase == SessionPhase::Ended {
        return Err(sightline_session::Refusal::Ended.into());
    }
    let now_ms = app.clock.now_ms();
    let ticket = secrets::random_secret();
    for _ in 0..DRAWS {
        let code = secrets::random_code();
        let invite = NewInvite {
            id: InviteId::from_random(secrets::random16()),
            tenant: session.tenant.clone(),
            session: session.id.clone(),
            role,
            surface,
            ticket: secrets::hash(&ticket),
            code: Some(app.keys.code_mac(&code)),
            same_as: None,
            expires_ms: now_ms + VALID_MS,
        };
        match app.store.add_invite(&invite, now_ms).await {
            Ok(()) => {
                info!(session = %session.id, invite = %invite.id, ?role, "invited");
                let link = format!("{base_url}/j/#{ticket}");
                let qr_svg = qr_svg(&link)?;
                let expires_at = rfc3339(invite.expires_ms);
                return Ok(Invite {
                    link,
                    code,
                    qr_svg,
                    expires_at,
                    role,
                });
            }
            Err(StoreError::Taken { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    error!("no free code was found: too many live invitations");
    Err(ApiError::internal())
}

/// Makes an invitation for a customer that has only a ticket, no code: for pages that hand it over
/// themselves.
///
/// # Errors
/// For an ended session, or a store that fails.
pub async fn make_ticket(
    app: &App,
    session: &StoredSession,
    surface: SurfaceKind,
    same_as: Option<ParticipantId>,
    valid_ms: i64,
) -> ApiResult<String> {
    if session.phase == SessionPhase::Ended {
        return Err(sightline_session::Refusal::Ended.into());
    }
    let now_ms = app.clock.now_ms();
    let ticket = secrets::random_secret();
    let invite = NewInvite {
        id: InviteId::from_random(secrets::random16()),
        tenant: session.tenant.clone(),
        session: session.id.clone(),
        role: Role::Customer,
        surface: Some(surface),
        ticket: secrets::hash(&ticket),
        code: None,
        same_as,
        expires_ms: now_ms + valid_ms,
    };
    app.store.add_invite(&invite, now_ms).await?;
    info!(session = %session.id, invite = %invite.id, "invited by ticket");
    Ok(ticket)
}

fn qr_svg(link: &str) -> ApiResult<String> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).map_err(|error| {
        error!(%error, "the link does not fit a QR code");
        ApiError::internal()
    })?;
    Ok(code
        .render::<svg::Color<'_>>()
        .min_dimensions(240, 240)
        .dark_color(svg::Color("#000"))
        .light_color(svg::Color("#fff"))
        .build())
}
