//! Questions to a cluster: it finds the articles that may answer (clause.rs), and each of them is
//! evaluated here (evaluation.rs), so that sets, scores and counts are those of the engine in the
//! process. Questions without words that columns answer are left to browse.rs.

use super::browse::Browse;
use super::clause::{self, Matching};
use super::composite;
use super::document::{hex, unhex};
use super::evaluation::{EvaluatedArticle, EvaluationContext};
use super::fetched::FetchedArticle;
use super::numbers::EvidenceNumbers;
use super::reader::ClusterReader;
use super::scan::Scan;
use crate::engine::collapse::is_reprint;
use crate::engine::filter::DateScope;
use crate::engine::plan::{Occur, Plan, Unit};
use crate::engine::{
    CloseText, Execution, PassageAddress, Ranking, ReprintPolicy, Selection, Share, TopDocs, Wanted,
};
use crate::error::{Error, Result};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Articles that are fetched together.
const PAGE: u64 = 500;
/// Values of a column in one query: the clusters' limit is 65,536.
const MOST_VALUES: usize = 60_000;

/// The passages that a selection admits, asked over HTTP.
pub struct ClusterExecution<'a> {
    pub(super) reader: &'a ClusterReader,
    pub(super) selection: Selection<'a>,
    ranking: &'a Ranking,
    /// The conditions of the selection, as queries.
    pub(super) conditions: Vec<Value>,
    looked_at: Mutex<HashMap<u32, Arc<FetchedArticle>>>,
}

/// An article that was fetched, with what it is called in this reader.
pub struct Fetched {
    /// The address of its first passage.
    pub at: PassageAddress,
    /// Its texts.
    pub article: FetchedArticle,
    /// Its passages that the selection admits.
    pub admitted: Vec<bool>,
}

impl<'a> ClusterExecution<'a> {
    /// The passages that `selection` admits.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn new(
        reader: &'a ClusterReader,
        selection: &Selection<'a>,
        ranking: &'a Ranking,
    ) -> Result<ClusterExecution<'a>> {
        let mut values = |column: &'static str, passes: &dyn Fn(&str) -> bool| {
            let mut found: Vec<String> = Vec::new();
            let everything = json!({ "match_all": {} });
            composite::each(reader.client(), &everything, &[column], |values, _| {
                found.extend(values[0].as_str().filter(|v| passes(v)).map(str::to_owned));
            })?;
            match found.len() <= MOST_VALUES {
                true => Ok(found),
                false => Err(Error::Usage(format!(
                    "the filter of `{column}` admits {} values; a cluster takes {MOST_VALUES}: \
                     ask for less",
                    found.len()
                ))),
            }
        };
        let mut conditions = Vec::new();
        for condition in selection.conditions() {
            conditions.push(clause::condition(&condition, &mut values)?);
        }
        if selection.dating == DateScope::Undated {
            conditions.push(json!({ "bool": { "must_not": { "exists": { "field": "date" } } } }));
        }
        let (selection, looked_at) = (selection.clone(), Mutex::default());
        Ok(ClusterExecution { reader, selection, ranking, conditions, looked_at })
    }

    /// Calls `each` with every article that `needed` and the conditions may find.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole; [`Error::GivenUp`].
    pub fn each(
        &self,
        needed: &[Value],
        mut each: impl FnMut(Fetched, usize) -> Result<()>,
        look: impl Fn(&Fetched) -> bool + Sync,
    ) -> Result<()> {
        let filter: Vec<&Value> = self.conditions.iter().chain(needed).collect();
        let scan = Scan {
            query: json!({ "bool": { "filter": filter } }),
            fields: &["date"],
            source: &["stored"],
            page: PAGE,
        };
        let mut waiting: Vec<Value> = Vec::new();
        let mut flush = |waiting: &mut Vec<Value>| -> Result<()> {
            self.selection.check()?;
            let read = std::mem::take(waiting);
            let fetched: Vec<Option<Fetched>> = read
                .par_iter()
                .map(|hit| self.fetched(hit).map(|own| own.filter(|own| look(own))))
                .collect::<Result<_>>()?;
            fetched.into_iter().flatten().enumerate().try_for_each(|(i, own)| each(own, i))
        };
        scan.each(self.reader.client(), |hit| {
            waiting.push(hit.clone());
            if waiting.len() as u64 == PAGE { flush(&mut waiting) } else { Ok(()) }
        })?;
        flush(&mut waiting)
    }

    /// The article of a hit.
    fn fetched(&self, hit: &Value) -> Result<Option<Fetched>> {
        let number = hit["_id"].as_str().and_then(unhex);
        let Some((number, stored)) = number.zip(hit["_source"]["stored"].as_str()) else {
            return Ok(None);
        };
        let date = hit["fields"]["date"][0].as_i64();
        let article = FetchedArticle::new(number, date, stored, self.reader.segmenter());
        let article = article.map_err(|reason| self.reader.damaged(&reason))?;
        let admitted = article.admitted(&self.selection);
        Ok(Some(Fetched { at: self.reader.first(number), article, admitted }))
    }

    /// What an evaluation of `plan` needs; `known` are its numbers.
    pub(super) fn context<'c>(
        &'c self,
        plan: &'c Plan,
        known: &'c [Vec<(Matching, u64)>],
    ) -> EvaluationContext<'c> {
        EvaluationContext {
            plan,
            ranking: self.ranking,
            statistics: self.reader.statistics(),
            speech: self.selection.speakers(),
            known,
        }
    }

    /// The articles that may have what a plan demands.
    fn needed(plan: &Plan, known: &EvidenceNumbers) -> Vec<Value> {
        let of = |occur: Occur| {
            let units = plan.units.iter().zip(known).filter(move |(unit, _)| unit.occur == occur);
            units.map(|(unit, known)| {
                let matching: Vec<Matching> = known.iter().map(|known| known.0).collect();
                clause::unit(unit, &matching)
            })
        };
        let mut needed: Vec<Value> = of(Occur::Required).collect();
        if plan.minimum > 0 {
            needed.push(clause::at_least(plan.minimum, of(Occur::Wanted).collect()));
        } else if needed.is_empty() && of(Occur::Wanted).next().is_some() {
            let scoring = of(Occur::Wanted).chain(of(Occur::Bonus));
            needed.push(clause::any(scoring.collect()));
        }
        needed
    }

    /// Evaluates every article that may answer a plan; `each` takes those that do.
    pub(super) fn evaluate(
        &self,
        plan: &Plan,
        wanted: &Wanted<'_>,
        mut each: impl FnMut(Fetched, EvaluatedArticle),
    ) -> Result<()> {
        let known = self.numbers(plan)?;
        let context = self.context(plan, &known);
        let evaluated: Mutex<HashMap<u32, EvaluatedArticle>> = Mutex::default();
        let lock = || evaluated.lock().unwrap_or_else(PoisonError::into_inner);
        let look = |fetched: &Fetched| {
            let copy = is_reprint(wanted.groups, Some(fetched.article.number));
            if wanted.reprints == ReprintPolicy::LeftOut && copy {
                return false;
            }
            let found = context.evaluate(&fetched.article, &fetched.admitted);
            let answers = !found.qualifying.is_empty();
            if answers {
                lock().insert(fetched.at.segment, found);
            }
            answers
        };
        let take = |fetched: Fetched, _| {
            let found = lock().remove(&fetched.at.segment);
            if let Some(found) = found {
                each(fetched, found);
            }
            Ok(())
        };
        self.each(&Self::needed(plan, &known), take, look)
    }

    /// Fetches the articles of these passages together, for the closer look that follows.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub(super) fn prefetch(&self, at: &[PassageAddress]) -> Result<()> {
        let ids = at.iter().map(|&at| self.reader.number(at).map(hex));
        let ids = ids.collect::<Result<Vec<String>>>()?;
        let body = json!({ "query": { "ids": { "values": ids } }, "size": ids.len(),
                           "_source": ["stored"], "docvalue_fields": ["date"] });
        let answer = self.reader.search(&body)?;
        for hit in answer["hits"]["hits"].as_array().into_iter().flatten() {
            if let Some(fetched) = self.fetched(hit)? {
                let mut kept = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
                kept.insert(fetched.at.segment, Arc::new(fetched.article));
            }
        }
        Ok(())
    }

    /// The article of a passage.
    fn article(&self, at: PassageAddress) -> Result<Arc<FetchedArticle>> {
        let known = || {
            let kept = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
            kept.get(&at.segment).map(Arc::clone)
        };
        if let Some(article) = known() {
            return Ok(article);
        }
        self.prefetch(&[at])?;
        let gone = || self.reader.damaged("an article is gone; it was rewritten or deleted");
        known().ok_or_else(gone)
    }
}

