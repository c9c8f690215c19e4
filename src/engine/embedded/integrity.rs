//! Damage in the files of segments: found by checksum, kept out of merges, left out of a copy.
//!
//! tantivy ends each file of a segment with a CRC-32 of it and never looks at it by itself. A merge
//! would read a damaged file and write what it read under a new checksum.

use super::error::engine_error;
use crate::engine::DamagedFile;
use crate::error::{Error, Result};
use std::collections::{BTreeSet, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tantivy::Index;
use tantivy::directory::error::OpenReadError;
use tantivy::directory::{Directory, META_LOCK, ManagedDirectory, MmapDirectory};
use tantivy::index::{SegmentComponent, SegmentId, SegmentMeta};
use tantivy::merge_policy::{LogMergePolicy, MergeCandidate, MergePolicy};

/// The file that names the segments of the last commit.
const META: &str = "meta.json";
/// The file that names all files of tantivy's.
const MANAGED: &str = ".managed.json";

/// The fault of a segment's file; `None` where it is as it was written.
///
/// # Errors
/// The system's, where it does not let the file be read: that says nothing about the file.
fn fault(directory: &ManagedDirectory, path: &Path) -> std::io::Result<Option<String>> {
    match directory.validate_checksum(path) {
        Ok(true) => Ok(None),
        Ok(false) => Ok(Some("is not as it was written".to_owned())),
        Err(OpenReadError::FileDoesNotExist(_)) => Ok(Some("is missing".to_owned())),
        Err(OpenReadError::IoError { io_error, .. }) => match io_error.raw_os_error() {
            Some(code) => Err(std::io::Error::from_raw_os_error(code)),
            None => Ok(Some(format!("cannot be read ({io_error})"))),
        },
        Err(error) => Ok(Some(format!("cannot be read ({error})"))),
    }
}

/// The files of a segment that a commit uses.
fn files(directory: &ManagedDirectory, segment: &SegmentMeta) -> Vec<PathBuf> {
    let deletes = segment.relative_path(SegmentComponent::Delete);
    let start = format!("{}.", segment.id().uuid_string());
    let own = |path: &PathBuf| path.to_str().is_some_and(|name| name.starts_with(&start));
    let stale = |path: &PathBuf| {
        path.extension() == Some(OsStr::new("del")) && (*path != deletes || !segment.has_deletes())
            || path.extension() == Some(OsStr::new("temp"))
    };
    let managed = directory.list_managed_files();
    let mut files: Vec<PathBuf> =
        managed.into_iter().filter(|path| own(path) && !stale(path)).collect();
    files.sort_unstable();
    files
}

/// Reads every file of every segment against its checksum.
pub fn verify(index: &Index, folder: &Path) -> Result<Vec<DamagedFile>> {
    let directory = index.directory();
    let metas = index.load_metas().map_err(|e| engine_error(folder, e))?;
    let mut damaged = Vec::new();
    for segment in &metas.segments {
        for path in files(directory, segment) {
            let found = fault(directory, &path);
            let found = found.map_err(Error::io("read", folder.join("engine").join(&path)))?;
            damaged.extend(found.map(|reason| DamagedFile {
                segment: segment.id().uuid_string(),
                file: path.display().to_string(),
                reason,
            }));
        }
    }
    Ok(damaged)
}

/// The names of the files of the last commit.
pub fn names(index: &Index, folder: &Path) -> Result<Vec<String>> {
    let metas = index.load_metas().map_err(|e| engine_error(folder, e))?;
    let paths = metas.segments.iter().flat_map(|segment| files(index.directory(), segment));
    Ok(paths.map(|path| path.display().to_string()).collect())
}

/// The fault of a file of the last commit.
pub fn fault_of(index: &Index, folder: &Path, file: &str) -> Result<Option<String>> {
    let path = Path::new(file);
    fault(index.directory(), path).map_err(Error::io("read", folder.join("engine").join(path)))
}

/// The damage that merges came upon, or the system's refusal to let a file be read: the first.
pub type FoundDamage = Arc<Mutex<Option<Error>>>;

/// The usual merges, but of segments that are as they were written. A damaged segment stays as it
/// is, so that the doctor can find it, and is told to [`FoundDamage`].
pub struct VerifiedMerges {
    usual: LogMergePolicy,
    directory: ManagedDirectory,
    /// The folder of the index.
    folder: PathBuf,
    /// Segments that were found whole.
    whole: Mutex<HashSet<SegmentId>>,
    found: FoundDamage,
}

impl std::fmt::Debug for VerifiedMerges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifiedMerges({:?})", self.usual)
    }
}

impl VerifiedMerges {
    /// Merges of the segments of `index`, which belongs to the index at `folder`; damage goes to
    /// `found`.
    pub fn new(index: &Index, folder: &Path, found: FoundDamage) -> VerifiedMerges {
        let (usual, directory) = (LogMergePolicy::default(), index.directory().clone());
        let folder = folder.to_owned();
        VerifiedMerges { usual, directory, folder, whole: Mutex::default(), found }
    }

