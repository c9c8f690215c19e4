//! Reprints in an answer: a text that several outlets printed is shown once, by its original where that answers too.
//!
//! Which articles are one text was found when they were indexed; see [`crate::reprint`].

use super::evidence::Segment;
use super::rank::Scored;
use crate::error::{Error, Result};
use crate::index::{Groups, Index};
use crate::passage::Passage;
use std::collections::HashMap;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, TERMINATED, Term};

/// What happens to reprints in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reprints {
    /// Those that answer together make one hit: the original's, or else that of the best.
    #[default]
    Folded,
    /// Each is a hit.
    Shown,
    /// They are left out of hits and of all counts: only originals, and what was never reprinted, answer.
    LeftOut,
}

/// The articles of an answer by place: segment and number in it.
type Place = (usize, u32);

/// What folding found.
#[derive(Default)]
pub struct Folded {
    /// How many different texts answer.
    pub texts: u64,
    /// For the articles that stand for others: how many others.
    pub others: HashMap<Place, u32>,
}

/// Leaves reprints out of everything that was scored.
pub fn leave_out(scored: &mut [Scored<'_>], segments: &[Segment<'_>], groups: Option<&Groups>) -> Result<()> {
    let Some(groups) = groups else { return Ok(()) };
    for (scored, segment) in scored.iter_mut().zip(segments) {
        let numbers = segment.layout.columns.number()?;
        let kept = |article: u32| {
            let number = numbers.first(segment.layout.passages(article).start);
            let original = number.and_then(|n| groups.group(n)).and_then(|group| groups.original(group));
            original.is_none() || original == number
        };
        scored.articles.retain(|found| kept(found.article));
        let mut last = (u32::MAX, false);
        scored.passages.retain(|&(doc, _)| {
            let article = segment.layout.article(doc);
            if last.0 != article {
                last = (article, kept(article));
            }
            last.1
        });
    }
    Ok(())
}

/// Folds the articles that were scored: of each text one stays.
pub fn fold(scored: &mut [Scored<'_>], segments: &[Segment<'_>], groups: Option<&Groups>) -> Result<Folded> {
    let mut folded = Folded { texts: scored.iter().map(|s| s.articles.len() as u64).sum(), ..Folded::default() };
    let Some(groups) = groups.filter(|groups| !groups.is_empty()) else { return Ok(folded) };
    // By group: the article that stands for it, whether that is the original, its score, and how many there are.
    let mut best: HashMap<u32, (Place, bool, f32, u32)> = HashMap::new();
    let mut grouped: Vec<(Place, u32)> = Vec::new();
    for (segment, (scored, of)) in scored.iter().zip(segments).enumerate() {
        let numbers = of.layout.columns.number()?;
        for found in &scored.articles {
            let Some(number) = numbers.first(of.layout.passages(found.article).start) else { continue };
            let Some(group) = groups.group(number) else { continue };
            let (place, original) = ((segment, found.article), groups.original(group) == Some(number));
            grouped.push((place, group));
            let entry = best.entry(group).or_insert((place, original, found.score, 0));
            entry.3 += 1;
            if original || !entry.1 && found.score > entry.2 {
                (entry.0, entry.1, entry.2) = (place, original, found.score);
            }
        }
    }
    folded.texts -= best.values().map(|b| u64::from(b.3) - 1).sum::<u64>();
    let mut hidden: Vec<Vec<u32>> = vec![Vec::new(); scored.len()];
    for ((segment, article), group) in grouped {
        if best[&group].0 != (segment, article) {
            hidden[segment].push(article);
        }
    }
    for (scored, hidden) in scored.iter_mut().zip(&hidden) {
        scored.articles.retain(|found| hidden.binary_search(&found.article).is_err());
    }
    folded.others = best.into_values().filter(|b| b.3 > 1).map(|b| (b.0, b.3 - 1)).collect();
    Ok(folded)
}

/// The articles that print the same text as `passages` do, which are all of one article: the original first, then in the
/// order of date, id and path. Each with its passages; the article itself is among them.
///
/// # Errors
/// What the engine reports of a damaged index.
pub fn reprints(index: &Index, passages: &[Passage]) -> Result<Vec<Vec<Passage>>> {
    let Some(first) = passages.first() else { return Ok(Vec::new()) };
    let alone = || vec![passages.to_vec()];
    let Some(groups) = index.groups() else { return Ok(alone()) };
    let searcher = index.searcher();
    let number = numbers(index, &first.article.id)?.into_iter().find_map(|(number, address)| {
        let found = index.passage(&searcher, address).ok()?;
        (found.article.path == first.article.path && found.article.line == first.article.line).then_some(number)
    });
    let Some(group) = number.and_then(|number| groups.group(number)) else { return Ok(alone()) };
    let members = groups.members(group);
    let mut copies = Vec::with_capacity(members.len());
    for number in &members {
        let copy = with_number(index, *number)?;
        if !copy.is_empty() {
            copies.push((Some(number) != members.first(), copy));
        }
    }
    copies.sort_by(|(a, x), (b, y)| {
        let key = |p: &[Passage]| {
            let head = &p[0].article;
            (head.date.is_none(), head.date.clone(), head.id.clone(), head.path.clone(), head.line)
        };
        a.cmp(b).then_with(|| key(x).cmp(&key(y)))
    });
    Ok(copies.into_iter().map(|(_, copy)| copy).collect())
}

/// The articles with this id: number and first passage.
fn numbers(index: &Index, id: &str) -> Result<Vec<(u64, DocAddress)>> {
    let fields = index.fields();
    let term = Term::from_field_text(fields.id, id);
    let mut found = Vec::new();
    for address in documents(index, &term)? {
        let column = index.layouts()[address.segment_ord as usize].columns.number()?;
        found.extend(column.first(address.doc_id).map(|number| (number, address)));
    }
    Ok(found)
}

/// The passages of the article with this number, in order.
fn with_number(index: &Index, number: u64) -> Result<Vec<Passage>> {
    let searcher = index.searcher();
    let term = Term::from_field_u64(index.fields().article, number);
    let documents = documents(index, &term)?;
    documents.into_iter().map(|address| index.passage(&searcher, address)).collect()
}

/// The documents of a term that were not deleted.
fn documents(index: &Index, term: &Term) -> Result<Vec<DocAddress>> {
    let mut found = Vec::new();
    for (segment, reader) in index.searcher().segment_readers().iter().enumerate() {
        let postings = reader.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic);
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
