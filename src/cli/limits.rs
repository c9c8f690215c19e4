//! Limits of the system: what it refuses ends a command with a sentence and exit code 2, not by a
//! signal.
//!
//! - A file that grows over the limit of its size: the write fails, as on a full disk.
//! - Memory that is refused: the standard library says how much and aborts; the abort exits.

/// Prepares the process for the signals that limits of the system send. What cannot be prepared
/// stays as it was.
#[cfg(unix)]
pub fn withstand() {
    use signal_hook::consts::SIGABRT;
    use signal_hook::flag;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    /// Exit code of an error.
    const ERROR: i32 = 2;
    let _ = flag::register(libc::SIGXFSZ, Arc::default());
    let always = Arc::new(AtomicBool::new(true));
    let _ = flag::register_conditional_shutdown(SIGABRT, ERROR, always);
}

/// Other systems have no such signals.
#[cfg(not(unix))]
pub fn withstand() {}
