//! `jianbao index`, and bringing the index up to date before a search: progress, counts, the
//! report.

use super::args::{
    CountFormat, FirstUpdateFlags, IndexCommand, IndexFlags, ReadingFlags, RunningFlags,
};
use super::number::{counted, verb};
use super::output::{Output, write_json};
use super::terminal::one_line;
use super::{CommandOutcome, advice, prepare};
use crate::analysis::Analyzer;
use crate::archive::{self, Skip};
use crate::engine::IndexPlace;
use crate::error::{Error, Result};
use crate::record::{UpdateRecord, megabytes_per_second};
use crate::update::{
    self, Mode, Observer, Rules, RunClock, Settings, Stop, Update, UpdateReport, Vanished,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Skipped inputs that are named on standard error; a report names them all.
const SKIPS_SHOWN: usize = 10;

/// Runs `jianbao index`.
pub fn index(command: &IndexCommand, output: &mut Output) -> Result<CommandOutcome> {
    let effect = if command.dry_run { Effect::Told } else { Effect::Done };
    let stop = stop_on_interrupt(|| ());
    let done =
        Updates::new(&command.paths, &command.place, &command.reading, &command.running, stop)?
            .run(effect)?;
    tell(command, &done, effect, output)?;
    Ok(CommandOutcome::Found)
}

/// Brings the index at `place` up to date first, where that is asked for.
pub fn bring_up_to_date(first: &FirstUpdateFlags, place: &IndexFlags) -> Result<()> {
    if first.archive.is_empty() {
        return Ok(());
    }
    let stop = stop_on_interrupt(|| ());
    Updates::new(&first.archive, place, &first.reading, &first.running, stop)?.run(Effect::Done)?;
    Ok(())
}

/// Says what an update came to, in the form that was asked for.
///
/// # Errors
/// [`Error::Skipped`] where inputs were skipped that may not be; output that cannot be written.
pub fn tell(
    command: &IndexCommand,
    done: &Done,
    effect: Effect,
    output: &mut Output,
) -> Result<()> {
    match command.format {
        CountFormat::Json => output.json(&UpdateRecord::new(&done.report, done.took))?,
        CountFormat::Text if !command.running.quiet => {
            talk!("{}", summary(&done.report, done.took, effect))
        }
        CountFormat::Text => {}
    }
    strict(&command.running, &done.report)
}

/// Holds an update to `--strict`.
///
/// # Errors
/// [`Error::Skipped`] where it was given and inputs were skipped.
pub fn strict(running: &RunningFlags, report: &UpdateReport) -> Result<()> {
    let skipped: u64 = report.skipped.values().sum();
    if running.strict && skipped > 0 { Err(Error::Skipped(skipped)) } else { Ok(()) }
}

/// A stop that Ctrl-C asks for; `wake` is called after it was asked. A handler can be set once in a
/// process: a second search in the same process keeps the first.
pub fn stop_on_interrupt(wake: impl Fn() + Send + 'static) -> Stop {
    let stop = Stop::default();
    let asked = stop.clone();
    let _ = ctrlc::set_handler(move || {
        asked.request();
        wake();
    });
    stop
}

/// The effect of an update: done, or only told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It is done.
    Done,
    /// It is only told.
    Told,
}

/// A finished update and its duration.
pub struct Done {
    /// The report of the update.
    pub report: UpdateReport,
    /// How long it took.
    pub took: Duration,
}

/// Updates of one index: what each of them needs, made from the flags once.
pub struct Updates<'a> {
    paths: &'a [PathBuf],
    place: IndexPlace,
    running: &'a RunningFlags,
    /// How the sources are read.
    pub options: archive::Options,
    analyzer: Analyzer,
    mode: Mode,
    clock: RunClock,
    stop: Stop,
    progress: Progress,
}

