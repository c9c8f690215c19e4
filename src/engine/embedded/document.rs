//! The passages of an article as documents of tantivy, and back.

use super::schema::IndexFields;
use super::speech::{Speech, TITLE_SEPARATOR};
use super::stored;
use super::tokenizer::SEPARATOR;
use crate::analysis::Analysis;
use crate::engine::date_number;
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::quote::{ArticlePart, Quote};
use crate::text::Span;
use crate::text::exact::is_exact_char;
use crate::text::word::{Day, Segmented, Segmenter, measure, parts};
use std::path::Path;
use tantivy::TantivyDocument;

/// Makes documents of articles.
pub struct Documents<'a> {
    /// The fields of the index.
    pub fields: &'a IndexFields,
    /// The segmenter that cut the words of the articles.
    pub segmenter: &'a Segmenter,
}

impl Documents<'_> {
    /// The document of each passage of the article with this number, in order.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a passage cannot be serialised.
    pub fn of(&self, number: u64, article: &Analysis) -> Result<Vec<TantivyDocument>> {
        let fields = self.fields;
        let (passages, words) = (&article.passages, &article.body_words);
        let starts = folded_starts(passages, words);
        let mut documents = Vec::with_capacity(passages.len());
        for (passage, bounds) in passages.iter().zip(starts.windows(2)) {
            let (start, end) = (bounds[0], bounds[1]);
            let mut document = TantivyDocument::new();
            document.add_u64(fields.article, number);
            document.add_u64(fields.ordinal, u64::from(passage.ordinal));
            let text = FoldedPassage { words, start, end };
            self.add_speech(&mut document, passage, &text);
            document.add_text(fields.words, self.words(words, start, end));
            if passage.ordinal == 0 {
                document.add_u64(fields.number, number);
                self.add_article(&mut document, passage, article);
            }
            let (exact, stored) = stored::write(passage).map_err(|reason| Error::Damaged {
                path: Path::new(&passage.article.path).to_owned(),
                reason: format!("a passage cannot be written ({reason})"),
            })?;
            document.add_custom(fields.text, &exact);
            document.add_bytes(fields.stored, &stored);
            documents.push(document);
        }
        Ok(documents)
    }

    /// Adds what holds for the whole article to the document of its first passage.
    fn add_article(&self, document: &mut TantivyDocument, first: &Passage, article: &Analysis) {
        let (fields, head) = (self.fields, &first.article);
        document.add_text(fields.id, &head.id);
        document.add_text(fields.path, &head.path);
        if let Some(date) = &article.article.date {
            document.add_i64(fields.date, date_number(date));
        }
        for source in head.source.iter().chain(&head.reprinted_by) {
            document.add_text(fields.source, source);
        }
        for author in &head.authors {
            document.add_text(fields.author, author);
        }
        for key in first.topics.iter().flat_map(|topic| topic.keys()) {
            document.add_text(fields.topic, key);
        }
        for subject in first.subjects.iter() {
            document.add_text(fields.subject, subject);
        }
        let (title, body) = (&article.title_words, &article.body_words);
        // News records often lack a title: there the first sentence says what the text is about.
        let ranked = match title.folded.text().is_empty() {
            true => self.words(body, 0, first_sentence(body.folded.text())),
            false => self.words(title, 0, usize::MAX),
        };
        document.add_text(fields.title_words, ranked);
        document.add_text(fields.title_chars, title.folded.text());
    }

    /// Adds the quotes of a passage: their speakers, titles and positions.
    fn add_speech(
        &self,
        document: &mut TantivyDocument,
        passage: &Passage,
        text: &FoldedPassage<'_>,
    ) {
        let fields = self.fields;
        let mut seen: Vec<&str> = Vec::new();
        let mut titles: Vec<String> = Vec::new();
        for quote in passage.quotes.iter().filter(|quote| quote.part != ArticlePart::Title) {
            let Some(speaker) = &quote.speaker else { continue };
            if !speaker.title.is_empty() {
                let title = format!("{}{TITLE_SEPARATOR}{}", speaker.name, speaker.title);
                if !titles.contains(&title) {
                    document.add_text(fields.title_of, &title);
                    titles.push(title);
                }
            }
            let start = text.position(passage, quote.span.start);
            let end = text.position(passage, quote.span.end);
            for (i, name) in names(quote).enumerate() {
                if !seen.contains(&name) {
                    seen.push(name);
                    document.add_text(if i == 0 { fields.speaker } else { fields.alias }, name);
                }
                let (confidence, kind) = (quote.confidence, quote.kind);
                let speaker = Speech::speaker_bits(name);
                let speech = Speech { speaker, start, end, confidence, kind };
                document.add_u64(fields.speech, speech.pack());
            }
        }
    }

    /// The search-mode tokens of two characters and more between two folded offsets, and numbers
    /// with what they count, prepared for the tokenizer of words. Single characters are found in
    /// the exact text.
    fn words(&self, words: &Segmented, start: usize, end: usize) -> String {
        let folded = words.folded.text();
        let first = words.words.partition_point(|w| w.start < start);
        let last = words.words.partition_point(|w| w.start < end);
        let room = end.min(folded.len()).saturating_sub(start);
        let mut prepared = String::with_capacity(room * 3 / 2);
        let mut add = |token: &str| {
            if token.chars().nth(1).is_some() {
                prepared.push(SEPARATOR);
                prepared.push_str(token);
            }
        };
        let words = &words.words[first..last.max(first)];
        self.segmenter.search_tokens(folded, words, |token| add(token.of(folded)));
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
        prepared
    }
}

