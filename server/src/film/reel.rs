//! A film's file: its records, read and written.

use crate::kept::{
    Shelf,
    row::{Opener, Sealer, stored},
};
use sightline_protocol::{
    SessionId, TenantId,
    film::FilmPartWriter,
    http::{FilmPart, FilmTrack},
    limits::{FILM_BYTES, FILM_PARTS},
};
use std::{
    fs::File,
    io::{self, Read, Seek, Write},
};
use tracing::info;

const TRACK: u8 = 1;
const PART_HEAD: u8 = 2;
const PART: u8 = 3;
const CUT: u8 = 5;
/// Bytes of a part's head.
const PART_HEAD_BYTES: usize = 16;

/// What a file holds, without the parts themselves.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Index {
    /// In the order of their numbers, from 1.
    pub tracks: Vec<FilmTrack>,
    /// In the order of writing.
    pub parts: Vec<FilmPart>,
    /// The rest did not fit.
    pub cut: bool,
}

impl Index {
    /// Reads a file to its last whole part.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn read<R: Read + Seek>(file: &mut Opener<R>) -> io::Result<Self> {
        let mut index = Self::default();
        loop {
            let begin = file.at();
            let Some(record) = file.read()? else {
                return Ok(index);
            };
            match record.split_first() {
                Some((&TRACK, json)) => index.tracks.extend(serde_json::from_slice(json).ok()),
                Some((&PART_HEAD, _)) => {
                    let n = index.parts.len() as u32;
                    let part = part_of(&record, n);
                    if !skip(file, part.as_ref())? {
                        file.end_at(begin);
                        return Ok(index);
                    }
                    index.parts.extend(part);
                }
                Some((&CUT, _)) => index.cut = true,
                // Of a newer server.
                _ => {}
            }
        }
    }

    /// Bytes of all parts.
    pub fn bytes(&self) -> u64 {
        self.parts.iter().map(|part| u64::from(part.bytes)).sum()
    }
}

/// Parts of a file from a number on, opened; fewer where the file ends or is damaged.
///
/// # Errors
/// When the disk fails.
pub fn parts<R: Read + Seek>(
    file: &mut Opener<R>,
    first: u32,
    count: usize,
) -> io::Result<Vec<Vec<u8>>> {
    let mut found = Vec::new();
    let mut next = 0;
    while found.len() < count {
        let Some(record) = file.read()? else { break };
        if record.first() != Some(&PART_HEAD) {
            continue;
        }
        let counts = part_of(&record, next).is_some();
        if counts && next >= first {
            let part = file.read()?;
            match part.as_deref().and_then(<[u8]>::split_first) {
                Some((&PART, body)) => found.push(body.to_vec()),
                _ => break,
            }
        } else if !skip(file, part_of(&record, next).as_ref())? {
            break;
        }
        next += u32::from(counts);
    }
    Ok(found)
}

/// Passes over the part behind its head; false when it is not whole, or not as long as the head says:
/// a length that was changed leads to no other record.
fn skip<R: Read + Seek>(file: &mut Opener<R>, part: Option<&FilmPart>) -> io::Result<bool> {
    let begin = file.at();
    let whole = file.skip()?;
    let length = file.at() - begin;
    Ok(whole && part.is_none_or(|part| length == stored(1 + part.bytes as usize)))
}

fn part_of(record: &[u8], n: u32) -> Option<FilmPart> {
    let record: &[u8; PART_HEAD_BYTES] = record.try_into().ok()?;
    let [_, t0, t1, rest @ ..] = record;
    let (from, rest) = rest.split_first_chunk()?;
    let (to, rest) = rest.split_first_chunk()?;
    let (flags, bytes) = rest.split_first()?;
    Some(FilmPart {
        n,
        track: u16::from_be_bytes([*t0, *t1]),
        from_ms: u32::from_be_bytes(*from),
        to_ms: u32::from_be_bytes(*to),
        keyframe: flags & 1 != 0,
        bytes: u32::from_be_bytes(bytes.try_into().ok()?),
    })
}

/// Why no more is written.
#[derive(Debug, thiserror::Error)]
pub enum Over {
    /// It is as large as it may become.
    #[error("no more of this session's film is kept: it has reached its limit")]
    Full,
    /// The disk.
    #[error("a film could not be written: {0}")]
    Disk(#[from] io::Error),
}

/// A film that is being written.
pub struct Reel {
    file: File,
    sealer: Sealer,
    index: Index,
    /// Bytes and parts that it may have.
    most: (u64, u32),
}

impl Reel {
    /// Goes on with a session's film, or begins it.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn open(
        shelf: &Shelf,
        tenant: &TenantId,
        session: &SessionId,
        days: u16,
        now_ms: i64,
    ) -> io::Result<Self> {
        let (file, sealer, index) = shelf.resume(tenant, session, days, now_ms, Index::read)?;
        Ok(Self {
            file,
            sealer,
            index,
            most: (FILM_BYTES, FILM_PARTS),
        })
    }

    /// The number of a track like this one, whatever its own says; a new one is written down.
    ///
    /// # Errors
    /// [`Over`].
    pub fn track(&mut self, mut track: FilmTrack) -> Result<u16, Over> {
        for known in &self.index.tracks {
            track.id = known.id;
            if *known == track {
                return Ok(known.id);
            }
        }
        track.id = u16::try_from(self.index.tracks.len() + 1).map_err(|_| Over::Full)?;
        let record = [
            &[TRACK],
            &*serde_json::to_vec(&track).map_err(io::Error::from)?,
        ]
        .concat();
        self.room(stored(record.len()))?;
        let sealed = self.sealer.seal(&record)?;
        self.file.write_all(&sealed)?;
        let id = track.id;
        self.index.tracks.push(track);
        Ok(id)
    }

    /// Writes a part down, in one go with its head.
    ///
    /// # Errors
    /// [`Over`].
    pub fn part(&mut self, part: FilmPartWriter) -> Result<(), Over> {
        let mut head = vec![PART_HEAD];
        let span = part.span();
        head.extend(part.track().to_be_bytes());
        head.extend(span.start.to_be_bytes());
        head.extend(span.end.to_be_bytes());
        head.push(u8::from(part.begins_with_keyframe()));
        head.extend((part.bytes() as u32).to_be_bytes());
        let body = [&[PART], &*part.finish()].concat();
        self.room(stored(head.len()) + stored(body.len()))?;
        let mut sealed = self.sealer.seal(&head)?;
        sealed.extend(self.sealer.seal(&body)?);
        self.file.write_all(&sealed)?;
        let n = self.index.parts.len() as u32;
        self.index.parts.extend(part_of(&head, n));
        Ok(())
    }

    /// Passes while so much more may be written. Room for the word that the rest is missing is kept.
    fn room(&mut self, more: u64) -> Result<(), Over> {
        if self.index.cut {
            return Err(Over::Full);
        }
        let (bytes, parts) = self.most;
        let fits = self.sealer.bytes() + more + stored(1) <= bytes;
        if fits && (self.index.parts.len() as u32) < parts {
            return Ok(());
        }
        self.index.cut = true;
        let sealed = self.sealer.seal(&[CUT])?;
        self.file.write_all(&sealed)?;
        info!("no more of this session's film is kept");
        Err(Over::Full)
    }
}

#[cfg(test)]
mod tests;
