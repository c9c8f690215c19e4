//! What ranking weighs, in one place.

/// The weights of ranking. The defaults are those that did best on news questions and encyclopedia questions
/// together; benches/RESULTS.md has the figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranking {
    /// Term-frequency saturation of BM25.
    pub k1: f32,
    /// Length normalisation of BM25.
    pub b: f32,
    /// Weight of the passage's words.
    pub passage: f32,
    /// Weight of the words of the whole article beside its best passage.
    pub article: f32,
    /// Weight of the words of the title.
    pub title: f32,
    /// Weight of the shorter words inside a longer one, beside the longer one itself.
    pub inner: f32,
    /// Weight of a word of the question words, beside other words.
    pub question: f32,
    /// Weight of a synonym, beside the word typed.
    pub synonym: f32,
    /// Weight of two neighbouring characters of the query that are neighbours in the passage.
    pub neighbours: f32,
    /// How much more often two characters are neighbours than their numbers alone would let expect.
    pub cohesion: f32,
    /// Share of the words that an article must have to answer a sentence.
    pub minimum: f32,
    /// Share of the words that an article must have to answer four key words and more.
    pub minimum_keywords: f32,
    /// How many articles are looked at closely, character by character.
    pub candidates: usize,
}

impl Default for Ranking {
    fn default() -> Ranking {
        Ranking {
            k1: 0.4,
            b: 0.4,
            passage: 1.0,
            article: 1.0,
            title: 1.0,
            inner: 0.5,
            question: 0.1,
            synonym: 0.4,
            neighbours: 0.4,
            cohesion: 0.2,
            minimum: 0.2,
            minimum_keywords: 0.5,
            candidates: 30,
        }
    }
}
