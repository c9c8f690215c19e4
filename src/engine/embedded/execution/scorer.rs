//! Scores every passage that qualifies, and the articles that they belong to.
//!
//! A passage's score is the sum of BM25 (see engine/bm25.rs) over the evidence found in it. To that
//! comes the score of its article as a whole: BM25F (Robertson, Zaragoza and Taylor, 2004) of the
//! evidence in all of its passages and its title together, the title counting
//! [`crate::engine::Ranking::title`] times. Proximity is added later, to the best candidates only.

use super::accumulator::{
    Accumulator, AccumulatorScope, EvidenceRole, Reach, ScoredArticle, SumsPool,
};
use super::evidence_lists::{EvidenceLists, Streamed, streamed};
use super::length_norms::LengthNorms;
use super::postings::for_each_block;
use super::segment::{SelectedIndex, SelectedSegment};
use crate::engine::plan::{Occur, Plan};
use crate::engine::top_docs::Share;
use crate::error::Result;
use tantivy::DocId;

/// One segment's articles that qualify, with what is needed to look at them closely.
pub struct ScoredSegment<'a> {
    /// The scores.
    pub accumulator: Accumulator<'a>,
    /// The articles that qualify, in order.
    pub articles: Vec<ScoredArticle>,
    /// The passages that qualify, in order, with their scores.
    pub passages: Vec<(DocId, f32)>,
}

/// Scores the documents of all segments.
///
/// # Errors
/// Tantivy's error for a damaged segment.
pub fn score<'a>(
    index: &'a SelectedIndex<'_>,
    plan: &Plan,
    pool: &SumsPool,
) -> Result<Vec<ScoredSegment<'a>>> {
    let lists = EvidenceLists::find(plan, index)?;
    let order = if index.segments.is_empty() { Vec::new() } else { order(plan, &lists) };
    let mut scored = Vec::with_capacity(index.segments.len());
    for number in 0..index.segments.len() {
        let scorer = Scorer::new(index, plan, &lists, number)?;
        let mut accumulator = Accumulator::new(pool, scope(index, plan, number));
        for &(u, reach) in &order {
            accumulator.start(u, plan.units[u].occur, reach);
            for e in 0..plan.units[u].evidence.len() {
                index.check()?;
                scorer.add(u, e, &mut accumulator)?;
            }
        }
        let mut passages = Vec::new();
        let articles = accumulator.qualifying(plan, |doc, score| passages.push((doc, score)));
        scored.push(ScoredSegment { accumulator, articles, passages });
    }
    Ok(scored)
}

/// Takes the score of a document of a segment apart. Each kind of evidence is added up by itself.
///
/// # Errors
/// Tantivy's error for a damaged segment.
pub fn shares(
    index: &SelectedIndex<'_>,
    plan: &Plan,
    number: usize,
    doc: DocId,
    pool: &SumsPool,
) -> Result<Vec<Share>> {
    let lists = EvidenceLists::find(plan, index)?;
    let scorer = Scorer::new(index, plan, &lists, number)?;
    let article = scorer.segment.articles.article(doc);
    let mut shares = Vec::new();
    let scoring = plan.units.iter().enumerate().filter(|(_, u)| u.occur != Occur::Excluded);
    for (u, unit) in scoring {
        for (e, (weight, evidence)) in unit.evidence.iter().enumerate() {
            let mut accumulator = Accumulator::new(pool, scope(index, plan, number));
            accumulator.start(u, unit.occur, Reach::All);
            scorer.add(u, e, &mut accumulator)?;
            let passage = accumulator.passage_score(doc);
            let article = accumulator.article_score(article);
            accumulator.recycle(pool);
            if passage + article > 0.0 {
                let (word, evidence) = (unit.label.clone(), evidence.to_string());
                shares.push(Share { word, evidence, weight: *weight, passage, article });
            }
        }
    }
    Ok(shares)
}

