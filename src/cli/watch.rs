//! `jianbao index --watch`: stays after an update, and makes another whenever the files change.
//!
//! watch/scope.rs says which of the system's events count, watch/schedule.rs when an update is due.
//! Between updates nothing of the index is held: whoever else wants to write it can.

mod schedule;
mod scope;

use super::CommandOutcome;
use super::args::{CountFormat, IndexCommand};
use super::output::Output;
use super::update::{self, Effect, Updates};
use crate::archive::{self, Links};
use crate::error::{Error, Result};
use crate::update::Stop;
use crossbeam_channel::{Receiver, Sender};
use notify::{ErrorKind, RecommendedWatcher, RecursiveMode, Watcher};
use schedule::{RETRY, Schedule};
use scope::{Meaning, WatchScope};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How often watching is tried again where folders go while they are being counted.
const ATTEMPTS: usize = 3;

/// Runs `jianbao index --watch`.
pub fn watch(command: &IndexCommand, output: &mut Output) -> Result<CommandOutcome> {
    let (wake, woken) = crossbeam_channel::bounded(1);
    let interrupted = wake.clone();
    let stop = update::stop_on_interrupt(move || ring(&interrupted));
    let mut updates = Updates::new(
        &command.paths,
        &command.place,
        &command.reading,
        &command.running,
        stop.clone(),
    )?;
    let folder = Some(&command.place.index).filter(|_| command.place.engine.is_empty());
    let own: Vec<&Path> = [folder, command.running.report.as_ref()]
        .into_iter()
        .flatten()
        .map(PathBuf::as_path)
        .collect();
    let scope = Arc::new(WatchScope::new(&command.paths, &own, updates.options.hidden));
    let options = updates.options.clone();
    let (signals, watcher) = (Arc::default(), None);
    let mut desk = Desk { signals, wake, woken, stop, scope, options, watcher };
    // Before the first update, so that nothing falls between it and the watch.
    desk.listen()?;
    let mut told = Told { command, output, first: true, refused: false };
    loop {
        match updates.run(Effect::Done) {
            Ok(done) => {
                desk.signals().schedule.ended(Instant::now());
                told.done(&done)?;
            }
            Err(Error::Locked { path, by }) => {
                desk.signals().schedule.refused(Instant::now());
                told.refused(&path, &by);
            }
            Err(Error::Interrupted) if !told.first => return Ok(told.stopped()),
            Err(error) if !told.first => return Err(desk.explained(error)),
            Err(error) => return Err(error),
        }
        match desk.wait()? {
            Next::Stop => return Ok(told.stopped()),
            Next::Update => {}
            Next::Renewal => desk.listen()?,
        }
    }
}

/// The events of the system so far.
#[derive(Default)]
struct Signals {
    schedule: Schedule,
    /// True if everything is to be watched anew.
    lost: bool,
    failure: Option<notify::Error>,
}

/// The next step of a watch.
enum Next {
    /// Somebody asked to stop.
    Stop,
    /// An update.
    Update,
    /// An update, after everything was watched anew.
    Renewal,
}

/// Where events come in and are waited for.
struct Desk {
    signals: Arc<Mutex<Signals>>,
    wake: Sender<()>,
    woken: Receiver<()>,
    stop: Stop,
    scope: Arc<WatchScope>,
    options: archive::Options,
    /// Watches for as long as it lives.
    watcher: Option<RecommendedWatcher>,
}

impl Desk {
    fn signals(&self) -> MutexGuard<'_, Signals> {
        self.signals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Watches everything, anew if it was watched before.
    fn listen(&mut self) -> Result<()> {
        // First, since the system counts what is watched.
        self.watcher = None;
        let mut attempts = 1;
        loop {
            match self.watched() {
                Ok(watcher) => {
                    self.watcher = Some(watcher);
                    return Ok(());
                }
                // A folder went while the others were being watched.
                Err(ref error)
                    if matches!(error.kind, ErrorKind::PathNotFound)
                        && self.missing_root().is_none()
                        && attempts < ATTEMPTS =>
                {
                    attempts += 1;
                }
                Err(error) => return Err(self.unwatchable(error)),
            }
        }
    }

