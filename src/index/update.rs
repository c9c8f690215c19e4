//! Brings an index up to date with its sources: reads, analyses on all cores, writes, commits.
//!
//! The pipeline is bounded: a reader hands batches of records to analysts, who hand documents to the engine's writer;
//! nothing waits in memory but a few batches. Work goes in rounds, each ended by a commit together with its ledger, so
//! an interrupted run keeps every finished round.

use super::document::{ArticleText, article_number, documents, seconds};
use super::manifest::{DICTIONARY, ENGINE, FileRecord, Ledger, Manifest};
use super::reprints::Reprints;
use super::schema::Fields;
use super::{engine_error, open_engine};
use crate::analysis::Analyzer;
use crate::archive::{self, FileEntry, RawRecord, Skip};
use crate::error::{Error, Result};
use crate::reprint::Imprint;
use crate::text::dictionary;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::indexer::UserOperation;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocSet, IndexSettings, IndexWriter, Searcher, TERMINATED, Term};

/// Records in a batch end when their text reaches this many bytes: large enough to make hand-over cheap, small enough
/// to keep all cores busy and little in memory.
const BATCH_BYTES: usize = 256 << 10;
/// Batches that may wait between reading and analysing.
const BATCHES_WAITING: usize = 8;
/// Articles are handed to the writer together until their bodies reach this many bytes: each hand-over wakes a thread,
/// and the writer lets ten thousand of them wait.
const HAND_OVER_BYTES: usize = 8 << 10;
/// A round ends with the file that takes it over this many bytes on disk.
const ROUND_BYTES: u64 = 2 << 30;

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
}

/// What happens to what an index holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// Only what changed is read again.
    Incremental,
    /// Everything is read again, and the old index replaced.
    Rebuild,
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

/// What an update did.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Files found.
    pub files: u64,
    /// Files that had not changed.
    pub unchanged: u64,
    /// Files that had gone since the last run.
    pub vanished: u64,
    /// Articles written.
    pub articles: u64,
    /// Passages written.
    pub passages: u64,
    /// Bytes of UTF-8 in the bodies of those articles.
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
    let needed = Manifest::new(&update.analyzer.definition.fingerprint());
    let walk = walk_sources(update)?;
    let engine = prepare(update, &needed)?;
    let payload = engine.load_metas().map_err(|e| engine_error(update.folder, e))?.payload;
    let mut ledger = match &payload {
        Some(name) => Ledger::read(update.folder, name)?,
        None => Ledger::default(),
    };
    let mut reprints = match &payload {
        Some(name) => Reprints::read(update.folder, &Reprints::name(name))?,
        None => Reprints::default(),
    };
    let mut writer: IndexWriter = engine
        // Writing is a third of the work, and fewer writers make fewer and larger segments.
        .writer_with_num_threads(update.threads.max(1).div_ceil(2), update.memory)
        .map_err(|e| engine_error(update.folder, e))?;
    let mut report = Report { files: walk.files.len() as u64, ..Report::default() };
    for skip in &walk.skipped {
        observer.skipped(skip);
        *report.skipped.entry(skip.reason.text()).or_default() += 1;
    }
    let fields = Fields::new();
    let known: Vec<(FileEntry, FileRecord)> = walk
        .files
        .into_iter()
        .map(|entry| {
            let record = record_of(&entry);
            (entry, record)
        })
        .collect();
    let searcher = engine.reader().map_err(|e| engine_error(update.folder, e))?.searcher();
    report.vanished = forget_vanished(&known, update.roots, &mut ledger, &mut reprints, &writer, &searcher)?;
    let changed: Vec<(FileEntry, FileRecord)> = known
        .into_iter()
        .filter(|(_, now)| {
            let before = ledger.files.get(&now.file);
            !before.is_some_and(|b| b.size == now.size && b.modified == now.modified)
        })
        .collect();
    report.unchanged = report.files - changed.len() as u64;
    observer.planned(changed.len() as u64, changed.iter().map(|(e, _)| e.size).sum());
    let mut rest = changed.as_slice();
    let mut dirty = report.vanished > 0 || payload.is_none();
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = |(entry, _): &&(FileEntry, FileRecord)| {
            bytes += entry.size;
            bytes < ROUND_BYTES
        };
        let count = rest.iter().take_while(fits).count();
        let (round, later) = rest.split_at(count.max(1));
        for (_, record) in round {
            if let Some(before) = ledger.files.remove(&record.file) {
                delete_file(&before.path, &searcher, &fields, &writer)?;
                reprints.remove_file(&before.path);
            }
        }
        let round: Vec<(FileEntry, FileRecord)> = round.to_vec();
        let records = run_round(&round, update, &fields, &writer, observer, stop, &mut report, &mut reprints)?;
        ledger.files.extend(records.into_iter().map(|r| (r.file.clone(), r)));
        commit(&mut writer, &ledger, &mut reprints, update.folder)?;
        dirty = false;
        rest = later;
    }
    if dirty {
        commit(&mut writer, &ledger, &mut reprints, update.folder)?;
    }
    writer.wait_merging_threads().map_err(|e| engine_error(update.folder, e))?;
    report.total_articles = ledger.totals().0;
    Ok(report)
}

