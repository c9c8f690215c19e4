//! Keeping an index up to date: whatever happened to the sources, it answers as one built from scratch.

use crate::sample::jianbao;
use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::index::{self, Index, Stop, Update};
use jianbao::passage::Passage;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// A folder with an archive and an index of it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        Place { folder }
    }

    fn archive(&self) -> PathBuf {
        self.folder.path().join("a")
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.archive().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn lines(&self, name: &str, records: &[(&str, &str)]) {
        let line =
            |(id, body): &(&str, &str)| format!("{}\n", serde_json::json!({"id": id, "title": "题", "content": body}));
        self.write(name, &records.iter().map(line).collect::<String>());
    }

    /// Runs `jianbao index` on the archive into the index called `name`.
    fn index_as(&self, name: &str, flags: &[&str]) -> Value {
        let mut command = jianbao();
        command.args(["index", "--format", "json", "--quiet"]).args(flags).arg("a").arg("--index").arg(name);
        let output = command.current_dir(self.folder.path()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}", String::from_utf8(output.stderr).unwrap());
        serde_json::from_str(&text).unwrap()
    }

    fn index(&self, flags: &[&str]) -> Value {
        self.index_as("i", flags)
    }

    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = jianbao().args(arguments).args(["--index", "i"]).current_dir(self.folder.path()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn export(&self, name: &str) -> String {
        let output = jianbao().args(["export", "--index", name]).current_dir(self.folder.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    }

    /// Asserts that the index holds what one built from scratch does.
    fn assert_fresh(&self) {
        let _ = fs::remove_dir_all(self.folder.path().join("fresh"));
        self.index_as("fresh", &[]);
        assert_eq!(self.export("i"), self.export("fresh"));
        let stats = |name: &str| {
            let mut command = jianbao();
            command.args(["stats", "--format", "json", "--index", name]).current_dir(self.folder.path());
            let mut stats: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
            stats["index"] = Value::Null;
            stats
        };
        assert_eq!(stats("i"), stats("fresh"));
    }
}

/// The counts of a report that are asked for.
fn counts(report: &Value, names: &str) -> Vec<u64> {
    names.split(' ').map(|name| report[name].as_u64().unwrap_or_else(|| panic!("{name} in {report}"))).collect()
}

/// Sets a file's time back, so that it counts as written long ago.
fn age(path: &Path) {
    let then = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
}

#[test]
fn a_record_that_is_added_changed_or_removed_is_all_that_is_written() {
    let place = Place::new();
    place.lines("一.jsonl", &[("a", "洪水退了。"), ("b", "桥修好了。"), ("c", "路通了。")]);
    assert_eq!(counts(&place.index(&[]), "articles new"), [3, 1]);
    place.lines("一.jsonl", &[("z", "船来了。"), ("a", "洪水退了。"), ("b", "桥修好了。"), ("c", "路通了。")]);
    assert_eq!(counts(&place.index(&[]), "articles replaced removed changed"), [1, 0, 0, 1]);
    let line = |id: &str| {
        serde_json::from_str::<Value>(&place.run(&["show", id, "--format", "json"]).1).unwrap()["article"]["line"]
            .clone()
    };
    assert_eq!((line("z"), line("c")), (1.into(), 4.into()));
    place.lines("一.jsonl", &[("z", "船来了。"), ("a", "洪水又来了。"), ("c", "路通了。")]);
    assert_eq!(counts(&place.index(&[]), "articles replaced removed total_articles"), [1, 1, 1, 3]);
    assert_eq!((line("a"), line("c")), (2.into(), 3.into()));
    assert_eq!((place.run(&["search", "“桥修好了”"]).0, place.run(&["search", "“洪水又来了”"]).0), (1, 0));
    place.assert_fresh();
}

#[test]
fn records_of_one_id_in_one_file_stay_apart() {
    let place = Place::new();
    place.lines("一.jsonl", &[("a", "洪水退了。"), ("a", "桥修好了。"), ("a", "洪水退了。")]);
    assert_eq!(counts(&place.index(&[]), "total_articles"), [3]);
    place.lines("一.jsonl", &[("a", "桥修好了。"), ("a", "洪水退了。")]);
    assert_eq!(counts(&place.index(&[]), "total_articles removed"), [2, 1]);
    place.assert_fresh();
}

#[test]
fn a_file_that_was_only_touched_is_read_and_nothing_is_written() {
    let place = Place::new();
    place.lines("一.jsonl", &[("a", "洪水退了。"), ("b", "桥修好了。")]);
    place.write("二.txt", "标题\n\n路通了。");
    age(&place.archive().join("二.txt"));
    place.index(&[]);
    place.lines("一.jsonl", &[("a", "洪水退了。"), ("b", "桥修好了。")]);
    assert_eq!(counts(&place.index(&[]), "read unchanged changed articles removed"), [1, 2, 0, 0, 0]);
    age(&place.archive().join("一.jsonl"));
    place.index(&[]);
    assert_eq!(counts(&place.index(&[]), "read unchanged"), [0, 2]);
}

#[test]
fn articles_follow_a_file_that_moves() {
    let place = Place::new();
    place.write("旧/一.txt", "标题一\n\n洪水退了。");
    place.write("二.txt", "标题二\n\n桥修好了。");
    age(&place.archive().join("旧/一.txt"));
    place.index(&[]);
    fs::create_dir(place.archive().join("新")).unwrap();
    fs::rename(place.archive().join("旧/一.txt"), place.archive().join("新/三.txt")).unwrap();
    assert_eq!(counts(&place.index(&[]), "moved new vanished changed total_articles"), [1, 0, 0, 0, 2]);
    assert!(place.run(&["search", "“洪水退了”"]).1.contains("a/新/三.txt"));
    place.assert_fresh();
    // Copied and deleted: the time is another, the content tells.
    place.write("四.txt", "标题二\n\n桥修好了。");
    fs::remove_file(place.archive().join("二.txt")).unwrap();
    assert_eq!(counts(&place.index(&[]), "moved new vanished"), [1, 0, 0]);
    place.assert_fresh();
}

#[test]
fn other_settings_read_the_files_again_and_leave_no_mixture() {
    let place = Place::new();
    place.write("一.txt", "标题一\n\n2天前 东湖日报\n\n洪水退了。");
    place.lines("二.jsonl", &[("a", "桥修好了。")]);
    age(&place.archive().join("一.txt"));
    age(&place.archive().join("二.jsonl"));
    place.index(&["--crawled", "2024-03-24"]);
    assert_eq!(counts(&place.index(&["--crawled", "2024-03-24"]), "read resettled"), [0, 0]);
    assert_eq!(counts(&place.index(&["--crawled", "2024-05-24"]), "read resettled articles replaced"), [2, 2, 2, 2]);
    place.lines("二.jsonl", &[("a", "桥修好了。"), ("b", "路通了。")]);
    place.index(&["--crawled", "2024-05-24"]);
    let first = place.export("i");
    place.index_as("fresh", &["--crawled", "2024-05-24"]);
    assert_eq!(first, place.export("fresh"));
    // Another limit reads again, but what it finds is the same.
    assert_eq!(counts(&place.index(&["--crawled", "2024-05-24", "--max-size", "1M"]), "resettled articles"), [2, 0]);
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let place = Place::new();
    place.lines("一.jsonl", &[("a", "洪水退了。"), ("b", "桥修好了。")]);
    place.write("二.txt", "标题\n\n路通了。");
    let told = place.index(&["--dry-run"]);
    assert_eq!(counts(&told, "new articles total_articles"), [2, 3, 3]);
    assert!(!place.folder.path().join("i").exists());
    place.index(&[]);
    let before = place.export("i");
    place.lines("一.jsonl", &[("a", "洪水又来了。"), ("c", "船来了。")]);
    fs::remove_file(place.archive().join("二.txt")).unwrap();
    let names = "changed vanished articles replaced removed total_articles";
    let told = counts(&place.index(&["--dry-run"]), names);
    assert_eq!(told, [1, 1, 2, 1, 2, 2]);
    assert_eq!(place.export("i"), before);
    assert_eq!(counts(&place.index(&[]), names), told);
}

#[test]
fn what_has_gone_goes_unless_it_is_to_be_kept() {
    let place = Place::new();
    place.write("一.txt", "标题一\n\n洪水退了。");
    place.write("二.txt", "标题二\n\n桥修好了。");
    place.index(&[]);
    fs::remove_file(place.archive().join("二.txt")).unwrap();
    assert_eq!(counts(&place.index(&["--no-prune"]), "vanished total_articles"), [0, 2]);
    assert_eq!(counts(&place.index(&[]), "vanished total_articles"), [1, 1]);
}

#[test]
fn archives_share_an_index_and_each_can_be_forgotten() {
    let place = Place::new();
    place.write("一.txt", "标题一\n\n洪水退了。");
    place.index(&[]);
    // Another archive, typed by the same name in another folder.
    let other = place.folder.path().join("other/a");
    fs::create_dir_all(&other).unwrap();
    fs::write(other.join("一.txt"), "标题一\n\n桥修好了。").unwrap();
    let mut command = jianbao();
    command.args(["index", "--quiet", "a", "--index", "../i"]).current_dir(place.folder.path().join("other"));
    command.assert().success();
    let found = |words: &str| place.run(&["search", words]).0;
    assert_eq!((found("“洪水退了”"), found("“桥修好了”")), (0, 0));
    assert_eq!(counts(&place.index(&[]), "vanished total_articles"), [0, 2]);
    assert_eq!(place.run(&["forget", "other", "--dry-run", "--quiet"]).0, 0);
    assert_eq!(found("“桥修好了”"), 0);
    assert_eq!(place.run(&["forget", "other", "--quiet"]).0, 0);
    assert_eq!((found("“洪水退了”"), found("“桥修好了”")), (0, 1));
    assert_eq!(place.run(&["forget", "other", "--quiet"]).0, 1);
    assert!(other.join("一.txt").exists());
    place.assert_fresh();
}

#[test]
fn an_archive_keeps_its_name_however_it_is_typed() {
    let place = Place::new();
    place.lines("一.jsonl", &[("a", "洪水退了。")]);
    place.index(&[]);
    place.lines("一.jsonl", &[("a", "洪水退了。"), ("b", "桥修好了。")]);
    place.write("二.txt", "标题\n\n路通了。");
    let mut command = jianbao();
    command.args(["index", "--quiet"]).arg(place.archive()).args(["--index", "i"]).current_dir(place.folder.path());
    command.assert().success();
    place.assert_fresh();
}

#[cfg(unix)]
#[test]
fn what_cannot_be_looked_at_for_now_is_not_taken_for_gone() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("里/一.txt", "标题一\n\n洪水退了。");
    place.write("二.txt", "标题二\n\n桥修好了。");
    place.index(&[]);
    let inner = place.archive().join("里");
    let allow = |mode: u32| fs::set_permissions(&inner, fs::Permissions::from_mode(mode)).unwrap();
    allow(0o000);
    // The system's administrator may look at everything.
    if fs::read_dir(&inner).is_err() {
        assert_eq!(counts(&place.index(&[]), "vanished total_articles"), [0, 2]);
    }
    allow(0o755);
}

/// A step of an archive's life.
#[derive(Debug, Clone)]
enum Edit {
    Put { file: usize, id: usize, body: usize, at: usize },
    Drop { file: usize, at: usize },
    Write { file: usize, body: usize },
    Move { from: usize, to: usize },
    Delete { file: usize },
    Touch { file: usize },
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => (0..2usize, 0..4usize, 0..6usize, 0..5usize).prop_map(|(file, id, body, at)| Edit::Put { file, id, body, at }),
        2 => (0..2usize, 0..5usize).prop_map(|(file, at)| Edit::Drop { file, at }),
        2 => (0..4usize, 0..6usize).prop_map(|(file, body)| Edit::Write { file, body }),
        2 => (0..4usize, 0..4usize).prop_map(|(from, to)| Edit::Move { from, to }),
        1 => (0..4usize).prop_map(|file| Edit::Delete { file }),
        1 => (0..4usize).prop_map(|file| Edit::Touch { file }),
    ]
}

