//! Filters in the terms of an index: which passages may answer, whatever the words.
//!
//! [`FilterKind`] lists the filters, and [`FilterSet::condition`] says what each demands of a
//! field. A new filter is one variant there; an engine only knows conditions.

use crate::error::{Error, Result};
use crate::query::Filters;
use crate::quote::{Confidence, SpeechKind};
use crate::text::fold::key;
use globset::{GlobBuilder, GlobMatcher};
use serde::Serialize;
use std::ops::RangeInclusive;

use super::number::seconds;
use super::stop::Stop;

/// A filter as far as an explanation names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum FilterKind {
    /// Said by somebody, with the confidence and the kind of the quote.
    Speaker,
    /// Mentions somebody.
    Mention,
    /// About a topic or a subject.
    Topic,
    /// Printed by an outlet.
    Source,
    /// Written by an author.
    Author,
    /// Between two days.
    Date,
    /// The title holds words.
    Title,
    /// Read from a path.
    Path,
    /// With other speakers in the same article.
    Beside,
    /// Without what is excluded.
    Excluded,
}

impl FilterKind {
    /// All kinds, in the order in which they are applied and explained.
    pub const ALL: [FilterKind; 10] = [
        FilterKind::Speaker,
        FilterKind::Mention,
        FilterKind::Topic,
        FilterKind::Source,
        FilterKind::Author,
        FilterKind::Date,
        FilterKind::Title,
        FilterKind::Path,
        FilterKind::Beside,
        FilterKind::Excluded,
    ];

    /// The name by which it is asked for; that by date has two.
    pub fn name(self) -> &'static str {
        match self {
            FilterKind::Speaker => "speaker",
            FilterKind::Mention => "mentions",
            FilterKind::Topic => "topic",
            FilterKind::Source => "source",
            FilterKind::Author => "author",
            FilterKind::Date => "since/until",
            FilterKind::Title => "title",
            FilterKind::Path => "path",
            FilterKind::Beside => "beside",
            FilterKind::Excluded => "not-…",
        }
    }
}

