//! The numbers that the evidence of a plan is weighed by: how each kind of it is looked for, and in
//! how many passages it is.

use super::clause::{self, Matching};
use super::combined;
use super::demands::{self, PassageDemand};
use super::fetched::SoughtWords;
use super::selected::SelectedArticles;
use super::term_counts::CountedTerm;
use crate::engine::plan::{CHEAP_CHARACTERS, Evidence, Plan, RARE_WORD, Scope, Unit};
use crate::error::Result;
use serde_json::json;

/// By unit and evidence: how it is looked for, and in how many passages it is.
pub type EvidenceNumbers = Vec<Vec<(Matching, u64)>>;

/// The words and characters whose numbers a plan needs, with those that a closer look weighs.
fn terms(plan: &Plan) -> Vec<CountedTerm> {
    let mut terms: Vec<CountedTerm> = Vec::new();
    for (_, evidence) in plan.units.iter().flat_map(|unit| &unit.evidence) {
        match evidence {
            Evidence::Word(word) | Evidence::Unknown(word) => {
                terms.push(CountedTerm::Word(word.clone()));
                terms.push(CountedTerm::ArticleWord(word.clone()));
                if matches!(evidence, Evidence::Unknown(_)) {
                    terms.extend(word.chars().map(CountedTerm::Character));
                }
            }
            Evidence::Character(word) => terms.extend(word.chars().map(CountedTerm::Character)),
            Evidence::Pair(chars) | Evidence::Phrase(chars) => {
                terms.extend(chars.iter().copied().map(CountedTerm::Character));
            }
            _ => {}
        }
    }
    terms.extend(plan.runs.iter().flatten().map(|&(c, _)| CountedTerm::Character(c)));
    terms
}

impl SelectedArticles<'_> {
    /// How each kind of evidence is looked for, and in how many passages it is.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn numbers(&self, plan: &Plan) -> Result<EvidenceNumbers> {
        let mut known = self.matchings(plan)?;
        let (mut counted, mut looked_at) = (Vec::new(), Vec::new());
        for (u, unit) in plan.units.iter().enumerate() {
            for (e, (_, evidence)) in unit.evidence.iter().enumerate() {
                let matching = known[u][e].0;
                if matching == Matching::Never || self.is_streamed(unit, evidence, matching) {
                    continue;
                }
                // Where places decide, a query finds more than there is.
                let demand = (self.is_exact() && clause::finds_exactly(evidence))
                    .then(|| demands::counts(&self.with(unit, e, matching)))
                    .flatten();
                match demand {
                    Some(counts) => counted.push(((u, e), counts)),
                    None => looked_at.push((u, e)),
                }
            }
        }
        self.count_exactly(plan, &looked_at, &mut known)?;
        if counted.is_empty() {
            return Ok(known);
        }
        let mut aggregations = serde_json::Map::new();
        for (at, (_, counts)) in counted.iter().enumerate() {
            let all = json!({ "filter": { "match_all": {} }, "aggs": counts });
            aggregations.insert(at.to_string(), all);
        }
        let body = json!({ "size": 0, "track_total_hits": false, "aggs": aggregations,
                           "query": { "bool": { "filter": self.articles } } });
        let answer = self.reader.search(&body)?;
        for (at, &((u, e), _)) in counted.iter().enumerate() {
            known[u][e].1 = demands::counted(&answer["aggregations"][at.to_string()]);
        }
        Ok(known)
    }

    /// How each kind of evidence is looked for; the number of what is found without looking at
    /// places, and 0 for the rest.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn matchings(&self, plan: &Plan) -> Result<EvidenceNumbers> {
        let (asked, counts) = (terms(plan), self.reader.term_counts());
        counts.ask(self.reader.client(), &asked)?;
        let of = |term: CountedTerm| counts.of(&term);
        let number = |unit: &Unit, (_, evidence): &(f32, Evidence)| {
            let matching = self.matching(unit, evidence, &of);
            let streamed = self.is_streamed(unit, evidence, matching);
            let count = match evidence {
                _ if !streamed => 0,
                Evidence::Word(word) | Evidence::Unknown(word) => {
                    of(CountedTerm::Word(word.clone()))
                }
                Evidence::Character(word) => {
                    word.chars().next().map_or(0, |c| of(CountedTerm::Character(c)))
                }
                Evidence::Phrase(chars) => of(CountedTerm::Character(chars[0])),
                _ => 0,
            };
            (matching, count)
        };
        let own = |unit: &Unit| unit.evidence.iter().map(|kind| number(unit, kind)).collect();
        Ok(plan.units.iter().map(own).collect())
    }

    /// The demands of the selection on passages, and that of one kind of evidence of a unit.
    fn with(&self, unit: &Unit, evidence: usize, matching: Matching) -> Vec<PassageDemand> {
        let matchings = vec![matching; unit.evidence.len()];
        let own = clause::unit_demand(unit, &matchings, self.heard(), |at| at == evidence);
        self.demands.iter().cloned().chain([own]).collect()
    }

    /// True if evidence is found without looking at places.
    fn is_streamed(&self, unit: &Unit, evidence: &Evidence, matching: Matching) -> bool {
        if unit.scope == Scope::Title || self.selection.speakers().is_some() {
            return false;
        }
        match evidence {
            Evidence::Word(_) | Evidence::Unknown(_) => matching == Matching::Words,
            Evidence::Character(_) => true,
            Evidence::Phrase(chars) => chars.len() == 1,
            _ => false,
        }
    }

    fn matching(
        &self,
        unit: &Unit,
        evidence: &Evidence,
        of: &dyn Fn(CountedTerm) -> u64,
    ) -> Matching {
        let spoken = self.selection.speakers().is_some();
        let placed = unit.scope == Scope::Title || spoken;
        let rarest = |chars: &mut dyn Iterator<Item = char>| {
            chars.map(|c| of(CountedTerm::Character(c))).min().unwrap_or(0)
        };
        match evidence {
            Evidence::Word(_) if !placed => Matching::Words,
            Evidence::Unknown(word) if !placed => {
                let rare = of(CountedTerm::Word(word.clone())) < RARE_WORD;
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
        let needed = [combined::any(queries.collect())];
        let mut counts = vec![0; evidence.len()];
        let context = self.context(plan, known);
        self.each(
            &needed,
            &SoughtWords::of(plan),
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
}
