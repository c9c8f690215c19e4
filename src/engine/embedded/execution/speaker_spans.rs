//! The spans of each passage that were said by the speakers asked for: only the words in them
//! count.

use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::embedded::speech::Speech;
use crate::engine::filter::SpeechFilter;
use crate::error::Result;
use tantivy::DocId;
use tantivy::columnar::Column;

/// The words of some speakers in one segment.
pub struct SpeakerSpans<'a> {
    speech: &'a Column<u64>,
    filter: &'a SpeechFilter,
    /// Hash bits of the speakers' names.
    speakers: Vec<u32>,
}

impl<'a> SpeakerSpans<'a> {
    /// The words of the speakers that `filter` names, as far as it admits their confidence and
    /// kind.
    ///
    /// # Errors
    /// Tantivy's error for a damaged column.
    pub fn new(articles: &'a ArticleMap, filter: &'a SpeechFilter) -> Result<SpeakerSpans<'a>> {
        let speakers = filter.speakers.iter().map(|name| Speech::speaker_bits(name)).collect();
        Ok(SpeakerSpans { speech: articles.columns.speech()?, filter, speakers })
    }

    /// True if the document has any words that count.
    pub fn speaks(&self, doc: DocId) -> bool {
        self.of(doc).next().is_some()
    }

    /// True if the positions `start..end` of the document lie in words that count.
    pub fn cover(&self, doc: DocId, start: u32, end: u32) -> bool {
        self.of(doc).any(|span| span.start <= start && end <= span.end)
    }

    /// The spans of a document, in characters of its exact text.
    pub fn of(&self, doc: DocId) -> impl Iterator<Item = Speech> + '_ {
        let counts = |speech: &Speech| {
            self.speakers.contains(&speech.speaker)
                && self.filter.admits(speech.confidence, speech.kind)
        };
        self.speech.values_for_doc(doc).map(Speech::unpack).filter(counts)
    }
}
