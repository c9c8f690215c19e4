//! Looks things up by name: an article by its id or path, the text around a passage, the years an index covers.

use crate::error::{Error, Result};
use crate::index::{Index, article_number, day};
use crate::passage::Passage;
use crate::text::Span;
use crate::text::sentence::sentences;
use std::collections::BTreeMap;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Searcher, TERMINATED, Term};

/// All passages of the article with this id, or else of all articles of the file with this path, in order of path and place.
///
/// # Errors
/// [`Error::NotFound`] where there is none.
pub fn article(index: &Index, name: &str) -> Result<Vec<Passage>> {
    let searcher = index.searcher();
    for field in [index.fields().id, index.fields().path] {
        let term = Term::from_field_text(field, name);
        let mut found = Vec::new();
        for (segment, reader) in searcher.segment_readers().iter().enumerate() {
            let postings = reader.inverted_index(field)?.read_postings(&term, IndexRecordOption::Basic);
            let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
            while postings.doc() != TERMINATED {
                let layout = &index.layouts()[segment];
                for doc in layout.passages(layout.article(postings.doc())) {
                    if !reader.is_deleted(doc) {
                        found.push(index.passage(&searcher, DocAddress::new(segment as u32, doc))?);
                    }
                }
                postings.advance();
            }
        }
        if !found.is_empty() {
            found.sort_by(|a, b| {
                let key = |p: &Passage| (p.article.path.clone(), p.article.line, p.article.id.clone(), p.ordinal);
                key(a).cmp(&key(b))
            });
            return Ok(found);
        }
    }
    Err(Error::NotFound(format!("no article with id or path `{name}` in the index; `jianbao search` shows ids")))
}

/// The articles of every group of reprints that an article with this id, or else one of the file with this path, is in:
/// for each group its articles, the original first, and for each article its passages.
///
/// # Errors
/// [`Error::NotFound`] where there is no such article.
pub fn reprints(index: &Index, name: &str) -> Result<Vec<Vec<Vec<Passage>>>> {
    let searcher = index.searcher();
    let mut numbers: Vec<u32> = Vec::new();
    for passage in article(index, name)?.iter().filter(|passage| passage.ordinal == 0) {
        let head = &passage.article;
        let group = index.groups()?.group(article_number(&head.path, &head.id, head.line));
        numbers.extend(group.filter(|group| !numbers.contains(group)));
    }
    let mut found = Vec::new();
    for group in numbers {
        let mut copies = Vec::new();
        for number in index.groups()?.members(group) {
            let Some(at) = numbered(index, &searcher, number)? else { continue };
            let layout = &index.layouts()[at.segment_ord as usize];
            let passages = layout.passages(layout.article(at.doc_id));
            let passage = |doc| index.passage(&searcher, DocAddress::new(at.segment_ord, doc));
            copies.push(passages.map(passage).collect::<Result<Vec<Passage>>>()?);
        }
        found.push(copies);
    }
    Ok(found)
}

/// Where the article with this number begins.
pub(super) fn numbered(index: &Index, searcher: &Searcher, number: u64) -> Result<Option<DocAddress>> {
    let term = Term::from_field_u64(index.fields().article, number);
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let postings = reader.inverted_index(index.fields().article)?.read_postings(&term, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                return Ok(Some(DocAddress::new(segment as u32, index.layouts()[segment].first(postings.doc()))));
            }
            postings.advance();
        }
    }
    Ok(None)
}

/// The articles of each year; undated ones under `None`.
pub fn years(index: &Index) -> Result<BTreeMap<Option<i16>, u64>> {
    let mut years = BTreeMap::new();
    for reader in index.searcher().segment_readers() {
        let (dates, ordinals) = (reader.fast_fields().i64("date")?, reader.fast_fields().u64("ordinal")?);
        for doc in 0..reader.max_doc() {
            if ordinals.first(doc) == Some(0) && !reader.is_deleted(doc) {
                *years.entry(dates.first(doc).map(|date| day(date).year())).or_default() += 1;
            }
        }
    }
    Ok(years)
}

/// `count` sentences before and after a passage, out of its article's other passages.
pub(super) fn context(
    index: &Index,
    searcher: &Searcher,
    at: DocAddress,
    passage: &Passage,
    count: usize,
) -> Result<(String, String)> {
    if count == 0 {
        return Ok((String::new(), String::new()));
    }
    let fetch = |doc: DocId| -> Result<Option<Passage>> {
        let there = searcher.segment_reader(at.segment_ord).max_doc() > doc;
        let passage_there =
            if there { Some(index.passage(searcher, DocAddress::new(at.segment_ord, doc))?) } else { None };
        Ok(passage_there.filter(|p| p.article.id == passage.article.id && p.article.path == passage.article.path))
    };
    let (mut before, mut after) = (String::new(), String::new());
    let mut doc = at.doc_id;
    while let Some(previous) = doc.checked_sub(1) {
        let enough = sentences(&before).len() >= count;
        match fetch(previous)? {
            Some(p) if !enough && p.ordinal < passage.ordinal => before.insert_str(0, &p.text),
            _ => break,
        }
        doc = previous;
    }
    doc = at.doc_id;
    while sentences(&after).len() < count {
        doc += 1;
        match fetch(doc)? {
            Some(p) if p.ordinal > passage.ordinal => after.push_str(&p.text),
            _ => break,
        }
    }
    let spans = sentences(&before);
    let first = spans.len().saturating_sub(count);
    let start = spans.get(first).map_or(before.len(), |s| s.start);
    let before = Span::new(start, before.len()).of(&before).to_owned();
    let end = sentences(&after).get(count - 1).map_or(after.len(), |s| s.end);
    after.truncate(end);
    Ok((before, after))
}
