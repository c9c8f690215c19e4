//! An execution over the segments of an index.
//!
//! segment.rs holds one segment with a selection applied, filter.rs and speaker_spans.rs apply it.
//! term_matcher.rs (with phrase.rs and postings.rs) finds evidence, evidence_lists.rs what of it is
//! matched by position, scorer.rs adds it up in accumulator.rs by the norms of length_norms.rs, and
//! top_docs.rs folds, counts (facets.rs) and orders.

mod accumulator;
mod doc_set;
mod evidence_lists;
mod facets;
mod filter;
mod length_norms;
mod phrase;
mod postings;
mod scorer;
mod segment;
mod speaker_spans;
mod term_matcher;
mod top_docs;

pub use accumulator::SumsPool;
pub use doc_set::DocBitSet;
pub use evidence_lists::title_count;
pub use filter::FilteredSegment;
pub use segment::{SelectedIndex, SelectedSegment};
pub use speaker_spans::SpeakerSpans;
pub use top_docs::article_id;

use super::char_codec;
use crate::engine::Execution;
use crate::engine::plan::Plan;
use crate::engine::top_docs::{CloseText, PassageAddress, Share, TopDocs, Wanted};
use crate::error::Result;
use tantivy::fieldnorm::FieldNormReader;

/// The segments of an index that a selection admits, ready to answer plans.
pub struct EmbeddedExecution<'a> {
    /// The segments.
    pub index: SelectedIndex<'a>,
    /// Sums of earlier searches.
    pub pool: &'a SumsPool,
}

impl Execution for EmbeddedExecution<'_> {
    fn top_docs(&self, plan: &Plan, wanted: &Wanted<'_>) -> Result<TopDocs> {
        top_docs::top_docs(&self.index, plan, wanted, self.pool)
    }

    fn explain(&self, plan: &Plan, at: PassageAddress) -> Result<Vec<Share>> {
        scorer::shares(&self.index, plan, at.segment as usize, at.passage, self.pool)
    }

    fn close_text(&self, at: PassageAddress) -> Result<CloseText> {
        let Some(segment) = self.index.segments.get(at.segment as usize) else {
            return Ok(CloseText::default());
        };
        let (doc, articles) = (at.passage, segment.articles);
        let last = articles.passages(articles.article(doc)).end;
        let chars = |codes| char_codec::numbers(codes).map_while(char_codec::character);
        let next = if doc + 1 < last { articles.texts.passage(doc + 1) } else { &[] };
        let norm = articles.texts.norms().get(doc as usize).copied().unwrap_or(0);
        let spans = |spans: &SpeakerSpans<'_>| spans.of(doc).map(|s| (s.start, s.end)).collect();
        Ok(CloseText {
            chars: chars(articles.texts.passage(doc)).collect(),
            next: chars(next).next(),
            length: FieldNormReader::id_to_fieldnorm(norm),
            speaker_spans: segment.speaker_spans.as_ref().map(spans),
        })
    }
}
