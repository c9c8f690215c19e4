//! A speaker of an index: titles over time, namesakes, ways of speaking, statements by month.

use super::lexicon::Lexicon;
use super::request::Request;
use super::run::run;
use super::snippet::admits;
use crate::engine::{Facet, FacetCount, Grouping, Order, ReprintPolicy};
use crate::error::Result;
use crate::quote::{Quote, SpeechKind};
use crate::text::fold::key;
use crate::update::Snapshot;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};

/// Passages of a speaker that are read; the oldest of more.
const MOST_READ: usize = 20_000;
/// Values of a facet that are kept.
const MOST_VALUES: usize = 20;

/// Everything that an index knows about a speaker.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpeakerProfile {
    /// The name that was asked for.
    pub name: String,
    /// Other names that articles give.
    pub aliases: Vec<String>,
    /// Statements; one that was reprinted counts once.
    pub statements: u64,
    /// Articles with a statement, every copy of a text by itself.
    pub articles: u64,
    /// Texts among those.
    pub texts: u64,
    /// Statements between quotation marks, reported ones, and those that are both.
    pub kinds: KindCounts,
    /// The persons that bear the name, as far as their titles tell, most statements first.
    pub persons: Vec<Person>,
    /// Statements by month, months without any between the first and the last among them.
    pub months: Vec<(String, u64)>,
    /// Statements in articles without a date.
    pub undated: u64,
    /// Articles by topic.
    pub topics: Vec<(String, u64)>,
    /// Articles by who else speaks in them.
    pub together: Vec<(String, u64)>,
    /// Articles by outlet.
    pub sources: Vec<(String, u64)>,
}

/// Statements by the way in which their words are given.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct KindCounts {
    /// Between quotation marks.
    pub direct: u64,
    /// Reported.
    pub indirect: u64,
    /// Reported with words between marks.
    pub mixed: u64,
}

/// A person: titles that belong together.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Person {
    /// The titles, the earliest first.
    pub titles: Vec<TitleSpan>,
    /// Statements under them.
    pub statements: u64,
}

/// A title and when it was given.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct TitleSpan {
    /// The title; empty for statements without one.
    pub title: String,
    /// Statements under it.
    pub statements: u64,
    /// The first day that is known.
    pub first: Option<String>,
    /// The last day that is known.
    pub last: Option<String>,
}

/// The profile of the speaker that the filters of `request` name; other filters hold too. `None`
/// where no statement passes.
///
/// # Errors
/// Those of [`run`].
pub fn profile(
    snapshot: &Snapshot,
    name: &str,
    request: &Request,
    lexicon: &Lexicon,
) -> Result<Option<SpeakerProfile>> {
    let facets = vec![Facet::Topic, Facet::Together, Facet::Source];
    let request = Request {
        order: Order::Oldest,
        grouping: Grouping::Passages,
        reprints: ReprintPolicy::Folded,
        limit: MOST_READ,
        facets,
        ..request.clone()
    };
    let answer = run(snapshot, &request, lexicon)?;
    let wanted: Vec<String> = request.filters.speakers.iter().map(|name| key(name)).collect();
    let mut sums = ProfileSums::default();
    let mut seen = HashSet::new();
    for hit in &answer.hits {
        let head = &hit.passage.article;
        let own = hit.passage.statements().into_iter();
        for quote in own.filter(|quote| admits(&request.filters, quote)) {
            // A statement that runs over two passages is in both.
            if seen.insert((head.key, quote.span)) {
                sums.add(quote, hit.passage.kind(quote), head.date.as_deref());
            }
        }
    }
    if sums.statements == 0 {
        return Ok(None);
    }
    let top = |facet: &FacetCount| {
        let others = facet.counts.iter().filter(|count| !wanted.contains(&key(&count.value)));
        others.take(MOST_VALUES).map(|count| (count.value.clone(), count.articles)).collect()
    };
    let [topics, together, sources] = [0, 1, 2].map(|i| top(&answer.facets[i]));
    let mut aliases: Vec<String> = sums.aliases.iter().filter(|a| *a != name).cloned().collect();
    aliases.sort_unstable();
    Ok(Some(SpeakerProfile {
        name: name.to_owned(),
        aliases,
        statements: sums.statements,
        articles: answer.articles,
        texts: answer.texts,
        kinds: sums.kinds,
        persons: persons(sums.titles.into_values().collect()),
        months: filled(sums.months),
        undated: sums.undated,
        topics,
        together,
        sources,
    }))
}

/// Statements while they go by.
#[derive(Default)]
struct ProfileSums {
    statements: u64,
    undated: u64,
    kinds: KindCounts,
    titles: BTreeMap<String, TitleSpan>,
    months: BTreeMap<String, u64>,
    aliases: HashSet<String>,
}

