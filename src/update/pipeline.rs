//! The pipeline from files to the engine: one thread reads, all cores analyse what changed and
//! write it.
//!
//! The pipeline is bounded: the reader hands batches of records to analysts, who hand documents to
//! the engine's writer; nothing waits in memory but a few batches. It runs in rounds, each followed
//! by a commit; a round may end within a file. What a round came to is told in [`Round`] and
//! changes nothing but the engine: the tables are brought up to date by update.rs.

use super::changes::Job;
use super::memory_budget::{MemoryBudget, Reservation};
use super::options::{Mode, Observer, Update};
use super::part::Part;
use super::records::Records;
use super::store::Store;
use crate::archive::{self, Outcome, RawRecord, Skip};
use crate::article;
use crate::engine::origin::{Dating, FileKey, RecordRow};
use crate::engine::{Batch, Provenance, Replaced, Stop, article_number};
use crate::error::{Error, Note, Result};
use crate::reprint::Imprint;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// Records in a batch end when their text reaches this many bytes: large enough to make hand-over
/// cheap, small enough to keep all cores busy and little in memory.
const BATCH_BYTES: usize = 256 << 10;
/// Batches that may wait between reading and analysing.
const BATCHES_WAITING: usize = 8;
/// Bytes of text that may wait or be analysed at once; a longer record goes alone. An analysis
/// takes some forty times its text.
const MEMORY_BUDGET: usize = 16 << 20;

/// The change that a record makes to the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordChange {
    /// Nothing: it is in the index already.
    Kept,
    /// It is new.
    Added,
    /// It was written in the place of what it had been.
    Replaced,
    /// It is what it was, in another place.
    Moved,
}

/// The effect of one record of a round.
pub struct RecordEffect {
    /// The index of its job.
    pub job: usize,
    /// The article's number.
    pub number: u64,
    /// The change to the index.
    pub change: RecordChange,
    /// Its row from now on.
    pub row: RecordRow,
    /// Its imprint, where it was written.
    pub imprint: Option<Imprint>,
}

/// The effects of a round.
#[derive(Default)]
pub struct Round {
    /// The effect of each record that was read, in no order.
    pub effects: Vec<RecordEffect>,
    /// The jobs whose file was read to its end.
    pub finished: Vec<usize>,
    /// The job whose file is being read.
    pub open: Option<usize>,
    /// Inputs that were skipped, with their job.
    pub skipped: Vec<(usize, Skip)>,
}

/// The context of a round.
pub struct Work<'a> {
    /// The update.
    pub update: &'a Update<'a>,
    /// Seconds since 1970 in UTC when it began.
    pub begun: i64,
    /// The files to be read.
    pub jobs: &'a [Job],
    /// The articles that the index has.
    pub records: &'a Records,
    /// Digests of the articles of files that are gone.
    pub gone: &'a HashSet<u64>,
    /// The store that articles are written to; `None` for a preview.
    pub store: Option<&'a dyn Store>,
    /// Told what happens.
    pub observer: &'a dyn Observer,
    /// Asked whether to go on.
    pub stop: &'a Stop,
}

/// The records of all jobs, one after the other.
pub struct RecordSource<'a> {
    jobs: &'a [Job],
    options: &'a archive::Options,
    next: usize,
    open: Option<OpenFile<'a>>,
}

/// A file that is being read.
struct OpenFile<'a> {
    job: usize,
    records: Box<dyn Iterator<Item = Outcome> + Send + 'a>,
    /// The number of records with an id so far, by the article number of the first.
    occurrences: HashMap<u64, u64, foldhash::fast::FixedState>,
}

/// An item of a source.
#[expect(clippy::large_enum_variant, reason = "one at a time, and nearly all are records")]
enum SourceItem {
    Record(usize, u64, RawRecord),
    Skipped(usize, Skip),
    Finished(usize),
}

