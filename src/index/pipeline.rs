//! Reads files, analyses what changed in them on all cores, and hands it to the engine's writer.
//!
//! One thread reads and sends batches of records to analysts; nothing waits in memory but a few batches. An analyst compares a
//! record with the table of records and analyses only what is new or different. Work goes in rounds, after each of which the state
//! is whole and can be committed, also in the midst of a file.

use super::document::{ArticleText, article_number, documents, seconds};
use super::engine_error;
use super::plan::{Cause, Job};
use super::records::Entry;
use super::state::{Sink, State, Sums};
use super::update::{Observer, Stop, Update};
use crate::archive::{self, Outcome, RawRecord, Skip, SkipReason};
use crate::article::identity;
use crate::error::{Error, Result};
use crate::reprint::Imprint;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;
use tantivy::indexer::UserOperation;

/// Records in a batch end when their text reaches this many bytes: large enough to make hand-over cheap, small enough
/// to keep all cores busy and little in memory.
const BATCH_BYTES: usize = 256 << 10;
/// Articles wait to be handed to the writer until their bodies reach this many bytes; the writer lets ten thousand
/// hand-overs wait.
const HAND_OVER_BYTES: usize = 8 << 10;
/// Batches that may wait between reading and analysing.
const BATCHES_WAITING: usize = 8;
/// A round ends when it has read this many bytes of text.
const ROUND_BYTES: u64 = 2 << 30;

/// What has been done for one file.
#[derive(Debug, Default)]
pub(super) struct Counts {
    /// Articles that are as they were.
    pub kept: AtomicU64,
    /// Articles that are new.
    pub added: AtomicU64,
    /// Articles that were written in place of others.
    pub replaced: AtomicU64,
    /// Articles that are gone.
    pub removed: AtomicU64,
    /// Passages written.
    pub passages: AtomicU64,
    /// Bytes of text written.
    pub bytes: AtomicU64,
    /// Passages deleted.
    pub lost_passages: AtomicU64,
    /// Bytes of text deleted.
    pub lost_bytes: AtomicU64,
    /// Records skipped.
    pub skipped: AtomicU64,
}

impl Counts {
    /// What a counter stands at.
    pub fn of(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }

    fn lose(&self, sums: Sums) {
        self.lost_passages.fetch_add(sums.passages, Ordering::Relaxed);
        self.lost_bytes.fetch_add(sums.bytes, Ordering::Relaxed);
    }
}

/// A record on its way to an analyst.
struct Task {
    record: RawRecord,
    id: String,
    /// Which one of its file's articles with this id it is, from 0.
    nth: u32,
    /// Which one of its file's records it is, from 0.
    place: u64,
}

/// A few records of one file.
struct Batch {
    job: usize,
    tasks: Vec<Task>,
}

/// The file that is being read.
struct Reading<'a> {
    job: usize,
    records: Box<dyn Iterator<Item = Outcome> + Send + 'a>,
    /// How many records there were with each id, by the id's hash.
    ids: HashMap<u64, u32>,
    place: u64,
    /// Whether the system refused some of it.
    refused: bool,
}

/// The work of an update, and how far it is.
pub(super) struct Pipeline<'a> {
    update: &'a Update<'a>,
    /// All files that are to be read.
    pub jobs: Vec<Job>,
    /// What has been done for each.
    pub counts: Vec<Counts>,
    /// For each, a hash of its records so far.
    contents: Vec<AtomicU64>,
    next: usize,
    reading: Option<Reading<'a>>,
    /// Skipped inputs, by reason.
    pub skipped: BTreeMap<&'static str, u64>,
}

/// What is at hand while a round runs.
pub(super) struct Round<'a> {
    pub state: &'a State,
    pub sink: Sink<'a>,
    pub observer: &'a dyn Observer,
    pub stop: &'a Stop,
}

/// What a round came to.
pub(super) struct Done {
    /// Files that were read to their end, and whether the system refused some of them.
    pub ended: Vec<(usize, bool)>,
    /// The file that was left in the midst.
    pub open: Option<usize>,
}

