//! Brings an index up to date with its sources, record by record.
//!
//! plan.rs finds the files that changed, pipeline.rs reads them and writes the articles that
//! changed, run.rs keeps count of it in the tables, commit.rs makes it last. Work goes in rounds,
//! each ended by a commit, so that an interrupted run keeps every finished round. What is gone is
//! deleted with the last of them, so that an article that moved can be found all along.

use super::commit::{self, Defined, Found, Kept, Store};
use super::manifest::{Ledger, Manifest, Settings};
use super::pipeline::{self, Source};
use super::plan;
use super::run::{Run, told};
use super::{engine_error, open_engine};
use crate::analysis::Analyzer;
use crate::archive::{self, Skip};
use crate::error::{Error, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// What to bring up to date, and how.
pub struct Update<'a> {
    /// The index folder; made where it does not exist.
    pub folder: &'a Path,
    /// Files and folders that hold the articles.
    pub roots: &'a [PathBuf],
    /// How they are read.
    pub options: &'a archive::Options,
    /// How they are analysed.
    pub analyzer: &'a Analyzer,
    /// What happens to what is there already.
    pub plan: Plan,
    /// Threads that analyse; at least 1.
    pub threads: usize,
    /// Memory for the engine's writer, in bytes.
    pub memory: usize,
    /// What else is decided.
    pub rules: Rules,
}

/// What happens to what an index holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Only what changed is read again.
    Incremental,
    /// Everything under the roots is read and written again; the rest stays.
    Again,
    /// Everything is read again, and the old index replaced. Until then it can be searched, if it
    /// can be read at all.
    Rebuild,
}

/// Rules of an update that have a usual setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// What happens to the articles of files that are gone.
    pub vanished: Vanished,
    /// How often what was done is committed.
    pub pace: Pace,
}

/// What happens to the articles of files that stood under one of the roots and are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Vanished {
    /// They are deleted.
    #[default]
    Forgotten,
    /// They stay.
    Kept,
}

/// When a commit is due: after so much text, or after so long, whichever comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Bytes of text that were read.
    pub bytes: u64,
    /// Time since the last commit.
    pub time: Option<Duration>,
}

impl Default for Pace {
    /// Every 2 GB: a commit costs time, and the segments that it leaves are to be merged.
    fn default() -> Pace {
        Pace { bytes: 2 << 30, time: None }
    }
}

/// Watches an update. Called from several threads.
pub trait Observer: Sync {
    /// The walk is done: this many files, of this many bytes, are to be read.
    fn planned(&self, _files: u64, _bytes: u64) {}
    /// So many of those files were read before with these other settings.
    fn reset(&self, _files: u64, _before: &Settings) {}
    /// Some of a file has been read: bytes of text since the last call.
    fn read(&self, _bytes: u64) {}
    /// A file has been read to its end; its size on disk in bytes.
    fn finished(&self, _file: &Path, _size: u64) {}
    /// An input was skipped.
    fn skipped(&self, _skip: &Skip) {}
    /// What was done so far can be searched: articles in the index.
    fn committed(&self, _articles: u64) {}
}

impl Observer for () {}

