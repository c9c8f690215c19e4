//! Nothing is lost and nothing is wrong in silence: damaged files, sources that are away, a machine
//! that refuses.

use crate::sample::jianbao;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, SystemTime};

/// A small archive `a` with its index `i`.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new(files: usize) -> Place {
        let place = Place(tempfile::tempdir().unwrap());
        fs::create_dir(place.path("a")).unwrap();
        (0..files).for_each(|i| place.write(i));
        place.ok(&["index", "a", "-q"]);
        place
    }

    /// A place whose index has so many segments, each of one file.
    pub fn of_segments(segments: usize) -> Place {
        let place = Place::new(1);
        for i in 1..segments {
            place.write(i);
            place.ok(&["index", "a", "-q"]);
        }
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes file number `i` of the archive, as of a while ago.
    pub fn write(&self, i: usize) {
        let path = self.path(&format!("a/{i}.txt"));
        fs::write(&path, format!("标题{i}\n2024-03-05\n\n镇长说：“第{i}天雪化了。”")).unwrap();
        let file = fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(1000)).unwrap();
    }

    pub fn run(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = jianbao();
        command.current_dir(self.0.path()).args(arguments).args(["--index", "i"]);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let said = text(&output.stdout) + &text(&output.stderr);
        (output.status.code().unwrap(), said)
    }

    pub fn ok(&self, arguments: &[&str]) -> String {
        let (code, said) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said
    }

    /// How many articles answer.
    pub fn answers(&self) -> usize {
        let (_, said) = self.run(&["search", "“雪化了”", "--format", "trec", "-n", "100"]);
        said.lines().filter(|line| line.contains(" Q0 ")).count()
    }

    /// The files of the segment that was written last.
    pub fn newest_segment(&self) -> Vec<PathBuf> {
        let stores = self.files(".store");
        let newest = stores.iter().max_by_key(|path| path.metadata().unwrap().modified().unwrap());
        let start = format!("{}.", newest.unwrap().file_stem().unwrap().to_str().unwrap());
        let mut files = self.files("");
        files.retain(|path| path.file_name().unwrap().to_str().unwrap().starts_with(&start));
        files.sort();
        files
    }

    /// The index's files whose names end so.
    pub fn files(&self, end: &str) -> Vec<PathBuf> {
        let entries = ["i", "i/engine"].map(|folder| fs::read_dir(self.path(folder)).unwrap());
        let paths = entries.into_iter().flatten().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.to_str().unwrap().ends_with(end)).collect()
    }
}

/// Numbers below the one that is given, the same for the same seed.
fn numbers(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |below| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

/// Changes a byte of a file.
pub fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 0x21;
    fs::write(path, bytes).unwrap();
}

#[test]
fn a_repair_refuses_to_lose_what_it_cannot_read_again() {
    let place = Place::new(3);
    let whole = place.ok(&["export"]);
    flip(&place.files(".fieldnorm")[0], 1);
    fs::rename(place.path("a"), place.path("b")).unwrap();
    let before = fs::read(place.path("i/engine/meta.json")).unwrap();
    let (code, said) = place.run(&["doctor", "--repair"]);
    assert!(
        code == 2 && said.contains("would lose 3 articles") && said.contains("--lose"),
        "{said}"
    );
    assert_eq!(fs::read(place.path("i/engine/meta.json")).unwrap(), before);
    assert!(!place.path("i/repair.new").exists());
    // With the sources back everything is as it was, in the archive that it was in.
    fs::rename(place.path("b"), place.path("a")).unwrap();
    place.ok(&["doctor", "--repair"]);
    assert_eq!(place.ok(&["export"]), whole);
    assert!(place.ok(&["stats"]).contains("a (3 files, 3 articles)"));
    flip(&place.files(".fieldnorm")[0], 1);
    fs::rename(place.path("a"), place.path("b")).unwrap();
    place.ok(&["doctor", "--repair", "--lose"]);
    assert_eq!(place.answers(), 0);
}

#[test]
fn a_repair_condemns_damaged_segments_alone() {
    let place = Place::new(2);
    for i in 2..4 {
        place.write(i);
        place.ok(&["index", "a", "-q"]);
    }
    let (whole, stores) = (place.ok(&["export"]), place.files(".store"));
    assert!(stores.len() > 1, "one segment");
    let last = stores.iter().max_by_key(|path| path.metadata().unwrap().modified().unwrap());
    flip(last.unwrap(), 20);
    // The sources of the other segments are gone, and their articles stay.
    fs::create_dir(place.path("b")).unwrap();
    for i in 0..3 {
        fs::rename(place.path(&format!("a/{i}.txt")), place.path(&format!("b/{i}.txt"))).unwrap();
    }
    place.ok(&["doctor", "--repair"]);
    assert_eq!((place.answers(), place.ok(&["export"])), (4, whole));
}

