//! Questions that the cluster decides alone: it counts what answers, and only the best by the first
//! stage of ranking are fetched, looked at closely and ranked here.
//!
//! It can where each clause and each filter is an exact query. The rest is left to gather.rs, which
//! reads every article that may answer.

use super::answering::{Answering, ranked};
use super::clause::{self, Matching};
use super::combined::at_least;
use super::demands::{self, PassageDemand};
use super::document::hex;
use super::facets::{FacetQuestion, is_complete};
use super::fetched::SoughtWords;
use super::first_stage;
use super::numbers::EvidenceNumbers;
use super::scan::{self, Scan};
use super::selected::{FETCHED, Fetched, SelectedArticles};
use super::{combined, composite};
use crate::engine::plan::{AS_TYPED, Exclusion, Occur, Plan, Unit};
use crate::engine::{
    Collapsed, FacetCount, FacetScope, Order, Qualifying, ReprintPolicy, TopDocs, Wanted,
};
use crate::error::Result;
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Articles that are fetched for a page, at the least.
const FIRST: usize = 400;
/// The most that are fetched: who wants more has every article read.
const MOST: usize = 5_000;
/// Groups of reprints with several articles in an answer that are told with it.
const GROUPS: u64 = 20_000;
/// Articles that are kept for the page.
const KEPT: usize = 100;

/// The answer to a plan; `None` where the cluster cannot decide it alone.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn top_docs(
    execution: &SelectedArticles<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
) -> Result<Option<TopDocs>> {
    let ranks = wanted.candidates > 0;
    let evidence = plan.units.iter().flat_map(|unit| &unit.evidence);
    let exact = execution.is_exact() && evidence.into_iter().all(|e| clause::finds_exactly(&e.1));
    if !exact || ranks && matches!(wanted.order, Order::Sample(_)) || wanted.candidates > MOST / 2 {
        return Ok(None);
    }
    let known = if ranks { execution.numbers(plan)? } else { execution.matchings(plan)? };
    match DecidedQuestion::new(execution, plan, &known, wanted) {
        Some(question) => question.answer(),
        None => Ok(None),
    }
}

/// A question as exact queries.
struct DecidedQuestion<'q, 'a> {
    execution: &'q SelectedArticles<'a>,
    plan: &'q Plan,
    known: &'q EvidenceNumbers,
    wanted: &'q Wanted<'q>,
    /// The articles that answer.
    answering: Value,
    /// Those of them that hold all of the query as typed; `None` for all.
    whole: Option<Value>,
    /// The demands on passages that answer.
    passages: Vec<PassageDemand>,
}

impl<'q, 'a> DecidedQuestion<'q, 'a> {
    fn new(
        execution: &'q SelectedArticles<'a>,
        plan: &'q Plan,
        known: &'q EvidenceNumbers,
        wanted: &'q Wanted<'q>,
    ) -> Option<DecidedQuestion<'q, 'a>> {
        let (answering, passages) = (Value::Null, execution.demands.clone());
        let mut question =
            DecidedQuestion { execution, plan, known, wanted, answering, whole: None, passages };
        question.answering = question.decide()?;
        let typed = |&u: &usize| question.having(u, |e| plan.units[u].evidence[e].0 >= AS_TYPED);
        let whole: Vec<Value> = plan.whole.iter().map(typed).collect::<Option<_>>()?;
        question.whole = (!whole.is_empty()).then(|| combined::all(whole));
        Some(question)
    }

    fn matchings(&self, unit: usize) -> Vec<Matching> {
        self.known[unit].iter().map(|known| known.0).collect()
    }

    fn demand(&self, unit: usize, counts: impl Fn(usize) -> bool) -> PassageDemand {
        let (own, heard) = (&self.plan.units[unit], self.execution.heard());
        clause::unit_demand(own, &self.matchings(unit), heard, counts)
    }

    /// The articles that have a unit in a passage that the selection admits, or in the title.
    fn having(&self, unit: usize, counts: impl Fn(usize) -> bool) -> Option<Value> {
        let own = self.demand(unit, counts);
        let demands: Vec<PassageDemand> =
            self.execution.demands.iter().cloned().chain([own]).collect();
        demands::exists(&demands)
    }

