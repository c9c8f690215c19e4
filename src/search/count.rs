//! Counts over an index without words: speakers with their quotes, topics over time.

use super::copies::{Lookup, Reprints};
use super::facet::Copied;
use super::filter::Filter;
use crate::error::{Error, Result};
use crate::index::{Index, Layout, Speech, TITLE_SEPARATOR, day};
use crate::query::Filters;
use crate::text::fold::key;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use tantivy::columnar::StrColumn;
use tantivy::{DocId, SegmentReader};

/// A speaker of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct SpeakerCount {
    /// The name it is filed under.
    pub name: String,
    /// Titles that articles give it, the most frequent first.
    pub titles: Vec<String>,
    /// Quotes; one that runs over two passages counts in each.
    pub quotes: u64,
    /// Articles in which it speaks.
    pub articles: u64,
    /// Texts among them: reprints of each other are one.
    pub texts: u64,
    /// Day of the first of those that has a date.
    pub first: Option<jiff::civil::Date>,
    /// Day of the last.
    pub last: Option<jiff::civil::Date>,
}

/// The speakers whose name holds `pattern` (all for an empty one), in passages that pass the
/// filters, most quotes first. Every copy of a text counts, or with [`Reprints::LeftOut`] the
/// original alone.
pub fn speakers(
    index: &Index,
    pattern: &str,
    filters: &Filters,
    reprints: Reprints,
) -> Result<Vec<SpeakerCount>> {
    let filter = Filter::new(filters)?;
    let mut by_name: HashMap<String, (SpeakerCount, Copied, Titles)> = HashMap::new();
    for (reader, layout) in index.searcher().segment_readers().iter().zip(index.layouts()) {
        for found in segment_speakers(reader, index, pattern, &filter, layout, reprints)? {
            let (count, copied, titles) = by_name.entry(found.0.name.clone()).or_default();
            count.name = found.0.name;
            count.quotes += found.0.quotes;
            copied.merge(found.1);
            count.first = [count.first, found.0.first].into_iter().flatten().min();
            count.last = [count.last, found.0.last].into_iter().flatten().max();
            for (title, n) in found.2 {
                *titles.entry(title).or_default() += n;
            }
        }
    }
    let finish = |(mut count, copied, titles): (SpeakerCount, Copied, Titles)| {
        let mut titles: Vec<(String, u64)> = titles.into_iter().collect();
        titles.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        count.titles = titles.into_iter().map(|(title, _)| title).collect();
        (count.articles, count.texts) = (copied.articles(), copied.texts());
        count
    };
    let mut counts: Vec<SpeakerCount> = by_name.into_values().map(finish).collect();
    counts.sort_by(|a, b| b.quotes.cmp(&a.quotes).then_with(|| a.name.cmp(&b.name)));
    Ok(counts)
}

/// Titles with their numbers of passages.
type Titles = HashMap<String, u64>;

fn segment_speakers(
    reader: &SegmentReader,
    index: &Index,
    pattern: &str,
    filter: &Filter,
    layout: &Layout,
    reprints: Reprints,
) -> Result<Vec<(SpeakerCount, Copied, Titles)>> {
    let fast = reader.fast_fields();
    let Some(names) = fast.str("speaker")? else { return Ok(Vec::new()) };
    let titles = fast.str("title_of")?;
    let (dates, speech) = (fast.i64("date")?, fast.u64("speech")?);
    let allowed = filter.allowed(reader, index.fields(), layout)?;
    let mut counts: HashMap<u64, SegmentCount> = HashMap::new();
    let wanted = wanted(&names, pattern)?;
    let mut articles = Articles::new(Lookup::new(index.groups(), layout)?, reprints);
    for doc in 0..reader.max_doc() {
        if allowed.as_ref().is_some_and(|allowed| !allowed.contains(doc)) {
            continue;
        }
        let first = layout.first(doc);
        let Some(group) = articles.admit(layout.article(doc)) else { continue };
        for ordinal in names.term_ords(doc) {
            let Some(&bits) = wanted.get(&ordinal) else { continue };
            let count = counts.entry(ordinal).or_default();
            let spoken =
                speech.values_for_doc(doc).map(Speech::unpack).filter(|s| s.speaker == bits);
            count.quotes += spoken.count() as u64;
            if count.last_article != Some(first) {
                count.last_article = Some(first);
                count.articles.add(group);
            }
            if let Some(date) = dates.first(first) {
                count.first = Some(count.first.map_or(date, |d| d.min(date)));
                count.last = Some(count.last.map_or(date, |d| d.max(date)));
            }
            for title in titles.iter().flat_map(|titles| titles.term_ords(doc)) {
                *count.titles.entry(title).or_default() += 1;
            }
        }
    }
    let mut found = Vec::with_capacity(counts.len());
    for (ordinal, count) in counts {
        let name = value(&names, ordinal)?;
        let mut own = Titles::new();
        if let Some(titles) = &titles {
            for (&title, &n) in &count.titles {
                // A passage with two speakers has the titles of both.
                if let Some((of, title)) = value(titles, title)?.split_once(TITLE_SEPARATOR)
                    && of == name
                {
                    own.insert(title.to_owned(), n);
                }
            }
        }
        let speaker = SpeakerCount {
            name,
            quotes: count.quotes,
            first: count.first.map(day),
            last: count.last.map(day),
            ..SpeakerCount::default()
        };
        found.push((speaker, count.articles, own));
    }
    Ok(found)
}

