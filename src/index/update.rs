//! Brings an index up to date with its sources: plans, has the pipeline work in rounds, and commits after each.
//!
//! plan.rs says what changed, pipeline.rs reads and writes it, state.rs keeps and commits what the index holds, lock.rs sees to it
//! that there is one writer. An interrupted run keeps all that it had read.

use super::engine_error;
use super::folder::{open_to_read, open_to_write};
use super::ledger::FileRecord;
use super::pipeline::{Counts, Done, Pipeline, Round, tell};
use super::plan::{self, Cause, Changes, Prune};
use super::state::{Sink, State};
use crate::analysis::Analyzer;
use crate::archive::{self, Skip};
use crate::error::{Error, Result};
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tantivy::IndexWriter;

/// What a thread of the engine's writer needs, in bytes.
const LEAST_MEMORY: usize = 16_000_000;

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
    /// What happens to articles whose file has gone.
    pub prune: Prune,
    /// Whether it is done or only said.
    pub effect: Effect,
    /// The longest time between commits; `None` to commit by amount alone.
    pub commit_every: Option<Duration>,
    /// Threads that analyse; at least 1.
    pub threads: usize,
    /// Memory for the engine's writer, in bytes.
    pub memory: usize,
}

impl<'a> Update<'a> {
    /// An update of what changed, with 2 threads and 64 MB.
    pub fn new(
        folder: &'a Path,
        roots: &'a [PathBuf],
        options: &'a archive::Options,
        analyzer: &'a Analyzer,
    ) -> Update<'a> {
        Update {
            folder,
            roots,
            options,
            analyzer,
            plan: Plan::Incremental,
            prune: Prune::Vanished,
            effect: Effect::Done,
            commit_every: None,
            threads: 2,
            memory: 64 << 20,
        }
    }
}

/// What happens to what an index holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Only what changed is read again.
    Incremental,
    /// Everything is read again, and the old index replaced.
    Rebuild,
}

/// Whether an update is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is done.
    Done,
    /// It is only said what would happen: sources are read, nothing is written.
    Said,
}

/// Watches an update. Called from several threads.
pub trait Observer: Sync {
    /// The walk is done: this many files, of this many bytes, are to be read.
    fn planned(&self, _files: u64, _bytes: u64) {}
    /// Some of a file has been read: bytes of text since the last call.
    fn read(&self, _bytes: u64) {}
    /// A file has been read to its end; its size on disk in bytes.
    fn finished(&self, _file: &Path, _size: u64) {}
    /// An input was skipped.
    fn skipped(&self, _skip: &Skip) {}
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
    /// Files whose records are as they were, whether or not they had to be read to know.
    pub unchanged: u64,
    /// Files that the index did not have.
    pub new: u64,
    /// Files with other records than before.
    pub changed: u64,
    /// Files that are elsewhere now; they are neither new nor gone.
    pub moved: u64,
    /// Files that have gone since the last run.
    pub vanished: u64,
    /// Files that had to be read, and were.
    pub read: u64,
    /// Files that were read because the settings are not those of the last run.
    pub resettled: u64,
    /// Articles written.
    pub articles: u64,
    /// Articles among them that took another's place.
    pub replaced: u64,
    /// Articles deleted.
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
/// A root that does not exist, a folder that is not an index, an index of another format or definition, an index that
/// is being written, a full disk, or [`Error::Interrupted`]; what had been committed stays.
pub fn update(update: &Update<'_>, observer: &dyn Observer, stop: &Stop) -> Result<Report> {
    run(update, &HashSet::new(), observer, stop)
}

/// The same, reading these files anew whatever the index has of them.
pub(super) fn run(
    update: &Update<'_>,
    distrusted: &HashSet<String>,
    observer: &dyn Observer,
    stop: &Stop,
) -> Result<Report> {
    let began = jiff::Timestamp::now();
    let mut walk = plan::walk(update)?;
    let (_lock, engine) = match update.effect {
        Effect::Done => open_to_write(update).map(|(lock, engine)| (Some(lock), Some(engine)))?,
        Effect::Said => (None, open_to_read(update)?),
    };
    let mut state = match &engine {
        Some(engine) => State::load(update.folder, engine)?,
        None => State::empty(update.folder),
    };
    let new = state.is_new();
    let mut report = Report { files: walk.files.len() as u64, ..Report::default() };
    for skip in &walk.skipped {
        tell(skip, &mut report.skipped, observer);
    }
    let known = (state.ledger.archives.clone(), state.ledger.files.len());
    let changes = plan::changes(&mut walk, began, update, distrusted, &mut state.ledger);
    report.unchanged = changes.unchanged;
    observer.planned(changes.jobs.len() as u64, changes.jobs.iter().map(|job| job.entry.size).sum());
    let idle = changes.jobs.is_empty() && changes.vanished.is_empty() && known.0 == state.ledger.archives && !new;
    match engine.filter(|_| update.effect == Effect::Done && !idle) {
        Some(engine) => {
            let writer = engine.writer_with_num_threads(writers(update), update.memory.max(LEAST_MEMORY));
            let mut writer: IndexWriter = writer.map_err(|e| engine_error(update.folder, e))?;
            work(update, changes, &mut state, Some(&mut writer), (observer, stop), &mut report)?;
            writer.wait_merging_threads().map_err(|e| engine_error(update.folder, e))?;
        }
        None => work(update, changes, &mut state, None, (observer, stop), &mut report)?,
    }
    report.total_articles = state.ledger.totals().0;
    Ok(report)
}

/// Does what changed, round by round.
fn work(
    update: &Update<'_>,
    changes: Changes,
    state: &mut State,
    mut writer: Option<&mut IndexWriter>,
    (observer, stop): (&dyn Observer, &Stop),
    report: &mut Report,
) -> Result<()> {
    let Changes { jobs, vanished, .. } = changes;
    let mut pipeline = Pipeline::new(update, jobs);
    let mut gone: Vec<FileRecord> = Vec::new();
    forget(&vanished, state, sink(&writer), &mut gone, report);
    distrust(&mut pipeline, state, sink(&writer));
    loop {
        let at_hand = Round { state: &*state, sink: sink(&writer), observer, stop };
        let Done { ended, open } = pipeline.round(&at_hand)?;
        pipeline.clear(&ended, &at_hand)?;
        let moved: Vec<FileRecord> = ended.iter().filter_map(|(job, _)| pipeline.jobs[*job].origin.take()).collect();
        forget(&moved, state, sink(&writer), &mut gone, report);
        for (job, refused) in &ended {
            settle(&pipeline, *job, *refused, state);
        }
        if let Some(job) = open {
            settle_open(&pipeline, job, state);
        }
        if let Some(writer) = writer.as_deref_mut() {
            state.commit(writer)?;
        }
        if stop.requested() {
            return Err(Error::Interrupted);
        }
        if pipeline.is_done() {
            break;
        }
    }
    count(&pipeline, &gone, report);
    Ok(())
}

/// How many threads of the engine write: as many as there is memory for.
fn writers(update: &Update<'_>) -> usize {
    // Writing is a third of the work, and fewer writers make fewer and larger segments.
    update.threads.div_ceil(2).clamp(1, (update.memory / LEAST_MEMORY).max(1))
}

fn sink<'a>(writer: &'a Option<&mut IndexWriter>) -> Sink<'a> {
    writer.as_deref().map_or(Sink::Nowhere, Sink::Index)
}

