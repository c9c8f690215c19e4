//! Word lists asked the same three questions again and again: is this a word, does the text begin
//! or end with one.
//!
//! The callers know the meaning of the words. The lengths that occur with the first and the last
//! character of a word turn most questions away before anything is hashed.

use foldhash::fast::FixedState;
use std::collections::{BTreeMap, HashMap};

/// A set of words, each with the attributes of its lexicon line.
#[derive(Debug, Default, Clone)]
pub(super) struct WordList {
    entries: HashMap<Box<str>, Box<str>, FixedState>,
    first: Ends,
    last: Ends,
}

/// Lengths in bytes, as bits; no word is longer than [`LONGEST`].
type LengthBits = u128;
const LONGEST: usize = 127;

/// The characters at one end of words, each with the lengths of its words.
#[derive(Debug, Default, Clone)]
struct Ends {
    /// A bit a character.
    characters: Vec<u64>,
    /// The number of bits before each of these.
    ranks: Vec<u16>,
    /// The lengths of each character's words, in order of the characters.
    lengths: Vec<LengthBits>,
}

impl Ends {
    fn new(lengths: &BTreeMap<char, LengthBits>) -> Ends {
        let mut ends = Ends::default();
        let last = lengths.keys().next_back().map_or(0, |&c| c as usize / 64 + 1);
        ends.characters.resize(last, 0);
        for &c in lengths.keys() {
            ends.characters[c as usize / 64] |= 1 << (c as usize % 64);
        }
        let mut rank = 0;
        for bits in &ends.characters {
            ends.ranks.push(rank);
            rank += bits.count_ones() as u16;
        }
        ends.lengths.extend(lengths.values());
        ends
    }

    /// The lengths of the words with `c` at this end.
    #[inline]
    fn of(&self, c: char) -> LengthBits {
        let (at, bit) = (c as usize / 64, 1u64 << (c as usize % 64));
        match self.characters.get(at) {
            Some(bits) if bits & bit != 0 => {
                let before = (bits & (bit - 1)).count_ones() as usize;
                self.lengths[usize::from(self.ranks[at]) + before]
            }
            _ => 0,
        }
    }
}

/// The lengths that are set, longest first.
fn longest_first(mut left: LengthBits) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let length = left.checked_ilog2()?;
        left &= !(1 << length);
        Some(length as usize)
    })
}

impl WordList {
    /// The words of a lexicon.
    pub fn new<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> WordList {
        let mut words = WordList::default();
        let (mut first, mut last) = (BTreeMap::new(), BTreeMap::new());
        for (word, attributes) in entries {
            if let (Some(begins), Some(ends)) = (word.chars().next(), word.chars().next_back())
                && word.len() <= LONGEST
            {
                *first.entry(begins).or_default() |= 1 << word.len();
                *last.entry(ends).or_default() |= 1 << word.len();
                words.entries.insert(word.into(), attributes.into());
            }
        }
        (words.first, words.last) = (Ends::new(&first), Ends::new(&last));
        words
    }

    /// The attributes of `word`, once neither of its ends has shown that it is none of them.
    #[inline]
    fn entry(&self, word: &str) -> Option<&str> {
        let fits = |ends: &Ends, c: Option<char>| {
            word.len() <= LONGEST && c.is_some_and(|c| ends.of(c) >> word.len() & 1 == 1)
        };
        if !fits(&self.first, word.chars().next()) || !fits(&self.last, word.chars().next_back()) {
            return None;
        }
        self.entries.get(word).map(|attributes| &**attributes)
    }

    /// True if `word` is one of them.
    pub fn contains(&self, word: &str) -> bool {
        self.entry(word).is_some()
    }

    /// The attributes of `word`.
    pub fn attributes(&self, word: &str) -> Option<&str> {
        self.entry(word)
    }

    /// The longest word that `text` begins with.
    pub fn prefix<'t>(&self, text: &'t str) -> Option<&'t str> {
        longest_first(self.first.of(text.chars().next()?))
            .filter_map(|length| text.get(..length))
            .find(|word| self.entry(word).is_some())
    }

    /// The longest word that `text` ends with.
    pub fn suffix<'t>(&self, text: &'t str) -> Option<&'t str> {
        longest_first(self.last.of(text.chars().next_back()?))
            .filter_map(|length| text.get(text.len().checked_sub(length)?..))
            .find(|word| self.entry(word).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_wins_at_either_end() {
        let words = WordList::new(["长", "部长", "局长"].into_iter().map(|w| (w, "")));
        assert_eq!(words.suffix("外交部长"), Some("部长"));
        assert_eq!(words.prefix("长江"), Some("长"));
        assert_eq!(words.suffix("长江"), None);
    }
}
