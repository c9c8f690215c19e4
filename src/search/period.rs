//! The whole index beside an answer's counts, and the stretches of time without any article.

use super::lexicon::Lexicon;
use super::request::{Answer, Request};
use super::run::run;
use crate::engine::{Facet, FacetCount, UNDATED, ValueCount};
use crate::error::Result;
use crate::update::Snapshot;
use std::collections::BTreeMap;

/// Adds to each facet of time of an answer the articles of the whole index in every stretch, and
/// the stretches between the first and the last that have articles in the index and none in the
/// answer. Adds to each speaker and key term that occurs together with what was asked for the
/// articles of the whole index that have it, so that the table of the two is complete.
///
/// # Errors
/// Those of [`run`].
pub fn compare_with_archive(
    snapshot: &Snapshot,
    lexicon: &Lexicon,
    answer: &mut Answer,
) -> Result<()> {
    let facets: Vec<_> =
        answer.facets.iter().map(|count| count.facet).filter(|f| is_compared(*f)).collect();
    if facets.is_empty() {
        return Ok(());
    }
    let request = Request { limit: 0, facets, ..Request::default() };
    let archive = run(snapshot, &request, lexicon)?;
    for all in &archive.facets {
        let own = answer.facets.iter_mut().filter(|count| count.facet == all.facet);
        own.for_each(|own| match own.facet.is_period() {
            true => complete(own, all),
            false => add_archive(own, all),
        });
    }
    Ok(())
}

/// True if the counts of the whole index stand beside those of an answer.
fn is_compared(facet: Facet) -> bool {
    facet.is_period() || matches!(facet, Facet::Together | Facet::Subject)
}

/// Adds the counts of the whole index to those of an answer.
fn complete(own: &mut FacetCount, all: &FacetCount) {
    let mut dated = own.counts.iter().filter(|count| count.value != UNDATED);
    let (first, last) = (dated.clone().next(), dated.next_back());
    let (Some(first), Some(last)) = (first, last) else {
        add_archive(own, all);
        return;
    };
    let range = first.value.clone()..=last.value.clone();
    let missing = all.counts.iter().filter(|count| {
        range.contains(&count.value) && !own.counts.iter().any(|o| o.value == count.value)
    });
    let missing: Vec<ValueCount> =
        missing.map(|count| ValueCount { articles: 0, texts: 0, ..count.clone() }).collect();
    own.counts.extend(missing);
    own.counts.sort_by(|a, b| a.value.cmp(&b.value));
    add_archive(own, all);
}

fn add_archive(own: &mut FacetCount, all: &FacetCount) {
    let totals: BTreeMap<&str, u64> =
        all.counts.iter().map(|count| (count.value.as_str(), count.articles)).collect();
    for count in &mut own.counts {
        count.archive = totals.get(count.value.as_str()).copied();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: &[(&str, u64)]) -> FacetCount {
        let count = |&(value, articles): &(&str, u64)| ValueCount {
            value: value.to_owned(),
            articles,
            texts: articles,
            archive: None,
        };
        FacetCount { facet: Facet::Month, counts: values.iter().map(count).collect() }
    }

    #[test]
    fn months_without_any_are_counted_as_none_and_all_add_up() {
        let mut own = counts(&[("2024-01", 2), ("2024-03", 1), (UNDATED, 4)]);
        let all =
            counts(&[("2023-12", 9), ("2024-01", 8), ("2024-02", 7), ("2024-03", 6), (UNDATED, 5)]);
        complete(&mut own, &all);
        let shown: Vec<_> =
            own.counts.iter().map(|c| (c.value.as_str(), c.articles, c.archive)).collect();
        assert_eq!(
            shown,
            [
                ("2024-01", 2, Some(8)),
                ("2024-02", 0, Some(7)),
                ("2024-03", 1, Some(6)),
                (UNDATED, 4, Some(5))
            ]
        );
    }
}
