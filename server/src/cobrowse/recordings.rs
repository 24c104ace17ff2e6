//! Shared pages that a company keeps: what the relay passed on, one file a session.
//!
//! Only what viewers were sent is written, so nothing that the mask gate kept back can be in it. A
//! file is a row of records, each with its length in four bytes, big-endian, before it:
//!
//! | first byte | rest |
//! |---|---|
//! | 0 | JSON: [`Head`]; the first record |
//! | 1, 2 | a page frame as viewers get it (`sightline_protocol::page`) |
//! | 4 | milliseconds since the session began, big-endian; then the shared tabs as JSON |
//! | 5 | nothing: the limit is reached, the rest is missing |
//!
//! A record that is not whole, after a crash, ends the file.

use serde::{Deserialize, Serialize};
use sightline_protocol::{SessionId, TenantId, limits::PAGE_RECORDING_BYTES, page::TabInfo};
use std::{
    io,
    path::{Path, PathBuf},
};
use tokio::{
    fs::{self, File, OpenOptions},
    io::{AsyncReadExt, AsyncWriteExt},
};
use tracing::{info, warn};

const HEAD: u8 = 0;
const TABS: u8 = 4;
const CUT: u8 = 5;
const HEAD_BYTES: u64 = 256;
const DAY_MS: i64 = 86_400_000;

/// What the first record says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// When the file is to be erased, in milliseconds since 1970.
    pub until_ms: i64,
}

/// A file that is being written.
pub struct Recording {
    file: File,
    bytes: u64,
    cut: bool,
}

impl Recording {
    /// Adds a frame as viewers get it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn frame(&mut self, frame: &[u8]) -> io::Result<()> {
        self.put(frame).await
    }

    /// Adds the list of tabs; an empty one when nothing is shared any more.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn tabs(&mut self, at_ms: u32, tabs: &[TabInfo]) -> io::Result<()> {
        let mut record = vec![TABS];
        record.extend(at_ms.to_be_bytes());
        record.extend(serde_json::to_vec(tabs)?);
        self.put(&record).await
    }

    async fn put(&mut self, record: &[u8]) -> io::Result<()> {
        if self.cut {
            return Ok(());
        }
        let size = 4 + record.len() as u64;
        // Room for the word that the rest is missing is kept.
        if self.bytes + size + 5 > PAGE_RECORDING_BYTES {
            self.cut = true;
            info!("no more of this session's pages is kept");
            return self.write(&[CUT]).await;
        }
        self.write(record).await
    }

    async fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len()).map_err(io::Error::other)?;
        self.file.write_all(&length.to_be_bytes()).await?;
        self.file.write_all(record).await?;
        self.file.flush().await?;
        self.bytes += 4 + record.len() as u64;
        Ok(())
    }
}

/// What is kept of a session.
pub struct Kept {
    /// The whole file, without what a crash left behind.
    pub bytes: Vec<u8>,
    /// Its first record.
    pub head: Head,
    /// True when the rest did not fit.
    pub cut: bool,
}

/// The files.
pub struct Recordings {
    folder: PathBuf,
}

impl Recordings {
    /// In a folder that need not exist.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Opens a session's file to go on with it.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn open(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        days: u16,
        now_ms: i64,
    ) -> io::Result<Recording> {
        let path = self.path(tenant, session);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).await?;
        }
        let known = match fs::read(&path).await {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        let (whole, cut) = measure(&known);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .await?;
        file.set_len(whole as u64).await?;
        let mut recording = Recording {
            file,
            bytes: whole as u64,
            cut,
        };
        if whole == 0 {
            let until_ms = now_ms + i64::from(days) * DAY_MS;
            let mut head = vec![HEAD];
            head.extend(serde_json::to_vec(&Head { until_ms })?);
            recording.write(&head).await?;
        }
        Ok(recording)
    }

    /// What is kept of a session and is not to be erased yet.
    pub async fn get(&self, tenant: &TenantId, session: &SessionId, now_ms: i64) -> Option<Kept> {
        let mut bytes = fs::read(self.path(tenant, session)).await.ok()?;
        let head = head_of(&bytes)?;
        let (whole, cut) = measure(&bytes);
        bytes.truncate(whole);
        // Nobody is shown what should be gone, though the sweep has not come by yet.
        (head.until_ms > now_ms).then_some(Kept { bytes, head, cut })
    }

    /// Erases what has been kept long enough. Returns how many files went.
    pub async fn sweep(&self, now_ms: i64) -> usize {
        let mut erased = 0;
        for tenant in entries(&self.folder).await {
            for file in entries(&tenant).await {
                let gone = match beginning(&file).await {
                    Ok(bytes) => head_of(&bytes).is_none_or(|head| head.until_ms <= now_ms),
                    Err(_) => false,
                };
                if !gone {
                    continue;
                }
                match fs::remove_file(&file).await {
                    Ok(()) => erased += 1,
                    Err(error) => warn!(%error, "a kept page could not be erased"),
                }
            }
        }
        erased
    }

    fn path(&self, tenant: &TenantId, session: &SessionId) -> PathBuf {
        self.folder.join(tenant.as_str()).join(session.as_str())
    }
}

