//! Ranking: scores every passage that qualifies, and the articles that they belong to.
//!
//! A passage's score is the sum of BM25 (Robertson and Zaragoza, The Probabilistic Relevance
//! Framework, 2009) over the evidence found in it. To that comes what its article is worth as a
//! whole: BM25 of the evidence in all of its passages together, and in its title. The best articles
//! are then looked at closely; see close.rs.

use super::compile::{Evidence, Occur, Place, Plan};
use super::evidence::{Found, Segment};
use super::postings::for_each_block;
use super::ranking::Ranking;
use super::statistics::{Norms, Statistics, count, word_count};
use super::tally::{self, Reach, Tally};
use crate::error::Result;
use crate::index::Fields;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use tantivy::DocId;
use tantivy::schema::Field;

/// One segment's articles that qualify, with what is needed to look at them closely.
pub struct Scored<'a> {
    /// What was added up.
    pub tally: Tally<'a>,
    /// The articles that qualify, in order.
    pub articles: Vec<tally::Found>,
    /// The passages that qualify, in order, with their scores.
    pub passages: Vec<(DocId, f32)>,
}

/// Scores the documents of all segments.
///
/// `segments` are the searcher's, in order, with their filters applied.
pub fn score<'a>(
    plan: &Plan,
    segments: &'a [Segment<'_>],
    statistics: &Statistics,
    ranking: &'a Ranking,
) -> Result<Vec<Scored<'a>>> {
    let lists = Lists::find(plan, segments, statistics)?;
    let order = order(plan, &lists, segments);
    let mut scored = Vec::with_capacity(segments.len());
    for (number, segment) in segments.iter().enumerate() {
        let mut tally =
            Tally::new(segment.layout, segment.allowed.as_ref(), ranking, statistics.article);
        let scorer = Scorer::new(plan, &lists, number, segment, statistics, ranking)?;
        for &(u, reach) in &order {
            tally.start(u, plan.units[u].occur, reach);
            for e in 0..plan.units[u].evidence.len() {
                scorer.add(u, e, &mut tally)?;
            }
        }
        let mut passages = Vec::new();
        let articles = tally.qualifying(plan, |doc, score| passages.push((doc, score)));
        scored.push(Scored { tally, articles, passages });
    }
    Ok(scored)
}

/// What one kind of evidence gives to a passage's score.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The word as typed, folded.
    pub word: String,
    /// What was found for it: the word, a part of it, another name.
    pub evidence: String,
    /// Its weight.
    pub weight: f32,
    /// How much it gives by being in the passage.
    pub passage: f32,
    /// How much it gives by being in the article and its title.
    pub article: f32,
}

