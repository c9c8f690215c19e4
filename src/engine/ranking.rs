//! The weights of ranking, in one place.

use super::plan::AS_TYPED;

/// The weights of ranking. The defaults were chosen on questions of journalists to a news archive
/// (nDCG@10, P@5), news questions (hit@1, nDCG@10) and encyclopedia questions (hit@1) together, at
/// values around which all are flat; benches/RESULTS.md has the figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// Term-frequency saturation of BM25: Anserini's 0.9. 0.6 gains .008 of nDCG on news and loses
    /// as much of P@5 on the archive; 1.2 loses on both.
    pub k1: f32,
    /// Length normalisation of BM25: Anserini's 0.4. From 0.3 to 0.5 all sets stay within .009, 0.4
    /// being best on three of four.
    pub b: f32,
    /// Weight of the passage's words and its article's title, the unit of the others.
    pub passage: f32,
    /// Weight of the words of the whole article beside its best passage: what is mainly about the
    /// subject comes before what mentions it once. At 0.25 the second set of journalists' questions
    /// loses .032 of nDCG; from 1 to 2 all sets stay within .007.
    pub article: f32,
    /// The number of times that a word of the title, or of the first sentence where there is none,
    /// counts in the frequency of the whole (BM25F). From 0.5 to 1 all sets stay within .003; at
    /// 0.3 the archive loses .005.
    pub title: f32,
    /// Weight of the shorter words inside a longer one, beside the longer one itself; flat from
    /// 0.25 to 0.75, at 0.1 the archive loses .009.
    pub inner: f32,
    /// Weight of a word of the question words, beside other words; at 0.5 news questions lose .006
    /// of hit@1.
    pub question: f32,
    /// Weight of another name of nearly the same thing, beside the name typed. At 0 neither these
    /// nor certain equals are looked for.
    pub synonym: f32,
    /// Weight of a certain equal, such as an official name and its abbreviation. At 1 news
    /// questions lose .005 of nDCG and the archive .004, since a text that has both counts twice;
    /// flat below 0.7, from which on it counts as the name typed.
    pub equal: f32,
    /// Weight of two neighbouring characters of the query that are neighbours in the passage. Flat
    /// from 0.1 to 0.4; at 0.6 the archive loses .006.
    pub neighbours: f32,
    /// How much more often two characters are neighbours than their numbers alone would let expect;
    /// flat from 0.1 to 0.5.
    pub cohesion: f32,
    /// Weight of neighbours inside of a word, beside those that stand in two words: the word itself
    /// has been counted, unless it was cut otherwise. At 0 all sets lose .004.
    pub within: f32,
    /// Weight of what the opening of an article has in common with those of the other best ones, as
    /// a share of the best score. Without it and [`Ranking::lead`] journalists' questions lose .012
    /// to .046 of nDCG, news questions .035; from 0.15 to 0.3 the former stay within .007.
    pub agreement: f32,
    /// Weight of the words of the question at the start of an article, as a share of the best
    /// score. From 0.1 to 0.25 all sets stay within .005.
    pub lead: f32,
    /// Share of the words that an article must have to answer a sentence; at 0.4 one encyclopedia
    /// question in 300 finds its answer no more.
    pub minimum: f32,
    /// Share of the words that an article must have to answer four key words and more; at 0.7 the
    /// archive loses .018 of nDCG.
    pub minimum_keywords: f32,
    /// How many articles are looked at closely, character by character. 20, 40 and 100 give the
    /// same.
    pub candidates: usize,
}

impl Default for Ranking {
    fn default() -> Ranking {
        Ranking {
            k1: 0.9,
            b: 0.4,
            passage: 1.0,
            article: 1.0,
            title: 0.5,
            inner: 0.5,
            question: 0.1,
            synonym: 0.6,
            equal: AS_TYPED,
            neighbours: 0.25,
            cohesion: 0.2,
            within: 0.2,
            agreement: 0.3,
            lead: 0.15,
            minimum: 0.2,
            minimum_keywords: 0.5,
            candidates: 20,
        }
    }
}
