//! Proximity: a closer look at the best candidates, for neighbouring characters of the query that
//! are neighbours in a passage.
//!
//! That finds what words miss (the 球拍 of 乒乓球拍卖完了) and prefers passages that have the words
//! of the query side by side, in order. Only the candidates' text is read. The openings of their
//! articles are weighed at the same time; see [`super::opening`].

use super::opening;
use crate::engine::bm25::{length_norm, saturation};
use crate::engine::{
    Candidate, CloseText, Engine, Execution, Order, OrderFacts, Plan, Ranking, ScoredPassage,
    top_docs,
};
use crate::error::Result;

/// At most so many pairs are looked for: those at the beginning of a long query.
const MOST_PAIRS: usize = 64;

/// The neighbours of a query, ready to be looked for.
pub struct Proximity<'a> {
    chars: Vec<char>,
    pairs: Vec<CharPair>,
    ranking: &'a Ranking,
    /// Average number of characters of a passage.
    average: f32,
}

/// Two neighbours, by their places among the characters, and their weight.
struct CharPair {
    left: usize,
    right: usize,
    weight: f32,
}

impl<'a> Proximity<'a> {
    /// The neighbours in a plan's runs, the pairs weighed by how rare they should be.
    pub fn new(plan: &Plan, engine: &dyn Engine, ranking: &'a Ranking) -> Proximity<'a> {
        let statistics = engine.statistics();
        let (chars, pairs) = (Vec::new(), Vec::new());
        let average = statistics.passage_chars;
        let mut proximity = Proximity { chars, pairs, ranking, average };
        for pair in plan.runs.iter().flat_map(|run| run.windows(2)) {
            let (left, right) = (proximity.place(pair[0].0), proximity.place(pair[1].0));
            let weight = pair[1].1;
            let full = proximity.pairs.len() >= MOST_PAIRS;
            match proximity.pairs.iter_mut().find(|p| (p.left, p.right) == (left, right)) {
                Some(known) => known.weight = known.weight.max(weight),
                None if full => break,
                None => proximity.pairs.push(CharPair { left, right, weight }),
            }
        }
        let counts: Vec<u64> = proximity.chars.iter().map(|&c| engine.character_count(c)).collect();
        let all = statistics.passages.max(1) as f32;
        for pair in &mut proximity.pairs {
            let (left, right) = (counts[pair.left] as f32, counts[pair.right] as f32);
            let expected = left * right / all * ranking.cohesion;
            pair.weight *= ranking.neighbours * statistics.idf(expected.min(all) as u64);
        }
        proximity
    }

    /// Scores the candidates of `plan` that have passages to be examined again, and puts all in
    /// order.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    pub fn rank(
        &self,
        candidates: &mut [Candidate],
        plan: &Plan,
        engine: &dyn Engine,
        execution: &dyn Execution,
    ) -> Result<()> {
        let mut scored = Vec::new();
        for (i, candidate) in candidates.iter_mut().enumerate() {
            let mut best: Option<(ScoredPassage, f32)> = None;
            for passage in &candidate.examined {
                let text = execution.close_text(passage.at)?;
                let score = passage.score + self.score(&text);
                if best.is_none_or(|(_, most)| score > most) {
                    best = Some((*passage, score));
                }
            }
            if let Some((passage, score)) = best {
                (candidate.at, candidate.ordinal) = (passage.at, passage.ordinal);
                candidate.score = score;
                scored.push(i);
            }
        }
        scored
            .sort_by(|&a, &b| candidates[b].score.total_cmp(&candidates[a].score).then(a.cmp(&b)));
        let ranked: Vec<&Candidate> = scored.iter().map(|&i| &candidates[i]).collect();
        let gains = opening::gains(&ranked, plan, engine, execution, self.ranking)?;
        let most = scored.first().map_or(0.0, |&i| candidates[i].score);
        for (i, gain) in scored.into_iter().zip(gains) {
            let score = candidates[i].score + most * gain;
            candidates[i].score = score;
            candidates[i].key = Order::Relevance.key(OrderFacts { score, ..OrderFacts::default() });
        }
        top_docs::sort(candidates, |at| engine.article_id(at))
    }

    /// The score of a passage's neighbours.
    pub fn score(&self, text: &CloseText) -> f32 {
        let counts = self.count(text);
        let norm = length_norm(text.length as f32, self.average, self.ranking);
        let found = self.pairs.iter().zip(&counts).filter(|&(_, &count)| count > 0);
        found
            .map(|(pair, &count)| pair.weight * saturation(count as f32, self.ranking.k1, norm))
            .sum()
    }

    /// Counts each pair in a passage, and across its border to the next.
    fn count(&self, text: &CloseText) -> Vec<u32> {
        let mut counts = vec![0u32; self.pairs.len()];
        let mut left = None;
        for (position, &c) in (0u32..).zip(text.chars.iter().chain(text.next.as_ref())) {
            let right = self.chars.iter().position(|&known| known == c);
            if let (Some(left), Some(right)) = (left, right)
                && let Some(i) = self.pairs.iter().position(|p| (p.left, p.right) == (left, right))
                && text.counts(position - 1, position + 1)
            {
                counts[i] += 1;
            }
            left = right;
        }
        counts
    }

    fn place(&mut self, c: char) -> usize {
        self.chars.iter().position(|&known| known == c).unwrap_or_else(|| {
            self.chars.push(c);
            self.chars.len() - 1
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proximity(ranking: &Ranking) -> Proximity<'_> {
        Proximity {
            chars: vec!['球', '拍'],
            pairs: vec![CharPair { left: 0, right: 1, weight: 1.0 }],
            ranking,
            average: 10.0,
        }
    }

    fn text(chars: &str) -> CloseText {
        let length = chars.chars().count() as u32;
        CloseText { chars: chars.chars().collect(), length, ..CloseText::default() }
    }

    #[test]
    fn neighbours_count_in_order_and_across_the_border() {
        let ranking = Ranking::default();
        let proximity = proximity(&ranking);
        assert_eq!(proximity.count(&text("乒乓球拍卖完了球拍")), [2]);
        assert_eq!(proximity.count(&text("拍球")), [0]);
        let next = CloseText { next: Some('拍'), ..text("乒乓球") };
        assert_eq!(proximity.count(&next), [1]);
        assert!(proximity.score(&next) > 0.0);
    }

    #[test]
    fn only_a_speakers_own_neighbours_count() {
        let ranking = Ranking::default();
        let own = CloseText { speaker_spans: Some(vec![(2, 4)]), ..text("球拍球拍") };
        assert_eq!(proximity(&ranking).count(&own), [1]);
    }
}