impl<'a> Pipeline<'a> {
    /// All of it still to do.
    pub fn new(update: &'a Update<'a>, jobs: Vec<Job>) -> Pipeline<'a> {
        let counts = jobs.iter().map(|_| Counts::default()).collect();
        let contents = jobs.iter().map(|_| AtomicU64::new(0)).collect();
        Pipeline { update, jobs, counts, contents, next: 0, reading: None, skipped: BTreeMap::new() }
    }

    /// Whether all files have been read.
    pub fn is_done(&self) -> bool {
        self.next == self.jobs.len() && self.reading.is_none()
    }

    /// A hash of a file's records, once it has been read.
    pub fn content(&self, job: usize) -> u64 {
        self.contents[job].load(Ordering::Relaxed)
    }

    /// Reads on until the round is full, there is nothing more, or it is asked to stop; all that was read has then been written.
    ///
    /// # Errors
    /// What the engine says, such as a full disk.
    pub fn round(&mut self, at_hand: &Round<'_>) -> Result<Done> {
        let failure: Mutex<Option<Error>> = Mutex::new(None);
        let (sender, receiver) = crossbeam_channel::bounded::<Batch>(BATCHES_WAITING);
        let mut reader = Reader {
            jobs: &self.jobs,
            counts: &self.counts,
            options: self.update.options,
            next: &mut self.next,
            reading: &mut self.reading,
            skipped: &mut self.skipped,
            ended: Vec::new(),
        };
        let analysts =
            Analysts { update: self.update, jobs: reader.jobs, counts: reader.counts, contents: &self.contents };
        let full = (Instant::now(), self.update.commit_every);
        std::thread::scope(|scope| {
            for _ in 0..self.update.threads.max(1) {
                let (receiver, failure, analysts) = (receiver.clone(), &failure, &analysts);
                scope.spawn(move || {
                    for batch in receiver {
                        if let Err(error) = analysts.settle(&batch, at_hand) {
                            failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                            at_hand.stop.request();
                        }
                    }
                });
            }
            drop(receiver);
            reader.read(at_hand, &sender, full);
            drop(sender);
        });
        if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        let ended = reader.ended;
        Ok(Done { ended, open: self.reading.as_ref().map(|reading| reading.job) })
    }

    /// Deletes what these files no longer have. Where the system refused some of a file, nothing of it is missed.
    ///
    /// # Errors
    /// [`Error::Damaged`] where what is deleted cannot be read.
    pub fn clear(&self, ended: &[(usize, bool)], at_hand: &Round<'_>) -> Result<()> {
        let whole = ended.iter().filter(|(_, refused)| !refused);
        let by_file: HashMap<u32, usize> = whole.map(|&(job, _)| (self.jobs[job].record.number, job)).collect();
        for (file, place) in at_hand.state.of_files(&by_file.keys().copied().collect::<HashSet<u32>>()) {
            let counts = &self.counts[by_file[&file]];
            counts.lose(at_hand.state.measure(at_hand.state.entry(place).article)?);
            counts.removed.fetch_add(1, Ordering::Relaxed);
            at_hand.state.delete(place, at_hand.sink);
        }
        Ok(())
    }
}

/// The reading side of a round.
struct Reader<'r, 'a> {
    jobs: &'r [Job],
    counts: &'r [Counts],
    options: &'a archive::Options,
    next: &'r mut usize,
    reading: &'r mut Option<Reading<'a>>,
    skipped: &'r mut BTreeMap<&'static str, u64>,
    ended: Vec<(usize, bool)>,
}

impl Reader<'_, '_> {
    fn read(
        &mut self,
        at_hand: &Round<'_>,
        sender: &crossbeam_channel::Sender<Batch>,
        (began, limit): (Instant, Option<std::time::Duration>),
    ) {
        let mut total = 0;
        while !at_hand.stop.requested() && total < ROUND_BYTES && limit.is_none_or(|limit| began.elapsed() < limit) {
            if self.reading.is_none() {
                let Some(job) = self.jobs.get(*self.next) else { return };
                let records = archive::records(&job.entry, self.options);
                let job = *self.next;
                *self.reading = Some(Reading { job, records, ids: HashMap::new(), place: 0, refused: false });
                *self.next += 1;
            }
            total += self.batch(at_hand, sender);
        }
    }

    /// Sends the next batch on, and closes the file where that was its last; returns its size in bytes.
    fn batch(&mut self, at_hand: &Round<'_>, sender: &crossbeam_channel::Sender<Batch>) -> u64 {
        let Some(reading) = self.reading.as_mut() else { return 0 };
        let (mut tasks, mut size, mut ended) = (Vec::new(), 0, true);
        while let Some(outcome) = reading.records.next() {
            match outcome {
                Ok(record) => {
                    size += record.content.size();
                    tasks.push(reading.task(record));
                }
                Err(skip) => {
                    reading.refused |= skip.reason == SkipReason::Unreadable;
                    self.counts[reading.job].skipped.fetch_add(1, Ordering::Relaxed);
                    *self.skipped.entry(skip.reason.text()).or_default() += 1;
                    at_hand.observer.skipped(&skip);
                }
            }
            if size >= BATCH_BYTES || at_hand.stop.requested() {
                ended = false;
                break;
            }
        }
        at_hand.observer.read(size as u64);
        let job = reading.job;
        if !tasks.is_empty() {
            // The other end goes only when this one does.
            let _ = sender.send(Batch { job, tasks });
        }
        if ended {
            self.ended.push((job, reading.refused));
            *self.reading = None;
            at_hand.observer.finished(&self.jobs[job].entry.path, self.jobs[job].entry.size);
        }
        size as u64
    }
}

impl Reading<'_> {
    fn task(&mut self, record: RawRecord) -> Task {
        let id = identity(&record).as_str().to_owned();
        let nth = self.ids.entry(number(blake3::hash(id.as_bytes()).as_bytes())).or_default();
        let task = Task { record, id, nth: *nth, place: self.place };
        *nth += 1;
        self.place += 1;
        task
    }
}

/// What was analysed and is to be written. It is handed over a few articles at a time, since each hand-over wakes a thread.
#[derive(Default)]
struct Waiting {
    operations: Vec<UserOperation>,
    /// Bytes of the articles' bodies.
    bytes: usize,
}

