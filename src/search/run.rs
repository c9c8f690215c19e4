//! Runs a request: compile, execute, take a closer look, tell copies, mark the words.

use super::collapse::Standing;
use super::compile::compile;
use super::lexicon::Lexicon;
use super::lookup;
use super::nearby::wider;
use super::proximity::Proximity;
use super::request::{Answer, Hit, Request};
use super::snippet::{highlights, said_spans};
use crate::engine::filter::{FilterSet, Selection};
use crate::engine::{Candidate, Collapsed, Execution, Order, Plan, Share, TopDocs, Wanted};
use crate::error::Result;
use crate::update::Snapshot;

/// Answers a question, whose filters [`super::resolve`] has resolved.
///
/// # Errors
/// [`crate::error::Error::Usage`] where a filter is malformed, [`crate::error::Error::GivenUp`]
/// where [`Request::stop`] was asked, or what the engine reports of a damaged index.
pub fn run(snapshot: &Snapshot, request: &Request, lexicon: &Lexicon) -> Result<Answer> {
    let ranked = rank(snapshot, request, lexicon)?;
    let hits = ranked.hits(snapshot, request.offset, request.limit)?;
    Ok(Answer { hits, ..ranked.answer })
}

/// The answer to a question in order, before anything of it is read: page after page can be read
/// without searching again.
pub struct RankedAnswer {
    /// The answer, without hits.
    pub answer: Answer,
    request: Request,
    plan: Plan,
    candidates: Vec<Candidate>,
    collapsed: Collapsed,
}

/// Ranks the hits of a question, up to the last one of its page; see [`run`].
///
/// # Errors
/// Those of [`run`].
pub fn rank(snapshot: &Snapshot, request: &Request, lexicon: &Lexicon) -> Result<RankedAnswer> {
    let filters = FilterSet::new(&request.filters)?;
    let mut plan = plan(request, lexicon);
    let engine = snapshot.engine();
    let selection = Selection::all(&filters).until(&request.stop);
    let execution = engine.execution(&selection, &request.ranking)?;
    let search = Search { snapshot, request, execution: execution.as_ref() };
    let mut found = search.top_docs(&plan)?;
    let (mut relaxed, mut near) = (false, false);
    if found.collapsed.articles == 0 {
        // Better a passage with some of it than nothing; the answer says so.
        for wider in wider(&plan, lexicon) {
            let other = search.top_docs(&wider.plan)?;
            if other.collapsed.articles > 0 {
                (found, plan, relaxed, near) = (other, wider.plan, wider.relaxed, wider.near);
                break;
            }
        }
    }
    let mut answer = Answer {
        articles: found.collapsed.articles,
        texts: found.collapsed.texts,
        whole: found.collapsed.whole_articles,
        whole_texts: found.collapsed.whole_texts,
        passages: found.passages,
        relaxed,
        near,
        left_out: plan.left_out,
        facets: std::mem::take(&mut found.facets),
        ..Answer::default()
    };
    if request.filters.since.is_some() || request.filters.until.is_some() {
        answer.undated = undated(snapshot, request, &filters, &plan)?;
    }
    let (candidates, collapsed) = (found.candidates, found.collapsed);
    Ok(RankedAnswer { answer, request: request.clone(), plan, candidates, collapsed })
}

impl RankedAnswer {
    /// Reads at most `limit` hits after the first `offset`. `snapshot` is the one that the answer
    /// was ranked on.
    ///
    /// # Errors
    /// Those of [`run`].
    pub fn hits(&self, snapshot: &Snapshot, offset: usize, limit: usize) -> Result<Vec<Hit>> {
        let (request, engine) = (&self.request, snapshot.engine());
        let filters = FilterSet::new(&request.filters)?;
        let explained = request
            .explain
            .then(|| engine.execution(&Selection::all(&filters), &request.ranking))
            .transpose()?;
        let page = self.candidates.iter().enumerate().skip(offset).take(limit);
        let mut hits = Vec::new();
        for (place, candidate) in page {
            request.stop.check()?;
            let hit = self.hit(snapshot, candidate, place + 1)?;
            let standing = Standing::of(candidate, &self.collapsed, snapshot)?;
            let shares = match &explained {
                Some(execution) => self.explain(snapshot, execution.as_ref(), candidate)?,
                None => Vec::new(),
            };
            hits.push(Hit { standing, shares, ..hit });
        }
        Ok(hits)
    }

