//! The first stage of ranking, by the cluster: a score near that of evaluation.rs, by which the
//! articles worth a closer look come first.
//!
//! It is BM25 of the best passage, of the article and of the title, each added up by itself, where
//! evaluation.rs counts a title within the frequencies of the others. A word's weight is the
//! cluster's own; that of a phrase is divided by the sum of its characters', which the cluster
//! weighs it by.

use super::clause::{self, HeardWords, Matching};
use super::document::token;
use super::numbers::EvidenceNumbers;
use super::selected::SelectedArticles;
use super::term_counts::CountedTerm;
use crate::engine::plan::{Evidence, Occur, Plan, Scope, Unit};
use crate::text::exact::exact;
use serde_json::{Value, json};

/// The weight of a title beside a passage that has the word itself: what one more occurrence in the
/// title adds to one or two in the passage.
const TITLE: f32 = 0.2;
/// The share of the articles with a word that have it in their titles.
const TITLED: u64 = 5;

/// The articles that `found` finds, scored by a plan whose numbers are `known`.
pub fn scored(
    execution: &SelectedArticles<'_>,
    plan: &Plan,
    known: &EvidenceNumbers,
    found: &Value,
) -> Value {
    let (mut passages, mut scores) = (Vec::new(), Vec::new());
    let scoring = plan.units.iter().zip(known).filter(|(unit, _)| unit.occur != Occur::Excluded);
    for (unit, known) in scoring {
        for ((weight, evidence), &(matching, count)) in unit.evidence.iter().zip(known) {
            if matching == Matching::Never {
                continue;
            }
            let kind =
                ScoredEvidence { execution, unit, evidence, matching, weight: *weight, count };
            passages.extend(kind.in_passages());
            scores.extend(kind.in_article());
            scores.extend(kind.in_title());
        }
    }
    if !passages.is_empty() {
        scores.push(json!({ "nested": { "path": "passages", "score_mode": "max",
                                        "query": { "bool": { "should": passages } } } }));
    }
    json!({ "bool": { "filter": found, "should": scores } })
}

/// One kind of evidence with its numbers.
struct ScoredEvidence<'s, 'a> {
    execution: &'s SelectedArticles<'a>,
    unit: &'s Unit,
    evidence: &'s Evidence,
    matching: Matching,
    weight: f32,
    count: u64,
}

impl ScoredEvidence<'_, '_> {
    fn idf(&self) -> f32 {
        self.execution.reader.statistics().idf(self.count)
    }

    /// The number of articles that have the word.
    fn articles(&self) -> Option<u64> {
        let (Evidence::Word(word) | Evidence::Unknown(word)) = self.evidence else { return None };
        let counts = self.execution.reader.term_counts();
        let by_words = self.matching == Matching::Words;
        by_words.then(|| counts.in_dictionaries(&CountedTerm::ArticleWord(word.clone())))
    }

    /// The weight that makes up for what was deleted, which the cluster's own of a word counts.
    fn word_weight(&self) -> f32 {
        let (Evidence::Word(word) | Evidence::Unknown(word)) = self.evidence else {
            return self.weight;
        };
        let reader = self.execution.reader;
        let count = reader.term_counts().in_dictionaries(&CountedTerm::Word(word.clone()));
        self.weight * self.idf() / reader.statistics().idf(count).max(1e-3)
    }

    /// The weight that makes up for the cluster's own of a phrase.
    fn phrase_weight(&self) -> f32 {
        let chars: Vec<char> = match self.evidence {
            Evidence::Phrase(chars) | Evidence::Pair(chars) => chars.clone(),
            Evidence::Word(text) | Evidence::Unknown(text) | Evidence::Character(text) => {
                text.chars().collect()
            }
            _ => return self.weight,
        };
        let reader = self.execution.reader;
        let idf = |c| {
            let count = reader.term_counts().in_dictionaries(&CountedTerm::Character(c));
            reader.statistics().idf(count)
        };
        let sum: f32 = chars.into_iter().map(idf).sum();
        self.weight * self.idf() / sum.max(1e-3)
    }

    fn in_passages(&self) -> Option<Value> {
        if self.unit.scope == Scope::Title {
            return None;
        }
        // How often characters are in an article as a whole is not in the cluster's index: the best
        // passage with them stands for it.
        let with_article = 1.0 + self.execution.ranking().article;
        if let HeardWords::Said(filter) = self.execution.heard() {
            let weight = with_article * self.phrase_weight();
            return Some(boosted(&clause::said(filter, self.evidence), weight));
        }
        Some(match self.evidence {
            // The frequencies of all words with the part are one: those of its characters.
            Evidence::Prefix(stem) | Evidence::Suffix(stem) => {
                let chars = Evidence::Phrase(exact(stem));
                let found = clause::evidence(&chars, Matching::Characters).passages;
                boosted(&found, with_article * self.weight)
            }
            _ => {
                let found = clause::evidence(self.evidence, self.matching).passages;
                let weight = match self.articles() {
                    Some(_) => self.word_weight(),
                    None => with_article * self.phrase_weight(),
                };
                boosted(&found, weight)
            }
        })
    }

    fn in_article(&self) -> Option<Value> {
        let (Evidence::Word(word) | Evidence::Unknown(word)) = self.evidence else { return None };
        let articles = self.articles()?;
        if matches!(self.execution.heard(), HeardWords::Said(_)) || self.unit.scope == Scope::Title
        {
            return None;
        }
        let own = self.execution.reader.statistics().title_idf(articles).max(1e-3);
        let boost = self.execution.ranking().article * self.weight * self.idf() / own;
        Some(json!({ "term": { "words": { "value": token(word), "boost": boost } } }))
    }

    fn in_title(&self) -> Option<Value> {
        let alone = self.unit.scope == Scope::Title;
        if matches!(self.execution.heard(), HeardWords::Said(_)) && !alone {
            return None;
        }
        let found = clause::evidence(self.evidence, self.matching).titles;
        let boost = match self.articles() {
            Some(articles) => {
                let statistics = self.execution.reader.statistics();
                self.weight * self.idf() / statistics.title_idf(articles / TITLED).max(1e-3)
            }
            None => self.phrase_weight(),
        };
        Some(boosted(&found, if alone { boost } else { TITLE * boost }))
    }
}

fn boosted(query: &Value, boost: f32) -> Value {
    json!({ "bool": { "must": query, "boost": boost.max(0.0) } })
}
