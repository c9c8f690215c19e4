//! Commits: the engine and the tables of an index change together.
//!
//! The tables are written under a new name, then the engine commits with that name in its payload,
//! then the old tables go: whoever opens the index sees one commit, whole.

use super::files::replace;
use super::ledger::Ledger;
use super::lock::{Announcement, named};
use super::manifest::{DICTIONARY, Manifest};
use super::store::Store;
use super::tables::Tables;
use super::verified;
use crate::definition::Definition;
use crate::engine::origin::FileKey;
use crate::engine::{self, Batch, Writer};
use crate::error::{Error, Result};
use crate::text::dictionary;
use crate::text::word::Segmenter;
use std::path::{Path, PathBuf};

/// An index that is being written. While one lives, no other process can write.
pub struct FolderStore {
    folder: PathBuf,
    /// Before the writer, so that it goes while the lock is still held.
    announcement: Announcement,
    writer: Box<dyn Writer>,
}

impl FolderStore {
    /// Opens the index at `folder` for writing.
    ///
    /// # Errors
    /// [`Error::Locked`] where another process writes it, and those of opening the engine.
    pub fn open(folder: &Path, threads: usize, memory_budget: usize) -> Result<FolderStore> {
        let writer = engine::storage(folder).writer(threads, memory_budget);
        let writer = writer.map_err(|error| named(error, folder))?;
        let announcement = Announcement::announce(folder);
        Ok(FolderStore { folder: folder.to_owned(), announcement, writer })
    }

    /// The name of the ledger of the last commit; `None` before the first.
    fn ledger_name(&self) -> Option<&str> {
        self.writer.payload()
    }
}

impl Store for FolderStore {
    fn is_begun(&self) -> bool {
        self.ledger_name().is_some()
    }

    fn ledger(&self) -> Result<Ledger> {
        let name = self.ledger_name();
        name.map_or(Ok(Ledger::default()), |name| Ledger::read(&self.folder, name))
    }

    fn tables(&self, ledger: Ledger, _: &[FileKey]) -> Result<Tables> {
        match self.ledger_name() {
            Some(name) => Tables::with_ledger(&self.folder, name, ledger),
            None => Ok(Tables { ledger, ..Tables::default() }),
        }
    }

    fn batch<'a>(&'a self, segmenter: &'a Segmenter) -> Box<dyn Batch + 'a> {
        self.writer.batch(segmenter)
    }

    fn delete(&self, article: u64) {
        self.writer.delete(article);
    }

    fn commit(&mut self, tables: &Tables) -> Result<()> {
        let folder = &self.folder;
        // A new writer counts on from the last commit and may arrive at its number again: what that
        // one names must stay as it is until the engine has committed.
        let last = self.writer.payload().and_then(Ledger::number);
        // A run that was killed may have left tables of a later number.
        let last = last.max(Ledger::newest(folder).as_deref().and_then(Ledger::number));
        self.writer.commit(&mut |stamp| {
            let number = last.map_or(stamp, |last| stamp.max(last + 1));
            let name = format!("ledger-{number}.jsonl");
            tables.write(folder, &name)?;
            Ok(name)
        })?;
        if let Some(name) = self.writer.payload() {
            Tables::remove_others(folder, name);
        }
        // What is not noted is read against its checksum by whoever opens it next.
        let _ = verified::note(folder, self.writer.payload());
        Ok(())
    }

    fn articles(&self, tables: &Tables) -> Result<u64> {
        Ok(tables.records.len() as u64)
    }

    fn close(self: Box<Self>, _: &Segmenter) -> Result<()> {
        let name = self.writer.payload().map(str::to_owned);
        drop(self.announcement);
        let closed = self.writer.close();
        // What was merged since the last commit.
        let _ = verified::note(&self.folder, name.as_deref());
        closed
    }
}

/// The definition by which an index is made.
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

/// The treatment of an index that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is written further, and has to be of this format and definition.
    Continued,
    /// It is written further if that is possible, else replaced by an empty one.
    Replaced,
}

/// Prepares the index at `folder` for writing: makes an empty one where there is none, or none that
/// can be written further.
///
/// # Errors
/// A folder that is not an index, an index of another format or definition, or one that is being
/// written.
pub fn prepare(folder: &Path, definition: Defined<'_>, existing: Existing) -> Result<()> {
    let needed = Manifest::new(&definition.all.fingerprint());
    if let Some(there) = Manifest::read(folder)? {
        let made = engine::storage(folder).exists();
        match existing {
            Existing::Continued => {
                there.check(&needed, folder)?;
                if made {
                    return Ok(());
                }
            }
            Existing::Replaced
                if made && there.check(&needed, folder).is_ok() && is_sound(folder) =>
            {
                return write_definition(folder, definition);
            }
            Existing::Replaced => {}
        }
    }
    empty(folder, definition)
}

/// Makes an empty index at `folder` in the place of the one that is there.
///
/// # Errors
/// An index that is being written, a full disk.
pub fn empty(folder: &Path, definition: Defined<'_>) -> Result<()> {
    let storage = engine::storage(folder);
    storage.remove().map_err(|error| named(error, folder))?;
    // First of all what makes the folder an index: whatever happens then, it is known for ours.
    std::fs::create_dir_all(folder).map_err(Error::io("create", folder))?;
    write_definition(folder, definition)?;
    storage.create()
}

/// Writes what an index keeps of the definition: the dictionary and the manifest.
///
/// # Errors
/// A full disk and the like.
pub fn write_definition(folder: &Path, definition: Defined<'_>) -> Result<()> {
    Manifest::new(&definition.all.fingerprint()).write(folder)?;
    match definition.segmenter {
        Some(segmenter) => replace(&folder.join(DICTIONARY), segmenter.bytes())?,
        None => replace(&folder.join(DICTIONARY), &dictionary::compile(definition.all)?)?,
    }
    verified::note_dictionary(folder)
}

/// True if everything in the index can be read, so that it can serve until a rebuild has replaced
/// it article by article.
fn is_sound(folder: &Path) -> bool {
    let storage = engine::storage(folder);
    let tables = |name: Option<String>| name.is_none_or(|name| Tables::read(folder, &name).is_ok());
    storage.payload().is_ok_and(tables) && storage.verify().is_ok_and(|damaged| damaged.is_empty())
}
