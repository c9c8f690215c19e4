//! Hashed words and their numbers: an open-addressing index over sorted hashes, made to be read
//! fast.
//!
//! The data of a word are kept by model.rs and background.rs under the number that the table
//! gives it.

/// Sorted, unique hashes and the way from a hash to its position.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct HashTable {
    hashes: Vec<u32>,
    /// Hash and position + 1, zero where empty; as many as a power of two.
    slots: Vec<(u32, u32)>,
}

impl HashTable {
    /// A table of `hashes`, which must be sorted and unique.
    pub(super) fn new(hashes: Vec<u32>) -> HashTable {
        // At most four of five slots are taken: a small table in the cache beats short searches
        // outside it.
        let size = (hashes.len() + hashes.len() / 4 + 1).next_power_of_two();
        let mut slots = vec![(0u32, 0u32); size];
        for (position, &hash) in hashes.iter().enumerate() {
            let mut at = place(hash, size);
            while slots[at].1 != 0 {
                at = (at + 1) & (size - 1);
            }
            slots[at] = (hash, position as u32 + 1);
        }
        HashTable { hashes, slots }
    }

    /// The hashes in order.
    pub(super) fn hashes(&self) -> &[u32] {
        &self.hashes
    }

    /// The position of `hash` among the hashes.
    pub(super) fn find(&self, hash: u32) -> Option<u32> {
        let mask = self.slots.len().checked_sub(1)?;
        let mut at = place(hash, self.slots.len());
        loop {
            let (found, position) = self.slots[at];
            if position == 0 {
                return None;
            }
            if found == hash {
                return Some(position - 1);
            }
            at = (at + 1) & mask;
        }
    }
}

/// The home slot of a hash among so many slots: in the order of hashes, since words are asked for
/// in that order.
#[inline]
fn place(hash: u32, size: usize) -> usize {
    ((u64::from(hash) * size as u64) >> 32) as usize
}

/// The unread rest of a model's bytes.
pub(super) struct ModelReader<'a> {
    /// The bytes not yet read.
    pub bytes: &'a [u8],
}

impl<'a> ModelReader<'a> {
    pub(super) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(n)?;
        self.bytes = tail;
        Some(head)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|b| b[0])
    }

    pub(super) fn number(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    pub(super) fn real(&mut self) -> Option<f32> {
        self.number().map(f32::from_bits).filter(|v| v.is_finite())
    }

    /// `n` hashes; `None` where they are not sorted and unique.
    pub(super) fn hashes(&mut self, n: usize) -> Option<Vec<u32>> {
        let bytes = self.take(n.checked_mul(4)?)?;
        let hashes: Vec<u32> =
            bytes.chunks_exact(4).map(|c| u32::from_le_bytes([c[0], c[1], c[2], c[3]])).collect();
        hashes.windows(2).all(|pair| pair[0] < pair[1]).then_some(hashes)
    }
}