    fn units(&self, occur: Occur) -> impl Iterator<Item = (usize, &Unit)> {
        self.plan.units.iter().enumerate().filter(move |(_, unit)| unit.occur == occur)
    }

    /// The articles that answer; adds what their passages must meet.
    fn decide(&mut self) -> Option<Value> {
        let (mut needed, mut lacking) = (self.execution.articles.clone(), Vec::new());
        if self.wanted.reprints == ReprintPolicy::LeftOut {
            lacking.push(json!({ "term": { "copy": true } }));
        }
        let mut passages = Vec::new();
        for (u, _) in self.units(Occur::Excluded) {
            let own = self.demand(u, |_| true);
            match self.plan.exclusion {
                Exclusion::Articles => lacking.push(self.having(u, |_| true)?),
                Exclusion::Passages => passages.extend(own.passage.map(|passage| PassageDemand {
                    article: None,
                    passage: Some(json!({ "bool": { "must_not": passage } })),
                })),
            }
            lacking.extend(own.article);
        }
        let required: Vec<PassageDemand> =
            self.units(Occur::Required).map(|(u, _)| self.demand(u, |_| true)).collect();
        let wanted = self.units(Occur::Wanted).map(|(u, _)| self.having(u, |_| true));
        let wanted: Vec<Value> = wanted.collect::<Option<_>>()?;
        let apart = passages.is_empty() && self.passages.is_empty();
        if required.is_empty() && !wanted.is_empty() {
            passages.push(self.any_evidence());
        }
        // Who has enough of what is wanted has a passage with some of it.
        let told = apart && required.is_empty() && self.plan.minimum > 0;
        passages.extend(required);
        self.passages.extend(passages);
        if !told && !self.passages.is_empty() {
            needed.push(demands::exists(&self.passages)?);
        }
        if self.plan.minimum > 0 {
            needed.push(at_least(self.plan.minimum, wanted));
        }
        Some(json!({ "bool": { "filter": needed, "must_not": lacking } }))
    }

    /// The demand that a passage has any evidence that scores.
    fn any_evidence(&self) -> PassageDemand {
        let scoring = self.plan.units.iter().enumerate();
        let scoring = scoring.filter(|(_, unit)| unit.occur != Occur::Excluded);
        let (mut articles, mut passages) = (Vec::new(), Vec::new());
        for (u, _) in scoring {
            let own = self.demand(u, |_| true);
            articles.extend(own.article);
            passages.extend(own.passage);
        }
        PassageDemand::any_of(articles, passages)
    }

    /// The request for the first articles, and for all numbers.
    fn request(&self, size: usize) -> Option<Value> {
        let texts = || json!({ "terms": { "field": "text", "size": GROUPS, "min_doc_count": 2 } });
        let mut aggregations = json!({
            "passages": { "filter": { "match_all": {} }, "aggs": demands::counts(&self.passages)? },
        });
        if self.wanted.groups.is_some() {
            aggregations["texts"] = texts();
        }
        if let Some(whole) = &self.whole {
            aggregations["whole"] = json!({ "filter": whole, "aggs": { "texts": texts() } });
        }
        let query = match self.wanted.order {
            Order::Relevance if size > 0 && !self.plan.units.is_empty() => {
                first_stage::scored(self.execution, self.plan, self.known, &self.answering)
            }
            _ => self.answering.clone(),
        };
        let mut body = json!({
            "size": size, "query": query, "track_total_hits": true, "aggs": aggregations,
        });
        scan::columns(&mut body, &FETCHED);
        let by = |key: &str| json!([{ key: "desc" }, { "id": "asc" }]);
        match self.wanted.order {
            Order::Newest => body["sort"] = by("newest"),
            Order::Oldest => body["sort"] = by("oldest"),
            Order::Seen => body["sort"] = by("latest"),
            Order::Relevance | Order::Sample(_) => {}
        }
        Some(body)
    }

