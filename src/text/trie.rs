//! Words with numbers as a double array over characters: bytes that are used where they lie, in
//! memory or in a mapped file.
//!
//! A node is a prefix of some word. Its children lie at its base plus the code of their character,
//! and each names its parent, so that a step is one look (Aoe 1989). Characters that many words go
//! on with have small codes, which packs well. A node also says whether a word ends there, and
//! which number that has in a table of the different numbers.
//!
//! The bytes are [`MAGIC`], three lengths, the codes of the characters below U+10000 (2 bytes
//! each), those of the others (character and code, 4 bytes each, in order), the table of numbers (8
//! bytes each), and the nodes (8 bytes each). All numbers are little-endian.

mod build;

pub(super) use build::build;

use std::ops::Range;

/// The magic number at the start of the bytes.
const MAGIC: &[u8; 8] = b"jbtrie\x00\x01";
/// Bytes before the first part.
const HEAD: usize = MAGIC.len() + 3 * 8;
/// Characters whose codes are found without searching.
const DIRECT: usize = 0x1_0000;
/// Bits of a node for its parent, and for its base; the rest are for its number.
const PLACE_BITS: u32 = 24;
const PLACE_MASK: u64 = (1 << PLACE_BITS) - 1;
/// The parent of a place without a node.
const NOBODY: u64 = PLACE_MASK;
/// Words with numbers. `D` is where the bytes lie.
#[derive(Debug, Clone)]
pub(super) struct Trie<D> {
    bytes: D,
    more: Range<usize>,
    nodes: Range<usize>,
    numbers: Vec<u64>,
}

/// The bytes of a trie, held for many steps.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    direct: &'a [u8],
    more: &'a [u8],
    nodes: &'a [u8],
}

/// A prefix of some word.
#[derive(Clone, Copy)]
pub(super) struct TrieNode {
    place: u64,
    unit: u64,
}

impl TrieNode {
    /// The index in [`Trie::numbers`] of the word that ends here; `None` where none does.
    #[inline]
    pub fn number(self) -> Option<usize> {
        (self.unit >> (2 * PLACE_BITS)).checked_sub(1).map(|number| number as usize)
    }
}

impl View<'_> {
    /// The code of a character; 0 where no word has it.
    #[inline]
    pub fn code(self, c: char) -> u16 {
        let at = c as usize * 2;
        match self.direct.get(at..at + 2) {
            Some(code) => u16::from_le_bytes([code[0], code[1]]),
            None => self.code_of_rare(c),
        }
    }

    #[cold]
    fn code_of_rare(self, c: char) -> u16 {
        let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| self.more[at * 8 + i]));
        let (mut low, mut high) = (0, self.more.len() / 8);
        while low < high {
            let middle = (low + high) / 2;
            if number(middle) < c as u32 { low = middle + 1 } else { high = middle }
        }
        let found = self.more.get(low * 8..low * 8 + 8).filter(|_| number(low) == c as u32);
        found.map_or(0, |entry| u16::from_le_bytes([entry[4], entry[5]]))
    }

    /// The node of the character with this code.
    #[inline]
    pub fn first(self, code: u16) -> Option<TrieNode> {
        self.step(TrieNode { place: 0, unit: 0 }, code)
    }

    /// The node one character further on.
    #[inline]
    pub fn next(self, node: TrieNode, code: u16) -> Option<TrieNode> {
        // Without children: the base of nobody but the root is 0.
        if node.unit >> PLACE_BITS & PLACE_MASK == 0 { None } else { self.step(node, code) }
    }

    #[inline]
    fn step(self, node: TrieNode, code: u16) -> Option<TrieNode> {
        let place = (node.unit >> PLACE_BITS & PLACE_MASK) + u64::from(code);
        let at = place as usize * 8;
        let unit = self.nodes.get(at..at + 8)?;
        let unit = little_endian(unit);
        (code != 0 && unit & PLACE_MASK == node.place).then_some(TrieNode { place, unit })
    }

    /// True if characters with these codes are a word.
    pub fn has(self, codes: &[u16]) -> bool {
        let Some((&first, rest)) = codes.split_first() else { return false };
        let end =
            rest.iter().try_fold(self.first(first), |node, &code| Some(self.next(node?, code)));
        end.flatten().is_some_and(|node| node.number().is_some())
    }

    /// The index in [`Trie::numbers`] of a word.
    pub fn find(self, word: &str) -> Option<usize> {
        let mut chars = word.chars();
        let mut node = self.first(self.code(chars.next()?))?;
        for c in chars {
            node = self.next(node, self.code(c))?;
        }
        node.number()
    }
}

