//! The answer to a plan, gathered from the articles that were evaluated: folded, counted and
//! ordered as the engine in the process does it.

use super::answering::{Answering, ranked};
use super::clause::{self, Matching};
use super::combined;
use super::evaluation::EvaluatedArticle;
use super::fetched::SoughtWords;
use super::numbers::EvidenceNumbers;
use super::reader::ClusterReader;
use super::scan;
use super::selected::{Fetched, SelectedArticles};
use crate::engine::collapse::is_reprint;
use crate::engine::counts::{SpeakerSum, speaker_counts};
use crate::engine::indexed_text::{TITLE_SEPARATOR, names, spoken, titled};
use crate::engine::plan::{Evidence, Occur, Plan, Scope, Unit};
use crate::engine::{
    Collapsed, Facet, FacetCount, FacetScope, FilterSet, Grouping, Order, PassageAddress, Period,
    Ranking, ReprintPolicy, Reprints, Selection, SpeakerCount, TextCount, TopDocs, TopicCounts,
    UNDATED, Wanted,
};
use crate::error::Result;
use crate::passage::Passage;
use crate::query::Filters;
use crate::text::fold::key;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Runs a plan over the articles of a cluster.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn top_docs(
    execution: &SelectedArticles<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
) -> Result<TopDocs> {
    let (mut answering, mut facets) = (Vec::new(), FacetSums::new(wanted));
    evaluate(execution, plan, wanted, |fetched, found| {
        if let Some(own) = Answering::new(&fetched, &found) {
            facets.add(&fetched, &found);
            answering.push(own);
        }
    })?;
    answering.sort_unstable_by_key(|own| own.at.segment);
    let qualifying = answering.iter().map(Answering::qualifying);
    let collapsed = Collapsed::new(wanted.groups, wanted.reprints, qualifying);
    let passages = answering.iter().map(|own| own.passages.len() as u64).sum();
    let candidates = ranked(&answering, &collapsed, wanted);
    let close: Vec<PassageAddress> =
        candidates.iter().take(wanted.examined).map(|candidate| candidate.at).collect();
    if !close.is_empty() {
        execution.prefetch(&close)?;
    }
    Ok(TopDocs { candidates, collapsed, passages, facets: facets.finish() })
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
        needed.push(combined::at_least(plan.minimum, of(Occur::Wanted).collect()));
    } else if needed.is_empty() && of(Occur::Wanted).next().is_some() {
        let scoring = of(Occur::Wanted).chain(of(Occur::Bonus));
        needed.push(combined::any(scoring.collect()));
    }
    needed
}

/// Evaluates every article that may answer a plan; `each` takes those that do.
fn evaluate(
    execution: &SelectedArticles<'_>,
    plan: &Plan,
    wanted: &Wanted<'_>,
    mut each: impl FnMut(Fetched, EvaluatedArticle),
) -> Result<()> {
    let known = execution.numbers(plan)?;
    let context = execution.context(plan, &known);
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
    execution.each(&needed(plan, &known), &SoughtWords::of(plan), take, look)
}

/// The counts of an answer by facet, while its articles are met.
struct FacetSums<'w> {
    wanted: &'w Wanted<'w>,
    counts: Vec<BTreeMap<String, TextCount>>,
}

impl<'w> FacetSums<'w> {
    fn new(wanted: &'w Wanted<'w>) -> FacetSums<'w> {
        FacetSums { wanted, counts: vec![BTreeMap::new(); wanted.facets.len()] }
    }

    fn add(&mut self, fetched: &Fetched, found: &EvaluatedArticle) {
        if self.wanted.counted == FacetScope::Whole && !found.whole {
            return;
        }
        let group = self.wanted.groups.and_then(|groups| groups.group(fetched.article.number));
        for (&facet, counts) in self.wanted.facets.iter().zip(&mut self.counts) {
            for value in values(facet, fetched, &found.qualifying) {
                counts.entry(value).or_default().add(group);
            }
        }
    }

    fn finish(self) -> Vec<FacetCount> {
        let counted = self.wanted.facets.iter().zip(self.counts);
        counted.map(|(&facet, counts)| FacetCount::new(facet, counts)).collect()
    }
}

/// The values that an article is counted under.
fn values(facet: Facet, fetched: &Fetched, qualifying: &[usize]) -> Vec<String> {
    let article = &fetched.article;
    if let Some(period) = facet.period() {
        let name = period.of(article.date);
        return vec![name.unwrap_or_else(|| UNDATED.to_owned())];
    }
    let Some(first) = article.stored.first() else { return Vec::new() };
    let texts = |values: &mut dyn Iterator<Item = &str>| values.map(str::to_owned).collect();
    let head = &first.article;
    let mut values: Vec<String> = match facet {
        Facet::Topic => texts(&mut first.topics.iter().flat_map(|topic| topic.keys())),
        Facet::Subject => texts(&mut first.subjects.iter().map(String::as_str)),
        Facet::Source => {
            texts(&mut head.source.iter().chain(&head.reprinted_by).map(String::as_str))
        }
        Facet::Author => texts(&mut head.authors.iter().map(String::as_str)),
        Facet::Together => article.stored.iter().flat_map(filed).map(str::to_owned).collect(),
        _ => {
            let own = qualifying.iter().flat_map(|&at| filed(&article.stored[at]));
            own.map(str::to_owned).collect()
        }
    };
    values.sort_unstable();
    values.dedup();
    values
}

