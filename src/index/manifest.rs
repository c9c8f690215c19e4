//! What an index says of itself: the manifest (format, definition) and the ledger (every file that
//! went in).
//!
//! Layout of an index folder: `jianbao.json` is the manifest, `engine/` the engine's own files,
//! `dictionary.trie` the segmenter's dictionary, `ledger-N.jsonl` the ledger of commit N. The
//! commit names its ledger in its payload, so that the two change together.

use super::schema::FORMAT;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The file that makes a folder an index.
pub const MANIFEST: &str = "jianbao.json";
/// The engine's folder.
pub const ENGINE: &str = "engine";

/// The segmenter's dictionary, as a query opens it.
pub const DICTIONARY: &str = "dictionary.trie";

/// What an index was built with. Another format or definition gives other tokens, and the two do
/// not mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT`].
    pub format: u32,
    /// See [`crate::definition::Definition::fingerprint`].
    pub definition: String,
    /// Version of the program that built it, for the reader only.
    pub program: String,
}

impl Manifest {
    /// The manifest that this program writes under a definition with this fingerprint.
    pub fn new(fingerprint: &str) -> Manifest {
        Manifest {
            format: FORMAT,
            definition: fingerprint.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The manifest of the index at `folder`; `None` where the folder is empty or missing.
    ///
    /// # Errors
    /// [`Error::ForeignFolder`] where something else is in the folder, [`Error::Damaged`] where the
    /// manifest cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Manifest>> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                // A run that was killed while it wrote its first file leaves that.
                let own = path.with_extension("new");
                let foreign = |entry: std::io::Result<fs::DirEntry>| {
                    entry.is_ok_and(|entry| entry.path() != own)
                };
                return match fs::read_dir(folder).map(|mut entries| entries.any(foreign)) {
                    Ok(true) => Err(Error::ForeignFolder(folder.to_owned())),
                    Ok(false) => Ok(None),
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(e) => Err(Error::io("read", folder)(e)),
                };
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(Error::ForeignFolder(folder.to_owned()));
            }
            Err(e) => return Err(Error::io("read", path)(e)),
        };
        let manifest = serde_json::from_slice(&bytes).map_err(|e| Error::Damaged {
            path: folder.to_owned(),
            reason: format!("{MANIFEST} cannot be read ({e})"),
        })?;
        Ok(Some(manifest))
    }

    /// Whether an index with this manifest can be used by a program whose manifest is `needed`.
    ///
    /// # Errors
    /// [`Error::Outdated`] with what differs.
    pub fn check(&self, needed: &Manifest, folder: &Path) -> Result<()> {
        let differ = |found, need| Error::Outdated { path: folder.to_owned(), found, need };
        if self.format != needed.format {
            return Err(differ(format!("format {}", self.format), needed.format.to_string()));
        }
        if self.definition != needed.definition {
            return Err(differ(
                format!("definition {}", self.definition),
                needed.definition.clone(),
            ));
        }
        Ok(())
    }

    /// Writes the manifest into `folder`.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        replace(&path, text.as_bytes())
    }
}

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
    pub reading: Reading,
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
pub enum Reading {
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

fn is_whole(reading: &Reading) -> bool {
    *reading == Reading::Whole
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

/// Removes the files of a kind (what their names begin and end with) in `folder`, but the one
/// called `name`. What cannot be removed is left: it does no harm.
pub(super) fn remove_others(folder: &Path, name: &str, [begins, ends]: [&str; 2]) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        let other = path.file_name().and_then(|n| n.to_str()).filter(|n| *n != name);
        if other.is_some_and(|n| n.starts_with(begins) && n.ends_with(ends)) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Replaces the file at `path` in one step.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let new: PathBuf = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(Error::io("write", path))
}