impl<'a> Updates<'a> {
    /// Prepares updates of the index at `place` from `paths`; `stop` ends the one that runs.
    ///
    /// # Errors
    /// Flags that make no sense, a malformed definition, a report that cannot be written.
    pub fn new(
        paths: &'a [PathBuf],
        place: &'a IndexFlags,
        reading: &ReadingFlags,
        running: &'a RunningFlags,
        stop: Stop,
    ) -> Result<Updates<'a>> {
        let definition = prepare::definition(&place.definition)?;
        let mut options = prepare::reading(reading, &definition)?;
        let analyzer = prepare::analyzer(definition, reading)?;
        let to = place.place()?;
        if let Some(report) = &running.report {
            refuse_overwriting(report, paths, to.folder())?;
        }
        if running.part.is_some() && to.folder().is_some() {
            let reason = "--part is for loaders of one cluster: name it with --engine";
            return Err(Error::Usage(reason.to_owned()));
        }
        let progress = Progress::new(running, analyzer.context.crawled)?;
        options.meter = Some(progress.meter.clone());
        let mode = if running.rebuild { Mode::Rebuild } else { Mode::Incremental };
        let (place, clock) = (to, prepare::clock()?);
        Ok(Updates { paths, place, running, options, analyzer, mode, clock, stop, progress })
    }

    /// Makes one. A rebuild is made once; what comes after it is only what changed.
    ///
    /// # Errors
    /// Those of [`update::update`].
    pub fn run(&mut self, effect: Effect) -> Result<Done> {
        let started = Instant::now();
        // An hour or a day may have passed since the last one: what was the future then is not any
        // more.
        self.analyzer.context.latest = Some(prepare::latest(self.analyzer.context.crawled));
        self.progress.begin();
        let running = self.running;
        let vanished = match (running.prune, running.no_prune) {
            (_, true) => Vanished::Kept,
            (true, false) => Vanished::Forgotten,
            (false, false) => Vanished::Asked,
        };
        let update = Update {
            place: &self.place,
            roots: self.paths,
            options: &self.options,
            analyzer: &self.analyzer,
            mode: self.mode,
            threads: running
                .threads
                .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)),
            memory_budget: usize::try_from(running.memory).unwrap_or(usize::MAX),
            rules: Rules {
                vanished,
                pace: running.commit_every,
                part: running.part.unwrap_or_default(),
                clock: self.clock,
            },
        };
        let report = match effect {
            Effect::Done => update::update(&update, &self.progress, &self.stop),
            Effect::Told => update::preview(&update, &self.progress, &self.stop),
        };
        self.progress.finish()?;
        let report = report?;
        self.mode = Mode::Incremental;
        Ok(Done { report, took: started.elapsed() })
    }
}

/// Refuses a report that would overwrite a source or a file of the index.
///
/// # Errors
/// [`Error::Usage`].
fn refuse_overwriting(report: &Path, sources: &[PathBuf], index: Option<&Path>) -> Result<()> {
    let real = |path: &Path| path.canonicalize().ok();
    let parent = report.parent().filter(|parent| !parent.as_os_str().is_empty());
    let folder = real(parent.unwrap_or(Path::new(".")));
    let below = |root: &Path| {
        real(root).is_some_and(|root| {
            folder.as_ref().is_some_and(|folder| folder.starts_with(&root))
                || real(report).is_some_and(|report| report.starts_with(&root))
        })
    };
    let name = report.display();
    if index.is_some_and(below) {
        return Err(Error::Usage(format!("--report `{name}` would lie in the index")));
    }
    if report.is_file() && sources.iter().any(|source| below(source)) {
        return Err(Error::Usage(format!(
            "--report `{name}` would overwrite a file of the archive; name another file"
        )));
    }
    Ok(())
}

/// Shows progress and writes the report of skipped inputs.
struct Progress {
    bar: ProgressBar,
    report: Mutex<Option<(PathBuf, BufWriter<std::fs::File>)>>,
    failure: Mutex<Option<Error>>,
    shown: Mutex<usize>,
    /// Hashes of the skips that were told: an input that is skipped at each of several updates is
    /// told once.
    told: Mutex<HashSet<u64>>,
    /// The day that relative dates count from in this run.
    crawled: Option<jiff::civil::DateTime>,
    talk: Talk,
    /// Bytes that were read from files.
    meter: Arc<AtomicU64>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Talk {
    Quiet,
    Normal,
}

impl Progress {
    fn new(running: &RunningFlags, crawled: Option<jiff::civil::DateTime>) -> Result<Progress> {
        let talk = if running.quiet { Talk::Quiet } else { Talk::Normal };
        let report = match &running.report {
            Some(path) => {
                let file = std::fs::File::create(path).map_err(Error::io("create", path))?;
                Some((path.clone(), BufWriter::new(file)))
            }
            None => None,
        };
        let (report, failure, shown, told) =
            (Mutex::new(report), Mutex::default(), Mutex::default(), Mutex::default());
        let (bar, meter) = (ProgressBar::hidden(), Arc::default());
        Ok(Progress { bar, report, failure, shown, told, crawled, talk, meter })
    }

