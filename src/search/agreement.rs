//! Agreement: what the opening of an article has in common with those of the other best ones.
//!
//! The articles that answer a question resemble each other more than those that only share its
//! words (the cluster hypothesis; van Rijsbergen, Information Retrieval, 1979, chapter 3), and a
//! news report says first what it is about. So a candidate gains by the mean cosine of the pairs of
//! characters of its opening with those of the best ones, a pair weighing the more the fewer of
//! them have it.

use foldhash::fast::FixedState;
use std::collections::HashMap;

/// Fewest openings that can agree on anything.
const FEWEST: usize = 3;

/// Two neighbouring characters.
type Neighbours = (char, char);

/// The agreement of each opening with the others, as a share of the most: `openings` are in order
/// of rank, of which each counts by its reciprocal. All are 0 where there are too few.
pub fn agreement(openings: &[Vec<char>]) -> Vec<f32> {
    if openings.len() < FEWEST {
        return vec![0.0; openings.len()];
    }
    let counts: Vec<_> = openings.iter().map(|opening| counts(opening)).collect();
    let mut holding: HashMap<Neighbours, u32, FixedState> = HashMap::default();
    for &(pair, _) in counts.iter().flatten() {
        *holding.entry(pair).or_default() += 1;
    }
    let all = (openings.len() + 1) as f32;
    let vectors: Vec<Vec<(Neighbours, f32)>> = counts
        .into_iter()
        .map(|counts| {
            let shared = counts.into_iter().filter(|(pair, _)| holding[pair] > 1);
            let rare = |pair: &Neighbours| (all / holding[pair] as f32).ln();
            unit(shared.map(|(pair, n)| (pair, (1.0 + (n as f32).ln()) * rare(&pair))).collect())
        })
        .collect();
    let mut sum: HashMap<Neighbours, f32, FixedState> = HashMap::default();
    for (rank, vector) in vectors.iter().enumerate() {
        for &(pair, weight) in vector {
            *sum.entry(pair).or_default() += weight / (rank + 1) as f32;
        }
    }
    let ranks: f32 = (1..=openings.len()).map(|rank| 1.0 / rank as f32).sum();
    let mean = |(rank, vector): (usize, &Vec<(Neighbours, f32)>)| {
        // An opening does not agree with itself.
        let own = 1.0 / (rank + 1) as f32;
        let common: f32 = vector.iter().map(|(pair, weight)| weight * sum[pair]).sum();
        (common - if vector.is_empty() { 0.0 } else { own }).max(0.0) / (ranks - own)
    };
    let means: Vec<f32> = vectors.iter().enumerate().map(mean).collect();
    let most = means.iter().copied().fold(f32::MIN_POSITIVE, f32::max);
    means.into_iter().map(|mean| mean / most).collect()
}

/// The pairs of an opening, in order, with how often it has each.
fn counts(opening: &[char]) -> Vec<(Neighbours, u32)> {
    let both = |pair: &&[char]| pair.iter().all(|c| c.is_alphanumeric());
    let mut pairs: Vec<Neighbours> =
        opening.windows(2).filter(both).map(|pair| (pair[0], pair[1])).collect();
    pairs.sort_unstable();
    pairs.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// A vector at the length of 1.
fn unit(mut vector: Vec<(Neighbours, f32)>) -> Vec<(Neighbours, f32)> {
    let length = vector.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
    vector.iter_mut().for_each(|(_, weight)| *weight /= length.max(f32::MIN_POSITIVE));
    vector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_opening_like_the_other_best_ones_gains_more_than_a_stray_one() {
        let texts =
            ["江水退了，堤坝没有动", "江水退了，桥没有动", "江水退了，堤坝还在", "股市跌停"];
        let openings: Vec<Vec<char>> = texts.iter().map(|text| text.chars().collect()).collect();
        let gains = agreement(&openings);
        assert!(gains[..3].iter().all(|&gain| gain > 0.3), "{gains:?}");
        assert!(gains.contains(&1.0) && gains[3].abs() < 1e-4, "{gains:?}");
        assert_eq!(agreement(&openings[..2]), [0.0, 0.0]);
    }

    #[test]
    fn openings_without_anything_in_common_or_without_words_gain_nothing() {
        let openings: Vec<Vec<char>> =
            ["江水", "堤坝", "，", ""].iter().map(|text| text.chars().collect()).collect();
        assert_eq!(agreement(&openings), [0.0; 4]);
    }
}