const BODIES: [&str; 6] = [
    "洪水退了。",
    "程砚秋说：“桥修好了。”",
    "路通了。路又断了。",
    "船来了，人散了。",
    "“房价见底了吗？”苏敏之问。",
    "临江今天下雨。",
];

/// An archive as the edits see it: two tables of records and four texts.
#[derive(Default)]
struct Model {
    tables: [Vec<(usize, usize)>; 2],
    texts: BTreeMap<usize, usize>,
}

impl Model {
    fn apply(&mut self, edit: &Edit, place: &Place) {
        match *edit {
            Edit::Put { file, id, body, at } => {
                let at = at.min(self.tables[file].len());
                self.tables[file].insert(at, (id, body));
                self.write_table(file, place);
            }
            Edit::Drop { file, at } if at < self.tables[file].len() => {
                self.tables[file].remove(at);
                self.write_table(file, place);
            }
            Edit::Write { file, body } => {
                self.texts.insert(file, body);
                place.write(&format!("文/{file}.txt"), &format!("标题\n\n{}", BODIES[body]));
            }
            Edit::Move { from, to } if from != to && !self.texts.contains_key(&to) => {
                if let Some(body) = self.texts.remove(&from) {
                    self.texts.insert(to, body);
                    let path = |file| place.archive().join(format!("文/{file}.txt"));
                    fs::rename(path(from), path(to)).unwrap();
                }
            }
            Edit::Delete { file } if self.texts.remove(&file).is_some() => {
                fs::remove_file(place.archive().join(format!("文/{file}.txt"))).unwrap();
            }
            Edit::Touch { file } if self.texts.contains_key(&file) => {
                place.write(&format!("文/{file}.txt"), &format!("标题\n\n{}", BODIES[self.texts[&file]]));
            }
            _ => {}
        }
    }

