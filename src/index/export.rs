//! Gives every article of an index back, in an order that depends on the articles alone.

use super::{Index, Kept, Layout};
use crate::error::Result;
use crate::passage::Passage;
use std::collections::HashMap;
use tantivy::{DocAddress, Searcher};

/// Where an article stands in the order, and where its first passage is.
struct Place {
    /// Its file's place among the paths.
    file: u32,
    line: u32,
    number: u64,
    first: DocAddress,
}

/// Hands over the passages of each article, article by article: by path, line and id. `kept` is of
/// the same commit as the index, see [`Index::open_with_kept`]. Keeps 32 bytes an article in
/// memory.
///
/// # Errors
/// [`crate::error::Error::Damaged`] where an article cannot be read, and what `each` returns.
pub fn each_article(
    index: &Index,
    kept: &Kept,
    mut each: impl FnMut(&[Passage]) -> Result<()>,
) -> Result<()> {
    let searcher = index.searcher();
    let places = places(index, kept, &searcher)?;
    for group in places.chunk_by(|a, b| (a.file, a.line) == (b.file, b.line)) {
        let mut articles = Vec::with_capacity(group.len());
        for place in group {
            articles.push((passages(index, &searcher, place.first)?, place.number));
        }
        let id = |article: &(Vec<Passage>, u64)| article.0.first().map(|p| p.article.id.clone());
        articles.sort_by_cached_key(|article| (id(article), article.1));
        articles.iter().try_for_each(|(passages, _)| each(passages))?;
    }
    Ok(())
}

/// The articles in order, those on the same line of a file in any.
fn places(index: &Index, kept: &Kept, searcher: &Searcher) -> Result<Vec<Place>> {
    let mut paths: Vec<(&str, &str)> = kept
        .ledger
        .files
        .values()
        .map(|record| (record.path.as_str(), record.file.as_str()))
        .collect();
    paths.sort_unstable();
    let ranks: HashMap<super::records::FileKey, u32> = (0..)
        .zip(&paths)
        .map(|(rank, (_, file))| (super::records::FileKey::new(file), rank))
        .collect();
    let mut places = Vec::with_capacity(kept.records.len());
    for (segment, reader) in searcher.segment_readers().iter().enumerate() {
        let numbers = reader.fast_fields().u64("number")?;
        for &doc in index.layouts()[segment].firsts() {
            let number = numbers.first(doc).unwrap_or(0);
            let row = kept.records.get(number).filter(|_| !reader.is_deleted(doc));
            let Some(row) = row else { continue };
            let file = ranks.get(&row.file).copied().unwrap_or(u32::MAX);
            places.push(Place {
                file,
                line: row.line,
                number,
                first: DocAddress::new(segment as u32, doc),
            });
        }
    }
    places.sort_unstable_by_key(|place| (place.file, place.line, place.number));
    Ok(places)
}

/// The passages of the article that begins at `first`.
fn passages(index: &Index, searcher: &Searcher, first: DocAddress) -> Result<Vec<Passage>> {
    let layout: &Layout = &index.layouts()[first.segment_ord as usize];
    let docs = layout.passages(layout.article(first.doc_id));
    docs.map(|doc| index.passage(searcher, DocAddress::new(first.segment_ord, doc))).collect()
}
