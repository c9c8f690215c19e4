//! Counts over an index without words: articles and texts, speakers, topics by period, years.

use super::number::day;
use foldhash::fast::FixedState;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Counts by topic and period, in that order.
pub type TopicCounts = BTreeMap<(String, String), TextCount>;

/// Articles of each year; undated ones under `None`.
pub type YearCounts = BTreeMap<Option<i16>, u64>;

/// A number of articles, and the number of texts they are: reprints of each other are one text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextCount {
    articles: u64,
    alone: u64,
    groups: HashSet<u32, FixedState>,
}

impl TextCount {
    /// Counts an article of this group, `None` for one that stands alone.
    pub fn add(&mut self, group: Option<u32>) {
        self.articles += 1;
        match group {
            Some(group) => drop(self.groups.insert(group)),
            None => self.alone += 1,
        }
    }

    /// Counts several articles of this group, or several that stand alone.
    pub fn add_several(&mut self, group: Option<u32>, articles: u64) {
        self.articles += articles;
        match group {
            Some(group) if articles > 0 => drop(self.groups.insert(group)),
            Some(_) => {}
            None => self.alone += articles,
        }
    }

    /// Adds another count of other articles.
    pub fn merge(&mut self, other: TextCount) {
        self.articles += other.articles;
        self.alone += other.alone;
        self.groups.extend(other.groups);
    }

    /// The number of articles.
    pub fn articles(&self) -> u64 {
        self.articles
    }

    /// The number of texts.
    pub fn texts(&self) -> u64 {
        self.alone + self.groups.len() as u64
    }
}

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

/// A speaker while parts of an index are counted one after the other.
#[derive(Debug, Clone, Default)]
pub struct SpeakerSum {
    /// Quotes.
    pub quotes: u64,
    /// Articles and texts.
    pub articles: TextCount,
    /// The least date, in seconds.
    pub first: Option<i64>,
    /// The greatest date, in seconds.
    pub last: Option<i64>,
    /// Titles with their numbers of passages.
    pub titles: HashMap<String, u64>,
}

impl SpeakerSum {
    /// Adds the count of another part.
    pub fn merge(&mut self, other: SpeakerSum) {
        self.quotes += other.quotes;
        self.articles.merge(other.articles);
        self.first = [self.first, other.first].into_iter().flatten().min();
        self.last = [self.last, other.last].into_iter().flatten().max();
        for (title, n) in other.titles {
            *self.titles.entry(title).or_default() += n;
        }
    }

    /// Adds a date.
    pub fn date(&mut self, seconds: i64) {
        self.first = Some(self.first.map_or(seconds, |first| first.min(seconds)));
        self.last = Some(self.last.map_or(seconds, |last| last.max(seconds)));
    }

    fn finish(self, name: String) -> SpeakerCount {
        let mut titles: Vec<(String, u64)> = self.titles.into_iter().collect();
        titles.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        SpeakerCount {
            name,
            titles: titles.into_iter().map(|(title, _)| title).collect(),
            quotes: self.quotes,
            articles: self.articles.articles(),
            texts: self.articles.texts(),
            first: self.first.map(day),
            last: self.last.map(day),
        }
    }
}

/// The counts of speakers, most quotes first.
pub fn speaker_counts(sums: HashMap<String, SpeakerSum>) -> Vec<SpeakerCount> {
    let mut counts: Vec<SpeakerCount> =
        sums.into_iter().map(|(name, sum)| sum.finish(name)).collect();
    counts.sort_by(|a, b| b.quotes.cmp(&a.quotes).then_with(|| a.name.cmp(&b.name)));
    counts
}

/// A stretch of time by which articles are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// All together.
    All,
    /// By year, as `2023`.
    Year,
    /// By month, as `2023-08`.
    Month,
    /// By week of ISO 8601, as `2023-W33`.
    Week,
    /// By day, as `2023-08-15`.
    Day,
}

impl Period {
    /// The name of the period that a date of the index lies in: empty for all together, `None` for
    /// no date.
    pub fn of(self, seconds: Option<i64>) -> Option<String> {
        let format = match self {
            Period::All => return Some(String::new()),
            Period::Year => "%Y",
            Period::Month => "%Y-%m",
            Period::Week => "%G-W%V",
            Period::Day => "%Y-%m-%d",
        };
        seconds.map(|s| day(s).strftime(format).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_articles_and_one_text() {
        let mut count = TextCount::default();
        [None, Some(3), Some(3), None].into_iter().for_each(|group| count.add(group));
        let mut other = TextCount::default();
        other.add(Some(3));
        count.merge(other);
        assert_eq!((count.articles(), count.texts()), (5, 3));
    }

    #[test]
    fn an_undated_article_lies_in_no_period_but_all_together() {
        assert_eq!(Period::All.of(None).as_deref(), Some(""));
        assert_eq!(Period::Year.of(None), None);
        assert_eq!(Period::Month.of(Some(0)).as_deref(), Some("1970-01"));
    }
}
