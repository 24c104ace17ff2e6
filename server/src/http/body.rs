use super::ApiError;
use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;
use sightline_protocol::ErrorCode;
use std::time::Duration;
use tokio::time::timeout;

/// Largest JSON body in bytes.
const BODY_BYTES: usize = 64 * 1024;
/// Time for a whole body: the largest picture over 1.2 Mbit/s.
const READ_WITHIN: Duration = Duration::from_secs(60);

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

/// Reads a body of at most `limit` bytes, which has to come within [`READ_WITHIN`].
pub async fn read(request: Request, limit: usize) -> Result<Bytes, ApiError> {
    read_within(READ_WITHIN, request, limit).await
}

async fn read_within(time: Duration, request: Request, limit: usize) -> Result<Bytes, ApiError> {
    let read = timeout(time, to_bytes(request.into_body(), limit)).await;
    let read = read.map_err(|_| {
        let message = format!(
            "the body must come within {} s; send it again",
            time.as_secs()
        );
        ApiError::new(ErrorCode::Malformed, message)
    })?;
    read.map_err(|_| {
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body as Bytewise;

    #[tokio::test]
    async fn a_body_that_never_ends_is_given_up() {
        let endless =
            Bytewise::from_stream(futures_util::stream::pending::<Result<Bytes, axum::Error>>());
        let short = Duration::from_millis(1);
        let refused = read_within(short, Request::new(endless), 10).await;
        assert_eq!(refused.unwrap_err().code(), ErrorCode::Malformed);
        let whole = Request::new(Bytewise::from("whole"));
        assert_eq!(read_within(READ_WITHIN, whole, 10).await.unwrap(), "whole");
        let long = Request::new(Bytewise::from("too long by far"));
        let refused = read_within(READ_WITHIN, long, 10).await;
        assert_eq!(refused.unwrap_err().code(), ErrorCode::TooLarge);
    }
}