/// The demand of one filter on the fields of a passage or its article. Several values are
/// alternatives.
pub enum Condition<'a> {
    /// The passage has a quote that [`SpeechFilter`] admits.
    Speaks(&'a SpeechFilter),
    /// The article has one of the names as a speaker or in its title, or the passage in its text.
    Mentions(&'a [String]),
    /// The article is about one of the topics or subjects.
    About(&'a [String]),
    /// A value of the article's column passes the test.
    Value(Column, Box<dyn Fn(&str) -> bool + 'a>),
    /// The article's date, in the seconds of [`seconds`], lies in the range.
    Dated(RangeInclusive<i64>),
    /// The article's title has one of the texts.
    TitleHolds(&'a [String]),
    /// For each of the conditions, some passage of the article meets it.
    Holds(Vec<Condition<'a>>),
    /// No passage of the article meets any of the conditions.
    Lacks(Vec<Condition<'a>>),
}

/// A column of texts that belong to an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Outlets: the original one and the one it was taken from.
    Source,
    /// Authors.
    Author,
    /// The path of the file.
    Path,
}

/// The quotes that count.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpeechFilter {
    /// Names of the speakers; empty for anybody.
    pub speakers: Vec<String>,
    /// The least confidence.
    pub min_confidence: Option<Confidence>,
    /// The kinds; empty for all.
    pub kinds: Vec<SpeechKind>,
}

impl SpeechFilter {
    /// True if a quote of this confidence and kind counts, whoever speaks.
    pub fn admits(&self, confidence: Confidence, kind: SpeechKind) -> bool {
        self.min_confidence.is_none_or(|least| confidence >= least)
            && (self.kinds.is_empty() || self.kinds.contains(&kind))
    }
}

/// A compiled path filter.
#[derive(Debug, Clone)]
enum PathPattern {
    Glob(GlobMatcher),
    Part(String),
}

impl PathPattern {
    fn new(text: &str) -> Result<PathPattern> {
        if !text.contains(['*', '?', '[', '{']) {
            return Ok(PathPattern::Part(text.to_owned()));
        }
        // 财经/* means any folder of that name, wherever the archive lies.
        let anywhere =
            if text.starts_with(['/', '*']) { text.to_owned() } else { format!("{{**/,}}{text}") };
        let glob = GlobBuilder::new(&anywhere).literal_separator(false).build();
        glob.map(|glob| PathPattern::Glob(glob.compile_matcher())).map_err(|e| Error::Setting {
            setting: "path",
            value: text.to_owned(),
            reason: format!("it is not a glob: {}", e.kind()),
        })
    }

    fn matches(&self, path: &str) -> bool {
        match self {
            PathPattern::Glob(glob) => glob.is_match(path),
            PathPattern::Part(part) => path.contains(part.as_str()),
        }
    }
}

/// Filters made ready for an engine.
#[derive(Debug, Clone)]
pub struct FilterSet {
    filters: Filters,
    speech: SpeechFilter,
    paths: Vec<PathPattern>,
    /// One for each who must speak too.
    beside: Vec<SpeechFilter>,
    /// The filters that admit what is excluded; `None` where nothing is.
    excluded: Option<Box<FilterSet>>,
}

impl FilterSet {
    /// Makes filters ready that [`crate::search::resolve`] has resolved.
    ///
    /// # Errors
    /// [`Error::Setting`] where a path is a malformed glob.
    pub fn new(filters: &Filters) -> Result<FilterSet> {
        let paths =
            filters.paths.iter().map(|path| PathPattern::new(path)).collect::<Result<_>>()?;
        let speech = SpeechFilter {
            speakers: filters.speakers.clone(),
            min_confidence: filters.min_confidence,
            kinds: filters.kinds.clone(),
        };
        let beside = filters
            .beside
            .iter()
            .map(|names| SpeechFilter { speakers: names.clone(), ..SpeechFilter::default() });
        let excluded = filters.excluded.admitted();
        let excluded =
            if excluded.is_empty() { None } else { Some(Box::new(FilterSet::new(&excluded)?)) };
        let beside = beside.collect();
        Ok(FilterSet { filters: filters.clone(), speech, paths, beside, excluded })
    }

    /// The filters that demand anything.
    pub fn kinds(&self) -> impl Iterator<Item = FilterKind> + '_ {
        FilterKind::ALL.into_iter().filter(|&kind| self.condition(kind).is_some())
    }

    /// The demand of a filter; `None` where it is not set.
    pub fn condition(&self, kind: FilterKind) -> Option<Condition<'_>> {
        let f = &self.filters;
        let listed = |values: &'_ [String]| !values.is_empty();
        match kind {
            FilterKind::Speaker => {
                (self.speech != SpeechFilter::default()).then_some(Condition::Speaks(&self.speech))
            }
            FilterKind::Mention => listed(&f.mentions).then_some(Condition::Mentions(&f.mentions)),
            FilterKind::Topic => listed(&f.topics).then_some(Condition::About(&f.topics)),
            FilterKind::Source => holds_one(Column::Source, &f.sources),
            FilterKind::Author => holds_one(Column::Author, &f.authors),
            FilterKind::Date => self.dates().map(Condition::Dated),
            FilterKind::Title => listed(&f.titles).then_some(Condition::TitleHolds(&f.titles)),
            FilterKind::Path => listed(&f.paths).then(|| {
                let matches = |path: &str| self.paths.iter().any(|p| p.matches(path));
                Condition::Value(Column::Path, Box::new(matches))
            }),
            FilterKind::Beside => {
                let all = || self.beside.iter().map(Condition::Speaks).collect();
                (!self.beside.is_empty()).then(|| Condition::Holds(all()))
            }
            FilterKind::Excluded => self.excluded.as_ref().map(|excluded| {
                let own = excluded.kinds().filter_map(|kind| excluded.condition(kind));
                Condition::Lacks(own.collect())
            }),
        }
    }

    /// The first and the last second admitted; `None` where no day is given.
    fn dates(&self) -> Option<RangeInclusive<i64>> {
        let (since, until) = (self.filters.since, self.filters.until);
        since.or(until)?;
        let first = since.map_or(i64::MIN, |day| seconds(day.at(0, 0, 0, 0)));
        let last = until.map_or(i64::MAX, |day| seconds(day.at(23, 59, 59, 0)));
        Some(first..=last)
    }
}

/// The condition that a value holds one of the texts; `None` where there are none.
fn holds_one(column: Column, texts: &[String]) -> Option<Condition<'_>> {
    let holds = |value: &str| texts.iter().any(|text| key(value).contains(&key(text)));
    (!texts.is_empty()).then(|| Condition::Value(column, Box::new(holds)))
}

/// The passages of an index that may answer.
#[derive(Clone)]
pub struct Selection<'a> {
    /// The filters.
    pub filters: &'a FilterSet,
    /// Those of them that apply.
    pub kinds: Vec<FilterKind>,
    /// The articles that may answer, by whether they have a date.
    pub dating: DateScope,
    /// Gives the work on it up when it is asked; `None` for work that goes to its end.
    pub stop: Option<&'a Stop>,
}