/// The passage that a document and the codes of its exact text hold; one that is not its article's
/// first has to be made [`stored::complete`].
///
/// # Errors
/// A reason, where the document has none that can be read: the index is damaged.
pub fn passage(
    document: &TantivyDocument,
    exact: &[u8],
    fields: &IndexFields,
) -> std::result::Result<Passage, String> {
    use tantivy::schema::Value;
    let bytes = document.get_first(fields.stored).and_then(|v| v.as_bytes().map(<[u8]>::to_vec));
    stored::read(exact, &bytes.ok_or("a passage without its record")?)
}

/// The end of the first sentence of a folded text, after at most [`LONGEST_LEAD`] characters.
fn first_sentence(text: &str) -> usize {
    let ends = |&(_, c): &(usize, char)| matches!(c, '。' | '!' | '?' | '\n');
    let end = text.char_indices().take(LONGEST_LEAD).find(ends);
    let longest = || text.char_indices().nth(LONGEST_LEAD).map(|(at, _)| at);
    end.map(|(at, _)| at).or_else(longest).unwrap_or(text.len())
}

/// The most characters of a first sentence that stand for a title.
const LONGEST_LEAD: usize = 60;

/// The names under which a quote is found: its speaker's name, aliases and organisation.
fn names(quote: &Quote) -> impl Iterator<Item = &str> {
    let speakers = quote.speaker.iter();
    speakers
        .flat_map(|s| std::iter::once(&s.name).chain(&s.aliases).chain(&s.represents))
        .map(String::as_str)
}

/// A passage's part of the folded body.
struct FoldedPassage<'a> {
    words: &'a Segmented,
    start: usize,
    end: usize,
}

impl FoldedPassage<'_> {
    /// The position, in characters of the passage's exact text, of a byte of the article's body.
    fn position(&self, passage: &Passage, at: usize) -> u32 {
        let at = at.clamp(passage.span.start, passage.span.end);
        let folded = &self.words.folded.text()[self.start..self.end];
        let within = self.words.folded.folded(at).saturating_sub(self.start);
        let before = folded.get(..within).unwrap_or(folded);
        before.chars().filter(|&c| is_exact_char(c)).count() as u32
    }
}

/// The folded offset at which each passage starts, and that at which the last ends.
fn folded_starts(passages: &[Passage], words: &Segmented) -> Vec<usize> {
    let starts = passages.iter().map(|passage| words.folded.folded(passage.span.start));
    starts.chain(std::iter::once(words.folded.text().len())).collect()
}
