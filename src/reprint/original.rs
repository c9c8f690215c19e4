//! Which article of a group was first.
//!
//! The one whose outlet most of the others name as their source; among equals the earliest, then the one with the
//! least id, then the one with the least number. An article dated to the day counts as of the day's beginning, one
//! without a date as the last.

use super::Imprint;
use std::cmp::Reverse;

/// Orders a group, given as places in `imprints`: the original first, then whatever would be it without those before.
pub(super) fn sort(imprints: &[&Imprint], group: &mut [usize]) {
    let members: Vec<usize> = group.to_vec();
    group.sort_by_cached_key(|&place| {
        let imprint = imprints[place];
        let date = (imprint.date.is_none(), imprint.date);
        (Reverse(named(imprints, &members, imprint)), date, imprint.id.clone(), imprint.article)
    });
}

/// How many copies of other outlets name this article's outlet as their source. An article that is itself a copy of
/// another outlet's is nobody's source.
fn named(imprints: &[&Imprint], members: &[usize], imprint: &Imprint) -> usize {
    if imprint.outlet.is_none() || imprint.outlet != imprint.source {
        return 0;
    }
    let names = |other: &&usize| {
        let other = imprints[**other];
        other.source == imprint.outlet && other.outlet != imprint.outlet
    };
    members.iter().filter(names).count()
}