    /// Starts from the beginning, for the next update.
    fn begin(&mut self) {
        self.bar = ProgressBar::hidden();
        self.shown = Mutex::default();
        self.meter.store(0, Ordering::Relaxed);
        if self.talk == Talk::Normal && std::io::stderr().is_terminal() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template(
                "{bar:20} {bytes}/{total_bytes} · {eta} left · {wide_msg}",
            );
            self.bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
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

impl Observer for Progress {
    fn planned(&self, files: u64, bytes: u64) {
        self.bar.set_length(bytes);
        self.bar.set_message(format!("0/{}", counted(files, "file")));
        self.bar.reset_eta();
    }

    fn reset(&self, files: u64, before: &Settings) {
        if self.talk == Talk::Normal {
            let (files, verb) = (counted(files, "file"), verb(files, "is", "are"));
            let text = format!(
                "note: {files} {verb} read again: last time {}",
                described(before, self.crawled)
            );
            self.bar.suspend(|| talk!("{}", one_line(&text)));
        }
    }

    fn read(&self, _: u64) {
        self.bar.set_position(self.meter.load(Ordering::Relaxed));
    }

    fn finished(&self, file: &Path, _: u64) {
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.bar.set_message(one_line(&name));
    }

    fn skipped(&self, skip: &Skip) {
        let mut hasher = DefaultHasher::new();
        skip.to_string().hash(&mut hasher);
        if !self.told.lock().unwrap_or_else(PoisonError::into_inner).insert(hasher.finish()) {
            return;
        }
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
            self.bar.suspend(|| talk!("skipped {}", advice::skipped(skip)));
            if *shown == SKIPS_SHOWN {
                self.bar.suspend(|| {
                    talk!("further skipped inputs are counted; --report FILE lists them all")
                });
            }
        }
    }
}

/// The settings that a file was read with before, as flags; those of this run are known to the
/// user.
fn described(before: &Settings, now: Option<jiff::civil::DateTime>) -> String {
    let mut flags = advice::flags(before);
    if before.crawled.is_none() && now.is_some() {
        flags.insert(0, "no --crawled".to_owned());
    }
    if flags.is_empty() {
        "with the usual settings".to_owned()
    } else {
        format!("with {}", flags.join(" "))
    }
}

/// Those of the counts that are not 0, in words.
fn named(counts: &[(u64, &str)]) -> String {
    let some = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"));
    some.collect::<Vec<_>>().join(", ")
}

/// The same, in brackets behind what they are parts of.
fn listed(counts: &[(u64, &str)]) -> String {
    Some(named(counts))
        .filter(|text| !text.is_empty())
        .map_or_else(String::new, |text| format!(" ({text})"))
}

/// The numbers of articles written, by what became of them.
fn written(report: &UpdateReport) -> [(u64, &'static str); 3] {
    [(report.added, "added"), (report.replaced, "replaced"), (report.relocated, "moved")]
}

/// The changes of an update, in one line that says when; `None` where it changed nothing.
pub fn change(done: &Done, at: jiff::Timestamp) -> Option<String> {
    let report = &done.report;
    let files = named(&[
        (report.new, "new"),
        (report.changed, "changed"),
        (report.moved, "moved"),
        (report.vanished, "gone"),
    ]);
    if files.is_empty() && report.articles + report.removed == 0 {
        return None;
    }
    Some(format!(
        "{} · files: {files} · {} written{}, {} removed · {:.1} s · {} in the index",
        clock(at),
        counted(report.articles, "article"),
        listed(&written(report)),
        report.removed,
        done.took.as_secs_f64(),
        counted(report.total_articles, "article"),
    ))
}

/// The time of day on the user's clock.
pub fn clock(at: jiff::Timestamp) -> String {
    jiff::tz::TimeZone::system().to_datetime(at).strftime("%H:%M:%S").to_string()
}

/// The same for machines.
pub fn change_counts(done: &Done, at: jiff::Timestamp) -> UpdateRecord<'_> {
    UpdateRecord { time: Some(at), ..UpdateRecord::new(&done.report, done.took) }
}

fn summary(report: &UpdateReport, took: Duration, effect: Effect) -> String {
    let files = listed(&[
        (report.unchanged, "unchanged"),
        (report.new, "new"),
        (report.changed, "changed"),
        (report.moved, "moved"),
        (report.same, "touched"),
        (report.vanished, "gone"),
        (report.missing, "gone and kept"),
    ]);
    let articles = listed(&written(report));
    let mut text = format!("{}{files} · ", counted(report.files, "file"));
    let (written, total) =
        (counted(report.articles, "article"), counted(report.total_articles, "article"));
    let removed =
        if report.removed > 0 { format!(" · {} removed", report.removed) } else { String::new() };
    match effect {
        Effect::Told => text.push_str(&format!(
            "would write {written}{articles}{removed} · {total} would \
                be in the index",
        )),
        Effect::Done => text.push_str(&format!(
            "{written}{articles}{removed} · {} · {:.1} MB in {:.1} s ({:.1} MB/s) · {total} \
                in the index",
            counted(report.passages, "passage"),
            report.bytes as f64 / 1e6,
            took.as_secs_f64(),
            megabytes_per_second(report, took),
        )),
    }
    let skipped: Vec<String> =
        report.skipped.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    if !skipped.is_empty() {
        text.push_str(&format!("\nskipped: {}", skipped.join(", ")));
    }
    text
}
