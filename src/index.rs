//! The index: building it, keeping it up to date, opening it. Only this module and `search` name
//! the engine.
//!
//! schema.rs has the fields, analyzer.rs the tokenizers, document.rs a passage's way in, stored.rs
//! its way out, texts.rs the exact text in the codes of characters.rs, spelling.rs what that leaves
//! out, words.rs which passages have a word, layout.rs which passages are one article, columns.rs
//! what is read by passage, manifest.rs what an index says of itself, records.rs what each article
//! was made of, reprints.rs which articles are one text. An update is update.rs: plan.rs what
//! changed, pipeline.rs from files to the engine, run.rs the count of it, commit.rs what makes it
//! last, writer.rs who is at it. forget.rs takes archives out, export.rs gives everything back,
//! doctor.rs looks after all of it, rebuild.rs says what it was built from.

mod analyzer;
pub mod characters;
mod columns;
mod commit;
pub mod doctor;
pub mod document;
mod error;
mod export;
mod forget;
mod layout;
mod list;
mod manifest;
mod parts;
mod pipeline;
mod plan;
mod rebuild;
mod records;
mod reprints;
mod room;
mod run;
mod schema;
mod spelling;
pub mod stored;
mod texts;
mod update;
mod words;
mod writer;

pub use analyzer::{SEPARATOR, is_exact_char, tokenizers};
pub use columns::Columns;
pub use commit::Kept;
pub use document::{Speech, TITLE_SEPARATOR, article_number, day, seconds};
pub use export::each_article;
pub use forget::{Forgotten, forget};
pub use layout::Layout;
pub use manifest::{FileRecord, Ledger, MANIFEST, Manifest, Reading, Settings};
pub use rebuild::{Sources, sources};
pub use records::{Dating, FileKey, Records, Row};
pub use reprints::{Groups, Reprints};
pub use schema::{FORMAT, Fields};
pub use texts::{Texts, Window};
pub use update::{Observer, Pace, Plan, Report, Rules, Stop, Update, Vanished, preview, update};
pub use words::Words;
pub use writer::Writer;

use crate::definition::Definition;
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::text::word::{Bytes, Segmenter};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tantivy::directory::error::{LockError, OpenWriteError};
use tantivy::directory::{Directory, MmapDirectory};
use tantivy::index::SegmentId;
use tantivy::{
    DocAddress, DocId, IndexReader, ReloadPolicy, Searcher, SegmentPlugin, TantivyDocument,
    TantivyError,
};

/// An index opened for reading.
pub struct Index {
    folder: PathBuf,
    manifest: Manifest,
    ledger_name: Option<String>,
    fields: Fields,
    reader: IndexReader,
    layouts: Vec<Layout>,
    groups: Option<Groups>,
}

impl Index {
    /// Opens the index at `folder`, which must have been built under `definition`.
    ///
    /// # Errors
    /// [`Error::NoIndex`], [`Error::ForeignFolder`], [`Error::Outdated`] or [`Error::Damaged`], as
    /// the case is.
    pub fn open(folder: &Path, definition: &Definition) -> Result<Index> {
        let manifest = Manifest::read(folder)?.ok_or_else(|| Error::NoIndex(folder.to_owned()))?;
        manifest.check(&Manifest::new(&definition.fingerprint()), folder)?;
        let engine = open_engine(folder)?;
        let failed = |e| engine_error(folder, e);
        let payload = || Ok::<_, Error>(engine.load_metas().map_err(failed)?.payload);
        let (reader, ledger_name, groups, layouts) = loop {
            let before = payload()?;
            let groups =
                before.as_ref().map(|name| Groups::open(folder, &Reprints::name(name))).transpose();
            let reader: IndexReader = engine
                .reader_builder()
                .reload_policy(ReloadPolicy::Manual)
                .try_into()
                .map_err(failed)?;
            let searcher = reader.searcher();
            let layouts: Result<Vec<Layout>> =
                searcher.segment_readers().iter().map(Layout::new).collect();
            // Somebody may have committed in between, and the two must belong together; or merged
            // segments, whose files are gone then.
            let opened: HashSet<SegmentId> =
                searcher.segment_readers().iter().map(|r| r.segment_id()).collect();
            let there = || {
                Ok::<_, Error>(
                    engine.searchable_segment_ids().map_err(failed)?.into_iter().collect(),
                )
            };
            if payload()? == before && (layouts.is_ok() || opened == there()?) {
                break (reader, before, groups?, layouts?);
            }
        };
        let fields = Fields::new();
        Ok(Index {
            folder: folder.to_owned(),
            manifest,
            ledger_name,
            fields,
            layouts,
            groups,
            reader,
        })
    }

    /// Makes the index one for a few questions: their phrases are looked for in text that is read
    /// piece by piece. It takes longer than text that is mapped, which would all count as memory of
    /// the process.
    pub fn sparing(mut self) -> Index {
        let searcher = self.reader.searcher();
        for (layout, reader) in self.layouts.iter_mut().zip(searcher.segment_readers()) {
            layout.texts.read_in_pieces(&self.folder.join(manifest::ENGINE), reader.segment_id());
        }
        self
    }

