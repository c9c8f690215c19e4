//! `jianbao index`, and bringing the index up to date before a search: progress, counts, the report.

use super::args::{CountFormat, IndexCommand, Place, ReadingFlags, RunningFlags};
use super::output::{Output, write_json};
use super::terminal::one_line;
use super::{Outcome, prepare};
use crate::archive::Skip;
use crate::error::{Error, Result};
use crate::index::{self, Observer, Plan, Report, Rules, Settings, Stop, Update, Vanished};
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
    let effect = if command.dry_run { Effect::Told } else { Effect::Done };
    let report = run(&command.paths, &command.place, &command.reading, &command.running, effect)?;
    match command.format {
        CountFormat::Json => output.json(&counts(&report, started.elapsed()))?,
        CountFormat::Text if !command.running.quiet => eprintln!("{}", summary(&report, started.elapsed(), effect)),
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
    run(paths, place, reading, running, Effect::Done)
}

/// Whether an update is done or only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Effect {
    Done,
    Told,
}

fn run(
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
    let watcher = Watcher::new(running, analyzer.context.crawled)?;
    let vanished = if running.no_prune { Vanished::Kept } else { Vanished::Forgotten };
    let update = Update {
        folder: &place.index,
        roots: paths,
        options: &options,
        analyzer: &analyzer,
        plan: if running.rebuild { Plan::Rebuild } else { Plan::Incremental },
        threads: running.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
        memory: usize::try_from(running.memory).unwrap_or(usize::MAX),
        rules: Rules { vanished, pace: running.commit_every },
    };
    let report = match effect {
        Effect::Done => index::update(&update, &watcher, &stop),
        Effect::Told => index::preview(&update, &watcher, &stop),
    };
    watcher.finish()?;
    report
}

/// Shows progress and writes the report of skipped inputs.
struct Watcher {
    bar: ProgressBar,
    report: Mutex<Option<(PathBuf, BufWriter<std::fs::File>)>>,
    failure: Mutex<Option<Error>>,
    shown: Mutex<usize>,
    /// The day that relative dates count from in this run.
    crawled: Option<jiff::civil::DateTime>,
    talk: Talk,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Talk {
    Quiet,
    Normal,
}

impl Watcher {
    fn new(running: &RunningFlags, crawled: Option<jiff::civil::DateTime>) -> Result<Watcher> {
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
        let (report, failure, shown) = (Mutex::new(report), Mutex::new(None), Mutex::new(0));
        Ok(Watcher { bar, report, failure, shown, crawled, talk })
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

    fn reset(&self, files: u64, before: &Settings) {
        if self.talk == Talk::Normal {
            let text = format!("note: {files} files are read again: last time {}", described(before, self.crawled));
            self.bar.suspend(|| eprintln!("{}", one_line(&text)));
        }
    }

    fn finished(&self, file: &Path, size: u64) {
        self.bar.inc(size);
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.bar.set_message(one_line(&name));
    }

    fn skipped(&self, skip: &Skip) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((path, out)) = report.as_mut()
            && let Err(e) = write_json(out, skip).and_then(|()| out.write_all(b"\n"))
        {
            let error = Error::io("write", path.clone())(e);
            self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        }
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown += 1;
        if self.talk == Talk::Normal && *shown <= SKIPS_SHOWN {
            self.bar.suspend(|| eprintln!("skipped {}", one_line(&skip.to_string())));
            if *shown == SKIPS_SHOWN {
                self.bar.suspend(|| eprintln!("further skipped inputs are counted; --report FILE lists them all"));
            }
        }
    }
}

fn megabytes_per_second(report: &Report, took: Duration) -> f64 {
    report.bytes as f64 / 1e6 / took.as_secs_f64().max(1e-9)
}

/// The settings that a file was read with before, as flags; those of this run are known to the user.
fn described(before: &Settings, now: Option<jiff::civil::DateTime>) -> String {
    let mut flags: Vec<String> = before.flags().into_iter().map(|(flag, value)| format!("{flag} {value}")).collect();
    if before.crawled.is_none() && now.is_some() {
        flags.insert(0, "no --crawled".to_owned());
    }
    if flags.is_empty() { "with the usual settings".to_owned() } else { format!("with {}", flags.join(" ")) }
}

fn summary(report: &Report, took: Duration, effect: Effect) -> String {
    let some = |counts: &[(u64, &str)]| -> Vec<String> {
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect()
    };
    let listed = |parts: Vec<String>| if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let files = some(&[
        (report.unchanged, "unchanged"),
        (report.new, "new"),
        (report.changed, "changed"),
        (report.moved, "moved"),
        (report.same, "touched"),
        (report.vanished, "gone"),
        (report.missing, "gone and kept"),
    ]);
    let articles = some(&[(report.added, "added"), (report.replaced, "replaced"), (report.relocated, "moved")]);
    let mut text = format!("{} files{} · ", report.files, listed(files));
    let removed = if report.removed > 0 { format!(" · {} removed", report.removed) } else { String::new() };
    match effect {
        Effect::Told => text.push_str(&format!(
            "would write {} articles{}{removed} · {} articles would be in the index",
            report.articles,
            listed(articles),
            report.total_articles,
        )),
        Effect::Done => text.push_str(&format!(
            "{} articles{}{removed} · {} passages · {:.1} MB in {:.1} s ({:.1} MB/s) · {} articles in the index",
            report.articles,
            listed(articles),
            report.passages,
            report.bytes as f64 / 1e6,
            took.as_secs_f64(),
            megabytes_per_second(report, took),
            report.total_articles,
        )),
    }
    let skipped: Vec<String> = report.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    if !skipped.is_empty() {
        text.push_str(&format!("\nskipped: {}", skipped.join(", ")));
    }
    text
}

fn counts(report: &Report, took: Duration) -> serde_json::Value {
    let mut value = json!(report);
    value["seconds"] = json!((took.as_secs_f64() * 1000.0).round() / 1000.0);
    value["megabytes_per_second"] = json!((megabytes_per_second(report, took) * 10.0).round() / 10.0);
    value
}
