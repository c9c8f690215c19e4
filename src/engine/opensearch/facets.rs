//! Facets of an answer, counted by the cluster: each value with its articles and texts, exactly,
//! page by page.

use super::combined::all;
use super::composite;
use super::demands::{self, DemandClass, PassageDemand};
use super::document::unhex;
use super::reader::ClusterReader;
use crate::engine::{Facet, FacetCount, TextCount, UNDATED};
use crate::error::Result;
use crate::reprint::Groups;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Speakers of one page, and groups of reprints of one speaker.
const PAGE: u64 = 5_000;
/// The most pages of speakers.
const MOST_PAGES: u64 = 4_096;

/// The articles that are counted.
pub struct FacetQuestion<'q> {
    /// The index.
    pub reader: &'q ClusterReader,
    /// The articles, as a query.
    pub articles: &'q Value,
    /// The demands on the passages whose speakers are counted.
    pub passages: &'q [PassageDemand],
    /// The groups of reprints.
    pub groups: Option<&'q Groups>,
}

type CountsByValue = BTreeMap<String, TextCount>;

impl FacetQuestion<'_> {
    /// The counts by a facet; `None` where a cluster cannot do it.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn count(&self, facet: Facet) -> Result<Option<FacetCount>> {
        let counts = match facet {
            Facet::Speaker => self.speakers()?,
            _ => Some(self.columns(facet)?),
        };
        Ok(counts.map(|counts| FacetCount::new(facet, counts)))
    }

    fn group(&self, text: &Value) -> Option<u32> {
        let text = text.as_str().and_then(unhex)?;
        self.groups.and_then(|groups| groups.group(text))
    }

    /// The counts by a column of articles.
    fn columns(&self, facet: Facet) -> Result<CountsByValue> {
        let column = match facet {
            Facet::Topic => "topic",
            Facet::Subject => "subject",
            Facet::Source => "source",
            Facet::Author => "author",
            Facet::Year | Facet::Month | Facet::Week | Facet::Day => "date",
            Facet::Together | Facet::Speaker => "speaker",
        };
        let mut counts = CountsByValue::new();
        composite::each(self.reader.client(), self.articles, &[column, "text"], |values, n| {
            let value = match facet.period() {
                Some(period) => {
                    let name = period.of(values[0].as_i64());
                    Some(name.unwrap_or_else(|| UNDATED.to_owned()))
                }
                None => values[0].as_str().map(str::to_owned),
            };
            if let Some(value) = value {
                counts.entry(value).or_default().add_several(self.group(&values[1]), n);
            }
        })?;
        Ok(counts)
    }

    /// The counts by the speakers of passages.
    fn speakers(&self) -> Result<Option<CountsByValue>> {
        let Some(classes) = demands::classes(self.passages) else { return Ok(None) };
        let mut pages = 1;
        while pages <= MOST_PAGES {
            if let Some(counts) = self.pages(&classes, pages)? {
                return Ok(Some(counts));
            }
            pages *= 8;
        }
        Ok(None)
    }

    /// The counts by the speakers of so many pages; `None` where a page lacks some of its own.
    fn pages(&self, classes: &[DemandClass], pages: u64) -> Result<Option<CountsByValue>> {
        let mut counts = CountsByValue::new();
        for class in classes {
            let articles = json!({ "bool": { "filter": [self.articles, class.articles()] } });
            for page in 0..pages {
                let answer = self.page(&articles, &class.left, (page, pages))?;
                if !self.add(&answer, &mut counts) {
                    return Ok(None);
                }
            }
        }
        Ok(Some(counts))
    }

    /// A page of speakers, each with its articles and their texts.
    fn page(&self, articles: &Value, passages: &[Value], page: (u64, u64)) -> Result<Value> {
        let texts = json!({ "terms": { "field": "text", "size": PAGE } });
        let speakers = json!({
            "terms": { "field": "passages.speaker", "size": PAGE,
                       "include": { "partition": page.0, "num_partitions": page.1 } },
            "aggs": { "articles": { "reverse_nested": {}, "aggs": { "texts": texts } } },
        });
        let body = json!({
            "size": 0, "track_total_hits": false, "query": articles,
            "aggs": { "passages": { "nested": { "path": "passages" }, "aggs": {
                "counted": { "filter": all(passages.to_vec()),
                             "aggs": { "speakers": speakers } } } } },
        });
        self.reader.search(&body)
    }

    /// Adds a page of speakers; `false` where it lacks some.
    fn add(&self, answer: &Value, counts: &mut CountsByValue) -> bool {
        let speakers = &answer["aggregations"]["passages"]["counted"]["speakers"];
        let mut complete = is_complete(speakers);
        for speaker in speakers["buckets"].as_array().into_iter().flatten() {
            let Some(name) = speaker["key"].as_str() else { continue };
            let (articles, texts) = (&speaker["articles"], &speaker["articles"]["texts"]);
            complete &= is_complete(texts);
            let count = counts.entry(name.to_owned()).or_default();
            let mut alone = articles["doc_count"].as_u64().unwrap_or(0);
            for text in texts["buckets"].as_array().into_iter().flatten() {
                let n = text["doc_count"].as_u64().unwrap_or(0);
                alone = alone.saturating_sub(n);
                count.add_several(self.group(&text["key"]), n);
            }
            count.add_several(None, alone);
        }
        complete
    }
}

/// True if an aggregation of terms has all of them, each with its exact number.
pub fn is_complete(terms: &Value) -> bool {
    let none = |name: &str| terms[name].as_i64().unwrap_or(0) == 0;
    none("sum_other_doc_count") && none("doc_count_error_upper_bound")
}