/// Takes these files and their articles out.
fn forget(files: &[FileRecord], state: &mut State, sink: Sink<'_>, gone: &mut Vec<FileRecord>, report: &mut Report) {
    let numbers: HashSet<u32> = files.iter().map(|file| file.number).collect();
    if numbers.is_empty() {
        return;
    }
    for (_, place) in state.of_files(&numbers) {
        state.delete(place, sink);
        report.removed += 1;
    }
    for file in files {
        state.ledger.files.remove(&file.file);
    }
    gone.extend_from_slice(files);
}

/// Takes out what the index has of files that are not trusted, so that all of it is written again.
fn distrust(pipeline: &mut Pipeline<'_>, state: &State, sink: Sink<'_>) {
    let distrusted = pipeline.jobs.iter_mut().filter(|job| job.cause == Cause::Distrust);
    let mut numbers = HashSet::new();
    for job in distrusted {
        (job.record.articles, job.record.passages, job.record.bytes) = (0, 0, 0);
        numbers.insert(job.record.number);
    }
    if !numbers.is_empty() {
        state.of_files(&numbers).into_iter().for_each(|(_, place)| state.delete(place, sink));
    }
}

/// What the ledger says of a file as far as it has been read.
fn record(pipeline: &Pipeline<'_>, job: usize) -> FileRecord {
    let (before, counts) = (&pipeline.jobs[job].record, &pipeline.counts[job]);
    let balance = |before: u64, plus: u64, minus: u64| (before + plus).saturating_sub(minus);
    FileRecord {
        articles: balance(before.articles, Counts::of(&counts.added), Counts::of(&counts.removed)),
        passages: balance(before.passages, Counts::of(&counts.passages), Counts::of(&counts.lost_passages)),
        bytes: balance(before.bytes, Counts::of(&counts.bytes), Counts::of(&counts.lost_bytes)),
        skipped: Counts::of(&counts.skipped),
        content: pipeline.content(job),
        ..before.clone()
    }
}

/// Notes that a file has been read; where the system refused some of it, it will be read again.
fn settle(pipeline: &Pipeline<'_>, job: usize, refused: bool, state: &mut State) {
    let mut record = record(pipeline, job);
    if refused {
        record.modified = None;
    }
    state.ledger.files.insert(record.file.clone(), record);
}

/// Notes how far a file has been read: it will be read again, and what it has given by then is kept.
fn settle_open(pipeline: &Pipeline<'_>, job: usize, state: &mut State) {
    let record = FileRecord { modified: None, content: 0, ..record(pipeline, job) };
    state.ledger.files.insert(record.file.clone(), record);
}

/// Counts what was done.
fn count(pipeline: &Pipeline<'_>, gone: &[FileRecord], report: &mut Report) {
    let mut left: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    gone.iter().for_each(|file| *left.entry((file.size, file.content)).or_default() += 1);
    for (number, (job, counts)) in pipeline.jobs.iter().zip(&pipeline.counts).enumerate() {
        let [added, replaced, removed] = [&counts.added, &counts.replaced, &counts.removed].map(Counts::of);
        report.articles += added + replaced;
        report.replaced += replaced;
        report.removed += removed;
        report.passages += Counts::of(&counts.passages);
        report.bytes += Counts::of(&counts.bytes);
        report.read += 1;
        report.resettled += u64::from(job.cause == Cause::Settings);
        let like = left.get_mut(&(job.record.size, pipeline.content(number))).filter(|count| **count > 0);
        match (job.cause, like) {
            (Cause::New, Some(count)) => {
                *count -= 1;
                report.moved += 1;
            }
            (Cause::New, None) => report.new += 1,
            _ if added + replaced + removed > 0 => report.changed += 1,
            _ => report.unchanged += 1,
        }
    }
    report.vanished = left.values().sum();
    for (reason, number) in &pipeline.skipped {
        *report.skipped.entry(reason).or_default() += number;
    }
}
