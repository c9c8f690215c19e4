//! The ledger: every file that went into an index, with its size, time, counts and settings.
//!
//! `ledger-N.jsonl` is the ledger of commit N, one file a line.

use super::files::remove_others;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::Path;

/// Everything that went into an index, file by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By absolute path.
    pub files: BTreeMap<String, FileRecord>,
}

/// What went in from one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Absolute path of the file.
    pub file: String,
    /// The path as it was typed; the index knows the file by it.
    pub path: String,
    /// Absolute path of the root that it was found under.
    pub root: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was last written, in nanoseconds since 1970; 0 where unknown.
    pub modified: i128,
    /// Articles that it gave.
    pub articles: u64,
    /// Passages of those.
    pub passages: u64,
    /// Bytes of UTF-8 in their bodies.
    pub bytes: u64,
    /// Records that were skipped.
    pub skipped: u64,
    /// Whether all of it went in, or a run ended within it.
    #[serde(default, skip_serializing_if = "is_whole")]
    pub reading: ReadState,
    /// How it was read and dated.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub settings: Settings,
}

impl FileRecord {
    /// The root that it was found under, as it was typed; the absolute one where that cannot be
    /// told.
    pub fn root_as_typed(&self) -> &str {
        let below = self.file.strip_prefix(&self.root);
        below.and_then(|below| self.path.strip_suffix(below)).unwrap_or(&self.root)
    }
}

/// How far a file was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReadState {
    /// To its end.
    #[default]
    Whole,
    /// The run ended within it, or it was being written: it has to be read again.
    Partial,
}

/// Settings that decide what an article becomes and are not part of the definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The day that relative dates count from, as a date and time; `None` for each file's own
    /// modification time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crawled: Option<String>,
    /// The encoding that everything is read in (WHATWG name); `None` where it is detected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The user's own field names, each as `FIELD=NAME`, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The most bytes that an article may have; `None` for the usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_size: Option<u64>,
}

impl Settings {
    /// Those that differ from the usual, each by its name on the command line, with its value.
    pub fn named(&self) -> Vec<(&'static str, String)> {
        let mut named = Vec::new();
        named.extend(
            self.crawled.iter().map(|date| ("crawled", date.get(..10).unwrap_or(date).to_owned())),
        );
        named.extend(self.encoding.iter().map(|name| ("encoding", name.clone())));
        named.extend(self.fields.iter().map(|pair| ("field", pair.clone())));
        named.extend(self.max_size.iter().map(|size| ("max-size", size.to_string())));
        named
    }
}

fn is_whole(reading: &ReadState) -> bool {
    *reading == ReadState::Whole
}

fn is_usual(settings: &Settings) -> bool {
    *settings == Settings::default()
}

impl Ledger {
    /// Reads the ledger called `name` in `folder`.
    pub fn read(folder: &Path, name: &str) -> Result<Ledger> {
        let path = folder.join(name);
        let file = fs::File::open(&path).map_err(Error::io("read", &path))?;
        let mut ledger = Ledger::default();
        for line in BufReader::new(file).lines() {
            let line = line.map_err(Error::io("read", &path))?;
            let record: FileRecord = serde_json::from_str(&line).map_err(|e| Error::Damaged {
                path: folder.to_owned(),
                reason: format!("{name} cannot be read ({e})"),
            })?;
            ledger.files.insert(record.file.clone(), record);
        }
        Ok(ledger)
    }

    /// Writes the ledger as the file called `name` in `folder`, safe on disk when this returns.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        let path = folder.join(name);
        let write = || -> std::io::Result<()> {
            let mut out = BufWriter::new(fs::File::create(&path)?);
            for record in self.files.values() {
                serde_json::to_writer(&mut out, record)?;
                out.write_all(b"\n")?;
            }
            out.into_inner().map_err(|e| e.into_error())?.sync_all()
        };
        write().map_err(Error::io("write", path.clone()))
    }

    /// Removes all ledgers in `folder` but the one called `name`. What cannot be removed is left:
    /// it does no harm.
    pub fn remove_others(folder: &Path, name: &str) {
        remove_others(folder, name, ["ledger-", ".jsonl"]);
    }

    /// The archives that it holds: files and articles of each root, by the name that it was given
    /// with.
    pub fn archives(&self) -> BTreeMap<&str, (u64, u64)> {
        let mut archives: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for record in self.files.values() {
            let (files, articles) = archives.entry(record.root_as_typed()).or_default();
            *files += 1;
            *articles += record.articles;
        }
        archives
    }

    /// The number in the name of a ledger; a later one has a larger.
    pub fn number(name: &str) -> Option<u64> {
        name.strip_prefix("ledger-")?.strip_suffix(".jsonl")?.parse().ok()
    }

    /// The name of the newest ledger in `folder`: what can be had where the commit that names it is
    /// lost.
    pub fn newest(folder: &Path) -> Option<String> {
        let names = fs::read_dir(folder)
            .ok()?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let numbered = names.filter_map(|name| Some((Ledger::number(&name)?, name)));
        numbered.max().map(|(_, name)| name)
    }

    /// Sums over all files: articles, passages, bytes, skipped.
    pub fn totals(&self) -> (u64, u64, u64, u64) {
        self.files.values().fold((0, 0, 0, 0), |(a, p, b, s), f| {
            (a + f.articles, p + f.passages, b + f.bytes, s + f.skipped)
        })
    }
}
