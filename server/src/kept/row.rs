//! A file as a row of sealed records.
//!
//! Each record has its length in four bytes, big-endian, before it. The first is JSON, [`Head`],
//! after a byte 0; it holds the file's key, sealed with the server's, so that erasing it erases the
//! rest. All others are sealed with that key (`sealed`), each for its offset in the file: none can
//! be moved, and none taken out but at the end. A record that is not whole, after a crash, ends the
//! file.

use super::sealed::{FileKey, NotOurs, OVERHEAD};
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Seek, SeekFrom};

/// Kind byte of the first record.
pub const HEAD: u8 = 0;
/// More than the first record is long.
pub const HEAD_BYTES: usize = 512;
/// Bytes of a length.
const LENGTH: u64 = 4;

/// What the first record says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// When the file is to be erased, in milliseconds since 1970.
    pub until_ms: i64,
    /// The file's key, sealed with the server's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    key: Vec<u8>,
}

impl Head {
    /// The first record as people may see it: without the key.
    ///
    /// # Errors
    /// Never for what is in it.
    pub fn shown(&self) -> io::Result<Vec<u8>> {
        let shown = Self {
            until_ms: self.until_ms,
            key: Vec::new(),
        };
        shown.record()
    }

    fn record(&self) -> io::Result<Vec<u8>> {
        let mut record = vec![HEAD];
        record.extend(serde_json::to_vec(self)?);
        Ok(record)
    }

    /// The first record with an earlier end, as long as the one that it takes the place of: behind
    /// the JSON blanks may follow. None when it would be longer.
    pub(super) fn ending(&self, until_ms: i64) -> io::Result<Option<Vec<u8>>> {
        let before = self.record()?.len();
        let mut record = Self {
            until_ms,
            key: self.key.clone(),
        }
        .record()?;
        if record.len() > before {
            return Ok(None);
        }
        record.resize(before, b' ');
        with_length(&record).map(Some)
    }
}

/// Bytes that a record of this length takes in a file.
pub fn stored(length: usize) -> u64 {
    LENGTH + (OVERHEAD + length) as u64
}

/// Appends a record that is not sealed to a row.
///
/// # Errors
/// When it is longer than a length can tell.
pub fn add(row: &mut Vec<u8>, record: &[u8]) -> io::Result<()> {
    row.extend(with_length(record)?);
    Ok(())
}

fn with_length(record: &[u8]) -> io::Result<Vec<u8>> {
    let length = u32::try_from(record.len()).map_err(io::Error::other)?;
    Ok([&length.to_be_bytes(), record].concat())
}

fn io_of(error: NotOurs) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Seals the records of one file, which the caller writes one behind the other.
pub struct Sealer {
    key: FileKey,
    at: u64,
}

impl Sealer {
    /// A fresh file: its name, and the bytes that it begins with.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn begin(server_key: &[u8; 32], name: &str, until_ms: i64) -> io::Result<(Self, Vec<u8>)> {
        let (key, sealed) = FileKey::make(server_key, name).map_err(io_of)?;
        let head = Head {
            until_ms,
            key: sealed,
        };
        let bytes = with_length(&head.record()?)?;
        let at = bytes.len() as u64;
        Ok((Self { key, at }, bytes))
    }

    /// Bytes that the file has when everything sealed so far is written.
    pub fn bytes(&self) -> u64 {
        self.at
    }

    /// The bytes to write for the next record.
    ///
    /// # Errors
    /// When the cryptographic library fails.
    pub fn seal(&mut self, record: &[u8]) -> io::Result<Vec<u8>> {
        let sealed = self
            .key
            .seal(&self.at.to_be_bytes(), record)
            .map_err(io_of)?;
        let bytes = with_length(&sealed)?;
        self.at += bytes.len() as u64;
        Ok(bytes)
    }
}

/// Opens the records of one file, as far as it is whole.
pub struct Opener<R> {
    input: R,
    /// Bytes of the file; what is written meanwhile is for the next reader.
    length: u64,
    /// Behind the last record that was read or skipped.
    at: u64,
    key: FileKey,
    head: Head,
}

impl<R: Read + Seek> Opener<R> {
    /// Reads the head; none when the file has none whose key opens with the server's for this name.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn new(
        mut input: R,
        length: u64,
        server_key: &[u8; 32],
        name: &str,
    ) -> io::Result<Option<Self>> {
        let Some((head, at)) = head(&mut input, length)? else {
            return Ok(None);
        };
        let key = FileKey::open(server_key, name, &head.key).ok();
        Ok(key.map(|key| Self {
            input,
            length,
            at,
            key,
            head,
        }))
    }

    /// The first record.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Offset behind the last record that was read or skipped.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next record; none where the file ends, or is damaged.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read(&mut self) -> io::Result<Option<Vec<u8>>> {
        let Some((sealed, end)) = record(&mut self.input, self.at, self.length)? else {
            return Ok(None);
        };
        let opened = self.key.open_sealed(&self.at.to_be_bytes(), &sealed).ok();
        if opened.is_some() {
            self.at = end;
        }
        Ok(opened)
    }

    /// Passes over the next record without opening it; false where the file ends.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn skip(&mut self) -> io::Result<bool> {
        let Some(end) = end_of(&mut self.input, self.at, self.length)? else {
            return Ok(false);
        };
        let rest = end - self.at - LENGTH;
        // A record is far shorter than this can tell.
        self.input.seek(SeekFrom::Current(rest.cast_signed()))?;
        self.at = end;
        Ok(true)
    }

    /// What follows this offset belongs together and is not whole: whoever goes on begins there.
    pub fn end_at(&mut self, at: u64) {
        self.at = self.at.min(at);
        self.length = self.at;
    }

    /// To go on behind the last record that was read or skipped.
    pub fn into_sealer(self) -> Sealer {
        Sealer {
            key: self.key,
            at: self.at,
        }
    }
}

/// The head of a file, and where it ends.
///
/// # Errors
/// When the disk fails.
pub fn head(input: &mut impl Read, length: u64) -> io::Result<Option<(Head, u64)>> {
    let length = length.min(HEAD_BYTES as u64);
    let found = record(input, 0, length)?;
    Ok(found.and_then(|(record, end)| {
        let (kind, json) = record.split_first()?;
        let head = (*kind == HEAD).then(|| serde_json::from_slice(json).ok());
        Some((head??, end))
    }))
}

/// Where the record ends that begins at `at`; none when it is not whole.
fn end_of(input: &mut impl Read, at: u64, length: u64) -> io::Result<Option<u64>> {
    if length.saturating_sub(at) < LENGTH {
        return Ok(None);
    }
    let mut bytes = [0; LENGTH as usize];
    if !whole(input.read_exact(&mut bytes))? {
        return Ok(None);
    }
    let end = at + LENGTH + u64::from(u32::from_be_bytes(bytes));
    Ok((end <= length).then_some(end))
}

/// The record at `at` and where it ends; none when it is not whole. What it claims is compared with
/// the file's length before memory is taken for it.
fn record(input: &mut impl Read, at: u64, length: u64) -> io::Result<Option<(Vec<u8>, u64)>> {
    let Some(end) = end_of(input, at, length)? else {
        return Ok(None);
    };
    let mut record = vec![0; (end - at - LENGTH) as usize];
    Ok(whole(input.read_exact(&mut record))?.then_some((record, end)))
}

/// False when the file became shorter meanwhile.
fn whole(read: io::Result<()>) -> io::Result<bool> {
    match read {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
