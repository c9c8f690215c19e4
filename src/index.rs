//! The index: building it, keeping it up to date, opening it. Only this module and `search` name the engine.
//!
//! schema.rs has the fields, analyzer.rs the tokenizers, document.rs a passage's way in, stored.rs its way out, layout.rs which
//! passages are one article, columns.rs what is read by passage, manifest.rs what an index says of itself, ledger.rs and records.rs what went in, reprints.rs which
//! articles are one text, update.rs the pipeline that fills it.

mod analyzer;
mod characters;
mod columns;
mod contents;
pub mod document;
mod folder;
mod forget;
mod layout;
mod ledger;
mod lock;
mod manifest;
mod pipeline;
mod plan;
mod records;
mod reprints;
mod schema;
mod settings;
mod state;
pub mod stored;
mod update;

pub use analyzer::{SEPARATOR, is_exact_char, tokenizers};
pub use columns::Columns;
pub use contents::articles;
pub use document::{Speech, TAIL, TITLE_SEPARATOR, article_number, day, seconds};
pub use forget::{Forgotten, forget};
pub use layout::Layout;
pub use ledger::{ArchiveRecord, FileRecord, Ledger};
pub use manifest::Manifest;
pub use plan::Prune;
pub use records::{Entry, Records};
pub use reprints::{Groups, Reprints};
pub use schema::{FORMAT, Fields};
pub use settings::Settings;
pub use update::{Effect, Observer, Plan, Report, Stop, Update, update};

use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::text::word::{Bytes, Segmenter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, MmapDirectory};
use tantivy::{DocAddress, DocId, IndexReader, ReloadPolicy, Searcher, TantivyDocument, TantivyError};

/// An index opened for reading.
pub struct Index {
    folder: PathBuf,
    manifest: Manifest,
    ledger: Option<std::fs::File>,
    records: Option<Records>,
    fields: Fields,
    reader: IndexReader,
    layouts: Vec<Layout>,
    groups: Option<Groups>,
}

