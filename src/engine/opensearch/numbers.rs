//! The numbers that the evidence of a plan is weighed by: how each kind of it is looked for, and in
//! how many passages it is.

use super::clause::{self, Matching};
use super::document::token;
use super::selected::SelectedArticles;
use crate::engine::plan::{CHEAP_CHARACTERS, Evidence, Plan, RARE_WORD, Scope, Unit};
use crate::error::Result;
use serde_json::{Value, json};
use std::collections::HashMap;

/// By unit and evidence: how it is looked for, and in how many passages it is.
pub type EvidenceNumbers = Vec<Vec<(Matching, u64)>>;

impl SelectedArticles<'_> {
    /// How each kind of evidence is looked for, and in how many passages it is.
    pub fn numbers(&self, plan: &Plan) -> Result<EvidenceNumbers> {
        let mut asked: HashMap<String, Value> = HashMap::new();
        let character = |c: char| (format!("c{c}"), character_query(c));
        for (_, evidence) in plan.units.iter().flat_map(|unit| &unit.evidence) {
            match evidence {
                Evidence::Word(word) | Evidence::Unknown(word) => {
                    let query = json!({ "term": { "passages.words": token(word) } });
                    asked.insert(format!("w{word}"), query);
                    if matches!(evidence, Evidence::Unknown(_)) {
                        asked.extend(word.chars().map(character));
                    }
                }
                Evidence::Character(word) => asked.extend(word.chars().map(character)),
                Evidence::Pair(chars) | Evidence::Phrase(chars) => {
                    asked.extend(chars.iter().copied().map(character));
                }
                _ => {}
            }
        }
        let global = self.counts(&json!({ "match_all": {} }), &asked)?;
        let of = |key: String| global.get(&key).copied().unwrap_or(0);
        let rarest = |chars: &mut dyn Iterator<Item = char>| {
            chars.map(|c| of(format!("c{c}"))).min().unwrap_or(0)
        };
        let mut known: EvidenceNumbers = Vec::new();
        let mut placed: Vec<(usize, usize)> = Vec::new();
        for (u, unit) in plan.units.iter().enumerate() {
            let mut own = Vec::new();
            for (e, (_, evidence)) in unit.evidence.iter().enumerate() {
                let matching = self.matching(unit, evidence, &of, &rarest);
                let streamed = self.streamed_count(unit, evidence, matching, &of);
                if streamed.is_none() && matching != Matching::Never {
                    placed.push((u, e));
                }
                own.push((matching, streamed.unwrap_or(0)));
            }
            known.push(own);
        }
        self.count_placed(plan, &placed, &mut known)?;
        Ok(known)
    }

    fn matching(
        &self,
        unit: &Unit,
        evidence: &Evidence,
        of: &dyn Fn(String) -> u64,
        rarest: &dyn Fn(&mut dyn Iterator<Item = char>) -> u64,
    ) -> Matching {
        let spoken = self.selection.speakers().is_some();
        let placed = unit.scope == Scope::Title || spoken;
        match evidence {
            Evidence::Word(_) if !placed => Matching::Words,
            Evidence::Unknown(word) if !placed => {
                let rare = of(format!("w{word}")) < RARE_WORD;
                let cheap = rarest(&mut word.chars()) <= CHEAP_CHARACTERS;
                if rare && cheap { Matching::Characters } else { Matching::Words }
            }
            Evidence::Prefix(_) | Evidence::Suffix(_) if !spoken => Matching::Words,
            Evidence::Pair(chars) if rarest(&mut chars.iter().copied()) > CHEAP_CHARACTERS => {
                Matching::Never
            }
            _ => Matching::Characters,
        }
    }

    /// The number of passages with evidence that is found without looking at places.
    fn streamed_count(
        &self,
        unit: &Unit,
        evidence: &Evidence,
        matching: Matching,
        of: &dyn Fn(String) -> u64,
    ) -> Option<u64> {
        if unit.scope == Scope::Title || self.selection.speakers().is_some() {
            return None;
        }
        match evidence {
            Evidence::Word(word) | Evidence::Unknown(word) => {
                (matching == Matching::Words).then(|| of(format!("w{word}")))
            }
            Evidence::Character(word) => word.chars().next().map(|c| of(format!("c{c}"))),
            Evidence::Phrase(chars) if chars.len() == 1 => Some(of(format!("c{}", chars[0]))),
            _ => None,
        }
    }

    /// Counts the passages of evidence that is found by its place: those that have it, and those
    /// of the articles that have it in their titles.
    fn count_placed(
        &self,
        plan: &Plan,
        placed: &[(usize, usize)],
        known: &mut EvidenceNumbers,
    ) -> Result<()> {
        // Where places decide, a query finds more than there is.
        let exact = self.selection.conditions().all(|condition| clause::is_exact(&condition));
        let (placed, looked_at): (Vec<_>, Vec<_>) = placed
            .iter()
            .partition(|&&(u, e)| exact && clause::finds_exactly(&plan.units[u].evidence[e].1));
        self.count_exactly(plan, &looked_at, known)?;
        if placed.is_empty() {
            return Ok(());
        }
        let mut aggregations = serde_json::Map::new();
        for &(u, e) in &placed {
            let (unit, matching) = (&plan.units[u], known[u][e].0);
            let query = clause::evidence(&unit.evidence[e].1, matching);
            let inside = json!({ "nested": { "path": "passages" }, "aggs": {
                "n": { "filter": query.passages } } });
            aggregations.insert(format!("p{u}.{e}"), inside.clone());
            let titled = json!({ "filter": query.titles, "aggs": {
                "all": { "sum": { "field": "row.passages" } }, "both": inside } });
            aggregations.insert(format!("t{u}.{e}"), titled);
        }
        let body = json!({ "size": 0, "track_total_hits": false, "aggs": aggregations,
                           "query": { "bool": { "filter": self.conditions } } });
        let answer = self.reader.search(&body)?;
        let found = &answer["aggregations"];
        for (u, e) in placed {
            let own = found[format!("p{u}.{e}")]["n"]["doc_count"].as_u64().unwrap_or(0);
            let titled = &found[format!("t{u}.{e}")];
            let all = titled["all"]["value"].as_f64().unwrap_or(0.0) as u64;
            let both = titled["both"]["n"]["doc_count"].as_u64().unwrap_or(0);
            known[u][e].1 = match plan.units[u].scope {
                Scope::Title => all,
                Scope::Anywhere => own + all.saturating_sub(both),
            };
        }
        Ok(())
    }

    /// Counts the passages of evidence by a look at each article that may have it.
    fn count_exactly(
        &self,
        plan: &Plan,
        evidence: &[(usize, usize)],
        known: &mut EvidenceNumbers,
    ) -> Result<()> {
        if evidence.is_empty() {
            return Ok(());
        }
        let queries = evidence.iter().map(|&(u, e)| {
            let unit =
                Unit { evidence: vec![plan.units[u].evidence[e].clone()], ..plan.units[u].clone() };
            clause::unit(&unit, &[known[u][e].0])
        });
        let needed = [clause::any(queries.collect())];
        let mut counts = vec![0; evidence.len()];
        let context = self.context(plan, known);
        self.each(
            &needed,
            |fetched, _| {
                for (&(u, e), count) in evidence.iter().zip(&mut counts) {
                    *count += context.count(&fetched.article, &fetched.admitted, (u, e));
                }
                Ok(())
            },
            |_| true,
        )?;
        for (&(u, e), count) in evidence.iter().zip(counts) {
            known[u][e].1 = count;
        }
        Ok(())
    }

    /// The number of passages of each query.
    fn counts(
        &self,
        query: &Value,
        asked: &HashMap<String, Value>,
    ) -> Result<HashMap<String, u64>> {
        if asked.is_empty() {
            return Ok(HashMap::new());
        }
        let body = json!({ "size": 0, "track_total_hits": false, "query": query, "aggs": {
            "p": { "nested": { "path": "passages" },
                   "aggs": { "n": { "filters": { "filters": asked } } } } } });
        let answer = self.reader.search(&body)?;
        let found = answer["aggregations"]["p"]["n"]["buckets"].as_object();
        let count = |(key, bucket): (&String, &Value)| {
            (key.clone(), bucket["doc_count"].as_u64().unwrap_or(0))
        };
        Ok(found.into_iter().flatten().map(count).collect())
    }
}

fn character_query(c: char) -> Value {
    json!({ "term": { "passages.chars": c.to_string() } })
}
