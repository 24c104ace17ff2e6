//! Permissions as extractors: a handler cannot compile without naming what it needs.

use super::{ApiError, auth::cookie_of};
use crate::{
    app::App,
    auth::Claims,
    secrets,
    store::{Account, AccountRole},
};
use axum::{
    extract::{FromRequestParts, RawPathParams},
    http::{header::AUTHORIZATION, request::Parts},
};
use sightline_protocol::SessionId;
use sightline_session::{Capability, policy};
use std::{marker::PhantomData, sync::Arc};

/// What an account may do in its company.
pub trait Ability: Send + Sync + 'static {
    /// Whether this role has it.
    fn allowed(role: AccountRole) -> bool;
}

macro_rules! abilities {
    ($($(#[$doc:meta])* $name:ident: $($role:ident)|+;)*) => {$(
        $(#[$doc])*
        pub struct $name;
        impl Ability for $name {
            fn allowed(role: AccountRole) -> bool {
                matches!(role, $(AccountRole::$role)|+)
            }
        }
    )*};
}

abilities! {
    /// See one's own account.
    SeeSelf: Admin | Agent;
    /// List the company's sessions.
    ListSessions: Admin | Agent;
    /// Make a session.
    MakeSession: Admin | Agent;
    /// Join a session of the company as an agent.
    JoinSession: Admin | Agent;
    /// Invite people into a session of the company.
    Invite: Admin | Agent;
    /// End a session of the company.
    EndSession: Admin | Agent;
    /// See what is kept of the company's sessions.
    SeeRecords: Admin | Agent;
    /// Change what the company's pages hide from agents.
    EditSettings: Admin;
}

/// A signed-in person whose account has the ability.
pub struct Allowed<A: Ability> {
    /// Who.
    pub account: Account,
    ability: PhantomData<A>,
}

impl<A: Ability> FromRequestParts<Arc<App>> for Allowed<A> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let token = cookie_of(&parts.headers).ok_or_else(ApiError::unauthenticated)?;
        let account = app
            .store
            .account_by_sign_in(secrets::hash(token), app.clock.now_ms())
            .await?
            .ok_or_else(ApiError::unauthenticated)?;
        if !A::allowed(account.role) {
            return Err(ApiError::new(
                sightline_protocol::ErrorCode::Forbidden,
                "your account may not do this; ask an administrator",
            ));
        }
        Ok(Self {
            account,
            ability: PhantomData,
        })
    }
}

/// A capability of the session's policy, as a type.
pub trait Needs: Send + Sync + 'static {
    /// Which.
    const CAPABILITY: Capability;
}

/// [`Capability::TakeSnapshot`].
pub struct TakeSnapshot;
impl Needs for TakeSnapshot {
    const CAPABILITY: Capability = Capability::TakeSnapshot;
}

/// [`Capability::SeeSnapshots`].
pub struct SeeSnapshots;
impl Needs for SeeSnapshots {
    const CAPABILITY: Capability = Capability::SeeSnapshots;
}

/// A participant with a valid token for the session in the address, whose role has the capability.
pub struct InSession<N: Needs> {
    /// What the token says.
    pub claims: Claims,
    needs: PhantomData<N>,
}

impl<N: Needs> FromRequestParts<Arc<App>> for InSession<N> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let claims = parts
            .headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
            .and_then(|token| app.tokens.read(token, app.clock.now_ms()))
            .ok_or_else(ApiError::unauthenticated)?;
        // Another session's token is answered as if this session did not exist.
        if claims.ses != session_of(parts, app).await? {
            return Err(ApiError::not_found());
        }
        policy::require(claims.role, N::CAPABILITY)?;
        Ok(Self {
            claims,
            needs: PhantomData,
        })
    }
}

/// The session that the address names.
async fn session_of(parts: &mut Parts, app: &Arc<App>) -> Result<SessionId, ApiError> {
    let params = RawPathParams::from_request_parts(parts, app)
        .await
        .map_err(|_| ApiError::not_found())?;
    params
        .iter()
        .find(|(name, _)| *name == "session")
        .and_then(|(_, value)| value.parse().ok())
        .ok_or_else(ApiError::not_found)
}

/// The session in the address, for handlers whose permission is an account's.
pub struct InPath(pub SessionId);

impl FromRequestParts<Arc<App>> for InPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        session_of(parts, app).await.map(Self)
    }
}
