//! The seam between jianbao and a search engine: what an engine does, and nothing of how.
//!
//! The seam is coarse. An engine takes whole articles and runs a whole plan over a whole index;
//! nothing per posting crosses it. Four small interfaces make it up:
//!
//! - [`Storage`]: an index at a place; opens it for reading or for writing.
//! - [`Engine`]: one commit, opened for reading: stored passages, values of fields, counts.
//! - [`Execution`]: the passages that some filters admit; answers plans.
//! - [`Writer`] and [`Batch`]: take articles, delete articles, commit.
//!
//! [`embedded`] is the engine in the process; only its folder names the library that it is built
//! on. A second engine implements these traits and passes the suite of `tests/it/engines.rs`.

pub mod bm25;
pub mod collapse;
pub mod counts;
pub mod embedded;
pub mod facet;
pub mod filter;
pub mod indexed_text;
pub mod number;
pub mod opensearch;
pub mod origin;
pub mod place;
pub mod plan;
pub mod ranking;
pub mod stop;
pub mod top_docs;

pub use bm25::Statistics;
pub use collapse::{Collapsed, Qualifying, ReprintPolicy};
pub use counts::{Period, SpeakerCount, TextCount, TopicCounts, YearCounts};
pub use facet::{Facet, FacetCount, UNDATED, ValueCount};
pub use filter::{FilterKind, FilterSet, Selection};
pub use number::{article_number, date_number, day, day_inferred, seconds};
pub use opensearch::{ClusterAddress, Completeness, Credentials};
pub use origin::Provenance;
pub use place::IndexPlace;
pub use plan::{Evidence, Exclusion, Occur, Plan, Scope, Unit};
pub use ranking::Ranking;
pub use stop::Stop;
pub use top_docs::{
    Candidate, CloseText, FacetScope, Grouping, Order, OrderFacts, PassageAddress, ScoredPassage,
    Share, TopDocs, Wanted,
};

use crate::analysis::Analysis;
use crate::error::Result;
use crate::passage::Passage;
use crate::reprint::Groups;
use crate::text::word::Segmenter;
use std::collections::BTreeSet;
use std::path::Path;

/// The storage of the index in `folder`: today always the embedded engine's, in its subfolder
/// `engine`.
pub fn storage(folder: &Path) -> Box<dyn Storage> {
    Box::new(embedded::Embedded::new(folder))
}

/// An index at a place, whether anybody has opened it or not.
pub trait Storage {
    /// True if an index has been created there.
    fn exists(&self) -> bool;

    /// Removes the index that is there, if any.
    ///
    /// # Errors
    /// [`crate::error::Error::Locked`] where it is being written; missing permission.
    fn remove(&self) -> Result<()>;

    /// Creates an empty index where there is none.
    ///
    /// # Errors
    /// A full disk, missing permission.
    fn create(&self) -> Result<()>;

    /// Opens the last commit for reading.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] where a part of it cannot be read.
    fn open(&self) -> Result<Box<dyn Engine>>;

    /// Opens the index for writing with so many threads and `memory_budget` bytes in all.
    ///
    /// # Errors
    /// [`crate::error::Error::Locked`] where another process writes it.
    fn writer(&self, threads: usize, memory_budget: usize) -> Result<Box<dyn Writer>>;

    /// The payload of the last commit; `None` before the first.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] where the commit cannot be read.
    fn payload(&self) -> Result<Option<String>>;

    /// The bytes that name the last commit and its segments; they change with every commit and
    /// every merge. `None` where there is no index.
    fn state(&self) -> Option<Vec<u8>>;

    /// Reads every file of every segment against its checksum. Returns those that are missing or
    /// not as they were written.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] where the index cannot be opened at all,
    /// [`crate::error::Error::Io`] where the system does not let a file be read: that is no damage.
    fn verify(&self) -> Result<Vec<DamagedFile>>;

    /// The names of the files of the last commit, in the engine's own folder.
    ///
    /// # Errors
    /// An index that cannot be opened at all.
    fn files(&self) -> Result<Vec<String>>;

