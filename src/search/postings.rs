//! Reads the engine's postings: sets of documents, terms with their frequencies, exact phrases with
//! their positions.

use crate::error::Result;
use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, SegmentReader, TERMINATED, Term};

/// A set of documents of one segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocBits {
    words: Vec<u64>,
}

impl DocBits {
    /// The empty set over a segment of `max_doc` documents.
    pub fn empty(max_doc: DocId) -> DocBits {
        DocBits { words: vec![0; (max_doc as usize).div_ceil(64)] }
    }

    /// Adds a document.
    #[inline]
    pub fn insert(&mut self, doc: DocId) {
        if let Some(word) = self.words.get_mut(doc as usize / 64) {
            *word |= 1 << (doc % 64);
        }
    }

    /// Makes the set one over `max_doc` documents; those beyond go.
    pub fn resize(&mut self, max_doc: DocId) {
        self.words.resize((max_doc as usize).div_ceil(64), 0);
        if let Some(last) = self.words.last_mut().filter(|_| !max_doc.is_multiple_of(64)) {
            *last &= (1 << (max_doc % 64)) - 1;
        }
    }

    /// Removes all documents.
    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    /// Adds a range of documents.
    pub fn insert_all(&mut self, documents: std::ops::Range<DocId>) {
        documents.for_each(|doc| self.insert(doc));
    }

    /// Whether the document is in the set.
    #[inline]
    pub fn contains(&self, doc: DocId) -> bool {
        self.words.get(doc as usize / 64).is_some_and(|word| word >> (doc % 64) & 1 == 1)
    }

    /// Keeps what is in both.
    pub fn intersect(&mut self, other: &DocBits) {
        self.words.iter_mut().zip(&other.words).for_each(|(a, b)| *a &= b);
    }

    /// Keeps the documents for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(DocId) -> bool) {
        for (i, word) in self.words.iter_mut().enumerate() {
            let mut left = *word;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !keep(i as u32 * 64 + bit) {
                    *word &= !(1 << bit);
                }
            }
        }
    }

    /// Calls `emit` with every document of the set, in order.
    pub fn for_each(&self, mut emit: impl FnMut(DocId)) {
        for (i, &word) in self.words.iter().enumerate() {
            let mut left = word;
            while left != 0 {
                emit(i as u32 * 64 + left.trailing_zeros());
                left &= left - 1;
            }
        }
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.words.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&w| w == 0)
    }
}

/// Adds to `set` every document that has `value` in `field`.
pub fn add_term(
    reader: &SegmentReader,
    field: Field,
    value: &str,
    set: &mut DocBits,
) -> Result<()> {
    let term = Term::from_field_text(field, value);
    let inverted = reader.inverted_index(field)?;
    if let Some(mut postings) =
        inverted.read_block_postings(&term, IndexRecordOption::Basic).map_err(engine)?
    {
        while postings.block_len() > 0 {
            postings.docs().iter().for_each(|&doc| set.insert(doc));
            postings.advance();
        }
    }
    Ok(())
}

/// How often a word counts in each document of a block, since words are indexed without
/// frequencies.
const ONCE: [u32; 128] = [1; 128];

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
        inverted.read_block_postings(&term, IndexRecordOption::WithFreqs).map_err(engine)?
    {
        let counted = reader.schema().get_field_entry(field).field_type().get_index_record_option()
            != Some(IndexRecordOption::Basic);
        while postings.block_len() > 0 {
            emit(postings.docs(), if counted { postings.freqs() } else { &ONCE });
            postings.advance();
        }
    }
    Ok(())
}

/// Calls `emit` with each document of `field` in which the characters stand next to each other, and
/// the positions at which they begin. Only documents in `allowed` are looked at.
///
/// The characters must be folded and hold only what [`crate::index::is_exact_char`] admits.
pub fn for_each_phrase(
    reader: &SegmentReader,
    field: Field,
    phrase: &[char],
    allowed: Option<&DocBits>,
    mut emit: impl FnMut(DocId, &[u32]),
) -> Result<()> {
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
        match inverted.read_postings(&term, option).map_err(engine)? {
            Some(postings) => lists.push((postings, offsets)),
            None => return Ok(()),
        }
    }
    if lists.is_empty() {
        return Ok(());
    }
    // The rarest character leads.
    lists.sort_by_key(|(postings, offsets)| (postings.doc_freq(), offsets[0]));
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

fn engine(error: std::io::Error) -> crate::error::Error {
    crate::error::Error::Engine(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_documents_keeps_order_and_count() {
        let mut set = DocBits::empty(200);
        [199, 3, 64, 63].iter().for_each(|&d| set.insert(d));
        let mut seen = Vec::new();
        set.retain(|d| {
            seen.push(d);
            d != 64
        });
        assert_eq!(seen, [3, 63, 64, 199]);
        assert_eq!((set.contains(63), set.contains(64), set.contains(199)), (true, false, true));
        let other = set.clone();
        set.intersect(&DocBits::empty(200));
        assert!(set.is_empty() && !other.is_empty());
    }
}
