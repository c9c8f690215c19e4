//! The store of an update: an index that is being written, wherever it is.

use super::changes::Job;
use super::ledger::Ledger;
use super::tables::Tables;
use crate::engine::Batch;
use crate::engine::origin::FileKey;
use crate::error::Result;
use crate::text::word::Segmenter;

/// An index that is being written.
pub trait Store: Sync {
    /// True if there has been a commit.
    fn is_begun(&self) -> bool;

    /// The ledger of the last commit.
    ///
    /// # Errors
    /// A ledger that cannot be read.
    fn ledger(&self) -> Result<Ledger>;

    /// The tables that belong to `ledger`, which is that of the last commit: the articles of these
    /// files at the least.
    ///
    /// # Errors
    /// A table that cannot be read.
    fn tables(&self, ledger: Ledger, files: &[FileKey]) -> Result<Tables>;

    /// Says which files are about to be read.
    ///
    /// # Errors
    /// An index that cannot be written.
    fn begin(&mut self, _jobs: &[Job]) -> Result<()> {
        Ok(())
    }

    /// A batch of articles for one thread, whose words `segmenter` cut.
    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a>;

    /// Deletes every passage of an article with the next commit.
    fn delete(&self, article: u64);

    /// Commits the engine together with `tables`.
    ///
    /// # Errors
    /// A full disk and the like; the last commit stays as it was.
    fn commit(&mut self, tables: &Tables) -> Result<()>;

    /// The number of articles of the index after a commit of `tables`.
    ///
    /// # Errors
    /// An index that cannot be read.
    fn articles(&self, tables: &Tables) -> Result<u64>;

    /// Waits for what goes on in the background, and gives the index free. `segmenter` cut the
    /// words of its articles.
    ///
    /// # Errors
    /// Those of that work.
    fn close(self: Box<Self>, segmenter: &Segmenter) -> Result<()>;
}

/// The share of the machine that a writer of an index may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterLimits {
    /// Threads.
    pub threads: usize,
    /// Memory in bytes.
    pub memory: usize,
}
