//! The fields of the index. One document is one passage; index/README.md has the same table with
//! its reasons.
//!
//! The values of a whole article are indexed with its first passage alone;
//! `super::article_map::ArticleMap` knows which that is.

use super::exact_text::plugin::ExactTextPlugin;
use super::tokenizer::JIEBA;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, NumericOptions, STORED, Schema, TextFieldIndexing, TextOptions,
};

/// Number of the index format: raised whenever fields, tokens or stored records change their
/// meaning.
pub const FORMAT: u32 = 7;

/// The fields, by name.
#[derive(Debug, Clone)]
pub struct IndexFields {
    /// The schema that they make up.
    pub schema: Schema,
    /// Number of the article (see [`crate::engine::article_number`]) that the passage belongs to:
    /// deletes it.
    pub article: Field,
    /// The same number, with the article's first passage, to be read.
    pub number: Field,
    /// Place of the passage in its article.
    pub ordinal: Field,
    /// Article id, for `show`; with the first passage.
    pub id: Field,
    /// File the article was read from, for filters; with the first passage.
    pub path: Field,
    /// Seconds since 1970 in Chinese civil time; no value where the article has no date; with the
    /// first passage.
    pub date: Field,
    /// Seconds since 1970 in UTC when the run began that found the article with this content first;
    /// with the first passage.
    pub seen: Field,
    /// Original outlet; with the first passage.
    pub source: Field,
    /// Authors; with the first passage.
    pub author: Field,
    /// Speakers of the passage, each by the one name it is filed under.
    pub speaker: Field,
    /// The other names that the passage's article gives its speakers.
    pub alias: Field,
    /// Speakers with a title that the passage's article gives them; see
    /// `crate::engine::indexed_text::TITLE_SEPARATOR`.
    pub title_of: Field,
    /// Confidence, kind and stretch of each quote, packed; see `super::speech::Speech`.
    pub speech: Field,
    /// Topic keys of the article; with the first passage.
    pub topic: Field,
    /// Key terms of the article; with the first passage.
    pub subject: Field,
    /// Words of the passage of two characters and more, with how often each is in it: what ranks.
    /// See `super::words::WordPostings`.
    pub words: Field,
    /// The codes of the passage's exact text: what is exact. Not the engine's; see
    /// `super::exact_text::ExactTexts`.
    pub text: Field,
    /// Words of the title, or of the first sentence where there is none; with the first passage.
    pub title_words: Field,
    /// Every character of the title with its position; with the first passage.
    pub title_chars: Field,
    /// The passage itself; see `super::stored`.
    pub stored: Field,
}

impl IndexFields {
    /// The name of the field of words.
    pub const WORDS: &str = "words";

    /// The fields of format [`FORMAT`].
    pub fn new() -> IndexFields {
        let indexing = |tokenizer: &str, option| {
            TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option)
        };
        let text = |tokenizer: &str, option| {
            TextOptions::default().set_indexing_options(indexing(tokenizer, option))
        };
        // Without the number of tokens, which only ranking needs.
        let lean = |tokenizer: &str, option| {
            TextOptions::default()
                .set_indexing_options(indexing(tokenizer, option).set_fieldnorms(false))
        };
        let whole = |tokenizer: &str| lean(tokenizer, IndexRecordOption::Basic).set_fast("raw");
        // A value is found whole and folded (or, for ids and paths, as it stands), and counted as
        // it stands.
        let key = || whole("key");
        let exact = || whole("raw");
        let mut builder = Schema::builder();
        IndexFields {
            article: builder.add_u64_field("article", NumericOptions::default().set_indexed()),
            number: builder.add_u64_field("number", FAST),
            ordinal: builder.add_u64_field("ordinal", FAST),
            id: builder.add_text_field("id", exact()),
            path: builder.add_text_field("path", exact()),
            date: builder.add_i64_field("date", FAST),
            seen: builder.add_i64_field("seen", FAST),
            source: builder.add_text_field("source", key()),
            author: builder.add_text_field("author", key()),
            speaker: builder.add_text_field("speaker", key()),
            alias: builder.add_text_field("alias", lean("key", IndexRecordOption::Basic)),
            title_of: builder.add_text_field("title_of", TextOptions::default().set_fast("raw")),
            speech: builder.add_u64_field("speech", FAST),
            topic: builder.add_text_field("topic", key()),
            subject: builder.add_text_field("subject", key()),
            words: builder
                .add_text_field(IndexFields::WORDS, text(JIEBA, IndexRecordOption::WithFreqs)),
            text: builder.add_custom_field(
                "text",
                ExactTextPlugin::FIELD_TYPE,
                serde_json::json!({}),
            ),
            title_words: builder
                .add_text_field("title_words", text(JIEBA, IndexRecordOption::WithFreqs)),
            title_chars: builder.add_text_field(
                "title_chars",
                lean("chars", IndexRecordOption::WithFreqsAndPositions),
            ),
            stored: builder.add_bytes_field("stored", STORED),
            schema: builder.build(),
        }
    }
}

impl Default for IndexFields {
    fn default() -> Self {
        IndexFields::new()
    }
}
