//! Small files of the user's, replaced in one step.

use crate::error::{Error, Result};
use std::io::Write;
use std::path::Path;

/// Replaces the file at `path`, and makes its folder where there is none.
///
/// # Errors
/// [`Error::Io`] where it cannot be written; the old file stays.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let new = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = std::fs::File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&new, path)
    };
    write().map_err(Error::io("write", path))
}
