//! Shared pages that a company keeps: what the relay passed on, one encrypted file a session.
//!
//! Only what viewers were sent is written, so nothing that the mask gate kept back can be in it. A
//! file is a row of sealed records ([`crate::kept`]), which open to:
//!
//! | first byte | rest |
//! |---|---|
//! | 1, 2 | a page frame as viewers get it (`sightline_protocol::page`) |
//! | 4 | milliseconds since the session began, big-endian; then the shared tabs as JSON |
//! | 5 | nothing: the limit is reached, the rest is missing |
//! | 6 | milliseconds since the session began, big-endian; then somebody's pointer as JSON |
//!
//! Those who play it get the same row of records, opened, behind its head without the key.

use crate::kept::{
    Opened, Shelf,
    row::{self, Sealer, stored},
};
use serde::Serialize;
use sightline_protocol::{
    SessionId, TenantId,
    limits::PAGE_RECORDING_BYTES,
    page::{TabInfo, ViewNotice},
};
use std::{io, path::PathBuf};
use tokio::{fs::File, io::AsyncWriteExt, task::spawn_blocking};
use tracing::{error, info};

const TABS: u8 = 4;
const CUT: u8 = 5;
const POINTER: u8 = 6;

/// A file that is being written.
pub struct Recording {
    file: File,
    sealer: Sealer,
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
        if self.sealer.bytes() + size + stored(1) > PAGE_RECORDING_BYTES {
            self.cut = true;
            info!("no more of this session's pages is kept");
            return self.write(&[CUT]).await;
        }
        self.write(record).await
    }

    /// One write a record, so that a crash cuts off at most the last one.
    async fn write(&mut self, record: &[u8]) -> io::Result<()> {
        let bytes = self.sealer.seal(record)?;
        self.file.write_all(&bytes).await?;
        self.file.flush().await
    }
}

fn timed(kind: u8, at_ms: u32, what: &impl Serialize) -> io::Result<Vec<u8>> {
    let mut record = vec![kind];
    record.extend(at_ms.to_be_bytes());
    record.extend(serde_json::to_vec(what)?);
    Ok(record)
}

/// What is kept of a session.
pub struct Kept {
    /// The row of records, opened, without what a crash left behind.
    pub bytes: Vec<u8>,
    /// When it is to be erased, in milliseconds since 1970.
    pub until_ms: i64,
    /// True when the rest did not fit.
    pub cut: bool,
}

/// The files.
pub struct Recordings(Shelf);

impl Recordings {
    /// In a folder that need not exist.
    pub fn new(folder: PathBuf, server_key: [u8; 32]) -> Self {
        Self(Shelf::new(folder, server_key))
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
        let (shelf, tenant, session) = (self.0.clone(), tenant.clone(), session.clone());
        let (file, sealer, cut) = spawn_blocking(move || {
            shelf.resume(&tenant, &session, days, now_ms, |known| {
                let mut cut = false;
                while let Some(record) = known.read()? {
                    cut |= record.first() == Some(&CUT);
                }
                Ok(cut)
            })
        })
        .await
        .map_err(io::Error::other)??;
        Ok(Recording {
            file: File::from_std(file),
            sealer,
            cut,
        })
    }

    /// What is kept of a session and is not to be erased yet.
    pub async fn get(&self, tenant: &TenantId, session: &SessionId, now_ms: i64) -> Option<Kept> {
        let (shelf, tenant, session) = (self.0.clone(), tenant.clone(), session.clone());
        let found = spawn_blocking(move || {
            let known = shelf.read(&tenant, &session, now_ms)?;
            known.map(reveal).transpose()
        });
        match found.await.map_err(io::Error::other).flatten() {
            Ok(found) => found,
            Err(error) => {
                error!(%error, "a kept page could not be read");
                None
            }
        }
    }

    /// Erases what has been kept long enough. Returns how many files went.
    pub async fn sweep(&self, now_ms: i64) -> usize {
        let shelf = self.0.clone();
        let swept = spawn_blocking(move || shelf.sweep(now_ms));
        swept.await.unwrap_or(0)
    }
}

/// Opens a file as far as it is whole.
fn reveal(mut known: Opened) -> io::Result<Kept> {
    let mut bytes = Vec::new();
    let mut cut = false;
    row::add(&mut bytes, &known.head().shown()?)?;
    while let Some(record) = known.read()? {
        cut |= record.first() == Some(&CUT);
        row::add(&mut bytes, &record)?;
    }
    Ok(Kept {
        bytes,
        until_ms: known.head().until_ms,
        cut,
    })
}

#[cfg(test)]
mod tests;
