//! Writes articles into the embedded engine.

use super::document::Documents;
use super::error::engine_error;
use super::integrity::{FoundDamage, VerifiedMerges};
use super::schema::IndexFields;
use crate::analysis::Analysis;
use crate::engine::{Batch, Provenance, Replaced, Writer};
use crate::error::{Error, Result};
use crate::text::word::Segmenter;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::Duration;
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::indexer::UserOperation;
use tantivy::{Index, IndexWriter, TantivyError, Term};

/// Articles are handed to tantivy's writer once their bodies reach this many bytes: each hand-over
/// wakes a thread. The writer lets ten thousand hand-overs wait.
const HAND_OVER_BYTES: usize = 8 << 10;

/// Attempts at a lock, and the pause between two of them. A process that ends, or one that has
/// forked and not yet run its program, holds a lock for a moment longer than it means to.
const ATTEMPTS: u32 = 5;
const PAUSE: Duration = Duration::from_millis(40);

/// Takes a lock, with a few attempts where it is held.
pub fn patiently<T>(mut take: impl FnMut() -> tantivy::Result<T>) -> tantivy::Result<T> {
    for _ in 1..ATTEMPTS {
        match take() {
            Err(TantivyError::LockFailure(LockError::LockBusy, _)) => std::thread::sleep(PAUSE),
            result => return result,
        }
    }
    take()
}

/// Takes the lock of a writer; it is given back when the value is dropped.
pub fn lock(engine_folder: &Path, folder: &Path) -> Result<Box<dyn Send + Sync>> {
    std::fs::create_dir_all(engine_folder).map_err(Error::io("create", engine_folder))?;
    let directory =
        MmapDirectory::open(engine_folder).map_err(|e| engine_error(folder, e.into()))?;
    let lock = patiently(|| {
        let lock = directory.acquire_lock(&INDEX_WRITER_LOCK);
        lock.map_err(|e| TantivyError::LockFailure(e, None))
    });
    let lock = lock.map_err(|e| engine_error(folder, e))?;
    Ok(Box::new(lock))
}

/// Tantivy's writer of an index.
pub struct EmbeddedWriter {
    folder: PathBuf,
    fields: IndexFields,
    writer: IndexWriter,
    payload: Option<String>,
    /// Damage that a merge would have read.
    damage: FoundDamage,
}

impl EmbeddedWriter {
    /// Opens the writer of `index`, which belongs to the index at `folder`.
    ///
    /// # Errors
    /// [`crate::error::Error::Locked`] where another process writes it.
    pub fn open(
        index: &Index,
        folder: &Path,
        threads: usize,
        memory_budget: usize,
    ) -> Result<EmbeddedWriter> {
        let failed = |e| engine_error(folder, e);
        // Writing is a third of the work, and fewer writers make fewer and larger segments.
        let threads = threads.max(1).div_ceil(2);
        let writer = patiently(|| index.writer_with_num_threads(threads, memory_budget));
        let writer = writer.map_err(failed)?;
        // Only now: before the lock was taken, the last commit could have been replaced.
        let payload = index.load_metas().map_err(failed)?.payload;
        // What a run left that failed or was killed before it had committed: its deletions would be
        // written again under the same names.
        writer.garbage_collect_files().wait().map_err(failed)?;
        let damage = FoundDamage::default();
        writer.set_merge_policy(Box::new(VerifiedMerges::new(index, folder, damage.clone())));
        Ok(EmbeddedWriter {
            folder: folder.to_owned(),
            fields: IndexFields::new(),
            writer,
            payload,
            damage,
        })
    }

    fn term(&self, article: u64) -> Term {
        Term::from_field_u64(self.fields.article, article)
    }
}

impl Writer for EmbeddedWriter {
    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a> {
        Box::new(EmbeddedBatch { writer: self, segmenter, operations: Vec::new(), bytes: 0 })
    }

    fn delete(&self, article: u64) {
        self.writer.delete_term(self.term(article));
    }

    fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }

    fn commit(&mut self, tables: &mut dyn FnMut(u64) -> Result<String>) -> Result<()> {
        let failed = |e| engine_error(&self.folder, e);
        let mut prepared = self.writer.prepare_commit().map_err(failed)?;
        let payload = tables(prepared.opstamp())?;
        prepared.set_payload(&payload);
        prepared.commit().map_err(failed)?;
        self.payload = Some(payload);
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        let EmbeddedWriter { folder, writer, damage, .. } = *self;
        writer.wait_merging_threads().map_err(|e| engine_error(&folder, e))?;
        damage.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

/// Documents that are handed to the writer a few articles at a time.
struct EmbeddedBatch<'a> {
    writer: &'a EmbeddedWriter,
    segmenter: &'a Segmenter,
    operations: Vec<UserOperation>,
    /// Bytes of the bodies of the articles that wait.
    bytes: usize,
}

impl EmbeddedBatch<'_> {
    fn hand_over(&mut self) -> Result<()> {
        self.bytes = 0;
        let operations = std::mem::take(&mut self.operations);
        if operations.is_empty() {
            return Ok(());
        }
        let EmbeddedWriter { folder, writer, .. } = self.writer;
        writer.run(operations).map(drop).map_err(|e| engine_error(folder, e))
    }
}

impl Batch for EmbeddedBatch<'_> {
    fn put(
        &mut self,
        number: u64,
        article: &Analysis,
        provenance: &Provenance,
        replaced: Replaced,
    ) -> Result<u32> {
        let fields = &self.writer.fields;
        let documents = Documents { fields, segmenter: self.segmenter };
        let documents = documents.of(number, article, provenance)?;
        let passages = documents.len() as u32;
        // An article in one go, so that its passages are neighbours in one segment: search groups
        // by that.
        if replaced == Replaced::Older {
            self.operations.push(UserOperation::Delete(self.writer.term(number)));
        }
        self.operations.extend(documents.into_iter().map(UserOperation::Add));
        self.bytes += article.article.body.len();
        if self.bytes >= HAND_OVER_BYTES {
            self.hand_over()?;
        }
        Ok(passages)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.hand_over()
    }
}