    fn write_table(&self, file: usize, place: &Place) {
        let ids = ["a", "b", "c", "d"];
        let records: Vec<(&str, &str)> = self.tables[file].iter().map(|&(id, body)| (ids[id], BODIES[body])).collect();
        place.lines(&format!("表{file}.jsonl"), &records);
    }
}

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context { crawled: None, latest: None }).unwrap())
}

/// Brings an index of the archive up to date within this process.
fn update_here(place: &Place, name: &str) {
    let (folder, roots) = (place.folder.path().join(name), [place.archive()]);
    let options = archive::Options::default();
    index::update(&Update::new(&folder, &roots, &options, analyzer()), &(), &Stop::default()).unwrap();
}

/// All passages of an index, and the sums of its ledger.
fn held(place: &Place, name: &str) -> (Vec<Passage>, (u64, u64, u64, u64)) {
    let index = Index::open(&place.folder.path().join(name), &analyzer().definition).unwrap();
    let mut all = Vec::new();
    index::articles(&index, |passages| {
        all.extend_from_slice(passages);
        Ok(())
    })
    .unwrap();
    (all, index.ledger().unwrap().totals())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn after_any_edits_an_index_is_as_one_built_from_scratch(
        rounds in prop::collection::vec(prop::collection::vec(edit(), 1..6), 1..4)
    ) {
        let place = Place::new();
        let mut model = Model::default();
        for edits in &rounds {
            edits.iter().for_each(|edit| model.apply(edit, &place));
            update_here(&place, "i");
        }
        update_here(&place, "fresh");
        prop_assert_eq!(held(&place, "i"), held(&place, "fresh"));
    }
}
