//! A set of the documents of one segment.

use fixedbitset::FixedBitSet;
use std::ops::Range;
use tantivy::DocId;

/// A bit for each document of a segment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DocBitSet {
    bits: FixedBitSet,
}

impl DocBitSet {
    /// The empty set over a segment of `max_doc` documents.
    pub fn empty(max_doc: DocId) -> DocBitSet {
        DocBitSet { bits: FixedBitSet::with_capacity(max_doc as usize) }
    }

    /// The set of all documents of a segment.
    pub fn all(max_doc: DocId) -> DocBitSet {
        let mut set = DocBitSet::empty(max_doc);
        set.bits.insert_range(..);
        set
    }

    /// Adds a document; one beyond the segment changes nothing.
    #[inline]
    pub fn insert(&mut self, doc: DocId) {
        if (doc as usize) < self.bits.len() {
            self.bits.insert(doc as usize);
        }
    }

    /// Adds a range of documents of the segment.
    pub fn insert_all(&mut self, documents: Range<DocId>) {
        self.bits.insert_range(documents.start as usize..documents.end as usize);
    }

    /// Makes an empty set one over `max_doc` documents.
    pub fn resize(&mut self, max_doc: DocId) {
        if self.bits.len() != max_doc as usize {
            *self = DocBitSet::empty(max_doc);
        }
    }

    /// Removes all documents.
    pub fn clear(&mut self) {
        self.bits.clear();
    }

    /// True if the document is in the set.
    #[inline]
    pub fn contains(&self, doc: DocId) -> bool {
        self.bits.contains(doc as usize)
    }

    /// Keeps the documents of both sets.
    pub fn intersect(&mut self, other: &DocBitSet) {
        self.bits.intersect_with(&other.bits);
    }

    /// Keeps the documents for which `keep` returns true.
    pub fn retain(&mut self, mut keep: impl FnMut(DocId) -> bool) {
        for (i, block) in self.bits.as_mut_slice().iter_mut().enumerate() {
            let mut left = *block;
            while left != 0 {
                let bit = left.trailing_zeros();
                left &= left - 1;
                if !keep(i as u32 * usize::BITS + bit) {
                    *block &= !(1 << bit);
                }
            }
        }
    }

    /// Calls `emit` with every document of the set, in order.
    pub fn for_each(&self, mut emit: impl FnMut(DocId)) {
        self.bits.ones().for_each(|doc| emit(doc as DocId));
    }

    /// The number of documents.
    pub fn count(&self) -> u64 {
        self.bits.count_ones(..) as u64
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.bits.is_clear()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_keeps_what_is_put_in_and_forgets_what_lies_beyond() {
        let mut set = DocBitSet::empty(100);
        [3, 64, 99, 100, 4_000].into_iter().for_each(|doc| set.insert(doc));
        set.insert_all(70..73);
        assert_eq!(set.count(), 6);
        set.retain(|doc| doc != 64);
        let mut found = Vec::new();
        set.for_each(|doc| found.push(doc));
        assert_eq!(found, [3, 70, 71, 72, 99]);
        assert!(set.contains(99) && !set.contains(64) && !set.contains(4_000));
        set.clear();
        assert!(set.is_empty());
    }

    #[test]
    fn a_set_over_another_segment_is_empty_and_of_its_size() {
        let mut set = DocBitSet::empty(10);
        set.resize(65);
        set.insert(64);
        assert!(set.contains(64));
        let mut all = DocBitSet::all(65);
        all.intersect(&set);
        assert_eq!(all, set);
    }
}
