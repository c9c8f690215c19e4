//! The passages that filters admit, whatever the words.

use super::lexicon::Lexicon;
use super::request::Request;
use super::run::{counting, plan};
use crate::engine::filter::{FilterSet, Selection};
use crate::engine::{Grouping, Order, PassageAddress, ReprintPolicy, Wanted};
use crate::error::Result;
use crate::query::Filters;
use crate::update::Snapshot;
use std::collections::HashSet;

/// The passages that resolved filters admit; `None` where nothing is filtered and all are.
///
/// # Errors
/// Those of [`super::run`].
pub fn admitted(snapshot: &Snapshot, filters: &Filters) -> Result<Option<HashSet<PassageAddress>>> {
    if filters.is_empty() {
        return Ok(None);
    }
    let set = FilterSet::new(filters)?;
    let request = Request {
        order: Order::Newest,
        grouping: Grouping::Passages,
        reprints: ReprintPolicy::Shown,
        ..Request::default()
    };
    let execution = snapshot.engine().execution(&Selection::all(&set), &request.ranking)?;
    let wanted = Wanted { candidates: usize::MAX, ..counting(snapshot, &request) };
    let found = execution.top_docs(&plan(&request, &Lexicon::empty()), &wanted)?;
    Ok(Some(found.candidates.into_iter().map(|candidate| candidate.at).collect()))
}
