//! One case: its archive is made, indexed by a process of its own whose memory is watched, and an
//! ordinary article looked for.

use super::cases::{Case, Meanwhile};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The longest that a case may take.
const LONGEST: Duration = Duration::from_secs(3_600);

/// The outcome of a case.
pub struct Outcome {
    exit: Option<i32>,
    articles: u64,
    /// Inputs skipped, as the counts have it.
    skipped: u64,
    /// Inputs skipped, as the report names them.
    named: u64,
    /// How often the ordinary article was found.
    found: usize,
    seconds: f64,
    /// Peak of resident memory, in MB.
    peak: u64,
    told: String,
}

impl Outcome {
    /// The case as a row of a table.
    pub fn row(&self, case: &Case) -> String {
        let exit = self.exit.map_or("none".to_owned(), |code| code.to_string());
        let skipped = if case.skipped.is_empty() { "" } else { " " };
        format!(
            "| {} | {exit} | {} | {}{skipped}{} | {:.1} | {} | {} |",
            case.text,
            self.articles,
            self.skipped,
            case.skipped,
            self.seconds,
            self.peak,
            case.most
        )
    }

    /// The outcomes that should have been otherwise.
    pub fn faults(&self, case: &Case) -> Vec<String> {
        let checks = [
            (self.exit == Some(0), format!("exit {:?}: {}", self.exit, self.told)),
            (
                case.articles.contains(&self.articles),
                format!("{} articles, not {:?}", self.articles, case.articles),
            ),
            (self.skipped == self.named, format!("{} skipped, {} named", self.skipped, self.named)),
            (
                case.skipped.is_empty() == (self.skipped == 0) && self.told.contains(case.skipped),
                format!("skipped {:?}: {}", case.skipped, self.told),
            ),
            (self.found == 1, format!("the ordinary article was found {} times", self.found)),
            (self.peak <= case.most, format!("{} MB, more than {}", self.peak, case.most)),
        ];
        checks.into_iter().filter(|(good, _)| !good).map(|(_, fault)| fault).collect()
    }
}

/// Tries a case.
pub fn run(program: &Path, case: &Case) -> Outcome {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).expect("a folder");
    let ordinary = "桥修好了\n2024-03-05 来源：临江日报\n\n县长说：“第九十九座石拱桥修好了。”\n";
    fs::write(archive.join("ordinary.txt"), ordinary).expect("a file");
    (case.make)(&archive);
    let stop = AtomicBool::new(false);
    let (exit, seconds, peak, out) = std::thread::scope(|scope| {
        if let Some(meanwhile) = case.meanwhile {
            let (archive, stop) = (&archive, &stop);
            scope.spawn(move || disturb(archive, meanwhile, stop));
        }
        let watched = watched(program, case, folder.path());
        stop.store(true, Ordering::SeqCst);
        watched
    });
    let counts: serde_json::Value = serde_json::from_str(&out).unwrap_or_default();
    let number = |value: &serde_json::Value| value.as_u64().unwrap_or_default();
    let named =
        fs::read_to_string(folder.path().join("report")).unwrap_or_default().lines().count() as u64;
    let mut search = Command::new(program);
    search.current_dir(folder.path()).args([
        "search",
        "“第九十九座石拱桥”",
        "--format",
        "trec",
        "--index",
        "index",
    ]);
    let found = search
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).lines().count())
        .unwrap_or_default();
    Outcome {
        exit,
        articles: number(&counts["articles"]),
        skipped: counts["skipped"]
            .as_object()
            .map_or(0, |reasons| reasons.values().map(number).sum()),
        named,
        found,
        seconds,
        peak,
        told: counts["skipped"].to_string(),
    }
}

/// Runs the indexer: exit code (none where it did not end), seconds, peak of memory in MB, standard
/// output.
fn watched(program: &Path, case: &Case, folder: &Path) -> (Option<i32>, f64, u64, String) {
    // Beside it, nobody else writes there.
    let out = folder.join("out");
    let mut command =
        if case.as_nobody { as_nobody(program, folder) } else { Command::new(program) };
    command
        .current_dir(folder)
        .args(["index", "archive", "--index", "index", "--quiet", "--format", "json"]);
    command.args(["--report", "report", "--threads", "2"]).args(case.flags);
    let began = Instant::now();
    let mut child = command
        .stdout(fs::File::create(&out).expect("a file"))
        .stdin(Stdio::null())
        .spawn()
        .expect("a start");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let exit = loop {
        peak = peak.max(high_water(&status).unwrap_or_default());
        match child.try_wait().expect("a state") {
            Some(status) => break status.code(),
            None if began.elapsed() > LONGEST => {
                child.kill().expect("a death");
                child.wait().expect("an end");
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    (exit, began.elapsed().as_secs_f64(), peak, fs::read_to_string(out).unwrap_or_default())
}

/// `VmHWM` of a process, in MB.
fn high_water(status: &str) -> Option<u64> {
    let text = fs::read_to_string(status).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}

/// The program as a user who may not read everything: the superuser may.
fn as_nobody(program: &Path, folder: &Path) -> Command {
    let mode = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o777);
    fs::set_permissions(folder, mode).expect("a mode");
    let superuser =
        Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !superuser {
        return Command::new(program);
    }
    let copy = folder.join("jianbao");
    fs::copy(program, &copy).expect("a copy");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(copy);
    command
}

/// Changes a file under the reader's hands, from when all files have been found until it is told to
/// stop.
fn disturb(archive: &Path, meanwhile: Meanwhile, stop: &AtomicBool) {
    let begun = archive.with_file_name("index").join("engine");
    while !begun.exists() && !stop.load(Ordering::SeqCst) {
        std::thread::sleep(Duration::from_millis(1));
    }
    while !stop.load(Ordering::SeqCst) {
        meanwhile(archive);
        std::thread::sleep(Duration::from_millis(1));
    }
}
