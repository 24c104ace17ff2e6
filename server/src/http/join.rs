//! Joining by invitation. Everything that is wrong with a secret gets one answer.

use super::{
    ApiError, ApiResult,
    body::{Body, check_chars},
    client::Client,
};
use crate::{
    app::App,
    hub::Command,
    secrets,
    store::{InviteOffer, RedeemCode},
};
use axum::{Json, extract::State};
use sightline_protocol::{
    ErrorCode, TenantId,
    http::{AcceptRequest, InvitePreview, Joined, PreviewRequest},
    limits::NAME_CHARS,
    page::PageRules,
};
use std::sync::Arc;
use tracing::error;

/// `POST /api/join/preview`
pub async fn preview(
    State(app): State<Arc<App>>,
    client: Client,
    Body(request): Body<PreviewRequest>,
) -> ApiResult<Json<InvitePreview>> {
    let (offer, ticket) = look_up(&app, &client, &request, |_| true).await?;
    Ok(Json(preview_of(&app, offer, ticket).await?))
}

/// Finds what an invitation is for, and the ticket to accept it with. One that is not `wanted` gets
/// the same answer as a wrong one.
///
/// # Errors
/// The one answer for everything that is wrong with a secret, or too many tries.
pub async fn look_up(
    app: &App,
    client: &Client,
    request: &PreviewRequest,
    wanted: impl FnOnce(&InviteOffer) -> bool,
) -> ApiResult<(InviteOffer, String)> {
    let now_ms = app.clock.now_ms();
    let guard = match request.code {
        Some(_) => &app.code_guesses,
        None => &app.ticket_tries,
    };
    let guess = guard.begin(client.address, now_ms)?;
    let found = match (&request.ticket, &request.code) {
        (Some(ticket), None) => {
            let hash = secrets::hash(ticket);
            let offer = app
                .store
                .invite_by_ticket(hash, &client.host, now_ms)
                .await?;
            offer.map(|offer| (offer, ticket.clone()))
        }
        (None, Some(code)) => {
            // People type codes with a space or a dash in the middle.
            let digits: String = code.chars().filter(char::is_ascii_digit).collect();
            let ticket = secrets::random_secret();
            let redeem = RedeemCode {
                code: app.keys.code_mac(&digits),
                ticket: secrets::hash(&ticket),
                ticket_expires_ms: now_ms + super::invites::VALID_MS,
                host: &client.host,
                now_ms,
            };
            app.store
                .redeem_code(redeem)
                .await?
                .map(|offer| (offer, ticket))
        }
        _ => {
            let message = "send either a ticket or a code";
            return Err(ApiError::new(ErrorCode::Malformed, message));
        }
    };
    let Some(found) = found.filter(|(offer, _)| wanted(offer)) else {
        return Err(ApiError::invalid_code());
    };
    guard.right(guess);
    Ok(found)
}

/// What the invited person is shown.
///
/// # Errors
/// When the company's settings cannot be read.
pub async fn preview_of(app: &App, offer: InviteOffer, ticket: String) -> ApiResult<InvitePreview> {
    let rules = terms(app, &offer.tenant).await?;
    let InviteOffer {
        company_name,
        agent_name,
        role,
        surface,
        ..
    } = offer;
    Ok(InvitePreview {
        ticket,
        company_name,
        agent_name,
        role,
        surface,
        page_record_days: rules.record_days,
        page_sites: rules.origins,
        film_days: rules.film_days,
    })
}

/// The company's rules with what is said before anybody agrees: days for which a shared page and the
/// film would be kept, and the origins over which sharing goes on.
///
/// # Errors
/// When the company's settings cannot be read.
pub async fn terms(app: &App, tenant: &TenantId) -> ApiResult<PageRules> {
    app.cobrowse.rules(tenant).await.map_err(|error| {
        error!(%error, "the co-browse rules");
        ApiError::internal()
    })
}

/// `POST /api/join/accept`
pub async fn accept(
    State(app): State<Arc<App>>,
    client: Client,
    Body(request): Body<AcceptRequest>,
) -> ApiResult<Json<Joined>> {
    take_place(&app, &client, request).await.map(Json)
}

/// Gives the invited person a place in the session.
///
/// # Errors
/// The one answer for everything that is wrong with a ticket, too many tries, or no room.
pub async fn take_place(app: &App, client: &Client, request: AcceptRequest) -> ApiResult<Joined> {
    check_chars(&request.name, 0, NAME_CHARS, "name")?;
    let now_ms = app.clock.now_ms();
    let guess = app.ticket_tries.begin(client.address, now_ms)?;
    let hash = secrets::hash(&request.ticket);
    let Some(offer) = app.store.accept_ticket(hash, &client.host, now_ms).await? else {
        return Err(ApiError::invalid_code());
    };
    app.ticket_tries.right(guess);
    let (tenant, invite) = (offer.tenant.clone(), offer.id.clone());
    let joined = enter(app, offer, request.name, now_ms).await;
    if joined.is_err() {
        // The invitation was good; when the session has room or the fault has passed it should
        // work.
        app.store.give_back_invite(&tenant, &invite).await?;
    }
    joined
}

async fn enter(app: &App, offer: InviteOffer, name: String, now_ms: i64) -> ApiResult<Joined> {
    let InviteOffer {
        tenant,
        session,
        role,
        same_as,
        ..
    } = offer;
    let hub = app.hubs.get(&tenant, &session).await?;
    let join = |reply| Command::Join {
        role,
        name,
        same_as,
        reply,
    };
    let participant = hub.ask(join).await??;
    let token = app
        .tokens
        .issue(tenant, session.clone(), participant.clone(), role, now_ms)
        .map_err(|error| {
            error!(%error, "a token could not be signed");
            ApiError::internal()
        })?;
    Ok(Joined {
        session,
        participant,
        role,
        token,
    })
}
