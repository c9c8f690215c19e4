//! Counts without words over the segments of an index: speakers with their quotes, topics by
//! period.

use super::article_map::ArticleMap;
use super::error::read_error;
use super::execution::DocBitSet;
use super::speech::Speech;
use crate::engine::Reprints;
use crate::engine::collapse::{ReprintPolicy, is_reprint};
use crate::engine::counts::{
    Period, SpeakerCount, SpeakerSum, TextCount, TopicCounts, speaker_counts,
};
use crate::engine::indexed_text::TITLE_SEPARATOR;
use crate::error::Result;
use crate::text::fold::key;
use std::collections::HashMap;
use tantivy::DocId;
use tantivy::columnar::StrColumn;

/// A segment that is counted.
pub struct CountedSegment<'a> {
    /// Number of its documents.
    pub max_doc: DocId,
    /// Its articles.
    pub articles: &'a ArticleMap,
    /// The documents that pass the filters; `None` for all.
    pub allowed: Option<DocBitSet>,
    /// The groups of reprints, and what becomes of reprints.
    pub reprints: Reprints<'a>,
}

impl CountedSegment<'_> {
    fn allows(&self, doc: DocId) -> bool {
        self.allowed.as_ref().is_none_or(|allowed| allowed.contains(doc))
    }

    /// The group of an article, or none; `None` where the article does not count.
    fn admit(&self, article: u32) -> Result<Option<Option<u32>>> {
        let Reprints { groups, policy } = self.reprints;
        let numbers = self.articles.columns.number()?;
        let number = numbers.first(self.articles.passages(article).start);
        if policy == ReprintPolicy::LeftOut && is_reprint(groups, number) {
            return Ok(None);
        }
        Ok(Some(groups.zip(number).and_then(|(groups, number)| groups.group(number))))
    }
}

/// The speakers of all segments whose name holds `pattern` (all for an empty one).
///
/// # Errors
/// Tantivy's error for a damaged column.
pub fn speakers(segments: &[CountedSegment<'_>], pattern: &str) -> Result<Vec<SpeakerCount>> {
    let mut by_name: HashMap<String, SpeakerSum> = HashMap::new();
    for segment in segments {
        for (name, sum) in segment_speakers(segment, pattern)? {
            by_name.entry(name).or_default().merge(sum);
        }
    }
    Ok(speaker_counts(by_name))
}

/// A speaker of one segment while its documents go by.
#[derive(Default)]
struct SegmentSum {
    sum: SpeakerSum,
    last_article: Option<u32>,
    /// Titles by their ordinals.
    titles: HashMap<u64, u64>,
}

fn segment_speakers(
    segment: &CountedSegment<'_>,
    pattern: &str,
) -> Result<Vec<(String, SpeakerSum)>> {
    let (articles, columns) = (segment.articles, &segment.articles.columns);
    let Some(names) = columns.text("speaker")? else { return Ok(Vec::new()) };
    let titles = columns.text("title_of")?;
    let (dates, speech) = (columns.date()?, columns.speech()?);
    let wanted = wanted(names, pattern)?;
    let mut sums: HashMap<u64, SegmentSum> = HashMap::new();
    let mut admitted: Option<(u32, Option<Option<u32>>)> = None;
    for doc in (0..segment.max_doc).filter(|&doc| segment.allows(doc)) {
        let article = articles.article(doc);
        let known = admitted.filter(|&(last, _)| last == article).map(|(_, group)| group);
        let group = known.map_or_else(|| segment.admit(article), Ok)?;
        admitted = Some((article, group));
        let Some(group) = group else { continue };
        for ordinal in names.term_ords(doc) {
            let Some(&bits) = wanted.get(&ordinal) else { continue };
            let found = sums.entry(ordinal).or_default();
            let spoken = speech.values_for_doc(doc).map(Speech::unpack);
            found.sum.quotes += spoken.filter(|s| s.speaker == bits).count() as u64;
            if found.last_article != Some(article) {
                found.last_article = Some(article);
                found.sum.articles.add(group);
            }
            if let Some(date) = dates.first(articles.first(doc)) {
                found.sum.date(date);
            }
            for title in titles.iter().flat_map(|titles| titles.term_ords(doc)) {
                *found.titles.entry(title).or_default() += 1;
            }
        }
    }
    sums.into_iter().map(|(ordinal, sum)| named(names, titles, ordinal, sum)).collect()
}

/// The name of a speaker, and its sum with its titles.
fn named(
    names: &StrColumn,
    titles: Option<&StrColumn>,
    ordinal: u64,
    found: SegmentSum,
) -> Result<(String, SpeakerSum)> {
    let (name, mut sum) = (value(names, ordinal)?, found.sum);
    for (title, n) in found.titles {
        let Some(titles) = titles else { continue };
        // A passage with two speakers has the titles of both.
        if let Some((of, title)) = value(titles, title)?.split_once(TITLE_SEPARATOR)
            && of == name
        {
            sum.titles.insert(title.to_owned(), n);
        }
    }
    Ok((name, sum))
}

/// The ordinals of names that hold the pattern, each with the bits by which speech knows it.
fn wanted(names: &StrColumn, pattern: &str) -> Result<HashMap<u64, u32>> {
    let pattern = key(pattern);
    let mut wanted = HashMap::new();
    let mut values = names.dictionary().stream().map_err(read_error)?;
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
    column.ord_to_str(ordinal, &mut text).map_err(read_error)?;
    Ok(text)
}

/// Articles and texts by topic and period. Undated articles are counted only where all periods are
/// counted together. A text counts wherever one of its copies does.
///
/// # Errors
/// Tantivy's error for a damaged column.
pub fn topics(segments: &[CountedSegment<'_>], period: Period) -> Result<TopicCounts> {
    let mut counts = TopicCounts::new();
    for segment in segments {
        let (articles, columns) = (segment.articles, &segment.articles.columns);
        let Some(topics) = columns.text("topic")? else { continue };
        let dates = columns.date()?;
        let mut by_ordinal: HashMap<(u64, String), TextCount> = HashMap::new();
        let mut last = None;
        for doc in (0..segment.max_doc).filter(|&doc| segment.allows(doc)) {
            let (article, first) = (articles.article(doc), articles.first(doc));
            if last == Some(article) {
                continue;
            }
            last = Some(article);
            let Some(group) = segment.admit(article)? else { continue };
            let Some(time) = period.of(dates.first(first)) else { continue };
            for topic in topics.term_ords(first) {
                by_ordinal.entry((topic, time.clone())).or_default().add(group);
            }
        }
        for ((topic, time), count) in by_ordinal {
            counts.entry((value(topics, topic)?, time)).or_default().merge(count);
        }
    }
    Ok(counts)
}
