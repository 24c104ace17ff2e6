use super::ApiError;
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;
use sightline_protocol::ErrorCode;

/// Largest JSON body in bytes.
const BODY_BYTES: usize = 64 * 1024;

/// A JSON body. Refuses with the API's own error instead of the framework's.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read(request, BODY_BYTES).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The text of the error may quote the body, which may hold a secret.
            let (line, column) = (error.line(), error.column());
            ApiError::new(
                ErrorCode::Malformed,
                format!("the body is not what this address takes: line {line} column {column}"),
            )
        })
    }
}

/// Reads a body of at most `limit` bytes.
pub async fn read(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    to_bytes(request.into_body(), limit).await.map_err(|_| {
        ApiError::new(
            ErrorCode::TooLarge,
            format!("the body may have at most {limit} bytes"),
        )
    })
}

/// Checks the length of a text in characters.
pub fn check_chars(text: &str, min: usize, max: u32, field: &str) -> Result<(), ApiError> {
    let count = text.chars().take(max as usize + 1).count();
    if (min..=max as usize).contains(&count) {
        Ok(())
    } else {
        Err(ApiError::new(
            ErrorCode::OutOfRange,
            format!("{field} must be {min} to {max} characters long"),
        ))
    }
}