/// The files to index: those of the archive, without the index's own where it lies inside the archive.
fn walk_sources(update: &Update<'_>) -> Result<archive::Walk> {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let own = absolute(update.folder);
    let mut walk = archive::walk(update.roots, update.options)?;
    if Manifest::read(update.folder)?.is_some() {
        walk.files.retain(|file| !absolute(&file.path).starts_with(&own));
        walk.skipped.retain(|skip| !absolute(Path::new(&skip.path)).starts_with(&own));
    }
    Ok(walk)
}

/// Opens the engine at the folder, or makes a new one where there is none or all is to be built again.
fn prepare(update: &Update<'_>, needed: &Manifest) -> Result<tantivy::Index> {
    let folder = update.folder;
    let engine_folder = folder.join(ENGINE);
    match Manifest::read(folder)? {
        Some(found) if update.plan == Plan::Incremental => {
            found.check(needed, folder)?;
            if engine_folder.join("meta.json").exists() {
                return open_engine(folder);
            }
        }
        Some(_) if engine_folder.exists() => {
            // Somebody else's writer must not lose its files below its feet.
            if let Ok(engine) = tantivy::Index::open_in_dir(&engine_folder) {
                let lock: std::result::Result<IndexWriter, _> = engine.writer_with_num_threads(1, 15_000_000);
                drop(lock.map_err(|e| engine_error(folder, e))?);
            }
            std::fs::remove_dir_all(&engine_folder).map_err(Error::io("remove", &engine_folder))?;
        }
        _ => {}
    }
    std::fs::create_dir_all(&engine_folder).map_err(Error::io("create", &engine_folder))?;
    super::manifest::replace(&folder.join(DICTIONARY), &dictionary::transducer(&update.analyzer.definition)?)?;
    needed.write(folder)?;
    let settings = IndexSettings {
        docstore_compression: tantivy::store::Compressor::Zstd(tantivy::store::ZstdCompressor {
            compression_level: Some(6),
        }),
        // Twice the usual: the text compresses better, and a search reads only a page of passages.
        docstore_blocksize: 32 << 10,
        ..IndexSettings::default()
    };
    tantivy::Index::builder()
        .schema(Fields::new().schema)
        .settings(settings)
        .tokenizers(super::analyzer::tokenizers())
        .create_in_dir(&engine_folder)
        .map_err(|e| engine_error(folder, e))
}

/// What the ledger would say of a file before anything of it was read.
fn record_of(entry: &FileEntry) -> FileRecord {
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    FileRecord {
        file: archive::path_text(&absolute(&entry.path)),
        path: entry.name(),
        root: archive::path_text(&absolute(&entry.root)),
        size: entry.size,
        modified: entry.modified.map_or(0, |m| m.as_nanosecond()),
        articles: 0,
        passages: 0,
        bytes: 0,
        skipped: 0,
    }
}