impl Index {
    /// Opens the index at `folder`, which must have been built under `definition`.
    ///
    /// # Errors
    /// [`Error::NoIndex`], [`Error::ForeignFolder`], [`Error::Outdated`] or [`Error::Damaged`], as the case is.
    pub fn open(folder: &Path, definition: &Definition) -> Result<Index> {
        let manifest = Manifest::read(folder)?.ok_or_else(|| Error::NoIndex(folder.to_owned()))?;
        manifest.check(&Manifest::new(&definition.fingerprint()), folder)?;
        let engine = open_engine(folder)?;
        let fields = Fields::new();
        let (reader, beside) = open_commit(folder, &engine)?;
        let (ledger, records, groups) = match beside {
            Some(beside) => (Some(beside.ledger), Some(beside.records), Some(beside.groups)),
            None => (None, None, None),
        };
        let layouts: Result<Vec<Layout>> =
            reader.searcher().segment_readers().iter().map(|segment| Layout::new(segment, &fields)).collect();
        Ok(Index { folder: folder.to_owned(), manifest, ledger, records, fields, layouts: layouts?, groups, reader })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it was built with.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What went in, read when it is asked for: a search can do without.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Io`] where the ledger cannot be read.
    pub fn ledger(&self) -> Result<Ledger> {
        self.ledger.as_ref().map_or(Ok(Ledger::default()), |file| Ledger::read_open(file, &self.folder))
    }

    /// Which record each article was made from; `None` before the first commit.
    pub fn records(&self) -> Option<&Records> {
        self.records.as_ref()
    }

    /// Which articles are one text; `None` before the first commit.
    pub fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }

    /// The segmenter for queries: it opens the index's dictionary and loads nothing.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the dictionary is missing or is none.
    pub fn segmenter(&self) -> Result<Segmenter> {
        let damaged = |reason: String| Error::Damaged { path: self.folder.clone(), reason };
        let open = || -> std::result::Result<Bytes, String> {
            let folder = MmapDirectory::open(&self.folder).map_err(|e| e.to_string())?;
            let file = folder.open_read(Path::new(manifest::DICTIONARY)).map_err(|e| e.to_string())?;
            Ok(Bytes::new(file.read_bytes().map_err(|e| e.to_string())?))
        };
        let bytes = open().map_err(|reason| damaged(format!("{} cannot be read ({reason})", manifest::DICTIONARY)))?;
        Segmenter::open(bytes).ok_or_else(|| damaged(format!("{} is no dictionary", manifest::DICTIONARY)))
    }

    /// Its fields.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// Which passages make up which article, by segment.
    pub fn layouts(&self) -> &[Layout] {
        &self.layouts
    }

    /// A consistent view of what was committed when the index was opened.
    pub fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// The passage at an address of a searcher of this index.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the stored passage cannot be read.
    pub fn passage(&self, searcher: &Searcher, address: DocAddress) -> Result<Passage> {
        let damaged = |reason: String| Error::Damaged { path: self.folder.clone(), reason };
        let fetch = |doc: DocId| -> Result<Passage> {
            let document: TantivyDocument = searcher.doc(DocAddress::new(address.segment_ord, doc))?;
            document::passage(&document, &self.fields).map_err(damaged)
        };
        let mut passage = fetch(address.doc_id)?;
        if passage.ordinal > 0 {
            let first = address.doc_id.checked_sub(passage.ordinal).map(fetch).transpose()?;
            if !first.is_some_and(|first| stored::complete(&mut passage, &first)) {
                return Err(damaged(format!("the first passage of {} is not where it should be", passage.article.id)));
            }
        }
        self.place(DocAddress::new(address.segment_ord, address.doc_id - passage.ordinal), &mut passage)?;
        Ok(passage)
    }

    /// Gives a passage the line on which its record stands today; `first` is its article's first passage.
    fn place(&self, first: DocAddress, passage: &mut Passage) -> Result<()> {
        let number = self.layouts[first.segment_ord as usize].columns.number()?.first(first.doc_id);
        let entry = self.records.as_ref().zip(number).and_then(|(records, number)| records.find(number));
        let line = entry.map(|entry| u64::from(entry.line)).filter(|line| *line > 0);
        if entry.is_some() && line != passage.article.line {
            Arc::make_mut(&mut passage.article).line = line;
        }
        Ok(())
    }
}

/// How often an index is opened again because it was committed to meanwhile.
const TRIES: usize = 20;

/// What stands beside the documents of a commit.
struct Beside {
    ledger: std::fs::File,
    records: Records,
    groups: Groups,
}

/// Opens the last commit: documents and what stands beside them, of one and the same.
fn open_commit(folder: &Path, engine: &tantivy::Index) -> Result<(IndexReader, Option<Beside>)> {
    let failed = |e| engine_error(folder, e);
    let mut left = TRIES;
    loop {
        left -= 1;
        let meta = engine.load_metas().map_err(failed)?;
        let beside = meta.payload.as_ref().map(|name| open_beside(folder, name)).transpose();
        let reader: std::result::Result<IndexReader, TantivyError> =
            engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into();
        let now = engine.load_metas().map_err(failed)?;
        // What was opened before and after a commit does not fit together; once more.
        if now.opstamp == meta.opstamp && now.payload == meta.payload || left == 0 {
            let beside = beside?;
            return Ok((reader.map_err(failed)?, beside));
        }
    }
}

fn open_beside(folder: &Path, ledger: &str) -> Result<Beside> {
    let path = folder.join(ledger);
    let file = std::fs::File::open(&path)
        .map_err(|e| Error::Damaged { path: folder.to_owned(), reason: format!("{ledger} cannot be read ({e})") })?;
    let records = Records::open(folder, &Records::name(ledger))?;
    let groups = Groups::open(folder, &Reprints::name(ledger))?;
    Ok(Beside { ledger: file, records, groups })
}

/// Opens the engine's part of the index at `folder`.
fn open_engine(folder: &Path) -> Result<tantivy::Index> {
    let path = folder.join(manifest::ENGINE);
    let mut engine = tantivy::Index::open_in_dir(&path).map_err(|e| engine_error(folder, e))?;
    engine.set_tokenizers(analyzer::tokenizers());
    if engine.schema() != Fields::new().schema {
        return Err(Error::Damaged {
            path: folder.to_owned(),
            reason: "its fields are not those of its format".to_owned(),
        });
    }
    Ok(engine)
}

/// Gives an engine's error the name that a user needs.
fn engine_error(folder: &Path, error: TantivyError) -> Error {
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            Error::Locked { path: folder.to_owned(), holder: lock::holder(folder) }
        }
        TantivyError::LockFailure(LockError::IoError(e), _) | TantivyError::IoError(e) => {
            let kind = e.kind();
            Error::Io { action: "write", path: folder.to_owned(), source: std::io::Error::new(kind, e.to_string()) }
        }
        // A thread of the writer died and the reason with it; a full disk is the usual one, and can be asked for.
        TantivyError::ErrorInThread(reason) => match probe(folder) {
            Err(full) => full,
            Ok(()) => Error::Engine(TantivyError::ErrorInThread(reason)),
        },
        TantivyError::DataCorruption(e) => Error::Damaged { path: folder.to_owned(), reason: format!("{e:?}") },
        TantivyError::OpenReadError(e) => Error::Damaged { path: folder.to_owned(), reason: e.to_string() },
        e => Error::Engine(e),
    }
}

/// Whether a little more can be written to the folder.
fn probe(folder: &Path) -> Result<()> {
    let path = folder.join("probe.new");
    let written = std::fs::write(&path, vec![0u8; 1 << 20]);
    // Whatever came of it, nothing of it stays.
    let _ = std::fs::remove_file(&path);
    written.map_err(Error::io("write", folder))
}
