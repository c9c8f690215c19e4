//! Counts of an answer by facet, from columns alone.

use crate::engine::counts::TextCount;
use crate::engine::embedded::article_map::ArticleMap;
use crate::engine::embedded::error::read_error;
use crate::engine::facet::{Facet, FacetCount, UNDATED};
use crate::error::Result;
use foldhash::fast::FixedState;
use std::collections::{BTreeMap, HashMap};
use tantivy::DocId;

/// The counts of one facet while segments go by.
pub struct FacetCounter {
    facet: Facet,
    counts: BTreeMap<String, TextCount>,
}

impl FacetCounter {
    /// A counter that has counted nothing.
    pub fn new(facet: Facet) -> FacetCounter {
        FacetCounter { facet, counts: BTreeMap::new() }
    }

    /// Counts the documents of one segment, each article once per value; `group` returns an
    /// article's group of reprints.
    ///
    /// # Errors
    /// Tantivy's error for a damaged column.
    pub fn add(
        &mut self,
        scored: &[(DocId, f32)],
        map: &ArticleMap,
        group: impl Fn(u32) -> Option<u32>,
    ) -> Result<()> {
        let articles = scored.chunk_by(|a, b| map.article(a.0) == map.article(b.0));
        if let Some(period) = self.facet.period() {
            let dates = map.columns.date()?;
            for passages in articles {
                let name = period.of(dates.first(map.first(passages[0].0)));
                let name = name.unwrap_or_else(|| UNDATED.to_owned());
                self.counts.entry(name).or_default().add(group(map.article(passages[0].0)));
            }
            return Ok(());
        }
        let field = if self.facet == Facet::Together { Facet::Speaker } else { self.facet };
        let Some(column) = map.columns.text(field.name())? else { return Ok(()) };
        let mut by_ordinal: HashMap<u64, TextCount, FixedState> = HashMap::default();
        let mut seen: Vec<u64> = Vec::new();
        for passages in articles {
            let first = (map.first(passages[0].0), 0.0);
            let group = group(map.article(passages[0].0));
            // Speakers are a passage's own; all else is kept with the first of its article.
            let whole = map.passages(map.article(first.0));
            let found = passages.iter().map(|&(doc, _)| doc);
            let docs: &mut dyn Iterator<Item = DocId> = match self.facet {
                Facet::Speaker => &mut found.into_iter(),
                Facet::Together => &mut whole.into_iter(),
                _ => &mut std::iter::once(first.0),
            };
            seen.clear();
            for ordinal in docs.flat_map(|doc| column.term_ords(doc)) {
                if !seen.contains(&ordinal) {
                    seen.push(ordinal);
                    by_ordinal.entry(ordinal).or_default().add(group);
                }
            }
        }
        let mut value = String::new();
        for (ordinal, count) in by_ordinal {
            if column.ord_to_str(ordinal, &mut value).map_err(read_error)? {
                self.counts.entry(value.clone()).or_default().merge(count);
            }
        }
        Ok(())
    }

    /// The counts, ordered.
    pub fn finish(self) -> FacetCount {
        FacetCount::new(self.facet, self.counts)
    }
}
