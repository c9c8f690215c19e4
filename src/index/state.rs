//! What an index holds while it is being updated: ledger, records and reprints, as they are at this moment; and the commit that
//! makes all of them, together with the engine's documents, what a search sees.

use super::document::passage;
use super::ledger::Ledger;
use super::records::{self, Entry, Records};
use super::reprints::Reprints;
use super::schema::Fields;
use super::{engine_error, manifest};
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, IndexWriter, Searcher, TERMINATED, TantivyDocument, Term};

/// The state of an index. What several threads change is behind locks.
pub(super) struct State {
    folder: PathBuf,
    /// The number of the last commit.
    number: u64,
    /// Archives and files.
    pub ledger: Ledger,
    /// The records as they were when the update began, by article number.
    base: Vec<Entry>,
    /// Which of these are gone or have been written anew.
    gone: Vec<AtomicBool>,
    /// The records of now that are not in the base, or stand in it as gone.
    fresh: Mutex<Vec<Entry>>,
    /// Imprints of the articles.
    pub reprints: Mutex<Reprints>,
    /// The documents as they were when the update began; none where there were none.
    before: Option<Searcher>,
    fields: Fields,
}

/// Passages and bytes of text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub passages: u64,
    pub bytes: u64,
}

/// Where documents go.
#[derive(Clone, Copy)]
pub(super) enum Sink<'a> {
    /// Into the index.
    Index(&'a IndexWriter),
    /// Nowhere: it is only asked what would happen.
    Nowhere,
}

impl State {
    /// The state of a new index.
    pub fn empty(folder: &Path) -> State {
        State {
            folder: folder.to_owned(),
            number: 0,
            ledger: Ledger::default(),
            base: Vec::new(),
            gone: Vec::new(),
            fresh: Mutex::default(),
            reprints: Mutex::default(),
            before: None,
            fields: Fields::new(),
        }
    }

    /// The state of the index at `folder` that `engine` is the engine of.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Io`] where a part of it is missing or cannot be read.
    pub fn load(folder: &Path, engine: &tantivy::Index) -> Result<State> {
        let meta = engine.load_metas().map_err(|e| engine_error(folder, e))?;
        let Some(name) = meta.payload else { return Ok(State::empty(folder)) };
        let table = Records::open(folder, &Records::name(&name))?;
        if !table.is_intact() {
            let reason = format!("{} is not as it was written", Records::name(&name));
            return Err(Error::Damaged { path: folder.to_owned(), reason });
        }
        let base: Vec<Entry> = table.iter().collect();
        Ok(State {
            number: manifest::number_of(&name).unwrap_or(0),
            ledger: Ledger::read(folder, &name)?,
            gone: base.iter().map(|_| AtomicBool::new(false)).collect(),
            base,
            reprints: Mutex::new(Reprints::read(folder, &Reprints::name(&name))?),
            before: Some(engine.reader().map_err(|e| engine_error(folder, e))?.searcher()),
            ..State::empty(folder)
        })
    }

    /// Whether nothing was ever committed.
    pub fn is_new(&self) -> bool {
        self.number == 0
    }

    /// The place in the base of the article with this number.
    pub fn find(&self, article: u64) -> Option<usize> {
        self.base.binary_search_by_key(&article, |entry| entry.article).ok()
    }

    /// The entry at a place of the base.
    pub fn entry(&self, place: usize) -> Entry {
        self.base[place]
    }

    /// Notes that an entry of the base holds no longer; `false` where that was noted before.
    pub fn retire(&self, place: usize) -> bool {
        !self.gone[place].swap(true, Ordering::Relaxed)
    }

    /// Takes in an entry of now.
    pub fn add(&self, entry: Entry) {
        self.fresh.lock().unwrap_or_else(PoisonError::into_inner).push(entry);
    }

    /// The places of the base that belong to these files and still hold, with the file of each, by file.
    pub fn of_files(&self, files: &HashSet<u32>) -> Vec<(u32, usize)> {
        let holds = |place: &usize| !self.gone[*place].load(Ordering::Relaxed);
        let mut found: Vec<(u32, usize)> = (0..self.base.len())
            .filter(|place| files.contains(&self.base[*place].file) && holds(place))
            .map(|place| (self.base[place].file, place))
            .collect();
        found.sort_unstable();
        found
    }

    /// Deletes the article at a place of the base, unless that was done before.
    pub fn delete(&self, place: usize, sink: Sink<'_>) {
        if self.retire(place) {
            let article = self.base[place].article;
            if let Sink::Index(writer) = sink {
                writer.delete_term(self.term(article));
            }
            self.reprints.lock().unwrap_or_else(PoisonError::into_inner).remove(article);
        }
    }

    /// The term that an article's passages are deleted by.
    pub fn term(&self, article: u64) -> Term {
        Term::from_field_u64(self.fields.article, article)
    }

    /// The fields of the index.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// How many passages an article of the base has, and how many bytes of text.
    ///
    /// # Errors
    /// [`Error::Damaged`] where its last passage cannot be read.
    pub fn measure(&self, article: u64) -> Result<Sums> {
        let mut sums = Sums::default();
        let Some(searcher) = &self.before else { return Ok(sums) };
        let damaged = |reason| Error::Damaged { path: self.folder.clone(), reason };
        for (segment, reader) in (0..).zip(searcher.segment_readers()) {
            let postings = reader.inverted_index(self.fields.article)?;
            let postings = postings.read_postings(&self.term(article), IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
            let mut last: Option<DocId> = None;
            while postings.doc() != TERMINATED {
                if !reader.is_deleted(postings.doc()) {
                    sums.passages += 1;
                    last = Some(postings.doc());
                }
                postings.advance();
            }
            if let Some(last) = last {
                let document: TantivyDocument = searcher.doc(DocAddress::new(segment, last))?;
                sums.bytes += passage(&document, &self.fields).map_err(damaged)?.span.end as u64;
            }
        }
        Ok(sums)
    }

    /// Makes the state and the documents that `writer` was given what a search sees, both or neither.
    ///
    /// # Errors
    /// Such as a full disk; what was committed before stays.
    pub fn commit(&mut self, writer: &mut IndexWriter) -> Result<()> {
        let failed = |e| engine_error(&self.folder, e);
        let mut prepared = writer.prepare_commit().map_err(failed)?;
        let name = Ledger::name(self.number + 1);
        records::write(&self.entries(), &self.folder, &Records::name(&name))?;
        let reprints = self.reprints.lock().unwrap_or_else(PoisonError::into_inner);
        reprints.write(&self.folder, &Reprints::name(&name))?;
        self.ledger.write(&self.folder, &name)?;
        prepared.set_payload(&name);
        prepared.commit().map_err(failed)?;
        manifest::remove_others(&self.folder, &name);
        self.number += 1;
        Ok(())
    }

    /// All entries of now, by article number.
    fn entries(&self) -> Vec<Entry> {
        let fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = self.base.iter().zip(&self.gone).filter(|(_, gone)| !gone.load(Ordering::Relaxed));
        let mut all: Vec<Entry> = holds.map(|(entry, _)| *entry).chain(fresh.iter().copied()).collect();
        all.sort_unstable();
        all
    }
}
