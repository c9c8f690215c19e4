//! A snapshot: one commit of an index, opened for reading.

use super::cluster;
use super::files::guarded;
use super::imprints::{Imprints, open_groups};
use super::ledger::Ledger;
use super::manifest::{DICTIONARY, Manifest};
use super::tables::Tables;
use super::verified;
use crate::definition::Definition;
use crate::engine::embedded::map_file;
use crate::engine::{self, ClusterAddress, Engine, IndexPlace};
use crate::error::{Error, Result};
use crate::reprint::Groups;
use crate::text::word::{Bytes, Segmenter};
use std::path::Path;

/// One commit of an index: its engine, its groups of reprints and its manifest.
pub struct Snapshot {
    place: IndexPlace,
    manifest: Manifest,
    /// The name of the ledger of an index folder's commit.
    ledger_name: Option<String>,
    commit: String,
    engine: Box<dyn Engine>,
    groups: Option<Groups>,
    /// The segmenter of an index in a cluster.
    segmenter: Option<Segmenter>,
}

/// The number of attempts at an index that somebody writes meanwhile.
const ATTEMPTS: usize = 20;

impl Snapshot {
    /// Opens the last commit of the index at `place`, which must have been built under
    /// `definition`.
    ///
    /// # Errors
    /// [`Error::NoIndex`], [`Error::ForeignFolder`], [`Error::Outdated`] or [`Error::Damaged`], as
    /// the case is; a cluster that cannot be reached.
    pub fn open(place: impl Into<IndexPlace>, definition: &Definition) -> Result<Snapshot> {
        match place.into() {
            IndexPlace::Folder(folder) => Snapshot::of_folder(&folder, definition),
            IndexPlace::Cluster(address) => Snapshot::of_cluster(address, definition),
        }
    }

    fn of_cluster(address: ClusterAddress, definition: &Definition) -> Result<Snapshot> {
        let index = engine::shared(&address);
        let manifest = cluster::checked(index.as_ref(), &address, definition)?;
        if !index.is_begun()? {
            return Err(Error::NoIndex(address.to_string().into()));
        }
        let segmenter = Segmenter::new(definition)?;
        let mut attempt = 0;
        loop {
            let state = index.state()?;
            let groups = index.groups()?.and_then(|bytes| Groups::new(Bytes::new(bytes)));
            let engine = index.open(&segmenter)?;
            attempt += 1;
            // Somebody may have committed in between; one who never ends is not waited for.
            if attempt < ATTEMPTS && index.state()? != state {
                continue;
            }
            let (commit, segmenter) = (name_of(Some(state)), Some(segmenter));
            let (place, ledger_name) = (IndexPlace::Cluster(address), None);
            return Ok(Snapshot {
                place,
                manifest,
                ledger_name,
                commit,
                engine,
                groups,
                segmenter,
            });
        }
    }

    fn of_folder(folder: &Path, definition: &Definition) -> Result<Snapshot> {
        let manifest = Manifest::read(folder)?.ok_or_else(|| Error::NoIndex(folder.to_owned()))?;
        manifest.check(&Manifest::new(&definition.fingerprint()), folder)?;
        if !is_begun(folder) {
            return Err(Error::NoIndex(folder.to_owned()));
        }
        let storage = engine::storage(folder);
        loop {
            let state = storage.state();
            let ledger_name = storage.payload()?;
            let groups = ledger_name
                .as_ref()
                .map(|name| open_groups(folder, &Imprints::name(name)))
                .transpose();
            let engine = guarded(folder, || {
                verified::check(folder, ledger_name.as_deref())?;
                let engine = storage.open()?;
                if ledger_name.is_none() && engine.statistics().passages > 0 {
                    let reason = "its last commit names no ledger".to_owned();
                    return Err(Error::Damaged { path: folder.to_owned(), reason });
                }
                Ok(engine)
            });
            // Somebody may have committed in between, and all must be of one commit.
            if storage.payload()? == ledger_name {
                let place = IndexPlace::from(folder);
                let (engine, groups) = match (engine, groups) {
                    (Ok(engine), Ok(groups)) => (engine, groups),
                    // Merged meanwhile, and what was merged is gone.
                    _ if storage.state() != state => continue,
                    (Err(error), _) | (_, Err(error)) => return Err(error),
                };
                let (commit, segmenter) = (name_of(state), None);
                return Ok(Snapshot {
                    place,
                    manifest,
                    ledger_name,
                    commit,
                    engine,
                    groups,
                    segmenter,
                });
            }
        }
    }

