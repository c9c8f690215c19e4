//! The articles that answer a plan, and the first of them in order.

use super::evaluation::EvaluatedArticle;
use super::selected::Fetched;
use crate::engine::{
    Candidate, Collapsed, Grouping, OrderFacts, PassageAddress, Qualifying, ScoredPassage, Wanted,
};
use std::cmp::Reverse;

/// How many passages of an article proximity may choose from, as in the engine in the process.
const MOST_EXAMINED: usize = 2;

/// An article that answers.
pub struct Answering {
    /// The address of its first passage.
    pub at: PassageAddress,
    /// Its number.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// Its date; see [`crate::engine::date_number`].
    pub date: Option<i64>,
    /// When it was seen; see [`OrderFacts::seen`].
    pub seen: i64,
    /// True if it holds all of the query as typed.
    pub whole: bool,
    /// Its passages that qualify, with their scores.
    pub passages: Vec<(u32, f32)>,
    /// The best one.
    pub best: (u32, f32),
    /// Those to be examined.
    pub examined: Vec<(u32, f32)>,
}

impl Answering {
    /// An article as it was evaluated; `None` where it does not answer.
    pub fn new(fetched: &Fetched, found: &EvaluatedArticle) -> Option<Answering> {
        let scored = |at: usize| (at as u32, found.score(at));
        let best = scored(found.best()?);
        Some(Answering {
            at: fetched.at,
            number: fetched.article.number,
            id: fetched.article.id().to_owned(),
            date: fetched.article.date,
            seen: fetched.article.seen,
            whole: found.whole,
            passages: found.qualifying.iter().copied().map(scored).collect(),
            best,
            examined: found.examined(MOST_EXAMINED).into_iter().map(scored).collect(),
        })
    }

    /// The article as one of an answer.
    pub fn qualifying(&self) -> Qualifying {
        Qualifying {
            segment: self.at.segment,
            article: 0,
            number: Some(self.number),
            score: self.best.1,
            whole: self.whole,
        }
    }
}

/// The first candidates, in order.
pub fn ranked(
    answering: &[Answering],
    collapsed: &Collapsed,
    wanted: &Wanted<'_>,
) -> Vec<Candidate> {
    let mut ranked: Vec<(Candidate, &Answering)> = answering
        .iter()
        .filter(|own| collapsed.shows(own.at.segment, 0))
        .flat_map(|own| candidates(own, wanted).into_iter().map(move |candidate| (candidate, own)))
        .collect();
    ranked.sort_by(|(a, own), (b, other)| {
        let by = |candidate: &Candidate| Reverse(candidate.key);
        by(a).cmp(&by(b)).then(own.id.cmp(&other.id)).then(a.ordinal.cmp(&b.ordinal))
    });
    ranked.truncate(wanted.candidates);
    for (candidate, own) in ranked.iter_mut().take(wanted.examined) {
        let shown = [(candidate.ordinal, candidate.score)];
        let examined = match wanted.grouping {
            Grouping::Articles => own.examined.as_slice(),
            Grouping::Passages => &shown,
        };
        candidate.examined = examined
            .iter()
            .map(|&(ordinal, score)| ScoredPassage {
                at: PassageAddress { passage: ordinal, ..own.at },
                ordinal,
                score,
            })
            .collect();
    }
    ranked.into_iter().map(|(candidate, _)| candidate).collect()
}

/// The candidates of an article.
fn candidates(own: &Answering, wanted: &Wanted<'_>) -> Vec<Candidate> {
    let candidate = |(ordinal, score): (u32, f32), further: u32| Candidate {
        at: PassageAddress { passage: ordinal, ..own.at },
        ordinal,
        score,
        key: wanted.order.key(OrderFacts {
            score,
            date: own.date,
            seen: own.seen,
            number: own.number,
        }),
        further,
        article: 0,
        examined: Vec::new(),
    };
    match wanted.grouping {
        Grouping::Articles => vec![candidate(own.best, own.passages.len() as u32 - 1)],
        Grouping::Passages => own.passages.iter().map(|&shown| candidate(shown, 0)).collect(),
    }
}
