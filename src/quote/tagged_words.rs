//! The words of a stretch of text with their parts of speech: where a name may begin and end.

use crate::text::Span;
use crate::text::word::{Segmenter, TAGS};

/// Words of stretches of a text, in order.
#[derive(Debug, Default)]
pub(super) struct TaggedWords {
    /// Each word's place in the text.
    words: Vec<Span>,
    /// Each word's part of speech, as a position in [`TAGS`].
    tags: Vec<usize>,
}

/// The part of speech beyond the first and the last word.
const EDGE: &str = "-";

impl TaggedWords {
    /// The words of `span` of a text.
    pub fn new(text: &str, span: Span, segmenter: &Segmenter) -> TaggedWords {
        let mut found = TaggedWords::default();
        found.extend(text, span, segmenter);
        found
    }

    /// Adds the words of a stretch behind the others.
    pub fn extend(&mut self, text: &str, span: Span, segmenter: &Segmenter) {
        for word in segmenter.words(span.of(text)) {
            let word = word.shifted(span.start);
            self.tags.push(segmenter.tag(word.of(text)));
            self.words.push(word);
        }
    }

    /// The position of the first word that ends behind `at`.
    fn over(&self, at: usize) -> usize {
        self.words.partition_point(|word| word.end <= at)
    }

    /// True if no word stands on both sides of `at`.
    pub fn parted_at(&self, at: usize) -> bool {
        self.words.get(self.over(at)).is_none_or(|word| word.start >= at)
    }

    fn tag(&self, word: Option<usize>) -> &'static str {
        word.and_then(|word| self.tags.get(word)).map_or(EDGE, |&tag| TAGS[tag])
    }

    /// The part of speech of the word over `at`, or of the `nth` one behind it.
    pub fn behind(&self, at: usize, nth: usize) -> &'static str {
        self.tag(Some(self.over(at) + nth))
    }

    /// The part of speech of the word that ends at `at` or before.
    pub fn before(&self, at: usize) -> &'static str {
        self.tag(self.words.partition_point(|word| word.end <= at).checked_sub(1))
    }

    /// The word that ends at `at`; `None` where none does.
    pub fn ending(&self, at: usize) -> Option<Span> {
        let word = self.over(at).checked_sub(1)?;
        self.words.get(word).copied().filter(|word| word.end == at)
    }

    /// The words, in order.
    pub fn all(&self) -> &[Span] {
        &self.words
    }

    /// The words that begin in `span`.
    pub fn within(&self, span: Span) -> &[usize] {
        let place = |at: usize| self.words.partition_point(|word| word.start < at);
        &self.tags[place(span.start)..place(span.end)]
    }
}

/// A part of speech as a small number.
pub(super) fn tag_number(tag: &str) -> usize {
    TAGS.iter().position(|&t| t == tag).unwrap_or(TAGS.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    #[test]
    fn a_place_is_parted_where_a_word_ends() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let text = "又联系母亲说";
        let words = TaggedWords::new(text, Span::new(0, text.len()), &segmenter);
        assert_eq!(
            (words.parted_at(3), words.parted_at(6), words.parted_at(9)),
            (true, false, true)
        );
        assert_eq!((words.behind(0, 0), words.behind(3, 0), words.before(3)), ("d", "n", "d"));
        assert_eq!((words.before(0), words.behind(text.len(), 0)), ("-", "-"));
        assert_eq!(words.within(Span::new(3, 15)).len(), 2);
    }
}
