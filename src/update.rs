//! Brings an index up to date with its sources, record by record, and looks after it.
//!
//! An update compares the files with the ledger (changes.rs), reads those that changed and writes
//! the articles that changed (pipeline.rs), counts what it did in the tables (progress.rs) and
//! makes it last (commit.rs). It works in rounds, each ended by a commit, so that an interrupted
//! run keeps every finished round. What is gone is deleted with the last round, so that an article
//! that moved can be found all along.
//!
//! The tables of a commit are ledger.rs (files), records.rs (articles) and imprints.rs (reprints);
//! tables.rs holds the three. snapshot.rs opens a commit for reading. forget.rs takes archives out,
//! export.rs gives everything back, doctor.rs examines, repair.rs repairs beside the
//! index, rebuild.rs tells the command that builds an index anew, lock.rs who is writing it.

mod changes;
mod cluster;
mod cluster_doctor;
mod cluster_repair;
mod commit;
pub mod doctor;
mod export;
#[cfg(test)]
mod fault_tests;
mod files;
mod forget;
mod imprints;
mod ledger;
mod lock;
mod manifest;
mod memory_budget;
mod opening;
mod options;
mod part;
mod pipeline;
mod progress;
mod rebuild;
mod records;
pub mod repair;
mod snapshot;
mod store;
mod tables;
mod verified;

pub use crate::engine::{
    Stop,
    origin::{Dating, FileKey, RecordRow},
};
pub use cluster_doctor::examine as examine_cluster;
pub use cluster_repair::repair as repair_cluster;
pub use export::{each_admitted, each_article};
pub use forget::{Forgotten, forget};
pub use imprints::{Imprints, open_groups};
pub use ledger::{FileRecord, Ledger, ReadState, Settings};
pub use lock::LockHolder;
pub use manifest::{MANIFEST, Manifest};
pub use options::{Mode, Observer, Pace, Rules, RunClock, Update, UpdateReport, Vanished};
pub use part::Part;
pub use rebuild::{Sources, sources};
pub use records::Records;
pub use snapshot::Snapshot;
pub use tables::Tables;

use crate::archive;
use crate::engine::IndexPlace;
use crate::error::{Error, Result};
use commit::{Defined, Existing};
use pipeline::RecordSource;
use progress::{UpdateState, announce};
use store::WriterLimits;

/// Brings the index up to date with `roots`.
///
/// # Errors
/// A root that does not exist, a folder that is not an index, an index of another format or
/// definition, an index that is being written, a full disk, or [`Error::Interrupted`]; what had
/// been committed stays.
pub fn update(update: &Update<'_>, observer: &dyn Observer, stop: &Stop) -> Result<UpdateReport> {
    let walk = changes::walk_sources(update)?;
    changes::refuse_empty(&walk, update, || opening::last_ledger(update.place))?;
    let mut report = begun(&walk, observer);
    let existing =
        if update.mode == Mode::Rebuild { Existing::Replaced } else { Existing::Continued };
    let defined =
        Defined { all: &update.analyzer.definition, segmenter: Some(&update.analyzer.segmenter) };
    let limits = WriterLimits { threads: update.threads, memory: update.memory_budget };
    let mut store = opening::open(update.place, defined, existing, limits, update.rules.part)?;
    let ledger = store.ledger()?;
    let changes = changes::changes(walk, &ledger, update);
    let segmenter = &update.analyzer.segmenter;
    if changes.jobs.is_empty() && changes.vanished.is_empty() && store.is_begun() {
        announce(&changes, &mut report, observer);
        report.total_articles = ledger.totals().0 + ledger.totals_of_others().0;
        store.close(segmenter)?;
        return Ok(report);
    }
    let tables = store.tables(ledger, &changes.files())?;
    let mut progress = UpdateState::new(update, changes, tables, report, observer);
    let jobs = std::mem::take(&mut progress.changes.jobs);
    store.begin(&jobs)?;
    let mut source = RecordSource::new(&jobs, update.options);
    let mut doubt = None;
    loop {
        let round = pipeline::round(
            &mut source,
            &progress.work(&jobs, Some(store.as_ref()), observer, stop),
        )?;
        progress.apply(round, &jobs, Some(store.as_ref()));
        let last = source.is_at_end() && !stop.requested();
        if last {
            doubt = progress.doubt();
            if doubt.is_none() {
                progress.forget_vanished(Some(store.as_ref()));
            }
        }
        store.commit(&progress.tables)?;
        observer.committed(progress.tables.records.len() as u64);
        if stop.requested() {
            return Err(Error::Interrupted);
        }
        if last {
            break;
        }
    }
    let articles = store.articles(&progress.tables)?;
    store.close(segmenter)?;
    doubt.map_or(Ok(()), Err)?;
    Ok(progress.finish(articles))
}

