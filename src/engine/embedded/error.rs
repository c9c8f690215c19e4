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
    match error {
        TantivyError::LockFailure(LockError::LockBusy, _) => {
            Error::Locked { path: folder.to_owned(), by: "another process".to_owned() }
        }
        TantivyError::LockFailure(LockError::IoError(e), _) | TantivyError::IoError(e) => {
            let source = std::io::Error::new(e.kind(), e.to_string());
            Error::Io { action: "write", path: folder.to_owned(), source }
        }
        // A thread of the writer died and the reason with it; a full disk is the usual one, and can
        // be asked for.
        TantivyError::ErrorInThread(_) if is_full(folder) => {
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            Error::Io { action: "write", path: folder.to_owned(), source }
        }
        TantivyError::DataCorruption(e) => {
            Error::Damaged { path: folder.to_owned(), reason: format!("{e:?}") }
        }
        TantivyError::OpenWriteError(OpenWriteError::IoError { io_error, .. }) => {
            let source = std::io::Error::new(io_error.kind(), io_error.to_string());
            Error::Io { action: "write", path: folder.to_owned(), source }
        }
        // What the system does not let be read now is no damage.
        TantivyError::OpenReadError(OpenReadError::IoError { io_error, filepath })
            if io_error.raw_os_error().is_some() =>
        {
            let source = io_error.raw_os_error().map(std::io::Error::from_raw_os_error);
            let source = source.unwrap_or_else(|| io_error.kind().into());
            Error::Io { action: "read", path: folder.join("engine").join(filepath), source }
        }
        TantivyError::OpenReadError(e) => {
            Error::Damaged { path: folder.to_owned(), reason: e.to_string() }
        }
        error => error.into(),
    }
}

/// True if the disk of a folder has next to no space left.
fn is_full(folder: &Path) -> bool {
    fs4::available_space(folder).is_ok_and(|left| left < FULL)
}
