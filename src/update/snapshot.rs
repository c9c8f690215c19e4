//! A snapshot: one commit of an index, opened for reading.

use super::files::guarded;
use super::imprints::{Imprints, open_groups};
use super::ledger::Ledger;
use super::manifest::{DICTIONARY, Manifest};
use super::tables::Tables;
use super::verified;
use crate::definition::Definition;
use crate::engine::embedded::map_file;
use crate::engine::{self, Engine};
use crate::error::{Error, Result};
use crate::reprint::Groups;
use crate::text::word::Segmenter;
use std::path::{Path, PathBuf};

/// One commit of an index: its engine, its groups of reprints and its manifest.
pub struct Snapshot {
    folder: PathBuf,
    manifest: Manifest,
    ledger_name: Option<String>,
    commit: String,
    engine: Box<dyn Engine>,
    groups: Option<Groups>,
}

impl Snapshot {
    /// Opens the last commit of the index at `folder`, which must have been built under
    /// `definition`.
    ///
    /// # Errors
    /// [`Error::NoIndex`], [`Error::ForeignFolder`], [`Error::Outdated`] or [`Error::Damaged`], as
    /// the case is.
    pub fn open(folder: &Path, definition: &Definition) -> Result<Snapshot> {
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
                let folder = folder.to_owned();
                let (engine, groups) = match (engine, groups) {
                    (Ok(engine), Ok(groups)) => (engine, groups),
                    // Merged meanwhile, and what was merged is gone.
                    _ if storage.state() != state => continue,
                    (Err(error), _) | (_, Err(error)) => return Err(error),
                };
                let commit = name_of(state);
                return Ok(Snapshot { folder, manifest, ledger_name, commit, engine, groups });
            }
        }
    }

    /// Opens the last commit together with its tables.
    ///
    /// # Errors
    /// Those of [`Snapshot::open`], and [`Error::Damaged`] or [`Error::Io`] where a table cannot be
    /// read.
    pub fn open_with_tables(folder: &Path, definition: &Definition) -> Result<(Snapshot, Tables)> {
        loop {
            let snapshot = Snapshot::open(folder, definition)?;
            let name = snapshot.ledger_name.as_ref();
            let tables = name.map_or(Ok(Tables::default()), |name| Tables::read(folder, name));
            match tables {
                // A commit came in between, and took away what belongs to the one before.
                Err(_) if engine::storage(folder).payload()? != snapshot.ledger_name => {}
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

    /// True if nobody has committed or merged since.
    pub fn is_last(&self) -> bool {
        name_of(engine::storage(&self.folder).state()) == self.commit
    }

    /// The folder of the index.
    pub fn folder(&self) -> &Path {
        &self.folder
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
        let Some(name) = &self.ledger_name else { return Ok(Ledger::default()) };
        match Ledger::read(&self.folder, name) {
            // A commit came in between.
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Tables::committed(&self.folder).map(|tables| tables.ledger)
            }
            ledger => ledger,
        }
    }

    /// The segmenter for queries. It maps the index's dictionary and loads nothing.
    ///
    /// # Errors
    /// [`Error::Damaged`] where the dictionary is missing or is none.
    pub fn segmenter(&self) -> Result<Segmenter> {
        let damaged = |reason: String| Error::Damaged {
            path: self.folder.clone(),
            reason: format!("{DICTIONARY} {reason}"),
        };
        let path = self.folder.join(DICTIONARY);
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
