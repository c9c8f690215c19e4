//! Looks things up by name: an article by its id or path, the text around a passage, the years an
//! index covers.

use crate::error::{Error, Result};
use crate::index::{Index, day};
use crate::passage::Passage;
use crate::text::Span;
use crate::text::sentence::sentences;
use std::collections::{BTreeMap, HashSet};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocId, DocSet, Searcher, TERMINATED, Term};

/// All passages of the article with this id, or else of all articles of the file with this path, in
/// order of path and place.
///
/// # Errors
/// [`Error::NoArticle`] where there is none.
pub fn article(index: &Index, name: &str) -> Result<Vec<Passage>> {
    let searcher = index.searcher();
    let mut found = Vec::new();
    for first in firsts(index, &searcher, name)? {
        found.extend(passages(index, &searcher, first)?);
    }
    found.sort_by(|a, b| {
        let key =
            |p: &Passage| (p.article.path.clone(), p.article.line, p.article.id.clone(), p.ordinal);
        key(a).cmp(&key(b))
    });
    Ok(found)
}

/// Where the articles with this id begin, or else those of the file with this path.
fn firsts(index: &Index, searcher: &Searcher, name: &str) -> Result<Vec<DocAddress>> {
    for field in [index.fields().id, index.fields().path] {
        let found = documents(searcher, &Term::from_field_text(field, name))?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(Error::NoArticle(name.to_owned()))
}

/// The passages of the article that begins at `first`.
fn passages(index: &Index, searcher: &Searcher, first: DocAddress) -> Result<Vec<Passage>> {
    let layout = &index.layouts()[first.segment_ord as usize];
    let all = layout.passages(layout.article(first.doc_id));
    all.map(|doc| index.passage(searcher, DocAddress::new(first.segment_ord, doc))).collect()
}

/// The documents with a term that were not deleted.
fn documents(searcher: &Searcher, term: &Term) -> Result<Vec<DocAddress>> {
    let mut found = Vec::new();
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let postings =
            reader.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic);
        let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
        while postings.doc() != TERMINATED {
            if !reader.is_deleted(postings.doc()) {
                found.push(DocAddress::new(segment as u32, postings.doc()));
            }
            postings.advance();
        }
    }
    Ok(found)
}

/// The copies of one text.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Copies {
    /// How many articles there are.
    pub count: usize,
    /// The first of them, the original before all, each with its passages.
    pub articles: Vec<Vec<Passage>>,
}

/// Every group of reprints that an article with this id, or else one of the file with this path, is
/// in: of each group the original and at most `limit` reprints are read.
///
/// # Errors
/// [`Error::NoArticle`] where there is no such article.
pub fn reprints(index: &Index, name: &str, limit: usize) -> Result<Vec<Copies>> {
    let searcher = index.searcher();
    let firsts = firsts(index, &searcher, name)?;
    let Some(groups) = index.groups() else { return Ok(Vec::new()) };
    let (mut wanted, mut seen): (Vec<u32>, HashSet<u32>) = Default::default();
    for first in firsts {
        let numbers = index.layouts()[first.segment_ord as usize].columns.number()?;
        let group = numbers.first(first.doc_id).and_then(|number| groups.group(number));
        wanted.extend(group.filter(|&group| seen.insert(group)));
    }
    let copies = |group: u32| {
        let numbers = groups.members(group);
        let shown = numbers.iter().take(limit.saturating_add(1));
        let firsts = shown.filter_map(|&number| numbered(index, &searcher, number).transpose());
        let articles =
            firsts.map(|first| passages(index, &searcher, first?)).collect::<Result<_>>()?;
        Ok(Copies { count: numbers.len(), articles })
    };
    wanted.into_iter().map(copies).collect()
}

/// Where the article with this number begins.
pub(super) fn numbered(
    index: &Index,
    searcher: &Searcher,
    number: u64,
) -> Result<Option<DocAddress>> {
    let found = documents(searcher, &Term::from_field_u64(index.fields().article, number))?
        .first()
        .copied();
    let first = |at: DocAddress| {
        DocAddress::new(at.segment_ord, index.layouts()[at.segment_ord as usize].first(at.doc_id))
    };
    Ok(found.map(first))
}

/// The articles of each year; undated ones under `None`.
pub fn years(index: &Index) -> Result<BTreeMap<Option<i16>, u64>> {
    let mut years = BTreeMap::new();
    for reader in index.searcher().segment_readers() {
        let (dates, ordinals) =
            (reader.fast_fields().i64("date")?, reader.fast_fields().u64("ordinal")?);
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
        let passage_there = if there {
            Some(index.passage(searcher, DocAddress::new(at.segment_ord, doc))?)
        } else {
            None
        };
        Ok(passage_there.filter(|p| {
            p.article.id == passage.article.id && p.article.path == passage.article.path
        }))
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