    /// Reads one of those files against its checksum; the damage, if there is any.
    ///
    /// # Errors
    /// [`crate::error::Error::Io`] where the system does not let it be read.
    fn fault(&self, file: &str) -> Result<Option<String>>;

    /// Takes the lock of a writer; it is given back when the value is dropped.
    ///
    /// # Errors
    /// [`crate::error::Error::Locked`] where another process writes the index.
    fn lock(&self) -> Result<Box<dyn Send + Sync>>;

    /// Makes the last commit, without these segments, the index in the folder `to`. Files are
    /// shared where the system can share them.
    ///
    /// # Errors
    /// A commit that cannot be read, a full disk.
    fn copy_without(&self, segments: &BTreeSet<String>, to: &Path) -> Result<()>;

    /// Makes the last commit of the index in the folder `from` the last commit of this one, in one
    /// step. Whoever has this one open keeps what was opened.
    ///
    /// # Errors
    /// A full disk and the like; then the last commit is what it was.
    fn adopt(&self, from: &Path) -> Result<()>;
}

/// A file of the engine's that is missing or not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DamagedFile {
    /// The segment that it belongs to.
    pub segment: String,
    /// Its name.
    pub file: String,
    /// The damage: `is missing`.
    pub reason: String,
}

/// An index opened for writing. While one lives, no other process can write.
pub trait Writer: Send + Sync {
    /// A batch of articles for one thread, whose words `segmenter` cut.
    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a>;

    /// Deletes every passage of an article with the next commit.
    fn delete(&self, article: u64);

    /// The payload of the last commit; `None` before the first.
    fn payload(&self) -> Option<&str>;

    /// Commits all batches. `tables` is called once everything is on disk and before it becomes
    /// visible, with a number that grows from commit to commit; it returns the payload.
    ///
    /// # Errors
    /// A full disk and the like, and those of `tables`; the last commit stays as it was.
    fn commit(&mut self, tables: &mut dyn FnMut(u64) -> Result<String>) -> Result<()>;

    /// Waits for background merges and gives the index free.
    ///
    /// # Errors
    /// Those of a merge.
    fn close(self: Box<Self>) -> Result<()>;
}

/// Articles on their way into an index. The passages of an article stay together.
pub trait Batch {
    /// Adds an article's passages; `replaced` says whether older ones of the same number go.
    /// Returns the number of passages.
    ///
    /// # Errors
    /// Those of the writer; the batch must then be given up.
    fn put(
        &mut self,
        number: u64,
        article: &Analysis,
        provenance: &Provenance,
        replaced: Replaced,
    ) -> Result<u32>;

    /// Hands over what has not been handed over yet.
    ///
    /// # Errors
    /// Those of the writer.
    fn finish(self: Box<Self>) -> Result<()>;
}

/// An index whose engine keeps the tables of its sources too, and that several processes write.
pub trait SharedIndex: Send + Sync {
    /// The format and the definition that the index was made with; `None` where there is none.
    ///
    /// # Errors
    /// [`crate::error::Error::ForeignFolder`] where it is somebody else's; an engine that does not
    /// answer, as of all of these.
    fn described(&self) -> Result<Option<Described>>;

    /// The number of the format that this program writes.
    fn format(&self) -> u32;

    /// Creates an empty index, where there is none, for a definition with this fingerprint.
    ///
    /// # Errors
    /// An engine that refuses it.
    fn create(&self, fingerprint: &str) -> Result<()>;

    /// Removes the index that is there, if any.
    ///
    /// # Errors
    /// An engine that refuses it.
    fn remove(&self) -> Result<()>;

    /// True if there has been a commit.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn is_begun(&self) -> Result<bool>;

    /// The bytes that name the last commit.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn state(&self) -> Result<Vec<u8>>;

    /// The bytes of the groups of reprints, see [`Groups::new`]; `None` before the first.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] where they are not as they were written.
    fn groups(&self) -> Result<Option<Vec<u8>>>;

    /// The lines of the ledger, in no order.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn lines(&self) -> Result<Vec<SourceLine>>;

    /// The number of articles.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn articles(&self) -> Result<u64>;