    fn answer(&self) -> Result<Option<TopDocs>> {
        let wanted = self.wanted;
        let mut size = if wanted.candidates == 0 { 0 } else { FIRST.max(2 * wanted.candidates) };
        loop {
            let Some(request) = self.request(size) else { return Ok(None) };
            self.execution.selection.check()?;
            let answer = self.execution.reader.search(&request)?;
            let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
            let Some(mut first) = self.evaluated(hits)? else { return Ok(None) };
            let mut collapsed = self.collapsed(&mut first)?;
            let total = answer["hits"]["total"]["value"].as_u64().unwrap_or(0);
            first.sort_by_key(|(_, own)| own.at.segment);
            let (fetched, answering): (Vec<Fetched>, Vec<Answering>) = first.into_iter().unzip();
            let candidates = ranked(&answering, &collapsed, wanted);
            if candidates.len() < wanted.candidates && (hits.len() as u64) < total {
                // Copies of what is shown took the places.
                if size >= MOST {
                    return Ok(None);
                }
                size = (4 * size).min(MOST);
                continue;
            }
            self.count(&answer["aggregations"], total, &mut collapsed)?;
            let passages = demands::counted(&answer["aggregations"]["passages"]);
            let Some(facets) = self.facets()? else { return Ok(None) };
            let shown: HashSet<u32> =
                candidates.iter().take(KEPT).map(|candidate| candidate.at.segment).collect();
            let kept = fetched.into_iter().filter(|own| shown.contains(&own.at.segment));
            self.execution.keep(kept);
            return Ok(Some(TopDocs { candidates, collapsed, passages, facets }));
        }
    }

    /// The articles of some hits, evaluated; `None` where one of them does not answer after all.
    fn evaluated(&self, hits: &[Value]) -> Result<Option<Vec<(Fetched, Answering)>>> {
        let (context, sought) =
            (self.execution.context(self.plan, self.known), SoughtWords::of(self.plan));
        let evaluate = |hit: &Value| -> Result<Option<(Fetched, Answering)>> {
            let Some(fetched) = self.execution.fetched(hit, &sought)? else { return Ok(None) };
            let found = context.evaluate(&fetched.article, &fetched.admitted);
            Ok(Answering::new(&fetched, &found).map(|own| (fetched, own)))
        };
        hits.par_iter().map(evaluate).collect()
    }

    /// The articles as texts, as far as those of `first` are concerned: which of them are shown.
    /// Articles are added that are shown for others.
    fn collapsed(&self, first: &mut Vec<(Fetched, Answering)>) -> Result<Collapsed> {
        let wanted = self.wanted;
        let mut known: HashMap<u64, Qualifying> =
            first.iter().map(|(_, own)| (own.number, own.qualifying())).collect();
        if let Some(groups) = wanted.groups
            && wanted.reprints == ReprintPolicy::Folded
        {
            let met: BTreeSet<u32> = known.keys().filter_map(|&n| groups.group(n)).collect();
            let originals: Vec<u64> = met.iter().filter_map(|&g| groups.original(g)).collect();
            let mut members: HashMap<u32, Vec<u64>> = HashMap::new();
            for number in self.members(&originals)? {
                if let Some(group) = groups.group(number) {
                    members.entry(group).or_default().push(number);
                }
            }
            let mut compared = Vec::new();
            for (group, numbers) in members {
                let unknown = numbers.iter().copied().filter(|n| !known.contains_key(n));
                if !numbers.iter().any(|&n| groups.original(group) == Some(n)) {
                    // The best of them is shown.
                    compared.extend(unknown);
                    continue;
                }
                for number in unknown.collect::<Vec<u64>>() {
                    let segment = self.execution.reader.first(number).segment;
                    let (number, score, whole) = (Some(number), 0.0, false);
                    let own = Qualifying { segment, article: 0, number, score, whole };
                    known.insert(number.unwrap_or_default(), own);
                }
            }
            for (fetched, own) in self.fetched(&compared)? {
                known.insert(own.number, own.qualifying());
                first.push((fetched, own));
            }
        }
        let mut all: Vec<Qualifying> = known.into_values().collect();
        all.sort_unstable_by_key(|own| own.segment);
        Ok(Collapsed::new(wanted.groups, wanted.reprints, all.into_iter()))
    }

