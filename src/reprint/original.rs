//! The original of a group: the article that was first.
//!
//! The one whose outlet most of the others name as their source; among equals the earliest, then
//! the one with the least id, then the one with the least number. An article dated to the day
//! counts as of the day's beginning, one without a date as the last.

use super::{Imprint, Outlet};
use std::cmp::Reverse;
use std::collections::HashMap;

/// Orders a group, given as places in `imprints`: the original first, then whatever would be it
/// without those before.
pub(super) fn sort(imprints: &[&Imprint], group: &mut [usize]) {
    let named = Named::of(imprints, group);
    group.sort_by_cached_key(|&place| {
        let imprint = imprints[place];
        let date = (imprint.date.is_none(), imprint.date);
        (Reverse(named.times(imprint)), date, imprint.id.clone(), imprint.article)
    });
}

/// The number of times that outlets are named as a source in a group, by others than themselves.
struct Named {
    by_others: HashMap<Outlet, usize>,
}

impl Named {
    fn of(imprints: &[&Imprint], group: &[usize]) -> Named {
        let mut by_others = HashMap::new();
        for imprint in group
            .iter()
            .map(|&place| imprints[place])
            .filter(|imprint| imprint.outlet != imprint.source)
        {
            imprint
                .source
                .into_iter()
                .for_each(|source| *by_others.entry(source).or_default() += 1);
        }
        Named { by_others }
    }

    /// The number of copies of other outlets that name this article's outlet as their source. An
    /// article that is itself a copy of another outlet's is nobody's source.
    fn times(&self, imprint: &Imprint) -> usize {
        let own = imprint.outlet.filter(|_| imprint.outlet == imprint.source);
        own.and_then(|outlet| self.by_others.get(&outlet)).copied().unwrap_or(0)
    }
}
