//! Takes files out of an index, whether or not they still exist.

use super::lock::WriterLock;
use super::manifest::Manifest;
use super::plan::absolute;
use super::state::{Sink, State};
use super::update::Effect;
use super::{engine_error, open_engine};
use crate::definition::Definition;
use crate::error::{Error, Result};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use tantivy::IndexWriter;

/// Memory for the engine's writer, which has only to delete, in bytes.
const MEMORY: usize = 16_000_000;

/// What went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Forgotten {
    /// Files.
    pub files: u64,
    /// Articles of those.
    pub articles: u64,
    /// Articles that are left in the index.
    pub total_articles: u64,
}

/// Takes out of the index at `folder` what came from these files and from all files in these folders.
///
/// # Errors
/// As [`crate::index::Index::open`]; [`Error::Locked`] where somebody writes the index.
pub fn forget(folder: &Path, paths: &[PathBuf], definition: &Definition, effect: Effect) -> Result<Forgotten> {
    let manifest = Manifest::read(folder)?.ok_or_else(|| Error::NoIndex(folder.to_owned()))?;
    manifest.check(&Manifest::new(&definition.fingerprint()), folder)?;
    let _lock = (effect == Effect::Done).then(|| WriterLock::acquire(folder)).transpose()?;
    let engine = open_engine(folder)?;
    let mut state = State::load(folder, &engine)?;
    let wanted: Vec<PathBuf> = paths.iter().map(|path| absolute(path)).collect();
    let within = |file: &String| wanted.iter().any(|path| Path::new(file).starts_with(path));
    let files: Vec<String> = state.ledger.files.keys().filter(|file| within(file)).cloned().collect();
    let mut forgotten = Forgotten { files: files.len() as u64, ..Forgotten::default() };
    let mut numbers = HashSet::new();
    for file in &files {
        numbers.extend(state.ledger.files.remove(file).map(|record| record.number));
    }
    let archives = state.ledger.archives.len();
    state.ledger.archives.retain(|root, _| !within(root));
    let places = state.of_files(&numbers);
    forgotten.articles = places.len() as u64;
    forgotten.total_articles = state.ledger.totals().0;
    let idle = files.is_empty() && archives == state.ledger.archives.len();
    if effect == Effect::Said || idle {
        return Ok(forgotten);
    }
    let mut writer: IndexWriter = engine.writer_with_num_threads(1, MEMORY).map_err(|e| engine_error(folder, e))?;
    places.into_iter().for_each(|(_, place)| state.delete(place, Sink::Index(&writer)));
    state.commit(&mut writer)?;
    writer.wait_merging_threads().map_err(|e| engine_error(folder, e))?;
    Ok(forgotten)
}
