//! Questions without words: a walk over the columns of every article, which answers filters by
//! date, topic, outlet, author and path, and counts by every facet.

use super::reader::ClusterReader;
use super::scan::{self, Scan};
use crate::engine::collapse::is_reprint;
use crate::engine::filter::{Column, Condition, DateScope};
use crate::engine::{
    Candidate, Collapsed, Facet, FacetCount, Grouping, OrderFacts, PassageAddress, Period,
    Qualifying, ReprintPolicy, Reprints, Selection, TextCount, TopDocs, TopicCounts, UNDATED,
    Wanted,
};
use crate::error::Result;
use crate::text::fold::key;
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The columns that are walked over.
const COLUMNS: [&str; 12] = [
    "id",
    "path",
    "date",
    "source",
    "author",
    "topic",
    "topic_key",
    "subject",
    "subject_key",
    "speaker",
    "row.passages",
    "row.seen",
];

/// The articles that a selection admits, walked over for each question.
pub struct Browse<'a> {
    reader: &'a ClusterReader,
    selection: Selection<'a>,
}

/// An article that is admitted.
struct Walked<'h> {
    at: PassageAddress,
    number: u64,
    fields: &'h Value,
}

impl Walked<'_> {
    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields[name].as_array().into_iter().flatten().filter_map(Value::as_str)
    }

    fn date(&self) -> Option<i64> {
        self.fields["date"][0].as_i64()
    }

    fn ordered(&self) -> OrderFacts {
        let seen = self.fields["row.seen"][0].as_i64().unwrap_or(0);
        OrderFacts { date: self.date(), seen, number: self.number, ..OrderFacts::default() }
    }

    fn passages(&self) -> u32 {
        self.fields["row.passages"][0].as_u64().unwrap_or(0) as u32
    }

    /// True if the article meets a condition on articles.
    fn meets(&self, condition: &Condition<'_>) -> bool {
        match condition {
            Condition::About(values) => {
                let about = |value: &String| {
                    let value = key(value);
                    let mut own = self.texts("topic_key").chain(self.texts("subject_key"));
                    own.any(|own| own == value)
                };
                values.iter().any(about)
            }
            Condition::Value(column, passes) => {
                let name = match column {
                    Column::Source => "source",
                    Column::Author => "author",
                    Column::Path => "path",
                };
                self.texts(name).any(passes)
            }
            Condition::Dated(range) => self.date().is_some_and(|date| range.contains(&date)),
            Condition::Holds(all) => all.iter().all(|condition| self.meets(condition)),
            Condition::Lacks(none) => !none.iter().any(|condition| self.meets(condition)),
            Condition::Speaks(_) | Condition::Mentions(_) | Condition::TitleHolds(_) => false,
        }
    }

    /// The values that the article is counted under.
    fn values(&self, facet: Facet) -> Vec<String> {
        let column = match (facet, facet.period()) {
            (_, Some(period)) => {
                let name = period.of(self.date());
                return vec![name.unwrap_or_else(|| UNDATED.to_owned())];
            }
            (Facet::Topic, _) => "topic",
            (Facet::Subject, _) => "subject",
            (Facet::Source, _) => "source",
            (Facet::Author, _) => "author",
            _ => "speaker",
        };
        let mut values: Vec<String> = self.texts(column).map(str::to_owned).collect();
        values.sort_unstable();
        values.dedup();
        values
    }
}

/// True if a condition can be told from an article's columns.
fn is_told(condition: &Condition<'_>) -> bool {
    match condition {
        Condition::About(_) | Condition::Value(..) | Condition::Dated(_) => true,
        Condition::Holds(all) | Condition::Lacks(all) => all.iter().all(is_told),
        Condition::Speaks(_) | Condition::Mentions(_) | Condition::TitleHolds(_) => false,
    }
}

