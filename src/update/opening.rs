//! Opens the store of a place: a folder's or a cluster's.

use super::cluster::{self, ClusterStore};
use super::commit::{self, Defined, Existing, FolderStore};
use super::ledger::Ledger;
use super::manifest::Manifest;
use super::part::Part;
use super::store::{Store, WriterLimits};
use crate::engine::{self, IndexPlace};
use crate::error::Result;

/// Prepares the index at `place` for writing and opens it; see [`commit::prepare`].
///
/// # Errors
/// A place that is no index, an index of another format or definition, one that is being written,
/// or that cannot be reached.
pub fn open(
    place: &IndexPlace,
    defined: Defined<'_>,
    existing: Existing,
    limits: WriterLimits,
    part: Part,
) -> Result<Box<dyn Store>> {
    match place {
        IndexPlace::Folder(folder) => {
            commit::prepare(folder, defined, existing)?;
            Ok(Box::new(FolderStore::open(folder, limits.threads, limits.memory)?))
        }
        IndexPlace::Cluster(address) => {
            Ok(Box::new(ClusterStore::open(address, defined.all, existing, part)?))
        }
    }
}

/// The manifest of the index at `place`; `None` where there is none.
///
/// # Errors
/// A place that is no index, or that cannot be reached.
pub fn manifest(place: &IndexPlace) -> Result<Option<Manifest>> {
    match place {
        IndexPlace::Folder(folder) => Manifest::read(folder),
        IndexPlace::Cluster(address) => cluster::manifest(engine::shared(address).as_ref()),
    }
}

/// The ledger of the index at `place`, whatever its format; empty where there is none.
///
/// # Errors
/// A ledger that cannot be read.
pub fn last_ledger(place: &IndexPlace) -> Result<Ledger> {
    match place {
        IndexPlace::Folder(folder) => match Ledger::newest(folder) {
            Some(name) => Ok(Ledger::salvage(folder, &name)?.0),
            None => Ok(Ledger::default()),
        },
        IndexPlace::Cluster(address) => {
            let index = engine::shared(address);
            match cluster::manifest(index.as_ref())? {
                Some(_) => cluster::ledger(index.as_ref(), address),
                None => Ok(Ledger::default()),
            }
        }
    }
}
