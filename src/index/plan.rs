//! What changed since the last update: which files are to be read, and which have gone.
//!
//! A file of the same size and time is not read. One that is read is compared record by record, which is left to pipeline.rs.
//! A file keeps the name under which it came into the index, however its archive is typed later.

use super::Update;
use super::ledger::{ArchiveRecord, FileRecord, Ledger};
use super::manifest::Manifest;
use super::settings::Settings;
use crate::archive::{self, FileEntry, Skip, SkipReason, Walk};
use crate::error::Result;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A file changed within this many nanoseconds before a walk may change again without a new time.
const TICK: i64 = 50_000_000;
/// The same where times have no fractions of a second.
const COARSE_TICK: i64 = 2_000_000_000;
/// A day in nanoseconds.
const DAY: i64 = 86_400_000_000_000;

/// A file that is to be read.
pub(super) struct Job {
    /// The file.
    pub entry: FileEntry,
    /// What the ledger will say of it; its sums are those of before.
    pub record: FileRecord,
    /// Why it is read.
    pub cause: Cause,
    /// A file that has gone and was just like it, as far as a walk can tell: its articles go when those of this one come.
    pub origin: Option<FileRecord>,
}

/// Why a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// The index does not have it.
    New,
    /// Its size or time is not what it was, or proves nothing.
    Changed,
    /// It was read under other settings.
    Settings,
    /// What the index has of it is not to be trusted.
    Distrust,
}

/// What changed.
#[derive(Default)]
pub(super) struct Changes {
    /// Files that are to be read, by path.
    pub jobs: Vec<Job>,
    /// Files whose articles go; those that are some job's origin are not among them.
    pub vanished: Vec<FileRecord>,
    /// Files that are not read.
    pub unchanged: u64,
}

/// What happens to articles whose file has gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prune {
    /// They go too, where their file was under one of the roots.
    Vanished,
    /// They stay.
    Nothing,
}

/// Walks the archives: without the index's own files, where it lies inside of one.
pub(super) fn walk(update: &Update<'_>) -> Result<Walk> {
    let own = absolute(update.folder);
    let mut walk = archive::walk(update.roots, update.options)?;
    if Manifest::read(update.folder)?.is_some() {
        let names = Names::new(update.roots);
        walk.files.retain(|file| !names.of(file).starts_with(&own));
        walk.skipped.retain(|skip| !absolute(Path::new(&skip.path)).starts_with(&own));
    }
    Ok(walk)
}

/// Compares a walk with the ledger, which learns of archives and numbers but keeps its files. `began` is when the walk began.
pub(super) fn changes(
    walk: &mut Walk,
    began: jiff::Timestamp,
    update: &Update<'_>,
    distrusted: &HashSet<String>,
    ledger: &mut Ledger,
) -> Changes {
    let settings = Settings::of(update.options, &update.analyzer.context);
    let fingerprint = settings.fingerprint();
    let named = name_archives(update.roots, &settings, ledger);
    let mut taken: HashMap<&str, &str> = HashMap::new();
    taken.extend(ledger.files.values().map(|record| (record.path.as_str(), record.file.as_str())));
    let mut changes = Changes::default();
    let mut present: HashSet<String> = HashSet::with_capacity(walk.files.len());
    let names = Names::new(update.roots);
    let mut new = Vec::new();
    for entry in std::mem::take(&mut walk.files) {
        let file = archive::path_text(&names.of(&entry));
        let (size, modified) = (entry.size, settled(entry.modified, began));
        match ledger.files.get(&file) {
            Some(before) => {
                let same = modified.is_some() && (size, modified) == (before.size, before.modified);
                let cause = match () {
                    () if distrusted.contains(&file) => Cause::Distrust,
                    () if before.settings != fingerprint => Cause::Settings,
                    () => Cause::Changed,
                };
                if same && cause == Cause::Changed {
                    changes.unchanged += 1;
                } else {
                    let settings = fingerprint.clone();
                    let record = FileRecord { size, modified, settings, ..before.clone() };
                    changes.jobs.push(Job { entry, record, cause, origin: None });
                }
            }
            None => {
                let root = absolute_text(&entry.root);
                let typed = typed_path(&entry, &named);
                let path = if taken.contains_key(typed.as_str()) { file.clone() } else { typed };
                new.push((entry, file.clone(), path, root, size, modified));
            }
        }
        present.insert(file);
    }
    for (entry, file, path, root, size, modified) in new {
        let number = ledger.number();
        let settings = fingerprint.clone();
        let (articles, passages, bytes, skipped, content) = (0, 0, 0, 0, 0);
        let record = FileRecord {
            number,
            file,
            path,
            root,
            settings,
            size,
            modified,
            content,
            articles,
            passages,
            bytes,
            skipped,
        };
        changes.jobs.push(Job { entry, record, cause: Cause::New, origin: None });
    }
    changes.jobs.sort_by(|a, b| a.entry.path.cmp(&b.entry.path));
    if update.prune == Prune::Vanished {
        let gone = vanished(ledger, &present, update.roots, &walk.skipped);
        match_moves(gone, &mut changes);
    }
    changes
}

