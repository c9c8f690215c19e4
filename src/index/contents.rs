//! Everything that an index holds, article by article, in an order that depends only on what it holds.

use super::{Entry, Index};
use crate::error::{Error, Result};
use crate::passage::Passage;
use std::collections::HashMap;
use tantivy::DocAddress;

/// Hands over the passages of every article: by path, then by line, then by article number. In memory are one article and a few
/// bytes for each other.
///
/// # Errors
/// What `emit` says; [`Error::Damaged`] where an article of the table of records is not in the index.
pub fn articles(index: &Index, mut emit: impl FnMut(&[Passage]) -> Result<()>) -> Result<()> {
    let Some(records) = index.records() else { return Ok(()) };
    let ledger = index.ledger()?;
    let mut paths: Vec<(&str, u32)> = ledger.files.values().map(|file| (file.path.as_str(), file.number)).collect();
    paths.sort_unstable();
    let ranks: HashMap<u32, usize> = paths.iter().enumerate().map(|(rank, (_, number))| (*number, rank)).collect();
    let mut entries: Vec<Entry> = records.iter().collect();
    entries.sort_by_key(|entry| (ranks.get(&entry.file), entry.line, entry.article));
    let places = places(index)?;
    let searcher = index.searcher();
    for entry in entries {
        let found = places.binary_search_by_key(&entry.article, |place| place.0);
        let (_, segment, first) = found.map(|place| places[place]).map_err(|_| Error::Damaged {
            path: index.folder().to_owned(),
            reason: "an article of its table of records is missing".to_owned(),
        })?;
        let layout = &index.layouts()[segment as usize];
        let passages = layout.passages(layout.article(first));
        let passages: Result<Vec<Passage>> =
            passages.map(|doc| index.passage(&searcher, DocAddress::new(segment, doc))).collect();
        emit(&passages?)?;
    }
    Ok(())
}

/// The first passage of each article: its number, its segment, its place there; by number.
fn places(index: &Index) -> Result<Vec<(u64, u32, u32)>> {
    let searcher = index.searcher();
    let mut places = Vec::new();
    for (segment, (reader, layout)) in (0..).zip(searcher.segment_readers().iter().zip(index.layouts())) {
        let numbers = reader.fast_fields().u64("number")?;
        let alive = layout.firsts().iter().filter(|doc| !reader.is_deleted(**doc));
        places.extend(alive.filter_map(|&doc| Some((numbers.first(doc)?, segment, doc))));
    }
    places.sort_unstable();
    Ok(places)
}
