//! The holdings of an index: its most frequent values, its first and last day, its years.

use super::lexicon::Lexicon;
use super::lookup::years;
use super::request::{Answer, Request};
use super::run::run;
use crate::engine::{Facet, Order};
use crate::error::Result;
use crate::update::Snapshot;

/// The counts of an index.
#[derive(Debug, Clone)]
pub struct Holdings {
    /// Sources, speakers and topics, in that order, with the oldest article.
    pub oldest: Answer,
    /// The newest article.
    pub newest: Answer,
    /// Articles by year, with those of no year.
    pub years: Vec<(Option<String>, u64)>,
    /// Groups of reprints.
    pub groups: u64,
    /// The articles in them.
    pub grouped: u64,
}

impl Holdings {
    /// Counts what an index holds.
    ///
    /// # Errors
    /// Those of [`run`].
    pub fn new(index: &Snapshot) -> Result<Holdings> {
        let facets = vec![Facet::Source, Facet::Speaker, Facet::Topic];
        let oldest = Request { limit: 1, order: Order::Oldest, facets, ..Request::default() };
        let newest = Request { order: Order::Newest, facets: Vec::new(), ..oldest.clone() };
        // No words are cut for a question without words.
        let lexicon = Lexicon::empty();
        let by_year = years(index)?.into_iter();
        let groups = index.groups();
        Ok(Holdings {
            oldest: run(index, &oldest, &lexicon)?,
            newest: run(index, &newest, &lexicon)?,
            years: by_year.map(|(year, n)| (year.map(|y| y.to_string()), n)).collect(),
            groups: groups.map_or(0, |groups| groups.len() as u64),
            grouped: groups.map_or(0, |groups| groups.articles() as u64),
        })
    }

    /// The date of the first article that has one.
    pub fn first(&self) -> Option<&str> {
        self.oldest.hits.first()?.passage.article.date.as_deref()
    }

    /// The date of the last.
    pub fn last(&self) -> Option<&str> {
        self.newest.hits.first()?.passage.article.date.as_deref()
    }

    /// Articles without a date.
    pub fn undated(&self) -> u64 {
        self.years.iter().find(|(year, _)| year.is_none()).map_or(0, |(_, n)| *n)
    }
}
