use super::{
    ApiError, ApiResult,
    body::{Body, check_chars},
    client::Client,
    permit::{Allowed, SeeSelf},
};
use crate::{
    app::App,
    auth::verify_password,
    secrets,
    store::{Account, AccountRole},
};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sightline_protocol::{
    ErrorCode,
    http::{Me, OneTimeSignInRequest, SignInRequest},
};
use std::sync::Arc;
use tracing::info;

const COOKIE: &str = "sightline";
/// How long a sign-in lasts, in seconds.
const SIGNED_IN_S: i64 = 12 * 3_600;

/// `POST /api/auth/sign-in`
pub async fn sign_in(
    State(app): State<Arc<App>>,
    client: Client,
    Body(request): Body<SignInRequest>,
) -> ApiResult<Response> {
    check_chars(&request.email, 3, 200, "email")?;
    check_chars(&request.password, 1, 200, "password")?;
    let guess = app
        .password_guesses
        .begin(client.address, app.clock.now_ms())?;
    let email = request.email.trim().to_lowercase();
    let found = app.store.account_by_email(&email).await?;
    let (account, hash) = found.map_or((None, None), |(account, hash)| (Some(account), hash));
    let password = request.password;
    // Hashing takes tens of milliseconds of one core: not on a thread that serves others, and not
    // for everybody at once. The semaphore is never closed.
    let _turn = app.hashing.acquire().await;
    let right = tokio::task::spawn_blocking(move || verify_password(&password, hash.as_deref()))
        .await
        .unwrap_or(false);
    match account {
        Some(account) if right => {
            app.password_guesses.right(guess);
            signed_in(&app, &client, account).await
        }
        _ => Err(ApiError::new(
            ErrorCode::Unauthenticated,
            "the address or the password is not right",
        )),
    }
}

/// `POST /api/auth/one-time`
pub async fn one_time(
    State(app): State<Arc<App>>,
    client: Client,
    Body(request): Body<OneTimeSignInRequest>,
) -> ApiResult<Response> {
    let guess = app
        .password_guesses
        .begin(client.address, app.clock.now_ms())?;
    if !app.one_time.redeem(&request.secret, app.clock.now_ms()) {
        return Err(ApiError::new(
            ErrorCode::Unauthenticated,
            "this address was already used or is too old; start the server again for a new one",
        ));
    }
    app.password_guesses.right(guess);
    signed_in(&app, &client, app.first_account.clone()).await
}

/// `POST /api/auth/sign-out`
pub async fn sign_out(
    State(app): State<Arc<App>>,
    client: Client,
    headers: HeaderMap,
) -> ApiResult<Response> {
    if let Some(token) = cookie_of(&headers) {
        app.store.remove_sign_in(secrets::hash(token)).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, "", 0, client.secure)?;
    Ok(response)
}

/// `GET /api/me`
pub async fn me(signed_in: Allowed<SeeSelf>) -> Json<Me> {
    Json(shown(signed_in.account))
}

async fn signed_in(app: &App, client: &Client, account: Account) -> ApiResult<Response> {
    let token = secrets::random_secret();
    let now_ms = app.clock.now_ms();
    let end_ms = now_ms + SIGNED_IN_S * 1_000;
    app.store
        .add_sign_in(secrets::hash(&token), &account, now_ms, end_ms)
        .await?;
    info!(account = %account.id, "signed in");
    let mut response = Json(shown(account)).into_response();
    set_cookie(&mut response, &token, SIGNED_IN_S, client.secure)?;
    Ok(response)
}

fn shown(account: Account) -> Me {
    let Account {
        id,
        name,
        email,
        company_name,
        role,
        ..
    } = account;
    Me {
        id,
        name,
        email,
        company_name,
        admin: role == AccountRole::Admin,
    }
}

fn set_cookie(response: &mut Response, token: &str, max_age_s: i64, secure: bool) -> ApiResult<()> {
    let secure = if secure { "; Secure" } else { "" };
    let text =
        format!("{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={max_age_s}{secure}");
    let value = HeaderValue::from_str(&text).map_err(|_| ApiError::internal())?;
    response.headers_mut().insert(header::SET_COOKIE, value);
    Ok(())
}

/// The sign-in token of a request's cookies, RFC 6265 section 4.2.
pub fn cookie_of(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
        .filter(|token| !token.is_empty())
}