/// Finds out what [`update`] would do, and changes nothing. Files that may have changed are read,
/// nothing is analysed; how many passages there would be is not known.
///
/// # Errors
/// As those of [`update`]; an index that is being written is no hindrance.
pub fn preview(update: &Update<'_>, observer: &dyn Observer, stop: &Stop) -> Result<UpdateReport> {
    let walk = changes::walk_sources(update)?;
    let report = begun(&walk, observer);
    let tables = known(update)?;
    let changes = changes::changes(walk, &tables.ledger, update);
    let tables = match update.place {
        IndexPlace::Folder(_) => tables,
        IndexPlace::Cluster(address) => cluster::known(address, tables.ledger, &changes.files())?,
    };
    let others = tables.ledger.totals_of_others().0;
    let mut progress = UpdateState::new(update, changes, tables, report, observer);
    let jobs = std::mem::take(&mut progress.changes.jobs);
    let mut source = RecordSource::new(&jobs, update.options);
    while !source.is_at_end() {
        let round = pipeline::round(&mut source, &progress.work(&jobs, None, observer, stop))?;
        if stop.requested() {
            return Err(Error::Interrupted);
        }
        progress.apply(round, &jobs, None);
    }
    progress.forget_vanished(None);
    let articles = match update.place {
        IndexPlace::Folder(_) => progress.tables.records.len() as u64,
        IndexPlace::Cluster(_) => progress.tables.ledger.totals().0 + others,
    };
    Ok(progress.finish(articles))
}

/// The tables that the index has; those of none where it has to be built anew. Of an index in a
/// cluster, the ledger alone.
fn known(update: &Update<'_>) -> Result<Tables> {
    let definition = &update.analyzer.definition;
    let tables = match update.place {
        IndexPlace::Folder(folder) => match Manifest::read(folder)? {
            Some(manifest) => manifest
                .check(&Manifest::new(&definition.fingerprint()), folder)
                .and_then(|()| Tables::committed(folder)),
            None => return Ok(Tables::default()),
        },
        IndexPlace::Cluster(address) => {
            let index = crate::engine::shared(address);
            match cluster::checked(index.as_ref(), address, definition) {
                Err(Error::NoIndex(_)) => return Ok(Tables::default()),
                checked => checked.and_then(|_| {
                    let ledger = cluster::ledger_for(index.as_ref(), address, update.rules.part)?;
                    Ok(Tables { ledger, ..Tables::default() })
                }),
            }
        }
    };
    match tables {
        Err(_) if update.mode == Mode::Rebuild => Ok(Tables::default()),
        tables => tables,
    }
}

fn begun(walk: &archive::Walk, observer: &dyn Observer) -> UpdateReport {
    let mut report = UpdateReport { files: walk.files.len() as u64, ..UpdateReport::default() };
    for skip in &walk.skipped {
        observer.skipped(skip);
        *report.skipped.entry(skip.reason.text()).or_default() += 1;
    }
    report
}