    fn hit(&self, snapshot: &Snapshot, candidate: &Candidate, rank: usize) -> Result<Hit> {
        let (request, plan) = (&self.request, &self.plan);
        let passage = snapshot.engine().passage(candidate.at)?;
        let said = said_spans(&passage, &request.filters);
        let title = passage.article.title.as_deref().unwrap_or_default();
        let title_highlights =
            if said.is_some() { Vec::new() } else { highlights(title, plan, None) };
        let highlights = highlights(&passage.text, plan, said.as_deref());
        let (before, after) = lookup::context(snapshot, candidate.at, request.context)?;
        Ok(Hit {
            rank,
            score: candidate.score,
            highlights,
            title_highlights,
            before,
            after,
            further: candidate.further,
            standing: Standing::default(),
            shares: Vec::new(),
            seen: candidate.seen(request.order),
            passage,
        })
    }

    /// The parts of a passage's score: its words, its neighbouring characters and, last, the
    /// opening of its article.
    fn explain(
        &self,
        snapshot: &Snapshot,
        execution: &dyn Execution,
        candidate: &Candidate,
    ) -> Result<Vec<Share>> {
        let (request, plan) = (&self.request, &self.plan);
        let mut shares = execution.explain(plan, candidate.at)?;
        let proximity = Proximity::new(plan, snapshot.engine(), &request.ranking);
        let close = proximity.score(&execution.close_text(candidate.at)?);
        if close > 0.0 {
            let run = |run: &Vec<(char, f32)>| run.iter().map(|c| c.0).collect();
            let word = plan.runs.iter().map(run).collect::<Vec<String>>().join(" ");
            let weight = request.ranking.neighbours;
            let evidence = "neighbours".to_owned();
            shares.push(Share { word, evidence, weight, passage: close, article: 0.0 });
        }
        let sum: f32 = shares.iter().map(|share| share.passage + share.article).sum();
        let opening = candidate.score - sum;
        if request.order == Order::Relevance && close > 0.0 && opening > LEAST_SHARE {
            let (word, evidence) = (String::new(), "opening".to_owned());
            let weight = request.ranking.agreement + request.ranking.lead;
            shares.push(Share { word, evidence, weight, passage: 0.0, article: opening });
        }
        Ok(shares)
    }
}

/// The plan of a request.
pub fn plan(request: &Request, lexicon: &Lexicon) -> Plan {
    let plan = compile(&request.query, lexicon, &request.ranking);
    Plan { exclusion: request.exclusion, ..plan }
}

/// The number of articles that would be in the answer if they had a date.
fn undated(
    snapshot: &Snapshot,
    request: &Request,
    filters: &FilterSet,
    plan: &Plan,
) -> Result<u64> {
    let selection = Selection::undated(filters).until(&request.stop);
    let execution = snapshot.engine().execution(&selection, &request.ranking)?;
    Ok(execution.top_docs(plan, &counting(snapshot, request))?.collapsed.articles)
}

/// The results wanted of an execution that only counts.
pub fn counting<'a>(snapshot: &'a Snapshot, request: &Request) -> Wanted<'a> {
    Wanted {
        order: request.order,
        grouping: request.grouping,
        groups: snapshot.groups(),
        reprints: request.reprints,
        candidates: 0,
        examined: 0,
        facets: &[],
        counted: request.counted,
    }
}

/// A share of a score below which it is rounding.
const LEAST_SHARE: f32 = 0.01;

/// A request while it is answered.
struct Search<'a> {
    snapshot: &'a Snapshot,
    request: &'a Request,
    execution: &'a dyn Execution,
}

impl Search<'_> {
    /// The best candidates, those of the first places after a closer look.
    fn top_docs(&self, plan: &Plan) -> Result<TopDocs> {
        let request = self.request;
        let order = match request.order {
            Order::Relevance if request.query.is_empty() => Order::Newest,
            order => order,
        };
        let wanted = request.offset.saturating_add(request.limit);
        let examined = request.ranking.candidates;
        let close = order == Order::Relevance && wanted > 0 && !plan.runs.is_empty();
        let candidates = if close { wanted.max(examined) } else { wanted };
        let wanted = Wanted {
            order,
            candidates,
            examined: if close { examined } else { 0 },
            facets: &request.facets,
            ..counting(self.snapshot, request)
        };
        let mut found = self.execution.top_docs(plan, &wanted)?;
        if close {
            let engine = self.snapshot.engine();
            let proximity = Proximity::new(plan, engine, &request.ranking);
            proximity.rank(&mut found.candidates, plan, engine, self.execution)?;
        }
        Ok(found)
    }
}
