//! Style sheets, pictures and fonts by the hash of their content, kept once for each company.
//!
//! The hash is computed here again: what a tab calls its content is not believed. What is not
//! recognised as one of the known kinds is refused, and what is served can run nothing.

use sha2::{Digest, Sha256};
use sightline_protocol::{
    TenantId,
    limits::{PAGE_ASSET_BYTES, PAGE_ASSETS_PER_TENANT},
};
use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
};
use tokio::sync::Mutex;

/// Why an asset was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AssetError {
    /// The content has another hash.
    #[error("the content does not have this hash")]
    Hash,
    /// Larger than the limit.
    #[error("an asset may have at most {PAGE_ASSET_BYTES} bytes")]
    TooLarge,
    /// Neither a style sheet, nor a picture, nor a font.
    #[error("an asset must be a style sheet, a picture or a font")]
    Kind,
    /// The company keeps too much.
    #[error("the store of assets is full")]
    Full,
    /// The disk.
    #[error("an asset could not be written")]
    Io(#[from] io::Error),
}

/// The store.
pub struct Assets {
    folder: PathBuf,
    /// Bytes kept for each company that was asked for since the start.
    used: Mutex<HashMap<TenantId, u64>>,
}

impl Assets {
    /// In a folder that need not exist.
    pub fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            used: Mutex::default(),
        }
    }

    /// Whether it is here. False for what is not a hash.
    pub async fn has(&self, tenant: &TenantId, hash: &str) -> bool {
        match self.path(tenant, hash) {
            Some(path) => tokio::fs::try_exists(path).await.unwrap_or(false),
            None => false,
        }
    }

    /// Content and media type.
    pub async fn get(&self, tenant: &TenantId, hash: &str) -> Option<(Vec<u8>, &'static str)> {
        let bytes = tokio::fs::read(self.path(tenant, hash)?).await.ok()?;
        let kind = media_type(&bytes)?;
        Some((bytes, kind))
    }

    /// Keeps one.
    ///
    /// # Errors
    /// [`AssetError`].
    pub async fn put(
        &self,
        tenant: &TenantId,
        hash: &[u8; 32],
        content: &[u8],
    ) -> Result<(), AssetError> {
        if content.len() > PAGE_ASSET_BYTES {
            return Err(AssetError::TooLarge);
        }
        if Sha256::digest(content).as_slice() != hash {
            return Err(AssetError::Hash);
        }
        if media_type(content).is_none() {
            return Err(AssetError::Kind);
        }
        let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = self.path(tenant, &name).ok_or(AssetError::Hash)?;
        // Held while writing, so that two uploads cannot both take the last room.
        let mut used = self.used.lock().await;
        if tokio::fs::try_exists(&path).await? {
            return Ok(());
        }
        let folder = self.folder.join(tenant.as_str());
        tokio::fs::create_dir_all(&folder).await?;
        let before = match used.get(tenant) {
            Some(bytes) => *bytes,
            None => size_of(&folder).await?,
        };
        let after = before + content.len() as u64;
        if after > PAGE_ASSETS_PER_TENANT {
            return Err(AssetError::Full);
        }
        let partial = folder.join(format!("{name}.part"));
        tokio::fs::write(&partial, content).await?;
        tokio::fs::rename(&partial, &path).await?;
        used.insert(tenant.clone(), after);
        Ok(())
    }

    fn path(&self, tenant: &TenantId, hash: &str) -> Option<PathBuf> {
        let is_hash = hash.len() == 64
            && hash
                .bytes()
                .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        is_hash.then(|| self.folder.join(tenant.as_str()).join(hash))
    }
}

async fn size_of(folder: &Path) -> io::Result<u64> {
    let mut entries = tokio::fs::read_dir(folder).await?;
    let mut sum = 0;
    while let Some(entry) = entries.next_entry().await? {
        sum += entry.metadata().await?.len();
    }
    Ok(sum)
}

/// First line of every style sheet that the script sends, so that a text can be told from others.
const STYLE: &[u8] = b"/*css*/";

/// The media type by the first bytes. SVG is shown as a picture only, where it runs no script.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let riff = |kind: &[u8]| starts(b"RIFF") && bytes.get(8..12) == Some(kind);
    let brand = |kinds: &[&[u8]]| {
        bytes.get(4..8) == Some(b"ftyp") && bytes.get(8..12).is_some_and(|b| kinds.contains(&b))
    };
    Some(if starts(STYLE) {
        "text/css; charset=utf-8"
    } else if starts(b"\x89PNG\r\n\x1a\n") {
        "image/png"
    } else if starts(&[0xFF, 0xD8, 0xFF]) {
        "image/jpeg"
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        "image/gif"
    } else if riff(b"WEBP") {
        "image/webp"
    } else if brand(&[b"avif", b"avis"]) {
        "image/avif"
    } else if starts(&[0, 0, 1, 0]) {
        "image/x-icon"
    } else if starts(b"BM") {
        "image/bmp"
    } else if starts(b"wOF2") {
        "font/woff2"
    } else if starts(b"wOFF") {
        "font/woff"
    } else if starts(&[0, 1, 0, 0]) || starts(b"true") {
        "font/ttf"
    } else if starts(b"OTTO") {
        "font/otf"
    } else if is_svg(bytes) {
        "image/svg+xml"
    } else {
        return None;
    })
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(1_024)];
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && text.contains("<svg")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (Assets, TenantId) {
        let name = crate::secrets::random_secret();
        let folder = std::env::temp_dir().join(format!("sightline-assets-{name}"));
        (Assets::new(folder), TenantId::from_random([1; 16]))
    }

    #[tokio::test]
    async fn what_was_put_is_found_by_its_hash_and_only_by_its_company() {
        let (assets, tenant) = store();
        let css = b"/*css*/a{color:red}";
        let hash: [u8; 32] = Sha256::digest(css).into();
        assets.put(&tenant, &hash, css).await.unwrap();
        let name: String = hash.iter().map(|b| format!("{b:02x}")).collect();
        assert!(assets.has(&tenant, &name).await);
        let (content, kind) = assets.get(&tenant, &name).await.unwrap();
        assert_eq!((&content[..], kind), (&css[..], "text/css; charset=utf-8"));
        let other = TenantId::from_random([2; 16]);
        assert!(!assets.has(&other, &name).await);
        std::fs::remove_dir_all(&assets.folder).unwrap();
    }

    #[tokio::test]
    async fn a_wrong_hash_an_unknown_kind_and_a_strange_name_are_refused() {
        let (assets, tenant) = store();
        let css = b"/*css*/a{}";
        let refused = assets.put(&tenant, &[0; 32], css).await;
        assert!(matches!(refused, Err(AssetError::Hash)));
        let html = b"<script>alert(1)</script>";
        let refused = assets
            .put(&tenant, &Sha256::digest(html).into(), html)
            .await;
        assert!(matches!(refused, Err(AssetError::Kind)));
        let large = vec![0; PAGE_ASSET_BYTES + 1];
        let refused = assets.put(&tenant, &[0; 32], &large).await;
        assert!(matches!(refused, Err(AssetError::TooLarge)));
        for name in ["../../../../etc/passwd", "", "AB", &"A".repeat(64)] {
            assert!(assets.get(&tenant, name).await.is_none());
        }
    }
}
