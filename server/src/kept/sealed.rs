//! Encryption of what is kept at rest: one key a file, itself encrypted with the server's key.
//!
//! AES-256-GCM (NIST SP 800-38D) with random nonces of 96 bits. A file has far fewer records than
//! the 2^32 that one key allows; a nonce that counts would be used twice when a crash cuts a record
//! off and another one takes its place.

use crate::secrets::random32;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

/// Bytes that a sealed record is longer than its content: the nonce before it, the tag behind it.
pub const OVERHEAD: usize = NONCE_LEN + 16;

/// Something that was not sealed with this key for this place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it was not sealed with this key for this place")]
pub struct NotOurs;

/// A key of one file.
pub struct FileKey(LessSafeKey);

impl FileKey {
    fn new(bytes: &[u8; 32]) -> Result<Self, NotOurs> {
        let key = UnboundKey::new(&AES_256_GCM, bytes).map_err(|_| NotOurs)?;
        Ok(Self(LessSafeKey::new(key)))
    }

    /// A fresh key, and the same sealed with the server's for the file of this name.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn make(server: &[u8; 32], name: &str) -> Result<(Self, Vec<u8>), NotOurs> {
        let bytes = random32();
        let sealed = Self::new(server)?.seal(name.as_bytes(), &bytes)?;
        Ok((Self::new(&bytes)?, sealed))
    }

    /// The key that was sealed for the file of this name.
    ///
    /// # Errors
    /// [`NotOurs`].
    pub fn open(server: &[u8; 32], name: &str, sealed: &[u8]) -> Result<Self, NotOurs> {
        let bytes = Self::new(server)?.open_sealed(name.as_bytes(), sealed)?;
        Self::new(&bytes.try_into().map_err(|_| NotOurs)?)
    }

    /// Encrypts something for a place, such as its offset in the file.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal(&self, place: &[u8], content: &[u8]) -> Result<Vec<u8>, NotOurs> {
        let nonce: [u8; NONCE_LEN] = random32()[..NONCE_LEN].try_into().map_err(|_| NotOurs)?;
        let mut sealed = Vec::with_capacity(content.len() + OVERHEAD);
        sealed.extend(content);
        let nonce_of = Nonce::assume_unique_for_key(nonce);
        self.0
            .seal_in_place_append_tag(nonce_of, Aad::from(place), &mut sealed)
            .map_err(|_| NotOurs)?;
        sealed.splice(..0, nonce);
        Ok(sealed)
    }

    /// Decrypts what was sealed for this place.
    ///
    /// # Errors
    /// [`NotOurs`].
    pub fn open_sealed(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, NotOurs> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(NotOurs)?;
        let mut content = rest.to_vec();
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(place), &mut content);
        let length = opened.map_err(|_| NotOurs)?.len();
        content.truncate(length);
        Ok(content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_only_its_own_file_and_a_record_only_in_its_place() {
        let (server, other) = ([1; 32], [2; 32]);
        let (key, wrapped) = FileKey::make(&server, "ten/ses").unwrap();
        let sealed = key.seal(&[7], b"content").unwrap();
        assert_eq!(sealed.len(), b"content".len() + OVERHEAD);
        let again = FileKey::open(&server, "ten/ses", &wrapped).unwrap();
        assert_eq!(again.open_sealed(&[7], &sealed).unwrap(), b"content");
        assert_eq!(again.open_sealed(&[8], &sealed), Err(NotOurs));
        assert!(FileKey::open(&server, "ten/other", &wrapped).is_err());
        assert!(FileKey::open(&other, "ten/ses", &wrapped).is_err());
        for at in 0..sealed.len() {
            let mut broken = sealed.clone();
            broken[at] ^= 1;
            assert_eq!(key.open_sealed(&[7], &broken), Err(NotOurs), "byte {at}");
        }
        assert_ne!(sealed, key.seal(&[7], b"content").unwrap(), "another nonce");
    }
}
