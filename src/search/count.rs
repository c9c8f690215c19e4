//! Counts over an index without words: speakers with their quotes, topics over time.

use crate::engine::filter::{FilterSet, Selection};
use crate::engine::{Period, ReprintPolicy, Reprints, SpeakerCount, TopicCounts};
use crate::error::Result;
use crate::query::Filters;
use crate::update::Snapshot;

/// The speakers whose name holds `pattern` (all for an empty one), in passages that pass the
/// filters, most quotes first. Every copy of a text counts, or with [`ReprintPolicy::LeftOut`] the
/// original alone.
///
/// # Errors
/// [`crate::error::Error::Usage`] where a filter is malformed, or what the engine reports of a
/// damaged index.
pub fn speakers(
    snapshot: &Snapshot,
    pattern: &str,
    filters: &Filters,
    policy: ReprintPolicy,
) -> Result<Vec<SpeakerCount>> {
    let filters = FilterSet::new(filters)?;
    let reprints = Reprints { groups: snapshot.groups(), policy };
    snapshot.engine().speakers(pattern, &Selection::all(&filters), reprints)
}

/// Articles and texts by topic and period, among those with a passage that passes the filters.
/// Undated articles are counted only where all periods are counted together. Keys are in order of
/// topic, then time. A text counts wherever one of its copies does.
///
/// # Errors
/// Those of [`speakers`].
pub fn topics(
    snapshot: &Snapshot,
    filters: &Filters,
    period: Period,
    policy: ReprintPolicy,
) -> Result<TopicCounts> {
    let filters = FilterSet::new(filters)?;
    let reprints = Reprints { groups: snapshot.groups(), policy };
    snapshot.engine().topics(period, &Selection::all(&filters), reprints)
}