    /// Opens the index at `folder` together with what it keeps of its sources, both of one commit.
    ///
    /// # Errors
    /// Those of [`Index::open`], and [`Error::Damaged`] or [`Error::Io`] where what it keeps cannot
    /// be read.
    pub fn open_with_kept(folder: &Path, definition: &Definition) -> Result<(Index, Kept)> {
        loop {
            let index = Index::open(folder, definition)?;
            let kept = index
                .ledger_name
                .as_ref()
                .map_or(Ok(Kept::default()), |name| Kept::read(folder, name));
            let now = || open_engine(folder)?.load_metas().map_err(|e| engine_error(folder, e));
            match kept {
                // A commit came in between, and took away what belongs to the one before.
                Err(_) if now()?.payload != index.ledger_name => {}
                kept => return Ok((index, kept?)),
            }
        }
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
        self.ledger_name
            .as_ref()
            .map_or(Ok(Ledger::default()), |name| update::ledger(&self.folder, name))
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
            let file =
                folder.open_read(Path::new(manifest::DICTIONARY)).map_err(|e| e.to_string())?;
            Ok(Bytes::new(file.read_bytes().map_err(|e| e.to_string())?))
        };
        let bytes = open().map_err(|reason| {
            damaged(format!("{} cannot be read ({reason})", manifest::DICTIONARY))
        })?;
        Segmenter::open(bytes)
            .ok_or_else(|| damaged(format!("{} is no dictionary", manifest::DICTIONARY)))
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
            let document: TantivyDocument =
                searcher.doc(DocAddress::new(address.segment_ord, doc))?;
            let layout = self.layouts.get(address.segment_ord as usize);
            let exact = layout.map_or(&[][..], |layout| layout.texts.passage(doc));
            document::passage(&document, exact, &self.fields).map_err(damaged)
        };
        let mut passage = fetch(address.doc_id)?;
        if passage.ordinal > 0 {
            let first = address.doc_id.checked_sub(passage.ordinal).map(fetch).transpose()?;
            if !first.is_some_and(|first| stored::complete(&mut passage, &first)) {
                return Err(damaged(format!(
                    "the first passage of {} is not where it should be",
                    passage.article.id
                )));
            }
        }
        Ok(passage)
    }
}

/// Our own components of each segment; an engine must be told of them before it writes.
pub fn components() -> [Arc<dyn SegmentPlugin>; 2] {
    [Arc::new(texts::Component), Arc::new(words::Component)]
}

/// Opens the engine's part of the index at `folder`.
fn open_engine(folder: &Path) -> Result<tantivy::Index> {
    let path = folder.join(manifest::ENGINE);
    if !is_begun(folder) {
        return Err(Error::NoIndex(folder.to_owned()));
    }
    let mut engine = tantivy::Index::open_in_dir(&path).map_err(|e| engine_error(folder, e))?;
    engine.set_tokenizers(analyzer::tokenizers());
    components().into_iter().for_each(|component| engine.register_plugin(component));
    if engine.schema() != Fields::new().schema {
        return Err(Error::Damaged {
            path: folder.to_owned(),
            reason: "its fields are not those of its format".to_owned(),
        });
    }
    Ok(engine)
}

/// Whether there has been an engine in the folder: a first run that is killed at once leaves none.
fn is_begun(folder: &Path) -> bool {
    folder.join(manifest::ENGINE).join("meta.json").exists() || Ledger::newest(folder).is_some()
}

/// Gives an engine's error the name that a user needs.
fn engine_error(folder: &Path, error: TantivyError) -> Error {
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            let by = Writer::of(folder)
                .map_or("another process".to_owned(), |writer| writer.to_string());
            Error::Locked { path: folder.to_owned(), by }
        }
        TantivyError::LockFailure(LockError::IoError(e), _) | TantivyError::IoError(e) => {
            let kind = e.kind();
            Error::Io {
                action: "write",
                path: folder.to_owned(),
                source: std::io::Error::new(kind, e.to_string()),
            }
        }
        // A thread of the writer died and the reason with it; a full disk is the usual one, and can
        // be asked for.
        TantivyError::ErrorInThread(reason) => match probe(folder) {
            Err(full) => full,
            Ok(()) => TantivyError::ErrorInThread(reason).into(),
        },
        TantivyError::DataCorruption(e) => {
            Error::Damaged { path: folder.to_owned(), reason: format!("{e:?}") }
        }
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => {
            let source = std::io::Error::new(io_error.kind(), io_error.to_string());
            Error::Io { action: "write", path: folder.to_owned(), source }
        }
        TantivyError::OpenReadError(e) => {
            Error::Damaged { path: folder.to_owned(), reason: e.to_string() }
        }
        e => e.into(),
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
