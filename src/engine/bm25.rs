//! BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009), and the numbers of
//! an index that it weighs by.

use super::Ranking;

/// The counts and average lengths of an index as a whole. Deleted passages count until their
/// segment is merged.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Number of passages.
    pub passages: u64,
    /// Number of articles.
    pub articles: u64,
    /// Average number of words of a title, at least 1.
    pub title_words: f32,
    /// Average number of words of an article, at least 1.
    pub article_words: f32,
    /// Average number of words of a passage, at least 1.
    pub passage_words: f32,
    /// Average number of characters of a passage's exact text, at least 1.
    pub passage_chars: f32,
}

impl Statistics {
    /// The inverse document frequency of a term of `count` passages.
    pub fn idf(&self, count: u64) -> f32 {
        idf(count, self.passages)
    }

    /// The inverse document frequency of a term in the titles of `count` articles.
    pub fn title_idf(&self, count: u64) -> f32 {
        idf(count, self.articles)
    }
}

/// The average of a total over a number of texts, at least 1.
pub fn mean(total: u64, texts: u64) -> f32 {
    (total as f32 / texts.max(1) as f32).max(1.0)
}

/// `ln(1 + (N - n + 0.5) / (n + 0.5))`, never negative.
fn idf(count: u64, all: u64) -> f32 {
    let (n, df) = (all as f32, count as f32);
    (1.0 + (n - df + 0.5).max(0.0) / (df + 0.5)).ln()
}

/// `k1 (1 - b + b length / average)`: the part of BM25's denominator that depends on the length.
pub fn length_norm(length: f32, average: f32, ranking: &Ranking) -> f32 {
    let Ranking { k1, b, .. } = *ranking;
    k1 * (1.0 - b + b * length / average)
}

/// `tf (1 + k1) / (tf + norm)`: the saturated frequency; `norm` is a [`length_norm`].
pub fn saturation(frequency: f32, k1: f32, norm: f32) -> f32 {
    frequency * (1.0 + k1) / (frequency + norm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_term_weighs_more_and_a_frequent_one_never_less_than_nothing() {
        let statistics = Statistics {
            passages: 1_000,
            articles: 100,
            title_words: 1.0,
            article_words: 1.0,
            passage_words: 1.0,
            passage_chars: 1.0,
        };
        assert!(statistics.idf(1) > statistics.idf(10) && statistics.idf(10) > statistics.idf(999));
        assert!(statistics.idf(1_000) >= 0.0 && statistics.title_idf(1_000) >= 0.0);
    }

    #[test]
    fn frequency_saturates_and_length_discounts() {
        let ranking = Ranking::default();
        let norm = |length: f32| length_norm(length, 100.0, &ranking);
        let score = |n: f32, length: f32| saturation(n, ranking.k1, norm(length));
        assert!(score(2.0, 100.0) > score(1.0, 100.0));
        assert!(score(2.0, 100.0) - score(1.0, 100.0) > score(3.0, 100.0) - score(2.0, 100.0));
        assert!(score(1.0, 50.0) > score(1.0, 200.0));
    }
}