impl Execution for ClusterExecution<'_> {
    fn top_docs(&self, plan: &Plan, wanted: &Wanted<'_>) -> Result<TopDocs> {
        if plan.units.is_empty()
            && let Some(browse) = Browse::new(self.reader, &self.selection)
        {
            return browse.top_docs(wanted);
        }
        super::gather::top_docs(self, plan, wanted)
    }

    fn explain(&self, plan: &Plan, at: PassageAddress) -> Result<Vec<Share>> {
        let (article, known) = (self.article(at)?, self.numbers(plan)?);
        let admitted = article.admitted(&self.selection);
        let mut shares = Vec::new();
        for (unit, known) in plan.units.iter().zip(&known) {
            let scoring = unit.evidence.iter().zip(known).filter(|_| unit.occur != Occur::Excluded);
            for (evidence, &known) in scoring {
                let alone = Unit { evidence: vec![evidence.clone()], ..unit.clone() };
                let plan = Plan { units: vec![alone], ..Plan::default() };
                let known = [vec![known]];
                let found = self.context(&plan, &known).evaluate(&article, &admitted);
                let passage = found.passages.get(at.passage as usize).copied().unwrap_or(0.0);
                if passage + found.common > 0.0 {
                    let (word, name) = (unit.label.clone(), evidence.1.to_string());
                    let (weight, article) = (evidence.0, found.common);
                    shares.push(Share { word, evidence: name, weight, passage, article });
                }
            }
        }
        Ok(shares)
    }

    fn close_text(&self, at: PassageAddress) -> Result<CloseText> {
        let article = self.article(at)?;
        let Some(passage) = article.passages.get(at.passage as usize) else {
            return Ok(CloseText::default());
        };
        let next = article.passages.get(at.passage as usize + 1);
        let speech = self.selection.speakers();
        Ok(CloseText {
            chars: passage.chars.clone(),
            next: next.and_then(|next| next.chars.first().copied()),
            length: passage.chars_length,
            speaker_spans: speech.map(|speech| article.spoken(at.passage as usize, speech)),
        })
    }
}
