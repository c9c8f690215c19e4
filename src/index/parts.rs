//! What our own components of a segment share: the numbers at the end of a file, and where passages go when segments are
//! merged.

use tantivy::{DocId, SegmentReader};

/// Numbers at the end of a file.
pub fn footer<const N: usize>(numbers: [u64; N]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// The numbers at the end of a file, and the ranges of the parts before them, whose lengths `lengths` tells in order; `None`
/// where these do not make up the file.
pub fn read<const N: usize, const P: usize>(
    bytes: &[u8],
    lengths: impl FnOnce([u64; N]) -> Option<[u64; P]>,
) -> Option<([u64; N], [std::ops::Range<usize>; P])> {
    let end = bytes.len().checked_sub(8 * N)?;
    let mut numbers = [0; N];
    for (number, bytes) in numbers.iter_mut().zip(bytes[end..].chunks_exact(8)) {
        *number = u64::from_le_bytes(bytes.try_into().ok()?);
    }
    let mut ranges = std::array::from_fn(|_| 0..0);
    let mut at = 0usize;
    for (range, length) in ranges.iter_mut().zip(lengths(numbers)?) {
        let next = at.checked_add(usize::try_from(length).ok()?)?;
        *range = at..next;
        at = next;
    }
    (at == end).then_some((numbers, ranges))
}

/// The number at a place that is known to lie in `bytes`; 0 where it does not.
pub fn number<const N: usize, T: Default>(bytes: &[u8], at: usize, of: fn([u8; N]) -> T) -> T {
    bytes.get(at..).and_then(<[u8]>::first_chunk).copied().map(of).unwrap_or_default()
}

/// Where the passages of a segment go in a merge.
pub struct Moves {
    /// The new number of each passage, `DocId::MAX` for one that was deleted; none where all move by `first`.
    moved: Option<Vec<DocId>>,
    first: DocId,
    /// One past the new number of its last passage.
    pub end: DocId,
}

impl Moves {
    /// Those of a segment whose first passage gets the number `first`.
    pub fn new(reader: &SegmentReader, first: DocId) -> Moves {
        if reader.num_deleted_docs() == 0 {
            return Moves { moved: None, first, end: first + reader.max_doc() };
        }
        let mut end = first;
        let mut place = |doc: DocId| {
            if reader.is_deleted(doc) {
                return DocId::MAX;
            }
            end += 1;
            end - 1
        };
        let moved = (0..reader.max_doc()).map(&mut place).collect();
        Moves { moved: Some(moved), first, end }
    }

    /// The new number of a passage that was not deleted.
    #[inline]
    pub fn of(&self, doc: DocId) -> Option<DocId> {
        match &self.moved {
            None => Some(self.first + doc),
            Some(moved) => moved.get(doc as usize).copied().filter(|&doc| doc != DocId::MAX),
        }
    }
}
