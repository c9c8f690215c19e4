//! Looks at the best candidates closely: which neighbouring characters of the query are neighbours in a passage.
//!
//! That finds what words miss (the 球拍 of 乒乓球拍卖完了) and prefers passages that have the words of the query side by
//! side, in order. Positions are read for the candidates alone.

use super::compile::Plan;
use super::evidence::Segment;
use super::rank::{Norms, Statistics};
use super::ranking::Ranking;
use crate::error::{Error, Result};
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Term};

/// At most so many pairs are looked for: those at the beginning of a long query.
const MOST_PAIRS: usize = 64;

/// The neighbours of a query, ready to be looked for in every segment.
pub struct Neighbours {
    chars: Vec<char>,
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
    ) -> Result<Neighbours> {
        let mut neighbours = Neighbours { chars: Vec::new(), pairs: Vec::new() };
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
        let Some(fields) = segments.first().map(|s| s.fields) else { return Ok(neighbours) };
        let count = |c: &char| statistics.count(segments, fields.chars, c.encode_utf8(&mut [0; 4]));
        let counts: Vec<u64> = neighbours.chars.iter().map(count).collect::<Result<_>>()?;
        let all = statistics.documents().max(1) as f32;
        for pair in &mut neighbours.pairs {
            let expected = counts[pair.left] as f32 * counts[pair.right] as f32 / all * ranking.cohesion;
            pair.weight *= ranking.neighbours * statistics.idf(expected.min(all) as u64);
        }
        Ok(neighbours)
    }

    /// What each of `documents`, which are in order, deserves besides its words.
    pub fn scores(&self, segment: &Segment<'_>, documents: &[DocId], norms: &Norms) -> Result<Vec<f32>> {
        let mut scores = vec![0.0; documents.len()];
        let places = self.places(segment, documents)?;
        for pair in &self.pairs {
            for (i, &doc) in documents.iter().enumerate() {
                let (lefts, rights) = (&places[pair.left][i], &places[pair.right][i]);
                let found = |at: &&u32| rights.binary_search(&(*at + 1)).is_ok() && segment.is_own(doc, **at, 2);
                let count = lefts.iter().filter(found).count();
                if count > 0 {
                    scores[i] += pair.weight * norms.saturated(doc, count as u32);
                }
            }
        }
        Ok(scores)
    }

    /// Where each character stands in each document.
    fn places(&self, segment: &Segment<'_>, documents: &[DocId]) -> Result<Vec<Vec<Vec<u32>>>> {
        let field = segment.fields.chars;
        let inverted = segment.reader.inverted_index(field)?;
        let mut places = vec![vec![Vec::new(); documents.len()]; self.chars.len()];
        for (c, places) in self.chars.iter().zip(&mut places) {
            let term = Term::from_field_text(field, c.encode_utf8(&mut [0; 4]));
            let postings = inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions);
            let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
            for (&doc, places) in documents.iter().zip(places) {
                let at = if postings.doc() < doc { postings.seek(doc) } else { postings.doc() };
                if at == doc {
                    postings.positions(places);
                }
            }
        }
        Ok(places)
    }

    fn number(&mut self, c: char) -> usize {
        self.chars.iter().position(|&known| known == c).unwrap_or_else(|| {
            self.chars.push(c);
            self.chars.len() - 1
        })
    }
}
