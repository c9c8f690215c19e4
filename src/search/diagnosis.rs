//! Explains an empty answer: the number of articles for each word, and for each filter.

use super::lexicon::Lexicon;
use super::request::Request;
use super::run::{counting, plan};
use crate::engine::filter::{FilterSet, Selection};
use crate::engine::{Evidence, FilterKind, Occur, Plan, ReprintPolicy, Unit, Wanted};
use crate::error::Result;
use crate::update::Snapshot;

/// The reasons why an answer is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// Each thing looked for, with the number of articles that have it, whatever the filters.
    pub words: Vec<(String, u64)>,
    /// Articles that the words alone find.
    pub without_filters: u64,
    /// Each filter by its name, and `original-only`, with the number of articles that the words and
    /// it alone find.
    pub filters: Vec<(&'static str, u64)>,
}

/// Explains the answer to `request`.
///
/// # Errors
/// Those of [`super::run`].
pub fn diagnose(snapshot: &Snapshot, request: &Request, lexicon: &Lexicon) -> Result<Diagnosis> {
    let filters = FilterSet::new(&request.filters)?;
    let plan = plan(request, lexicon);
    let count = |kinds: &[FilterKind], plan: &Plan, reprints: ReprintPolicy| -> Result<u64> {
        let selection = Selection::some(&filters, kinds);
        let execution = snapshot.engine().execution(&selection, &request.ranking)?;
        let wanted = Wanted { reprints, ..counting(snapshot, request) };
        Ok(execution.top_docs(plan, &wanted)?.collapsed.articles)
    };
    let all = ReprintPolicy::Shown;
    let shown = plan.units.iter().filter(|unit| unit.occur != Occur::Bonus);
    let words = shown.map(|unit| Ok((unit.label.clone(), count(&[], &alone(unit), all)?)));
    let words = words.collect::<Result<_>>()?;
    let by_filter = filters.kinds().map(|kind| Ok((kind.name(), count(&[kind], &plan, all)?)));
    let mut by_filter = by_filter.collect::<Result<Vec<_>>>()?;
    if request.reprints == ReprintPolicy::LeftOut {
        by_filter.push(("original-only", count(&[], &plan, ReprintPolicy::LeftOut)?));
    }
    let without_filters = count(&[], &plan, all)?;
    Ok(Diagnosis { words, without_filters, filters: by_filter })
}

/// The plan that looks for one unit alone.
fn alone(unit: &Unit) -> Plan {
    let occur = if unit.occur == Occur::Excluded { Occur::Required } else { unit.occur };
    // A word by itself, without the shorter words inside it.
    let evidence: Vec<(f32, Evidence)> = match unit.evidence.first() {
        Some(first @ (_, Evidence::Word(_) | Evidence::Unknown(_))) => vec![first.clone()],
        _ => unit.evidence.clone(),
    };
    Plan {
        units: vec![Unit { occur, evidence, ..unit.clone() }],
        minimum: usize::from(occur == Occur::Wanted),
        ..Plan::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Scope;

    #[test]
    fn a_word_that_was_excluded_is_counted_as_if_it_were_wanted() {
        let unit = Unit {
            label: "广告".into(),
            occur: Occur::Excluded,
            scope: Scope::Anywhere,
            evidence: vec![
                (1.0, Evidence::Word("广告".into())),
                (0.5, Evidence::Character("广".into())),
            ],
        };
        let plan = alone(&unit);
        assert_eq!((plan.units[0].occur, plan.minimum), (Occur::Required, 0));
        assert_eq!(plan.units[0].evidence.len(), 1);
    }
}
