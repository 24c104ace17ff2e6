use crate::secrets::Keys;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use sightline_protocol::{ParticipantId, Role, SessionId, TenantId};

/// How long a participant's token is valid, in milliseconds.
const VALID_MS: i64 = 12 * 3_600_000;

/// What a participant's token says. RFC 7519 names for the times; the rest is ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Company.
    pub ten: TenantId,
    /// Session.
    pub ses: SessionId,
    /// Participant.
    pub par: ParticipantId,
    /// Role.
    pub role: Role,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// When it expires, in seconds since 1970.
    pub exp: i64,
}

/// Makes and reads participants' tokens (JWT, HS256).
pub struct Tokens {
    sign: EncodingKey,
    verify: DecodingKey,
    rules: Validation,
}

impl Tokens {
    /// With the server's key.
    pub fn new(keys: &Keys) -> Self {
        let mut rules = Validation::new(Algorithm::HS256);
        // The expiry is checked below against the injected clock, to the second.
        rules.validate_exp = false;
        rules.set_required_spec_claims(&["exp"]);
        Self {
            sign: EncodingKey::from_secret(keys.token()),
            verify: DecodingKey::from_secret(keys.token()),
            rules,
        }
    }

    /// A token that is valid for twelve hours.
    ///
    /// # Errors
    /// When signing fails, which no input causes.
    pub fn issue(
        &self,
        tenant: TenantId,
        session: SessionId,
        participant: ParticipantId,
        role: Role,
        now_ms: i64,
    ) -> Result<String, jsonwebtoken::errors::Error> {
        let claims = Claims {
            ten: tenant,
            ses: session,
            par: participant,
            role,
            iat: now_ms / 1_000,
            exp: (now_ms + VALID_MS) / 1_000,
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.sign)
    }

    /// What a valid token says; none for a forged, broken or expired one.
    pub fn read(&self, token: &str, now_ms: i64) -> Option<Claims> {
        let claims = jsonwebtoken::decode::<Claims>(token, &self.verify, &self.rules)
            .ok()?
            .claims;
        (claims.exp > now_ms / 1_000).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issue(tokens: &Tokens, now_ms: i64) -> String {
        tokens
            .issue(
                TenantId::from_random([1; 16]),
                SessionId::from_random([2; 16]),
                ParticipantId::from_random([3; 16]),
                Role::Agent,
                now_ms,
            )
            .unwrap()
    }

    #[test]
    fn a_token_is_read_back_until_it_expires() {
        let tokens = Tokens::new(&Keys::from_master(&[9; 32]));
        let token = issue(&tokens, 1_000_000);
        assert_eq!(tokens.read(&token, 1_000_000).unwrap().role, Role::Agent);
        assert!(tokens.read(&token, 1_000_000 + VALID_MS - 1_000).is_some());
        assert!(tokens.read(&token, 1_000_000 + VALID_MS).is_none());
    }

    #[test]
    fn a_token_of_another_key_or_algorithm_is_refused() {
        let tokens = Tokens::new(&Keys::from_master(&[9; 32]));
        let foreign = Tokens::new(&Keys::from_master(&[8; 32]));
        assert!(tokens.read(&issue(&foreign, 0), 0).is_none());
        let body = issue(&tokens, 0).split('.').nth(1).unwrap().to_owned();
        // {"alg":"none","typ":"JWT"}
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{body}.");
        assert!(tokens.read(&unsigned, 0).is_none());
        assert!(tokens.read("", 0).is_none());
    }
}
