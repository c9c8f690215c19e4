//! Compares sources with the ledger: the files to be read, and those that are gone. Reads no file.

use super::files::absolute;
use super::ledger::{FileRecord, Ledger, ReadState, Settings};
use super::manifest::Manifest;
use super::options::{Mode, Update, Vanished};
use crate::archive::{self, FileEntry, Skip, SkipReason, Walk, path_text};
use crate::engine::origin::FileKey;
use crate::error::{Error, Result};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A file whose clock may not have ticked since it was last written is read again next time: its
/// time, in nanoseconds, is no older than this. Linux stamps files with the tick of its clock, at
/// most 10 ms.
const TICK: i128 = 20_000_000;

/// A file to be read.
#[derive(Debug, Clone)]
pub struct Job {
    /// The file.
    pub entry: FileEntry,
    /// The future line of the ledger; nothing is counted yet.
    pub now: FileRecord,
    /// The present line of the ledger.
    pub before: Option<FileRecord>,
}

impl Job {
    /// True if articles that are dated from the crawl have to be dated again.
    pub fn is_dated_anew(&self) -> bool {
        let Some(before) = &self.before else { return true };
        let by_file =
            |record: &FileRecord| record.settings.crawled.is_none().then_some(record.modified);
        before.reading == ReadState::Partial
            || before.settings.crawled != self.now.settings.crawled
            || by_file(before) != by_file(&self.now)
    }
}

/// The work of an update.
#[derive(Debug, Default)]
pub struct Changes {
    /// The files to be read, in order.
    pub jobs: Vec<Job>,
    /// The absolute paths of files that are gone.
    pub vanished: Vec<String>,
    /// Files that were not found any more and are kept.
    pub missing: u64,
    /// Files that had not changed.
    pub unchanged: u64,
    /// Files that are read again because they were read with other settings, by those.
    pub settings: BTreeMap<Settings, u64>,
}

impl Changes {
    /// The files that may have articles in the index: those to be read, and those that are gone.
    pub fn files(&self) -> Vec<FileKey> {
        let read = self.jobs.iter().map(|job| FileKey::new(&job.now.file));
        read.chain(self.vanished.iter().map(|file| FileKey::new(file))).collect()
    }
}

/// The files to index: those of the archive, without the index's own where it lies inside the
/// archive.
///
/// # Errors
/// A root that does not exist, a folder that is not an index.
pub fn walk_sources(update: &Update<'_>) -> Result<Walk> {
    let mut walk = archive::walk(update.roots, update.options)?;
    let Some(folder) = update.place.folder() else { return Ok(walk) };
    let own = absolute(folder);
    if Manifest::read(folder)?.is_some() {
        walk.files.retain(|file| !absolute(&file.path).starts_with(&own));
        walk.skipped.retain(|skip| !absolute(&archive::path_of(&skip.path)).starts_with(&own));
    }
    Ok(walk)
}

/// Compares what the walk found with what the ledger knows.
pub fn changes(walk: Walk, ledger: &Ledger, update: &Update<'_>) -> Changes {
    let settings = settings(update);
    let names = Names::of(ledger);
    let mut changes = Changes::default();
    let mut present = HashSet::with_capacity(walk.files.len());
    let now = jiff::Timestamp::now().as_nanosecond();
    for entry in walk.files {
        let mut record = record_of(&entry, &settings);
        let part = update.rules.part;
        present.insert(record.file.clone());
        if !part.reads(FileKey::new(&record.file), record.size) {
            continue;
        }
        record.part = part.of_file(record.size);
        if now - record.modified < TICK {
            record.reading = ReadState::Partial;
        }
        let before = ledger.files.get(&record.file);
        if update.mode == Mode::Incremental && before.is_some_and(|before| is_same(before, &record))
        {
            changes.unchanged += 1;
            continue;
        }
        if let Some(before) = before.filter(|before| before.settings != settings) {
            *changes.settings.entry(before.settings.clone()).or_default() += 1;
        }
        match before {
            Some(before) => {
                record.path.clone_from(&before.path);
                // A file that is named by itself still belongs to its archive.
                if Path::new(&record.root).starts_with(&before.root) {
                    record.root.clone_from(&before.root);
                }
            }
            None => record.path = names.path(&record),
        }
        changes.jobs.push(Job { entry, now: record, before: before.cloned() });
    }
    find_gone(&mut changes, &walk.skipped, &present, ledger, update);
    changes
}

