//! The folder of tantivy's files, for readers without permission to write and for several users.
//!
//! Tantivy's own directory makes a lock file whenever an index is opened, and gives the files that
//! it replaces to their writer alone. Here a reader that may not write goes without the lock (it
//! looks again if a commit comes in between), and files have the modes that the umask gives.

use super::doc_store::{self, CheckedStore};
use std::ffi::OsStr;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tantivy::directory::error::{
    DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError,
};
use tantivy::directory::{
    Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, WatchCallback, WatchHandle, WritePtr,
};

/// The bytes that end every file of a segment: the length of its footer, and a mark.
const FOOTER_END: usize = 8;

/// The folder of an index's engine.
#[derive(Debug, Clone)]
pub struct EngineDirectory {
    inner: MmapDirectory,
    folder: PathBuf,
}

impl EngineDirectory {
    /// Opens a folder that exists.
    ///
    /// # Errors
    /// A folder that is none or cannot be read.
    pub fn open(folder: &Path) -> Result<EngineDirectory, OpenDirectoryError> {
        Ok(EngineDirectory { inner: MmapDirectory::open(folder)?, folder: folder.to_owned() })
    }
}

impl Directory for EngineDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let file = self.inner.get_file_handle(path)?;
        // Tantivy reads the end of a file without asking whether it is there.
        if file.len() < FOOTER_END {
            let error = io::Error::new(ErrorKind::UnexpectedEof, "the file is cut short");
            return Err(OpenReadError::wrap_io_error(error, path.to_owned()));
        }
        if path.extension() != Some(OsStr::new(doc_store::EXTENSION)) {
            return Ok(file);
        }
        match CheckedStore::new(file) {
            Ok(store) => Ok(Arc::new(store)),
            Err(error) => Err(OpenReadError::wrap_io_error(error, path.to_owned())),
        }
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.inner.open_write(path)
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let own = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let new = self.folder.join(format!(".new-{}-{}", own.0, own.1));
        let write = || {
            let mut file = std::fs::File::create(&new)?;
            file.write_all(data)?;
            file.sync_data()?;
            std::fs::rename(&new, self.folder.join(path))
        };
        // What could not be written leaves nothing behind.
        write().inspect_err(|_| drop(std::fs::remove_file(&new)))
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        match self.inner.acquire_lock(lock) {
            // Only writers take locks that do not wait.
            Err(LockError::IoError(error)) if lock.is_blocking && is_refused(&error) => {
                Ok(DirectoryLock::from(Box::new(())))
            }
            taken => taken,
        }
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// True if the system refused to write, whatever is done.
fn is_refused(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_its_end_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let directory = EngineDirectory::open(folder.path()).unwrap();
        for length in 0..FOOTER_END {
            std::fs::write(folder.path().join("a.idx"), &b"12345678"[..length]).unwrap();
            let error = directory.open_read(Path::new("a.idx")).unwrap_err();
            assert!(error.to_string().contains("cut short"), "{length}: {error}");
        }
    }

    #[test]
    fn what_is_replaced_has_the_mode_of_other_new_files() {
        let folder = tempfile::tempdir().unwrap();
        let directory = EngineDirectory::open(folder.path()).unwrap();
        directory.atomic_write(Path::new("meta.json"), b"1").unwrap();
        directory.atomic_write(Path::new("meta.json"), b"2").unwrap();
        let path = folder.path().join("meta.json");
        assert_eq!(std::fs::read(&path).unwrap(), b"2");
        let other = folder.path().join("other");
        std::fs::write(&other, "").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions();
        assert_eq!(mode(&path), mode(&other));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }
}
