//! Facets: what an answer can be counted by, and the counts.

use super::counts::TextCount;
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
    /// Months, as `2023-08`; undated articles are left out.
    Month,
}

impl Facet {
    /// The name by which it is asked for.
    pub fn name(self) -> &'static str {
        match self {
            Facet::Speaker => "speaker",
            Facet::Topic => "topic",
            Facet::Subject => "subject",
            Facet::Source => "source",
            Facet::Author => "author",
            Facet::Month => "month",
        }
    }
}

/// Counts by one facet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FacetCount {
    /// The property.
    pub facet: Facet,
    /// Values with their numbers: most articles first, months in order of time.
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
}

impl FacetCount {
    /// Puts counts in order.
    pub fn new(facet: Facet, counts: BTreeMap<String, TextCount>) -> FacetCount {
        let count = |(value, n): (String, TextCount)| ValueCount {
            value,
            articles: n.articles(),
            texts: n.texts(),
        };
        let mut counts: Vec<ValueCount> = counts.into_iter().map(count).collect();
        if facet != Facet::Month {
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
