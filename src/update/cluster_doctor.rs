//! Examines an index in a cluster: the nodes' own state, the ledger against the articles, and
//! every article. Its copies are repaired by the cluster itself.

use super::cluster;
use super::doctor::{Check, Examination, Section};
use super::ledger::{Ledger, ReadState};
use crate::definition::Definition;
use crate::engine::origin::FileKey;
use crate::engine::{self, ClusterAddress, SharedIndex};
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
        let before = index.state()?;
        let found = look(index.as_ref(), address)?;
        if found.is_healthy() || index.state()? == before {
            return Ok(found);
        }
    }
    Err(Error::Locked { path: address.to_string().into(), by: "another loader".to_owned() })
}

fn look(index: &dyn SharedIndex, address: &ClusterAddress) -> Result<Examination> {
    let (mut nodes, mut tables, mut articles) =
        (Check::new(Section::Engine), Check::new(Section::Tables), Check::new(Section::Articles));
    index.health()?.into_iter().for_each(|fault| nodes.fault(fault));
    let ledger = cluster::ledger(index, address)?;
    let files: HashMap<FileKey, &str> = ledger
        .files
        .values()
        .map(|record| (FileKey::new(&record.file), record.path.as_str()))
        .collect();
    let mut sums: HashMap<FileKey, [u64; 3]> = HashMap::new();
    let (mut count, mut passages) = (0, 0);
    let inspected = index.inspect(&mut |found, row| {
        count += 1;
        passages += u64::from(found.passages);
        let shown = found.path.as_deref().unwrap_or("a file that is not known");
        for fault in &found.faults {
            articles.fault(format!("an article of {shown} {fault}"));
        }
        let Some(row) = row else { return };
        let sum = sums.entry(row.file).or_default();
        let own = [1, u64::from(row.passages), u64::from(row.bytes)];
        sum.iter_mut().zip(own).for_each(|(sum, own)| *sum += own);
        if row.passages != found.passages {
            let (has, of) = (found.passages, row.passages);
            articles.fault(format!("an article of {shown} has {has} passages of {of}"));
        }
        match files.get(&row.file) {
            None => tables.fault(format!("an article of {shown} is in no table")),
            Some(path) if *path != shown => {
                articles.fault(format!("an article of {path} is shown under another path"));
            }
            Some(_) => {}
        }
    });
    match inspected {
        // The nodes' state says why.
        Err(Error::Partial { .. } | Error::Refused { status: 503, .. }) if nodes.wrong > 0 => {
            return Ok(Examination {
                checks: vec![nodes],
                articles: 0,
                passages: 0,
                unfinished: 0,
                remedy: Default::default(),
            });
        }
        inspected => inspected?,
    }
    let unfinished = compare(&ledger, &sums, &mut tables);
    let checks = vec![nodes, tables, articles];
    Ok(Examination { checks, articles: count, passages, unfinished, remedy: Default::default() })
}

/// Compares the ledger with the sums of each file's articles. Returns the number of files that are
/// not read to their end: those have what the next update completes.
fn compare(ledger: &Ledger, sums: &HashMap<FileKey, [u64; 3]>, tables: &mut Check) -> u64 {
    let mut unfinished = 0;
    for record in ledger.files.values() {
        if record.reading == ReadState::Partial {
            unfinished += 1;
            continue;
        }
        let sum = sums.get(&FileKey::new(&record.file)).copied().unwrap_or_default();
        if sum != [record.articles, record.passages, record.bytes] {
            tables.fault(format!("{} is counted wrongly", record.path));
        }
    }
    unfinished
}
