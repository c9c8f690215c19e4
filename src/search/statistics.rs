//! The numbers that BM25 weighs by: how many passages have something, how long texts are, in one
//! index as a whole.

use super::evidence::Segment;
use super::ranking::Ranking;
use crate::error::Result;
use crate::index::{Fields, Layout};
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field;
use tantivy::{DocId, Searcher, Term};

/// What ranking needs to know of the whole index.
pub struct Statistics {
    documents: u64,
    articles: u64,
    /// Average words of a title.
    title: f32,
    /// Average words of an article.
    pub article: f32,
    /// Average words of a passage.
    words: f32,
    /// Average characters of a passage.
    characters: f32,
}

impl Statistics {
    /// Reads them from a searcher.
    pub fn new(searcher: &Searcher, fields: &Fields, layouts: &[Layout]) -> Result<Statistics> {
        let documents: u64 =
            searcher.segment_readers().iter().map(|r| u64::from(r.max_doc())).sum();
        let articles: u64 = layouts.iter().map(|layout| layout.count() as u64).sum();
        let mut title = 0;
        for reader in searcher.segment_readers() {
            title += reader.inverted_index(fields.title_words)?.total_num_tokens();
        }
        let mean = |all: u64, of: u64| (all as f32 / of.max(1) as f32).max(1.0);
        let tokens: u64 = layouts.iter().map(|layout| layout.words.tokens()).sum();
        let characters: u64 = layouts.iter().map(|layout| layout.texts.characters()).sum();
        Ok(Statistics {
            documents,
            articles,
            title: mean(title, articles),
            article: mean(tokens, articles),
            words: mean(tokens, documents),
            characters: mean(characters, documents),
        })
    }

    /// In how many documents a field of the engine has a term.
    pub fn count(&self, segments: &[Segment<'_>], field: Field, text: &str) -> Result<u64> {
        let term = Term::from_field_text(field, text);
        segments.iter().try_fold(0, |count, segment| {
            let more = segment.reader.inverted_index(field)?.doc_freq(&term);
            Ok(count + u64::from(more.map_err(|e| crate::error::Error::Engine(e.into()))?))
        })
    }

    /// How many passages there are.
    pub fn documents(&self) -> u64 {
        self.documents
    }

    /// The inverse document frequency of something found in `count` passages.
    pub fn idf(&self, count: u64) -> f32 {
        idf(count, self.documents)
    }

    /// The inverse document frequency of something found in the titles of `count` articles.
    pub fn title_idf(&self, count: u64) -> f32 {
        idf(count, self.articles)
    }
}

/// In how many passages a word is.
pub fn word_count(segments: &[Segment<'_>], word: &str) -> u64 {
    segments.iter().map(|segment| segment.layout.words.count(word)).sum()
}

/// In how many passages a character is.
pub fn count(segments: &[Segment<'_>], c: char) -> u64 {
    segments.iter().map(|segment| segment.layout.texts.count(c)).sum()
}

fn idf(count: u64, all: u64) -> f32 {
    let (n, df) = (all as f32, count as f32);
    (1.0 + (n - df + 0.5).max(0.0) / (df + 0.5)).ln()
}

/// BM25's frequency part for one text of a segment's passages or titles, by its length.
pub struct Norms<'a> {
    lengths: Lengths<'a>,
    by_id: [f32; 256],
    k1: f32,
}

/// How long texts are, in the engine's bytes.
enum Lengths<'a> {
    Titles(FieldNormReader),
    Own(&'a [u8]),
}

impl<'a> Norms<'a> {
    /// Those of the titles.
    pub fn titles(
        segment: &Segment<'_>,
        statistics: &Statistics,
        ranking: &Ranking,
    ) -> Result<Norms<'a>> {
        let lengths = segment.reader.get_fieldnorms_reader(segment.fields.title_words)?;
        Ok(Norms::by_length(Lengths::Titles(lengths), statistics.title, ranking))
    }

    /// Those of the words.
    pub fn words(layout: &'a Layout, statistics: &Statistics, ranking: &Ranking) -> Norms<'a> {
        Norms::by_length(Lengths::Own(layout.words.norms()), statistics.words, ranking)
    }

    /// Those of the exact text.
    pub fn exact(layout: &'a Layout, statistics: &Statistics, ranking: &Ranking) -> Norms<'a> {
        Norms::by_length(Lengths::Own(layout.texts.norms()), statistics.characters, ranking)
    }

    fn by_length(lengths: Lengths<'a>, average: f32, ranking: &Ranking) -> Norms<'a> {
        let Ranking { k1, b, .. } = *ranking;
        let mut by_id = [0.0; 256];
        for (id, norm) in by_id.iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            *norm = k1 * (1.0 - b + b * length / average);
        }
        Norms { lengths, by_id, k1 }
    }

    /// What `frequency` occurrences in a document are worth.
    #[inline]
    pub fn saturated(&self, doc: DocId, frequency: u32) -> f32 {
        let frequency = frequency as f32;
        let id = match &self.lengths {
            Lengths::Titles(reader) => reader.fieldnorm_id(doc),
            Lengths::Own(norms) => norms.get(doc as usize).copied().unwrap_or(0),
        };
        frequency * (1.0 + self.k1) / (frequency + self.by_id[id as usize])
    }
}
