//! Files of an index folder that are written in one step, numbered and removed together.

use crate::error::{Error, Result};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The name of the table that belongs to the ledger called `ledger`: `records-7.bin` for
/// `ledger-7.jsonl` and `kind` `records`.
pub fn numbered(ledger: &str, kind: &str) -> String {
    let number = ledger.strip_prefix("ledger-").and_then(|rest| rest.strip_suffix(".jsonl"));
    format!("{kind}-{}.bin", number.unwrap_or(ledger))
}

/// The first 8 bytes of the BLAKE3 hash of the parts.
pub fn checksum(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    parts.iter().for_each(|part| {
        hasher.update(part);
    });
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// The absolute path, without looking at links.
pub fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The error that a file of the index at `folder` is damaged.
pub fn damaged(folder: &Path, name: &str, reason: &str) -> Error {
    Error::Damaged { path: folder.to_owned(), reason: format!("{name} {reason}") }
}

/// Removes the files of a kind (what their names begin and end with) in `folder`, but the one
/// called `name`. What cannot be removed is left: it does no harm.
pub fn remove_others(folder: &Path, name: &str, [begins, ends]: [&str; 2]) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.filter_map(|e| Some(e.ok()?.path())) {
        let other = path.file_name().and_then(|n| n.to_str()).filter(|n| *n != name);
        if other.is_some_and(|n| n.starts_with(begins) && n.ends_with(ends)) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Replaces the file at `path` in one step.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let new: PathBuf = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let mut file = fs::File::create(&new)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(Error::io("write", path))
}

/// Runs `read`; that a library panics over damaged bytes is damage as well.
pub fn guarded<T>(folder: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        let reason = "a file of it cannot be understood".to_owned();
        Err(Error::Damaged { path: folder.to_owned(), reason })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_numbered_as_their_ledger() {
        assert_eq!(numbered("ledger-7.jsonl", "records"), "records-7.bin");
    }

    #[test]
    fn a_file_is_replaced_whole_and_others_of_its_kind_go() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records-1.bin");
        replace(&path, "甲".as_bytes()).unwrap();
        replace(&path, "乙".as_bytes()).unwrap();
        assert_eq!(fs::read(&path).unwrap(), "乙".as_bytes());
        replace(&folder.path().join("records-2.bin"), b"").unwrap();
        remove_others(folder.path(), "records-2.bin", ["records-", ".bin"]);
        assert!(!path.exists() && folder.path().join("records-2.bin").exists());
    }
}
