//! The process that writes an index, as it is told to whoever wants to write it too.
//!
//! `writer.json` is written once the engine's lock is held and removed when it is given back. It is
//! only ever shown: the lock alone decides, so a file that a killed process left behind keeps
//! nobody out.

use super::files::replace;
use crate::error::Error;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// The file's name.
const WRITER: &str = "writer.json";

/// A process that writes an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockHolder {
    /// Its number.
    pub process: u32,
    /// The time at which it began.
    pub since: jiff::Timestamp,
}

impl LockHolder {
    /// The process that writes the index at `folder`, as far as is known; to be asked when its lock
    /// is found taken.
    pub fn of(folder: &Path) -> Option<LockHolder> {
        let writer: LockHolder =
            serde_json::from_slice(&std::fs::read(folder.join(WRITER)).ok()?).ok()?;
        // Left behind by one that was killed; the one that holds the lock has not got that far.
        let processes = Path::new("/proc/self");
        let gone =
            processes.exists() && !Path::new("/proc").join(writer.process.to_string()).exists();
        (!gone).then_some(writer)
    }
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = jiff::tz::TimeZone::system().to_datetime(self.since);
        write!(f, "process {}, since {}", self.process, since.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// Says for as long as it lives that this process writes an index.
pub struct Announcement(PathBuf);

impl Announcement {
    /// Says so. That it cannot be written harms nothing but the message that somebody else gets.
    pub fn announce(folder: &Path) -> Announcement {
        let path = folder.join(WRITER);
        let writer = LockHolder { process: std::process::id(), since: jiff::Timestamp::now() };
        if let Ok(text) = serde_json::to_vec(&writer) {
            let _ = replace(&path, &text);
        }
        Announcement(path)
    }
}

impl Drop for Announcement {
    fn drop(&mut self) {
        // Another's would be overwritten at once; ours does no harm if it stays.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Names the process that holds the lock, where `error` says that there is one.
pub fn named(error: Error, folder: &Path) -> Error {
    match error {
        Error::Locked { path, by } => {
            let by = LockHolder::of(folder).map_or(by, |holder| holder.to_string());
            Error::Locked { path, by }
        }
        error => error,
    }
}
