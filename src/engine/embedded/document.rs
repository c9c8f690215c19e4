//! The passages of an article as documents of tantivy, and back.

use super::doc_store;
use super::schema::IndexFields;
use super::speech::Speech;
use super::stored;
use super::tokenizer::SEPARATOR;
use crate::analysis::Analysis;
use crate::engine::indexed_text::{FoldedPassage, each_word, names, ranked_title, spoken, titled};
use crate::engine::{Provenance, date_number};
use crate::error::{Error, Result};
use crate::passage::Passage;
use crate::text::Span;
use crate::text::word::{Segmented, Segmenter};
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
    /// The document of each passage of the article with this number, in order; `provenance` tells
    /// when it was seen.
    ///
    /// # Errors
    /// [`Error::Damaged`] where a passage cannot be serialised.
    pub fn of(
        &self,
        number: u64,
        article: &Analysis,
        provenance: &Provenance,
    ) -> Result<Vec<TantivyDocument>> {
        let fields = self.fields;
        let (passages, words) = (&article.passages, &article.body_words);
        let mut documents = Vec::with_capacity(passages.len());
        for (passage, text) in FoldedPassage::of(passages, words) {
            let mut document = TantivyDocument::new();
            document.add_u64(fields.article, number);
            document.add_u64(fields.ordinal, u64::from(passage.ordinal));
            self.add_speech(&mut document, passage, &text);
            document.add_text(fields.words, self.words(words, text.span));
            if passage.ordinal == 0 {
                document.add_u64(fields.number, number);
                document.add_i64(fields.seen, provenance.row.seen);
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
        let (ranked, span) = ranked_title(title, body);
        document.add_text(fields.title_words, self.words(ranked, span));
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
        for quote in spoken(passage).filter(|quote| quote.speaker.is_some()) {
            if let Some(title) = titled(quote).filter(|title| !titles.contains(title)) {
                document.add_text(fields.title_of, &title);
                titles.push(title);
            }
            let (start, end) = text.positions(passage, quote);
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

    /// The words of a text between two folded offsets, prepared for the tokenizer of words.
    fn words(&self, words: &Segmented, span: Span) -> String {
        let room = span.end.min(words.folded.text().len()).saturating_sub(span.start);
        let mut prepared = String::with_capacity(room * 3 / 2);
        each_word(self.segmenter, words, span, |token| {
            prepared.push(SEPARATOR);
            prepared.push_str(token);
        });
        prepared
    }
}

/// The passage that the bytes of a stored document and the codes of its exact text hold; one that
/// is not its article's first has to be made [`stored::complete`].
///
/// # Errors
/// A reason, where the document has none that can be read: the index is damaged.
pub fn passage(
    document: &[u8],
    exact: &[u8],
    fields: &IndexFields,
) -> std::result::Result<Passage, String> {
    let record = doc_store::record(document, fields.stored);
    stored::read(exact, record.ok_or("a passage without its record")?)
}
