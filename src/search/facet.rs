//! Facets: counts of articles by speaker, topic, source or month over a whole answer, from fast fields alone.

use crate::error::Result;
use crate::index::{Layout, day};
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
    /// Values with their numbers of articles: most frequent first, months in order of time.
    pub counts: Vec<(String, u64)>,
}

/// Counts while segments go by.
pub struct Counter {
    facet: Facet,
    counts: BTreeMap<String, u64>,
}

impl Counter {
    /// Nothing counted yet.
    pub fn new(facet: Facet) -> Counter {
        Counter { facet, counts: BTreeMap::new() }
    }

    /// Counts the documents of one segment, each article once per value.
    pub fn add(&mut self, scored: &[(DocId, f32)], layout: &Layout) -> Result<()> {
        if self.facet == Facet::Month {
            let dates = layout.columns.date()?;
            let mut last = None;
            for &(doc, _) in scored {
                let first = layout.first(doc);
                if last != Some(first)
                    && let Some(date) = dates.first(first)
                {
                    *self.counts.entry(day(date).strftime("%Y-%m").to_string()).or_default() += 1;
                }
                last = Some(first);
            }
            return Ok(());
        }
        let Some(column) = layout.columns.text(self.facet.name())? else { return Ok(()) };
        let mut by_ordinal: HashMap<u64, u64> = HashMap::new();
        let mut seen: HashSet<u64> = HashSet::new();
        let mut last = None;
        for &(doc, _) in scored {
            let first = layout.first(doc);
            if last != Some(first) {
                seen.clear();
            } else if self.facet != Facet::Speaker {
                continue;
            }
            last = Some(first);
            // Speakers are a passage's own; all else is its article's.
            let at = if self.facet == Facet::Speaker { doc } else { first };
            for ordinal in column.term_ords(at) {
                if seen.insert(ordinal) {
                    *by_ordinal.entry(ordinal).or_default() += 1;
                }
            }
        }
        let mut value = String::new();
        for (ordinal, count) in by_ordinal {
            if column.ord_to_str(ordinal, &mut value).map_err(|e| crate::error::Error::Engine(e.into()))? {
                *self.counts.entry(value.clone()).or_default() += count;
            }
        }
        Ok(())
    }

    /// The counts, ordered.
    pub fn finish(self) -> FacetCount {
        let mut counts: Vec<(String, u64)> = self.counts.into_iter().collect();
        if self.facet != Facet::Month {
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        }
        FacetCount { facet: self.facet, counts }
    }
}
