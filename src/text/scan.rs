//! Finds the words of a list in a text, from left to right, of those that begin at one place the
//! longest.
//!
//! Most characters begin no word of a list, which one look tells. An automaton over bytes makes
//! three steps for each of them, each of which has to wait for the one before.

use super::Span;
use super::class::Characters;
use super::trie::{self, Trie};

/// The words of a list.
#[derive(Debug, Clone)]
pub struct Scanner {
    /// Those that words begin with.
    first: Characters,
    trie: Trie<Vec<u8>>,
}

impl Scanner {
    /// The words in an order of their own; of two that are alike the first counts, and an empty one
    /// is never found.
    ///
    /// # Errors
    /// A reason, where there are more than 65,000 words.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Scanner, String> {
        let mut words: Vec<(&str, u64)> =
            words.into_iter().zip(0..).filter(|(word, _)| !word.is_empty()).collect();
        words.sort_unstable();
        words.dedup_by_key(|(word, _)| *word);
        let trie = Trie::open(trie::build(&words)?).ok_or("the words make no trie")?;
        let mut first = Characters::default();
        words.iter().filter_map(|(word, _)| word.chars().next()).for_each(|c| first.insert(c));
        Ok(Scanner { first, trie })
    }

    /// The words in `text`, none overlapping: where each stands, and which it is in the order of
    /// the list.
    ///
    /// ```
    /// use jianbao::text::scan::Scanner;
    /// let scanner = Scanner::new(["说", "说明", "表示"]).unwrap();
    /// let found: Vec<usize> = scanner.find("他说，请说明。").map(|(_, word)| word).collect();
    /// assert_eq!(found, [0, 1]);
    /// ```
    pub fn find(&self, text: &str) -> impl Iterator<Item = (Span, usize)> {
        let trie = self.trie.view();
        let mut chars = text.chars();
        let place = move |rest: &str| text.len() - rest.len();
        std::iter::from_fn(move || {
            loop {
                let c = chars.next()?;
                if !self.first.contains(c) {
                    continue;
                }
                let start = place(chars.as_str()) - c.len_utf8();
                let Some(mut node) = trie.first(trie.code(c)) else { continue };
                let (mut ahead, mut found) = (chars.clone(), None);
                loop {
                    if let Some(number) = node.number() {
                        found = Some((number, ahead.clone()));
                    }
                    match ahead.next().and_then(|c| trie.next(node, trie.code(c))) {
                        Some(next) => node = next,
                        None => break,
                    }
                }
                if let Some((number, behind)) = found {
                    chars = behind;
                    let word = self.trie.numbers().get(number).copied().unwrap_or(0);
                    return Some((Span::new(start, place(chars.as_str())), word as usize));
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aho_corasick::{AhoCorasick, MatchKind};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_finds_what_an_automaton_finds(
            words in prop::collection::vec("[中国a𠮷]{1,4}", 0..8),
            text in "[中国ab𠮷]{0,40}",
        ) {
            let longest = MatchKind::LeftmostLongest;
            let automaton = AhoCorasick::builder().match_kind(longest).build(&words).unwrap();
            let theirs = automaton
                .find_iter(&text)
                .map(|m| (Span::new(m.start(), m.end()), m.pattern().as_usize()));
            let ours = Scanner::new(words.iter().map(String::as_str)).unwrap();
            prop_assert_eq!(ours.find(&text).collect::<Vec<_>>(), theirs.collect::<Vec<_>>());
        }
    }
}