/// The articles of a segment that an accumulator adds up.
fn scope<'a>(index: &'a SelectedIndex<'_>, plan: &Plan, number: usize) -> AccumulatorScope<'a> {
    let segment = &index.segments[number];
    AccumulatorScope {
        map: segment.articles,
        allowed: segment.allowed.as_ref(),
        ranking: index.ranking,
        article_words: index.statistics.article_words,
        exclusion: plan.exclusion,
    }
}

/// Adds up evidence in one segment.
struct Scorer<'a, 's> {
    index: &'a SelectedIndex<'s>,
    segment: &'a SelectedSegment<'s>,
    number: usize,
    plan: &'a Plan,
    lists: &'a EvidenceLists<'a>,
    words: LengthNorms<'s>,
    chars: LengthNorms<'s>,
}

impl<'a, 's> Scorer<'a, 's> {
    fn new(
        index: &'a SelectedIndex<'s>,
        plan: &'a Plan,
        lists: &'a EvidenceLists<'a>,
        number: usize,
    ) -> Result<Scorer<'a, 's>> {
        let (segment, statistics) = (&index.segments[number], index.statistics);
        let words = LengthNorms::words(segment, statistics, index.ranking);
        let chars = LengthNorms::chars(segment, statistics, index.ranking);
        Ok(Scorer { index, segment, number, plan, lists, words, chars })
    }

    /// Adds one kind of evidence of one unit.
    fn add(&self, u: usize, e: usize, accumulator: &mut Accumulator<'_>) -> Result<()> {
        let (weight, evidence) = &self.plan.units[u].evidence[e];
        let held =
            if self.plan.holds(u, *weight) { EvidenceRole::Whole } else { EvidenceRole::Related };
        accumulator.start_evidence(held);
        if let Some(found) = self.lists.get(u, e, self.number) {
            let value = weight * self.index.statistics.idf(self.lists.count(u, e));
            accumulator.add_passages(value, found.iter().copied(), |doc, n| {
                value * self.chars.saturated(doc, n)
            });
            accumulator.finish_evidence(value);
        } else if let Some(streamed) = streamed(evidence) {
            self.add_streamed(*weight, streamed, accumulator)?;
        }
        Ok(())
    }

    /// Adds evidence that is streamed, in passages and in titles.
    fn add_streamed(
        &self,
        weight: f32,
        streamed: Streamed<'_>,
        accumulator: &mut Accumulator<'_>,
    ) -> Result<()> {
        let idf = self.index.statistics.idf(self.lists.count_of(streamed));
        let value = weight * idf;
        let (field, text) = streamed.in_titles(self.segment.fields);
        let norms = match streamed {
            Streamed::Word(_) => &self.words,
            Streamed::Character(_) => &self.chars,
        };
        let score = |doc, frequency| value * norms.saturated(doc, frequency);
        for_each_block(self.segment.reader, field, &text, |docs, counts| {
            accumulator.add_titles(docs, counts, score);
        })?;
        let articles = self.segment.articles;
        match streamed {
            Streamed::Word(word) => articles.words.each_block(word, |docs, counts| {
                let found = docs.iter().copied().zip(counts.iter().copied());
                accumulator.add_passages(value, found, score);
            })?,
            Streamed::Character(c) => articles.texts.each_block(c, |docs| {
                accumulator.add_passages(value, docs.iter().map(|&doc| (doc, 1)), score);
            }),
        }
        accumulator.finish_evidence(value);
        Ok(())
    }
}

/// The units in the order in which they are added up, the rarest first, each with the articles that
/// it may bring in. Once so few units are left that they alone are not enough, further articles
/// need not be looked at.
fn order(plan: &Plan, lists: &EvidenceLists<'_>) -> Vec<(usize, Reach)> {
    let count = |u: usize| -> u64 {
        let evidence = plan.units[u].evidence.iter().enumerate();
        evidence
            .map(|(e, (_, evidence))| match streamed(evidence) {
                Some(streamed) if lists.get(u, e, 0).is_none() => lists.count_of(streamed),
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
