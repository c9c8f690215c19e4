//! Gives every article of an index back, in an order that depends on the articles alone.

use super::snapshot::Snapshot;
use super::tables::Tables;
use crate::engine::PassageAddress;
use crate::engine::origin::FileKey;
use crate::error::Result;
use crate::passage::Passage;
use std::collections::{HashMap, HashSet};

/// An article's place in the order, and its first passage.
struct Ordered {
    /// The place of its file among the paths.
    file: u32,
    line: u32,
    number: u64,
    first: PassageAddress,
}

/// Articles that are read together, where that is cheaper.
const TOGETHER: usize = 400;

/// Hands over the passages of each article, article by article: by path, line and id. `tables` is
/// of the same commit as the snapshot, see [`Snapshot::open_with_tables`]. Keeps 32 bytes an
/// article in memory.
///
/// # Errors
/// [`crate::error::Error::Damaged`] where an article cannot be read, and the errors of `each`.
pub fn each_article(
    snapshot: &Snapshot,
    tables: &Tables,
    each: impl FnMut(&[Passage]) -> Result<()>,
) -> Result<()> {
    each_admitted(snapshot, tables, None, each)
}

/// Hands over the passages of each article as [`each_article`] does; with `admitted` only those
/// among them, and no article that has none of them.
///
/// # Errors
/// Those of [`each_article`].
pub fn each_admitted(
    snapshot: &Snapshot,
    tables: &Tables,
    admitted: Option<&HashSet<PassageAddress>>,
    mut each: impl FnMut(&[Passage]) -> Result<()>,
) -> Result<()> {
    let is_admitted = |at: &PassageAddress| admitted.is_none_or(|set| set.contains(at));
    let engine = snapshot.engine();
    let ordered = ordered(snapshot, tables)?;
    let (mut begins, mut fetched) = (0, 0);
    for same_line in ordered.chunk_by(|a, b| (a.file, a.line) == (b.file, b.line)) {
        if begins >= fetched {
            let some = &ordered[begins..ordered.len().min(begins + TOGETHER.max(same_line.len()))];
            let firsts: Vec<PassageAddress> = some.iter().map(|article| article.first).collect();
            engine.prefetch(&firsts)?;
            fetched = begins + some.len();
        }
        begins += same_line.len();
        let mut articles = Vec::with_capacity(same_line.len());
        for article in same_line {
            let siblings = engine.siblings(article.first).into_iter().filter(is_admitted);
            let passages: Vec<Passage> =
                siblings.map(|at| engine.passage(at)).collect::<Result<_>>()?;
            if admitted.is_none() || !passages.is_empty() {
                articles.push((passages, article.number));
            }
        }
        let id = |article: &(Vec<Passage>, u64)| article.0.first().map(|p| p.article.id.clone());
        articles.sort_by_cached_key(|article| (id(article), article.1));
        articles.iter().try_for_each(|(passages, _)| each(passages))?;
    }
    Ok(())
}

/// The articles in order, those on the same line of a file in any.
fn ordered(snapshot: &Snapshot, tables: &Tables) -> Result<Vec<Ordered>> {
    let files = tables.ledger.files.values();
    let mut paths: Vec<(&str, &str)> =
        files.map(|record| (record.path.as_str(), record.file.as_str())).collect();
    paths.sort_unstable();
    let places: HashMap<FileKey, u32> =
        (0..).zip(&paths).map(|(place, (_, file))| (FileKey::new(file), place)).collect();
    let mut ordered = Vec::with_capacity(tables.records.len());
    for (number, first) in snapshot.engine().articles()? {
        let Some(row) = tables.records.get(number) else { continue };
        let file = places.get(&row.file).copied().unwrap_or(u32::MAX);
        ordered.push(Ordered { file, line: row.line, number, first });
    }
    ordered.sort_unstable_by_key(|article| (article.file, article.line, article.number));
    Ok(ordered)
}