/// Deletes what stood under one of the roots and is there no longer; returns how many files that were.
fn forget_vanished(
    found: &[(FileEntry, FileRecord)],
    roots: &[PathBuf],
    ledger: &mut Ledger,
    reprints: &mut Reprints,
    writer: &IndexWriter,
    before: &Searcher,
) -> Result<u64> {
    let present: std::collections::HashSet<&str> = found.iter().map(|(_, r)| r.file.as_str()).collect();
    let roots: Vec<PathBuf> = roots.iter().map(|r| std::path::absolute(r).unwrap_or_else(|_| r.clone())).collect();
    let gone: Vec<String> = ledger
        .files
        .keys()
        .filter(|file| !present.contains(file.as_str()) && roots.iter().any(|root| Path::new(file).starts_with(root)))
        .cloned()
        .collect();
    for file in &gone {
        if let Some(record) = ledger.files.remove(file) {
            delete_file(&record.path, before, &Fields::new(), writer)?;
            reprints.remove_file(&record.path);
        }
    }
    Ok(gone.len() as u64)
}

/// Deletes the articles of a file: of each, every passage.
fn delete_file(path: &str, searcher: &Searcher, fields: &Fields, writer: &IndexWriter) -> Result<()> {
    for reader in searcher.segment_readers() {
        let numbers = reader.fast_fields().u64("number")?;
        let term = Term::from_field_text(fields.path, path);
        let postings = reader.inverted_index(fields.path)?.read_postings(&term, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
        while postings.doc() != TERMINATED {
            if let Some(number) = numbers.first(postings.doc()) {
                writer.delete_term(Term::from_field_u64(fields.article, number));
            }
            postings.advance();
        }
    }
    Ok(())
}

/// Commits the engine and the ledger together.
fn commit(writer: &mut IndexWriter, ledger: &Ledger, reprints: &mut Reprints, folder: &Path) -> Result<()> {
    let mut prepared = writer.prepare_commit().map_err(|e| engine_error(folder, e))?;
    let name = format!("ledger-{}.jsonl", prepared.opstamp());
    ledger.write(folder, &name)?;
    reprints.write(folder, &Reprints::name(&name))?;
    prepared.set_payload(&name);
    prepared.commit().map_err(|e| engine_error(folder, e))?;
    Ledger::remove_others(folder, &name);
    Reprints::remove_others(folder, &Reprints::name(&name));
    Ok(())
}

/// A few records of one file on their way to an analyst.
struct Batch {
    file: usize,
    records: Vec<RawRecord>,
}

/// What a round has counted so far for one file.
#[derive(Default)]
struct Counts {
    articles: AtomicU64,
    passages: AtomicU64,
    bytes: AtomicU64,
    skipped: AtomicU64,
}

/// Reads, analyses and writes the files of a round; returns what the ledger is to say of them.
fn run_round(
    round: &[(FileEntry, FileRecord)],
    update: &Update<'_>,
    fields: &Fields,
    writer: &IndexWriter,
    observer: &dyn Observer,
    stop: &Stop,
    report: &mut Report,
    reprints: &mut Reprints,
) -> Result<Vec<FileRecord>> {
    let reprints = Mutex::new(reprints);
    let counts: Vec<Counts> = round.iter().map(|_| Counts::default()).collect();
    let failure: Mutex<Option<Error>> = Mutex::new(None);
    let skips: Mutex<&mut BTreeMap<&'static str, u64>> = Mutex::new(&mut report.skipped);
    let (sender, receiver) = crossbeam_channel::bounded::<Batch>(BATCHES_WAITING);
    std::thread::scope(|scope| {
        for _ in 0..update.threads.max(1) {
            let receiver = receiver.clone();
            scope.spawn(|| {
                for batch in receiver {
                    if let Err(error) = write_batch(&batch, &counts[batch.file], update, fields, writer, &reprints) {
                        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
                        stop.request();
                    }
                }
            });
        }
        drop(receiver);
        for (file, (entry, _)) in round.iter().enumerate() {
            let skipped = |skip: &Skip| {
                counts[file].skipped.fetch_add(1, Ordering::Relaxed);
                *skips.lock().unwrap_or_else(PoisonError::into_inner).entry(skip.reason.text()).or_default() += 1;
                observer.skipped(skip);
            };
            read_file(file, entry, update.options, &sender, &skipped, observer, stop);
            if stop.requested() {
                break;
            }
            observer.finished(&entry.path, entry.size);
        }
        drop(sender);
    });
    if let Some(error) = failure.into_inner().unwrap_or_else(PoisonError::into_inner) {
        return Err(error);
    }
    if stop.requested() {
        return Err(Error::Interrupted);
    }
    let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
    let records = round.iter().zip(&counts).map(|((_, record), counts)| {
        report.articles += get(&counts.articles);
        report.passages += get(&counts.passages);
        report.bytes += get(&counts.bytes);
        FileRecord {
            articles: get(&counts.articles),
            passages: get(&counts.passages),
            bytes: get(&counts.bytes),
            skipped: get(&counts.skipped),
            ..record.clone()
        }
    });
    Ok(records.collect())
}

/// Sends the records of one file on, in batches.
fn read_file(
    file: usize,
    entry: &FileEntry,
    options: &archive::Options,
    sender: &crossbeam_channel::Sender<Batch>,
    skipped: &dyn Fn(&Skip),
    observer: &dyn Observer,
    stop: &Stop,
) {
    let mut records = Vec::new();
    let mut size = 0;
    for outcome in archive::records(entry, options) {
        if stop.requested() {
            return;
        }
        match outcome {
            Ok(record) => {
                size += record.content.size();
                records.push(record);
            }
            Err(skip) => skipped(&skip),
        }
        if size >= BATCH_BYTES {
            observer.read(size as u64);
            size = 0;
            // The other end goes only when this one does.
            let _ = sender.send(Batch { file, records: std::mem::take(&mut records) });
        }
    }
    observer.read(size as u64);
    if !records.is_empty() {
        let _ = sender.send(Batch { file, records });
    }
}

/// Analyses a batch and hands its documents to the writer.
fn write_batch(
    batch: &Batch,
    counts: &Counts,
    update: &Update<'_>,
    fields: &Fields,
    writer: &IndexWriter,
    reprints: &Mutex<&mut Reprints>,
) -> Result<()> {
    let analyzer = update.analyzer;
    let mut waiting = Vec::new();
    let mut waiting_bytes = 0;
    let hand_over = |documents: Vec<UserOperation>| writer.run(documents).map_err(|e| engine_error(update.folder, e));
    for record in &batch.records {
        let analysis = analyzer.analyze(record);
        let text =
            ArticleText { body: &analysis.article.body, words: &analysis.body_words, title: &analysis.title_words };
        let date = analysis.article.date.as_ref().map(|d| d.value);
        let article = &analysis.article;
        let number = article_number(&article.path, article.id.as_str(), article.line);
        let imprint = Imprint::new(article, number, date.map(seconds));
        reprints.lock().unwrap_or_else(PoisonError::into_inner).insert(&article.path, imprint);
        let documents = documents(&analysis.passages, &text, date, fields, &analyzer.segmenter)?;
        counts.articles.fetch_add(1, Ordering::Relaxed);
        counts.passages.fetch_add(documents.len() as u64, Ordering::Relaxed);
        counts.bytes.fetch_add(analysis.article.body.len() as u64, Ordering::Relaxed);
        // An article in one go, so that its passages are neighbours in one segment: search groups by that.
        waiting.extend(documents.into_iter().map(UserOperation::Add));
        waiting_bytes += analysis.article.body.len();
        if waiting_bytes >= HAND_OVER_BYTES {
            hand_over(std::mem::take(&mut waiting))?;
            waiting_bytes = 0;
        }
    }
    hand_over(waiting)?;
    Ok(())
}
