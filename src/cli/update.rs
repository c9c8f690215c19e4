//! `jianbao index`, and bringing the index up to date before a search: progress, counts, the report.

use super::args::{CountFormat, ForgetCommand, IndexCommand, Place, ReadingFlags, RunningFlags};
use super::output::Output;
use super::{Outcome, prepare};
use crate::archive::Skip;
use crate::error::{Error, Result};
use crate::index::{self, Effect, Forgotten, Observer, Plan, Prune, Report, Stop, Update};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::json;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Skipped inputs that are named on standard error; a report names them all.
const SKIPS_SHOWN: usize = 10;

/// Runs `jianbao index`.
pub fn index(command: &IndexCommand, output: &mut Output) -> Result<Outcome> {
    let started = Instant::now();
    let effect = if command.dry_run { Effect::Said } else { Effect::Done };
    let report = bring_up_to_date(&command.paths, &command.place, &command.reading, &command.running, effect)?;
    match command.format {
        CountFormat::Json => output.json(&counts(&report, started.elapsed()))?,
        CountFormat::Text if !command.running.quiet => eprintln!("{}", summary(&report, effect, started.elapsed())),
        CountFormat::Text => {}
    }
    let skipped: u64 = report.skipped.values().sum();
    if command.running.strict && skipped > 0 {
        return Err(Error::Strict(skipped));
    }
    Ok(Outcome::Found)
}

/// Runs `jianbao forget`.
pub fn forget(command: &ForgetCommand, output: &mut Output) -> Result<Outcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let effect = if command.dry_run { Effect::Said } else { Effect::Done };
    let forgotten = index::forget(&command.place.index, &command.paths, &definition, effect)?;
    match command.format {
        CountFormat::Json => output.json(&forgotten)?,
        CountFormat::Text if !command.quiet => {
            let verb = if command.dry_run { "would be forgotten" } else { "forgotten" };
            let Forgotten { files, articles, total_articles } = forgotten;
            eprintln!("{files} files with {articles} articles {verb} · {total_articles} articles in the index");
        }
        CountFormat::Text => {}
    }
    Ok(if forgotten.files > 0 { Outcome::Found } else { Outcome::Nothing })
}

/// Brings the index at `place` up to date with `paths`.
pub fn bring_up_to_date(
    paths: &[PathBuf],
    place: &Place,
    reading: &ReadingFlags,
    running: &RunningFlags,
    effect: Effect,
) -> Result<Report> {
    let definition = prepare::definition(&place.definition)?;
    let options = prepare::reading(reading, &definition)?;
    let analyzer = prepare::analyzer(definition, reading)?;
    let stop = Stop::default();
    let asked = stop.clone();
    // A handler can be set once in a process; a second search in the same process keeps the first.
    let _ = ctrlc::set_handler(move || asked.request());
    let watcher = Watcher::new(running)?;
    let report = index::update(
        &Update {
            plan: if running.rebuild { Plan::Rebuild } else { Plan::Incremental },
            prune: if running.no_prune { Prune::Nothing } else { Prune::Vanished },
            effect,
            commit_every: running.commit_every,
            threads: running.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
            memory: usize::try_from(running.memory).unwrap_or(usize::MAX),
            ..Update::new(&place.index, paths, &options, &analyzer)
        },
        &watcher,
        &stop,
    );
    watcher.finish()?;
    report
}

/// Shows progress and writes the report of skipped inputs.
struct Watcher {
    bar: ProgressBar,
    report: Mutex<Option<(PathBuf, BufWriter<std::fs::File>)>>,
    failure: Mutex<Option<Error>>,
    shown: Mutex<usize>,
    talk: Talk,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Talk {
    Quiet,
    Normal,
}

impl Watcher {
    fn new(running: &RunningFlags) -> Result<Watcher> {
        let talk = if running.quiet { Talk::Quiet } else { Talk::Normal };
        let bar = ProgressBar::hidden();
        if talk == Talk::Normal && std::io::stderr().is_terminal() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            let style =
                ProgressStyle::with_template("{bar:30} {msg} · {bytes}/{total_bytes} · {bytes_per_sec} · {eta} left");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        let report = match &running.report {
            Some(path) => {
                let file = std::fs::File::create(path).map_err(Error::io("create", path))?;
                Some((path.clone(), BufWriter::new(file)))
            }
            None => None,
        };
        Ok(Watcher { bar, report: Mutex::new(report), failure: Mutex::new(None), shown: Mutex::new(0), talk })
    }

