//! Takes files and folders out of an index, whether they are still there or not.

use super::commit::Existing;
use super::files::absolute;
use super::ledger::Ledger;
use super::opening;
use super::part::Part;
use super::store::WriterLimits;
use crate::definition::Definition;
use crate::engine::IndexPlace;
use crate::engine::origin::FileKey;
use crate::error::{Error, Result};
use crate::text::word::Segmenter;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Memory for the engine's writer, in bytes; nothing is added.
const MEMORY_BUDGET: usize = 50 << 20;

/// The counts of what was taken out, and of what is left.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Forgotten {
    /// Files taken out.
    pub files: u64,
    /// Articles taken out.
    pub articles: u64,
    /// Articles left.
    pub total_articles: u64,
}

/// Takes what was read from `paths` out of the index at `place`. Each is a file or a folder: as it
/// lies, or, where the index has nothing from there, as the index shows it.
///
/// # Errors
/// [`Error::NoIndex`] and the like, [`Error::NotIndexed`] where nothing came from one of the paths:
/// then nothing is taken out.
pub fn forget(place: &IndexPlace, definition: &Definition, paths: &[PathBuf]) -> Result<Forgotten> {
    if opening::manifest(place)?.is_none() {
        return Err(Error::NoIndex(place.name()));
    }
    let limits = WriterLimits { threads: 1, memory: MEMORY_BUDGET };
    let (defined, whole) = (definition.into(), Part::default());
    let mut store = opening::open(place, defined, Existing::Continued, limits, whole)?;
    let ledger = store.ledger()?;
    let files = named(&ledger, paths)?;
    let keys: Vec<FileKey> = files.iter().map(|file| FileKey::new(file)).collect();
    let mut tables = store.tables(ledger, &keys)?;
    let articles = tables.records.by_file(&keys.into_iter().collect());
    let mut forgotten = Forgotten { files: files.len() as u64, ..Forgotten::default() };
    for article in articles.into_values().flatten() {
        store.delete(article);
        tables.remove(article);
        forgotten.articles += 1;
    }
    for file in &files {
        tables.ledger.files.remove(file);
    }
    store.commit(&tables)?;
    forgotten.total_articles = store.articles(&tables)?;
    let segmenter = match place {
        IndexPlace::Folder(_) => Segmenter::empty(),
        IndexPlace::Cluster(_) => Segmenter::new(definition)?,
    };
    store.close(&segmenter)?;
    Ok(forgotten)
}

/// The files of the ledger that the paths name.
fn named(ledger: &Ledger, paths: &[PathBuf]) -> Result<HashSet<String>> {
    let mut files: HashSet<String> = HashSet::new();
    for path in paths {
        let (there, before) = (absolute(path), files.len());
        let records = || ledger.files.values();
        files.extend(
            records().filter(|r| Path::new(&r.file).starts_with(&there)).map(|r| r.file.clone()),
        );
        if files.len() == before {
            files.extend(
                records().filter(|r| Path::new(&r.path).starts_with(path)).map(|r| r.file.clone()),
            );
        }
        if files.len() == before && !records().any(|r| Path::new(&r.file).starts_with(&there)) {
            let archives = ledger.archives().into_keys().map(str::to_owned).collect();
            return Err(Error::NotIndexed { path: path.clone(), archives });
        }
    }
    Ok(files)
}