/// The articles that may answer, by whether they have a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateScope {
    /// All.
    Any,
    /// Those without a date.
    Undated,
}

impl<'a> Selection<'a> {
    /// The passages that pass all filters.
    pub fn all(filters: &'a FilterSet) -> Selection<'a> {
        Selection { filters, kinds: filters.kinds().collect(), dating: DateScope::Any, stop: None }
    }

    /// The passages that pass some of the filters.
    pub fn some(filters: &'a FilterSet, kinds: &[FilterKind]) -> Selection<'a> {
        Selection { filters, kinds: kinds.to_vec(), dating: DateScope::Any, stop: None }
    }

    /// The passages of undated articles that pass all filters but that by date.
    pub fn undated(filters: &'a FilterSet) -> Selection<'a> {
        let kinds = filters.kinds().filter(|&kind| kind != FilterKind::Date).collect();
        Selection { filters, kinds, dating: DateScope::Undated, stop: None }
    }

    /// The same selection, given up when `stop` is asked.
    pub fn until(self, stop: &'a Stop) -> Selection<'a> {
        Selection { stop: Some(stop), ..self }
    }

    /// Goes on unless the work was given up.
    ///
    /// # Errors
    /// [`Error::GivenUp`] if it was.
    pub fn check(&self) -> Result<()> {
        self.stop.map_or(Ok(()), Stop::check)
    }

    /// The conditions that apply, in order.
    pub fn conditions(&self) -> impl Iterator<Item = Condition<'a>> + '_ {
        self.kinds.iter().filter_map(|&kind| self.filters.condition(kind))
    }

    /// The filter of speech, where it names speakers: then only their words count.
    pub fn speakers(&self) -> Option<&'a SpeechFilter> {
        self.conditions().find_map(|condition| match condition {
            Condition::Speaks(speech) if !speech.speakers.is_empty() => Some(speech),
            _ => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_filters_that_are_set_demand_anything() {
        let filters = Filters { topics: vec!["科技".into()], ..Filters::default() };
        let set = FilterSet::new(&filters).unwrap();
        assert_eq!(set.kinds().collect::<Vec<_>>(), [FilterKind::Topic]);
        assert!(FilterSet::new(&Filters::default()).unwrap().kinds().next().is_none());
    }

    #[test]
    fn a_path_is_a_part_or_a_glob_anywhere() {
        let matches = |pattern: &str, path: &str| {
            let filters = Filters { paths: vec![pattern.into()], ..Filters::default() };
            let set = FilterSet::new(&filters).unwrap();
            let Some(Condition::Value(Column::Path, matches)) = set.condition(FilterKind::Path)
            else {
                panic!("the path is set")
            };
            matches(path)
        };
        assert!(matches("财经", "archive/财经/a.txt") && matches("财经/*", "archive/财经/a.txt"));
        assert!(!matches("体育/*", "archive/财经/a.txt"));
        let broken = Filters { paths: vec!["[".into()], ..Filters::default() };
        assert!(matches!(FilterSet::new(&broken), Err(Error::Setting { .. })));
    }

    #[test]
    fn days_are_whole_days() {
        let day: jiff::civil::Date = "2023-07-28".parse().unwrap();
        let filters = Filters { since: Some(day), until: Some(day), ..Filters::default() };
        let set = FilterSet::new(&filters).unwrap();
        let Some(Condition::Dated(range)) = set.condition(FilterKind::Date) else {
            panic!("a day is set")
        };
        assert_eq!(range.end() - range.start(), 24 * 3600 - 1);
    }
}
