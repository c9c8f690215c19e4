//! Ranking: scores every passage that qualifies, groups passages by article, orders the articles.
//!
//! A passage's score is the sum of BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) over the
//! evidence found in it and in its title. Passages of one article are neighbours in a segment, so grouping is one
//! pass in document order.

use super::compile::{Evidence, Occur, Place, Plan};
use super::evidence::{Found, Segment};
use super::postings::{DocBits, for_each_block};
use crate::error::Result;
use crate::index::Fields;
use std::collections::HashMap;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::schema::Field;
use tantivy::{DocId, Searcher, SegmentReader, Term};

/// Term-frequency saturation of BM25. 0.9 and 0.4 are the values tuned for passage collections by Anserini and the
/// usual public baseline.
const K1: f32 = 0.9;
/// Length normalisation of BM25; see [`K1`].
const B: f32 = 0.4;
/// Weight of the title beside the passage.
const TITLE_WEIGHT: f32 = 0.6;
/// Share of an article's further passages in its score: several good passages beat one lucky one.
const FURTHER_WEIGHT: f32 = 0.1;

/// A passage that qualifies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Its segment.
    pub segment: u32,
    /// Its document in the segment.
    pub doc: DocId,
    /// Its own score.
    pub score: f32,
}

/// An article that qualifies, with its passages best first.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The article's score.
    pub score: f32,
    /// Its best passage.
    pub best: Scored,
    /// How many of its passages qualify.
    pub passages: u32,
}

/// What ranking needs to know of the whole index.
pub struct Statistics {
    documents: u64,
    average: HashMap<Field, f32>,
}

impl Statistics {
    /// Reads them from a searcher.
    pub fn new(searcher: &Searcher, fields: &Fields) -> Result<Statistics> {
        let documents: u64 = searcher.segment_readers().iter().map(|r| u64::from(r.max_doc())).sum();
        let mut average = HashMap::new();
        for field in [fields.words, fields.chars, fields.title_words, fields.title_chars] {
            let mut tokens = 0;
            for reader in searcher.segment_readers() {
                tokens += reader.inverted_index(field)?.total_num_tokens();
            }
            average.insert(field, (tokens as f32 / documents.max(1) as f32).max(1.0));
        }
        Ok(Statistics { documents, average })
    }

    /// The inverse document frequency of something found in `count` documents.
    pub fn idf(&self, count: u64) -> f32 {
        let (n, df) = (self.documents as f32, count as f32);
        (1.0 + (n - df + 0.5).max(0.0) / (df + 0.5)).ln()
    }
}

