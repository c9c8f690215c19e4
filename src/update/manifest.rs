//! The manifest: the format and the definition that an index was built with.
//!
//! Layout of an index folder: `jianbao.json` is the manifest, `engine/` the engine's own files,
//! `dictionary.trie` the segmenter's dictionary, `ledger-N.jsonl`, `records-N.bin` and
//! `reprints-N.bin` the tables of commit N. The commit names its ledger in its payload, so that all
//! change together.

use super::files::replace;
use crate::engine::embedded::FORMAT;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The file that makes a folder an index.
pub const MANIFEST: &str = "jianbao.json";
/// The segmenter's dictionary, as a query opens it.
pub const DICTIONARY: &str = "dictionary.trie";

/// The format and definition of an index. Another format or definition gives other tokens, and the
/// two do not mix.
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
        Manifest {
            format: FORMAT,
            definition: fingerprint.to_owned(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// The manifest of the index at `folder`; `None` where the folder is empty or missing.
    ///
    /// # Errors
    /// [`Error::ForeignFolder`] where something else is in the folder, [`Error::Damaged`] where the
    /// manifest cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Manifest>> {
        let path = folder.join(MANIFEST);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                // A run that was killed while it wrote its first file leaves that.
                let own = path.with_extension("new");
                let foreign = |entry: std::io::Result<fs::DirEntry>| {
                    entry.is_ok_and(|entry| entry.path() != own)
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

    /// Checks that a program whose manifest is `needed` can use an index with this one.
    ///
    /// # Errors
    /// [`Error::Outdated`] with what differs.
    pub fn check(&self, needed: &Manifest, folder: &Path) -> Result<()> {
        let differ = |found, need| Error::Outdated { path: folder.to_owned(), found, need };
        if self.format != needed.format {
            return Err(differ(format!("format {}", self.format), needed.format.to_string()));
        }
        if self.definition != needed.definition {
            return Err(differ(
                format!("definition {}", self.definition),
                needed.definition.clone(),
            ));
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