#[test]
fn a_lost_table_is_made_again_and_no_article_goes() {
    for kind in ["ledger-", "records-", "reprints-"] {
        let place = Place::new(3);
        let whole = place.ok(&["export"]);
        let of_kind = |path: &PathBuf| path.to_str().unwrap().contains(kind);
        let table = place.files("").into_iter().find(of_kind).unwrap();
        flip(&table, 60);
        fs::rename(place.path("a"), place.path("b")).unwrap();
        assert_eq!(place.run(&["doctor"]).0, 1, "{kind}");
        place.ok(&["doctor", "--repair"]);
        assert_eq!(place.answers(), 3, "{kind}");
        fs::rename(place.path("b"), place.path("a")).unwrap();
        place.ok(&["index", "a", "-q"]);
        assert_eq!(place.ok(&["export"]), whole, "{kind}");
    }
}

/// How many repairs are killed; the long form sets `JIANBAO_KILLS`.
fn kills() -> usize {
    std::env::var("JIANBAO_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(6)
}

#[test]
fn a_repair_that_is_killed_loses_nothing() {
    let place = Place::of_segments(5);
    let whole = place.ok(&["export"]);
    // The sources of the other segments are gone: what a repair loses of them is lost for good.
    fs::create_dir(place.path("b")).unwrap();
    for i in 0..4 {
        fs::rename(place.path(&format!("a/{i}.txt")), place.path(&format!("b/{i}.txt"))).unwrap();
    }
    let mut random = numbers(11);
    let (mut killed, mut usual) = (0, Duration::ZERO);
    while killed < kills() {
        if place.run(&["doctor"]).0 == 0 {
            let newest = place.newest_segment();
            let path = &newest[random(newest.len())];
            flip(path, random(fs::metadata(path).unwrap().len() as usize));
            // A byte that nobody reads was hit.
            if place.run(&["doctor"]).0 == 0 {
                place.ok(&["index", "a", "--no-prune", "-q"]);
                continue;
            }
        }
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("jianbao"));
        command.current_dir(place.0.path()).args(["doctor", "--repair", "--index", "i"]);
        let began = std::time::Instant::now();
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if usual.is_zero() {
            assert!(child.wait().unwrap().success());
            usual = began.elapsed();
        } else {
            std::thread::sleep(usual.mul_f64(random(1100) as f64 / 1000.0));
            killed += usize::from(child.try_wait().unwrap().is_none());
            let _ = child.kill();
            child.wait().unwrap();
        }
        let (code, said) = place.run(&["doctor"]);
        assert!(code < 2, "{said}");
        // As it was, or repaired and whole; and a repair that gets through makes it whole.
        if code == 1 && random(3) == 0 {
            place.ok(&["doctor", "--repair"]);
        }
        if place.run(&["doctor"]).0 == 0 {
            assert_eq!(place.ok(&["export"]), whole, "after {killed} kills");
        }
    }
    place.ok(&["doctor", "--repair"]);
    assert_eq!(place.ok(&["export"]), whole);
    assert!(!place.path("i/repair.new").exists());
    println!("{killed} repairs killed, 0 articles lost");
}

#[test]
fn a_merge_reads_no_damaged_segment() {
    let place = Place::of_segments(5);
    let texts = place.files(".text");
    let oldest = texts.iter().min_by_key(|path| path.metadata().unwrap().modified().unwrap());
    let oldest = oldest.unwrap().clone();
    flip(&oldest, 4);
    let mut told = false;
    for i in 5..14 {
        place.write(i);
        let (code, said) = place.run(&["index", "a", "-q"]);
        told |= code == 2 && said.contains("is damaged");
    }
    assert!(told && oldest.exists());
    assert_eq!(place.run(&["doctor"]).0, 1);
    place.ok(&["doctor", "--repair"]);
    assert_eq!(place.answers(), 14);
}

#[test]
fn a_flipped_ledger_deletes_nothing() {
    let place = Place::new(3);
    let is_ledger = |path: &PathBuf| path.to_str().unwrap().contains("ledger-");
    let ledger = place.files(".jsonl").into_iter().find(is_ledger).unwrap();
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, text.replacen("/2.txt\",\"path\"", "/6.txt\",\"path\"", 1)).unwrap();
    let (code, said) = place.run(&["index", "a"]);
    assert!(code == 2 && said.contains("not as it was written") && said.contains(" a "), "{said}");
    assert_eq!(place.answers(), 3);
}

#[test]
fn what_is_missing_at_once_is_asked_about() {
    let place = Place::new(4);
    fs::rename(place.path("a"), place.path("b")).unwrap();
    fs::create_dir(place.path("a")).unwrap();
    for flags in [&["index", "a"][..], &["index", "a", "--rebuild"]] {
        let (code, said) = place.run(flags);
        assert!(
            code == 2 && said.contains("4 of 4 articles") && said.contains("--prune"),
            "{said}"
        );
    }
    assert_eq!(place.answers(), 4);
    fs::copy(place.path("b/0.txt"), place.path("a/0.txt")).unwrap();
    assert_eq!(place.run(&["index", "a"]).0, 2);
    assert_eq!(place.answers(), 4);
    // What only moved is not missing.
    fs::create_dir(place.path("a/新")).unwrap();
    for i in 1..4 {
        fs::copy(place.path(&format!("b/{i}.txt")), place.path(&format!("a/新/{i}.txt"))).unwrap();
    }
    place.ok(&["index", "a"]);
    assert_eq!(place.answers(), 4);
    fs::remove_dir_all(place.path("a/新")).unwrap();
    place.ok(&["index", "a", "--prune"]);
    assert_eq!(place.answers(), 1);
}