    fn watched(&self) -> notify::Result<RecommendedWatcher> {
        let (signals, wake, scope) = (self.signals.clone(), self.wake.clone(), self.scope.clone());
        let heard = move |event: notify::Result<notify::Event>| {
            let meaning = event.as_ref().map_or(Meaning::Lost, |event| scope.meaning(event));
            if meaning == Meaning::Nothing {
                return;
            }
            let mut signals = signals.lock().unwrap_or_else(PoisonError::into_inner);
            signals.schedule.changed(Instant::now());
            signals.lost |= meaning == Meaning::Lost;
            signals.failure = signals.failure.take().or(event.err());
            drop(signals);
            ring(&wake);
        };
        // The watcher would follow links into any file system.
        let config = notify::Config::default().with_follow_symlinks(false);
        let mut watcher = RecommendedWatcher::new(heard, config)?;
        for (path, mode) in targets(self.scope.roots()) {
            watcher.watch(&path, mode)?;
        }
        for folder in self.linked() {
            // The dot leads into the folder that the link stands for.
            watcher.watch(&folder.join("."), RecursiveMode::Recursive)?;
        }
        Ok(watcher)
    }

    /// Waits until there is something to do.
    fn wait(&self) -> Result<Next> {
        loop {
            if self.stop.requested() {
                return Ok(Next::Stop);
            }
            let mut signals = self.signals();
            if let Some(failure) = signals.failure.take() {
                return Err(self.unwatchable(failure));
            }
            match signals.schedule.due() {
                Some(due) if due <= Instant::now() => {
                    signals.schedule.begun();
                    return Ok(if std::mem::take(&mut signals.lost) {
                        Next::Renewal
                    } else {
                        Next::Update
                    });
                }
                due => {
                    drop(signals);
                    // Woken or not, the loop looks again.
                    let _ = match due {
                        Some(due) => self.woken.recv_deadline(due).ok(),
                        None => self.woken.recv().ok(),
                    };
                }
            }
        }
    }

    /// The folders below the roots that an update enters by links.
    fn linked(&self) -> Vec<PathBuf> {
        if self.options.links == Links::Stay {
            return Vec::new();
        }
        archive::walk(self.scope.roots(), &self.options).map(|walk| walk.linked).unwrap_or_default()
    }

    fn missing_root(&self) -> Option<&PathBuf> {
        self.scope.roots().iter().find(|root| !root.exists())
    }

    /// An error of an update, which may come of what was watched being gone.
    fn explained(&self, error: Error) -> Error {
        match (&error, self.missing_root()) {
            (Error::Io { source, .. }, Some(root))
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                gone(root)
            }
            _ => error,
        }
    }

    /// A failure of watching, with what to do about it.
    fn unwatchable(&self, error: notify::Error) -> Error {
        if let (ErrorKind::PathNotFound, Some(root)) = (&error.kind, self.missing_root()) {
            return gone(root);
        }
        let path = error.paths.first().or(self.scope.roots().first()).cloned().unwrap_or_default();
        // Without the dot that leads behind links.
        let path: PathBuf = path.components().collect();
        Error::Watch { path, reason: remedy(&error) }
    }
}

/// Why the system does not watch, and what to do about it.
fn remedy(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "the system watches no more folders; raise its limit with \
            `sysctl fs.inotify.max_user_watches=1048576`, or name fewer folders"
            .to_owned(),
        ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::PermissionDenied => {
            format!("{source}; make it readable, or name the folders beside it")
        }
        // The system's number for too many watchers of a user, which it calls too many open files
        // of a program, and for these.
        ErrorKind::Io(source) if source.raw_os_error() == Some(24) => {
            "too many programs watch files, or this one has too many open; end one, or raise \
                the limits with \
                `sysctl fs.inotify.max_user_instances=1024` and `ulimit -n 4096`"
                .to_owned()
        }
        ErrorKind::Io(source) => format!(
            "{source}; run `jianbao index` every now and then \
            instead"
        ),
        _ => format!("{error}; run `jianbao index` every now and then instead"),
    }
}

/// Says that there is something to look at; that it was said already is as good.
fn ring(wake: &Sender<()>) {
    let _ = wake.try_send(());
}

fn gone(root: &Path) -> Error {
    let reason = "it is gone, its articles are still in the index; put it back and watch \
        again, or take them out with \
        `jianbao forget`"
        .to_owned();
    Error::Watch { path: root.to_owned(), reason }
}

