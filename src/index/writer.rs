//! Who is writing an index: told to whoever wants to write it too.
//!
//! `writer.json` is written once the engine's lock is held and removed when it is given back. It is
//! only ever shown: the lock alone decides, so a file that a killed process left behind keeps
//! nobody out.

use super::manifest;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::{Path, PathBuf};

/// The file's name.
const WRITER: &str = "writer.json";

/// A process that writes an index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Writer {
    /// Its number.
    pub process: u32,
    /// When it began.
    pub since: jiff::Timestamp,
}

impl Writer {
    /// Who is writing the index at `folder`, as far as that can be told; to be asked when its lock
    /// is found taken.
    pub fn of(folder: &Path) -> Option<Writer> {
        let writer: Writer =
            serde_json::from_slice(&std::fs::read(folder.join(WRITER)).ok()?).ok()?;
        // Left behind by one that was killed; the one that holds the lock has not got that far.
        let processes = Path::new("/proc/self");
        let gone =
            processes.exists() && !Path::new("/proc").join(writer.process.to_string()).exists();
        (!gone).then_some(writer)
    }
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = jiff::tz::TimeZone::system().to_datetime(self.since);
        write!(f, "process {}, since {}", self.process, since.strftime("%Y-%m-%d %H:%M:%S"))
    }
}

/// Says for as long as it lives that this process writes an index.
pub(super) struct Holder(PathBuf);

impl Holder {
    /// Says so. That it cannot be written harms nothing but the message that somebody else gets.
    pub fn announce(folder: &Path) -> Holder {
        let path = folder.join(WRITER);
        let writer = Writer { process: std::process::id(), since: jiff::Timestamp::now() };
        if let Ok(text) = serde_json::to_vec(&writer) {
            let _ = manifest::replace(&path, &text);
        }
        Holder(path)
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // Another's would be overwritten at once; ours does no harm if it stays.
        let _ = std::fs::remove_file(&self.0);
    }
}
