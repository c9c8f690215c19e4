//! Limits of the system: what it refuses ends a command with a sentence and exit code 2, not by a
//! signal.
//!
//! - A file that grows over the limit of its size: the write fails, as on a full disk.
//! - Memory that is refused: the standard library says how much and aborts; the abort exits.
//! - A mapped file that was cut: a thread that waits for it says so and exits.

/// Exit code of an error.
#[cfg(unix)]
const ERROR: i32 = 2;

/// Prepares the process for the signals that limits of the system send. What cannot be prepared
/// stays as it was.
#[cfg(unix)]
pub fn withstand() {
    use signal_hook::consts::{SIGABRT, SIGBUS};
    use signal_hook::flag;
    use std::os::unix::net::UnixStream;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    let _ = flag::register(libc::SIGXFSZ, Arc::default());
    let always = Arc::new(AtomicBool::new(true));
    let _ = flag::register_conditional_shutdown(SIGABRT, ERROR, always);
    // The thread that reads the file comes back to the same place again and again meanwhile.
    let Ok((reader, writer)) = UnixStream::pair() else { return };
    if signal_hook::low_level::pipe::register(SIGBUS, writer).is_ok() {
        let waiting = std::thread::Builder::new().stack_size(64 << 10);
        let _ = waiting.spawn(move || wait_for_cut(reader));
    }
}

/// Other systems have no such signals.
#[cfg(not(unix))]
pub fn withstand() {}

/// Ends the process once a byte comes.
#[cfg(unix)]
fn wait_for_cut(mut reader: impl std::io::Read) {
    if reader.read_exact(&mut [0]).is_ok() {
        talk!(
            "jianbao: a file was cut while it was read; run `jianbao doctor`: it tells whether the \
             index is damaged"
        );
        std::process::exit(ERROR);
    }
}