    /// Opens the last commit together with its tables; of one in a cluster, without imprints.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`], and [`Error::Damaged`] or [`Error::Io`] where a table cannot be
    /// read.
    pub fn open_with_tables(
        place: impl Into<IndexPlace>,
        definition: &Definition,
    ) -> Result<(Snapshot, Tables)> {
        let folder = match place.into() {
            IndexPlace::Folder(folder) => folder,
            IndexPlace::Cluster(address) => {
                let tables = cluster::tables(&address)?;
                return Ok((Snapshot::of_cluster(address, definition)?, tables));
            }
        };
        loop {
            let snapshot = Snapshot::of_folder(&folder, definition)?;
            let name = snapshot.ledger_name.as_ref();
            let tables = name.map_or(Ok(Tables::default()), |name| Tables::read(&folder, name));
            match tables {
                // A commit came in between, and took away what belongs to the one before.
                Err(_) if engine::storage(&folder).payload()? != snapshot.ledger_name => {}
                tables => return Ok((snapshot, tables?)),
            }
        }
    }

    /// Has phrases looked for in text that is read piece by piece, for a few questions. It takes
    /// longer than text that is mapped, which would all count as memory of the process.
    pub fn sparing(mut self) -> Snapshot {
        self.engine.read_in_pieces();
        self
    }

    /// A name of the commit: 16 hexadecimal digits of a hash of its segments. Another commit has
    /// another, also after a rebuild.
    pub fn commit(&self) -> &str {
        &self.commit
    }

    /// True if nobody has committed or merged since. A cluster that does not answer has no later
    /// commit to be opened.
    pub fn is_last(&self) -> bool {
        match &self.place {
            IndexPlace::Folder(folder) => name_of(engine::storage(folder).state()) == self.commit,
            IndexPlace::Cluster(address) => {
                let state = engine::shared(address).state();
                state.map_or(true, |state| name_of(Some(state)) == self.commit)
            }
        }
    }

    /// The place of the index.
    pub fn place(&self) -> &IndexPlace {
        &self.place
    }

    /// The manifest that it was built with.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The engine.
    pub fn engine(&self) -> &dyn Engine {
        self.engine.as_ref()
    }

    /// The groups of reprints; `None` before the first commit.
    pub fn groups(&self) -> Option<&Groups> {
        self.groups.as_ref()
    }

    /// The ledger. It is read when it is asked for, since a search can do without.
    ///
    /// # Errors
    /// [`Error::Damaged`] or [`Error::Io`] where it cannot be read.
    pub fn ledger(&self) -> Result<Ledger> {
        let folder = match &self.place {
            IndexPlace::Folder(folder) => folder,
            IndexPlace::Cluster(address) => {
                return cluster::ledger(engine::shared(address).as_ref(), address);
            }
        };
        let Some(name) = &self.ledger_name else { return Ok(Ledger::default()) };
        match Ledger::read(folder, name) {
            // A commit came in between.
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Tables::committed(folder).map(|tables| tables.ledger)
            }
            ledger => ledger,
        }
    }

    /// The segmenter for queries. An index folder has its dictionary, which is mapped and not
    /// loaded; for one in a cluster it is compiled.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the dictionary is missing or is none.
    pub fn segmenter(&self) -> Result<Segmenter> {
        let folder = match (&self.place, &self.segmenter) {
            (_, Some(segmenter)) => return Ok(segmenter.clone()),
            (IndexPlace::Folder(folder), None) => folder.clone(),
            (IndexPlace::Cluster(address), None) => address.to_string().into(),
        };
        let damaged = |reason: String| Error::Damaged {
            path: folder.clone(),
            reason: format!("{DICTIONARY} {reason}"),
        };
        let path = folder.join(DICTIONARY);
        let bytes = map_file(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => damaged("is missing".to_owned()),
            _ => Error::io("read", path)(e),
        })?;
        Segmenter::open(bytes).ok_or_else(|| damaged("is no dictionary".to_owned()))
    }
}

/// The name of the commit with this state.
fn name_of(state: Option<Vec<u8>>) -> String {
    let hash = blake3::hash(&state.unwrap_or_default()).to_hex();
    hash[..16].to_owned()
}

/// True if there has been an engine in the folder; a first run that is killed at once leaves none.
pub fn is_begun(folder: &Path) -> bool {
    engine::storage(folder).exists() || Ledger::newest(folder).is_some()
}