/// Takes the score of each of a segment's documents apart. Each kind of evidence is added up by
/// itself.
pub fn shares(
    plan: &Plan,
    segments: &[Segment<'_>],
    number: usize,
    documents: &[DocId],
    statistics: &Statistics,
    ranking: &Ranking,
) -> Result<Vec<Vec<Share>>> {
    let lists = Lists::find(plan, segments, statistics)?;
    let segment = &segments[number];
    let scorer = Scorer::new(plan, &lists, number, segment, statistics, ranking)?;
    let mut shares = vec![Vec::new(); documents.len()];
    for (u, unit) in plan.units.iter().enumerate().filter(|(_, unit)| unit.occur != Occur::Excluded)
    {
        for (e, (weight, evidence)) in unit.evidence.iter().enumerate() {
            let mut tally =
                Tally::new(segment.layout, segment.allowed.as_ref(), ranking, statistics.article);
            tally.start(u, unit.occur, Reach::All);
            scorer.add(u, e, &mut tally)?;
            for (&doc, shares) in documents.iter().zip(&mut shares) {
                let (passage, article) =
                    (tally.passage_score(doc), tally.article_score(segment.layout.article(doc)));
                if passage + article > 0.0 {
                    let (word, evidence) = (unit.label.clone(), evidence.to_string());
                    shares.push(Share { word, evidence, weight: *weight, passage, article });
                }
            }
        }
    }
    Ok(shares)
}

/// Adds up evidence in one segment.
struct Scorer<'a, 's> {
    plan: &'a Plan,
    lists: &'a Lists<'a>,
    number: usize,
    segment: &'a Segment<'s>,
    statistics: &'a Statistics,
    ranking: &'a Ranking,
    words: Norms<'a>,
    chars: Norms<'a>,
    titles: Norms<'a>,
}

impl<'a, 's> Scorer<'a, 's> {
    fn new(
        plan: &'a Plan,
        lists: &'a Lists<'a>,
        number: usize,
        segment: &'a Segment<'s>,
        statistics: &'a Statistics,
        ranking: &'a Ranking,
    ) -> Result<Scorer<'a, 's>> {
        let titles = Norms::titles(segment, statistics, ranking)?;
        let words = Norms::words(segment.layout, statistics, ranking);
        let chars = Norms::exact(segment.layout, statistics, ranking);
        Ok(Scorer { plan, lists, number, segment, statistics, ranking, words, chars, titles })
    }

    /// Adds one kind of evidence of one unit.
    fn add(&self, u: usize, e: usize, tally: &mut Tally<'_>) -> Result<()> {
        let (weight, evidence) = &self.plan.units[u].evidence[e];
        let fields = self.segment.fields;
        if let Some(found) = self.lists.get(u, e, self.number) {
            let worth = weight * self.statistics.idf(self.lists.count(u, e));
            tally.add_passages(worth, found.iter().copied(), |doc, n| {
                worth * self.chars.saturated(doc, n)
            });
            tally.finish_run();
        } else if let Some(streamed) = streamed(evidence) {
            let worth =
                weight * self.statistics.idf(self.lists.count_of(streamed, Place::Anywhere));
            match streamed {
                Streamed::Word(word) => self.segment.layout.words.each_block(word, |docs| {
                    tally.add_passages(worth, docs.iter().map(|&doc| (doc, 1)), |doc, n| {
                        worth * self.words.saturated(doc, n)
                    });
                }),
                Streamed::Character(c) => self.segment.layout.texts.each_block(c, |docs| {
                    tally.add_passages(worth, docs.iter().map(|&doc| (doc, 1)), |doc, n| {
                        worth * self.chars.saturated(doc, n)
                    });
                }),
            }
            tally.finish_run();
            let (field, text) = streamed.in_titles(fields);
            let count = self.lists.count_of(streamed, Place::Title);
            let worth = weight * self.ranking.title * self.statistics.title_idf(count);
            for_each_block(self.segment.reader, field, &text, |docs, frequencies| {
                let found = docs.iter().zip(frequencies);
                tally.add_titles(
                    found.map(|(&doc, &n)| (doc, worth * self.titles.saturated(doc, n))),
                );
            })?;
        }
        Ok(())
    }
}

/// The units in the order in which they are added up, the rarest first, each with the articles that
/// it may bring in. Once so few units are left that they alone are not enough, further articles
/// need not be looked at.
fn order(plan: &Plan, lists: &Lists<'_>, segments: &[Segment<'_>]) -> Vec<(usize, Reach)> {
    if segments.is_empty() {
        return Vec::new();
    }
    let count = |u: usize| -> u64 {
        let evidence = plan.units[u].evidence.iter().enumerate();
        evidence
            .map(|(e, (_, evidence))| match streamed(evidence) {
                Some(streamed) if lists.get(u, e, 0).is_none() => {
                    lists.count_of(streamed, Place::Anywhere)
                }
                _ => lists.count(u, e),
            })
            .sum()
    };
    let rank = |occur: Occur| match occur {
        Occur::Required => 0,
        Occur::Wanted => 1,
        Occur::Bonus => 2,
        Occur::Excluded => 3,
    };
    let mut units: Vec<usize> = (0..plan.units.len()).collect();
    units.sort_by_cached_key(|&u| (rank(plan.units[u].occur), count(u), u));
    let wanted = units.iter().filter(|&&u| plan.units[u].occur == Occur::Wanted).count();
    let required = units.iter().any(|&u| plan.units[u].occur == Occur::Required);
    // Every article that has enough has one of the first so many.
    let opening = if required { 0 } else { wanted + 1 - plan.minimum.clamp(1, wanted + 1) };
    // An article must have what it needs and cannot get from this unit and those after it.
    let having = |left: usize| Reach::Having(plan.minimum.saturating_sub(left).min(255) as u8);
    let mut seen = 0;
    let reach = |u: usize| match plan.units[u].occur {
        Occur::Required | Occur::Excluded => Reach::All,
        Occur::Bonus if wanted == 0 && !required => Reach::All,
        Occur::Bonus => having(0),
        Occur::Wanted => {
            seen += 1;
            if seen <= opening { Reach::All } else { having(wanted + 1 - seen) }
        }
    };
    let reaches: Vec<Reach> = units.iter().copied().map(reach).collect();
    units.into_iter().zip(reaches).collect()
}

/// Evidence that is found without looking at places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Streamed<'e> {
    Word(&'e str),
    Character(char),
}

