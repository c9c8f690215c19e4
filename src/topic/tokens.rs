//! The words of one article, hashed and grouped once, for everything that asks what it is about.

use super::bag::{self, TITLE_WEIGHT};
use crate::text::Span;
use crate::text::word::Segmented;

/// A word of title or body.
pub(super) struct TermToken<'a> {
    pub text: &'a str,
    /// Its place in the folded title or body.
    pub span: Span,
    pub hash: u32,
    /// Its weight: more in the title.
    pub weight: u32,
    /// Its number of occurrences.
    pub n: u32,
    /// True if it is a word with letters; others part what stands around them.
    pub is_term: bool,
}

/// All words of an article in order, the title's first.
pub struct Tokens<'a> {
    pub(super) title: &'a Segmented,
    pub(super) body: &'a Segmented,
    pub(super) all: Vec<TermToken<'a>>,
    /// `(hash, position in all)` of the words with letters, sorted.
    sorted: Vec<(u32, u32)>,
}

impl<'a> Tokens<'a> {
    /// Hashes and groups the words of an article's title and body.
    pub fn of(title: &'a Segmented, body: &'a Segmented) -> Tokens<'a> {
        let mut all = Vec::with_capacity(title.words.len() + body.words.len() + 2);
        let mut sorted = Vec::with_capacity(all.capacity());
        for (part, weight) in [(title, TITLE_WEIGHT), (body, 1)] {
            let folded = part.folded.text();
            for &span in &part.words {
                let text = span.of(folded);
                let is_term = bag::is_term(text);
                let hash = if is_term { bag::hash(text) } else { 0 };
                if is_term {
                    sorted.push((hash, all.len() as u32));
                }
                all.push(TermToken { text, span, hash, weight, n: 0, is_term });
            }
            // Title and body do not run into each other.
            all.push(TermToken {
                text: "",
                span: Span::new(0, 0),
                hash: 0,
                weight: 0,
                n: 0,
                is_term: false,
            });
        }
        sorted.sort_unstable();
        for group in sorted.chunk_by(|a, b| a.0 == b.0) {
            group.iter().for_each(|&(_, i)| all[i as usize].n = group.len() as u32);
        }
        Tokens { title, body, all, sorted }
    }

    /// The different words in the order of their hashes, each with the positions at which it
    /// stands.
    pub(super) fn groups(&self) -> impl Iterator<Item = &[(u32, u32)]> {
        self.sorted.chunk_by(|a, b| a.0 == b.0)
    }

    /// The weight of a group: its occurrences, those in the title weighted.
    pub(super) fn count(&self, group: &[(u32, u32)]) -> u32 {
        group.iter().map(|&(_, i)| self.all[i as usize].weight).sum()
    }

    /// The positions at which the word with this hash stands.
    pub(super) fn positions(&self, hash: u32) -> &[(u32, u32)] {
        let start = self.sorted.partition_point(|s| s.0 < hash);
        let n = self.sorted[start..].iter().take_while(|s| s.0 == hash).count();
        &self.sorted[start..start + n]
    }
}
