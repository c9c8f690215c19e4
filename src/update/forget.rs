//! Takes files and folders out of an index, whether they are still there or not.

use super::commit::{self, Existing, Store};
use super::files::absolute;
use super::manifest::Manifest;
use crate::definition::Definition;
use crate::engine::origin::FileKey;
use crate::error::{Error, Result};
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

/// Takes what was read from `paths` out of the index at `folder`. Each is a file or a folder: as it
/// lies, or, where the index has nothing from there, as the index shows it.
///
/// # Errors
/// [`Error::NoIndex`] and the like, [`Error::NotIndexed`] where nothing came from one of the paths:
/// then nothing is taken out.
pub fn forget(folder: &Path, definition: &Definition, paths: &[PathBuf]) -> Result<Forgotten> {
    if Manifest::read(folder)?.is_none() {
        return Err(Error::NoIndex(folder.to_owned()));
    }
    commit::prepare(folder, definition.into(), Existing::Continued)?;
    let mut store = Store::open(folder, 1, MEMORY_BUDGET)?;
    let mut tables = store.tables(store.ledger()?)?;
    let mut files: HashSet<String> = HashSet::new();
    for path in paths {
        let (there, before) = (absolute(path), files.len());
        let records = || tables.ledger.files.values();
        files.extend(
            records().filter(|r| Path::new(&r.file).starts_with(&there)).map(|r| r.file.clone()),
        );
        if files.len() == before {
            files.extend(
                records().filter(|r| Path::new(&r.path).starts_with(path)).map(|r| r.file.clone()),
            );
        }
        if files.len() == before && !records().any(|r| Path::new(&r.file).starts_with(&there)) {
            let archives = tables.ledger.archives().into_keys().map(str::to_owned).collect();
            return Err(Error::NotIndexed { path: path.clone(), archives });
        }
    }
    let articles = tables.records.by_file(&files.iter().map(|file| FileKey::new(file)).collect());
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
    store.close()?;
    forgotten.total_articles = tables.records.len() as u64;
    Ok(forgotten)
}
