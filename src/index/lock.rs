//! One writer at a time: the lock of an index, and a note for others of who holds it.
//!
//! Only the engine's lock on `writer.lock` decides, and the system lets go of it when its holder ends, however that is.
//! `writer.json` is read where the lock is held, to name the holder; left behind by a killed process it means nothing.

use super::manifest;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, DirectoryLock, Lock, MmapDirectory};

/// The file that is locked.
pub(super) const LOCK: &str = "writer.lock";
/// The note.
pub(super) const NOTE: &str = "writer.json";

/// The right to write an index, until it is dropped.
pub struct WriterLock {
    note: PathBuf,
    _lock: DirectoryLock,
}

/// Who holds it.
#[derive(Serialize, Deserialize)]
struct Holder {
    process: u32,
    host: String,
    since: jiff::Timestamp,
}

impl WriterLock {
    /// Takes the lock of the index at `folder`, which exists.
    ///
    /// # Errors
    /// [`Error::Locked`], naming the holder, where it is taken.
    pub fn acquire(folder: &Path) -> Result<WriterLock> {
        let directory = MmapDirectory::open(folder).map_err(|e| Error::Engine(e.into()))?;
        let lock = directory.acquire_lock(&Lock { filepath: LOCK.into(), is_blocking: false });
        let lock = lock.map_err(|error| match error {
            LockError::LockBusy => Error::Locked { path: folder.to_owned(), holder: holder(folder) },
            LockError::IoError(e) => Error::io("write", folder)(std::io::Error::new(e.kind(), e.to_string())),
        })?;
        let note = folder.join(NOTE);
        let own = Holder { process: std::process::id(), host: host(), since: jiff::Timestamp::now() };
        manifest::replace(&note, &serde_json::to_vec(&own).unwrap_or_default())?;
        Ok(WriterLock { note, _lock: lock })
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        // While the lock is still held. A note that stays does no harm.
        let _ = std::fs::remove_file(&self.note);
    }
}

/// Who holds the index at `folder`, in words.
pub(super) fn holder(folder: &Path) -> String {
    let read = std::fs::read(folder.join(NOTE)).ok();
    match read.and_then(|bytes| serde_json::from_slice::<Holder>(&bytes).ok()) {
        // Our own note says nothing of who holds the engine's lock against us.
        Some(holder) if holder.process != std::process::id() => format!(
            "process {} on {} since {}",
            holder.process,
            holder.host,
            holder.since.strftime("%Y-%m-%d %H:%M:%S UTC")
        ),
        _ => "another process".to_owned(),
    }
}

fn host() -> String {
    let named = ["/proc/sys/kernel/hostname", "/etc/hostname"].iter().find_map(|p| std::fs::read_to_string(p).ok());
    named.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).unwrap_or_else(|| "this host".to_owned())
}
