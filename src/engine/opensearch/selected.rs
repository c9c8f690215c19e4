//! The articles of a cluster that a selection may admit, fetched and looked at a few at a time.

use super::clause::{self, HeardWords, Matching};
use super::demands::PassageDemand;
use super::document::hex;
use super::evaluation::EvaluationContext;
use super::fetched::{FetchedArticle, SoughtWords};
use super::reader::ClusterReader;
use super::scan::{self, Scan};
use crate::engine::filter::DateScope;
use crate::engine::plan::Plan;
use crate::engine::{OrderFacts, PassageAddress, Ranking, Selection};
use crate::error::{Error, Result};
use rayon::prelude::*;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The columns of an article that is looked at.
pub const FETCHED: [&str; 3] = ["date", "row.seen", "stored"];
/// Articles that are fetched together.
const PAGE: u64 = 500;
/// Values of a column in one query: the clusters' limit is 65,536.
const MOST_VALUES: usize = 60_000;

/// The articles that a selection may admit.
pub struct SelectedArticles<'a> {
    /// The index.
    pub reader: &'a ClusterReader,
    /// The selection.
    pub selection: Selection<'a>,
    ranking: &'a Ranking,
    /// The conditions of the selection, as queries that find no less than what meets them.
    pub conditions: Vec<Value>,
    /// Those of them that are conditions on articles.
    pub articles: Vec<Value>,
    /// The others, as demands on passages.
    pub demands: Vec<PassageDemand>,
    exact: bool,
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

impl<'a> SelectedArticles<'a> {
    /// The passages that `selection` admits.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn new(
        reader: &'a ClusterReader,
        selection: &Selection<'a>,
        ranking: &'a Ranking,
    ) -> Result<SelectedArticles<'a>> {
        let mut values = |column: &'static str, passes: &dyn Fn(&str) -> bool| {
            let all = reader.values(column)?;
            let found: Vec<String> = all.iter().filter(|v| passes(v)).cloned().collect();
            match found.len() <= MOST_VALUES {
                true => Ok(found),
                false => Err(Error::Usage(format!(
                    "the filter of `{column}` admits {} values; a cluster takes {MOST_VALUES}: \
                     ask for less",
                    found.len()
                ))),
            }
        };
        let (mut conditions, mut articles, mut demands) = (Vec::new(), Vec::new(), Vec::new());
        let mut exact = true;
        for condition in selection.conditions() {
            let query = clause::condition(&condition, &mut values)?;
            exact &= clause::is_exact(&condition);
            match clause::demand(&condition) {
                Some(demand) => demands.push(demand),
                None => articles.push(query.clone()),
            }
            conditions.push(query);
        }
        if selection.dating == DateScope::Undated {
            let undated = json!({ "bool": { "must_not": { "exists": { "field": "date" } } } });
            conditions.push(undated.clone());
            articles.push(undated);
        }
        let (selection, looked_at) = (selection.clone(), Mutex::default());
        Ok(SelectedArticles {
            reader,
            selection,
            ranking,
            conditions,
            articles,
            demands,
            exact,
            looked_at,
        })
    }

    /// True if the cluster finds exactly the passages that the selection admits.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    /// The words of a passage that count.
    pub fn heard(&self) -> HeardWords<'a> {
        self.selection.speakers().map_or(HeardWords::Everybodys, HeardWords::Said)
    }

    /// The weights.
    pub fn ranking(&self) -> &'a Ranking {
        self.ranking
    }

    /// Keeps articles that were fetched, for the closer look that follows and for the page.
    pub fn keep(&self, fetched: impl Iterator<Item = Fetched>) {
        let mut kept = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        for Fetched { at, article, .. } in fetched {
            self.reader.keep_read(at, article.number, article.stored.clone());
            kept.insert(at.segment, Arc::new(article));
        }
    }

    /// Calls `each` with every article that `needed` and the conditions may find.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole; [`Error::GivenUp`].
    pub fn each(
        &self,
        needed: &[Value],
        sought: &SoughtWords,
        mut each: impl FnMut(Fetched, usize) -> Result<()>,
        look: impl Fn(&Fetched) -> bool + Sync,
    ) -> Result<()> {
        let filter: Vec<&Value> = self.conditions.iter().chain(needed).collect();
        let scan = Scan {
            query: json!({ "bool": { "filter": filter } }),
            fields: &FETCHED,
            page: PAGE,
            ..Scan::default()
        };
        let mut waiting: Vec<Value> = Vec::new();
        let mut flush = |waiting: &mut Vec<Value>| -> Result<()> {
            self.selection.check()?;
            let read = std::mem::take(waiting);
            let fetched: Vec<Option<Fetched>> = read
                .par_iter()
                .map(|hit| self.fetched(hit, sought).map(|own| own.filter(|own| look(own))))
                .collect::<Result<_>>()?;
            fetched.into_iter().flatten().enumerate().try_for_each(|(i, own)| each(own, i))
        };
        scan.each(self.reader.client(), |hit| {
            waiting.push(hit.clone());
            if waiting.len() as u64 == PAGE { flush(&mut waiting) } else { Ok(()) }
        })?;
        flush(&mut waiting)
    }

    /// The article of a hit with the columns [`FETCHED`]; `None` where it is none.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it cannot be read.
    pub fn fetched(&self, hit: &Value, sought: &SoughtWords) -> Result<Option<Fetched>> {
        let number = scan::number(hit);
        let Some((number, stored)) = number.zip(hit["fields"]["stored"][0].as_str()) else {
            return Ok(None);
        };
        let fields = &hit["fields"];
        let own = OrderFacts {
            date: fields["date"][0].as_i64(),
            seen: fields["row.seen"][0].as_i64().unwrap_or(0),
            number,
            ..OrderFacts::default()
        };
        let article = FetchedArticle::new(own, stored, self.reader.segmenter(), sought);
        let article = article.map_err(|reason| self.reader.damaged(&reason))?;
        let admitted = article.admitted(&self.selection);
        Ok(Some(Fetched { at: self.reader.first(number), article, admitted }))
    }

    /// The context of an evaluation of `plan`, whose numbers are `known`.
    pub fn context<'c>(
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

    /// Fetches the articles of these passages together, for the closer look that follows.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn prefetch(&self, at: &[PassageAddress]) -> Result<()> {
        self.fetch(at, &SoughtWords::default())
    }

    fn fetch(&self, at: &[PassageAddress], sought: &SoughtWords) -> Result<()> {
        let ids = at.iter().map(|&at| self.reader.number(at).map(hex));
        let ids = ids.collect::<Result<Vec<String>>>()?;
        let mut body = json!({ "query": { "ids": { "values": ids } }, "size": ids.len() });
        scan::columns(&mut body, &FETCHED);
        let answer = self.reader.search(&body)?;
        for hit in answer["hits"]["hits"].as_array().into_iter().flatten() {
            if let Some(fetched) = self.fetched(hit, sought)? {
                let mut kept = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
                kept.insert(fetched.at.segment, Arc::new(fetched.article));
            }
        }
        Ok(())
    }

    /// The article of a passage, with the words of `plan`.
    ///
    /// # Errors
    /// Those of [`SelectedArticles::article`].
    pub fn counted(&self, at: PassageAddress, plan: &Plan) -> Result<Arc<FetchedArticle>> {
        self.fetch(&[at], &SoughtWords::of(plan))?;
        self.article(at)
    }

    /// The article of a passage, of whose words none may be counted.
    ///
    /// # Errors
    /// A cluster that does not answer; [`Error::Damaged`] where the article is gone.
    pub fn article(&self, at: PassageAddress) -> Result<Arc<FetchedArticle>> {
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
