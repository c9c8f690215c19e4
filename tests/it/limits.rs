//! Hostile inputs: a run over them ends, takes what is good, and counts and names the rest.
//! tools/src/bin/limits.rs has the large ones.

use crate::sample::jianbao;
use jianbao::archive::{self, Options, SkipReason, records, walk};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// An archive with one good article, and what is put into it.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new() -> Place {
        let place = Place { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(place.path("")).unwrap();
        place.write("好.txt", "桥修好了\n2024-03-05 来源：临江日报\n\n县长说：“第一座桥修好了。”");
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("archive").join(name)
    }

    fn write(&self, name: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.folder.path().join("archive").join(name);
        fs::write(&path, bytes).unwrap();
        let file = fs::File::options().append(true).open(path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(1000)).unwrap();
    }

    /// Runs the program beside the archive, at most a minute: standard output.
    fn run(&self, arguments: &[&str]) -> String {
        let mut command = jianbao();
        command.current_dir(self.folder.path()).timeout(Duration::from_secs(60));
        let output =
            command.args(arguments).args(["--index", "i"]).assert().success().get_output().clone();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Indexes the archive: the counts, and the names of what was skipped by reason. The good
    /// article must be found.
    fn index(&self, flags: &[&str]) -> (Value, BTreeMap<String, Vec<String>>) {
        let base = [
            "index",
            "archive",
            "--quiet",
            "--format",
            "json",
            "--threads",
            "2",
            "--report",
            "report",
        ];
        let counts: Value = serde_json::from_str(&self.run(&[&base, flags].concat())).unwrap();
        let mut skipped: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in fs::read_to_string(self.folder.path().join("report")).unwrap().lines() {
            let skip: archive::Skip = serde_json::from_str(line).unwrap();
            let name = skip.path.strip_prefix("archive/").unwrap().to_owned();
            let record = skip.record.map(|n| format!("#{n}")).unwrap_or_default();
            skipped.entry(skip.reason.text().to_owned()).or_default().push(name + &record);
        }
        let counted: BTreeMap<String, usize> =
            serde_json::from_value(counts["skipped"].clone()).unwrap();
        assert_eq!(
            counted,
            skipped.iter().map(|(reason, names)| (reason.clone(), names.len())).collect()
        );
        assert!(self.run(&["search", "“第一座桥”"]).contains("archive/好.txt:4"));
        (counts, skipped)
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_is_too_large_is_counted_and_what_stands_beside_it_is_taken() {
    let place = Place::new();
    let long = "洪水退了".repeat(450_000);
    place.write("行.txt", &long);
    place
        .write("行.jsonl", format!("{{\"content\":\"{long}\"}}\n{{\"content\":\"堤没有动。\"}}\n"));
    place.write("弹.txt.gz", gzip(long.as_bytes()));
    place.write("弹.html.zst", zstd::encode_all(long.as_bytes(), 3).unwrap());
    place.write(
        "数.jsonl",
        format!(
            "{{\"z\":[{}0],\"content\":\"水\"}}\n{{\"content\":\"路通了。\"}}\n",
            "0,".repeat(2_000_000)
        ),
    );
    place.write("列.csv", format!("{}title\n1\n", "a,".repeat(10_001)));
    place.write("名.csv", format!("{}\n1\n", "a".repeat(300_000)));
    let (counts, skipped) = place.index(&["--max-size", "5M"]);
    let names = ["列.csv", "弹.html.zst", "弹.txt.gz", "数.jsonl#1", "行.jsonl#1", "行.txt"]
        .map(str::to_owned);
    let mut large = skipped["too large"].clone();
    large.sort();
    assert_eq!(large, names);
    assert_eq!(skipped["without title and text"], ["名.csv"]);
    assert_eq!((&counts["articles"], skipped.len()), (&3.into(), 2));
    assert!(fs::metadata(place.folder.path().join("report")).unwrap().len() < 5_000);
}

#[test]
fn deep_and_long_pages_become_articles() {
    let place = Place::new();
    place.write(
        "深.html",
        format!("<body>{}堤没有动{}", "<div>".repeat(20_000), "</div>".repeat(20_000)),
    );
    place.write("乱.html", format!("<p>{}路通了", "<b><a><i>".repeat(5_000)));
    place.write("行.txt", "洪水退了".repeat(10_000));
    let (counts, skipped) = place.index(&[]);
    assert_eq!((&counts["articles"], skipped.len()), (&4.into(), 0));
    assert_eq!(
        place.run(&["search", "“堤没有动” OR “路通了”", "--format", "trec"]).lines().count(),
        2
    );
}

#[cfg(unix)]
#[test]
fn pipes_devices_and_links_are_named_and_not_read() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    assert!(
        std::process::Command::new("mkfifo").arg(place.path("管.txt")).status().unwrap().success()
    );
    symlink("/dev/zero", place.path("零.txt")).unwrap();
    symlink(place.path("乙"), place.path("甲")).unwrap();
    symlink(place.path("甲"), place.path("乙")).unwrap();
    symlink(place.path(""), place.path("圈")).unwrap();
    let (_, skipped) = place.index(&[]);
    assert_eq!(skipped["not a regular file"], ["管.txt"]);
    assert_eq!(skipped["a link that was not followed"].len(), 4);
    let (_, skipped) = place.index(&["--follow"]);
    let mut names = skipped["not a regular file"].clone();
    names.sort();
    assert_eq!(names, ["管.txt", "零.txt"]);
    assert_eq!(
        (skipped["not readable"].len(), skipped["a link that leads in a circle"].len()),
        (2, 1)
    );
    // Named by the user, too.
    place.run(&["index", "archive/管.txt", "archive", "--quiet"]);
}

#[cfg(unix)]
#[test]
fn folders_full_of_links_to_each_other_are_walked_once_or_a_few_times() {
    let place = Place::new();
    for folder in 0..9 {
        fs::create_dir(place.path(&folder.to_string())).unwrap();
        place.write(format!("{folder}/文{folder}.txt"), "水");
        for other in (0..9).filter(|other| *other != folder) {
            let link = place.path(&format!("{folder}/链{other}"));
            std::os::unix::fs::symlink(place.path(&other.to_string()), link).unwrap();
        }
    }
    let options = Options { links: archive::Links::Follow, ..Options::default() };
    let walk = walk(&[place.path("")], &options).unwrap();
    assert_eq!(walk.files.len(), 10);
    // Without a limit there are 9 · 8! ways and more.
    assert!(walk.skipped.len() < 20_000, "{}", walk.skipped.len());
    assert!(walk.skipped.iter().all(|skip| skip.reason == SkipReason::Loop));
}

#[cfg(target_os = "linux")]
#[test]
fn links_lead_into_no_other_file_system_and_never_into_one_that_is_made_up() {
    use std::os::unix::fs::{MetadataExt, symlink};
    let place = Place::new();
    symlink("/proc/self", place.path("进程")).unwrap();
    symlink("/sys/kernel", place.path("内核")).unwrap();
    symlink("/proc/self/status", place.path("状态.txt")).unwrap();
    for flags in [&["--follow"][..], &["--follow", "--cross-file-systems"]] {
        let (counts, skipped) = place.index(flags);
        assert_eq!(counts["files"], 1);
        assert_eq!(skipped["on another file system"], ["内核", "状态.txt", "进程"]);
    }
    // A disk is entered where that is asked for, or where its folder is named.
    let shared = Path::new("/dev/shm");
    let device = |path: &Path| fs::metadata(path).unwrap().dev();
    if !shared.is_dir() || device(shared) == device(&place.path("")) {
        return;
    }
    let disk = tempfile::tempdir_in(shared).unwrap();
    fs::write(disk.path().join("远.txt"), "堤没有动。").unwrap();
    symlink(disk.path(), place.path("盘")).unwrap();
    symlink(disk.path().join("远.txt"), place.path("远.txt")).unwrap();
    let (counts, skipped) = place.index(&["--follow"]);
    assert_eq!((&counts["files"], skipped["on another file system"].len()), (&1.into(), 5));
    let (counts, _) = place.index(&["--follow", "--cross-file-systems"]);
    assert_eq!(counts["files"], 2);
    // What was read from there stays although the next walk does not go there.
    let (counts, _) = place.index(&["--follow"]);
    assert_eq!((&counts["missing"], &counts["total_articles"]), (&1.into(), &2.into()));
    let named = [place.path("盘/.").to_str().unwrap().to_owned()];
    place.run(&["index", &named[0], "--follow", "--quiet"]);
    assert!(place.run(&["search", "“堤没有动”"]).contains("远.txt"));
    let mut folder = jianbao();
    folder.current_dir(place.folder.path()).args(["index", "/proc", "--index", "j"]);
    let output = folder.timeout(Duration::from_secs(60)).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("1 on another file system"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_file_that_becomes_a_pipe_grows_or_is_cut_while_it_is_read() {
    let place = Place::new();
    let lines = |from: u32, to: u32| {
        (from..to).map(|i| format!("{{\"content\":\"第{i}座桥\"}}\n")).collect::<String>()
    };
    place.write("长.jsonl", lines(0, 5));
    place.write("短.jsonl", lines(0, 50_000));
    let options = Options::default();
    let walk = walk(&[place.path("")], &options).unwrap();
    let entry = |name: &str| walk.files.iter().find(|file| file.path.ends_with(name)).unwrap();
    let mut file = fs::File::options().append(true).open(place.path("长.jsonl")).unwrap();
    let mut read = 0;
    for outcome in records(entry("长.jsonl"), &options).take(1_000) {
        assert!(outcome.is_ok());
        read += 1;
        file.write_all(lines(read, read + 2).as_bytes()).unwrap();
    }
    assert_eq!(read, 5);
    let mut cut = records(entry("短.jsonl"), &options);
    assert!(cut.next().unwrap().is_ok());
    fs::File::options().write(true).open(place.path("短.jsonl")).unwrap().set_len(100).unwrap();
    let (rest, skipped): (Vec<_>, Vec<_>) = cut.partition(Result::is_ok);
    assert!(
        (1..49_999).contains(&rest.len()) && skipped.len() <= 1,
        "{} {}",
        rest.len(),
        skipped.len()
    );
    fs::remove_file(place.path("好.txt")).unwrap();
    assert!(
        std::process::Command::new("mkfifo").arg(place.path("好.txt")).status().unwrap().success()
    );
    let outcomes: Vec<_> = records(entry("好.txt"), &options).collect();
    assert_eq!(outcomes[0].as_ref().unwrap_err().reason, SkipReason::NotAFile);
}

#[cfg(unix)]
#[test]
fn files_whose_names_are_not_utf8_are_told_apart_and_read_again_by_a_repair() {
    use std::os::unix::ffi::OsStrExt;
    let place = Place::new();
    place.write(std::ffi::OsStr::from_bytes(b"\xd0\xc2.txt"), "标题\n\n堤没有动。");
    place.write(r"\xD0\xC2.txt", "标题\n\n路通了。");
    place.write("行\n\u{1b}[31m二.txt", "标题\n\n灯亮了。");
    let (counts, _) = place.index(&[]);
    assert_eq!(counts["articles"], 4);
    let paths = |words: &str| {
        let out = place.run(&["search", words, "--format", "jsonl"]);
        let path =
            |line: &str| serde_json::from_str::<Value>(line).unwrap()["article"]["path"].clone();
        out.lines().map(path).collect::<Vec<_>>()
    };
    assert_eq!(paths("堤没有动"), [json!(r"archive/\xD0\xC2.txt")]);
    assert_eq!(paths("路通了"), [json!(r"archive/\x5CxD0\x5CxC2.txt")]);
    for entry in fs::read_dir(place.folder.path().join("i/engine")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "store") {
            let mut bytes = fs::read(&path).unwrap();
            bytes[3] ^= 0xff;
            fs::write(&path, bytes).unwrap();
        }
    }
    let repaired: Vec<Value> = place
        .run(&["doctor", "--repair", "--format", "json"])
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(repaired[1]["repaired"], json!({ "files": 4, "lost": [] }));
    assert_eq!((paths("堤没有动").len(), paths("路通了").len(), paths("灯亮了").len()), (1, 1, 1));
}

#[test]
fn headers_without_end_are_cut_and_their_article_is_found() {
    let place = Place::new();
    let long = "临江".repeat(50_000);
    let mut lines = String::new();
    for field in ["id", "title", "source", "author", "tags", "url", "reprinted_by"] {
        let mut record =
            json!({ "id": field, "title": "水", "content": format!("市长说：“{field}退了。”") });
        record[field] =
            json!(if field == "author" { format!("记者，{long}") } else { long.clone() });
        lines += &(record.to_string() + "\n");
    }
    // A headline that is all there is is kept whole.
    lines += &(json!({ "id": "alone", "title": format!("{long}结尾在此") }).to_string() + "\n");
    place.write("长.jsonl", lines);
    assert_eq!(place.index(&[]).0["articles"], 9);
    for form in ["text", "json", "jsonl", "csv", "trec"] {
        let out = place.run(&["search", "“退了”", "-n", "20", "--reprints", "--format", form]);
        assert!(out.len() < 60_000, "{form}: {} bytes", out.len());
    }
    let out = place.run(&["search", "“id退了”", "--format", "jsonl"]);
    let id =
        serde_json::from_str::<Value>(&out).unwrap()["article"]["id"].as_str().unwrap().to_owned();
    assert!(id.len() <= 512 && place.run(&["show", &id]).contains("id退了"));
    assert!(place.run(&["search", "“结尾在此”"]).contains("长.jsonl:8"));
    let mut analyze = jianbao();
    let output = analyze.arg("analyze").arg(place.path("长.jsonl")).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().matches("\"shortened\"").count(), 7);
}

#[test]
fn lines_of_headers_without_end_are_all_cut() {
    let place = Place::new();
    place.write("头.txt", format!("{}堤没有动。", "中新网北京8月10日电\n".repeat(3_000)));
    place.index(&[]);
    let out = place.run(&["search", "“堤没有动”", "--format", "jsonl"]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["passage"]["start"], 0, "{out}");
}