impl<'a> RecordSource<'a> {
    /// The records of these jobs.
    pub fn new(jobs: &'a [Job], options: &'a archive::Options) -> RecordSource<'a> {
        RecordSource { jobs, options, next: 0, open: None }
    }

    /// True if everything has been read.
    pub fn is_at_end(&self) -> bool {
        self.open.is_none() && self.next == self.jobs.len()
    }

    fn item(&mut self) -> Option<SourceItem> {
        if self.open.is_none() {
            let entry = &self.jobs.get(self.next)?.entry;
            let records = archive::records(entry, self.options);
            self.open = Some(OpenFile { job: self.next, records, occurrences: HashMap::default() });
            self.next += 1;
        }
        let file = self.open.as_mut()?;
        let job = file.job;
        match file.records.next() {
            Some(Ok(mut record)) => {
                let path = &self.jobs[job].now.path;
                if record.path != *path {
                    record.path.clone_from(path);
                }
                let number = file.number(&record);
                Some(SourceItem::Record(job, number, record))
            }
            Some(Err(skip)) => Some(SourceItem::Skipped(job, skip)),
            None => {
                self.open = None;
                Some(SourceItem::Finished(job))
            }
        }
    }
}

impl OpenFile<'_> {
    /// The number of the next record's article.
    fn number(&mut self, record: &RawRecord) -> u64 {
        let id = article::id(record);
        let first = article_number(&record.path, id.as_str(), 0);
        if record.place.is_none() {
            return first;
        }
        let before = self.occurrences.entry(first).and_modify(|count| *count += 1).or_insert(0);
        if *before == 0 { first } else { article_number(&record.path, id.as_str(), *before) }
    }
}

/// A few records of one file on their way to an analyst.
struct RecordBatch<'a> {
    job: usize,
    records: Vec<(u64, RawRecord)>,
    /// The bytes they reserve; given back when they have been analysed.
    _reservation: Option<Reservation<'a>>,
}

/// Reads on until everything is read, a commit is due, or somebody asks to stop.
///
/// # Errors
/// A failure of the engine's writer; the articles of this round must then be given up.
pub fn round(source: &mut RecordSource<'_>, work: &Work<'_>) -> Result<Round> {
    let done: Mutex<Round> = Mutex::default();
    let failure: Mutex<Option<Error>> = Mutex::default();
    let failed = AtomicBool::new(false);
    let budget = MemoryBudget::new(MEMORY_BUDGET);
    let (sender, receiver) = crossbeam_channel::bounded::<RecordBatch<'_>>(BATCHES_WAITING);
    std::thread::scope(|scope| {
        for _ in 0..work.update.threads.max(1) {
            let receiver = receiver.clone();
            scope.spawn(|| {
                for batch in receiver {
                    match work.batch(&batch) {
                        Ok(effects) => done
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .effects
                            .extend(effects),
                        Err(error) => {
                            failure
                                .lock()
                                .unwrap_or_else(PoisonError::into_inner)
                                .get_or_insert(error);
                            failed.store(true, Ordering::SeqCst);
                        }
                    }
                }
            });
        }
        drop(receiver);
        let (finished, skipped) = read(source, work, &budget, &sender, &failed);
        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
        (done.finished, done.skipped) = (finished, skipped);
        drop(done);
        drop(sender);
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    let mut round = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    round.open = source.open.as_ref().map(|file| file.job);
    Ok(round)
}

/// Sends records on in batches until a round is full; returns which files were read to their end,
/// and what was skipped.
fn read<'r>(
    source: &mut RecordSource<'_>,
    work: &Work<'_>,
    budget: &'r MemoryBudget,
    sender: &crossbeam_channel::Sender<RecordBatch<'r>>,
    failed: &AtomicBool,
) -> (Vec<usize>, Vec<(usize, Skip)>) {
    let (began, pace) = (Instant::now(), work.update.rules.pace);
    let (mut finished, mut skipped) = (Vec::new(), Vec::new());
    let (mut total, mut size) = (0u64, 0usize);
    let mut batch = RecordBatch { job: 0, records: Vec::new(), _reservation: None };
    let limit = BATCH_BYTES.min(usize::try_from(pace.bytes).unwrap_or(BATCH_BYTES));
    let mut send = |batch: &mut RecordBatch<'r>, size: &mut usize| {
        work.observer.read(*size as u64);
        total += *size as u64;
        if !batch.records.is_empty() {
            let (records, place) =
                (std::mem::take(&mut batch.records), Some(budget.reserve(*size)));
            // The other end goes only when this one does.
            let _ = sender.send(RecordBatch { job: batch.job, records, _reservation: place });
        }
        *size = 0;
        total >= pace.bytes || pace.time.is_some_and(|time| began.elapsed() >= time)
    };
    while !work.stop.requested() && !failed.load(Ordering::Relaxed) {
        match source.item() {
            // Another loader takes it.
            Some(SourceItem::Record(job, number, _)) if !work.takes(job, number) => {}
            Some(SourceItem::Skipped(job, _)) if !work.counts_skips(job) => {}
            Some(SourceItem::Record(job, number, record)) => {
                size += record.content.size();
                batch.job = job;
                batch.records.push((number, record));
                if size >= limit && send(&mut batch, &mut size) {
                    return (finished, skipped);
                }
            }
            Some(SourceItem::Skipped(job, skip)) => {
                work.observer.skipped(&skip);
                skipped.push((job, skip));
            }
            Some(SourceItem::Finished(job)) => {
                let full = send(&mut batch, &mut size);
                work.observer.finished(&work.jobs[job].entry.path, work.jobs[job].entry.size);
                finished.push(job);
                if full {
                    return (finished, skipped);
                }
            }
            None => break,
        }
    }
    send(&mut batch, &mut size);
    (finished, skipped)
}