/// The paths to watch for these roots, none twice. A file or a link is watched through its folder
/// too: many programs do not write into it but put another in its place.
fn targets(roots: &[PathBuf]) -> Vec<(PathBuf, RecursiveMode)> {
    let mut all: Vec<(PathBuf, RecursiveMode)> = Vec::new();
    for root in roots {
        let folder = root.is_dir();
        if folder {
            // The dot leads into the folder that a link stands for.
            all.push((root.join("."), RecursiveMode::Recursive));
        }
        if let Some(parent) = root.parent().filter(|_| !folder || root.is_symlink()) {
            all.push((parent.to_owned(), RecursiveMode::NonRecursive));
        }
    }
    let covers = |how: RecursiveMode, path: &Path, (other, mode): &(PathBuf, RecursiveMode)| {
        *mode == RecursiveMode::Recursive
            && path.starts_with(other)
            && (path != other || how != *mode)
    };
    let mut kept: Vec<(PathBuf, RecursiveMode)> = Vec::new();
    for (path, mode) in &all {
        if !all.iter().any(|other| covers(*mode, path, other))
            && !kept.contains(&(path.clone(), *mode))
        {
            kept.push((path.clone(), *mode));
        }
    }
    kept
}

/// Says what happens.
struct Told<'a> {
    command: &'a IndexCommand,
    output: &'a mut Output,
    /// True until an update has been made.
    first: bool,
    /// True if the last update could not be made.
    refused: bool,
}

impl Told<'_> {
    /// An update was made.
    fn done(&mut self, done: &update::Done) -> Result<()> {
        let now = jiff::Timestamp::now();
        self.refused = false;
        if std::mem::take(&mut self.first) {
            update::tell(self.command, done, Effect::Done, self.output)?;
            self.say("watching for changes; Ctrl-C ends it");
        } else if let Some(line) = update::change(done, now) {
            match self.command.format {
                CountFormat::Json => self.output.json(&update::change_counts(done, now))?,
                CountFormat::Text => self.say(&line),
            }
            update::strict(&self.command.running, &done.report)?;
        }
        self.output.flush()
    }

    /// Somebody else is writing the index.
    fn refused(&mut self, index: &Path, by: &str) {
        if !std::mem::replace(&mut self.refused, true) {
            self.say(&format!(
                "{} · index `{}` is being written by {by}; trying again every {} s",
                update::clock(jiff::Timestamp::now()),
                index.display(),
                RETRY.as_secs(),
            ));
        }
    }

    fn stopped(&self) -> CommandOutcome {
        self.say("stopped watching; everything up to the last commit is in the index");
        CommandOutcome::Found
    }

    fn say(&self, text: &str) {
        if !self.command.running.quiet {
            talk!("{}", crate::text::harmless(text));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn nothing_is_watched_twice_and_files_and_links_through_their_folders() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        std::fs::create_dir_all(path("a/b")).unwrap();
        std::fs::create_dir(path("c")).unwrap();
        std::fs::write(path("c/d.txt"), "").unwrap();
        std::fs::write(path("a/e.txt"), "").unwrap();
        std::os::unix::fs::symlink(path("a"), path("link")).unwrap();
        let of = |names: &[&str]| targets(&names.iter().map(|name| path(name)).collect::<Vec<_>>());
        assert_eq!(of(&["a", "a/b", "a", "a/e.txt"]), [(path("a"), RecursiveMode::Recursive)]);
        assert_eq!(of(&["c/d.txt", "c/gone.txt"]), [(path("c"), RecursiveMode::NonRecursive)]);
        let through =
            [(path("link"), RecursiveMode::Recursive), (path(""), RecursiveMode::NonRecursive)];
        assert_eq!(of(&["link"]), through);
    }

    #[test]
    fn a_limit_of_the_system_is_named_with_the_way_to_raise_it() {
        let watches = remedy(&notify::Error::new(ErrorKind::MaxFilesWatch));
        assert!(watches.contains("sysctl fs.inotify.max_user_watches="), "{watches}");
        let number = |number| notify::Error::io(std::io::Error::from_raw_os_error(number));
        let instances = remedy(&number(24));
        assert!(
            instances.contains("fs.inotify.max_user_instances=") && instances.contains("ulimit -n"),
            "{instances}"
        );
        let other = remedy(&number(5));
        assert!(other.contains("jianbao index") && !other.contains("sysctl"), "{other}");
    }
}
