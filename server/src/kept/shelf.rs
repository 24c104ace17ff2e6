//! The files of one kind: where they are, how one is begun or gone on with, and how they go.

use super::row::{self, HEAD_BYTES, Opener, Sealer};
use sightline_protocol::{SessionId, TenantId};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};
use tracing::warn;

const DAY_MS: i64 = 86_400_000;
/// Little is read ahead: most of a film is passed over when only its parts are counted.
const AHEAD: usize = 256;

/// A file that is being read.
pub type Opened = Opener<BufReader<File>>;

/// A folder with a folder for each company, with a file for each session. Its methods wait for the
/// disk: call them where that is allowed.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
    /// Seals the keys of the files.
    server_key: [u8; 32],
    /// Whether whoever goes on with a file waits until nobody else writes it.
    in_turn: bool,
}

impl Shelf {
    /// In a folder that need not exist.
    pub fn new(folder: PathBuf, server_key: [u8; 32]) -> Self {
        Self {
            folder,
            server_key,
            in_turn: false,
        }
    }

    /// Whoever goes on with a file waits until nobody else writes it.
    pub fn in_turn(self) -> Self {
        Self {
            in_turn: true,
            ..self
        }
    }

    /// Opens a session's file to go on with it behind the last record that `known` reads, and gives
    /// what that returned. One whose key cannot be opened any more is lost, and makes room. What a
    /// file holds for longer than it now may goes as early as the rest.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn resume<T: Default>(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        days: u16,
        now_ms: i64,
        known: impl FnOnce(&mut Opened) -> io::Result<T>,
    ) -> io::Result<(File, Sealer, T)> {
        let path = self.path(tenant, session);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let until_ms = now_ms + i64::from(days) * DAY_MS;
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        if self.in_turn {
            file.lock()?;
        }
        let name = name(tenant, session);
        // Each handle has a place of its own in the file.
        if let Some(mut found) = self.opener(File::open(&path)?, &name)? {
            let what = known(&mut found)?;
            if found.head().until_ms > until_ms
                && let Some(head) = found.head().ending(until_ms)?
            {
                file.write_all(&head)?;
            }
            let sealer = found.into_sealer();
            file.set_len(sealer.bytes())?;
            file.seek(SeekFrom::End(0))?;
            return Ok((file, sealer, what));
        }
        file.set_len(0)?;
        let (sealer, head) = Sealer::begin(&self.server_key, &name, until_ms)?;
        file.write_all(&head)?;
        Ok((file, sealer, T::default()))
    }

    /// A session's file, when it is there and not to be erased yet.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read(
        &self,
        tenant: &TenantId,
        session: &SessionId,
        now_ms: i64,
    ) -> io::Result<Option<Opened>> {
        let file = match File::open(self.path(tenant, session)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = self.opener(file, &name(tenant, session))?;
        // Nobody is shown what should be gone, though the sweep has not come by yet.
        Ok(found.filter(|found| found.head().until_ms > now_ms))
    }

    fn opener(&self, file: File, name: &str) -> io::Result<Option<Opened>> {
        let length = file.metadata()?.len();
        let input = BufReader::with_capacity(AHEAD, file);
        Opener::new(input, length, &self.server_key, name)
    }

    /// Erases what has been kept long enough. Returns how many files went.
    pub fn sweep(&self, now_ms: i64) -> usize {
        let mut erased = 0;
        for file in entries(&self.folder).iter().flat_map(|it| entries(it)) {
            let gone = match head_of(&file) {
                Ok(head) => head.is_none_or(|head| head.until_ms <= now_ms),
                Err(_) => false,
            };
            if !gone {
                continue;
            }
            match erase(&file) {
                Ok(()) => erased += 1,
                Err(error) => warn!(%error, "what was kept of a session could not be erased"),
            }
        }
        erased
    }

    /// Where a session's file is.
    pub fn path(&self, tenant: &TenantId, session: &SessionId) -> PathBuf {
        self.folder.join(tenant.as_str()).join(session.as_str())
    }
}

/// What a file's key is sealed for.
fn name(tenant: &TenantId, session: &SessionId) -> String {
    format!("{tenant}/{session}")
}

/// The key first: without it the rest is noise, whatever becomes of its place on the disk.
fn erase(path: &Path) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&[0; HEAD_BYTES])?;
    file.sync_data()?;
    drop(file);
    fs::remove_file(path)
}

fn head_of(path: &Path) -> io::Result<Option<row::Head>> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    Ok(row::head(&mut file, length)?.map(|(head, _)| head))
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.flatten().map(|entry| entry.path()).collect()
}
