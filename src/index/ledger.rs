//! The ledger: every archive of an index, how it was read, and every file that went in.
//!
//! `ledger-N.jsonl.zst` is the ledger of commit N: JSON Lines, compressed. Its first line says of the archives, each further
//! one of a file. The commit names it in its payload, so that the two change together.

use super::manifest;
use super::settings::Settings;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::path::Path;

/// Everything that went into an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// The files and folders that were indexed, by absolute path.
    pub archives: BTreeMap<String, ArchiveRecord>,
    /// By absolute path.
    pub files: BTreeMap<String, FileRecord>,
    /// The number that the next new file gets.
    next: u32,
}

/// A file or folder that was given to be indexed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveRecord {
    /// The path as it was typed first; its files keep their names when it is typed otherwise.
    pub path: String,
    /// How it was read last.
    pub settings: Settings,
}

/// What went in from one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its number in the table of records; never given to another file.
    pub number: u32,
    /// Absolute path of the file.
    pub file: String,
    /// The path as it was typed; the index knows the file by it, and no other file by the same.
    pub path: String,
    /// Absolute path of the archive that it was found in.
    pub root: String,
    /// What of the settings matters for a file: under others, it is read again.
    pub settings: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970; `None` where that proves nothing and it has to be read again.
    pub modified: Option<i64>,
    /// A hash of all its records: how a file that moved is known again.
    pub content: u64,
    /// Articles that it gave.
    pub articles: u64,
    /// Passages of those.
    pub passages: u64,
    /// Bytes of UTF-8 in their bodies.
    pub bytes: u64,
    /// Records that were skipped.
    pub skipped: u64,
}

/// The ledger's first line.
#[derive(Serialize, Deserialize)]
struct Header {
    next: u32,
    archives: BTreeMap<String, ArchiveRecord>,
}

impl Ledger {
    /// The name of the ledger of commit `number`.
    pub fn name(number: u64) -> String {
        format!("ledger-{number}.jsonl.zst")
    }

    /// Reads the ledger called `name` in `folder`.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Io`] where it cannot be read.
    pub fn read(folder: &Path, name: &str) -> Result<Ledger> {
        let path = folder.join(name);
        Ledger::read_open(&fs::File::open(&path).map_err(Error::io("read", &path))?, folder)
    }

    /// Reads the ledger out of an open file, from its beginning.
    ///
    /// # Errors
    /// As [`Ledger::read`].
    pub fn read_open(mut file: &fs::File, folder: &Path) -> Result<Ledger> {
        let mut packed = Vec::new();
        let read = file.rewind().and_then(|()| file.read_to_end(&mut packed));
        read.map_err(Error::io("read", folder))?;
        let damaged = |reason: String| Error::Damaged {
            path: folder.to_owned(),
            reason: format!("its ledger cannot be read ({reason})"),
        };
        let unpacked = zstd::Decoder::new(packed.as_slice()).map_err(|e| damaged(e.to_string()))?;
        let mut lines = BufReader::with_capacity(1 << 16, unpacked).lines();
        let first = lines.next().transpose().map_err(|e| damaged(e.to_string()))?.unwrap_or_default();
        let header: Header = serde_json::from_str(&first).map_err(|e| damaged(e.to_string()))?;
        let mut ledger = Ledger { archives: header.archives, files: BTreeMap::new(), next: header.next };
        for line in lines {
            let line = line.map_err(|e| damaged(e.to_string()))?;
            let record: FileRecord = serde_json::from_str(&line).map_err(|e| damaged(e.to_string()))?;
            ledger.files.insert(record.file.clone(), record);
        }
        Ok(ledger)
    }

    /// Writes the ledger as the file called `name` in `folder`, safe on disk when this returns.
    ///
    /// # Errors
    /// [`Error::Io`], such as a full disk.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        let path = folder.join(name);
        let pack = || -> std::io::Result<Vec<u8>> {
            let mut out = zstd::Encoder::new(Vec::new(), 1)?;
            out.include_checksum(true)?;
            serde_json::to_writer(&mut out, &Header { next: self.next, archives: self.archives.clone() })?;
            out.write_all(b"\n")?;
            for record in self.files.values() {
                serde_json::to_writer(&mut out, record)?;
                out.write_all(b"\n")?;
            }
            out.finish()
        };
        manifest::replace(&path, &pack().map_err(Error::io("write", &path))?)
    }

    /// A number for a new file.
    pub fn number(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    /// Sums over all files: articles, passages, bytes, skipped.
    pub fn totals(&self) -> (u64, u64, u64, u64) {
        self.files
            .values()
            .fold((0, 0, 0, 0), |(a, p, b, s), f| (a + f.articles, p + f.passages, b + f.bytes, s + f.skipped))
    }
}
