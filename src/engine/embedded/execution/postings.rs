//! Reads tantivy's postings: terms with their frequencies, exact phrases with their positions.

use super::doc_set::DocBitSet;
use crate::engine::embedded::error::read_error;
use crate::error::Result;
use tantivy::postings::{Postings, SegmentPostings};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// Adds to `set` every document that has `value` in `field`.
pub fn add_term(
    reader: &SegmentReader,
    field: Field,
    value: &str,
    set: &mut DocBitSet,
) -> Result<()> {
    let term = Term::from_field_text(field, value);
    let inverted = reader.inverted_index(field)?;
    if let Some(mut postings) =
        inverted.read_block_postings(&term, IndexRecordOption::Basic).map_err(read_error)?
    {
        while postings.block_len() > 0 {
            postings.docs().iter().for_each(|&doc| set.insert(doc));
            postings.advance();
        }
    }
    Ok(())
}

/// Calls `emit` with the documents of a term and its frequency in them, block by block.
pub fn for_each_block(
    reader: &SegmentReader,
    field: Field,
    word: &str,
    mut emit: impl FnMut(&[DocId], &[u32]),
) -> Result<()> {
    let term = Term::from_field_text(field, word);
    let inverted = reader.inverted_index(field)?;
    if let Some(mut postings) =
        inverted.read_block_postings(&term, IndexRecordOption::WithFreqs).map_err(read_error)?
    {
        while postings.block_len() > 0 {
            emit(postings.docs(), postings.freqs());
            postings.advance();
        }
    }
    Ok(())
}

/// Calls `emit` with each document of `field` in which the characters stand next to each other, and
/// the positions at which they begin. Only documents in `allowed` are looked at.
///
/// The characters must be folded and hold only what [`crate::text::exact::is_exact_char`] admits.
pub fn for_each_phrase(
    reader: &SegmentReader,
    field: Field,
    phrase: &[char],
    allowed: Option<&DocBitSet>,
    mut emit: impl FnMut(DocId, &[u32]),
) -> Result<()> {
    let mut lists = phrase_postings(reader, field, phrase)?;
    if lists.is_empty() {
        return Ok(());
    }
    let (mut starts, mut others): (Vec<u32>, Vec<u32>) = (Vec::new(), Vec::new());
    let mut doc = lists[0].0.doc();
    'documents: while doc != TERMINATED {
        if allowed.is_some_and(|allowed| !allowed.contains(doc)) {
            doc = lists[0].0.advance();
            continue;
        }
        for list in &mut lists[1..] {
            let at = if list.0.doc() < doc { list.0.seek(doc) } else { list.0.doc() };
            if at > doc {
                doc = lists[0].0.seek(at);
                continue 'documents;
            }
        }
        for (i, (postings, offsets)) in lists.iter_mut().enumerate() {
            postings.positions(&mut others);
            if i == 0 {
                let lead = offsets[0];
                starts.clear();
                starts.extend(others.iter().filter_map(|position| position.checked_sub(lead)));
            }
            starts.retain(|start| {
                offsets.iter().all(|offset| others.binary_search(&(start + offset)).is_ok())
            });
            if starts.is_empty() {
                break;
            }
        }
        if !starts.is_empty() {
            emit(doc, &starts);
        }
        doc = lists[0].0.advance();
    }
    Ok(())
}

/// The postings of each different character of a phrase, with its offsets in the phrase, the rarest
/// first; none where a character is nowhere.
fn phrase_postings(
    reader: &SegmentReader,
    field: Field,
    phrase: &[char],
) -> Result<Vec<(SegmentPostings, Vec<u32>)>> {
    let inverted = reader.inverted_index(field)?;
    // A character that stands in several places of the phrase is read once.
    let mut places: Vec<(char, Vec<u32>)> = Vec::new();
    for (offset, &c) in (0..).zip(phrase) {
        match places.iter_mut().find(|(known, _)| *known == c) {
            Some((_, offsets)) => offsets.push(offset),
            None => places.push((c, vec![offset])),
        }
    }
    let mut lists = Vec::with_capacity(places.len());
    for (c, offsets) in places {
        let term = Term::from_field_text(field, c.encode_utf8(&mut [0; 4]));
        let option = IndexRecordOption::WithFreqsAndPositions;
        match inverted.read_postings(&term, option).map_err(read_error)? {
            Some(postings) => lists.push((postings, offsets)),
            None => return Ok(Vec::new()),
        }
    }
    // The rarest character leads.
    lists.sort_by_key(|(postings, offsets)| (postings.doc_freq(), offsets[0]));
    Ok(lists)
}
