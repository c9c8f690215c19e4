//! The files of an index that are known to be as they were written: `verified.json`.
//!
//! A commit notes the size and the time of every file that it wrote. Whoever opens the index looks
//! at those only; a file that differs, or that is not noted, is read against its checksum once, and
//! noted if it is whole. So damage is found before an answer is made of it, and opening an index
//! that nobody touched costs the look at its files.

use super::files::{checksum, damaged};
use super::imprints::Imprints;
use super::manifest::DICTIONARY;
use crate::engine::{self, Storage};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::UNIX_EPOCH;

/// The file's name.
pub const VERIFIED: &str = "verified.json";
/// The folder of the engine's files.
const ENGINE: &str = "engine/";

/// The size of a file, and when it was last written, in nanoseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp(u64, u64);

impl Stamp {
    fn of(path: &Path) -> std::io::Result<Stamp> {
        let data = std::fs::metadata(path)?;
        let since = data.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Stamp(data.len(), since.as_nanos() as u64))
    }
}

/// The notes on the files of an index.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Verified {
    /// The checksum of the dictionary.
    dictionary: u64,
    files: BTreeMap<String, Stamp>,
}

impl Verified {
    /// Reads the notes; none where the file is missing or is damaged.
    fn read(folder: &Path) -> Verified {
        let bytes = std::fs::read(folder.join(VERIFIED)).ok();
        bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn write(&self, folder: &Path) -> Result<()> {
        let bytes = serde_json::to_vec(self).map_err(|e| Error::Engine(Box::new(e)))?;
        // Readers note what they verified while a writer notes what it wrote.
        static WRITTEN: AtomicU32 = AtomicU32::new(0);
        let (process, time) = (std::process::id(), WRITTEN.fetch_add(1, Ordering::Relaxed));
        let partial = folder.join(format!("{VERIFIED}.{process}.{time}.partial"));
        let path = folder.join(VERIFIED);
        let write = || {
            std::fs::write(&partial, &bytes)?;
            std::fs::rename(&partial, &path)
        };
        write().map_err(|e| {
            // What cannot be removed is left: it does no harm.
            let _ = std::fs::remove_file(&partial);
            Error::io("write", &path)(e)
        })
    }
}

/// The files that a search of the last commit reads, by their paths in the folder.
fn files(storage: &dyn Storage, ledger: Option<&str>) -> Result<Vec<String>> {
    let engine = storage.files()?.into_iter().map(|name| format!("{ENGINE}{name}"));
    let tables = ledger.map(Imprints::name);
    Ok(engine.chain(tables).chain([DICTIONARY.to_owned()]).collect())
}

/// Notes the files that a commit has written: those that were not noted before. A file that has
/// changed since stays as it was noted, so that it is looked at.
///
/// # Errors
/// A full disk and the like.
pub fn note(folder: &Path, ledger: Option<&str>) -> Result<()> {
    let mut verified = Verified::read(folder);
    let mut noted = BTreeMap::new();
    for name in files(engine::storage(folder).as_ref(), ledger)? {
        let before = verified.files.get(&name).copied();
        match before.map_or_else(|| Stamp::of(&folder.join(&name)), Ok) {
            Ok(stamp) => drop(noted.insert(name, stamp)),
            // Merged meanwhile.
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io("read", folder.join(name))(e)),
        }
    }
    verified.files = noted;
    verified.write(folder)
}

/// Notes the dictionary that has just been written.
///
/// # Errors
/// A full disk and the like.
pub fn note_dictionary(folder: &Path) -> Result<()> {
    let (path, mut verified) = (folder.join(DICTIONARY), Verified::read(folder));
    let bytes = std::fs::read(&path).map_err(Error::io("read", &path))?;
    verified.dictionary = checksum(&[&bytes]);
    let stamp = Stamp::of(&path).map_err(Error::io("read", &path))?;
    verified.files.insert(DICTIONARY.to_owned(), stamp);
    verified.write(folder)
}

/// Looks at the files of the last commit, and reads those that are not as they were noted.
///
/// # Errors
/// [`Error::Damaged`] where a file is not as it was written.
pub fn check(folder: &Path, ledger: Option<&str>) -> Result<()> {
    let storage = engine::storage(folder);
    let mut verified = Verified::read(folder);
    let mut learnt = false;
    for name in files(storage.as_ref(), ledger)? {
        let stamp = match Stamp::of(&folder.join(&name)) {
            Ok(stamp) => stamp,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(damaged(folder, &name, "is missing"));
            }
            Err(e) => return Err(Error::io("read", folder.join(name))(e)),
        };
        if verified.files.get(&name) == Some(&stamp) {
            continue;
        }
        if let Some(reason) = fault(folder, storage.as_ref(), &name, &verified)? {
            return Err(damaged(folder, &name, &reason));
        }
        verified.files.insert(name, stamp);
        learnt = true;
    }
    if learnt {
        // An index that cannot be written is looked at again next time.
        let _ = verified.write(folder);
    }
    Ok(())
}

/// The fault of a file; `None` where it is as it was written.
fn fault(
    folder: &Path,
    storage: &dyn Storage,
    name: &str,
    verified: &Verified,
) -> Result<Option<String>> {
    if let Some(file) = name.strip_prefix(ENGINE) {
        return storage.fault(file);
    }
    let whole = if name == DICTIONARY {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(Error::io("read", path))?;
        // An index of an earlier version has no checksum of it.
        verified.dictionary == 0 || verified.dictionary == checksum(&[&bytes])
    } else {
        match Imprints::read(folder, name) {
            Err(Error::Damaged { .. }) => false,
            read => read.map(|_| true)?,
        }
    };
    Ok((!whole).then(|| "is not as it was written".to_owned()))
}