impl ProfileSums {
    fn add(&mut self, quote: &Quote, kind: SpeechKind, date: Option<&str>) {
        let Some(speaker) = &quote.speaker else { return };
        self.statements += 1;
        match kind {
            SpeechKind::Direct => self.kinds.direct += 1,
            SpeechKind::Indirect => self.kinds.indirect += 1,
            SpeechKind::Mixed => self.kinds.mixed += 1,
        }
        self.aliases.insert(speaker.name.clone());
        self.aliases.extend(speaker.aliases.iter().cloned());
        let day = date.map(|date| date.get(..10).unwrap_or(date).to_owned());
        match date.and_then(|date| date.get(..7)) {
            Some(month) => *self.months.entry(month.to_owned()).or_default() += 1,
            None => self.undated += 1,
        }
        let span = self.titles.entry(speaker.title.clone()).or_default();
        span.title.clone_from(&speaker.title);
        span.statements += 1;
        if let Some(day) = day {
            span.first = span.first.take().filter(|first| *first <= day).or(Some(day.clone()));
            span.last = span.last.take().filter(|last| *last >= day).or(Some(day));
        }
    }
}

/// Titles put together by person. Titles of which one holds the other, or that begin with the same
/// [`SAME_START`] characters, may be those of one person; statements without a title belong to the
/// one with most.
fn persons(mut titles: Vec<TitleSpan>) -> Vec<Person> {
    titles.sort_by(|a, b| b.statements.cmp(&a.statements).then_with(|| a.title.cmp(&b.title)));
    let mut persons: Vec<Person> = Vec::new();
    let untitled = titles.iter().position(|span| span.title.is_empty());
    let untitled = untitled.map(|at| titles.remove(at));
    for span in titles {
        let related = |person: &Person| person.titles.iter().any(|t| share(&t.title, &span.title));
        // A title may join two persons that were apart until now.
        let (joined, apart): (Vec<Person>, Vec<Person>) = persons.into_iter().partition(related);
        persons = apart;
        let mut person = Person::default();
        for other in joined {
            person.statements += other.statements;
            person.titles.extend(other.titles);
        }
        person.statements += span.statements;
        person.titles.push(span);
        persons.push(person);
    }
    persons.sort_by_key(|person| std::cmp::Reverse(person.statements));
    if let Some(span) = untitled {
        match persons.first_mut() {
            Some(first) => {
                first.statements += span.statements;
                first.titles.push(span);
            }
            None => persons.push(Person { statements: span.statements, titles: vec![span] }),
        }
    }
    for person in &mut persons {
        person.titles.sort_by(|a, b| (&a.first, &a.title).cmp(&(&b.first, &b.title)));
    }
    persons
}

/// Characters at the start of two titles that make them those of one person: an affiliation stands
/// first, and two characters are often only a city.
const SAME_START: usize = 3;

/// True if two titles may be those of one person.
fn share(a: &str, b: &str) -> bool {
    let same = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    same >= SAME_START || a.contains(b) || b.contains(a)
}

/// Months in order, with those between the first and the last that have none.
fn filled(months: BTreeMap<String, u64>) -> Vec<(String, u64)> {
    let month = |text: &str| -> Option<i32> {
        let (year, month) = text.split_once('-')?;
        Some(year.parse::<i32>().ok()? * 12 + month.parse::<i32>().ok()? - 1)
    };
    let first = months.keys().next().and_then(|text| month(text));
    let last = months.keys().next_back().and_then(|text| month(text));
    let (Some(first), Some(last)) = (first, last) else { return months.into_iter().collect() };
    let name =
        |number: i32| format!("{:04}-{:02}", number.div_euclid(12), number.rem_euclid(12) + 1);
    (first..=last)
        .map(name)
        .map(|n| (months.get(&n).copied().unwrap_or(0), n))
        .map(|(c, n)| (n, c))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn title(text: &str, statements: u64, first: &str) -> TitleSpan {
        let day = Some(first.to_owned());
        TitleSpan { title: text.to_owned(), statements, first: day.clone(), last: day }
    }

    #[test]
    fn titles_that_share_nothing_may_be_those_of_namesakes() {
        let found = persons(vec![
            title("江城县县长", 3, "2023-01-02"),
            title("", 2, "2022-01-01"),
            title("县长", 1, "2021-05-06"),
            title("海州队门将", 4, "2024-01-01"),
        ]);
        let names = |person: &Person| -> Vec<String> {
            person.titles.iter().map(|t| t.title.clone()).collect()
        };
        assert_eq!(found.len(), 2);
        assert_eq!(names(&found[0]), ["", "海州队门将"]);
        assert_eq!(names(&found[1]), ["县长", "江城县县长"]);
        assert_eq!((found[0].statements, found[1].statements), (6, 4));
    }

    #[test]
    fn months_between_the_first_and_the_last_are_counted_as_none() {
        let months = BTreeMap::from([("2023-11".to_owned(), 2), ("2024-02".to_owned(), 1)]);
        let names: Vec<String> =
            filled(months).into_iter().map(|m| format!("{} {}", m.0, m.1)).collect();
        assert_eq!(names, ["2023-11 2", "2023-12 0", "2024-01 0", "2024-02 1"]);
    }
}
