//! The basket: a file of clippings, one JSON object a line, in the order in which they were added.

use super::place;
use crate::clipping::Clipping;
use crate::error::{Error, Result};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A basket and what lies in it.
pub struct Basket {
    path: PathBuf,
    /// The clippings.
    pub clippings: Vec<Clipping>,
}

impl Basket {
    /// Opens the basket at `path`, or else the user's own; one that does not exist is empty.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Usage`] where a line is no clipping or there
    /// is no folder for it.
    pub fn open(path: Option<&Path>) -> Result<Basket> {
        let own = || place::data().map(|folder| folder.join("basket.jsonl"));
        let path = path.map(Path::to_owned).or_else(own).ok_or_else(|| {
            Error::Usage("there is no folder for your data; name a file with --basket".to_owned())
        })?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == ErrorKind::NotFound => String::new(),
            Err(e) => return Err(Error::io("read", path)(e)),
        };
        let mut clippings = Vec::new();
        for (i, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let clipping = serde_json::from_str(line).map_err(|e| {
                Error::Usage(format!("{}:{}: no clipping: {e}", path.display(), i + 1))
            })?;
            clippings.push(clipping);
        }
        Ok(Basket { path, clippings })
    }

    /// Adds a clipping. Returns false where its words lie in the basket already.
    pub fn add(&mut self, clipping: Clipping) -> bool {
        let same = |other: &Clipping| {
            (&other.key, other.ordinal, &other.digest)
                == (&clipping.key, clipping.ordinal, &clipping.digest)
        };
        if self.clippings.iter().any(same) {
            return false;
        }
        self.clippings.push(clipping);
        true
    }

    /// Writes the basket in one step: what is killed meanwhile leaves the old one.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn save(&self) -> Result<()> {
        let mut text = String::new();
        for clipping in &self.clippings {
            text.push_str(&serde_json::to_string(clipping).unwrap_or_default());
            text.push('\n');
        }
        super::files::replace(&self.path, text.as_bytes())
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}
