//! The copies that a hit stands for, by their ids.

use crate::engine::{ArticleName, Candidate, Collapsed};
use crate::error::Result;
use crate::passage::{ArticleKey, Head};
use crate::update::Snapshot;
use std::sync::Arc;

/// Copies of a text that a hit names; each is looked up, and a form may have a million.
const MOST_NAMED: usize = 1_000;

/// The place of a hit among the copies of its text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// The number of other copies that answer, where the hit stands for them.
    pub count: usize,
    /// Their ids, in the order in which they were printed as far as is known; the first thousand.
    pub copies: Vec<String>,
    /// The id of the original, where the hit is a reprint.
    pub original: Option<String>,
    /// The copy in the index with the earliest date; `None` where the text was printed once, or no
    /// copy has a date.
    pub first: Option<Arc<Head>>,
}

impl Standing {
    /// The standing of a candidate.
    ///
    /// # Errors
    /// A failure of the engine, as of a damaged index.
    pub fn of(
        candidate: &Candidate,
        collapsed: &Collapsed,
        snapshot: &Snapshot,
    ) -> Result<Standing> {
        let copies = collapsed.copies(candidate.at.segment, candidate.article);
        let (Some(groups), Some((group, number, copies))) = (snapshot.groups(), copies) else {
            return Ok(Standing::default());
        };
        let count = copies.len();
        let members = groups.members(group).into_iter();
        let named = members.filter(|number| copies.contains(number)).take(MOST_NAMED);
        let named = named.map(|copy| id(snapshot, copy)).collect::<Result<Vec<_>>>()?;
        let original = groups.original(group).filter(|&original| Some(original) != number);
        let original = original.map(|original| id(snapshot, original)).transpose()?.flatten();
        let first = first(snapshot, &groups.members(group))?;
        Ok(Standing { count, copies: named.into_iter().flatten().collect(), original, first })
    }
}

/// The copy of an article's text with the earliest date, and the number of other copies in the
/// index; `None` and 0 where the text was printed once.
///
/// # Errors
/// A failure of the engine, as of a damaged index.
pub fn printings(snapshot: &Snapshot, key: ArticleKey) -> Result<(Option<Arc<Head>>, usize)> {
    let Some(groups) = snapshot.groups() else { return Ok((None, 0)) };
    let Some(group) = groups.group(key.0) else { return Ok((None, 0)) };
    let members = groups.members(group);
    Ok((first(snapshot, &members)?, members.len().saturating_sub(1)))
}

/// Copies whose date is read to tell which was printed first; a group is in order of printing as
/// far as that is known.
const MOST_DATED: usize = 20;

/// The copy with the earliest date; of two on one date, the one that is not inferred.
fn first(snapshot: &Snapshot, members: &[u64]) -> Result<Option<Arc<Head>>> {
    let engine = snapshot.engine();
    let mut earliest: Option<Arc<Head>> = None;
    for &number in members.iter().take(MOST_DATED) {
        let Some(&at) = engine.find(ArticleName::Number(number))?.first() else { continue };
        let head = engine.passage(at)?.article;
        let certain_first = |head: &Head| (head.date.clone(), head.date_inferred);
        let earlier = |other: &Arc<Head>| certain_first(&head) < certain_first(other);
        if head.date.is_some() && earliest.as_ref().is_none_or(earlier) {
            earliest = Some(head);
        }
    }
    Ok(earliest)
}

/// The id of the article with this number.
fn id(snapshot: &Snapshot, number: u64) -> Result<Option<String>> {
    let engine = snapshot.engine();
    let Some(&first) = engine.find(ArticleName::Number(number))?.first() else { return Ok(None) };
    engine.article_id(first).map(|id| Some(id).filter(|id| !id.is_empty()))
}