impl<'a> Browse<'a> {
    /// The articles that `selection` admits; `None` where it asks for what columns do not tell.
    pub fn new(reader: &'a ClusterReader, selection: &Selection<'a>) -> Option<Browse<'a>> {
        let told = selection.conditions().all(|condition| is_told(&condition));
        told.then(|| Browse { reader, selection: selection.clone() })
    }

    fn each(&self, mut each: impl FnMut(&Walked<'_>)) -> Result<()> {
        let conditions: Vec<Condition<'_>> = self.selection.conditions().collect();
        let undated = self.selection.dating == DateScope::Undated;
        let scan = Scan { fields: &COLUMNS, page: 5_000, ..Scan::default() };
        scan.each(self.reader.client(), |hit| {
            self.selection.check()?;
            let Some(number) = scan::number(hit) else {
                return Ok(());
            };
            let at = self.reader.first(number);
            let walked = Walked { at, number, fields: &hit["fields"] };
            let dated = !undated || walked.date().is_none();
            if dated && conditions.iter().all(|condition| walked.meets(condition)) {
                each(&walked);
            }
            Ok(())
        })
    }

    /// Counts articles and texts by topic and period.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn topics(&self, period: Period, reprints: Reprints<'_>) -> Result<TopicCounts> {
        let mut counts = TopicCounts::new();
        self.each(|walked| {
            let copy = is_reprint(reprints.groups, Some(walked.number));
            let Some(time) = period.of(walked.date()) else { return };
            if reprints.policy == ReprintPolicy::LeftOut && copy {
                return;
            }
            let group = reprints.groups.and_then(|groups| groups.group(walked.number));
            for topic in walked.values(Facet::Topic) {
                counts.entry((topic, time.clone())).or_default().add(group);
            }
        })?;
        Ok(counts)
    }
}

impl Browse<'_> {
    /// The newest articles and the like, and counts of all.
    ///
    /// # Errors
    /// A cluster that does not answer, or not whole.
    pub fn top_docs(&self, wanted: &Wanted<'_>) -> Result<TopDocs> {
        let (mut found, mut qualifying, mut ranked) = (TopDocs::default(), Vec::new(), Vec::new());
        let mut facets: Vec<BTreeMap<String, TextCount>> =
            wanted.facets.iter().map(|_| BTreeMap::new()).collect();
        self.each(|walked| {
            let copy = is_reprint(wanted.groups, Some(walked.number));
            if wanted.reprints == ReprintPolicy::LeftOut && copy {
                return;
            }
            found.passages += u64::from(walked.passages());
            let segment = walked.at.segment;
            let number = Some(walked.number);
            qualifying.push(Qualifying { segment, article: 0, number, score: 0.0, whole: true });
            let group = wanted.groups.and_then(|groups| groups.group(walked.number));
            for (facet, counts) in wanted.facets.iter().zip(&mut facets) {
                for value in walked.values(*facet) {
                    counts.entry(value).or_default().add(group);
                }
            }
            let key = wanted.order.key(walked.ordered());
            let id = walked.texts("id").next().unwrap_or_default().to_owned();
            ranked.push((Reverse(key), id, walked.at, walked.passages()));
        })?;
        qualifying.sort_unstable_by_key(|article| article.segment);
        found.collapsed = Collapsed::new(wanted.groups, wanted.reprints, qualifying.into_iter());
        ranked.retain(|(_, _, at, _)| found.collapsed.shows(at.segment, 0));
        ranked.sort_unstable();
        let candidates = ranked.into_iter().flat_map(|(Reverse(key), _, at, passages)| {
            let (shown, further) = match wanted.grouping {
                Grouping::Articles => (1, passages.saturating_sub(1)),
                Grouping::Passages => (passages, 0),
            };
            (0..shown).map(move |ordinal| Candidate {
                at: PassageAddress { passage: ordinal, ..at },
                ordinal,
                score: 0.0,
                key,
                further,
                article: 0,
                examined: Vec::new(),
            })
        });
        found.candidates = candidates.take(wanted.candidates).collect();
        let counted = wanted.facets.iter().zip(facets);
        found.facets = counted.map(|(&facet, counts)| FacetCount::new(facet, counts)).collect();
        Ok(found)
    }
}
