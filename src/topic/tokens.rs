//! The words of one article, hashed and grouped once, for everything that asks what it is about.

use super::bag::{self, TITLE_WEIGHT};
use crate::text::Span;
use crate::text::word::Segmented;

/// A word of title or body, in 16 bytes: an article may be a text of nothing but marks, each of
/// which is a word.
pub(super) struct TermToken {
    /// Its place in the folded title or body.
    start: u32,
    end: u32,
    pub hash: u32,
    /// The number of its occurrences; 0 where it has no letters. Such words part what stands
    /// around them.
    pub n: u32,
}

impl TermToken {
    /// The place in the folded title or body.
    pub fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }

    /// True if it is a word with letters.
    pub fn is_term(&self) -> bool {
        self.n > 0
    }
}

/// All words of an article in order, the title's first.
pub struct Tokens<'a> {
    pub(super) title: &'a Segmented,
    pub(super) body: &'a Segmented,
    pub(super) all: Vec<TermToken>,
    /// `(hash, position in all)` of the words with letters, sorted.
    sorted: Vec<(u32, u32)>,
}

impl<'a> Tokens<'a> {
    /// Hashes and groups the words of an article's title and body.
    pub fn of(title: &'a Segmented, body: &'a Segmented) -> Tokens<'a> {
        let mut all = Vec::with_capacity(title.words.len() + body.words.len() + 2);
        let mut sorted = Vec::with_capacity(all.capacity());
        for part in [title, body] {
            let folded = part.folded.text();
            for &span in &part.words {
                let text = span.of(folded);
                let is_term = bag::is_term(text);
                let hash = if is_term { bag::hash(text) } else { 0 };
                if is_term {
                    sorted.push((hash, all.len() as u32));
                }
                all.push(TermToken { start: span.start as u32, end: span.end as u32, hash, n: 0 });
            }
            // Title and body do not run into each other.
            all.push(TermToken { start: 0, end: 0, hash: 0, n: 0 });
        }
        sorted.sort_unstable();
        for group in sorted.chunk_by(|a, b| a.0 == b.0) {
            group.iter().for_each(|&(_, i)| all[i as usize].n = group.len() as u32);
        }
        Tokens { title, body, all, sorted }
    }

    /// The title or the body, whichever the word at position `at` is of.
    pub(super) fn part(&self, at: usize) -> &'a Segmented {
        if self.is_in_title(at) { self.title } else { self.body }
    }

    /// True if the word at position `at` is one of the title.
    pub(super) fn is_in_title(&self, at: usize) -> bool {
        at < self.title.words.len()
    }

    /// The word at position `at`; empty between title and body, and behind the body.
    pub(super) fn word(&self, at: usize) -> &'a str {
        let span = self.all[at].span();
        self.part(at).folded.text().get(span.start..span.end).unwrap_or_default()
    }

    /// The weight of the word at position `at`: more in the title.
    pub(super) fn weight(&self, at: usize) -> u32 {
        if self.is_in_title(at) { TITLE_WEIGHT } else { 1 }
    }

    /// The different words in the order of their hashes, each with the positions at which it
    /// stands.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        self.sorted.chunk_by(|a, b| a.0 == b.0)
    }

    /// The weight of a group: its occurrences, those in the title weighted.
    pub(super) fn count(&self, group: &[(u32, u32)]) -> u32 {
        group.iter().map(|&(_, i)| self.weight(i as usize)).sum()
    }

    /// The positions at which the word with this hash stands.
    pub(super) fn positions(&self, hash: u32) -> &[(u32, u32)] {
        let start = self.sorted.partition_point(|s| s.0 < hash);
        let n = self.sorted[start..].iter().take_while(|s| s.0 == hash).count();
        &self.sorted[start..start + n]
    }
}
