//! Examines an index in a cluster: the nodes' own state, the ledger against the articles, and
//! every article. Its copies are repaired by the cluster itself; what else is wrong by
//! cluster_repair.rs.

use super::cluster;
use super::doctor::{Check, Examination, Remedy, Section};
use super::ledger::{FileRecord, FileSums, Ledger, ReadState};
use crate::definition::Definition;
use crate::engine::origin::{FileKey, RecordRow};
use crate::engine::{self, ClusterAddress, Inspected, SharedIndex};
use crate::error::{Error, Result};
use std::collections::HashMap;

/// The number of attempts at an index that somebody writes meanwhile.
const ATTEMPTS: usize = 5;

/// Examines the index at `address`.
///
/// # Errors
/// [`Error::NoIndex`] or [`Error::Outdated`]: there is nothing to be examined. [`Error::Locked`]
/// where commits follow each other so fast that nothing stands still to be compared; a cluster
/// that does not answer.
pub fn examine(address: &ClusterAddress, definition: &Definition) -> Result<Examination> {
    let index = engine::shared(address);
    cluster::checked(index.as_ref(), address, definition)?;
    if !index.is_begun()? {
        return Err(Error::NoIndex(address.to_string().into()));
    }
    for _ in 0..ATTEMPTS {
        let state = index.state()?;
        let mut found = look(index.as_ref(), address)?;
        if found.is_healthy() || index.state()? == state {
            found.remedy.state = state;
            return Ok(found);
        }
    }
    Err(Error::Locked { path: address.to_string().into(), by: "another loader".to_owned() })
}

fn look(index: &dyn SharedIndex, address: &ClusterAddress) -> Result<Examination> {
    let mut nodes = Check::new(Section::Engine);
    index.health()?.into_iter().for_each(|fault| nodes.fault(fault));
    let ledger = cluster::ledger(index, address)?;
    let mut look = ClusterLook::new(&ledger);
    let mut inspected = index.inspect(&mut |found, row| look.article(&found, row));
    if nodes.wrong > 0
        && let Err(Error::Partial { .. } | Error::Refused { status: 503, .. }) = inspected
    {
        // The nodes' state says why.
        (look, inspected) = (ClusterLook::new(&ledger), Ok(()));
        look.whole = false;
    }
    inspected?;
    Ok(look.finish(&ledger, nodes))
}

/// A look at every article, one after the other.
struct ClusterLook<'l> {
    /// The line of each file.
    files: HashMap<FileKey, &'l FileRecord>,
    /// Articles, passages and bytes of each file.
    sums: FileSums,
    tables: Check,
    checked: Check,
    articles: u64,
    passages: u64,
    remedy: Remedy,
    /// False where the articles cannot be read, for want of nodes.
    whole: bool,
}

impl<'l> ClusterLook<'l> {
    fn new(ledger: &'l Ledger) -> ClusterLook<'l> {
        let files = ledger.files.values().map(|record| (FileKey::new(&record.file), record));
        ClusterLook {
            files: files.collect(),
            sums: FileSums::default(),
            tables: Check::new(Section::Tables),
            checked: Check::new(Section::Articles),
            articles: 0,
            passages: 0,
            remedy: Remedy::default(),
            whole: true,
        }
    }

    fn article(&mut self, found: &Inspected, row: Option<RecordRow>) {
        self.articles += 1;
        self.passages += u64::from(found.passages);
        let shown = found.path.as_deref().unwrap_or("a file that is not known");
        let told = self.checked.wrong;
        for fault in &found.faults {
            self.checked.fault(format!("an article of {shown} {fault}"));
        }
        let mut record = row.and_then(|row| self.files.get(&row.file).copied());
        if let Some(row) = row {
            self.sums.add(&row);
            if found.faults.is_empty() && row.passages != found.passages {
                let (has, of) = (found.passages, row.passages);
                self.checked.fault(format!("an article of {shown} has {has} passages of {of}"));
            }
            match record {
                None => self.tables.fault(format!("an article of {shown} is in no table")),
                Some(record) if found.path.is_some() && record.path != shown => {
                    let path = &record.path;
                    let fault = format!("an article of {path} is shown under another path");
                    self.checked.fault(fault);
                }
                Some(_) => {}
            }
        } else if let Some(path) = &found.path {
            record = self.files.values().copied().find(|record| record.path == *path);
        }
        let Some(number) = found.number else { return };
        match record {
            None => {
                let strays = self.remedy.strays.entry(shown.to_owned()).or_default();
                strays.push((number, row.map(|row| row.file)));
            }
            Some(record) if self.checked.wrong > told => {
                self.remedy.articles.insert(number);
                *self.remedy.wrong.entry(record.file.clone()).or_default() += 1;
            }
            Some(_) => {}
        }
        if found.misfiled {
            self.checked.fault(format!("an article of {shown} is filed as a copy of another text"));
            self.remedy.groups = true;
        }
    }

    fn finish(mut self, ledger: &Ledger, nodes: Check) -> Examination {
        let mut unfinished = 0;
        if self.whole {
            unfinished = self.compare(ledger);
        }
        let checks = if self.whole { vec![nodes, self.tables, self.checked] } else { vec![nodes] };
        let (articles, passages, remedy) = (self.articles, self.passages, self.remedy);
        Examination { checks, articles, passages, unfinished, remedy }
    }

    /// Compares the ledger with the sums of each file's articles. Returns the number of files that
    /// are not read to their end: those have what the next update completes.
    fn compare(&mut self, ledger: &Ledger) -> u64 {
        let mut unfinished = 0;
        for record in ledger.files.values() {
            if record.reading == ReadState::Partial {
                unfinished += 1;
                continue;
            }
            let sum = self.sums.get(FileKey::new(&record.file)).unwrap_or_default();
            if sum != [record.articles, record.passages, record.bytes] {
                self.tables.fault(format!("{} is counted wrongly", record.path));
                let missing = record.articles.saturating_sub(sum[0]);
                *self.remedy.wrong.entry(record.file.clone()).or_default() += missing;
            }
        }
        unfinished
    }
}
