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

    /// The seam at `at`.
    pub fn seam(&self, at: usize) -> Seam {
        let over = self.over(at);
        let word = |i: Option<usize>| i.and_then(|i| self.words.get(i));
        let tag = |i: Option<usize>| i.and_then(|i| self.tags.get(i)).copied();
        let before = over.checked_sub(1);
        Seam {
            parted: word(Some(over)).is_none_or(|word| word.start >= at),
            ending: word(before).copied().filter(|word| word.end == at),
            before: tag(before),
            behind: [tag(Some(over)), tag(Some(over + 1))],
        }
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

/// A place between two characters, by the words there. Parts of speech are positions in [`TAGS`];
/// there is none where no word stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seam {
    /// No word stands on both sides.
    pub parted: bool,
    /// The word that ends here.
    pub ending: Option<Span>,
    /// The part of speech of the last word that ends here or before.
    pub before: Option<usize>,
    /// Those of the word that stands over this place or behind it, and of the one after that.
    pub behind: [Option<usize>; 2],
}

/// The name of a part of speech, or a mark where there is none.
pub(super) fn tag_name(tag: Option<usize>) -> &'static str {
    tag.map_or("-", |tag| TAGS[tag])
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
        let parted = |at: usize| words.seam(at).parted;
        assert_eq!((parted(3), parted(6), parted(9)), (true, false, true));
        let behind = |at: usize| tag_name(words.seam(at).behind[0]);
        let before = |at: usize| tag_name(words.seam(at).before);
        assert_eq!((behind(0), behind(3), before(3)), ("d", "n", "d"));
        assert_eq!((before(0), behind(text.len())), ("-", "-"));
        assert_eq!(words.within(Span::new(3, 15)).len(), 2);
    }
}
