//! One segment of an execution: its fields, its articles and the documents that may answer.

use super::doc_set::DocBitSet;
use super::speaker_spans::SpeakerSpans;
use crate::engine::bm25::Statistics;
use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::embedded::schema::IndexFields;
use crate::engine::ranking::Ranking;
use crate::engine::stop::Stop;
use crate::error::Result;
use tantivy::{DocId, SegmentReader};

/// An index with a selection applied, and what scoring needs to know of it.
pub struct SelectedIndex<'a> {
    /// The segments, in order.
    pub segments: Vec<SelectedSegment<'a>>,
    /// The numbers of the whole index, whatever the selection.
    pub statistics: &'a Statistics,
    /// The weights.
    pub ranking: &'a Ranking,
    /// Gives the work up when it is asked; `None` for work that goes to its end.
    pub stop: Option<&'a Stop>,
}

impl SelectedIndex<'_> {
    /// Goes on unless the work was given up.
    ///
    /// # Errors
    /// [`crate::error::Error::GivenUp`] if it was.
    pub fn check(&self) -> Result<()> {
        self.stop.map_or(Ok(()), Stop::check)
    }
}

/// One segment of an index, with a selection applied.
pub struct SelectedSegment<'a> {
    /// Tantivy's segment.
    pub reader: &'a SegmentReader,
    /// The fields.
    pub fields: &'a IndexFields,
    /// The documents that pass the filters; `None` for all.
    pub allowed: Option<DocBitSet>,
    /// The words that count; `None` for everybody's and the narration.
    pub speaker_spans: Option<SpeakerSpans<'a>>,
    /// The articles and the documents of each.
    pub articles: &'a ArticleMap,
}

impl SelectedSegment<'_> {
    /// True if the document passes the filters.
    #[inline]
    pub fn allows(&self, doc: DocId) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(doc))
    }
}

/// The number of passages of all segments that have a word.
///
/// # Errors
/// Tantivy's error for a damaged segment.
pub fn word_count(segments: &[SelectedSegment<'_>], word: &str) -> Result<u64> {
    segments.iter().map(|segment| segment.articles.words.count(word)).sum()
}

/// The number of passages of all segments that have a character.
pub fn character_count(segments: &[SelectedSegment<'_>], c: char) -> u64 {
    segments.iter().map(|segment| segment.articles.texts.count(c)).sum()
}