/// The analysing side of a round.
struct Analysts<'r> {
    update: &'r Update<'r>,
    jobs: &'r [Job],
    counts: &'r [Counts],
    contents: &'r [AtomicU64],
}

impl Analysts<'_> {
    /// Writes what of a batch is new or different.
    fn settle(&self, batch: &Batch, at_hand: &Round<'_>) -> Result<()> {
        let mut waiting = Waiting::default();
        for task in &batch.tasks {
            self.settle_one(batch.job, task, at_hand, &mut waiting)?;
        }
        self.hand_over(&mut waiting, at_hand)
    }

    /// Hands what waits to the writer.
    fn hand_over(&self, waiting: &mut Waiting, at_hand: &Round<'_>) -> Result<()> {
        let Waiting { operations, .. } = std::mem::take(waiting);
        match at_hand.sink {
            Sink::Index(writer) if !operations.is_empty() => {
                writer.run(operations).map(|_| ()).map_err(|e| engine_error(self.update.folder, e))
            }
            _ => Ok(()),
        }
    }

    fn settle_one(&self, job: usize, task: &Task, at_hand: &Round<'_>, waiting: &mut Waiting) -> Result<()> {
        let (file, counts, state) = (&self.jobs[job], &self.counts[job], at_hand.state);
        let digest = self.digest(task);
        self.contents[job].fetch_add(placed(digest, task.place), Ordering::Relaxed);
        let article = article_number(&file.record.path, &task.id, task.nth);
        let mut entry = Entry { article, digest, file: file.record.number, line: line(task.record.line) };
        let before = state.find(article).filter(|_| file.cause != Cause::Distrust);
        if let Some(place) = before.filter(|&place| state.entry(place).digest == digest) {
            if task.record.place.is_none() {
                // The line of a file that is one article is that of its text, which analysis found.
                entry.line = state.entry(place).line;
            }
            state.retire(place);
            state.add(entry);
            counts.kept.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        if let Some(place) = before {
            counts.lose(state.measure(article)?);
            state.retire(place);
        }
        let counter = if before.is_some() { &counts.replaced } else { &counts.added };
        counter.fetch_add(1, Ordering::Relaxed);
        if let Sink::Index(_) = at_hand.sink {
            entry.line = self.write(job, task, article, state, waiting)?;
            state.add(entry);
            if waiting.bytes >= HAND_OVER_BYTES {
                self.hand_over(waiting, at_hand)?;
            }
        }
        Ok(())
    }

    /// Analyses a record and lets its article wait to be written in place of what there may be of it; returns the line that its text starts on.
    fn write(&self, job: usize, task: &Task, article: u64, state: &State, waiting: &mut Waiting) -> Result<u32> {
        let analyzer = self.update.analyzer;
        let path = &self.jobs[job].record.path;
        let renamed = (task.record.path != *path).then(|| RawRecord { path: path.clone(), ..task.record.clone() });
        let analysis = analyzer.analyze(renamed.as_ref().unwrap_or(&task.record));
        let text = ArticleText {
            number: article,
            body: &analysis.article.body,
            words: &analysis.body_words,
            title: &analysis.title_words,
        };
        let date = analysis.article.date.as_ref().map(|d| d.value);
        let documents = documents(&analysis.passages, &text, date, state.fields(), &analyzer.segmenter)?;
        let counts = &self.counts[job];
        counts.passages.fetch_add(documents.len() as u64, Ordering::Relaxed);
        counts.bytes.fetch_add(analysis.article.body.len() as u64, Ordering::Relaxed);
        let imprint = Imprint::new(&analysis.article, article, date.map(seconds));
        state.reprints.lock().unwrap_or_else(PoisonError::into_inner).insert(path, imprint);
        // An article in one go, so that its passages are neighbours in one segment: search groups by that.
        waiting.operations.extend(state.find(article).map(|_| UserOperation::Delete(state.term(article))));
        waiting.operations.extend(documents.into_iter().map(UserOperation::Add));
        waiting.bytes += analysis.article.body.len();
        Ok(line(analysis.article.line))
    }

    /// A number for all that an article is made from, beside its path, its id and its file's time.
    fn digest(&self, task: &Task) -> u64 {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&task.record.content.digest());
        if let Some(crawled) = self.update.analyzer.context.crawled {
            hasher.update(crawled.to_string().as_bytes());
        }
        number(hasher.finalize().as_bytes())
    }
}

/// A share of a file's hash: what record stands where.
fn placed(digest: u64, place: u64) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&digest.to_le_bytes()).update(&place.to_le_bytes());
    number(hasher.finalize().as_bytes())
}

fn number(hash: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *hash;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

fn line(line: Option<u64>) -> u32 {
    line.map_or(0, |line| u32::try_from(line).unwrap_or(u32::MAX))
}

/// Says of an input that it was skipped.
pub(super) fn tell(skip: &Skip, counts: &mut BTreeMap<&'static str, u64>, observer: &dyn Observer) {
    observer.skipped(skip);
    *counts.entry(skip.reason.text()).or_default() += 1;
}
