//! Agreement: what a passage has in common with the other best passages.
//!
//! The passages that answer a question resemble each other more than those that only share its
//! words (the cluster hypothesis; van Rijsbergen, Information Retrieval, 1979, chapter 3). So a
//! candidate gains by the mean cosine of its pairs of characters with those of the best ones.

use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Candidates that the others are compared with: the best so many.
const COMPARED: usize = 10;

/// A passage's pairs of neighbouring characters, each once and in order, with the weight of each:
/// a vector of length 1.
struct PairVector {
    pairs: Vec<u64>,
    weight: f32,
}

impl PairVector {
    fn new(chars: &[char]) -> PairVector {
        let both = |pair: &[char]| pair.iter().all(|c| c.is_alphanumeric());
        let windows = chars.windows(2).filter(|pair| both(pair));
        let mut pairs: Vec<u64> =
            windows.map(|pair| u64::from(pair[0]) << 32 | u64::from(pair[1])).collect();
        pairs.sort_unstable();
        pairs.dedup();
        let weight = 1.0 / (pairs.len().max(1) as f32).sqrt();
        PairVector { pairs, weight }
    }
}

/// The gain of each candidate: `weight` times the best score, times its mean cosine with the best
/// candidates, of which each counts by the square of its share of the best score.
///
/// `texts` has a number, the score and the characters of each candidate; it is sorted by score.
pub fn agreement(texts: &mut [(usize, f32, Vec<char>)], weight: f32) -> Vec<f32> {
    texts.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let best = texts.first().map_or(0.0, |text| text.1);
    if weight <= 0.0 || best <= 0.0 || texts.len() < 3 {
        return vec![0.0; texts.len()];
    }
    let vectors: Vec<PairVector> = texts.iter().map(|text| PairVector::new(&text.2)).collect();
    let shares: Vec<f32> = texts.iter().map(|text| (text.1 / best).max(0.0).powi(2)).collect();
    let mut sum: HashMap<u64, f32, FixedState> = HashMap::default();
    for (vector, share) in vectors.iter().zip(&shares).take(COMPARED) {
        for &pair in &vector.pairs {
            *sum.entry(pair).or_default() += vector.weight * share;
        }
    }
    let compared = COMPARED.min(texts.len()) as f32;
    let gain = |(i, vector): (usize, &PairVector)| {
        let common = vector.pairs.iter().filter_map(|pair| sum.get(pair)).sum::<f32>();
        // A candidate does not agree with itself.
        let own = if i < COMPARED && !vector.pairs.is_empty() { shares[i] } else { 0.0 };
        weight * best * (common * vector.weight - own).max(0.0) / compared
    };
    vectors.iter().enumerate().map(gain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_like_the_other_best_ones_gains_more_than_a_stray_one() {
        let texts =
            ["江水退了，堤坝没有动", "江水退了，桥没有动", "江水退了，堤坝还在", "股市跌了"];
        let mut texts: Vec<(usize, f32, Vec<char>)> =
            texts.iter().enumerate().map(|(i, text)| (i, 10.0, text.chars().collect())).collect();
        let gains = agreement(&mut texts, 0.5);
        assert!(gains[..3].iter().all(|&gain| gain > 0.5), "{gains:?}");
        assert!(gains[3].abs() < 1e-4, "{gains:?}");
        assert_eq!(agreement(&mut texts[..2], 0.5), [0.0, 0.0]);
    }
}