/// The articles of a segment, gone through in order, as far as they count.
struct Articles<'a> {
    lookup: Lookup<'a>,
    reprints: Reprints,
    last: Option<(u32, Option<Option<u32>>)>,
}

impl<'a> Articles<'a> {
    fn new(lookup: Lookup<'a>, reprints: Reprints) -> Articles<'a> {
        Articles { lookup, reprints, last: None }
    }

    /// The group of an article, or none; `None` where the article does not count. Asked again at
    /// once, it costs nothing.
    fn admit(&mut self, article: u32) -> Option<Option<u32>> {
        if let Some((_, known)) = self.last.filter(|&(last, _)| last == article) {
            return known;
        }
        let group = self.lookup.group(article);
        let original = || group.is_none_or(|group| self.lookup.is_original(article, group));
        let admitted = (self.reprints != Reprints::LeftOut || original()).then_some(group);
        self.last = Some((article, admitted));
        admitted
    }
}

#[derive(Default)]
struct SegmentCount {
    quotes: u64,
    articles: Copied,
    last_article: Option<DocId>,
    first: Option<i64>,
    last: Option<i64>,
    titles: HashMap<u64, u64>,
}

/// The ordinals of names that hold the pattern, each with the bits by which speech knows it.
fn wanted(names: &StrColumn, pattern: &str) -> Result<HashMap<u64, u32>> {
    let pattern = key(pattern);
    let mut wanted = HashMap::new();
    let mut values = names.dictionary().stream().map_err(|e| Error::Engine(e.into()))?;
    while values.advance() {
        if let Ok(name) = std::str::from_utf8(values.key())
            && (pattern.is_empty() || key(name).contains(&pattern))
        {
            wanted.insert(values.term_ord(), Speech::speaker_bits(name));
        }
    }
    Ok(wanted)
}

fn value(column: &StrColumn, ordinal: u64) -> Result<String> {
    let mut text = String::new();
    column.ord_to_str(ordinal, &mut text).map_err(|e| Error::Engine(e.into()))?;
    Ok(text)
}

/// By which stretch of time topics are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// All together.
    All,
    /// By year, as `2023`.
    Year,
    /// By month, as `2023-08`.
    Month,
    /// By day, as `2023-08-15`.
    Day,
}

impl Period {
    /// The stretch of time that a date of the index lies in; empty for all together, `None` for no
    /// date.
    fn of(self, seconds: Option<i64>) -> Option<String> {
        let format = match self {
            Period::All => return Some(String::new()),
            Period::Year => "%Y",
            Period::Month => "%Y-%m",
            Period::Day => "%Y-%m-%d",
        };
        seconds.map(|s| day(s).strftime(format).to_string())
    }
}

/// Articles and texts by topic and stretch of time, among those with a passage that passes the
/// filters. Undated articles are counted only where no time is asked for. Keys are in order of
/// topic, then time. A text counts wherever one of its copies does.
pub fn topics(
    index: &Index,
    filters: &Filters,
    period: Period,
    reprints: Reprints,
) -> Result<BTreeMap<(String, String), Copied>> {
    let filter = Filter::new(filters)?;
    let mut counts: BTreeMap<(String, String), Copied> = BTreeMap::new();
    for (reader, layout) in index.searcher().segment_readers().iter().zip(index.layouts()) {
        let fast = reader.fast_fields();
        let Some(topics) = fast.str("topic")? else { continue };
        let dates = fast.i64("date")?;
        let allowed = filter.allowed(reader, index.fields(), layout)?;
        let mut articles = Articles::new(Lookup::new(index.groups(), layout)?, reprints);
        let mut by_ordinal: HashMap<(u64, String), Copied> = HashMap::new();
        let mut last = None;
        for doc in 0..reader.max_doc() {
            let first = layout.first(doc);
            if last == Some(first) || allowed.as_ref().is_some_and(|allowed| !allowed.contains(doc))
            {
                continue;
            }
            last = Some(first);
            let Some(group) = articles.admit(layout.article(doc)) else { continue };
            let Some(time) = period.of(dates.first(first)) else { continue };
            for topic in topics.term_ords(first) {
                by_ordinal.entry((topic, time.clone())).or_default().add(group);
            }
        }
        for ((topic, time), count) in by_ordinal {
            counts.entry((value(&topics, topic)?, time)).or_default().merge(count);
        }
    }
    Ok(counts)
}
