//! The weights of ranking, in one place.

/// The weights of ranking. The defaults were chosen on news questions (hit@1, nDCG@10) and
/// encyclopedia questions (hit@1, MRR@10) together, at values around which both are flat;
/// benches/RESULTS.md has the figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// Term-frequency saturation of BM25. From 0.3 to 0.6 both sets stay within .008; the usual 0.9
    /// cost .01 on news: in a short passage it matters that a word is there, hardly how often.
    pub k1: f32,
    /// Length normalisation of BM25. Anserini's 0.4; 0.6 costs .02 of hit@1 on news.
    pub b: f32,
    /// Weight of the passage's words, the unit of the others.
    pub passage: f32,
    /// Weight of the words of the whole article beside its best passage; without it .002 on either
    /// set is lost.
    pub article: f32,
    /// Weight of the words of the title; 0.5 and 2 each cost .001 to .002 of hit@1 on encyclopedia
    /// questions.
    pub title: f32,
    /// Weight of the shorter words inside a longer one, beside the longer one itself; flat from 0.3
    /// to 0.7.
    pub inner: f32,
    /// Weight of a word of the question words, beside other words; at 1 news questions lose .02 of
    /// hit@1.
    pub question: f32,
    /// Weight of a synonym, beside the word typed. Within .003 of none on both sets, whose
    /// questions use the words of their answers; it is there for those who type 央行.
    pub synonym: f32,
    /// Weight of two neighbouring characters of the query that are neighbours in the passage; flat
    /// from 0.3 to 0.8.
    pub neighbours: f32,
    /// How much more often two characters are neighbours than their numbers alone would let expect;
    /// flat from 0.1 to 0.4.
    pub cohesion: f32,
    /// Share of the words that an article must have to answer a sentence; at 0.4 one encyclopedia
    /// question in 300 finds its answer no more.
    pub minimum: f32,
    /// Share of the words that an article must have to answer four key words and more; at 0.7 news
    /// lose .006 of nDCG.
    pub minimum_keywords: f32,
    /// How many articles are looked at closely, character by character. 10 and 100 differ by less
    /// than .001.
    pub candidates: usize,
}

impl Default for Ranking {
    fn default() -> Ranking {
        Ranking {
            k1: 0.4,
            b: 0.3,
            passage: 1.0,
            article: 0.5,
            title: 1.0,
            inner: 0.5,
            question: 0.1,
            synonym: 0.4,
            neighbours: 0.5,
            cohesion: 0.2,
            minimum: 0.2,
            minimum_keywords: 0.5,
            candidates: 20,
        }
    }
}
