//! Shared pages that a company keeps: what the relay passed on, one encrypted file a session.
//!
//! Only what viewers were sent is written, so nothing that the mask gate kept back can be in it. A
//! file is a row of records, each with its length in four bytes, big-endian, before it. The first is
//! JSON, [`Head`], after a byte 0; it holds the file's key, sealed with the server's, so that erasing
//! it erases the rest. All others are sealed with that key (`sealed`), each for its offset in the
//! file, and open to:
//!
//! | first byte | rest |
//! |---|---|
//! | 1, 2 | a page frame as viewers get it (`sightline_protocol::page`) |
//! | 4 | milliseconds since the session began, big-endian; then the shared tabs as JSON |
//! | 5 | nothing: the limit is reached, the rest is missing |
//! | 6 | milliseconds since the session began, big-endian; then somebody's pointer as JSON |
//!
//! A record that is not whole, after a crash, ends the file. Those who play it get the same row of
//! records, opened.

use super::sealed::{FileKey, NotOurs, OVERHEAD};
use serde::{Deserialize, Serialize};
use sightline_protocol::{
    SessionId, TenantId,
    limits::PAGE_RECORDING_BYTES,
    page::{TabInfo, ViewNotice},
};
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
const POINTER: u8 = 6;
/// More than the first record is long.
const HEAD_BYTES: usize = 512;
const DAY_MS: i64 = 86_400_000;

/// What the first record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// When the file is to be erased, in milliseconds since 1970.
    pub until_ms: i64,
    /// The file's key, sealed with the server's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    key: Vec<u8>,
}

/// A file that is being written.
pub struct Recording {
    file: File,
    key: FileKey,
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
        self.put(&timed(TABS, at_ms, &tabs)?).await
    }

    /// Adds where somebody pointed.
    ///
    /// # Errors
    /// When the disk fails.
    pub async fn pointer(&mut self, at_ms: u32, pointer: &ViewNotice) -> io::Result<()> {
        self.put(&timed(POINTER, at_ms, pointer)?).await
    }

    async fn put(&mut self, record: &[u8]) -> io::Result<()> {
        if self.cut {
            return Ok(());
        }
        let size = stored(record.len());
        // Room for the word that the rest is missing is kept.
        if self.bytes + size + stored(1) > PAGE_RECORDING_BYTES {
            self.cut = true;
            info!("no more of this session's pages is kept");
            return self.seal(&[CUT]).await;
        }
        self.seal(record).await
    }

    async fn seal(&mut self, record: &[u8]) -> io::Result<()> {
        let sealed = self.key.seal(&place(self.bytes), record).map_err(io_of)?;
        self.write(&sealed).await
    }

    /// One write a record, so that a crash cuts off at most the last one.
    async fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let length = u32::try_from(record.len()).map_err(io::Error::other)?;
        let whole = [&length.to_be_bytes(), record].concat();
        self.file.write_all(&whole).await?;
        self.file.flush().await?;
        self.bytes += whole.len() as u64;
        Ok(())
    }
}

fn timed(kind: u8, at_ms: u32, what: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut record = vec![kind];
    record.extend(at_ms.to_be_bytes());
    record.extend(serde_json::to_vec(what)?);
    Ok(record)
}

/// Bytes that a record takes in the file.
fn stored(length: usize) -> u64 {
    (4 + OVERHEAD + length) as u64
}

/// What a record is sealed for: its offset in the file.
fn place(offset: u64) -> [u8; 8] {
    offset.to_be_bytes()
}

fn io_of(error: NotOurs) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// What is kept of a session.
pub struct Kept {
    /// The row of records, opened, without what a crash left behind.
    pub bytes: Vec<u8>,
    /// Its first record.
    pub head: Head,
    /// True when the rest did not fit.
    pub cut: bool,
}

/// The files.
pub struct Recordings {
    folder: PathBuf,
    /// Seals the keys of the files.
    server_key: [u8; 32],
}

impl Recordings {
    /// In a folder that need not exist.
    pub fn new(folder: PathBuf, server_key: [u8; 32]) -> Self {
        Self { folder, server_key }
    }

