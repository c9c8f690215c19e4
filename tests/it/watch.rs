//! `jianbao index --watch`: what changes on disk is soon found, in few commits, and the index's own
//! files set nothing off.

use crate::sample::jianbao;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The longest wait for an event.
const SOON: Duration = Duration::from_secs(60);

/// An archive that is being watched, with the index inside it.
struct Watched {
    folder: tempfile::TempDir,
    child: Child,
    /// A JSON object for each update that changed something.
    changes: Arc<Mutex<Vec<Value>>>,
    talk: Arc<Mutex<String>>,
}

impl Watched {
    /// Watches `a`, which holds an article, with these further arguments; returns when the first
    /// update is done.
    fn new(arguments: &[&str]) -> Watched {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        article(&folder.path().join("a/初.txt"), "洪水退了");
        fs::create_dir(folder.path().join("真")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("真", folder.path().join("linked")).unwrap();
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("jianbao"));
        command.current_dir(folder.path()).env_remove("JIANBAO_DEFINITION");
        command.args(["index", "a", "--watch", "--format", "json", "--memory", "30M"]);
        if !arguments.contains(&"--index") {
            command.args(["--index", "a/built"]);
        }
        let mut child =
            command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (changes, talk): (Arc<Mutex<Vec<Value>>>, Arc<Mutex<String>>) = Default::default();
        let (out, err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (lines, said) = (changes.clone(), talk.clone());
        std::thread::spawn(move || collect(out, &lines));
        std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                said.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let watched = Watched { folder, child, changes, talk };
        watched.until("the first update", || !watched.changes().is_empty());
        watched
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("a").join(name)
    }

    fn changes(&self) -> Vec<Value> {
        self.changes.lock().unwrap().clone()
    }

    fn talk(&self) -> String {
        self.talk.lock().unwrap().clone()
    }

    /// Waits until something holds.
    fn until(&self, what: &str, holds: impl Fn() -> bool) {
        let began = Instant::now();
        while !holds() {
            assert!(
                began.elapsed() < SOON,
                "{what} did not come: {:?}\n{}",
                self.changes(),
                self.talk()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The paths that a search finds, in order.
    fn found(&self, words: &str) -> Vec<String> {
        let index = self.path("built");
        let output = jianbao()
            .args(["search", words, "--format", "jsonl", "--index"])
            .arg(&index)
            .output()
            .unwrap();
        assert!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        let lines = String::from_utf8(output.stdout).unwrap();
        let path = |line: &str| {
            let hit: Value = serde_json::from_str(line).unwrap();
            hit["article"]["path"].as_str().unwrap_or_else(|| panic!("{hit}")).to_owned()
        };
        let mut paths: Vec<String> = lines.lines().map(path).collect();
        paths.sort();
        paths
    }

    /// Waits until a search finds just these.
    fn finds(&self, words: &str, paths: &[&str]) {
        self.until(&format!("{words} in {paths:?}"), || self.found(words) == paths);
    }

    /// Asks it to stop as Ctrl-C does, and returns its exit code.
    #[cfg(unix)]
    fn stop(&mut self) -> i32 {
        let asked =
            Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.ended()
    }

    /// Waits for its end and returns its exit code.
    fn ended(&mut self) -> i32 {
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code().unwrap();
            }
            assert!(began.elapsed() < SOON, "it did not end: {}", self.talk());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn collect(out: ChildStdout, lines: &Mutex<Vec<Value>>) {
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        lines.lock().unwrap().push(serde_json::from_str(&line).unwrap());
    }
}

fn article(path: &Path, text: &str) {
    fs::write(path, format!("标题\n2024-03-05\n\n市长说：“{text}。”")).unwrap();
}

#[test]
fn a_file_that_is_added_changed_moved_and_deleted_is_found_as_it_is() {
    let watched = Watched::new(&[]);
    watched.finds("“洪水退了”", &["a/初.txt"]);
    fs::create_dir_all(watched.path("新/深")).unwrap();
    article(&watched.path("新/深/桥.txt"), "桥修好了");
    watched.finds("“桥修好了”", &["a/新/深/桥.txt"]);
    // A folder that was made while watching is watched as well.
    article(&watched.path("新/深/桥.txt"), "路修好了");
    watched.finds("“路修好了”", &["a/新/深/桥.txt"]);
    assert!(watched.found("“桥修好了”").is_empty());
    fs::rename(watched.path("新"), watched.path("旧")).unwrap();
    watched.finds("“路修好了”", &["a/旧/深/桥.txt"]);
    fs::remove_dir_all(watched.path("旧")).unwrap();
    watched.finds("“路修好了”", &[]);
    watched.finds("“洪水退了”", &["a/初.txt"]);
}

#[test]
fn a_burst_of_files_is_few_commits() {
    let watched = Watched::new(&[]);
    let began = Instant::now();
    for i in 0..200 {
        article(&watched.path(&format!("{i}.txt")), &format!("第{i}座桥修好了"));
        std::thread::sleep(Duration::from_millis(5));
    }
    let total = || watched.changes().last().unwrap()["total_articles"].as_u64();
    watched.until("all 201 articles", || total() == Some(201));
    // One when it is quiet, and one for every five seconds of a slow machine's burst.
    let commits = watched.changes().len() as u64 - 1;
    assert!(commits <= 1 + began.elapsed().as_secs() / 5, "{commits} in {:?}", began.elapsed());
}

#[test]
fn the_index_in_the_archive_sets_off_no_update() {
    let watched = Watched::new(&["--report", "a/report.jsonl"]);
    let ledger = || -> Vec<_> {
        let entries =
            fs::read_dir(watched.path("built")).unwrap().map(|entry| entry.unwrap().file_name());
        entries.filter(|name| name.to_str().unwrap().starts_with("ledger-")).collect()
    };
    article(&watched.path("桥.txt"), "桥修好了");
    watched.until("the update", || watched.changes().len() == 2);
    let before = ledger();
    // As long as it takes for two updates, if there were any.
    std::thread::sleep(Duration::from_secs(6));
    assert_eq!((ledger(), watched.changes().len()), (before, 2), "{:?}", watched.changes());
}

#[cfg(unix)]
#[test]
fn it_ends_cleanly_and_leaves_the_index_to_others_meanwhile() {
    let mut watched = Watched::new(&["--no-prune"]);
    let (place, index) = (watched.folder.path().to_owned(), watched.path("built"));
    let run = |arguments: &[&str]| {
        let output =
            jianbao().current_dir(&place).args(arguments).arg("--index").arg(&index).output();
        output.unwrap().status.code()
    };
    assert_eq!((run(&["doctor"]), run(&["index", "a", "--no-prune"])), (Some(0), Some(0)));
    article(&watched.path("桥.txt"), "桥修好了");
    watched.finds("“桥修好了”", &["a/桥.txt"]);
    // What is gone is kept, as was asked; the update that another file sets off knows.
    fs::remove_file(watched.path("桥.txt")).unwrap();
    article(&watched.path("路.txt"), "路修好了");
    watched.finds("“路修好了”", &["a/路.txt"]);
    assert_eq!(watched.found("“桥修好了”"), ["a/桥.txt"]);
    assert_eq!(watched.stop(), 0, "{}", watched.talk());
    assert!(watched.talk().contains("stopped watching"), "{}", watched.talk());
    assert_eq!(run(&["doctor"]), Some(0));
}

#[test]
fn an_index_that_is_taken_is_waited_for() {
    let watched = Watched::new(&[]);
    let mut engine = tantivy::Index::open_in_dir(watched.path("built/engine")).unwrap();
    jianbao::engine::embedded::plugins()
        .into_iter()
        .for_each(|component| engine.register_plugin(component));
    let lock: tantivy::IndexWriter = engine.writer_with_num_threads(1, 15_000_000).unwrap();
    article(&watched.path("桥.txt"), "桥修好了");
    watched.until("the word about the lock", || watched.talk().contains("is being written by"));
    drop(lock);
    watched.finds("“桥修好了”", &["a/桥.txt"]);
    assert_eq!(watched.talk().matches("is being written by").count(), 1, "{}", watched.talk());
}

#[test]
fn an_archive_that_goes_ends_it_with_what_to_do_and_its_articles_stay() {
    let mut watched = Watched::new(&["--index", "i"]);
    fs::rename(watched.path(""), watched.folder.path().join("b")).unwrap();
    assert_eq!(watched.ended(), 2);
    let talk = watched.talk();
    assert!(talk.contains("it is gone") && talk.contains("jianbao forget"), "{talk}");
    let index = watched.folder.path().join("i");
    assert!(
        jianbao().args(["search", "洪水", "--index"]).arg(index).output().unwrap().status.success()
    );
}

#[cfg(unix)]
#[test]
fn an_archive_that_is_replaced_is_watched_on() {
    let watched = Watched::new(&["--index", "i", "--prune"]);
    let (own, other) = (watched.folder.path().join("a"), watched.folder.path().join("b"));
    fs::create_dir(&other).unwrap();
    article(&other.join("桥.txt"), "桥修好了");
    fs::rename(&own, watched.folder.path().join("old")).unwrap();
    fs::rename(&other, &own).unwrap();
    watched.until("the new archive", || watched.changes().len() == 2);
    article(&watched.path("路.txt"), "路修好了");
    watched.until("what is added to it", || watched.changes().len() == 3);
}

#[cfg(unix)]
#[test]
fn an_archive_behind_a_link_is_watched_and_so_is_the_link() {
    let watched = Watched::new(&["--index", "i", "linked", "--prune"]);
    let link = watched.folder.path().join("linked");
    article(&watched.folder.path().join("真/桥.txt"), "桥修好了");
    watched.until("what is added behind the link", || watched.changes().len() == 2);
    let other = watched.folder.path().join("另");
    fs::create_dir(&other).unwrap();
    article(&other.join("路.txt"), "路修好了");
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink("另", &link).unwrap();
    watched.until("what the link leads to now", || watched.changes().len() == 3);
    article(&other.join("坝.txt"), "坝修好了");
    watched.until("what is added there", || watched.changes().len() == 4);
    assert!(!watched.talk().contains("skipped"), "{}", watched.talk());
}

#[test]
fn watching_and_telling_only_exclude_each_other() {
    let output = jianbao().args(["index", "tests", "--watch", "--dry-run"]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(2) && said.contains("cannot be used with"), "{said}");
}

#[cfg(unix)]
#[test]
fn an_interrupted_update_keeps_what_was_committed_and_the_next_one_makes_up_for_it() {
    let mut watched = Watched::new(&["--commit-every", "64k", "--threads", "1"]);
    let (place, index) = (watched.folder.path().to_owned(), watched.path("built"));
    let run = |arguments: &[&str]| {
        let output = jianbao()
            .current_dir(&place)
            .args(arguments)
            .arg("--index")
            .arg(&index)
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let articles = || {
        let (_, out) = run(&["stats", "--format", "json"]);
        serde_json::from_str::<Value>(&out).unwrap()["articles"].as_u64().unwrap()
    };
    const ARTICLES: usize = 20_000;
    let record = |i: usize| {
        format!("{{\"id\":\"r{i}\",\"content\":\"市长说：“第{i}座桥修好了，路也通了。”\"}}\n")
    };
    fs::write(place.join("new.jsonl"), (0..ARTICLES).map(record).collect::<String>()).unwrap();
    fs::rename(place.join("new.jsonl"), watched.path("多.jsonl")).unwrap();
    watched.until("a commit of the update", || articles() > 1);
    assert_eq!(watched.stop(), 0, "{}", watched.talk());
    let talk = watched.talk();
    assert!(
        talk.contains("stopped watching; everything up to the last commit is in the index"),
        "{talk}"
    );
    let kept = articles();
    assert!(kept > 1 && kept < ARTICLES as u64, "{kept} articles: the update was not interrupted");
    assert_eq!(run(&["doctor"]).0, Some(0));
    assert_eq!(run(&["index", "a", "--quiet"]).0, Some(0));
    assert_eq!((articles(), run(&["doctor"]).0), (1 + ARTICLES as u64, Some(0)));
}

/// A user namespace has limits of its own, which its root may lower. Where the system allows no
/// such namespace, there is nothing to try.
#[cfg(target_os = "linux")]
#[test]
fn a_limit_that_is_reached_ends_it_with_the_way_to_raise_it() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a/b/c", "a/d/e"] {
        fs::create_dir_all(folder.path().join(name)).unwrap();
    }
    article(&folder.path().join("a/b/初.txt"), "洪水退了");
    for (limit, way) in [
        ("watches", "fs.inotify.max_user_watches="),
        ("instances", "fs.inotify.max_user_instances="),
    ] {
        let least = if limit == "watches" { 2 } else { 0 };
        let script = format!(
            "echo {least} > /proc/sys/user/max_inotify_{limit} || exit 77; exec \"$0\" \"$@\""
        );
        let mut command = assert_cmd::Command::new("unshare");
        command
            .args(["--user", "--map-root-user", "sh", "-c", &script])
            .arg(assert_cmd::cargo::cargo_bin!("jianbao"));
        command
            .args(["index", "a", "--watch", "--index", "i", "--memory", "30M"])
            .current_dir(folder.path());
        let Ok(output) = command.timeout(SOON).output() else { return };
        let talk = String::from_utf8(output.stderr).unwrap();
        if output.status.code() == Some(77) || talk.contains("unshare") {
            return;
        }
        assert!(output.status.code() == Some(2) && talk.contains(way), "{limit}: {talk}");
    }
}