    fn finish(&self) -> Result<()> {
        self.bar.finish_and_clear();
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((path, out)) = report.as_mut() {
            out.flush().map_err(Error::io("write", path.clone()))?;
        }
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

impl Observer for Watcher {
    fn planned(&self, files: u64, bytes: u64) {
        self.bar.set_length(bytes);
        self.bar.set_message(format!("0/{files} files"));
        self.bar.reset_eta();
    }

    fn finished(&self, file: &Path, size: u64) {
        self.bar.inc(size);
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.bar.set_message(crate::text::harmless(&name).into_owned());
    }

    fn skipped(&self, skip: &Skip) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((path, out)) = report.as_mut() {
            let written = serde_json::to_writer(&mut *out, skip).map_err(std::io::Error::from);
            if let Err(e) = written.and_then(|()| out.write_all(b"\n")) {
                let error = Error::io("write", path.clone())(e);
                self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
        }
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown += 1;
        if self.talk == Talk::Normal && *shown <= SKIPS_SHOWN {
            let text = format!("skipped {skip}");
            self.bar.suspend(|| eprintln!("{}", crate::text::harmless(&text)));
            if *shown == SKIPS_SHOWN {
                self.bar.suspend(|| eprintln!("further skipped inputs are counted; --report FILE lists them all"));
            }
        }
    }
}

fn megabytes_per_second(report: &Report, took: Duration) -> f64 {
    report.bytes as f64 / 1e6 / took.as_secs_f64().max(1e-9)
}

fn summary(report: &Report, effect: Effect, took: Duration) -> String {
    let told = [
        (report.unchanged, "unchanged"),
        (report.new, "new"),
        (report.changed, "changed"),
        (report.moved, "moved"),
        (report.vanished, "gone"),
    ];
    let told: Vec<String> = told.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
    let mut text = format!("{} files ({})", report.files, told.join(", "));
    match effect {
        Effect::Done => text.push_str(&format!(
            " · {} articles written, {} deleted · {} passages · {:.1} MB in {:.1} s ({:.1} MB/s) · {} articles in the index",
            report.articles,
            report.removed,
            report.passages,
            report.bytes as f64 / 1e6,
            took.as_secs_f64(),
            megabytes_per_second(report, took),
            report.total_articles,
        )),
        Effect::Said => text.push_str(&format!(
            " · {} articles would be written, {} deleted · {} articles would be in the index; nothing was done",
            report.articles, report.removed, report.total_articles,
        )),
    }
    if report.resettled > 0 {
        let files = report.resettled;
        text.push_str(&format!(
            "\n{files} files read again: --crawled, --field, --encoding or --max-size differ from the last run"
        ));
    }
    let skipped: Vec<String> = report.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    if !skipped.is_empty() {
        text.push_str(&format!("\nskipped: {}", skipped.join(", ")));
    }
    text
}

fn counts(report: &Report, took: Duration) -> serde_json::Value {
    json!({
        "files": report.files,
        "unchanged": report.unchanged,
        "new": report.new,
        "changed": report.changed,
        "moved": report.moved,
        "vanished": report.vanished,
        "read": report.read,
        "resettled": report.resettled,
        "articles": report.articles,
        "replaced": report.replaced,
        "removed": report.removed,
        "passages": report.passages,
        "bytes": report.bytes,
        "skipped": report.skipped,
        "total_articles": report.total_articles,
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
        "megabytes_per_second": (megabytes_per_second(report, took) * 10.0).round() / 10.0,
    })
}
