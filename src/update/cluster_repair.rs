//! Repairs an index in a cluster from its sources, in place: what is damaged goes, and its files
//! are read again.
//!
//! Before anything is deleted, the ledger says that those files are not read to their end: a repair
//! that is killed leaves what the next update completes. An article that no table knows gets its
//! file's line back, so that the next update of its archive compares it with its source. Articles
//! whose sources are gone are lost only where the caller accepts that. Copies of parts are the
//! cluster's own matter.

use super::cluster::ClusterStore;
use super::commit::Existing;
use super::doctor::{Examination, Remedy};
use super::files::absolute;
use super::ledger::{FileRecord, FileSums, Ledger, ReadState};
use super::part::Part;
use super::repair::{Loss, Mended, NAMED};
use super::store::Store;
use crate::archive::{path_of, path_text};
use crate::definition::Definition;
use crate::engine::origin::FileKey;
use crate::engine::{self, ClusterAddress};
use crate::error::{Error, Result};
use crate::text::word::Segmenter;
use std::fs::File;
use std::path::Path;

/// Repairs what `found` is wrong with the index at `address`. `read_again` brings the index up to
/// date with the files that it is given.
///
/// # Errors
/// [`Error::Loss`] where articles would be lost and `loss` refuses that: the index is then as it
/// was. [`Error::Locked`] where somebody has written it since it was examined; a cluster that does
/// not answer, and those of `read_again`: the next update completes what was begun.
pub fn repair(
    address: &ClusterAddress,
    definition: &Definition,
    found: &Examination,
    loss: Loss,
    read_again: &mut dyn FnMut(&[FileRecord]) -> Result<()>,
) -> Result<Mended> {
    let remedy = &found.remedy;
    if remedy.articles.is_empty()
        && remedy.wrong.is_empty()
        && remedy.strays.is_empty()
        && !remedy.groups
    {
        return Ok(Mended::default());
    }
    let mut store =
        Box::new(ClusterStore::open(address, definition, Existing::Continued, Part::default())?);
    let plan = RepairPlan::new(&store.ledger()?, remedy);
    if loss == Loss::Refused && plan.articles_lost > 0 {
        let files = plan.lost.iter().map(|record| record.path.clone());
        let files = files.take(NAMED).collect();
        return Err(Error::Loss { files, articles: plan.articles_lost });
    }
    if engine::shared(address).state()? != remedy.state {
        let by = "another loader".to_owned();
        return Err(Error::Locked { path: address.to_string().into(), by });
    }
    let unread = |record: &FileRecord| FileRecord { reading: ReadState::Partial, ..record.clone() };
    let lines: Vec<FileRecord> = plan.again.iter().chain(&plan.adopted).map(unread).collect();
    let articles = remedy.articles.iter().chain(&plan.strays).copied();
    store.mend(&lines, articles, &[])?;
    if !plan.gone.is_empty() {
        let (lines, ended) = remaining(&store, &plan.gone)?;
        store.mend(&lines, [], &ended)?;
    }
    if !plan.again.is_empty() {
        read_again(&plan.again)?;
    }
    store.close(&Segmenter::new(definition)?)?;
    Ok(Mended { again: plan.again, lost: plan.lost })
}

/// The lines of files that are gone, counted anew, and those files that nothing is left of.
fn remaining(store: &ClusterStore, files: &[FileRecord]) -> Result<(Vec<FileRecord>, Vec<String>)> {
    let keys: Vec<FileKey> = files.iter().map(|record| FileKey::new(&record.file)).collect();
    let mut sums = FileSums::default();
    store.rows(&keys, &mut |_, row| sums.add(&row))?;
    let (mut lines, mut ended) = (Vec::new(), Vec::new());
    for (record, key) in files.iter().zip(keys) {
        match sums.get(key) {
            Some([articles, passages, bytes]) => {
                lines.push(FileRecord { articles, passages, bytes, ..record.clone() });
            }
            None => ended.push(record.file.clone()),
        }
    }
    Ok((lines, ended))
}

/// The way in which a repair treats each file.
#[derive(Default)]
struct RepairPlan {
    /// Files that are read again.
    again: Vec<FileRecord>,
    /// Files that are gone, whose lines are counted anew.
    gone: Vec<FileRecord>,
    /// Those of them, and those that nobody knows, of which articles are lost.
    lost: Vec<FileRecord>,
    /// The number of those articles.
    articles_lost: u64,
    /// Files that get a line.
    adopted: Vec<FileRecord>,
    /// Articles of files that nobody knows.
    strays: Vec<u64>,
}

impl RepairPlan {
    fn new(ledger: &Ledger, remedy: &Remedy) -> RepairPlan {
        let mut plan = RepairPlan::default();
        for (file, &wrong) in &remedy.wrong {
            let Some(record) = ledger.files.get(file) else { continue };
            if is_readable(&path_of(file)) {
                plan.again.push(record.clone());
                continue;
            }
            plan.gone.push(record.clone());
            if wrong > 0 {
                plan.lost.push(record.clone());
                plan.articles_lost += wrong;
            }
        }
        for (path, articles) in &remedy.strays {
            let file = path_text(&absolute(&path_of(path)));
            let key = FileKey::new(&file);
            let record = FileRecord {
                root: file.clone(),
                file,
                path: path.clone(),
                articles: articles.len() as u64,
                ..FileRecord::default()
            };
            let unknown = articles.iter().filter(|own| own.1 != Some(key)).map(|own| own.0);
            let unknown: Vec<u64> = unknown.collect();
            if unknown.len() < articles.len() {
                plan.adopted.push(record.clone());
            }
            if !unknown.is_empty() {
                plan.articles_lost += unknown.len() as u64;
                plan.strays.extend(unknown);
                plan.lost.push(record);
            }
        }
        plan
    }
}

fn is_readable(path: &Path) -> bool {
    path.is_file() && File::open(path).is_ok()
}
