//! Counts over answers and over whole indexes.

use super::SCHEMA;
use crate::search::{FacetCount, Holdings, SpeakerCount, TextCount};
use crate::update::{Ledger, Snapshot};
use serde::{Serialize, Serializer};
use std::path::PathBuf;

/// Numbers by name, as an object whose keys keep their order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NumberMap<'a>(pub Vec<(&'a str, u64)>);

impl Serialize for NumberMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// Counts by facet, as an object: the name of each facet with its values and their counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FacetsRecord<'a>(pub &'a [FacetCount]);

impl Serialize for FacetsRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let first = |i: usize| !self.0[..i].iter().any(|f| f.facet == self.0[i].facet);
        let facets = self.0.iter().enumerate().filter(|&(i, _)| first(i));
        serializer.collect_map(facets.map(|(_, f)| (f.facet.name(), &f.counts)))
    }
}

/// A value of a facet with its counts, as a row of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FacetRow<'a> {
    /// The name of the facet.
    pub facet: &'static str,
    /// The value.
    pub value: &'a str,
    /// Articles of the answer that have it.
    pub articles: u64,
    /// Texts among those.
    pub texts: u64,
    /// Articles of the whole index that have it: of a facet of time, and of what occurs together.
    pub archive: Option<u64>,
    /// Articles of the answer in a thousand of the index, to one decimal.
    pub per_thousand: Option<f64>,
}

impl<'a> FacetRow<'a> {
    /// The columns of [`FacetRow::row`].
    pub const COLUMNS: [&'static str; 6] =
        ["facet", "value", "articles", "texts", "archive", "per_thousand"];

    /// The rows of a facet.
    pub fn of(facet: &'a FacetCount) -> impl Iterator<Item = FacetRow<'a>> {
        let name = facet.facet.name();
        facet.counts.iter().map(move |count| {
            let all = count.archive.filter(|&all| all > 0);
            let rate = all.map(|all| count.articles as f64 * 1000.0 / all as f64);
            FacetRow {
                facet: name,
                value: &count.value,
                articles: count.articles,
                texts: count.texts,
                archive: count.archive,
                per_thousand: rate.map(|rate| (rate * 10.0).round() / 10.0),
            }
        })
    }

    /// The row of a table.
    pub fn row(&self) -> Vec<String> {
        vec![
            self.facet.to_owned(),
            self.value.to_owned(),
            self.articles.to_string(),
            self.texts.to_string(),
            self.archive.map(|n| n.to_string()).unwrap_or_default(),
            self.per_thousand.map(|rate| format!("{rate:.1}")).unwrap_or_default(),
        ]
    }
}

/// A speaker of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpeakerRecord<'a>(pub &'a SpeakerCount);

impl SpeakerRecord<'_> {
    /// The columns of [`SpeakerRecord::row`].
    pub const COLUMNS: [&'static str; 7] =
        ["name", "quotes", "articles", "first", "last", "titles", "texts"];

    /// The speaker as a row of a table.
    pub fn row(&self) -> Vec<String> {
        let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
        vec![
            self.0.name.clone(),
            self.0.quotes.to_string(),
            self.0.articles.to_string(),
            day(self.0.first),
            day(self.0.last),
            self.0.titles.join("; "),
            self.0.texts.to_string(),
        ]
    }
}

/// The articles about a topic, in all or in a stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicRow<'a> {
    /// The topic's key.
    pub topic: &'a str,
    /// Articles, every copy of a text by itself.
    pub articles: u64,
    /// Texts.
    pub texts: u64,
    /// The stretch of time, where time was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<&'a str>,
}

impl<'a> TopicRow<'a> {
    /// The columns of [`TopicRow::row`].
    pub const COLUMNS: [&'static str; 4] = ["topic", "time", "articles", "texts"];

    /// The counts of a topic; an empty `time` is none.
    pub fn new(topic: &'a str, time: &'a str, count: &TextCount) -> TopicRow<'a> {
        let time = Some(time).filter(|time| !time.is_empty());
        TopicRow { topic, articles: count.articles(), texts: count.texts(), time }
    }

    /// The counts as a row of a table.
    pub fn row(&self) -> Vec<String> {
        vec![
            self.topic.to_owned(),
            self.time.unwrap_or_default().to_owned(),
            self.articles.to_string(),
            self.texts.to_string(),
        ]
    }
}

/// The contents of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StatsRecord<'a> {
    /// [`super::SCHEMA`].
    pub schema: u32,
    /// The index folder, or the addresses of the index in a cluster.
    pub index: PathBuf,
    /// Why that folder was taken: `--index`, `JIANBAO_INDEX`, the configuration file ...
    pub index_from: String,
    /// The format of the index.
    pub format: u32,
    /// The fingerprint of the definition that it was built under.
    pub definition: &'a str,
    /// Files that went in.
    pub files: usize,
    /// The archives that went in.
    pub archives: Vec<ArchiveRecord<'a>>,
    /// Articles.
    pub articles: u64,
    /// Texts among those.
    pub texts: u64,
    /// Passages.
    pub passages: u64,
    /// Bytes of UTF-8 in the bodies.
    pub bytes: u64,
    /// Records that were skipped.
    pub skipped: u64,
    /// The days that it covers.
    pub dates: DatesRecord<'a>,
    /// Articles by year.
    pub years: NumberMap<'a>,
    /// Articles by outlet, the most frequent 50.
    pub sources: NumberMap<'a>,
    /// Articles by speaker, the most frequent 50.
    pub speakers: NumberMap<'a>,
    /// Articles by topic, the most frequent 50.
    pub topics: NumberMap<'a>,
}

/// Values of a facet in a [`StatsRecord`].
const MOST_VALUES: usize = 50;

impl<'a> StatsRecord<'a> {
    /// The record of an index whose ledger is `ledger`.
    pub fn new(
        holdings: &'a Holdings,
        index_from: String,
        index: &'a Snapshot,
        ledger: &'a Ledger,
    ) -> StatsRecord<'a> {
        let (articles, passages, bytes, skipped) = ledger.totals();
        let years = holdings.years.iter().filter_map(|(year, n)| Some((year.as_deref()?, *n)));
        let top = |facet: usize| {
            let counts = holdings.oldest.facets[facet].counts.iter().take(MOST_VALUES);
            NumberMap(counts.map(|count| (count.value.as_str(), count.articles)).collect())
        };
        let archives = ledger.archives().into_iter();
        let (first, last) = (holdings.first(), holdings.last());
        StatsRecord {
            schema: SCHEMA,
            index: index.place().name(),
            index_from,
            format: index.manifest().format,
            definition: &index.manifest().definition,
            files: ledger.files.len(),
            archives: archives
                .map(|(path, (files, articles))| ArchiveRecord { path, files, articles })
                .collect(),
            articles,
            texts: (articles + holdings.groups).saturating_sub(holdings.grouped),
            passages,
            bytes,
            skipped,
            dates: DatesRecord { first, last, undated: holdings.undated() },
            years: NumberMap(years.collect()),
            sources: top(0),
            speakers: top(1),
            topics: top(2),
        }
    }
}

/// An archive of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArchiveRecord<'a> {
    /// Its path, as it was typed.
    pub path: &'a str,
    /// Its files.
    pub files: u64,
    /// Its articles.
    pub articles: u64,
}

/// The days that an index covers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DatesRecord<'a> {
    /// The first date.
    pub first: Option<&'a str>,
    /// The last date.
    pub last: Option<&'a str>,
    /// Articles without a date.
    pub undated: u64,
}