/// As much of a file as its first record can be long.
async fn beginning(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(file).await?;
    file.take(HEAD_BYTES).read_to_end(&mut bytes).await?;
    Ok(bytes)
}

async fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if let Ok(mut entries) = fs::read_dir(folder).await {
        while let Ok(Some(entry)) = entries.next_entry().await {
            found.push(entry.path());
        }
    }
    found
}

fn records(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let length: [u8; 4] = bytes.get(at..at + 4)?.try_into().ok()?;
        let end = at
            .checked_add(4)?
            .checked_add(u32::from_be_bytes(length) as usize)?;
        let record = bytes.get(at + 4..end)?;
        at = end;
        Some((end, record))
    })
}

/// How many bytes are whole records, and whether the limit was reached.
fn measure(bytes: &[u8]) -> (usize, bool) {
    records(bytes).fold((0, false), |(_, cut), (end, record)| {
        (end, cut || record.first() == Some(&CUT))
    })
}

fn head_of(bytes: &[u8]) -> Option<Head> {
    let (_, record) = records(bytes).next()?;
    let (kind, json) = record.split_first()?;
    (*kind == HEAD)
        .then(|| serde_json::from_slice(json).ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets;

    fn names() -> (Recordings, TenantId, SessionId) {
        let folder =
            std::env::temp_dir().join(format!("sightline-pages-{}", secrets::random_secret()));
        let ids = (
            TenantId::from_random([1; 16]),
            SessionId::from_random([2; 16]),
        );
        (Recordings::new(folder), ids.0, ids.1)
    }

    #[tokio::test]
    async fn a_file_goes_on_after_a_crash_and_is_erased_in_time() {
        let (kept, tenant, session) = names();
        let mut one = kept.open(&tenant, &session, 2, 1_000).await.unwrap();
        one.frame(&[1, 0, 7]).await.unwrap();
        drop(one);
        // A crash in the middle of a record.
        let path = kept.path(&tenant, &session);
        let mut bytes = fs::read(&path).await.unwrap();
        let whole = bytes.len();
        bytes.extend([0, 0, 0, 9, 1]);
        fs::write(&path, &bytes).await.unwrap();
        let found = kept.get(&tenant, &session, 2_000).await.unwrap();
        assert_eq!(found.bytes.len(), whole);
        let mut two = kept.open(&tenant, &session, 2, 5_000).await.unwrap();
        two.tabs(4_000, &[]).await.unwrap();
        let found = kept.get(&tenant, &session, 2_000).await.unwrap();
        let kinds: Vec<u8> = records(&found.bytes).map(|(_, r)| r[0]).collect();
        assert_eq!(kinds, [HEAD, 1, TABS]);
        assert_eq!(
            found.head.until_ms,
            1_000 + 2 * DAY_MS,
            "counted from its beginning"
        );
        assert_eq!(kept.sweep(found.head.until_ms - 1).await, 0);
        assert!(
            kept.get(&tenant, &session, found.head.until_ms)
                .await
                .is_none()
        );
        assert_eq!(kept.sweep(found.head.until_ms).await, 1);
        assert!(!path.exists());
        let _ = fs::remove_dir_all(&kept.folder).await;
    }

    #[tokio::test]
    async fn no_more_than_the_limit_is_kept_and_the_file_says_so() {
        let (kept, tenant, session) = names();
        let mut one = kept.open(&tenant, &session, 1, 0).await.unwrap();
        let frame = vec![2; 8 * 1024 * 1024];
        for _ in 0..7 {
            one.frame(&frame).await.unwrap();
        }
        assert!(!kept.get(&tenant, &session, 1).await.unwrap().cut);
        one.frame(&frame).await.unwrap();
        // A small one would fit, but not in its place.
        one.frame(&[2, 0, 1]).await.unwrap();
        drop(one);
        let found = kept.get(&tenant, &session, 1).await.unwrap();
        assert!(found.cut);
        assert!(found.bytes.len() as u64 <= PAGE_RECORDING_BYTES);
        let mut again = kept.open(&tenant, &session, 1, 0).await.unwrap();
        again.frame(&[2, 0, 1]).await.unwrap();
        let after = kept.get(&tenant, &session, 1).await.unwrap();
        assert_eq!(after.bytes.len(), found.bytes.len());
        let _ = fs::remove_dir_all(&kept.folder).await;
    }
}