    /// Calls `each` with every article of these files.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] where an article has no origin.
    fn rows(
        &self,
        files: &[origin::FileKey],
        each: &mut dyn FnMut(u64, origin::RecordRow),
    ) -> Result<()>;

    /// Opens the last commit, whose words `segmenter` cut, for reading.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn open(&self, segmenter: &Segmenter) -> Result<Box<dyn Engine>>;

    /// One line for each thing that is wrong with the engine's own parts.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn health(&self) -> Result<Vec<String>>;

    /// Reads every article, and tells what it found, with its origin where that can be read.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn inspect(&self, each: &mut dyn FnMut(Inspected, Option<origin::RecordRow>)) -> Result<()>;

    /// Opens the index for one more writer.
    ///
    /// # Errors
    /// [`crate::error::Error::Partial`] where a part of the index cannot be written.
    fn writer(&self) -> Result<Box<dyn SharedWriter>>;
}

/// The format and the definition that an index was made with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The number of its format.
    pub format: u32,
    /// The fingerprint of its definition.
    pub definition: String,
    /// The version of the program that made it.
    pub program: String,
}

/// A line of the ledger as an engine keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceLine {
    /// Its name.
    pub id: String,
    /// The line; `None` for one that is to be deleted.
    pub record: Option<serde_json::Value>,
}

/// A [`SharedIndex`] opened for writing, by one of several writers.
pub trait SharedWriter: Send + Sync {
    /// A batch of articles for one thread, whose words `segmenter` cut.
    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a>;

    /// Deletes an article with the next commit.
    fn delete(&self, article: u64);

    /// Writes lines of the ledger before the articles of their files.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn begin(&self, lines: &[SourceLine]) -> Result<()>;

    /// Waits until all articles are written and can be searched, and then writes these lines.
    ///
    /// # Errors
    /// An article that the engine does not take, an engine that does not answer.
    fn commit(&mut self, lines: &[SourceLine]) -> Result<()>;

    /// Groups the reprints of the whole index, if anything was committed since that was done last.
    ///
    /// # Errors
    /// An engine that does not answer.
    fn close(self: Box<Self>, segmenter: &Segmenter) -> Result<()>;
}

/// The index in the cluster at `address`.
pub fn shared(address: &ClusterAddress) -> Box<dyn SharedIndex> {
    Box::new(opensearch::ClusterIndex::new(address))
}

/// The state of the index before an article is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// Nothing of its number.
    Nothing,
    /// An older version, which is deleted.
    Older,
}

/// The name under which an article is looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArticleName<'a> {
    /// Its number; see [`article_number`].
    Number(u64),
    /// Its id.
    Id(&'a str),
    /// The path of its file.
    Path(&'a str),
}

/// A field with values that are folded keys; see [`crate::text::fold::key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyField {
    /// Speakers of a passage.
    Speaker,
    /// Other names of a passage's speakers.
    Alias,
    /// Topics of an article.
    Topic,
}

/// A dictionary of terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TermField {
    /// Words of passages.
    Words,
    /// Keys of speakers.
    Speakers,
}

/// An article as an inspection finds it in the engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// Its number; `None` where passages stand apart from their article.
    pub number: Option<u64>,
    /// The number of its passages.
    pub passages: u32,
    /// The path under which it is shown, where its first passage can be read.
    pub path: Option<String>,
    /// One line for each thing that is wrong with a passage.
    pub faults: Vec<String>,
    /// True if it is filed as a copy of another text than the groups of reprints say.
    pub misfiled: bool,
}

/// One commit of an index, opened for reading.
pub trait Engine: Send + Sync {
    /// Has stored text read piece by piece from now on, which takes longer and little memory. An
    /// engine without mapped files ignores it.
    fn read_in_pieces(&mut self) {}

    /// The numbers that BM25 weighs by.
    fn statistics(&self) -> &Statistics;