    /// The numbers of the articles that answer and are one of these texts.
    fn members(&self, originals: &[u64]) -> Result<Vec<u64>> {
        let mut numbers = Vec::new();
        if originals.is_empty() {
            return Ok(numbers);
        }
        let texts: Vec<String> = originals.iter().copied().map(hex).collect();
        let texts = json!({ "terms": { "text": texts } });
        let query = json!({ "bool": { "filter": [texts, self.answering] } });
        let most = 10_000;
        let mut body = json!({ "size": most, "query": query, "track_total_hits": true,
                               "sort": ["_doc"] });
        scan::columns(&mut body, &[]);
        let answer = self.execution.reader.search(&body)?;
        let mut add = |hit: &Value| numbers.extend(scan::number(hit));
        if answer["hits"]["total"]["value"].as_u64().unwrap_or(0) <= most {
            answer["hits"]["hits"].as_array().into_iter().flatten().for_each(add);
            return Ok(numbers);
        }
        let scan = Scan { query, page: 5_000, ..Scan::default() };
        scan.each(self.execution.reader.client(), |hit| {
            add(hit);
            Ok(())
        })?;
        Ok(numbers)
    }

    /// The articles with these numbers, evaluated.
    fn fetched(&self, numbers: &[u64]) -> Result<Vec<(Fetched, Answering)>> {
        let mut found = Vec::new();
        for some in numbers.chunks(FIRST) {
            let ids: Vec<String> = some.iter().copied().map(hex).collect();
            let mut body = json!({ "query": { "ids": { "values": ids } }, "size": ids.len() });
            scan::columns(&mut body, &FETCHED);
            let answer = self.execution.reader.search(&body)?;
            let hits = answer["hits"]["hits"].as_array().map(Vec::as_slice).unwrap_or_default();
            found.extend(self.evaluated(hits)?.into_iter().flatten());
        }
        Ok(found)
    }

    /// Puts the numbers of all articles in the place of those of the first.
    fn count(&self, found: &Value, total: u64, collapsed: &mut Collapsed) -> Result<()> {
        collapsed.articles = total;
        collapsed.texts = total - self.copies(&found["texts"], None)?;
        (collapsed.whole_articles, collapsed.whole_texts) = (total, collapsed.texts);
        if let Some(whole) = &self.whole {
            let number = found["whole"]["doc_count"].as_u64().unwrap_or(0);
            let copies = self.copies(&found["whole"]["texts"], Some(whole))?;
            (collapsed.whole_articles, collapsed.whole_texts) = (number, number - copies);
        }
        Ok(())
    }

    /// The number of articles beyond the first of each text; `whole` are those that count.
    fn copies(&self, texts: &Value, whole: Option<&Value>) -> Result<u64> {
        let mut copies = 0;
        if self.wanted.groups.is_none_or(|groups| groups.is_empty()) {
            return Ok(copies);
        }
        if is_complete(texts) {
            let buckets = texts["buckets"].as_array().into_iter().flatten();
            return Ok(buckets.filter_map(|own| own["doc_count"].as_u64()).map(|n| n - 1).sum());
        }
        let filter: Vec<&Value> = [&self.answering].into_iter().chain(whole).collect();
        let query = json!({ "bool": { "filter": filter } });
        composite::each(self.execution.reader.client(), &query, &["text"], |values, n| {
            copies += if values[0].is_null() { 0 } else { n - 1 };
        })?;
        Ok(copies)
    }

    fn facets(&self) -> Result<Option<Vec<FacetCount>>> {
        let whole = self.whole.iter().filter(|_| self.wanted.counted == FacetScope::Whole);
        let filter: Vec<&Value> = [&self.answering].into_iter().chain(whole).collect();
        let articles = json!({ "bool": { "filter": filter } });
        let (reader, groups) = (self.execution.reader, self.wanted.groups);
        let passages = &self.passages;
        let question = FacetQuestion { reader, articles: &articles, passages, groups };
        self.wanted.facets.iter().map(|&facet| question.count(facet)).collect()
    }
}
