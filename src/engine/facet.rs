//! Facets: what an answer can be counted by, and the counts.

use super::counts::{Period, TextCount};
use serde::Serialize;
use std::collections::BTreeMap;

/// A property to count by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Facet {
    /// Speakers in the passages found.
    Speaker,
    /// Topics of the articles.
    Topic,
    /// Key terms of the articles.
    Subject,
    /// Original outlets.
    Source,
    /// Authors.
    Author,
    /// Speakers of the articles found, in whatever passage: who is quoted together.
    Together,
    /// Years, as `2023`.
    Year,
    /// Months, as `2023-08`.
    Month,
    /// Weeks of ISO 8601, as `2023-W33`.
    Week,
    /// Days, as `2023-08-15`.
    Day,
}

/// The value under which a facet of time counts articles without a date.
pub const UNDATED: &str = "undated";

impl Facet {
    /// Every facet.
    pub const ALL: [Facet; 10] = [
        Facet::Speaker,
        Facet::Topic,
        Facet::Subject,
        Facet::Source,
        Facet::Author,
        Facet::Together,
        Facet::Year,
        Facet::Month,
        Facet::Week,
        Facet::Day,
    ];

    /// The stretch of time that it counts by; `None` for what is no time.
    pub fn period(self) -> Option<Period> {
        match self {
            Facet::Year => Some(Period::Year),
            Facet::Month => Some(Period::Month),
            Facet::Week => Some(Period::Week),
            Facet::Day => Some(Period::Day),
            _ => None,
        }
    }

    /// True if it counts by time.
    pub fn is_period(self) -> bool {
        self.period().is_some()
    }

    /// The values that it counts by, in a few words.
    pub fn about(self) -> &'static str {
        match self {
            Facet::Speaker => "Who speaks",
            Facet::Topic => "Topics",
            Facet::Subject => "Key terms",
            Facet::Source => "Outlets",
            Facet::Author => "Authors",
            Facet::Together => "Who speaks in the same articles",
            Facet::Year => "Years",
            Facet::Month => "Months",
            Facet::Week => "Weeks (ISO 8601)",
            Facet::Day => "Days",
        }
    }

    /// The name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Speaker => "speaker",
            Facet::Topic => "topic",
            Facet::Subject => "subject",
            Facet::Source => "source",
            Facet::Author => "author",
            Facet::Together => "together",
            Facet::Year => "year",
            Facet::Month => "month",
            Facet::Week => "week",
            Facet::Day => "day",
        }
    }
}

/// Counts by one facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The property.
    pub facet: Facet,
    /// Values with their numbers: most articles first; stretches of time in order, then
    /// [`UNDATED`], so that they add up to the articles of the answer.
    pub counts: Vec<ValueCount>,
}

/// The number of times a value occurs in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Articles that have it, every copy of a text by itself.
    pub articles: u64,
    /// Texts of which at least one copy in the answer has it.
    pub texts: u64,
    /// Articles of the whole index that have it, where those were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archive: Option<u64>,
}

impl FacetCount {
    /// Puts counts in order.
    pub fn new(facet: Facet, counts: BTreeMap<String, TextCount>) -> FacetCount {
        let count = |(value, n): (String, TextCount)| ValueCount {
            value,
            articles: n.articles(),
            texts: n.texts(),
            archive: None,
        };
        let mut counts: Vec<ValueCount> = counts.into_iter().map(count).collect();
        // No digit comes after a letter: what has no date is last.
        if !facet.is_period() {
            counts.sort_by(|a, b| b.articles.cmp(&a.articles).then_with(|| a.value.cmp(&b.value)));
        }
        FacetCount { facet, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_ordered_by_articles_and_months_by_time() {
        let mut one = TextCount::default();
        one.add(None);
        let mut two = one.clone();
        two.add(None);
        let counts = BTreeMap::from([("2023-01".to_owned(), one), ("2023-02".to_owned(), two)]);
        let values = |facet: Facet| -> Vec<String> {
            FacetCount::new(facet, counts.clone()).counts.into_iter().map(|c| c.value).collect()
        };
        assert_eq!(values(Facet::Month), ["2023-01", "2023-02"]);
        assert_eq!(values(Facet::Source), ["2023-02", "2023-01"]);
    }
}