/// Asks a running update to stop at the next record.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks.
    pub fn request(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether somebody asked.
    pub fn requested(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What an update did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Files found.
    pub files: u64,
    /// Files that had not changed, by their size and time, and were not read.
    pub unchanged: u64,
    /// Files that were read and had nothing new in them.
    pub same: u64,
    /// Files that the index did not know.
    pub new: u64,
    /// Files with other articles than before.
    pub changed: u64,
    /// Files that are what another was that is gone.
    pub moved: u64,
    /// Files that had gone since the last run, the moved ones among them.
    pub vanished: u64,
    /// Files that had gone and whose articles stay.
    pub missing: u64,
    /// Articles written: added, replaced and moved.
    pub articles: u64,
    /// Articles that the index did not have.
    pub added: u64,
    /// Articles that were written in the place of what they had been.
    pub replaced: u64,
    /// Articles that are what they were, in another file or on another line.
    pub relocated: u64,
    /// Articles that were deleted, those that moved to another file not counted.
    pub removed: u64,
    /// Passages written.
    pub passages: u64,
    /// Bytes of UTF-8 in the bodies of the articles written.
    pub bytes: u64,
    /// Inputs skipped, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Articles in the index after the run.
    pub total_articles: u64,
}

/// Brings the index up to date with `roots`.
///
/// # Errors
/// A root that does not exist, a folder that is not an index, an index of another format or
/// definition, an index that is being written, a full disk, or [`Error::Interrupted`]; what had
/// been committed stays.
pub fn update(update: &Update<'_>, observer: &dyn Observer, stop: &Stop) -> Result<Report> {
    let walk = plan::walk_sources(update)?;
    let mut report = begun(&walk, observer);
    let found = if update.plan == Plan::Rebuild { Found::Replaced } else { Found::Continued };
    let defined =
        Defined { all: &update.analyzer.definition, segmenter: Some(&update.analyzer.segmenter) };
    let engine = commit::engine(update.folder, defined, found)?;
    let mut store = Store::open(update.folder, &engine, update.threads, update.memory)?;
    let ledger = store.ledger()?;
    let changes = plan::changes(walk, &ledger, update);
    if changes.jobs.is_empty() && changes.vanished.is_empty() && store.ledger_name.is_some() {
        told(&changes, &mut report, observer);
        report.total_articles = ledger.totals().0;
        store.close()?;
        return Ok(report);
    }
    let mut run = Run::new(update, changes, store.kept(ledger)?, report, observer);
    let jobs = std::mem::take(&mut run.changes.jobs);
    let mut source = Source::new(&jobs, update.options);
    loop {
        let round = pipeline::round(&mut source, &run.work(&jobs, Some(&store), observer, stop))?;
        run.apply(round, &jobs, Some(&store));
        let last = source.is_at_end() && !stop.requested();
        if last {
            run.forget_vanished(Some(&store));
        }
        store.commit(&run.kept)?;
        observer.committed(run.kept.records.len() as u64);
        if stop.requested() {
            return Err(Error::Interrupted);
        }
        if last {
            break;
        }
    }
    store.close()?;
    Ok(run.finish())
}

/// Finds out what [`update`] would do, and changes nothing. Files that may have changed are read,
/// nothing is analysed; how many passages there would be is not known.
///
/// # Errors
/// As those of [`update`]; an index that is being written is no hindrance.
pub fn preview(update: &Update<'_>, observer: &dyn Observer, stop: &Stop) -> Result<Report> {
    let walk = plan::walk_sources(update)?;
    let report = begun(&walk, observer);
    let kept = match Manifest::read(update.folder)? {
        Some(manifest) => {
            let needed = Manifest::new(&update.analyzer.definition.fingerprint());
            match manifest.check(&needed, update.folder).and_then(|()| committed(update.folder)) {
                Err(_) if update.plan == Plan::Rebuild => Kept::default(),
                kept => kept?,
            }
        }
        None => Kept::default(),
    };
    let changes = plan::changes(walk, &kept.ledger, update);
    let mut run = Run::new(update, changes, kept, report, observer);
    let jobs = std::mem::take(&mut run.changes.jobs);
    let mut source = Source::new(&jobs, update.options);
    while !source.is_at_end() {
        let round = pipeline::round(&mut source, &run.work(&jobs, None, observer, stop))?;
        if stop.requested() {
            return Err(Error::Interrupted);
        }
        run.apply(round, &jobs, None);
    }
    run.forget_vanished(None);
    Ok(run.finish())
}

/// What the index at `folder` keeps beside the engine, as of its last commit. Somebody may be
/// writing: a commit that comes between naming the tables and reading them is followed.
pub fn committed(folder: &Path) -> Result<Kept> {
    let engine = open_engine(folder)?;
    loop {
        let payload =
            || Ok::<_, Error>(engine.load_metas().map_err(|e| engine_error(folder, e))?.payload);
        let Some(name) = payload()? else { return Ok(Kept::default()) };
        match Kept::read(folder, &name) {
            Err(_) if payload()?.as_ref() != Some(&name) => {}
            kept => return kept,
        }
    }
}

fn begun(walk: &archive::Walk, observer: &dyn Observer) -> Report {
    let mut report = Report { files: walk.files.len() as u64, ..Report::default() };
    for skip in &walk.skipped {
        observer.skipped(skip);
        *report.skipped.entry(skip.reason.text()).or_default() += 1;
    }
    report
}

/// What the ledger at `folder` says, for those who only read.
pub(super) fn ledger(folder: &Path, name: &str) -> Result<Ledger> {
    match Ledger::read(folder, name) {
        // A commit came in between.
        Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            committed(folder).map(|kept| kept.ledger)
        }
        ledger => ledger,
    }
}
