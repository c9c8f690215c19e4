//! The ledger: every file that went into an index, with its size, time, counts and settings.
//!
//! `ledger-N.jsonl` is the ledger of commit N, one file a line. Its last line is `#` and the
//! checksum of all before it; ledgers of earlier versions have no such line. records-N.bin names
//! the checksum of its ledger too, so that neither is read with another one.

use super::files::{checksum, damaged, remove_others, replace};
use super::part::Part;
use crate::engine::origin::{FileKey, RecordRow};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::Path;

/// Everything that went into an index, file by file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    /// By absolute path.
    pub files: BTreeMap<String, FileRecord>,
    /// Files that another loader of the same index looks after.
    pub others: BTreeMap<String, FileRecord>,
}

/// One file in the ledger.
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
    /// The time of its last change, in nanoseconds since 1970; 0 where unknown.
    pub modified: i128,
    /// Articles that it gave.
    pub articles: u64,
    /// Passages of those.
    pub passages: u64,
    /// Bytes of UTF-8 in their bodies.
    pub bytes: u64,
    /// Records that were skipped.
    pub skipped: u64,
    /// The extent to which it was read.
    #[serde(default, skip_serializing_if = "is_whole")]
    pub reading: ReadState,
    /// The settings of reading and dating.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub settings: Settings,
    /// The part of a file that several loaders share; `None` for all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<Part>,
}

impl FileRecord {
    /// The root that it was found under, as it was typed; the absolute one where that cannot be
    /// told.
    pub fn root_as_typed(&self) -> &str {
        let below = self.file.strip_prefix(&self.root);
        below.and_then(|below| self.path.strip_suffix(below)).unwrap_or(&self.root)
    }
}

/// The extent to which a file was read.
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

/// The last line of a ledger with these lines.
fn mark(lines: &[u8]) -> String {
    format!("#{:016x}\n", checksum(&[lines]))
}

/// The lines of a ledger, and the last one where it is a checksum.
fn parted(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let end = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let last = end.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    if bytes.get(last) == Some(&b'#') {
        (&bytes[..last], Some(&bytes[last..]))
    } else {
        (bytes, None)
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
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Damaged`] where it is not as it was written.
    pub fn read(folder: &Path, name: &str) -> Result<Ledger> {
        let path = folder.join(name);
        let bytes = fs::read(&path).map_err(Error::io("read", &path))?;
        let (lines, told) = parted(&bytes);
        if told.is_some_and(|told| told != mark(lines).as_bytes()) {
            return Err(damaged(folder, name, "is not as it was written"));
        }
        let mut ledger = Ledger::default();
        for line in lines.split_inclusive(|&b| b == b'\n') {
            let record: FileRecord = serde_json::from_slice(line)
                .map_err(|e| damaged(folder, name, &format!("cannot be read ({e})")))?;
            ledger.files.insert(record.file.clone(), record);
        }
        Ok(ledger)
    }

    /// The readable lines of the ledger called `name`, and `true` if that is all of them.
    ///
    /// # Errors
    /// [`Error::Io`] where the system does not let it be read.
    pub fn salvage(folder: &Path, name: &str) -> Result<(Ledger, bool)> {
        let path = folder.join(name);
        let bytes = match fs::read(&path) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Default::default()),
            bytes => bytes.map_err(Error::io("read", &path))?,
        };
        let (lines, told) = parted(&bytes);
        let mut whole = told.is_none_or(|told| told == mark(lines).as_bytes());
        let mut ledger = Ledger::default();
        for line in lines.split_inclusive(|&b| b == b'\n') {
            // A changed line break leaves two records on a line: the first can still be read.
            for record in serde_json::Deserializer::from_slice(line).into_iter::<FileRecord>() {
                match record {
                    Ok(record) => drop(ledger.files.insert(record.file.clone(), record)),
                    Err(_) => whole = false,
                }
            }
        }
        Ok((ledger, whole))
    }

    /// Writes the ledger as the file called `name` in `folder`, in one step and safe on disk when
    /// this returns.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        let mut bytes = self.lines();
        let mark = mark(&bytes);
        bytes.extend(mark.as_bytes());
        replace(&folder.join(name), &bytes)
    }

    /// The checksum by which the other tables know the ledger.
    pub fn checksum(&self) -> u64 {
        checksum(&[&self.lines()])
    }

    fn lines(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for record in self.files.values() {
            serde_json::to_writer(&mut bytes, record).expect("a record has only texts and numbers");
            bytes.push(b'\n');
        }
        bytes
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
        sums(self.files.values())
    }

    /// The same over the files that another loader looks after.
    pub fn totals_of_others(&self) -> (u64, u64, u64, u64) {
        sums(self.others.values())
    }
}

fn sums<'a>(files: impl Iterator<Item = &'a FileRecord>) -> (u64, u64, u64, u64) {
    files.fold((0, 0, 0, 0), |(a, p, b, s), f| {
        (a + f.articles, p + f.passages, b + f.bytes, s + f.skipped)
    })
}

/// Articles, passages and bytes of each file, added up over its articles.
#[derive(Default)]
pub struct FileSums(HashMap<FileKey, [u64; 3]>);

impl FileSums {
    /// Adds an article.
    pub fn add(&mut self, row: &RecordRow) {
        let sum = self.0.entry(row.file).or_default();
        sum.iter_mut().zip(row.counts()).for_each(|(sum, own)| *sum += own);
    }

    /// The sums of a file; `None` where none of its articles was added.
    pub fn get(&self, file: FileKey) -> Option<[u64; 3]> {
        self.0.get(&file).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_changed_byte_is_noticed_and_the_other_lines_are_salvaged() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::default();
        for file in ["/档案/一.txt", "/档案/二.txt"] {
            let record = FileRecord { file: file.to_owned(), ..FileRecord::default() };
            ledger.files.insert(record.file.clone(), record);
        }
        let name = "ledger-1.jsonl";
        ledger.write(folder.path(), name).unwrap();
        assert_eq!(Ledger::read(folder.path(), name).unwrap(), ledger);
        let whole = fs::read(folder.path().join(name)).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 4;
            fs::write(folder.path().join(name), bytes).unwrap();
            assert!(Ledger::read(folder.path(), name).is_err(), "byte {at}");
            let (salvaged, all) = Ledger::salvage(folder.path(), name).unwrap();
            assert!(!all && !salvaged.files.is_empty(), "byte {at}");
        }
        // A ledger of an earlier version has no checksum.
        let lines = ledger.lines();
        fs::write(folder.path().join(name), lines).unwrap();
        assert_eq!(Ledger::read(folder.path(), name).unwrap(), ledger);
    }
}