/// Finds the files of the ledger that are not `present`.
fn find_gone(
    changes: &mut Changes,
    skipped: &[Skip],
    present: &HashSet<String>,
    ledger: &Ledger,
    update: &Update<'_>,
) {
    let part = update.rules.part;
    let gone = ledger.files.values().filter(|record| {
        !present.contains(record.file.as_str()) && part.looks_after(&record.file, record.part)
    });
    let roots: HashSet<PathBuf> = update.roots.iter().map(|root| absolute(root)).collect();
    let closed: HashSet<PathBuf> = skipped
        .iter()
        .filter(|skip| matches!(skip.reason, SkipReason::Unreadable | SkipReason::OtherFileSystem))
        .map(|skip| absolute(Path::new(&skip.path)))
        .collect();
    for FileRecord { file, .. } in gone {
        let under = |folders: &HashSet<PathBuf>| {
            Path::new(file).ancestors().any(|folder| folders.contains(folder))
        };
        let forgotten = update.rules.vanished != Vanished::Kept && !under(&closed);
        if update.mode == Mode::Rebuild || under(&roots) && forgotten {
            changes.vanished.push(file.clone());
        } else if under(&roots) {
            changes.missing += 1;
        }
    }
}

/// Refuses a root without a single file of which the index knows some by its `ledger`: rather a
/// disk that is not mounted than an archive that was emptied.
///
/// # Errors
/// [`Error::Vanished`], unless the update forgets what is gone without asking; those of `ledger`.
pub fn refuse_empty(
    walk: &Walk,
    update: &Update<'_>,
    ledger: impl FnOnce() -> Result<Ledger>,
) -> Result<()> {
    if update.rules.vanished != Vanished::Asked {
        return Ok(());
    }
    let lacks = |root: &&PathBuf| {
        let there = absolute(root);
        !walk.files.iter().any(|file| absolute(&file.path).starts_with(&there))
    };
    let lacking: Vec<&PathBuf> = update.roots.iter().filter(lacks).collect();
    if lacking.is_empty() {
        return Ok(());
    }
    let ledger = ledger()?;
    for root in lacking {
        let there = absolute(root);
        let articles = ledger
            .files
            .values()
            .filter(|record| Path::new(&record.file).starts_with(&there))
            .map(|record| record.articles)
            .sum();
        if articles > 0 {
            return Err(Error::Vanished { root: root.clone(), articles, of: articles });
        }
    }
    Ok(())
}

/// True if a file is as it was when it was read, and was read as it would be now.
fn is_same(before: &FileRecord, now: &FileRecord) -> bool {
    before.reading == ReadState::Whole
        && before.size == now.size
        && before.modified == now.modified
        && before.settings == now.settings
}

/// The settings that decide, besides the definition, what the articles of this run become.
fn settings(update: &Update<'_>) -> Settings {
    let usual = archive::Options::default().max_size;
    Settings {
        crawled: update.analyzer.context.crawled.map(|date| date.to_string()),
        encoding: update.options.encoding.map(|encoding| encoding.name().to_owned()),
        fields: update.options.fields.own().to_vec(),
        max_size: Some(update.options.max_size).filter(|&size| size != usual),
    }
}

/// The line of the ledger for a file of which nothing was read yet.
fn record_of(entry: &FileEntry, settings: &Settings) -> FileRecord {
    FileRecord {
        file: path_text(&absolute(&entry.path)),
        path: entry.name(),
        root: path_text(&absolute(&entry.root)),
        size: entry.size,
        modified: entry.modified.map_or(0, |m| m.as_nanosecond()),
        settings: settings.clone(),
        ..FileRecord::default()
    }
}

/// Under which names an index knows its files. A root keeps the name that it was first given, so
/// that an archive does not get two kinds of paths because somebody typed it otherwise.
struct Names<'a> {
    /// The name that was typed for each root, by its absolute path.
    roots: HashMap<&'a str, &'a str>,
    /// The absolute path of each file, by the name that the index knows it by.
    files: HashMap<&'a str, &'a str>,
}

impl<'a> Names<'a> {
    fn of(ledger: &'a Ledger) -> Names<'a> {
        let mut names =
            Names { roots: HashMap::new(), files: HashMap::with_capacity(ledger.files.len()) };
        for record in ledger.files.values().chain(ledger.others.values()) {
            names.files.insert(&record.path, &record.file);
            let below = record.file.strip_prefix(&record.root);
            if let Some(typed) = below.and_then(|below| record.path.strip_suffix(below)) {
                names.roots.insert(&record.root, typed);
            }
        }
        names
    }

    /// The name for a new file: as its root was typed, and its absolute path where another file has
    /// that name.
    fn path(&self, new: &FileRecord) -> String {
        let below = new.file.strip_prefix(&new.root);
        let path = match (self.roots.get(new.root.as_str()), below) {
            (Some(typed), Some(below)) => format!("{typed}{below}"),
            _ => new.path.clone(),
        };
        let taken = self.files.get(path.as_str()).is_some_and(|file| *file != new.file);
        if taken { new.file.clone() } else { path }
    }
}
