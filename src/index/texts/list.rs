//! Which passages have a character: a list of the steps between them, or a bit for every passage where that is shorter.

use tantivy::DocId;

/// How a list is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// From passage to passage, seven bits a byte, the lowest first; the last byte of a step has its highest bit clear.
    Steps,
    /// A bit for every passage of the segment, the lowest first.
    Bits,
}

/// Set in the place of a list of bits.
const BITS: u64 = 1 << 63;

/// Where a list begins, and its kind, in one number.
pub fn pack(start: u64, kind: Kind) -> u64 {
    if kind == Kind::Bits { start | BITS } else { start }
}

/// The reverse of [`pack`].
pub fn unpack(packed: u64) -> (u64, Kind) {
    (packed & !BITS, if packed & BITS != 0 { Kind::Bits } else { Kind::Steps })
}

/// A list that grows.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    /// How many passages it has.
    pub count: u32,
    /// One past the last of them.
    next: DocId,
    steps: Vec<u8>,
}

impl Builder {
    /// Adds a passage that does not come before those added already; one that is the last already changes nothing. Returns by how many
    /// bytes the list grew.
    #[inline]
    pub fn push(&mut self, doc: DocId) -> usize {
        if doc < self.next {
            return 0;
        }
        let before = self.steps.len();
        let mut step = doc - self.next;
        while step >= 0x80 {
            self.steps.push(step as u8 | 0x80);
            step >>= 7;
        }
        self.steps.push(step as u8);
        (self.next, self.count) = (doc + 1, self.count + 1);
        self.steps.len() - before
    }

    /// The list as it is written in a segment of so many passages.
    pub fn finish(self, passages: usize) -> (Kind, Vec<u8>) {
        if self.steps.len() <= passages.div_ceil(8) {
            return (Kind::Steps, self.steps);
        }
        let mut bits = vec![0u8; passages.div_ceil(8)];
        List { count: self.count, kind: Kind::Steps, bytes: &self.steps, passages: passages as u32 }
            .each(|doc| bits[doc as usize / 8] |= 1 << (doc % 8));
        (Kind::Bits, bits)
    }
}

/// A list as it is written, with whatever follows it.
#[derive(Debug, Clone, Copy)]
pub struct List<'a> {
    /// How many passages it has.
    pub count: u32,
    pub kind: Kind,
    pub bytes: &'a [u8],
    /// How many passages the segment has.
    pub passages: u32,
}

impl List<'_> {
    /// Calls `emit` with every passage, in order. What is damaged ends it.
    pub fn each(&self, mut emit: impl FnMut(DocId)) {
        match self.kind {
            Kind::Steps => {
                let (mut bytes, mut next) = (self.bytes.iter(), 0u32);
                for _ in 0..self.count {
                    let (mut step, mut shift) = (0u32, 0);
                    loop {
                        let Some(&byte) = bytes.next().filter(|_| shift < 32) else { return };
                        step |= u32::from(byte & 0x7f) << shift;
                        if byte < 0x80 {
                            break;
                        }
                        shift += 7;
                    }
                    let Some(doc) = next.checked_add(step).filter(|&doc| doc < self.passages) else { return };
                    emit(doc);
                    next = doc + 1;
                }
            }
            Kind::Bits => {
                let bytes = self.bytes.get(..(self.passages as usize).div_ceil(8)).unwrap_or(&[]);
                for (i, chunk) in bytes.chunks(8).enumerate() {
                    let mut word = [0; 8];
                    word[..chunk.len()].copy_from_slice(chunk);
                    let mut left = u64::from_le_bytes(word);
                    while left != 0 {
                        let doc = i as u32 * 64 + left.trailing_zeros();
                        left &= left - 1;
                        if doc < self.passages {
                            emit(doc);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_list_gives_its_passages_back(mut docs in prop::collection::vec(0u32..600, 0..300), passages in 600usize..700) {
            docs.sort_unstable();
            let mut builder = Builder::default();
            let bytes: usize = docs.iter().map(|&doc| builder.push(doc)).sum();
            docs.dedup();
            let count = builder.count;
            prop_assert_eq!(count as usize, docs.len());
            let (kind, written) = builder.finish(passages);
            prop_assert!(written.len() == bytes.min(passages.div_ceil(8)));
            let mut found = Vec::new();
            List { count, kind, bytes: &written, passages: passages as u32 }.each(|doc| found.push(doc));
            prop_assert_eq!(found, docs);
        }

        #[test]
        fn a_damaged_list_ends(bytes in prop::collection::vec(any::<u8>(), 0..40), count in any::<u32>(), bits in any::<bool>()) {
            let kind = if bits { Kind::Bits } else { Kind::Steps };
            List { count, kind, bytes: &bytes, passages: 300 }.each(|doc| assert!(doc < 300));
        }
    }
}
