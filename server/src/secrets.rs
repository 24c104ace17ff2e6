//! Random secrets, their hashes, and the key file.

use crate::store::Hash;
use rand::{
    Rng, RngCore,
    distr::{Alphanumeric, SampleString},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

/// Sixteen random bytes from the operating system's generator.
pub fn random16() -> [u8; 16] {
    let mut bytes = [0; 16];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// Thirty-two random bytes from the operating system's generator: a key.
pub fn random32() -> [u8; 32] {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// A secret of at least 128 random bits (62^22 is 2^130) as 22 letters and digits.
///
/// Nothing else, because people move secrets by hand: an address needs no escaping, a double click
/// selects the whole of it, and no command line takes one that begins with a dash for an option.
pub fn random_secret() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), 22)
}

/// Six random digits, each value equally likely.
pub fn random_code() -> String {
    format!("{:06}", rand::rng().random_range(0..1_000_000_u32))
}

/// SHA-256. Enough for secrets of 128 random bits, which cannot be guessed from it.
pub fn hash(secret: &str) -> Hash {
    Sha256::digest(secret.as_bytes()).into()
}

/// The server's keys, derived from one file.
#[derive(Clone)]
pub struct Keys {
    token: [u8; 32],
    code: [u8; 32],
    pages: [u8; 32],
    film: [u8; 32],
}

impl Keys {
    /// Reads the key file, or makes it with mode 0600.
    ///
    /// # Errors
    /// When the file cannot be read or written, or has not 32 bytes.
    pub fn load(file: &Path) -> io::Result<Self> {
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let mut bytes = vec![0; 32];
                rand::rng().fill_bytes(&mut bytes);
                write_private(file, &bytes)?;
                bytes
            }
            Err(e) => return Err(e),
        };
        let master: [u8; 32] = bytes.try_into().map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "the key file must have 32 bytes; remove it to get a new one, which ends all \
                 sign-ins and tokens",
            )
        })?;
        Ok(Self::from_master(&master))
    }

    /// Derives one key for each use, so that no value made with one serves another.
    pub fn from_master(master: &[u8; 32]) -> Self {
        let derive = |label: &[u8]| -> [u8; 32] {
            Sha256::new()
                .chain_update(label)
                .chain_update(master)
                .finalize()
                .into()
        };
        Self {
            token: derive(b"participant tokens"),
            code: derive(b"invitation codes"),
            pages: derive(b"kept pages"),
            film: derive(b"kept film"),
        }
    }

    /// Key that signs participants' tokens.
    pub fn token(&self) -> &[u8; 32] {
        &self.token
    }

    /// Key that encrypts the keys of kept pages.
    pub fn pages(&self) -> &[u8; 32] {
        &self.pages
    }

    /// Key that encrypts the keys of kept films.
    pub fn film(&self) -> &[u8; 32] {
        &self.film
    }

    /// Keyed hash of a six-digit code: without the key, a copy of the database tells no code.
    pub fn code_mac(&self, code: &str) -> Hash {
        Sha256::new()
            .chain_update(self.code)
            .chain_update(code.as_bytes())
            .finalize()
            .into()
    }
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// When it exists already or cannot be written.
pub fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_six_digits() {
        for _ in 0..1_000 {
            let code = random_code();
            assert!(
                code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()),
                "{code}"
            );
        }
    }

    #[test]
    fn a_secret_is_letters_and_digits_and_never_the_same() {
        let secrets: std::collections::HashSet<String> =
            (0..1_000).map(|_| random_secret()).collect();
        assert_eq!(secrets.len(), 1_000);
        for secret in secrets {
            assert!(
                secret.len() == 22 && secret.bytes().all(|b| b.is_ascii_alphanumeric()),
                "{secret}"
            );
        }
    }

    #[test]
    fn keys_differ_by_use_and_by_master() {
        let (a, b) = (Keys::from_master(&[1; 32]), Keys::from_master(&[2; 32]));
        assert_ne!(a.token, a.code);
        assert!(![a.token, a.code].contains(&a.pages));
        assert_ne!(a.code_mac("123456"), b.code_mac("123456"));
        assert_eq!(
            a.code_mac("123456"),
            Keys::from_master(&[1; 32]).code_mac("123456")
        );
    }
}
