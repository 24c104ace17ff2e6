use crate::{
    auth::TooMany,
    hub::{HubError, HubGone},
    store::StoreError,
};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use sightline_protocol::{ErrorCode, http::ErrorBody};
use sightline_session::Refusal;
use tracing::error;

/// Result of a handler.
pub type ApiResult<T> = Result<T, ApiError>;

/// A refused request: the one place where inner errors become public ones.
#[derive(Debug)]
pub struct ApiError(ErrorBody);

impl ApiError {
    /// With a code and words that say what to do.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(ErrorBody {
            code,
            message: message.into(),
            retry_after_s: None,
        })
    }

    /// The same answer for everything that is wrong with an invitation.
    pub fn invalid_code() -> Self {
        Self::new(
            ErrorCode::InvalidCode,
            "this code or link does not work; ask for a new one",
        )
    }

    /// No sign-in or token.
    pub fn unauthenticated() -> Self {
        Self::new(ErrorCode::Unauthenticated, "sign in first")
    }

    /// Not there, or not for this person.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "there is no such thing here")
    }

    /// A fault of the server, which the caller has logged.
    pub fn internal() -> Self {
        Self::new(ErrorCode::Internal, "the server failed; try again")
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// What to do, in words.
    pub fn message(&self) -> String {
        self.0.message.clone()
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let retry = self.0.retry_after_s;
        let mut response = (status(self.0.code), Json(self.0)).into_response();
        if let Some(seconds) = retry {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::Malformed
        | ErrorCode::UnknownMessage
        | ErrorCode::OutOfRange
        | ErrorCode::VersionMismatch
        | ErrorCode::TooManyErrors => StatusCode::BAD_REQUEST,
        ErrorCode::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden | ErrorCode::ConsentMissing => StatusCode::FORBIDDEN,
        ErrorCode::NotFound | ErrorCode::InvalidCode => StatusCode::NOT_FOUND,
        ErrorCode::SessionEnded => StatusCode::GONE,
        ErrorCode::LimitReached => StatusCode::CONFLICT,
        ErrorCode::MediaFailed => StatusCode::BAD_GATEWAY,
        ErrorCode::Internal | ErrorCode::Unknown => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(refusal.code(), refusal.to_string())
    }
}

impl From<TooMany> for ApiError {
    fn from(too_many: TooMany) -> Self {
        Self(ErrorBody {
            code: ErrorCode::RateLimited,
            message: "too many tries; wait and try again".to_owned(),
            retry_after_s: Some(too_many.retry_after_s),
        })
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        error!(%error, "the store failed");
        Self::internal()
    }
}

impl From<HubGone> for ApiError {
    fn from(_: HubGone) -> Self {
        Self::internal()
    }
}

impl From<HubError> for ApiError {
    fn from(error: HubError) -> Self {
        match error {
            HubError::NoSession => Self::not_found(),
            HubError::Refused(refusal) => refusal.into(),
            HubError::Full => Self::new(ErrorCode::Internal, error.to_string()),
            HubError::Store(store) => store.into(),
            HubError::Gone(gone) => gone.into(),
        }
    }
}

/// An address that is not in the router.
pub async fn no_such_address() -> ApiError {
    ApiError::not_found()
}

/// A method that the address does not have.
pub async fn wrong_method() -> Response {
    let body = ApiError::new(ErrorCode::NotFound, "this address has no such method");
    (StatusCode::METHOD_NOT_ALLOWED, Json(body.0)).into_response()
}
