//! Words with numbers as a double array over characters: bytes that are used where they lie, in memory or in a mapped file.
//!
//! A node is a prefix of some word. Its children lie at its base plus the code of their character, and each names its
//! parent, so that a step is one look (Aoe 1989). Characters that many words go on with have small codes, which packs well.
//! A node also says whether a word ends there, and which number that has in a table of the different numbers.
//!
//! The bytes are [`MAGIC`], three lengths, the codes of the characters below U+10000 (2 bytes each), those of the others (character and
//! code, 4 bytes each, in order), the table of numbers (8 bytes each), and the nodes (8 bytes each). All numbers are little-endian.

use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::ops::Range;

/// What the bytes begin with.
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
/// Prefixes with so many children and more are placed one behind the other, the largest first; looking for room between them takes long.
const MANY: usize = 100;
/// After so many times 64 places that had no room for the children of a prefix, the next prefix with as many is not tried there.
const PATIENCE: usize = 64;

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
pub(super) struct Node {
    place: u64,
    unit: u64,
}

impl Node {
    /// Which of [`Trie::numbers`] the word that ends here has; `None` where no word does.
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
    pub fn first(self, code: u16) -> Option<Node> {
        self.step(Node { place: 0, unit: 0 }, code)
    }

    /// The node one character further on.
    #[inline]
    pub fn next(self, node: Node, code: u16) -> Option<Node> {
        // Without children: the base of nobody but the root is 0.
        if node.unit >> PLACE_BITS & PLACE_MASK == 0 { None } else { self.step(node, code) }
    }

    #[inline]
    fn step(self, node: Node, code: u16) -> Option<Node> {
        let place = (node.unit >> PLACE_BITS & PLACE_MASK) + u64::from(code);
        let at = place as usize * 8;
        let unit = self.nodes.get(at..at + 8)?;
        let unit = little_endian(unit);
        (code != 0 && unit & PLACE_MASK == node.place).then_some(Node { place, unit })
    }

    /// Whether characters with these codes are a word.
    pub fn has(self, codes: &[u16]) -> bool {
        let Some((&first, rest)) = codes.split_first() else { return false };
        let end = rest.iter().try_fold(self.first(first), |node, &code| Some(self.next(node?, code)));
        end.flatten().is_some_and(|node| node.number().is_some())
    }

    /// Which of [`Trie::numbers`] a word has.
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

    /// What steps are made in.
    pub fn view(&self) -> View<'_> {
        let bytes = self.bytes.as_ref();
        let part = |range: Range<usize>| bytes.get(range).unwrap_or(&[]);
        View { direct: part(HEAD..HEAD + DIRECT * 2), more: part(self.more.clone()), nodes: part(self.nodes.clone()) }
    }
}

/// Eight bytes as a number.
#[inline]
fn little_endian(bytes: &[u8]) -> u64 {
    bytes.try_into().map_or(0, u64::from_le_bytes)
}