impl<D: AsRef<[u8]> + Default> Trie<D> {
    /// A trie without words.
    pub fn empty() -> Trie<D> {
        Trie { bytes: D::default(), more: 0..0, nodes: 0..0, numbers: Vec::new() }
    }
}

impl<D: AsRef<[u8]>> Trie<D> {
    /// Opens what [`build`] gave; `None` where the bytes are something else.
    pub fn open(bytes: D) -> Option<Trie<D>> {
        let all = bytes.as_ref();
        let head = all.get(..HEAD)?.strip_prefix(MAGIC)?;
        let mut lengths = head.chunks_exact(8).map(little_endian);
        let mut end = HEAD + DIRECT * 2;
        let mut part = || {
            let start = end;
            end = start.checked_add(usize::try_from(lengths.next()?).ok()?)?;
            ((end - start).is_multiple_of(8) && end <= all.len()).then_some(start..end)
        };
        let (more, numbers, nodes) = (part()?, part()?, part()?);
        if nodes.end != all.len() {
            return None;
        }
        let numbers = all[numbers].chunks_exact(8).map(little_endian).collect();
        Some(Trie { numbers, more, nodes, bytes })
    }

    /// The different numbers that words have, smallest first.
    pub fn numbers(&self) -> &[u64] {
        &self.numbers
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_ref()
    }

    /// The view in which steps are made.
    pub fn view(&self) -> View<'_> {
        let bytes = self.bytes.as_ref();
        let part = |range: Range<usize>| bytes.get(range).unwrap_or(&[]);
        View {
            direct: part(HEAD..HEAD + DIRECT * 2),
            more: part(self.more.clone()),
            nodes: part(self.nodes.clone()),
        }
    }
}

/// Eight bytes as a number.
#[inline]
fn little_endian(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn every_word_is_found_with_its_number_and_nothing_else(
            words in prop::collection::btree_map("[中国人民ab𠮷\u{10fffe}]{1,4}", 0u64..9, 0..40),
            others in prop::collection::vec("[中国人民abc𠮷]{0,5}", 0..20),
        ) {
            let list: Vec<(&str, u64)> =
                words.iter().map(|(word, &number)| (word.as_str(), number)).collect();
            let trie = Trie::open(build(&list).unwrap()).unwrap();
            let find = |word: &str| trie.view().find(word).map(|number| trie.numbers()[number]);
            for word in words.keys().chain(&others) {
                prop_assert_eq!(find(word), words.get(word).copied());
            }
        }

        #[test]
        fn bytes_that_are_damaged_do_no_harm(at in 0usize..4000, byte: u8, word in "[中国人\
            ]{1,3}") {
            let words = BTreeMap::from([("中", 1), ("中国", 2), ("中国人", 3), ("国人", 1)]);
            let mut bytes = build(&words.into_iter().collect::<Vec<_>>()).unwrap();
            let at = if at < 2000 { at % HEAD } else { bytes.len() - 1 - at % 1000 };
            bytes[at] = byte;
            if let Some(trie) = Trie::open(bytes) {
                trie.view().find(&word).and_then(|number| trie.numbers().get(number).copied());
            }
        }
    }

    #[test]
    fn other_bytes_are_no_trie() {
        assert!(Trie::open(b"something else".as_slice()).is_none());
        assert!(Trie::open(Vec::new()).is_none());
    }
}