/// Scores the documents of all segments; calls `emit` with each segment's number and its qualifying documents in order.
///
/// `segments` are the searcher's, in order, with their filters applied.
pub fn score(
    plan: &Plan,
    segments: &[Segment<'_>],
    statistics: &Statistics,
    mut emit: impl FnMut(u32, Vec<(DocId, f32)>),
) -> Result<()> {
    let lists = Lists::find(plan, segments)?;
    for (number, segment) in segments.iter().enumerate() {
        let mut tally = Tally::new(segment.reader.max_doc());
        for (u, unit) in plan.units.iter().enumerate() {
            tally.start(u);
            for (e, (weight, evidence)) in unit.evidence.iter().enumerate() {
                let scoring = if unit.occur == Occur::Excluded { 0.0 } else { *weight };
                if let Some(found) = lists.get(u, e, number) {
                    let idf = statistics.idf(lists.count(u, e));
                    let norms = Norms::new(segment.reader, segment.fields.chars, statistics)?;
                    for &(doc, frequency) in found {
                        tally.add(doc, scoring * idf * norms.saturated(doc, frequency), unit.occur);
                    }
                } else if let Evidence::Word(word) = evidence {
                    let fields = segment.fields;
                    for (field, share) in [(fields.words, 1.0), (fields.title_words, TITLE_WEIGHT)] {
                        let idf = statistics.idf(lists.word_count(word, field));
                        let norms = Norms::new(segment.reader, field, statistics)?;
                        for_each_block(segment.reader, field, word, |docs, frequencies| {
                            for (&doc, &frequency) in docs.iter().zip(frequencies) {
                                tally.add(doc, scoring * share * idf * norms.saturated(doc, frequency), unit.occur);
                            }
                        })?;
                    }
                }
            }
        }
        emit(number as u32, tally.qualifying(plan, segment.allowed.as_ref()));
    }
    Ok(())
}

/// Groups a segment's scored documents, which are in order, by article; `ordinal` gives a document's place in its article.
pub fn group(segment: u32, scored: &[(DocId, f32)], ordinal: impl Fn(DocId) -> u32, mut emit: impl FnMut(Group)) {
    let mut current: Option<(DocId, Group, f32)> = None;
    for &(doc, score) in scored {
        let first = doc - ordinal(doc).min(doc);
        let passage = Scored { segment, doc, score };
        match &mut current {
            Some((base, group, rest)) if *base == first => {
                group.passages += 1;
                // Earlier passages win ties.
                if score > group.best.score {
                    *rest += group.best.score;
                    group.best = passage;
                } else {
                    *rest += score;
                }
            }
            _ => {
                if let Some((_, group, rest)) = current.take() {
                    emit(finished(group, rest));
                }
                current = Some((first, Group { score, best: passage, passages: 1 }, 0.0));
            }
        }
    }
    if let Some((_, group, rest)) = current {
        emit(finished(group, rest));
    }
}

/// The article's score: its best passage, and a share of the others that grows ever slower with their number.
fn finished(mut group: Group, rest: f32) -> Group {
    let best = group.best.score;
    let further = if best > 0.0 { best * (1.0 + rest / best).ln() } else { 0.0 };
    group.score = best + FURTHER_WEIGHT * further;
    group
}

/// What was found for the evidence that has to be looked up by position, by unit, evidence and segment.
struct Lists {
    found: HashMap<(usize, usize), Vec<Found>>,
    words: HashMap<(String, Field), u64>,
}

impl Lists {
    fn find(plan: &Plan, segments: &[Segment<'_>]) -> Result<Lists> {
        let mut lists = Lists { found: HashMap::new(), words: HashMap::new() };
        for (u, unit) in plan.units.iter().enumerate() {
            for (e, (_, evidence)) in unit.evidence.iter().enumerate() {
                let by_position = match evidence {
                    // A word's postings are streamed, unless its place matters.
                    Evidence::Word(_) => unit.place == Place::Title || segments.iter().any(|s| s.said.is_some()),
                    _ => true,
                };
                if by_position {
                    let found = segments.iter().map(|s| s.find(evidence, unit.place)).collect::<Result<_>>()?;
                    lists.found.insert((u, e), found);
                } else if let Evidence::Word(word) = evidence {
                    lists.count_word(word, segments)?;
                }
            }
        }
        Ok(lists)
    }

    fn count_word(&mut self, word: &str, segments: &[Segment<'_>]) -> Result<()> {
        for segment in segments {
            for field in [segment.fields.words, segment.fields.title_words] {
                let term = Term::from_field_text(field, word);
                let count = segment.reader.inverted_index(field)?.doc_freq(&term);
                let count = count.map_err(|e| crate::error::Error::Engine(e.into()))?;
                *self.words.entry((word.to_owned(), field)).or_default() += u64::from(count);
            }
        }
        Ok(())
    }

    fn get(&self, unit: usize, evidence: usize, segment: usize) -> Option<&Found> {
        self.found.get(&(unit, evidence)).and_then(|segments| segments.get(segment))
    }

    fn count(&self, unit: usize, evidence: usize) -> u64 {
        self.found.get(&(unit, evidence)).map_or(0, |segments| segments.iter().map(|s| s.len() as u64).sum())
    }

    fn word_count(&self, word: &str, field: Field) -> u64 {
        self.words.get(&(word.to_owned(), field)).copied().unwrap_or(0)
    }
}

/// BM25's frequency part for one field of one segment, by the document's length.
struct Norms {
    reader: FieldNormReader,
    by_id: [f32; 256],
}

impl Norms {
    fn new(reader: &SegmentReader, field: Field, statistics: &Statistics) -> Result<Norms> {
        let average = statistics.average.get(&field).copied().unwrap_or(1.0);
        let mut by_id = [0.0; 256];
        for (id, norm) in by_id.iter_mut().enumerate() {
            let length = FieldNormReader::id_to_fieldnorm(id as u8) as f32;
            *norm = K1 * (1.0 - B + B * length / average);
        }
        Ok(Norms { reader: reader.get_fieldnorms_reader(field)?, by_id })
    }

    fn saturated(&self, doc: DocId, frequency: u32) -> f32 {
        let frequency = frequency as f32;
        frequency * (1.0 + K1) / (frequency + self.by_id[self.reader.fieldnorm_id(doc) as usize])
    }
}

/// Scores and counts of a segment's documents while units are added up.
struct Tally {
    scores: Vec<f32>,
    /// How many wanted units each document has.
    wanted: Vec<u8>,
    /// How many required units each document has.
    required: Vec<u8>,
    /// The last unit that counted for each document, from 1.
    last: Vec<u8>,
    excluded: Option<DocBits>,
    unit: u8,
    max_doc: DocId,
}

impl Tally {
    fn new(max_doc: DocId) -> Tally {
        let n = max_doc as usize;
        Tally {
            scores: vec![0.0; n],
            wanted: vec![0; n],
            required: vec![0; n],
            last: vec![0; n],
            excluded: None,
            unit: 0,
            max_doc,
        }
    }

    fn start(&mut self, unit: usize) {
        // Units are fewer than 255; see MOST_UNITS.
        self.unit = (unit + 1).min(255) as u8;
    }

    fn add(&mut self, doc: DocId, score: f32, occur: Occur) {
        let i = doc as usize;
        if occur == Occur::Excluded {
            self.excluded.get_or_insert_with(|| DocBits::empty(self.max_doc)).insert(doc);
            return;
        }
        self.scores[i] += score;
        if self.last[i] != self.unit {
            self.last[i] = self.unit;
            match occur {
                Occur::Wanted => self.wanted[i] += 1,
                Occur::Required => self.required[i] += 1,
                _ => {}
            }
        }
    }

    /// The documents that have enough, in order, with their scores.
    fn qualifying(&self, plan: &Plan, allowed: Option<&DocBits>) -> Vec<(DocId, f32)> {
        let count = |occur| plan.units.iter().filter(|u| u.occur == occur).count();
        let (required, minimum) = (count(Occur::Required), plan.minimum);
        let qualifies = |doc: &DocId| {
            let i = *doc as usize;
            usize::from(self.required[i]) >= required
                && usize::from(self.wanted[i]) >= minimum
                && allowed.is_none_or(|allowed| allowed.contains(*doc))
                && self.excluded.as_ref().is_none_or(|excluded| !excluded.contains(*doc))
        };
        (0..self.max_doc).filter(qualifies).map(|doc| (doc, self.scores[doc as usize])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_of_one_article_become_one_group() {
        let scored = [(0, 1.0), (1, 3.0), (2, 3.0), (5, 2.0)];
        let ordinal = |doc: DocId| if doc < 3 { doc } else { doc - 5 };
        let mut groups = Vec::new();
        group(0, &scored, ordinal, |g| groups.push(g));
        assert_eq!(groups.len(), 2);
        assert_eq!((groups[0].best.doc, groups[0].passages), (1, 3));
        assert!(groups[0].score > 3.0 && groups[1].score == 2.0);
    }
}
