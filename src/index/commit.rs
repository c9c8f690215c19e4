//! What an index keeps beside the engine, and how both change together.
//!
//! The ledger, the table of records and the imprints are written under a new name, then the engine
//! commits with that name in its payload, then the old ones go: whoever opens the index sees one
//! commit, whole.

use super::manifest::{DICTIONARY, ENGINE, Ledger, Manifest, replace};
use super::records::Records;
use super::reprints::Reprints;
use super::schema::Fields;
use super::writer::Holder;
use super::{analyzer, components, engine_error, open_engine};
use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::text::dictionary;
use crate::text::word::Segmenter;
use std::path::{Path, PathBuf};
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::index::IndexBuilder;
use tantivy::{IndexSettings, IndexWriter, TantivyError, Term};

/// What an index keeps of its sources. The three change together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Kept {
    /// Its files.
    pub ledger: Ledger,
    /// Its articles.
    pub records: Records,
    /// What their reprints are found by.
    pub reprints: Reprints,
}

impl Kept {
    /// Reads what belongs to the ledger called `name`.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Io`] where a part of it cannot be read.
    pub fn read(folder: &Path, name: &str) -> Result<Kept> {
        Kept::with_ledger(folder, name, Ledger::read(folder, name)?)
    }

    /// The same, where the ledger has been read already.
    pub fn with_ledger(folder: &Path, name: &str, ledger: Ledger) -> Result<Kept> {
        let records = Records::read(folder, &Records::name(name), &ledger)?;
        let reprints = Reprints::read(folder, &Reprints::name(name))?;
        Ok(Kept { ledger, records, reprints })
    }

    /// Takes an article out of the tables; whether it was there.
    pub fn remove(&mut self, article: u64) -> bool {
        self.reprints.remove(article);
        self.records.remove(article).is_some()
    }

    fn write(&self, folder: &Path, name: &str) -> Result<()> {
        self.ledger.write(folder, name)?;
        self.records.write(folder, &Records::name(name), &self.ledger)?;
        self.reprints.write(folder, &Reprints::name(name))
    }
}

/// An index that is being written. While one lives, nobody else can write.
pub struct Store {
    folder: PathBuf,
    /// The ledger of the last commit; `None` before the first.
    pub ledger_name: Option<String>,
    /// Before the writer, so that it goes while the lock is still held.
    holder: Holder,
    /// The engine's writer.
    pub writer: IndexWriter,
}

impl Store {
    /// Takes the index at `folder` for writing.
    ///
    /// # Errors
    /// [`Error::Locked`] where somebody else is writing it, and all that opening can come to.
    pub fn open(
        folder: &Path,
        engine: &tantivy::Index,
        threads: usize,
        memory: usize,
    ) -> Result<Store> {
        let failed = |e| engine_error(folder, e);
        // Writing is a third of the work, and fewer writers make fewer and larger segments.
        let threads = threads.max(1).div_ceil(2);
        let writer: IndexWriter =
            engine.writer_with_num_threads(threads, memory).map_err(failed)?;
        let holder = Holder::announce(folder);
        // Only now: before the lock was taken, the last commit could have been replaced.
        let ledger_name = engine.load_metas().map_err(failed)?.payload;
        Ok(Store { folder: folder.to_owned(), ledger_name, holder, writer })
    }

    /// The ledger of the last commit.
    pub fn ledger(&self) -> Result<Ledger> {
        self.ledger_name
            .as_ref()
            .map_or(Ok(Ledger::default()), |name| Ledger::read(&self.folder, name))
    }

    /// What belongs to `ledger`, which is that of the last commit.
    pub fn kept(&self, ledger: Ledger) -> Result<Kept> {
        match &self.ledger_name {
            Some(name) => Kept::with_ledger(&self.folder, name, ledger),
            None => Ok(Kept { ledger, ..Kept::default() }),
        }
    }

    /// Deletes an article, every passage of it, with the next commit.
    pub fn delete(&self, article: u64) {
        self.writer.delete_term(Term::from_field_u64(Fields::new().article, article));
    }

    /// Commits the engine together with `kept`.
    ///
    /// # Errors
    /// A full disk and the like; the last commit stays as it was.
    pub fn commit(&mut self, kept: &Kept) -> Result<()> {
        let folder = &self.folder;
        let mut prepared = self.writer.prepare_commit().map_err(|e| engine_error(folder, e))?;
        // A new writer counts on from the last commit and may arrive at its number again: what that
        // one names must stay as it is until the engine has committed.
        let last = self.ledger_name.as_deref().and_then(Ledger::number);
        let number = last.map_or(prepared.opstamp(), |last| prepared.opstamp().max(last + 1));
        let name = format!("ledger-{number}.jsonl");
        kept.write(folder, &name)?;
        prepared.set_payload(&name);
        prepared.commit().map_err(|e| engine_error(folder, e))?;
        remove_others(folder, &name);
        self.ledger_name = Some(name);
        Ok(())
    }