/// The speakers that a passage is filed under: those whose name was no other name of one before.
fn filed(passage: &Passage) -> Vec<&str> {
    let (mut filed, mut seen): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    for quote in spoken(passage) {
        for (i, name) in names(quote).enumerate() {
            if !seen.contains(&name) {
                seen.push(name);
                if i == 0 {
                    filed.push(name);
                }
            }
        }
    }
    filed
}

/// Counts the speakers whose name holds `pattern` (all for an empty one), most quotes first.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn speakers(
    execution: &SelectedArticles<'_>,
    pattern: &str,
    reprints: Reprints<'_>,
) -> Result<Vec<SpeakerCount>> {
    let (pattern, mut sums) = (key(pattern), HashMap::<String, SpeakerSum>::new());
    let spoken = [serde_json::json!({ "exists": { "field": "speaker" } })];
    let count = |fetched: Fetched, _| {
        let number = Some(fetched.article.number);
        if reprints.policy == ReprintPolicy::LeftOut && is_reprint(reprints.groups, number) {
            return Ok(());
        }
        let group = reprints.groups.zip(number).and_then(|(groups, number)| groups.group(number));
        let mut met: Vec<String> = Vec::new();
        let admitted = fetched.admitted.iter().zip(&fetched.article.stored).filter(|own| *own.0);
        for (_, passage) in admitted {
            for name in filed(passage) {
                if !pattern.is_empty() && !key(name).contains(&pattern) {
                    continue;
                }
                let sum = sums.entry(name.to_owned()).or_default();
                add(sum, name, passage);
                if !met.iter().any(|met| met == name) {
                    met.push(name.to_owned());
                    sum.articles.add(group);
                }
                if let Some(date) = fetched.article.date {
                    sum.date(date);
                }
            }
        }
        Ok(())
    };
    execution.each(&spoken, &SoughtWords::default(), count, |_| true)?;
    Ok(speaker_counts(sums))
}

/// Counts articles and texts by topic and period.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn topics(
    execution: &SelectedArticles<'_>,
    period: Period,
    reprints: Reprints<'_>,
) -> Result<TopicCounts> {
    let mut counts = TopicCounts::new();
    let count = |fetched: Fetched, _| {
        let number = Some(fetched.article.number);
        let copy = is_reprint(reprints.groups, number);
        if !fetched.admitted.contains(&true) || reprints.policy == ReprintPolicy::LeftOut && copy {
            return Ok(());
        }
        let Some(time) = period.of(fetched.article.date) else { return Ok(()) };
        let group = reprints.groups.zip(number).and_then(|(groups, number)| groups.group(number));
        for topic in values(Facet::Topic, &fetched, &[]) {
            counts.entry((topic, time.clone())).or_default().add(group);
        }
        Ok(())
    };
    execution.each(&[], &SoughtWords::default(), count, |_| true)?;
    Ok(counts)
}

/// True if a passage or a title has the evidence, whatever the filters.
///
/// # Errors
/// A cluster that does not answer, or not whole.
pub fn occurs(reader: &ClusterReader, evidence: &Evidence) -> Result<bool> {
    let forms = [Matching::Words, Matching::Characters].map(|matching| {
        let query = clause::evidence(evidence, matching);
        combined::any(vec![combined::nested(&query.passages), query.titles])
    });
    let together = matches!(evidence, Evidence::Near(..) | Evidence::Same(_));
    if !together {
        return Ok(scan::count(reader.client(), &combined::any(forms.to_vec()))? > 0);
    }
    // Where its parts stand, only a look at each article tells.
    let (filters, ranking) = (FilterSet::new(&Filters::default())?, Ranking::default());
    let selection = Selection::all(&filters);
    let execution = SelectedArticles::new(reader, &selection, &ranking)?;
    let unit = Unit {
        label: String::new(),
        occur: Occur::Required,
        scope: Scope::Anywhere,
        evidence: vec![(1.0, evidence.clone())],
    };
    let plan = Plan { units: vec![unit], ..Plan::default() };
    let wanted = Wanted {
        order: Order::Relevance,
        grouping: Grouping::Articles,
        groups: None,
        reprints: ReprintPolicy::Shown,
        candidates: 0,
        examined: 0,
        facets: &[],
        counted: FacetScope::All,
    };
    Ok(top_docs(&execution, &plan, &wanted)?.passages > 0)
}

/// Adds a passage's quotes and titles of a speaker.
fn add(sum: &mut SpeakerSum, name: &str, passage: &Passage) {
    let own = key(name);
    let said = spoken(passage).flat_map(names).filter(|other| key(other) == own);
    sum.quotes += said.count() as u64;
    let mut titles: Vec<String> = spoken(passage).filter_map(titled).collect();
    titles.sort_unstable();
    titles.dedup();
    for title in titles {
        if let Some((of, title)) = title.split_once(TITLE_SEPARATOR)
            && of == name
        {
            *sum.titles.entry(title.to_owned()).or_default() += 1;
        }
    }
}