    /// The passages that `selection` admits, ready to be asked.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn execution<'a>(
        &'a self,
        selection: &Selection<'a>,
        ranking: &'a Ranking,
    ) -> Result<Box<dyn Execution + 'a>>;

    /// The stored passage at an address.
    ///
    /// # Errors
    /// [`crate::error::Error::Damaged`] where it cannot be read.
    fn passage(&self, at: PassageAddress) -> Result<Passage>;

    /// Has the articles of these passages read together, for those who ask for them next. An engine
    /// that reads at no cost ignores it.
    ///
    /// # Errors
    /// A failure of the engine.
    fn prefetch(&self, _: &[PassageAddress]) -> Result<()> {
        Ok(())
    }

    /// The addresses of all passages of the article that the passage belongs to, in order.
    fn siblings(&self, at: PassageAddress) -> Vec<PassageAddress>;

    /// The number of the article that the passage belongs to.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn number(&self, at: PassageAddress) -> Result<Option<u64>>;

    /// The id of the article that the passage belongs to; empty where it has none.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn article_id(&self, at: PassageAddress) -> Result<String>;

    /// The first passage of every article with this name.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn find(&self, name: ArticleName<'_>) -> Result<Vec<PassageAddress>>;

    /// Every article: its number and its first passage.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn articles(&self) -> Result<Vec<(u64, PassageAddress)>>;

    /// In how many passages a character of the exact text is.
    fn character_count(&self, c: char) -> u64;

    /// True if a passage or a title has the evidence, whatever the filters.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn occurs(&self, evidence: &Evidence) -> Result<bool>;

    /// Calls `emit` with the terms of a dictionary and their numbers of passages. A term may come
    /// once for each part of the index; at most a million come from each part.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn terms(&self, field: TermField, emit: &mut dyn FnMut(&str, u64)) -> Result<()>;

    /// Calls `emit` with words of passages and their numbers of passages, those among them that
    /// differ from `word` in one character. An engine that reads all of its words gives all.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn words_near(&self, _word: &str, emit: &mut dyn FnMut(&str, u64)) -> Result<()> {
        self.terms(TermField::Words, emit)
    }

    /// The number of passages (of articles, for what articles have) with a value.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn value_count(&self, field: KeyField, value: &str) -> Result<u64>;

    /// The names of all speakers as they are filed, sorted.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn speaker_names(&self) -> Result<Vec<String>>;

    /// Counts the speakers whose name holds `pattern` (all for an empty one), most quotes first.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn speakers(
        &self,
        pattern: &str,
        selection: &Selection<'_>,
        reprints: Reprints<'_>,
    ) -> Result<Vec<SpeakerCount>>;

    /// Counts articles and texts by topic and period.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn topics(
        &self,
        period: Period,
        selection: &Selection<'_>,
        reprints: Reprints<'_>,
    ) -> Result<TopicCounts>;

    /// Counts the articles of each year; undated ones under `None`.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn years(&self) -> Result<YearCounts>;

    /// Reads everything that is stored, article by article, and tells what it found.
    ///
    /// # Errors
    /// A failure of the engine.
    fn inspect(&self, each: &mut dyn FnMut(Inspected)) -> Result<()>;

    /// The parts of the index that did not answer, where [`Completeness::Partial`] let the others
    /// answer alone.
    fn missing(&self) -> Option<MissingParts> {
        None
    }
}

/// The parts of an index that did not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingParts {
    /// Their number; 0 where the time was over for some of them.
    pub failed: u64,
    /// The number of all parts.
    pub parts: u64,
    /// The reason that was given.
    pub reason: String,
}

/// The groups of reprints, and what becomes of reprints in an answer.
#[derive(Clone, Copy)]
pub struct Reprints<'a> {
    /// The groups of the whole index; `None` before the first commit.
    pub groups: Option<&'a Groups>,
    /// The treatment of the copies.
    pub policy: ReprintPolicy,
}

/// The passages that a selection admits, ready to answer plans.
pub trait Execution {
    /// Runs a plan: which articles qualify, and the best of them.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn top_docs(&self, plan: &Plan, wanted: &Wanted<'_>) -> Result<TopDocs>;

    /// Takes apart the score that a plan gives to a passage, proximity aside.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn explain(&self, plan: &Plan, at: PassageAddress) -> Result<Vec<Share>>;

    /// The exact text of a candidate.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    fn close_text(&self, at: PassageAddress) -> Result<CloseText>;
}
