//! Word lists asked the same three questions again and again: is this a word, does the text begin
//! or end with one.
//!
//! The callers know the meaning of the words. The characters at the ends of a word turn most
//! questions away before a word is hashed.

use foldhash::fast::FixedState;
use std::collections::HashMap;

/// A set of words, each with the attributes of its lexicon line.
#[derive(Debug, Default, Clone)]
pub(super) struct WordList {
    entries: HashMap<Box<str>, Box<str>, FixedState>,
    /// The first character of each word, its last one and its length.
    shapes: Bits,
    ahead: Ends,
    behind: Ends,
}

/// Lengths in bytes, as bits; no word is longer than [`LONGEST`].
type LengthBits = u128;
const LONGEST: usize = 127;

/// A bit for each of some numbers, by a hash. A number that is none of them has the bit of another
/// one in one of sixteen cases at most.
#[derive(Debug, Default, Clone)]
struct Bits {
    /// As many as a power of two says; none where there are no numbers.
    bits: Vec<u64>,
    shift: u32,
}

impl Bits {
    fn new(numbers: &[u64]) -> Bits {
        if numbers.is_empty() {
            return Bits::default();
        }
        let size = (numbers.len() * 16).next_power_of_two().max(64);
        let mut set = Bits { bits: vec![0; size / 64], shift: 64 - size.trailing_zeros() };
        for &number in numbers {
            let at = set.place(number);
            set.bits[at / 64] |= 1 << (at % 64);
        }
        set
    }

    #[inline]
    fn place(&self, number: u64) -> usize {
        (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> self.shift) as usize
    }

    /// False where the number is none of them.
    #[inline]
    fn may_have(&self, number: u64) -> bool {
        let at = self.place(number);
        self.bits.get(at / 64).is_some_and(|bits| bits >> (at % 64) & 1 == 1)
    }
}

/// The characters at one end of words, from the end inwards.
#[derive(Debug, Default, Clone)]
struct Ends {
    /// The two outermost characters of each word; see [`pair`].
    pairs: Bits,
    /// The lengths of the words with an outermost character.
    lengths: HashMap<char, LengthBits, FixedState>,
}

/// The number of two characters; one that stands alone has 0 beside it.
#[inline]
fn pair(outer: char, inner: Option<char>) -> u64 {
    u64::from(u32::from(outer)) << 32 | inner.map_or(0, |c| u64::from(u32::from(c)))
}

impl Ends {
    /// The ends of words, each with the length of its word.
    fn new(ends: &[(char, Option<char>, usize)]) -> Ends {
        let pairs: Vec<u64> = ends.iter().map(|&(outer, inner, _)| pair(outer, inner)).collect();
        let mut lengths: HashMap<char, LengthBits, FixedState> = HashMap::default();
        for &(outer, _, length) in ends {
            *lengths.entry(outer).or_default() |= 1 << length;
        }
        Ends { pairs: Bits::new(&pairs), lengths }
    }

    /// The lengths of the words that may have these two characters at this end.
    #[inline]
    fn lengths(&self, outer: char, inner: Option<char>) -> LengthBits {
        let longer = inner.is_some() && self.pairs.may_have(pair(outer, inner));
        if !longer && !self.pairs.may_have(pair(outer, None)) {
            return 0;
        }
        let lengths = self.lengths.get(&outer).copied().unwrap_or(0);
        if longer { lengths } else { lengths & 1 << outer.len_utf8() }
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
        let (mut ahead, mut behind, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for (word, attributes) in entries {
            if let (Some((first, second)), Some((last, before))) = (first_two(word), last_two(word))
                && word.len() <= LONGEST
            {
                ahead.push((first, second, word.len()));
                behind.push((last, before, word.len()));
                shapes.push(shape(first, last, word.len()));
                words.entries.insert(word.into(), attributes.into());
            }
        }
        (words.ahead, words.behind) = (Ends::new(&ahead), Ends::new(&behind));
        words.shapes = Bits::new(&shapes);
        words
    }

    /// The attributes of `word`, once its shape has not shown that it is none of them.
    #[inline]
    fn entry(&self, word: &str) -> Option<&str> {
        let (first, last) = (word.chars().next()?, word.chars().next_back()?);
        let known = self.shapes.may_have(shape(first, last, word.len()));
        known.then(|| self.entries.get(word).map(|attributes| &**attributes)).flatten()
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
        let (first, second) = first_two(text)?;
        longest_first(self.ahead.lengths(first, second))
            .filter_map(|length| text.get(..length))
            .find(|word| self.contains(word))
    }

    /// The longest word that `text` ends with.
    pub fn suffix<'t>(&self, text: &'t str) -> Option<&'t str> {
        let (last, before) = last_two(text)?;
        longest_first(self.behind.lengths(last, before))
            .filter_map(|length| text.get(text.len().checked_sub(length)?..))
            .find(|word| self.contains(word))
    }
}

/// The number of the words with these ends and this length in bytes.
#[inline]
fn shape(first: char, last: char, length: usize) -> u64 {
    u64::from(u32::from(first)) << 32 | u64::from(u32::from(last)) << 8 | length as u64
}

/// The first character, and the one behind it.
#[inline]
fn first_two(text: &str) -> Option<(char, Option<char>)> {
    let mut chars = text.chars();
    Some((chars.next()?, chars.next()))
}

/// The last character, and the one before it.
#[inline]
fn last_two(text: &str) -> Option<(char, Option<char>)> {
    let mut chars = text.chars();
    Some((chars.next_back()?, chars.next_back()))
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

    #[test]
    fn words_of_any_length_are_found_and_no_others() {
        let known = ["长", "部长", "副部长", "a", "长官"];
        let words = WordList::new(known.into_iter().map(|w| (w, "x")));
        assert!(known.iter().all(|word| words.attributes(word) == Some("x")));
        assert!(["部", "官", "部长官", "长部", ""].iter().all(|word| !words.contains(word)));
        assert_eq!(words.prefix("长"), Some("长"));
        assert_eq!(words.prefix("副部长官"), Some("副部长"));
        assert_eq!((words.suffix("副长官"), words.suffix("ba")), (Some("长官"), Some("a")));
    }
}
