//! The errors of tantivy in the terms of jianbao.

use crate::error::Error;
use std::path::Path;
use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenReadError, OpenWriteError};

/// Space on a disk below which a writer that died is taken to have found it full, in bytes.
const FULL: u64 = 1 << 20;

impl From<TantivyError> for Error {
    fn from(error: TantivyError) -> Error {
        Error::Engine(Box::new(error))
    }
}

/// An error of reading what the engine has mapped.
pub fn read_error(error: std::io::Error) -> Error {
    Error::Engine(Box::new(error))
}

/// An error of the engine of the index at `folder`.
pub fn engine_error(folder: &Path, error: TantivyError) -> Error {
    let write = |source| Error::Io { action: "write", path: folder.to_owned(), source };
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            Error::Locked { path: folder.to_owned(), by: "another process".to_owned() }
        }
        // What the engine could read and not understand.
        TantivyError::IoError(e) if e.kind() == std::io::ErrorKind::InvalidData => {
            Error::Damaged { path: folder.to_owned(), reason: e.to_string() }
        }
        TantivyError::LockFailure(LockError::IoError(e), _) | TantivyError::IoError(e) => {
            write(again(&e))
        }
        // A thread of the writer died and the reason with it; a full disk is the usual one, and can
        // be asked for.
        TantivyError::ErrorInThread(_) if is_full(folder) => {
            write(std::io::ErrorKind::StorageFull.into())
        }
        TantivyError::ErrorInThread(_) => write(std::io::Error::other(
            "a thread of the writer gave up, as where the disk fails or files or memory run out",
        )),
        // The system's errors, as a merge or the store of texts tells of them.
        TantivyError::InternalError(text) if text.contains(SYSTEMS) => {
            write(std::io::Error::other(text))
        }
        // A thread that the system does not let be started.
        TantivyError::SystemError(text) => write(std::io::Error::other(text)),
        TantivyError::DataCorruption(e) => {
            Error::Damaged { path: folder.to_owned(), reason: format!("{e:?}") }
        }
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => {
            write(again(&io_error))
        }
        // What the system does not let be read now is no damage.
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
            if io_error.raw_os_error().is_some() =>
        {
            let path = folder.join("engine").join(filepath);
            Error::Io { action: "read", path, source: again(&io_error) }
        }
        TantivyError::OpenReadError(e) => {
            Error::Damaged { path: folder.to_owned(), reason: e.to_string() }
        }
        error => error.into(),
    }
}

/// The mark of an error of the system in a text.
const SYSTEMS: &str = "(os error ";

/// The same error once more; the number of the system's is kept.
fn again(error: &std::io::Error) -> std::io::Error {
    let other = || std::io::Error::new(error.kind(), error.to_string());
    error.raw_os_error().map_or_else(other, std::io::Error::from_raw_os_error)
}

/// True if the disk of a folder has next to no space left.
fn is_full(folder: &Path) -> bool {
    fs4::available_space(folder).is_ok_and(|left| left < FULL)
}