/// The bytes of a trie of `words`, which are in order, each once and none empty.
///
/// # Errors
/// A reason, where there are more characters, different numbers or prefixes than a node has bits for.
pub(super) fn build(words: &[(&str, u64)]) -> Result<Vec<u8>, String> {
    let mut numbers: Vec<u64> = words.iter().map(|&(_, number)| number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let codes = Codes::new(words);
    if numbers.len() >= usize::from(u16::MAX) || codes.order.len() >= usize::from(u16::MAX) {
        return Err(format!("{} different frequencies or characters are too many", u16::MAX));
    }
    let prefixes = Prefixes::new(words, &codes);
    let places = Places::new(&prefixes);
    if places.used.len() as u64 * 64 >= NOBODY {
        return Err("it has too many words".to_owned());
    }
    let nodes = nodes(words, &numbers, &prefixes, &places);
    let mut more: Vec<(u32, u16)> = codes.more.into_iter().map(|(c, code)| (c as u32, code)).collect();
    more.sort_unstable();
    let mut bytes = Vec::with_capacity(HEAD + DIRECT * 2 + (more.len() + numbers.len() + nodes.len()) * 8);
    bytes.extend(MAGIC);
    [more.len(), numbers.len(), nodes.len()].iter().for_each(|&n| bytes.extend((n as u64 * 8).to_le_bytes()));
    codes.direct.iter().for_each(|code| bytes.extend(code.to_le_bytes()));
    for (c, code) in more {
        bytes.extend(c.to_le_bytes());
        bytes.extend(u32::from(code).to_le_bytes());
    }
    numbers.iter().chain(&nodes).for_each(|number| bytes.extend(number.to_le_bytes()));
    Ok(bytes)
}

/// The codes of characters, from 1 on.
struct Codes {
    direct: Vec<u16>,
    more: HashMap<char, u16, FixedState>,
    /// The characters in the order of their codes.
    order: Vec<char>,
}

impl Codes {
    fn new(words: &[(&str, u64)]) -> Codes {
        let mut counts: HashMap<char, (u32, char), FixedState> = HashMap::default();
        for (word, _) in words {
            for (i, c) in word.chars().enumerate() {
                // How many words begin with it does not matter: all first characters are in one place.
                counts.entry(c).or_insert((0, c)).0 += u32::from(i > 0);
            }
        }
        let mut order: Vec<(u32, char)> = counts.into_values().collect();
        order.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let order: Vec<char> = order.into_iter().map(|(_, c)| c).collect();
        let mut codes = Codes { direct: vec![0; DIRECT], more: HashMap::default(), order: Vec::new() };
        for (&c, code) in order.iter().zip(1..) {
            match codes.direct.get_mut(c as usize) {
                Some(place) => *place = code,
                None => drop(codes.more.insert(c, code)),
            }
        }
        Codes { order, ..codes }
    }

    fn of(&self, c: char) -> u16 {
        self.direct.get(c as usize).copied().unwrap_or_else(|| self.more.get(&c).copied().unwrap_or(0))
    }
}

/// All prefixes of words, breadth first; the first is the empty one.
struct Prefixes {
    all: Vec<Prefix>,
    /// For each, where its children begin in `all`, and the code by which each prefix goes on from its parent.
    children: Vec<u32>,
    codes: Vec<u16>,
}

struct Prefix {
    /// The words that have it.
    words: Range<u32>,
    /// Its length in bytes.
    length: u32,
}

impl Prefixes {
    fn new(words: &[(&str, u64)], codes: &Codes) -> Prefixes {
        let root = Prefix { words: 0..words.len() as u32, length: 0 };
        let mut prefixes = Prefixes { all: vec![root], children: Vec::new(), codes: vec![0] };
        let mut at = 0;
        while at < prefixes.all.len() {
            prefixes.children.push(prefixes.all.len() as u32);
            let Prefix { words: Range { mut start, end }, length } = prefixes.all[at];
            let next = |word: u32| words[word as usize].0[length as usize..].chars().next();
            // The word that is the prefix itself comes first.
            start += u32::from(start < end && next(start).is_none());
            while let Some(c) = (start < end).then(|| next(start)).flatten() {
                let same = (start..end).take_while(|&word| next(word) == Some(c)).count() as u32;
                let length = length + c.len_utf8() as u32;
                prefixes.all.push(Prefix { words: start..start + same, length });
                prefixes.codes.push(codes.of(c));
                start += same;
            }
            at += 1;
        }
        prefixes.children.push(prefixes.all.len() as u32);
        prefixes
    }

    fn children(&self, prefix: usize) -> Range<usize> {
        self.children[prefix] as usize..self.children[prefix + 1] as usize
    }
}

/// Where the children of each prefix lie.
struct Places {
    /// For each prefix; 0 where it has no children, and for the empty one.
    bases: Vec<u32>,
    /// A bit for each place.
    used: Vec<u64>,
}

impl Places {
    /// First fit, those with the most children first.
    fn new(prefixes: &Prefixes) -> Places {
        let n = prefixes.all.len();
        let mut order: Vec<u32> = (1..n as u32).filter(|&p| !prefixes.children(p as usize).is_empty()).collect();
        order.sort_by_key(|&p| std::cmp::Reverse(prefixes.children(p as usize).len()));
        let mut places = Places { bases: vec![0; n], used: vec![1] };
        prefixes.codes[prefixes.children(0)].iter().for_each(|&code| places.take(usize::from(code)));
        let (mut from, mut size) = (1, usize::MAX);
        for p in order {
            let codes = &prefixes.codes[prefixes.children(p as usize)];
            if codes.len() < size.min(MANY) {
                // Smaller families find room between larger ones.
                from = 1;
            }
            size = codes.len();
            let base = places.fit(codes, &mut from);
            codes.iter().for_each(|&code| places.take(base + usize::from(code)));
            places.bases[p as usize] = base as u32;
        }
        places
    }

    fn take(&mut self, place: usize) {
        if place / 64 >= self.used.len() {
            self.used.resize(place / 64 + 1, 0);
        }
        self.used[place / 64] |= 1 << (place % 64);
    }

    /// Which of the 64 places from `at` on are taken.
    fn taken(&self, at: usize) -> u64 {
        let bits = |word: usize| self.used.get(word).copied().unwrap_or(0);
        let (word, shift) = (at / 64, at % 64);
        if shift == 0 { bits(word) } else { bits(word) >> shift | bits(word + 1) << (64 - shift) }
    }

    /// The first base, `from` or more, from which places for all codes are free, found 64 at a time. After a long search, the next one
    /// of that size begins where this one ended.
    fn fit(&self, codes: &[u16], from: &mut usize) -> usize {
        for (tried, base) in (*from..).step_by(64).enumerate() {
            let mut taken = 0;
            for &code in codes {
                taken |= self.taken(base + usize::from(code));
                if taken == u64::MAX {
                    break;
                }
            }
            if taken != u64::MAX {
                let base = base + taken.trailing_ones() as usize;
                if tried > PATIENCE || codes.len() == 1 {
                    *from = base;
                }
                return base;
            }
        }
        *from
    }
}

/// The nodes by their places.
fn nodes(words: &[(&str, u64)], numbers: &[u64], prefixes: &Prefixes, places: &Places) -> Vec<u64> {
    let mut nodes = vec![NOBODY; places.used.len() * 64];
    let mut own = vec![0u64; prefixes.all.len()];
    for p in 0..prefixes.all.len() {
        for child in prefixes.children(p) {
            let place = u64::from(places.bases[p]) + u64::from(prefixes.codes[child]);
            own[child] = place;
            let Prefix { words: range, length } = &prefixes.all[child];
            let (word, number) = words[range.start as usize];
            let number =
                if word.len() as u32 == *length { numbers.partition_point(|&n| n < number) as u64 + 1 } else { 0 };
            nodes[place as usize] = number << (2 * PLACE_BITS) | u64::from(places.bases[child]) << PLACE_BITS | own[p];
        }
    }
    while nodes.last() == Some(&NOBODY) {
        nodes.pop();
    }
    nodes
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
            let list: Vec<(&str, u64)> = words.iter().map(|(word, &number)| (word.as_str(), number)).collect();
            let trie = Trie::open(build(&list).unwrap()).unwrap();
            let find = |word: &str| trie.view().find(word).map(|number| trie.numbers()[number]);
            for word in words.keys().chain(&others) {
                prop_assert_eq!(find(word), words.get(word).copied());
            }
        }

        #[test]
        fn bytes_that_are_damaged_do_no_harm(at in 0usize..4000, byte: u8, word in "[中国人]{1,3}") {
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
