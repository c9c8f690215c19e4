//! `jianbao index`, and bringing the index up to date before a search: progress, counts, the report.

use super::args::{CountFormat, IndexCommand, Place, ReadingFlags, RunningFlags};
use super::output::Output;
use super::{Outcome, prepare};
use crate::archive::Skip;
use crate::error::{Error, Result};
use crate::index::{self, Observer, Plan, Report, Stop, Update};
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
    let report = bring_up_to_date(&command.paths, &command.place, &command.reading, &command.running)?;
    match command.format {
        CountFormat::Json => output.json(&counts(&report, started.elapsed()))?,
        CountFormat::Text if !command.running.quiet => eprintln!("{}", summary(&report, started.elapsed())),
        CountFormat::Text => {}
    }
    let skipped: u64 = report.skipped.values().sum();
    if command.running.strict && skipped > 0 {
        return Err(Error::Strict(skipped));
    }
    Ok(Outcome::Found)
}

/// Brings the index at `place` up to date with `paths`.
pub fn bring_up_to_date(
    paths: &[PathBuf],
    place: &Place,
    reading: &ReadingFlags,
    running: &RunningFlags,
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
            folder: &place.index,
            roots: paths,
            options: &options,
            analyzer: &analyzer,
            plan: if running.rebuild { Plan::Rebuild } else { Plan::Incremental },
            threads: running.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
            memory: usize::try_from(running.memory).unwrap_or(usize::MAX),
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

fn summary(report: &Report, took: Duration) -> String {
    let mut text = format!(
        "{} files ({} unchanged, {} gone) · {} articles · {} passages · {:.1} MB in {:.1} s ({:.1} MB/s) · {} articles in the index",
        report.files,
        report.unchanged,
        report.vanished,
        report.articles,
        report.passages,
        report.bytes as f64 / 1e6,
        took.as_secs_f64(),
        megabytes_per_second(report, took),
        report.total_articles,
    );
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
        "vanished": report.vanished,
        "articles": report.articles,
        "passages": report.passages,
        "bytes": report.bytes,
        "skipped": report.skipped,
        "total_articles": report.total_articles,
        "seconds": (took.as_secs_f64() * 1000.0).round() / 1000.0,
        "megabytes_per_second": (megabytes_per_second(report, took) * 10.0).round() / 10.0,
    })
}
