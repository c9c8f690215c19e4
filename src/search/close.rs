//! Looks at the best candidates closely: which neighbouring characters of the query are neighbours in a passage.
//!
//! That finds what words miss (the 球拍 of 乒乓球拍卖完了) and prefers passages that have the words of the query side by
//! side, in order. Positions are read for the candidates alone.

use super::compile::Plan;
use super::evidence::Segment;
use super::rank::{Norms, Statistics};
use super::ranking::Ranking;
use crate::error::{Error, Result};
use std::collections::HashMap;
use tantivy::postings::Postings;
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Term};

/// Two neighbours of the query.
struct Pair {
    left: usize,
    right: usize,
    weight: f32,
}

/// What each of `documents`, which are in order, deserves besides its words.
pub fn examine(
    plan: &Plan,
    segment: &Segment<'_>,
    documents: &[DocId],
    statistics: &Statistics,
    ranking: &Ranking,
) -> Result<Vec<f32>> {
    let mut scores = vec![0.0; documents.len()];
    let mut numbers: HashMap<char, usize> = HashMap::new();
    let mut pairs: HashMap<(usize, usize), f32> = HashMap::new();
    for run in &plan.runs {
        for pair in run.windows(2) {
            let mut number = |c: char| {
                let next = numbers.len();
                *numbers.entry(c).or_insert(next)
            };
            let key = (number(pair[0].0), number(pair[1].0));
            let weight = (pair[0].1 + pair[1].1) / 2.0;
            let known = pairs.entry(key).or_default();
            *known = known.max(weight);
        }
    }
    if pairs.is_empty() || documents.is_empty() || ranking.neighbours == 0.0 {
        return Ok(scores);
    }
    let mut pairs: Vec<Pair> = pairs.into_iter().map(|((left, right), weight)| Pair { left, right, weight }).collect();
    pairs.sort_by_key(|p| (p.left, p.right));
    let mut chars: Vec<(char, usize)> = numbers.into_iter().collect();
    chars.sort_by_key(|c| c.1);
    let inverted = segment.reader.inverted_index(segment.fields.chars)?;
    // Where each character stands in each document.
    let mut places: Vec<Vec<Vec<u32>>> = vec![vec![Vec::new(); documents.len()]; chars.len()];
    let mut counts = vec![0u64; chars.len()];
    for (number, (c, _)) in chars.iter().enumerate() {
        let term = Term::from_field_text(segment.fields.chars, c.encode_utf8(&mut [0; 4]));
        let postings = inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions);
        let Some(mut postings) = postings.map_err(|e| Error::Engine(e.into()))? else { continue };
        counts[number] = u64::from(postings.doc_freq());
        for (i, &doc) in documents.iter().enumerate() {
            let at = if postings.doc() < doc { postings.seek(doc) } else { postings.doc() };
            if at == doc {
                postings.positions(&mut places[number][i]);
            }
        }
    }
    let norms = Norms::new(segment.reader, segment.fields.chars, statistics, ranking)?;
    let all = f64::from(segment.reader.max_doc().max(1));
    for pair in pairs {
        let (left, right) = (counts[pair.left] as f64, counts[pair.right] as f64);
        let share = (left * right / all / all * f64::from(ranking.cohesion)).min(1.0);
        let idf = statistics.idf((share * statistics.documents() as f64) as u64);
        for (i, &doc) in documents.iter().enumerate() {
            let (lefts, rights) = (&places[pair.left][i], &places[pair.right][i]);
            let count = lefts
                .iter()
                .filter(|&&at| rights.binary_search(&(at + 1)).is_ok() && segment.is_own(doc, at, 2))
                .count();
            if count > 0 {
                scores[i] += ranking.neighbours * pair.weight * idf * norms.saturated(doc, count as u32);
            }
        }
    }
    Ok(scores)
}
