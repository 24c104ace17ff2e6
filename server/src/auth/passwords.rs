use argon2::{
    Argon2, PasswordHash, PasswordHasher, PasswordVerifier,
    password_hash::{self, SaltString},
};
use std::sync::LazyLock;

/// Verified when there is no such account, so that both answers take the same time.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_password("nobody").ok());

/// Hashes a password with argon2id and the crate's recommended cost (RFC 9106, section 4, the
/// second option made stricter by OWASP: 19 MiB, two passes). Takes tens of milliseconds.
///
/// # Errors
/// When the password is longer than argon2 can take.
pub fn hash_password(password: &str) -> Result<String, password_hash::Error> {
    let salt = SaltString::encode_b64(&crate::secrets::random16())?;
    Ok(Argon2::default()
        .hash_password(password.as_bytes(), &salt)?
        .to_string())
}

/// Whether the password fits the hash. Without a hash it works as long and says no.
pub fn verify_password(password: &str, hash: Option<&str>) -> bool {
    let Some(text) = hash.or(NOBODY.as_deref()) else {
        return false;
    };
    let fits = PasswordHash::new(text).is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    });
    fits && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits_and_nobody_has_none() {
        let hash = hash_password("correct horse").unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(verify_password("correct horse", Some(&hash)));
        assert!(!verify_password("correct horses", Some(&hash)));
        assert!(!verify_password("nobody", None));
    }
}
