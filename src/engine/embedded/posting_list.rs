//! Posting lists: the passages that have something, as steps from one to the next, packed by the
//! block where there are many, or a bit for every passage where that is shorter.

use super::varint;
use bitpacking::{BitPacker, BitPacker4x};
use tantivy::DocId;

/// The form in which a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListKind {
    /// From passage to passage, seven bits a byte, the lowest first; the last byte of a step has
    /// its highest bit clear.
    Steps,
    /// Blocks of [`BLOCK`] passages (a byte says in how many bits a step is packed), then steps for
    /// those that are left.
    Packed,
    /// A bit for every passage of the segment, the lowest first.
    Bits,
}

/// Passages in a block.
pub const BLOCK: usize = BitPacker4x::BLOCK_LEN;
/// Set in the place of a list of bits, and of a packed one.
const BITS: u64 = 1 << 63;
const PACKED: u64 = 1 << 62;

/// The place where a list begins, and its kind, in one number.
pub fn pack(start: u64, kind: ListKind) -> u64 {
    match kind {
        ListKind::Steps => start,
        ListKind::Packed => start | PACKED,
        ListKind::Bits => start | BITS,
    }
}

/// The reverse of [`pack`].
pub fn unpack(packed: u64) -> (u64, ListKind) {
    let kind = match packed & (BITS | PACKED) {
        0 => ListKind::Steps,
        PACKED => ListKind::Packed,
        _ => ListKind::Bits,
    };
    (packed & !(BITS | PACKED), kind)
}

/// A list that grows.
#[derive(Debug, Clone, Default)]
pub struct PostingListBuilder {
    /// The number of its passages.
    pub count: u32,
    /// One past the last of them.
    next: DocId,
    steps: Vec<u8>,
}

impl PostingListBuilder {
    /// Adds a passage that does not come before those added already; one that is the last already
    /// changes nothing. Returns by how many bytes the list grew.
    #[inline]
    pub fn push(&mut self, doc: DocId) -> usize {
        if doc < self.next {
            return 0;
        }
        let before = self.steps.len();
        varint::push(u64::from(doc - self.next), &mut self.steps);
        (self.next, self.count) = (doc + 1, self.count + 1);
        self.steps.len() - before
    }

    /// The list as it is written in a segment of so many passages.
    pub fn finish(self, passages: usize) -> (ListKind, Vec<u8>) {
        let list = PostingList {
            count: self.count,
            kind: ListKind::Steps,
            bytes: &self.steps,
            passages: passages as u32,
        };
        let bits = passages.div_ceil(8);
        let packed = if self.count as usize >= BLOCK { list.packed() } else { Vec::new() };
        if bits < self.steps.len() && (packed.is_empty() || bits < packed.len()) {
            let mut written = vec![0u8; bits];
            list.each(|doc| written[doc as usize / 8] |= 1 << (doc % 8));
            return (ListKind::Bits, written);
        }
        if packed.is_empty() || self.steps.len() <= packed.len() {
            return (ListKind::Steps, self.steps);
        }
        (ListKind::Packed, packed)
    }
}

/// A list as it is written, with whatever follows it.
#[derive(Debug, Clone, Copy)]
pub struct PostingList<'a> {
    /// The number of its passages.
    pub count: u32,
    pub kind: ListKind,
    pub bytes: &'a [u8],
    /// The number of passages of the segment.
    pub passages: u32,
}

