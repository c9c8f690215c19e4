//! A folder whose calls fail, for tests of what comes of a disk that is full or breaks and of a
//! process that may open no more files.
//!
//! [`plan`] says for the index in a folder which call fails, and how; every directory that is
//! opened there meanwhile keeps to it. Calls are counted from 1, those of all threads together.

use super::directory::EngineDirectory;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tantivy::directory::error::{DeleteError, LockError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, TerminatingWrite, WatchCallback,
    WatchHandle, WritePtr,
};

/// The failure of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The system's error of this number.
    Refused(i32),
    /// Half of what is written is written, and the disk is full then. Other calls succeed.
    HalfThenFull,
    /// Half of what is written is written, which the system may do at any time. Other calls
    /// succeed.
    Half,
}

/// How long a fault lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultLength {
    /// One call.
    Once,
    /// That call and all after it.
    Lasting,
}

/// A plan for the calls of a folder, and their number so far.
#[derive(Debug)]
pub struct FaultPlan {
    at: u64,
    fault: Fault,
    duration: FaultLength,
    calls: AtomicU64,
    /// A writer was cut short, and the next call of it finds the disk full.
    full: AtomicBool,
}

static PLANS: LazyLock<Mutex<HashMap<PathBuf, Arc<FaultPlan>>>> = LazyLock::new(Mutex::default);

/// Plans the failure of call number `at` of the engine of the index in `folder`.
pub fn plan(folder: &Path, at: u64, fault: Fault, duration: FaultLength) -> Arc<FaultPlan> {
    let (calls, full) = (AtomicU64::new(0), AtomicBool::new(false));
    let plan = Arc::new(FaultPlan { at, fault, duration, calls, full });
    let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    plans.insert(folder.join("engine"), plan.clone());
    plan
}

/// Ends the plan for the index in `folder`.
pub fn end(folder: &Path) {
    let mut plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    plans.remove(&folder.join("engine"));
}

/// The directory, which keeps to the plan for its folder if there is one.
pub fn planned(directory: EngineDirectory, folder: &Path) -> Box<dyn Directory> {
    let plans = PLANS.lock().unwrap_or_else(PoisonError::into_inner);
    match plans.get(folder) {
        Some(plan) => Box::new(FaultyDirectory { inner: directory, plan: plan.clone() }),
        None => Box::new(directory),
    }
}

impl FaultPlan {
    /// The number of calls so far.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// The fault of the next call, if it has one.
    fn next(&self) -> Option<Fault> {
        let number = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let hit = match self.duration {
            FaultLength::Once => number == self.at,
            FaultLength::Lasting => number >= self.at,
        };
        hit.then_some(self.fault)
    }

    /// The error of a call that is no write.
    fn call(&self) -> io::Result<()> {
        match self.next() {
            Some(Fault::Refused(code)) => Err(io::Error::from_raw_os_error(code)),
            _ => Ok(()),
        }
    }
}

/// A directory that keeps to a plan.
#[derive(Debug, Clone)]
struct FaultyDirectory {
    inner: EngineDirectory,
    plan: Arc<FaultPlan>,
}

impl Directory for FaultyDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        self.plan.call().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        self.inner.get_file_handle(path)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        let failed = |e| DeleteError::IoError { io_error: Arc::new(e), filepath: path.to_owned() };
        self.plan.call().map_err(failed)?;
        self.inner.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.plan.call().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        self.inner.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        self.plan.call().map_err(|e| OpenWriteError::wrap_io_error(e, path.to_owned()))?;
        let file = self.inner.open_write(path)?;
        let plan = self.plan.clone();
        Ok(io::BufWriter::with_capacity(1 << 10, Box::new(FaultyFile { file, plan })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.plan.call().map_err(|e| OpenReadError::wrap_io_error(e, path.to_owned()))?;
        self.inner.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        self.plan.call()?;
        self.inner.atomic_write(path, data)
    }

    fn sync_directory(&self) -> io::Result<()> {
        self.plan.call()?;
        self.inner.sync_directory()
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.plan.call().map_err(|e| LockError::IoError(Arc::new(e)))?;
        self.inner.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.inner.watch(callback)
    }
}

/// A file that is written, by calls that keep to a plan.
struct FaultyFile {
    file: WritePtr,
    plan: Arc<FaultPlan>,
}

impl FaultyFile {
    fn half(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(&bytes[..bytes.len().div_ceil(2)])
    }
}

impl Write for FaultyFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.plan.full.swap(false, Ordering::SeqCst) {
            return Err(io::Error::from_raw_os_error(libc::ENOSPC));
        }
        match self.plan.next() {
            None => self.file.write(bytes),
            Some(Fault::Refused(code)) => Err(io::Error::from_raw_os_error(code)),
            Some(Fault::Half) => self.half(bytes),
            Some(Fault::HalfThenFull) => {
                self.plan.full.store(true, Ordering::SeqCst);
                self.half(bytes)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl TerminatingWrite for FaultyFile {
    fn terminate_ref(&mut self, token: AntiCallToken) -> io::Result<()> {
        self.plan.call()?;
        self.file.terminate_ref(token)
    }
}
