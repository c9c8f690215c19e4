//! BM25's length norms of one segment, looked up by the byte in which a length is kept.

use super::segment::SelectedSegment;
use crate::engine::bm25::{Statistics, length_norm, saturation};
use crate::engine::ranking::Ranking;
use crate::error::Result;
use tantivy::DocId;
use tantivy::fieldnorm::FieldNormReader;

/// The norms of one kind of text in a segment.
pub struct LengthNorms<'a> {
    lengths: TextLengths<'a>,
    by_id: [f32; 256],
    k1: f32,
}

/// TextLengths of texts, as tantivy's field norm bytes.
enum TextLengths<'a> {
    Titles(FieldNormReader),
    Own(&'a [u8]),
}

impl<'a> LengthNorms<'a> {
    /// The norms of titles, in words.
    ///
    /// # Errors
    /// What tantivy reports of a damaged segment.
    pub fn titles(
        segment: &SelectedSegment<'_>,
        statistics: &Statistics,
        ranking: &Ranking,
    ) -> Result<LengthNorms<'a>> {
        let lengths = segment.reader.get_fieldnorms_reader(segment.fields.title_words)?;
        Ok(LengthNorms::new(TextLengths::Titles(lengths), statistics.title_words, ranking))
    }

    /// The norms of passages, in words.
    pub fn words(
        segment: &SelectedSegment<'a>,
        statistics: &Statistics,
        ranking: &Ranking,
    ) -> LengthNorms<'a> {
        let lengths = TextLengths::Own(segment.articles.words.norms());
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
    pub fn saturated(&self, doc: DocId, frequency: u32) -> f32 {
        let id = match &self.lengths {
            TextLengths::Titles(reader) => reader.fieldnorm_id(doc),
            TextLengths::Own(norms) => norms.get(doc as usize).copied().unwrap_or(0),
        };
        saturation(frequency as f32, self.k1, self.by_id[id as usize])
    }
}
