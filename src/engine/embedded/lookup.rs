//! Looks documents up by a term, counts articles by year, and reads everything that is stored.

use super::article_map::ArticleMap;
use super::document;
use super::error::read_error;
use super::schema::IndexFields;
use super::stored;
use crate::engine::number::day;
use crate::engine::{Inspected, PassageAddress, YearCounts};
use crate::error::{Error, Result};
use crate::passage::Passage;
use std::path::Path;
use tantivy::schema::IndexRecordOption;
use tantivy::store::StoreReader;
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, Term};

/// The documents with a term that were not deleted.
///
/// # Errors
/// Tantivy's error for a damaged segment.
pub fn documents(searcher: &Searcher, term: &Term) -> Result<Vec<PassageAddress>> {
    let mut found = Vec::new();
    for (segment, reader) in (0..).zip(searcher.segment_readers()) {
        let postings =
            reader.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(read_error)? else { continue };
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                found.push(PassageAddress { segment, passage: postings.doc() });
            }
            postings.advance();
        }
    }
    Ok(found)
}

/// The articles of each year; undated ones under `None`.
///
/// # Errors
/// Tantivy's error for a damaged column.
pub fn years<'a>(
    segments: impl Iterator<Item = (&'a SegmentReader, &'a ArticleMap)>,
) -> Result<YearCounts> {
    let mut years = YearCounts::new();
    for (reader, map) in segments {
        let dates = map.columns.date()?;
        for &doc in map.firsts().iter().filter(|&&doc| !reader.is_deleted(doc)) {
            *years.entry(dates.first(doc).map(|date| day(date).year())).or_default() += 1;
        }
    }
    Ok(years)
}

/// Reads every stored passage of a segment, article by article.
///
/// # Errors
/// [`Error::Io`] where the store cannot be opened.
pub fn inspect(
    reader: &SegmentReader,
    map: &ArticleMap,
    fields: &IndexFields,
    folder: &Path,
    each: &mut dyn FnMut(Inspected),
) -> Result<()> {
    let store = reader.get_store_reader(1).map_err(Error::io("read", folder))?;
    let segment = StoredSegment { store, map, fields };
    let (ordinals, numbers) = (map.columns.ordinal()?, map.columns.number()?);
    let docs: Vec<DocId> = reader.doc_ids_alive().collect();
    let ordinal = |doc: DocId| ordinals.first(doc).unwrap_or(u64::MAX);
    for article in docs.chunk_by(|&a, &b| b == a + 1 && ordinal(b) == ordinal(a) + 1) {
        match numbers.first(article[0]).filter(|_| ordinal(article[0]) == 0) {
            Some(number) => each(segment.inspect(number, article)),
            None => each(Inspected {
                number: None,
                passages: article.len() as u32,
                path: None,
                faults: Vec::new(),
                misfiled: false,
            }),
        }
    }
    Ok(())
}

/// A segment whose passages are read one after the other.
struct StoredSegment<'a> {
    store: StoreReader,
    map: &'a ArticleMap,
    fields: &'a IndexFields,
}

impl StoredSegment<'_> {
    /// A passage as it is stored, or why it cannot be read.
    fn passage(&self, doc: DocId) -> std::result::Result<Passage, String> {
        let document = self.store.get_document_bytes(doc).map_err(|e| e.to_string())?;
        document::passage(&document, self.map.texts.passage(doc), self.fields)
    }

    /// Reads the passages of an article.
    fn inspect(&self, number: u64, docs: &[DocId]) -> Inspected {
        let mut faults = Vec::new();
        let mut first: Option<Passage> = None;
        for (&doc, ordinal) in docs.iter().zip(0..) {
            match self.passage(doc) {
                Err(reason) => faults.push(format!("cannot be read ({reason})")),
                Ok(passage) if passage.ordinal != ordinal => {
                    faults.push("has its passages out of order".to_owned());
                }
                Ok(passage) if ordinal == 0 => first = Some(passage),
                Ok(mut passage) => {
                    if !first.as_ref().is_some_and(|first| stored::complete(&mut passage, first)) {
                        faults.push("has a passage of another article".to_owned());
                    }
                }
            }
        }
        let path = first.map(|first| first.article.path.clone());
        Inspected {
            number: Some(number),
            passages: docs.len() as u32,
            path,
            faults,
            misfiled: false,
        }
    }
}