impl Streamed<'_> {
    /// The field that has it in titles, and the term.
    fn in_titles(&self, fields: &Fields) -> (Field, String) {
        match self {
            Streamed::Word(word) => (fields.title_words, (*word).to_owned()),
            Streamed::Character(c) => (fields.title_chars, c.to_string()),
        }
    }

    fn count(
        &self,
        place: Place,
        segments: &[Segment<'_>],
        statistics: &Statistics,
    ) -> Result<u64> {
        let Some(fields) = segments.first().map(|s| s.fields) else { return Ok(0) };
        match (self, place) {
            (Streamed::Word(word), Place::Anywhere) => Ok(word_count(segments, word)),
            (Streamed::Character(c), Place::Anywhere) => Ok(count(segments, *c)),
            (_, Place::Title) => {
                let (field, text) = self.in_titles(fields);
                statistics.count(segments, field, &text)
            }
        }
    }
}

/// The evidence as such, where it is of that kind.
fn streamed(evidence: &Evidence) -> Option<Streamed<'_>> {
    match evidence {
        Evidence::Word(word) | Evidence::Unknown(word) => Some(Streamed::Word(word)),
        Evidence::Character(character) => character.chars().next().map(Streamed::Character),
        // Every list of a character says this; how often it is in a passage makes little
        // difference.
        Evidence::Phrase(chars) => (chars.len() == 1).then(|| Streamed::Character(chars[0])),
        _ => None,
    }
}

/// An unknown word in so many passages is cut alike everywhere; a rarer one is looked for by its
/// characters.
const COMMON: u64 = 20;
/// Characters are looked for by position where the rarest of them is in at most so many passages.
/// An estimate: a few milliseconds.
const MOST_LED: u64 = 3_000;

/// In how many passages the rarest of some characters is.
fn rarest(chars: impl Iterator<Item = char>, segments: &[Segment<'_>]) -> u64 {
    chars.map(|c| count(segments, c)).min().unwrap_or(0)
}

/// What was found for the evidence that has to be looked up by position, by unit, evidence and
/// segment.
struct Lists<'p> {
    found: HashMap<(usize, usize), Vec<Found>>,
    /// How often what is streamed is found in passages, and in titles.
    streamed: HashMap<Streamed<'p>, [u64; 2]>,
}

impl<'p> Lists<'p> {
    fn find(
        plan: &'p Plan,
        segments: &[Segment<'_>],
        statistics: &Statistics,
    ) -> Result<Lists<'p>> {
        let mut lists = Lists { found: HashMap::new(), streamed: HashMap::new() };
        for (u, unit) in plan.units.iter().enumerate() {
            let placed = unit.place == Place::Title || segments.iter().any(|s| s.said.is_some());
            for (e, (_, evidence)) in unit.evidence.iter().enumerate() {
                let by_position = match evidence {
                    // A word's postings are streamed, unless its place matters.
                    Evidence::Word(_) | Evidence::Character(_) => placed,
                    Evidence::Phrase(chars) if chars.len() == 1 => placed,
                    Evidence::Unknown(word) => {
                        placed
                            || word_count(segments, word) < COMMON
                                && rarest(word.chars(), segments) <= MOST_LED
                    }
                    Evidence::Pair(chars) if rarest(chars.iter().copied(), segments) > MOST_LED => {
                        lists.found.insert((u, e), vec![Found::new(); segments.len()]);
                        continue;
                    }
                    _ => true,
                };
                if by_position {
                    let found = segments
                        .iter()
                        .map(|s| s.find(evidence, unit.place))
                        .collect::<Result<_>>()?;
                    lists.found.insert((u, e), found);
                } else if let Some(streamed) = streamed(evidence)
                    && let Entry::Vacant(entry) = lists.streamed.entry(streamed)
                {
                    let count = |place| streamed.count(place, segments, statistics);
                    entry.insert([count(Place::Anywhere)?, count(Place::Title)?]);
                }
            }
        }
        Ok(lists)
    }

    fn get(&self, unit: usize, evidence: usize, segment: usize) -> Option<&Found> {
        self.found.get(&(unit, evidence)).and_then(|segments| segments.get(segment))
    }

    fn count(&self, unit: usize, evidence: usize) -> u64 {
        self.found
            .get(&(unit, evidence))
            .map_or(0, |segments| segments.iter().map(|s| s.len() as u64).sum())
    }

    /// How often something streamed is found in passages, or in titles.
    fn count_of(&self, streamed: Streamed<'_>, place: Place) -> u64 {
        let counts = self.streamed.get(&streamed).copied().unwrap_or_default();
        if place == Place::Title { counts[1] } else { counts[0] }
    }
}
