//! Word lists asked the same three questions again and again: is this a word, does the text begin
//! or end with one.
//!
//! The callers know the meaning of the words. A bit set of first and last characters turns most
//! questions away before anything is hashed; of the others only the lengths that occur with the
//! character are tried.

use crate::text::class::Characters;
use foldhash::fast::FixedState;
use std::collections::HashMap;

/// A set of words, each with the attributes of its lexicon line.
#[derive(Debug, Default, Clone)]
pub(super) struct WordList {
    entries: HashMap<Box<str>, Box<str>, FixedState>,
    first: Ends,
    last: Ends,
}

/// The characters at one end of words, each with the lengths of its words.
#[derive(Debug, Default, Clone)]
struct Ends {
    characters: Characters,
    lengths: HashMap<char, LengthBits, FixedState>,
}

/// Lengths in bytes, as bits; no word is longer than [`LONGEST`].
type LengthBits = u128;
const LONGEST: usize = 127;

impl Ends {
    fn insert(&mut self, c: char, length: usize) {
        self.characters.insert(c);
        *self.lengths.entry(c).or_default() |= 1 << length;
    }

    /// The lengths of the words with `c` at this end, longest first.
    fn lengths(&self, c: char) -> impl Iterator<Item = usize> {
        let mut left = if self.characters.contains(c) {
            self.lengths.get(&c).copied().unwrap_or(0)
        } else {
            0
        };
        std::iter::from_fn(move || {
            let length = left.checked_ilog2()?;
            left &= !(1 << length);
            Some(length as usize)
        })
    }
}

impl WordList {
    /// The words of a lexicon.
    pub fn new<'a>(entries: impl Iterator<Item = (&'a str, &'a str)>) -> WordList {
        let mut words = WordList::default();
        for (word, attributes) in entries {
            if let (Some(first), Some(last)) = (word.chars().next(), word.chars().next_back())
                && word.len() <= LONGEST
            {
                words.first.insert(first, word.len());
                words.last.insert(last, word.len());
                words.entries.insert(word.into(), attributes.into());
            }
        }
        words
    }

    /// True if `word` is one of them.
    pub fn contains(&self, word: &str) -> bool {
        self.entries.contains_key(word)
    }

    /// The attributes of `word`.
    pub fn attributes(&self, word: &str) -> Option<&str> {
        self.entries.get(word).map(|a| &**a)
    }

    /// The longest word that `text` begins with.
    pub fn prefix<'t>(&self, text: &'t str) -> Option<&'t str> {
        let first = text.chars().next()?;
        self.first
            .lengths(first)
            .filter_map(|n| text.get(..n))
            .find(|word| self.entries.contains_key(*word))
    }

    /// The longest word that `text` ends with.
    pub fn suffix<'t>(&self, text: &'t str) -> Option<&'t str> {
        let last = text.chars().next_back()?;
        let starts = self.last.lengths(last).filter_map(|n| text.len().checked_sub(n));
        starts.filter_map(|at| text.get(at..)).find(|word| self.entries.contains_key(*word))
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