    /// Waits until the engine has tidied up.
    pub fn close(self) -> Result<()> {
        drop(self.holder);
        self.writer.wait_merging_threads().map_err(|e| engine_error(&self.folder, e))
    }
}

/// Removes what belongs to other ledgers than the one called `name`.
pub fn remove_others(folder: &Path, name: &str) {
    Ledger::remove_others(folder, name);
    Reprints::remove_others(folder, &Reprints::name(name));
    Records::remove_others(folder, &Records::name(name));
}

/// What an index is made by.
#[derive(Clone, Copy)]
pub struct Defined<'a> {
    /// All of it.
    pub all: &'a Definition,
    /// Its words, where they have been compiled already.
    pub segmenter: Option<&'a Segmenter>,
}

impl<'a> From<&'a Definition> for Defined<'a> {
    fn from(definition: &'a Definition) -> Defined<'a> {
        Defined { all: definition, segmenter: None }
    }
}

/// What becomes of an index that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is written further, and has to be of this format and definition.
    Continued,
    /// It is written further if that is possible, else replaced by an empty one.
    Replaced,
}

/// Opens the engine at `folder`, or makes a new one where there is none, or none that can be
/// written further.
///
/// # Errors
/// A folder that is not an index, an index of another format or definition, or one that is being
/// written.
pub fn engine(folder: &Path, definition: Defined<'_>, found: Found) -> Result<tantivy::Index> {
    let needed = Manifest::new(&definition.all.fingerprint());
    let engine_folder = folder.join(ENGINE);
    if let Some(there) = Manifest::read(folder)? {
        let made = engine_folder.join("meta.json").exists();
        match found {
            Found::Continued => {
                there.check(&needed, folder)?;
                if made {
                    return open_engine(folder);
                }
            }
            Found::Replaced if made && there.check(&needed, folder).is_ok() && is_sound(folder) => {
                write_definition(folder, definition)?;
                return open_engine(folder);
            }
            Found::Replaced => {}
        }
    }
    empty_engine(folder, definition)
}

/// Makes an empty engine at `folder` in the place of what was there.
///
/// # Errors
/// An index that is being written, a full disk.
pub fn empty_engine(folder: &Path, definition: Defined<'_>) -> Result<tantivy::Index> {
    let engine_folder = folder.join(ENGINE);
    if engine_folder.exists() {
        // Somebody else's writer must not lose its files below its feet.
        if let Ok(directory) = MmapDirectory::open(&engine_folder) {
            let lock = directory.acquire_lock(&INDEX_WRITER_LOCK);
            drop(lock.map_err(|e| engine_error(folder, TantivyError::LockFailure(e, None)))?);
        }
        std::fs::remove_dir_all(&engine_folder).map_err(Error::io("remove", &engine_folder))?;
    }
    // First of all what makes the folder an index: whatever happens then, it is known for ours.
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    write_definition(folder, definition)?;
    std::fs::create_dir_all(&engine_folder).map_err(Error::io("create", &engine_folder))?;
    new_engine(&engine_folder).map_err(|e| engine_error(folder, e))
}

/// Writes what an index keeps of the definition: the dictionary and the manifest.
pub fn write_definition(folder: &Path, definition: Defined<'_>) -> Result<()> {
    Manifest::new(&definition.all.fingerprint()).write(folder)?;
    match definition.segmenter {
        Some(segmenter) => replace(&folder.join(DICTIONARY), segmenter.bytes()),
        None => replace(&folder.join(DICTIONARY), &dictionary::compile(definition.all)?),
    }
}

/// Whether everything in the index can be read, so that it can serve until a rebuild has replaced
/// it article by article.
fn is_sound(folder: &Path) -> bool {
    let Ok(engine) = open_engine(folder) else { return false };
    let kept = engine
        .load_metas()
        .ok()
        .is_some_and(|meta| meta.payload.is_none_or(|name| Kept::read(folder, &name).is_ok()));
    kept && engine.validate_checksum().is_ok_and(|damaged| damaged.is_empty())
}

fn new_engine(folder: &Path) -> tantivy::Result<tantivy::Index> {
    let zstd = tantivy::store::ZstdCompressor { compression_level: Some(6) };
    let settings = IndexSettings {
        docstore_compression: tantivy::store::Compressor::Zstd(zstd),
        // Half the usual: a search reads a record or two of a block, and records without their text
        // are small.
        docstore_blocksize: 8 << 10,
        ..IndexSettings::default()
    };
    let builder = tantivy::Index::builder()
        .schema(Fields::new().schema)
        .settings(settings)
        .tokenizers(analyzer::tokenizers());
    components().into_iter().fold(builder, IndexBuilder::register_plugin).create_in_dir(folder)
}
