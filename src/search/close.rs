//! Looks at the best candidates closely: which neighbouring characters of the query are neighbours
//! in a passage.
//!
//! That finds what words miss (the 球拍 of 乒乓球拍卖完了) and prefers passages that have the words
//! of the query side by side, in order. Only the candidates' text is read.

use super::compile::Plan;
use super::evidence::Segment;
use super::ranking::Ranking;
use super::statistics::{Norms, Statistics, count};
use crate::index::characters;
use tantivy::DocId;

/// At most so many pairs are looked for: those at the beginning of a long query.
const MOST_PAIRS: usize = 64;

/// The neighbours of a query, ready to be looked for in every segment.
pub struct Neighbours {
    chars: Vec<char>,
    /// Their numbers as the index has them.
    numbers: Vec<u32>,
    pairs: Vec<Pair>,
}

/// Two neighbours, by the numbers of their characters, and what they are worth.
struct Pair {
    left: usize,
    right: usize,
    weight: f32,
}

impl Neighbours {
    /// The neighbours in a plan's runs, the pairs weighed by how rare they should be.
    pub fn new(
        plan: &Plan,
        segments: &[Segment<'_>],
        statistics: &Statistics,
        ranking: &Ranking,
    ) -> Neighbours {
        let mut neighbours =
            Neighbours { chars: Vec::new(), numbers: Vec::new(), pairs: Vec::new() };
        for pair in plan.runs.iter().flat_map(|run| run.windows(2)) {
            let (left, right) = (neighbours.number(pair[0].0), neighbours.number(pair[1].0));
            let weight = (pair[0].1 + pair[1].1) / 2.0;
            let full = neighbours.pairs.len() >= MOST_PAIRS;
            match neighbours.pairs.iter_mut().find(|p| (p.left, p.right) == (left, right)) {
                Some(known) => known.weight = known.weight.max(weight),
                None if full => break,
                None => neighbours.pairs.push(Pair { left, right, weight }),
            }
        }
        let counts: Vec<u64> = neighbours.chars.iter().map(|&c| count(segments, c)).collect();
        let all = statistics.documents().max(1) as f32;
        for pair in &mut neighbours.pairs {
            let expected =
                counts[pair.left] as f32 * counts[pair.right] as f32 / all * ranking.cohesion;
            pair.weight *= ranking.neighbours * statistics.idf(expected.min(all) as u64);
        }
        neighbours
    }

    /// What each of `documents` deserves besides its words.
    pub fn scores(
        &self,
        segment: &Segment<'_>,
        documents: &[DocId],
        norms: &Norms<'_>,
    ) -> Vec<f32> {
        let mut counts = vec![0u32; self.pairs.len()];
        let score = |&doc: &DocId| {
            counts.fill(0);
            self.count(segment, doc, &mut counts);
            let found = self.pairs.iter().zip(&counts).filter(|&(_, &count)| count > 0);
            found.map(|(pair, &count)| pair.weight * norms.saturated(doc, count)).sum()
        };
        documents.iter().map(score).collect()
    }

    /// Counts each pair in a document, and across its border.
    fn count(&self, segment: &Segment<'_>, doc: DocId, counts: &mut [u32]) {
        let (layout, texts) = (segment.layout, &segment.layout.texts);
        let last = layout.passages(layout.article(doc)).end;
        let own = characters::numbers(texts.passage(doc));
        let next = if doc + 1 < last { texts.passage(doc + 1) } else { &[] };
        let mut left = None;
        for (position, number) in (0u32..).zip(own.chain(characters::numbers(next).take(1))) {
            let right = self.numbers.iter().position(|&known| known == number);
            if let (Some(left), Some(right)) = (left, right)
                && let Some(i) =
                    self.pairs.iter().position(|pair| (pair.left, pair.right) == (left, right))
                && segment
                    .said
                    .as_ref()
                    .is_none_or(|said| said.covers(doc, position - 1, position + 1))
            {
                counts[i] += 1;
            }
            left = right;
        }
    }

    fn number(&mut self, c: char) -> usize {
        self.chars.iter().position(|&known| known == c).unwrap_or_else(|| {
            self.chars.push(c);
            self.numbers.push(characters::number(c));
            self.chars.len() - 1
        })
    }
}