    fn is_whole(&self, segment: &SegmentMeta) -> bool {
        let mut whole = self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if whole.contains(&segment.id()) {
            return true;
        }
        for path in files(&self.directory, segment) {
            let error = match fault(&self.directory, &path) {
                Ok(None) => continue,
                Ok(Some(reason)) => {
                    let reason = format!("{} {reason}", path.display());
                    Error::Damaged { path: self.folder.clone(), reason }
                }
                Err(error) => Error::io("read", self.folder.join("engine").join(&path))(error),
            };
            let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
            found.get_or_insert(error);
            return false;
        }
        whole.insert(segment.id())
    }
}

impl MergePolicy for VerifiedMerges {
    fn compute_merge_candidates(&self, segments: &[SegmentMeta]) -> Vec<MergeCandidate> {
        let of = |id: &SegmentId| segments.iter().find(|segment| segment.id() == *id);
        let mut candidates = self.usual.compute_merge_candidates(segments);
        candidates.retain(|candidate| {
            // Each is looked at, so that all that is damaged keeps out of further merges.
            candidate.0.iter().filter_map(of).filter(|segment| !self.is_whole(segment)).count() == 0
        });
        candidates
    }
}

/// Makes the last commit of `index`, which belongs to the index at `folder`, without some segments
/// the index at `to`. Files are shared
/// where the file system can share them: nothing ever writes into one again.
pub fn copy_without(
    index: &Index,
    folder: &Path,
    segments: &BTreeSet<String>,
    to: &Path,
) -> Result<()> {
    let (own, to) = (folder.join("engine"), to.join("engine"));
    std::fs::create_dir_all(&to).map_err(Error::io("create", &to))?;
    let mut metas = index.load_metas().map_err(|e| engine_error(folder, e))?;
    metas.segments.retain(|segment| !segments.contains(&segment.id().uuid_string()));
    for segment in &metas.segments {
        for path in files(index.directory(), segment) {
            share(&own.join(&path), &to.join(&path))?;
        }
    }
    write_managed(&to)?;
    let bytes = serde_json::to_vec_pretty(&metas).map_err(|e| Error::Engine(Box::new(e)))?;
    write_whole(&to.join(META), &bytes)
}

/// Makes the commit of the index in `from` the last commit of the one in `own`, in one step. Until
/// then, and for whoever has it open, the commit before stays as it was.
pub fn adopt(own: &Path, from: &Path) -> Result<()> {
    std::fs::create_dir_all(own).map_err(Error::io("create", own))?;
    let entries = std::fs::read_dir(from).map_err(Error::io("read", from))?;
    for entry in entries {
        let path = entry.map_err(Error::io("read", from))?.path();
        let to = own.join(path.file_name().unwrap_or_default());
        if is_segment_file(&path) && !to.exists() {
            share(&path, &to)?;
        }
    }
    write_managed(own)?;
    let meta = from.join(META);
    let bytes = std::fs::read(&meta).map_err(Error::io("read", meta))?;
    write_whole(&own.join(META), &bytes)?;
    remove_others(own, from);
    Ok(())
}

/// Removes the files of segments that the folder `kept` does not have. Nobody is between naming and
/// opening them while the lock is held; what cannot be removed goes with the next commit.
fn remove_others(own: &Path, kept: &Path) {
    let Ok(directory) = MmapDirectory::open(own) else { return };
    let Ok(_lock) = directory.acquire_lock(&META_LOCK) else { return };
    let Ok(entries) = std::fs::read_dir(own) else { return };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let name = path.file_name().unwrap_or_default();
        if is_segment_file(&path) && !kept.join(name).exists() {
            let _ = std::fs::remove_file(&path);
        }
    }
}

fn is_segment_file(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let id = name.split('.').next().unwrap_or_default();
    id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Names all files of segments in a folder for tantivy's: those that no commit uses go with the
/// next commit.
fn write_managed(folder: &Path) -> Result<()> {
    let entries = std::fs::read_dir(folder).map_err(Error::io("read", folder))?;
    let mut names: BTreeSet<String> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| is_segment_file(path))
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .collect();
    names.insert(META.to_owned());
    let bytes = serde_json::to_vec(&names).map_err(|e| Error::Engine(Box::new(e)))?;
    write_whole(&folder.join(MANAGED), &bytes)
}

/// A second name for a file, or a copy where the file system gives none.
pub fn share(from: &Path, to: &Path) -> Result<()> {
    if std::fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    let partial = to.with_extension("partial");
    let copy = || {
        std::fs::copy(from, &partial)?;
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::rename(&partial, to)
    };
    copy().map_err(Error::io("write", to))
}

/// Replaces a file in one step, safe on disk when this returns.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = path.with_extension("partial");
    let write = || {
        std::fs::write(&partial, bytes)?;
        std::fs::File::open(&partial)?.sync_all()?;
        std::fs::rename(&partial, path)?;
        path.parent().map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
    };
    write().map_err(Error::io("write", path))
}