impl Work<'_> {
    /// True if the loader takes the article with this number.
    fn takes(&self, job: usize, number: u64) -> bool {
        self.jobs[job].now.part.is_none_or(|part| part.owns_article(number))
    }

    /// True if the loader counts what is skipped: of a file that several share, one does.
    fn counts_skips(&self, job: usize) -> bool {
        self.jobs[job].now.part.is_none_or(Part::is_first)
    }

    /// Decides on each record of a batch, and writes those that are to be written.
    fn batch(&self, batch: &RecordBatch<'_>) -> Result<Vec<RecordEffect>> {
        let file = FileKey::new(&self.jobs[batch.job].now.file);
        let mut effects = Vec::with_capacity(batch.records.len());
        let mut written = self.store.map(|store| store.batch(&self.update.analyzer.segmenter));
        for (number, record) in &batch.records {
            let effect = self.decide(batch.job, file, *number, record);
            effects.push(match &mut written {
                Some(written) if effect.change != RecordChange::Kept => {
                    self.write(effect, record, written.as_mut())?
                }
                _ => effect,
            });
        }
        written.map_or(Ok(()), |written| written.finish())?;
        Ok(effects)
    }

    /// Decides what becomes of a record.
    fn decide(&self, job: usize, file: FileKey, number: u64, record: &RawRecord) -> RecordEffect {
        let [a, b, c, d, e, f, g, h, ..] = record.content.digest();
        let digest = u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let line = record.line.map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX));
        let known = self.records.get(number);
        let change = self.change(job, known, digest, line);
        if let (RecordChange::Kept, Some(&row)) = (change, known) {
            return RecordEffect { job, number, change, row, imprint: None };
        }
        // What only stands elsewhere now, or is dated anew, was seen before.
        let before = known.filter(|row| row.digest == digest);
        let seen = before.map_or(self.begun, |row| row.seen);
        let row = RecordRow { file, digest, line, seen, ..RecordRow::default() };
        RecordEffect { job, number, change, row, imprint: None }
    }

    /// The change for an article with this content, of which the index has this row.
    fn change(
        &self,
        job: usize,
        known: Option<&RecordRow>,
        digest: u64,
        line: u32,
    ) -> RecordChange {
        let Some(row) = known else {
            let moved = self.gone.contains(&digest);
            return if moved { RecordChange::Moved } else { RecordChange::Added };
        };
        let dated_anew = row.dating == Dating::FromCrawl && self.jobs[job].is_dated_anew();
        if row.digest != digest || dated_anew || self.update.mode != Mode::Incremental {
            RecordChange::Replaced
        } else if row.line != line {
            RecordChange::Moved
        } else {
            RecordChange::Kept
        }
    }

    /// Analyses a record and writes its article.
    fn write(
        &self,
        mut effect: RecordEffect,
        record: &RawRecord,
        written: &mut dyn Batch,
    ) -> Result<RecordEffect> {
        let analysis = self.update.analyzer.analyze(record);
        let number = effect.number;
        let from_crawl = [Note::DateRelative, Note::YearInferred, Note::DateInvalid];
        if analysis.article.notes.iter().any(|note| from_crawl.contains(note)) {
            effect.row.dating = Dating::FromCrawl;
        }
        let known = self.records.get(number).is_some();
        let replaced = if known { Replaced::Older } else { Replaced::Nothing };
        let provenance = Provenance::new(number, &analysis, effect.row);
        written.put(number, &analysis, &provenance, replaced)?;
        effect.row = provenance.row;
        effect.imprint = Some(provenance.imprint);
        Ok(effect)
    }
}
