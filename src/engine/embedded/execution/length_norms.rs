//! BM25's length norms of one segment, looked up by the byte in which a length is kept.

use super::segment::SelectedSegment;
use crate::engine::bm25::{Statistics, length_norm, saturation};
use crate::engine::embedded::words::WordPostings;
use crate::engine::ranking::Ranking;
use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReader;

/// The norms of one kind of text in a segment.
pub struct LengthNorms<'a> {
    lengths: TextLengths<'a>,
    by_id: [f32; 256],
    k1: f32,
}

/// Lengths of texts, as tantivy's field norm bytes.
enum TextLengths<'a> {
    Words(&'a WordPostings),
    Own(&'a [u8]),
}

impl<'a> LengthNorms<'a> {
    /// The norms of passages, in words.
    pub fn words(
        segment: &SelectedSegment<'a>,
        statistics: &Statistics,
        ranking: &Ranking,
    ) -> LengthNorms<'a> {
        let lengths = TextLengths::Words(&segment.articles.words);
        LengthNorms::new(lengths, statistics.passage_words, ranking)
    }

    /// The norms of passages, in characters of their exact text.
    pub fn chars(
        segment: &SelectedSegment<'a>,
        statistics: &Statistics,
        ranking: &Ranking,
    ) -> LengthNorms<'a> {
        let lengths = TextLengths::Own(segment.articles.texts.norms());
        LengthNorms::new(lengths, statistics.passage_chars, ranking)
    }

    fn new(lengths: TextLengths<'a>, average: f32, ranking: &Ranking) -> LengthNorms<'a> {
        let mut by_id = [0.0; 256];
        for (id, norm) in by_id.iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            *norm = length_norm(length, average, ranking);
        }
        LengthNorms { lengths, by_id, k1: ranking.k1 }
    }

    /// The saturated value of `frequency` occurrences in a document.
    #[inline]
    pub fn saturated(&self, doc: DocId, frequency: f32) -> f32 {
        let id = match &self.lengths {
            TextLengths::Words(words) => words.length_id(doc),
            TextLengths::Own(norms) => norms.get(doc as usize).copied().unwrap_or(0),
        };
        saturation(frequency, self.k1, self.by_id[id as usize])
    }
}
