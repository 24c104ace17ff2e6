//! The film of cameras and screens, when the company keeps film and the customer was told so before
//! agreeing: one sealed file a session ([`crate::kept`]), apart from its pages.
//!
//! Frames are kept as they were sent, in parts of at most half a second of one track
//! ([`sightline_protocol::film`]), with their frame times and what everybody was told of
//! their drawings: poses, states of anchors, cursors. Nothing
//! is decoded. A thread a filmed session ([`writer`]) puts packets together and writes; the media
//! thread gives it copies through a bounded queue and never waits. The records of a file open to:
//!
//! | first byte | rest |
//! |---|---|
//! | 1 | a track as JSON |
//! | 2 | the head of a part: track (2 bytes), first and last millisecond (4 each), bit 0: begins with a keyframe (1), length (4), all big-endian |
//! | 3 | the part; always right behind its head |
//! | 5 | nothing: the limit is reached, the rest is missing |
//!
//! The heads are there to be read while the parts are passed over.

mod clock;
mod filming;
mod line;
mod reel;
mod writer;

pub use filming::Filming;

use crate::{clock::rfc3339, cobrowse::settings::SettingsStore, kept::Shelf};
use reel::Index;
use sightline_protocol::{SessionId, TenantId, http::FilmRecording};
use std::{io, path::Path};
use tokio::{sync::watch, task::spawn_blocking};
use tracing::{error, warn};

/// The films, and for how long each company keeps them.
pub struct Films {
    shelf: Shelf,
    settings: SettingsStore,
    writers: watch::Sender<usize>,
}

/// Counts one thread that writes, for as long as it does.
struct Writing(watch::Sender<usize>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.send_modify(|writers| *writers -= 1);
    }
}

impl Films {
    /// With its files below `blobs`, the folder of all pictures.
    pub fn new(blobs: &Path, server_key: [u8; 32]) -> Self {
        Self {
            shelf: Shelf::new(blobs.join("film"), server_key).in_turn(),
            settings: SettingsStore::below(blobs),
            writers: watch::Sender::new(0),
        }
    }

    fn writing(&self) -> Writing {
        self.writers.send_modify(|writers| *writers += 1);
        Writing(self.writers.clone())
    }

    /// Waits until everything is written that was filmed in sessions that have stopped; goes on for as
    /// long as a session films.
    pub async fn written(&self) {
        // It cannot be closed: this has an end of it.
        let _ = self
            .writers
            .subscribe()
            .wait_for(|writers| *writers == 0)
            .await;
    }

    /// Days for which a company keeps film at this moment; none when its settings cannot be read.
    pub async fn days(&self, tenant: &TenantId) -> Option<u16> {
        match self.settings.get(tenant).await {
            Ok(rules) => rules.film_days,
            Err(error) => {
                warn!(%error, "no film is kept: the settings cannot be read");
                None
            }
        }
    }

    /// What is kept of a session and is not to be erased yet; none when that is nothing.
    pub async fn get(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        now_ms: i64,
    ) -> Option<FilmRecording> {
        let index = self.read(tenant, session, now_ms, Index::read);
        let (index, until_ms) = index.await?;
        (!index.parts.is_empty()).then(|| FilmRecording {
            bytes: u32::try_from(index.bytes()).unwrap_or(u32::MAX),
            cut: index.cut,
            erased_at: rfc3339(until_ms),
            tracks: index.tracks,
            parts: index.parts,
        })
    }

    /// Parts of it from a number on, as `sightline_protocol::film` describes them; fewer where it
    /// ends.
    pub async fn parts(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        first: u32,
        count: usize,
        now_ms: i64,
    ) -> Vec<Vec<u8>> {
        let read = move |file: &mut crate::kept::Opened| reel::parts(file, first, count);
        let parts = self.read(tenant, session, now_ms, read).await;
        parts.map(|(parts, _)| parts).unwrap_or_default()
    }

    /// Reads a session's file where waiting for the disk is allowed; with when it is to be erased.
    async fn read<T: Send + 'static>(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        now_ms: i64,
        read: impl FnOnce(&mut crate::kept::Opened) -> io::Result<T> + Send + 'static,
    ) -> Option<(T, i64)> {
        let (shelf, tenant, session) = (self.shelf.clone(), tenant.clone(), session.clone());
        let found = spawn_blocking(move || {
            let file = shelf.read(&tenant, &session, now_ms)?;
            let found = file.map(|mut file| {
                let until_ms = file.head().until_ms;
                read(&mut file).map(|found| (found, until_ms))
            });
            found.transpose()
        });
        match found.await.map_err(io::Error::other).flatten() {
            Ok(found) => found,
            Err(error) => {
                error!(%error, "a film could not be read");
                None
            }
        }
    }

    /// Erases what has been kept long enough. Returns how many films went.
    pub async fn sweep(&self, now_ms: i64) -> usize {
        let shelf = self.shelf.clone();
        let swept = spawn_blocking(move || shelf.sweep(now_ms));
        swept.await.unwrap_or(0)
    }
}