    /// Opens a session's file to go on with it. One whose key cannot be opened any more is lost, and
    /// makes room.
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
        let name = name(tenant, session);
        let found = reveal(&known, &self.server_key, &name);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .await?;
        if let Some(Revealed {
            key, stored, kept, ..
        }) = found
        {
            file.set_len(stored).await?;
            let cut = kept.cut;
            return Ok(Recording {
                file,
                key,
                bytes: stored,
                cut,
            });
        }
        file.set_len(0).await?;
        let (key, sealed) = FileKey::make(&self.server_key, &name).map_err(io_of)?;
        let mut recording = Recording {
            file,
            key,
            bytes: 0,
            cut: false,
        };
        let until_ms = now_ms + i64::from(days) * DAY_MS;
        let head = Head {
            until_ms,
            key: sealed,
        };
        recording.write(&head_record(&head)?).await?;
        Ok(recording)
    }

    /// What is kept of a session and is not to be erased yet.
    pub async fn get(&self, tenant: &TenantId, session: &SessionId, now_ms: i64) -> Option<Kept> {
        let bytes = fs::read(self.path(tenant, session)).await.ok()?;
        let kept = reveal(&bytes, &self.server_key, &name(tenant, session))?.kept;
        // Nobody is shown what should be gone, though the sweep has not come by yet.
        (kept.head.until_ms > now_ms).then_some(kept)
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
                match erase(&file).await {
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

/// What a file's key is sealed for.
fn name(tenant: &TenantId, session: &SessionId) -> String {
    format!("{tenant}/{session}")
}

/// The key first: without it the rest is noise, whatever becomes of its place on the disk.
async fn erase(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path).await?;
    file.write_all(&[0; HEAD_BYTES]).await?;
    file.sync_data().await?;
    drop(file);
    fs::remove_file(path).await
}

/// As much of a file as its first record can be long.
async fn beginning(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(file).await?;
    let most = HEAD_BYTES as u64;
    file.take(most).read_to_end(&mut bytes).await?;
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

/// Each whole record with the offset of its length, and the offset behind it.
fn records(bytes: &[u8]) -> impl Iterator<Item = (u64, u64, &[u8])> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        let begin = at;
        let length: [u8; 4] = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let end = (at + 4).checked_add(u32::from_be_bytes(length) as usize)?;
        let record = bytes.get(at + 4..end)?;
        at = end;
        Some((begin as u64, end as u64, record))
    })
}

struct Revealed {
    key: FileKey,
    /// Bytes of the file up to the end of its last good record.
    stored: u64,
    kept: Kept,
}

/// Opens a file as far as it is whole; none when its key cannot be opened.
fn reveal(bytes: &[u8], server_key: &[u8; 32], name: &str) -> Option<Revealed> {
    let head = head_of(bytes)?;
    let key = FileKey::open(server_key, name, &head.key).ok()?;
    let mut rest = records(bytes);
    let (_, mut stored, _) = rest.next()?;
    let mut cut = false;
    let shown = Head {
        until_ms: head.until_ms,
        key: Vec::new(),
    };
    let mut opened = Vec::with_capacity(bytes.len());
    add(&mut opened, &head_record(&shown).ok()?);
    for (begin, end, record) in rest {
        let Ok(record) = key.open_sealed(&place(begin), record) else {
            warn!("a kept page is damaged; what follows is left out");
            break;
        };
        cut |= record.first() == Some(&CUT);
        add(&mut opened, &record);
        stored = end;
    }
    let kept = Kept {
        bytes: opened,
        head,
        cut,
    };
    Some(Revealed { key, stored, kept })
}

fn add(row: &mut Vec<u8>, record: &[u8]) {
    row.extend((record.len() as u32).to_be_bytes());
    row.extend(record);
}

fn head_record(head: &Head) -> io::Result<Vec<u8>> {
    let mut record = vec![HEAD];
    record.extend(serde_json::to_vec(head)?);
    Ok(record)
}

fn head_of(bytes: &[u8]) -> Option<Head> {
    let (_, _, record) = records(bytes).next()?;
    let (kind, json) = record.split_first()?;
    (*kind == HEAD)
        .then(|| serde_json::from_slice(json).ok())
        .flatten()
}

#[cfg(test)]
mod tests;
