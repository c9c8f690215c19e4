//! The options of an update, its observer and its report.

use super::ledger::Settings;
use super::part::Part;
use crate::analysis::Analyzer;
use crate::archive::{self, Skip};
use crate::engine::IndexPlace;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// An update: what to bring up to date, and how.
pub struct Update<'a> {
    /// The index; made where there is none.
    pub place: &'a IndexPlace,
    /// Files and folders that hold the articles.
    pub roots: &'a [PathBuf],
    /// The options of reading.
    pub options: &'a archive::Options,
    /// The analyzer.
    pub analyzer: &'a Analyzer,
    /// The treatment of the articles that the index holds.
    pub mode: Mode,
    /// Threads that analyse; at least 1.
    pub threads: usize,
    /// Memory for the engine's writer, in bytes.
    pub memory_budget: usize,
    /// Further rules.
    pub rules: Rules,
}

/// The treatment of the articles that an index holds already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only what changed is read again.
    Incremental,
    /// Everything is read again, and the old index replaced. Until then it can be searched, if it
    /// can be read at all.
    Rebuild,
}

/// Rules of an update that have a usual setting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// The treatment of the articles of files that are gone.
    pub vanished: Vanished,
    /// The pace of commits.
    pub pace: Pace,
    /// The part of the sources that is taken.
    pub part: Part,
    /// The clock of the time at which articles are seen.
    pub clock: RunClock,
}

/// The clock that tells when a run began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RunClock {
    /// The system's.
    #[default]
    System,
    /// One that stands at so many seconds since 1970 in UTC.
    Fixed(i64),
}

impl RunClock {
    /// Seconds since 1970 in UTC.
    pub fn seconds(self) -> i64 {
        match self {
            RunClock::System => jiff::Timestamp::now().as_second(),
            RunClock::Fixed(seconds) => seconds,
        }
    }
}

/// The treatment of the articles of files that stood under one of the roots and are gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Vanished {
    /// They are deleted, unless a root is empty or loses more than half of its articles at once:
    /// then they stay, and the update ends with [`crate::error::Error::Vanished`].
    #[default]
    Asked,
    /// They are deleted.
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
    /// A commit was made: so many articles of the index can be searched.
    fn committed(&self, _articles: u64) {}
}

impl Observer for () {}

/// The counts of an update that was made, or of one that would be.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct UpdateReport {
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
