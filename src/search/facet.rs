//! Facets: counts of articles and texts by speaker, topic, source or month over a whole answer,
//! from fast fields alone.

use crate::error::Result;
use crate::index::{Layout, day};
use foldhash::fast::FixedState;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use tantivy::DocId;

/// What to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    /// Who speaks in the passages found.
    Speaker,
    /// Topics of the articles.
    Topic,
    /// Key terms of the articles.
    Subject,
    /// Original outlets.
    Source,
    /// Authors.
    Author,
    /// Months, as `2023-08`; undated articles are left out.
    Month,
}

impl Facet {
    /// The name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Speaker => "speaker",
            Facet::Topic => "topic",
            Facet::Subject => "subject",
            Facet::Source => "source",
            Facet::Author => "author",
            Facet::Month => "month",
        }
    }
}

/// Counts by one facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// What was counted by.
    pub facet: Facet,
    /// Values with their numbers: most articles first, months in order of time.
    pub counts: Vec<Count>,
}

/// How often a value occurs in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The value.
    pub value: String,
    /// Articles that have it, every copy of a text by itself.
    pub articles: u64,
    /// Texts of which at least one copy in the answer has it.
    pub texts: u64,
}

/// Articles, and how many texts they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    articles: u64,
    alone: u64,
    groups: HashSet<u32, FixedState>,
}

impl Copied {
    /// Counts an article of this group, `None` for one that stands alone.
    pub fn add(&mut self, group: Option<u32>) {
        self.articles += 1;
        match group {
            Some(group) => drop(self.groups.insert(group)),
            None => self.alone += 1,
        }
    }

    /// Counts other articles too.
    pub fn merge(&mut self, other: Copied) {
        self.articles += other.articles;
        self.alone += other.alone;
        self.groups.extend(other.groups);
    }

    /// How many articles were counted.
    pub fn articles(&self) -> u64 {
        self.articles
    }

    /// How many texts they are.
    pub fn texts(&self) -> u64 {
        self.alone + self.groups.len() as u64
    }
}

/// Counts while segments go by.
pub struct Counter {
    facet: Facet,
    counts: BTreeMap<String, Copied>,
}

impl Counter {
    /// Nothing counted yet.
    pub fn new(facet: Facet) -> Counter {
        Counter { facet, counts: BTreeMap::new() }
    }

    /// Counts the documents of one segment, each article once per value; `group` is an article's
    /// group of reprints.
    pub fn add(
        &mut self,
        scored: &[(DocId, f32)],
        layout: &Layout,
        group: impl Fn(u32) -> Option<u32>,
    ) -> Result<()> {
        let articles = scored.chunk_by(|a, b| layout.article(a.0) == layout.article(b.0));
        if self.facet == Facet::Month {
            let dates = layout.columns.date()?;
            for passages in articles {
                if let Some(date) = dates.first(layout.first(passages[0].0)) {
                    let month = day(date).strftime("%Y-%m").to_string();
                    self.counts.entry(month).or_default().add(group(layout.article(passages[0].0)));
                }
            }
            return Ok(());
        }
        let Some(column) = layout.columns.text(self.facet.name())? else { return Ok(()) };
        let mut by_ordinal: HashMap<u64, Copied, FixedState> = HashMap::default();
        let mut seen: Vec<u64> = Vec::new();
        for passages in articles {
            let (first, group) =
                ((layout.first(passages[0].0), 0.0), group(layout.article(passages[0].0)));
            // Speakers are a passage's own; all else is its article's.
            let at =
                if self.facet == Facet::Speaker { passages } else { std::slice::from_ref(&first) };
            seen.clear();
            for ordinal in at.iter().flat_map(|&(doc, _)| column.term_ords(doc)) {
                if !seen.contains(&ordinal) {
                    seen.push(ordinal);
                    by_ordinal.entry(ordinal).or_default().add(group);
                }
            }
        }
        let mut value = String::new();
        for (ordinal, count) in by_ordinal {
            if column
                .ord_to_str(ordinal, &mut value)
                .map_err(|e| crate::error::Error::Engine(e.into()))?
            {
                self.counts.entry(value.clone()).or_default().merge(count);
            }
        }
        Ok(())
    }

    /// The counts, ordered.
    pub fn finish(self) -> FacetCount {
        let count = |(value, n): (String, Copied)| Count {
            value,
            articles: n.articles(),
            texts: n.texts(),
        };
        let mut counts: Vec<Count> = self.counts.into_iter().map(count).collect();
        if self.facet != Facet::Month {
            counts.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.value.cmp(&b.value)));
        }
        FacetCount { facet: self.facet, counts }
    }
}
