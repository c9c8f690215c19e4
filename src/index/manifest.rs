//! What an index says of itself: the manifest (format, definition), and which files it consists of.
//!
//! Layout of an index folder: `jianbao.json` is the manifest, `engine/` the engine's own files, `dictionary.fst` the segmenter's
//! dictionary. Beside them stand the files of the last commit, number N: `ledger-N.jsonl.zst`, `records-N.bin`, `reprints-N.bin`.

use super::lock;
use super::schema::FORMAT;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The file that makes a folder an index.
pub const MANIFEST: &str = "jianbao.json";
/// The engine's folder.
pub const ENGINE: &str = "engine";

/// The segmenter's dictionary, as a query opens it.
pub const DICTIONARY: &str = "dictionary.fst";

/// What the names of a commit's files begin with.
const SIDE_FILES: [&str; 3] = ["ledger-", "records-", "reprints-"];

/// What an index was built with. Another format or definition gives other tokens, and the two do not mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// See [`FORMAT`].
    pub format: u32,
    /// See [`crate::definition::Definition::fingerprint`].
    pub definition: String,
    /// Version of the program that built it, for the reader only.
    pub program: String,
}

impl Manifest {
    /// The manifest that this program writes under a definition with this fingerprint.
    pub fn new(fingerprint: &str) -> Manifest {
        Manifest { format: FORMAT, definition: fingerprint.to_owned(), program: env!("CARGO_PKG_VERSION").to_owned() }
    }

    /// The manifest of the index at `folder`; `None` where the folder is empty or missing.
    ///
    /// # Errors
    /// [`Error::ForeignFolder`] where something else is in the folder, [`Error::Damaged`] where the manifest cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Manifest>> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let foreign = |entry: std::io::Result<fs::DirEntry>| {
                    entry.is_ok_and(|entry| !entry.file_name().to_str().is_some_and(is_ours))
                };
                return match fs::read_dir(folder).map(|mut entries| entries.any(foreign)) {
                    Ok(true) => Err(Error::ForeignFolder(folder.to_owned())),
                    Ok(false) => Ok(None),
                    Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(None),
                    Err(e) => Err(Error::io("read", folder)(e)),
                };
            }
            Err(e) if e.kind() == std::io::ErrorKind::NotADirectory => {
                return Err(Error::ForeignFolder(folder.to_owned()));
            }
            Err(e) => return Err(Error::io("read", path)(e)),
        };
        let manifest = serde_json::from_slice(&bytes).map_err(|e| Error::Damaged {
            path: folder.to_owned(),
            reason: format!("{MANIFEST} cannot be read ({e})"),
        })?;
        Ok(Some(manifest))
    }

    /// Whether an index with this manifest can be used by a program whose manifest is `needed`.
    ///
    /// # Errors
    /// [`Error::Outdated`] with what differs.
    pub fn check(&self, needed: &Manifest, folder: &Path) -> Result<()> {
        let differ = |found: String, need: String| Error::Outdated { path: folder.to_owned(), found, need };
        if self.format != needed.format {
            return Err(differ(format!("format {}", self.format), needed.format.to_string()));
        }
        if self.definition != needed.definition {
            return Err(differ(format!("definition {}", self.definition), needed.definition.clone()));
        }
        Ok(())
    }

    /// Writes the manifest into `folder`.
    pub fn write(&self, folder: &Path) -> Result<()> {
        let path = folder.join(MANIFEST);
        let mut text = serde_json::to_string_pretty(self).unwrap_or_default();
        text.push('\n');
        replace(&path, text.as_bytes())
    }
}

/// The number of the commit that the ledger called `ledger` belongs to.
pub(super) fn number_of(ledger: &str) -> Option<u64> {
    ledger.strip_prefix("ledger-")?.split('.').next()?.parse().ok()
}

/// Removes the side files of all commits but that of the ledger called `name`. What cannot be removed is left: it does no harm.
pub(super) fn remove_others(folder: &Path, name: &str) {
    let Some(number) = number_of(name) else { return };
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        let other = path.file_name().and_then(|n| n.to_str()).and_then(side_number);
        if other.is_some_and(|other| other != number) {
            let _ = fs::remove_file(path);
        }
    }
}

/// The number of the commit that a side file belongs to; `None` for any other file.
fn side_number(name: &str) -> Option<u64> {
    let rest = SIDE_FILES.iter().find_map(|kind| name.strip_prefix(kind))?;
    rest.split('.').next()?.parse().ok()
}

/// Whether a file of this name may stand in a folder before its manifest does.
fn is_ours(name: &str) -> bool {
    side_number(name).is_some()
        || [ENGINE, lock::LOCK, lock::NOTE].contains(&name)
        || [DICTIONARY, MANIFEST, lock::NOTE].iter().any(|own| name.starts_with(own.split('.').next().unwrap_or(own)))
}

/// Replaces the file at `path` in one step.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let new: PathBuf = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)?;
        // Where folders cannot be opened there is nothing to be made safe.
        let folder = path.parent().and_then(|folder| fs::File::open(folder).ok());
        folder.map_or(Ok(()), |folder| folder.sync_all())
    };
    write().map_err(Error::io("write", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_files_of_the_ledger_stay() {
        let folder = tempfile::tempdir().unwrap();
        let names = ["reprints-1.bin", "records-2.bin", "ledger-1.jsonl.zst", "records-x.bin", "jianbao.json"];
        names.iter().for_each(|name| fs::write(folder.path().join(name), "x").unwrap());
        remove_others(folder.path(), "ledger-2.jsonl.zst");
        assert_eq!(names.map(|name| folder.path().join(name).exists()), [false, true, false, true, true]);
    }

    #[test]
    fn a_folder_with_what_a_killed_run_left_is_no_foreign_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(ENGINE)).unwrap();
        for name in ["writer.lock", "writer.json", "dictionary.fst.new", "records-1.bin.new"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        assert!(Manifest::read(folder.path()).unwrap().is_none());
        fs::write(folder.path().join("letter.txt"), "mine").unwrap();
        assert!(matches!(Manifest::read(folder.path()), Err(Error::ForeignFolder(_))));
    }
}
