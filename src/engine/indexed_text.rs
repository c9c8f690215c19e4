//! The words and positions of an article as every engine indexes them, cut by one code.
//!
//! How they are written is each engine's own.

use crate::passage::Passage;
use crate::quote::{ArticlePart, Confidence, Quote};
use crate::text::Span;
use crate::text::exact::is_exact_char;
use crate::text::word::{Day, Segmented, Segmenter, measure, parts};

/// Stands between a speaker's name and a title in the values of titles.
pub const TITLE_SEPARATOR: char = '\u{1f}';

/// The most characters of a first sentence that stand for a title.
const LONGEST_LEAD: usize = 60;

/// Confidences by the number that an engine keeps for them, lowest first.
pub const CONFIDENCES: [Confidence; 5] = [
    Confidence::Unknown,
    Confidence::Carried,
    Confidence::Pronoun,
    Confidence::Role,
    Confidence::Named,
];

/// Calls `add` with the search-mode tokens of two characters and more between two folded offsets,
/// and numbers with what they count. Single characters are found in the exact text.
pub fn each_word(segmenter: &Segmenter, words: &Segmented, span: Span, mut add: impl FnMut(&str)) {
    let folded = words.folded.text();
    let first = words.words.partition_point(|w| w.start < span.start);
    let last = words.words.partition_point(|w| w.start < span.end);
    let mut add = |token: &str| {
        if token.chars().nth(1).is_some() {
            add(token);
        }
    };
    let words = &words.words[first..last.max(first)];
    segmenter.search_tokens(folded, words, |token| add(token.of(folded)));
    words.iter().flat_map(|word| parts(word.of(folded))).for_each(&mut add);
    for at in 0..words.len() {
        let apart = measure(folded, words, at, Day::Apart);
        if apart > 0 {
            add(Span::new(words[at].start, words[at + apart - 1].end).of(folded));
            let joined = measure(folded, words, at, Day::WithMonth);
            if joined > apart {
                add(Span::new(words[at].start, words[at + joined - 1].end).of(folded));
            }
        }
    }
}

/// The text whose words rank as the title's. News records often lack a title: there the first
/// sentence says what the text is about.
pub fn ranked_title<'a>(title: &'a Segmented, body: &'a Segmented) -> (&'a Segmented, Span) {
    match title.folded.text().is_empty() {
        true => (body, Span::new(0, first_sentence(body.folded.text()))),
        false => (title, Span::new(0, usize::MAX)),
    }
}

/// The end of the first sentence of a folded text, after at most [`LONGEST_LEAD`] characters.
fn first_sentence(text: &str) -> usize {
    let ends = |&(_, c): &(usize, char)| matches!(c, '。' | '!' | '?' | '\n');
    let end = text.char_indices().take(LONGEST_LEAD).find(ends);
    let longest = || text.char_indices().nth(LONGEST_LEAD).map(|(at, _)| at);
    end.map(|(at, _)| at).or_else(longest).unwrap_or(text.len())
}

/// The names under which a quote is found: its speaker's name, aliases and organisation.
pub fn names(quote: &Quote) -> impl Iterator<Item = &str> {
    let speakers = quote.speaker.iter();
    speakers
        .flat_map(|s| std::iter::once(&s.name).chain(&s.aliases).chain(&s.represents))
        .map(String::as_str)
}

/// The quotes of a passage's own text.
pub fn spoken(passage: &Passage) -> impl Iterator<Item = &Quote> {
    passage.quotes.iter().filter(|quote| quote.part != ArticlePart::Title)
}

/// The speaker of a quote with the title that the article gives; `None` where it gives none.
pub fn titled(quote: &Quote) -> Option<String> {
    let speaker = quote.speaker.as_ref().filter(|speaker| !speaker.title.is_empty())?;
    Some(format!("{}{TITLE_SEPARATOR}{}", speaker.name, speaker.title))
}

/// A passage's part of the folded body.
pub struct FoldedPassage<'a> {
    words: &'a Segmented,
    /// Its place in the folded body.
    pub span: Span,
}

impl<'a> FoldedPassage<'a> {
    /// Each passage of an article with its part of the folded body, in order.
    pub fn of(
        passages: &'a [Passage],
        words: &'a Segmented,
    ) -> impl Iterator<Item = (&'a Passage, FoldedPassage<'a>)> {
        let starts = passages.iter().map(|passage| words.folded.folded(passage.span.start));
        let starts: Vec<usize> = starts.chain([words.folded.text().len()]).collect();
        passages.iter().enumerate().map(move |(at, passage)| {
            let span = Span::new(starts[at], starts[at + 1].max(starts[at]));
            (passage, FoldedPassage { words, span })
        })
    }

    /// The characters of its exact text.
    pub fn chars(&self) -> impl Iterator<Item = char> + 'a {
        self.span.of(self.words.folded.text()).chars().filter(|&c| is_exact_char(c))
    }

    /// The characters of the body's exact text after it.
    pub fn following(&self) -> impl Iterator<Item = char> + 'a {
        self.words.folded.text()[self.span.end..].chars().filter(|&c| is_exact_char(c))
    }

    /// The first position of a quote of `passage`, which is this one, and one past its last, in
    /// characters of the exact text.
    pub fn positions(&self, passage: &Passage, quote: &Quote) -> (u32, u32) {
        (self.position(passage, quote.span.start), self.position(passage, quote.span.end))
    }

    /// The position of a byte of the article's body.
    fn position(&self, passage: &Passage, at: usize) -> u32 {
        let at = at.clamp(passage.span.start, passage.span.end);
        let folded = self.span.of(self.words.folded.text());
        let within = self.words.folded.folded(at).saturating_sub(self.span.start);
        let before = folded.get(..within).unwrap_or(folded);
        before.chars().filter(|&c| is_exact_char(c)).count() as u32
    }
}