#[test]
fn a_file_that_was_changed_is_found_before_an_answer_is_made_of_it() {
    let place = Place::new(3);
    for end in [".text", ".store", ".term", ".fast", "dictionary.trie"] {
        let path = place.files(end).remove(0);
        let (before, time) =
            (fs::read(&path).unwrap(), path.metadata().unwrap().modified().unwrap());
        flip(&path, before.len() / 2);
        let (code, said) = place.run(&["search", "雪化了"]);
        assert!(code == 2 && said.contains("doctor"), "{end}: {code} {said}");
        fs::write(&path, &before).unwrap();
        // Whole, but written at another time: read once, and noted.
        assert_eq!(place.answers(), 3);
        fs::File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
        assert_eq!(place.answers(), 3);
    }
}

#[cfg(unix)]
#[test]
fn a_source_that_may_not_be_read_for_a_while_keeps_its_articles() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new(3);
    let mode = |name: &str, mode| {
        let path = place.path(name);
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    let source = place.path("a/1.txt");
    let text = fs::read(&source).unwrap();
    fs::write(&source, [&text[..], "又一句。".as_bytes()].concat()).unwrap();
    mode("a/1.txt", 0o000);
    // The superuser may read everything, and becomes nobody.
    if fs::File::open(&source).is_ok() {
        ["", "a", "i", "i/engine"].iter().for_each(|folder| mode(folder, 0o777));
        place.files("").iter().for_each(|path| mode(path.to_str().unwrap(), 0o777));
        fs::copy(assert_cmd::cargo::cargo_bin!("jianbao"), place.path("jianbao")).unwrap();
        let mut command = std::process::Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "./jianbao"]);
        command.current_dir(place.0.path()).args(["index", "a", "--index", "i"]);
        let output = command.env("HOME", place.0.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && said.contains("1 not readable"), "{said}");
    } else {
        assert!(place.ok(&["index", "a"]).contains("1 not readable"));
    }
    assert_eq!(place.answers(), 3);
    // Its time is what it was.
    mode("a/1.txt", 0o644);
    place.ok(&["index", "a", "-q"]);
    assert_eq!(place.answers(), 3);
    assert!(place.ok(&["export"]).contains("又一句"));
}

#[test]
fn a_report_overwrites_no_source_and_nothing_of_the_index() {
    let place = Place::new(1);
    let source = fs::read(place.path("a/0.txt")).unwrap();
    for report in ["a/0.txt", "i/jianbao.json", "i/neu"] {
        let (code, said) = place.run(&["index", "a", "--report", report]);
        assert!(code == 2 && said.contains("--report"), "{report}: {said}");
    }
    assert_eq!(fs::read(place.path("a/0.txt")).unwrap(), source);
    place.ok(&["index", "a", "--report", "bericht.jsonl"]);
    assert_eq!(place.answers(), 1);
}

/// How many damages are made; the long form sets `JIANBAO_FLIPS`.
fn flips() -> usize {
    std::env::var("JIANBAO_FLIPS").ok().and_then(|text| text.parse().ok()).unwrap_or(60)
}

#[test]
fn a_flipped_byte_or_a_cut_file_gives_the_right_answer_or_none() {
    let place = Place::new(12);
    let commands: [&[&str]; 4] = [
        &["search", "“雪化了”", "--format", "trec"],
        &["speakers", "--format", "jsonl"],
        &["export"],
        &["doctor"],
    ];
    let right = commands.map(|command| place.ok(command));
    let mut files = place.files("");
    files.retain(|path| path.is_file() && path.metadata().unwrap().len() > 0);
    files.sort();
    let (mut random, mut wrong) = (numbers(7), Vec::new());
    for round in 0..flips() {
        let path = &files[round % files.len()];
        let whole = fs::read(path).unwrap();
        let mut bytes = whole.clone();
        let at = random(bytes.len());
        if random(8) == 0 {
            bytes.truncate(at)
        } else {
            bytes[at] ^= 1 << random(8)
        }
        fs::write(path, bytes).unwrap();
        for (command, right) in commands.iter().zip(&right) {
            let (code, said) = place.run(command);
            let told = code == 2 && said.contains("jianbao:") && !said.contains("panicked");
            let found = code == 1 && command[0] == "doctor";
            if !(code == 0 && said == *right || told || found) {
                wrong.push(format!("{} at {at}: {command:?} {code}", path.display()));
            }
        }
        fs::write(path, whole).unwrap();
    }
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), flips());
    place.ok(&["doctor"]);
}
