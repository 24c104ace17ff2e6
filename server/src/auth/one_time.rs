use crate::{secrets, store::Hash};
use std::sync::{Mutex, PoisonError};

/// How long the printed secret works, in milliseconds.
const VALID_MS: i64 = 15 * 60_000;

/// The one-time secret that a start of the server prints: one use, fifteen minutes.
pub struct OneTime(Mutex<Option<(Hash, i64)>>);

impl OneTime {
    /// Makes the secret; the text is returned once and kept only as a hash.
    pub fn make(now_ms: i64) -> (Self, String) {
        let secret = secrets::random_secret();
        (
            Self(Mutex::new(Some((
                secrets::hash(&secret),
                now_ms + VALID_MS,
            )))),
            secret,
        )
    }

    /// Uses the secret up; true the first time it is right and in time.
    pub fn redeem(&self, secret: &str, now_ms: i64) -> bool {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Hashes of 128 random bits are compared: the time taken tells nothing usable.
        let right = kept
            .is_some_and(|(hash, expires_ms)| hash == secrets::hash(secret) && now_ms < expires_ms);
        if right {
            *kept = None;
        }
        right
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_works_once_and_in_time() {
        let (one_time, secret) = OneTime::make(0);
        assert!(!one_time.redeem("wrong", 1));
        assert!(one_time.redeem(&secret, VALID_MS - 1));
        assert!(!one_time.redeem(&secret, VALID_MS - 1));
        let (late, secret) = OneTime::make(0);
        assert!(!late.redeem(&secret, VALID_MS));
    }
}