impl PostingList<'_> {
    /// Calls `emit` with every passage, in order. What is damaged ends it.
    pub fn each(&self, mut emit: impl FnMut(DocId)) {
        self.each_block(|docs| docs.iter().for_each(|&doc| emit(doc)));
    }

    /// Calls `emit` with at most [`BLOCK`] passages at a time, in order. What is damaged ends it.
    pub fn each_block(&self, mut emit: impl FnMut(&[DocId])) {
        match self.kind {
            ListKind::Bits => self.each_bit(&mut emit),
            ListKind::Steps => self.each_step(self.bytes, 0, self.count, &mut emit),
            ListKind::Packed => {
                let (mut bytes, mut block, mut last) = (self.bytes, [0; BLOCK], None);
                for _ in 0..self.count as usize / BLOCK {
                    let Some((&width, rest)) =
                        bytes.split_first().filter(|(width, _)| **width <= 32)
                    else {
                        return;
                    };
                    let Some((packed, rest)) =
                        rest.split_at_checked(BitPacker4x::compressed_block_size(width))
                    else {
                        return;
                    };
                    BitPacker4x::new().decompress_strictly_sorted(last, packed, &mut block, width);
                    if block[BLOCK - 1] >= self.passages {
                        return;
                    }
                    emit(&block);
                    (bytes, last) = (rest, Some(block[BLOCK - 1]));
                }
                let next = last.map_or(0, |last| last + 1);
                self.each_step(bytes, next, self.count % BLOCK as u32, &mut emit);
            }
        }
    }

    /// `count` steps, the first of them counted from `next`.
    fn each_step(
        &self,
        bytes: &[u8],
        mut next: DocId,
        count: u32,
        emit: &mut impl FnMut(&[DocId]),
    ) {
        let (mut bytes, mut block, mut filled) = (bytes, [0; BLOCK], 0);
        for _ in 0..count {
            let step = varint::take(&mut bytes).and_then(|step| u32::try_from(step).ok());
            let doc = step.and_then(|step| next.checked_add(step));
            let Some(doc) = doc.filter(|&doc| doc < self.passages) else { return };
            (block[filled], next) = (doc, doc + 1);
            filled += 1;
            if filled == BLOCK {
                emit(&block);
                filled = 0;
            }
        }
        if filled > 0 {
            emit(&block[..filled]);
        }
    }

    fn each_bit(&self, emit: &mut impl FnMut(&[DocId])) {
        let bytes = self.bytes.get(..(self.passages as usize).div_ceil(8)).unwrap_or(&[]);
        let (mut block, mut filled) = ([0; BLOCK], 0);
        for (i, chunk) in bytes.chunks(8).enumerate() {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let mut left = u64::from_le_bytes(word);
            while left != 0 {
                block[filled] = i as u32 * 64 + left.trailing_zeros();
                left &= left - 1;
                filled += 1;
            }
            if filled > BLOCK - 64 {
                emit(&block[..filled]);
                filled = 0;
            }
        }
        if filled > 0 {
            emit(&block[..filled]);
        }
    }

    /// The list in packed form.
    fn packed(&self) -> Vec<u8> {
        let (packer, mut last) = (BitPacker4x::new(), None);
        let (mut packed, mut buffer) = (Vec::new(), [0u8; BLOCK * 4]);
        self.each_block(|docs| {
            if docs.len() == BLOCK {
                let width = packer.num_bits_strictly_sorted(last, docs);
                let length = packer.compress_strictly_sorted(last, docs, &mut buffer, width);
                packed.push(width);
                packed.extend_from_slice(&buffer[..length]);
                last = Some(docs[BLOCK - 1]);
            } else {
                let mut next = last.map_or(0, |last| last + 1);
                for &doc in docs {
                    varint::push(u64::from(doc - next), &mut packed);
                    next = doc + 1;
                }
            }
        });
        packed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_gives_its_passages_back(
            mut docs in prop::collection::vec(0u32..100_000, 0..600),
            few in prop::collection::vec(0u32..600, 0..300),
            passages in prop::sample::select(vec![100_000usize, 100_001, 100_063]),
        ) {
            for docs in [&mut docs, &mut few.clone()] {
                docs.sort_unstable();
                let mut builder = PostingListBuilder::default();
                let bytes: usize = docs.iter().map(|&doc| builder.push(doc)).sum();
                docs.dedup();
                let count = builder.count;
                prop_assert_eq!(count as usize, docs.len());
                let passages = if docs.last() < Some(&600) { passages / 150 } else { passages };
                let (kind, written) = builder.finish(passages);
                prop_assert!(written.len() <= bytes.min(passages.div_ceil(8)));
                let mut found = Vec::new();
                let passages = passages as u32;
                let list = PostingList { count, kind, bytes: &written, passages };
                list.each(|doc| found.push(doc));
                prop_assert_eq!(&found, docs);
            }
        }

        #[test]
        fn a_damaged_list_ends(
            bytes in prop::collection::vec(any::<u8>(), 0..600),
            count in any::<u32>(),
            kind in prop::sample::select(vec![ListKind::Bits, ListKind::Steps, ListKind::Packed]),
        ) {
            let list = PostingList { count, kind, bytes: &bytes, passages: 304 };
            list.each(|doc| assert!(doc < 304 || kind == ListKind::Packed));
        }
    }
}