/// Takes the roots into the ledger; returns how each was typed when it came in.
fn name_archives(roots: &[PathBuf], settings: &Settings, ledger: &mut Ledger) -> HashMap<PathBuf, String> {
    let mut named = HashMap::new();
    for root in roots {
        let absolute = absolute_text(root);
        let typed = archive::path_text(root);
        let taken = ledger.archives.iter().any(|(other, record)| *other != absolute && record.path == typed);
        let path = if taken { absolute.clone() } else { typed };
        let record = ledger.archives.entry(absolute).or_insert(ArchiveRecord { path, settings: settings.clone() });
        record.settings = settings.clone();
        named.insert(root.clone(), record.path.clone());
    }
    named
}

/// The name of a new file: as it was typed, or as its archive was typed first.
fn typed_path(entry: &FileEntry, named: &HashMap<PathBuf, String>) -> String {
    let typed = entry.name();
    let root = archive::path_text(&entry.root);
    match (named.get(&entry.root), typed.strip_prefix(&root)) {
        (Some(first), Some(below)) if *first != root => format!("{}{below}", first.trim_end_matches('/')),
        _ => typed,
    }
}

/// The files of the ledger under one of the roots that the walk did not meet, without those where it could not look.
fn vanished(ledger: &Ledger, present: &HashSet<String>, roots: &[PathBuf], skipped: &[Skip]) -> Vec<FileRecord> {
    let roots: Vec<PathBuf> = roots.iter().map(|root| absolute(root)).collect();
    let unseen: Vec<PathBuf> = skipped
        .iter()
        .filter(|skip| skip.reason == SkipReason::Unreadable)
        .map(|skip| absolute(Path::new(&skip.path)))
        .collect();
    let under = |file: &str, folders: &[PathBuf]| folders.iter().any(|folder| Path::new(file).starts_with(folder));
    let gone = ledger.files.values().filter(|record| {
        !present.contains(&record.file) && under(&record.file, &roots) && !under(&record.file, &unseen)
    });
    gone.cloned().collect()
}

/// Pairs what is gone with what is new of the same size and time.
fn match_moves(gone: Vec<FileRecord>, changes: &mut Changes) {
    let mut known: HashMap<(u64, i64), Vec<FileRecord>> = HashMap::new();
    for record in gone {
        match record.modified {
            Some(modified) => known.entry((record.size, modified)).or_default().push(record),
            None => changes.vanished.push(record),
        }
    }
    for job in changes.jobs.iter_mut().filter(|job| job.cause == Cause::New) {
        if let Some(modified) = job.record.modified {
            job.origin = known.get_mut(&(job.record.size, modified)).and_then(Vec::pop);
        }
    }
    changes.vanished.extend(known.into_values().flatten());
    changes.vanished.sort_by(|a, b| a.file.cmp(&b.file));
}

/// When a file was written, in nanoseconds since 1970; `None` where it may have been written again since without a new time.
fn settled(modified: Option<jiff::Timestamp>, began: jiff::Timestamp) -> Option<i64> {
    let modified = i64::try_from(modified?.as_nanosecond()).ok()?;
    let began = i64::try_from(began.as_nanosecond()).ok()?;
    let tick = if modified % 1_000_000_000 == 0 { COARSE_TICK } else { TICK };
    // A time far in the future is as good as any other: it will not be given again by accident.
    (modified - began > DAY || began - modified >= tick).then_some(modified)
}

/// The one name of a file or folder, however it is typed: absolute, with links resolved as far as it exists.
pub(super) fn absolute(path: &Path) -> PathBuf {
    let full: PathBuf = std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).components().collect();
    let existing = full.ancestors().find_map(|part| Some((part, std::fs::canonicalize(part).ok()?)));
    match existing.and_then(|(part, real)| Some(real.join(full.strip_prefix(part).ok()?))) {
        Some(joined) => joined.components().collect(),
        None => full,
    }
}

/// The same as text.
pub(super) fn absolute_text(path: &Path) -> String {
    archive::path_text(&absolute(path))
}

/// The one name of each found file: that of its root, which is asked for once, and what is below it.
struct Names<'a> {
    roots: HashMap<&'a Path, PathBuf>,
}

impl<'a> Names<'a> {
    fn new(roots: &'a [PathBuf]) -> Names<'a> {
        Names { roots: roots.iter().map(|root| (root.as_path(), absolute(root))).collect() }
    }

    fn of(&self, entry: &FileEntry) -> PathBuf {
        let below = entry.path.strip_prefix(&entry.root).ok();
        match (self.roots.get(entry.root.as_path()), below) {
            (Some(root), Some(below)) if below.as_os_str().is_empty() => root.clone(),
            (Some(root), Some(below)) => root.join(below),
            _ => absolute(&entry.path),
        }
    }
}
