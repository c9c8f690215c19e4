//! An index that lives: after any edits to the archive, an update leaves what a build from scratch
//! would.

use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::IndexPlace;
use jianbao::error::Error;
use jianbao::passage::Passage;
use jianbao::update::{
    self, Mode, Pace, Rules, RunClock, Snapshot, Stop, Tables, Update, UpdateReport, Vanished,
};
use proptest::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context::default()).unwrap())
}

/// An archive with an index of it.
struct Archive {
    folder: tempfile::TempDir,
    rules: Rules,
}

impl Archive {
    fn new() -> Archive {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        // All runs begin at one time, so that an updated index and one from scratch can be equal.
        let clock = RunClock::Fixed(1_700_000_000);
        let rules = Rules { vanished: Vanished::Forgotten, clock, ..Rules::default() };
        Archive { folder, rules }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("a").join(name)
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
        self.age(name);
    }

    /// Makes a file look as if it had been written a while ago, each time at another time.
    fn age(&self, name: &str) {
        static TICKS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let ago = 100_000 - TICKS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let file = fs::File::options().append(true).open(self.path(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(ago)).unwrap();
    }

    fn run(&self, place: &str, mode: Mode, analyzer: &Analyzer) -> UpdateReport {
        let options = archive::Options::default();
        let (folder, roots) = (self.folder.path().join(place), [self.folder.path().join("a")]);
        let (threads, memory, rules) = (2, 30 << 20, self.rules);
        let update = Update {
            place: &IndexPlace::from(&folder),
            roots: &roots,
            options: &options,
            analyzer,
            mode,
            threads,
            memory_budget: memory,
            rules,
        };
        let told = update::preview(&update, &(), &Stop::default()).unwrap();
        let done = update::update(&update, &(), &Stop::default()).unwrap();
        assert_eq!(told, UpdateReport { passages: 0, bytes: 0, ..done.clone() });
        done
    }

    fn update(&self) -> UpdateReport {
        self.run("i", Mode::Incremental, analyzer())
    }

    fn passages(&self, place: &str) -> Vec<Passage> {
        exported(&self.folder.path().join(place))
    }

    /// Requires that the index holds what one built from scratch would.
    fn check(&self) {
        let _ = fs::remove_dir_all(self.folder.path().join("fresh"));
        self.run("fresh", Mode::Incremental, analyzer());
        assert_eq!(self.passages("i"), self.passages("fresh"));
        let kept = |place: &str| open(&self.folder.path().join(place)).1;
        let (own, fresh) = (kept("i"), kept("fresh"));
        assert!(own.ledger == fresh.ledger, "ledgers differ");
        assert!(own.records == fresh.records, "tables of records differ");
        assert!(own.imprints == fresh.imprints, "tables of reprints differ");
    }
}

fn open(place: &Path) -> (Snapshot, Tables) {
    Snapshot::open_with_tables(place, &analyzer().definition).unwrap()
}

fn exported(place: &Path) -> Vec<Passage> {
    let (index, kept) = open(place);
    let mut all = Vec::new();
    update::each_article(&index, &kept, |passages| {
        all.extend(passages.to_vec());
        Ok(())
    })
    .unwrap();
    all
}

/// A line of a `.jsonl` file.
fn record(id: &str, text: &str) -> String {
    serde_json::json!({ "id": id, "title": format!("标题{text}"), "content": format!("市长说：“\
     {text}。”") })
    .to_string()
        + "\n"
}

fn records(list: &[(&str, &str)]) -> String {
    list.iter().map(|(id, text)| record(id, text)).collect()
}

#[test]
fn what_did_not_change_is_not_read() {
    let archive = Archive::new();
    archive.write("一.txt", "标题一\n\n洪水退了。");
    archive.write("二.jsonl", &records(&[("a", "桥修好了"), ("b", "路修好了")]));
    let first = archive.update();
    assert_eq!((first.new, first.added, first.total_articles), (2, 3, 3));
    let second = archive.update();
    assert_eq!((second.unchanged, second.articles, second.removed), (2, 0, 0));
    archive.age("二.jsonl");
    let third = archive.update();
    assert_eq!((third.unchanged, third.same, third.articles, third.removed), (1, 1, 0, 0));
    assert_eq!(archive.update().unchanged, 2);
    archive.check();
}

#[test]
fn a_record_is_added_changed_and_removed_alone() {
    let archive = Archive::new();
    archive.write("a.jsonl", &records(&[("a", "一"), ("b", "二"), ("c", "三")]));
    archive.update();
    archive.write("a.jsonl", &records(&[("a", "一"), ("b", "二"), ("c", "三"), ("d", "四")]));
    let report = archive.update();
    assert_eq!((report.changed, report.articles, report.added), (1, 1, 1));
    archive.write("a.jsonl", &records(&[("a", "一"), ("b", "贰"), ("c", "三"), ("d", "四")]));
    let report = archive.update();
    assert_eq!((report.articles, report.replaced), (1, 1));
    archive.write("a.jsonl", &records(&[("a", "一"), ("b", "贰"), ("c", "三")]));
    let report = archive.update();
    assert_eq!((report.articles, report.removed, report.total_articles), (0, 1, 3));
    archive.check();
}

#[test]
fn a_record_on_another_line_is_written_with_its_new_line() {
    let archive = Archive::new();
    archive.write("a.jsonl", &records(&[("a", "一"), ("b", "二")]));
    archive.update();
    archive.write("a.jsonl", &records(&[("z", "零"), ("a", "一"), ("b", "二")]));
    let report = archive.update();
    assert_eq!((report.added, report.relocated, report.removed), (1, 2, 0));
    let lines: Vec<_> =
        archive.passages("i").iter().map(|p| (p.article.id.clone(), p.article.line)).collect();
    assert_eq!(
        lines,
        [("z".to_owned(), Some(1)), ("a".to_owned(), Some(2)), ("b".to_owned(), Some(3))]
    );
}

#[test]
fn records_that_share_an_id_stay_apart() {
    let archive = Archive::new();
    archive.write("a.jsonl", &records(&[("a", "一"), ("a", "二"), ("a", "三")]));
    assert_eq!(archive.update().total_articles, 3);
    archive.write("a.jsonl", &records(&[("a", "一"), ("a", "三")]));
    assert_eq!(archive.update().total_articles, 2);
    archive.check();
}

#[test]
fn a_renamed_file_is_told_as_moved_and_shown_under_its_new_name() {
    let archive = Archive::new();
    archive.write("旧.txt", "标题\n\n洪水退了。");
    archive.write("别.txt", "标题\n\n桥修好了。");
    archive.update();
    fs::rename(archive.path("旧.txt"), archive.path("新.txt")).unwrap();
    let report = archive.update();
    assert_eq!((report.moved, report.new, report.vanished), (1, 0, 1));
    assert_eq!((report.relocated, report.removed, report.total_articles), (1, 0, 2));
    assert!(archive.passages("i").iter().any(|p| p.article.path.ends_with("新.txt")));
    archive.check();
}

#[test]
fn a_file_that_is_gone_stays_if_that_is_wanted() {
    let mut archive = Archive::new();
    archive.write("一.txt", "标题\n\n洪水退了。");
    archive.write("二.txt", "标题\n\n桥修好了。");
    archive.update();
    fs::remove_file(archive.path("一.txt")).unwrap();
    archive.rules.vanished = Vanished::Kept;
    let report = archive.update();
    assert_eq!((report.missing, report.vanished, report.total_articles), (1, 0, 2));
    archive.rules.vanished = Vanished::Forgotten;
    assert_eq!((archive.update().vanished, archive.passages("i").len()), (1, 1));
    archive.check();
}

#[test]
fn another_crawl_date_dates_again_what_counts_from_it_and_nothing_else() {
    let archive = Archive::new();
    archive.write("甲.txt", "标题\n3天前 来源：临江日报\n\n洪水退了。");
    archive.write("乙.txt", "标题\n2024-03-05 来源：临江日报\n\n桥修好了。");
    archive.update();
    let crawled = Some(jiff::civil::date(2024, 3, 24).at(12, 0, 0, 0));
    let then =
        Analyzer::new(Definition::embedded(), Context { crawled, ..Context::default() }).unwrap();
    let report = archive.run("i", Mode::Incremental, &then);
    assert_eq!((report.unchanged, report.changed, report.same, report.replaced), (0, 1, 1, 1));
    let dates: Vec<_> =
        archive.passages("i").iter().map(|p| p.article.date.clone().unwrap()).collect();
    assert!(
        dates.contains(&"2024-03-21".to_owned()) && dates.contains(&"2024-03-05".to_owned()),
        "{dates:?}"
    );
    assert_eq!(archive.run("i", Mode::Incremental, &then).unchanged, 2);
    archive.update();
    archive.check();
}

#[test]
fn a_run_that_is_stopped_leaves_whole_commits_and_goes_on_where_it_was() {
    struct StopAt(Stop, std::sync::atomic::AtomicU64);
    impl update::Observer for StopAt {
        fn committed(&self, articles: u64) {
            self.1.store(articles, std::sync::atomic::Ordering::SeqCst);
            self.0.request();
        }
    }
    let mut archive = Archive::new();
    archive.rules.pace = Pace { bytes: 2_000, time: None };
    let texts: Vec<String> = (0..200).map(|i| format!("第{i}座桥修好了")).collect();
    let list: Vec<(&str, &str)> = texts.iter().map(|text| (text.as_str(), text.as_str())).collect();
    archive.write("a.jsonl", &records(&list));
    let (options, stop) = (archive::Options::default(), Stop::default());
    let (folder, roots) = (archive.folder.path().join("i"), [archive.folder.path().join("a")]);
    let (mode, threads, memory, rules) = (Mode::Incremental, 2, 30 << 20, archive.rules);
    let analyzer = analyzer();
    let update = Update {
        place: &IndexPlace::from(&folder),
        roots: &roots,
        options: &options,
        analyzer,
        mode,
        threads,
        memory_budget: memory,
        rules,
    };
    let observer = StopAt(stop.clone(), 0.into());
    assert!(matches!(update::update(&update, &observer, &stop), Err(Error::Interrupted)));
    let there = observer.1.into_inner();
    assert!(there > 0 && there < 200, "{there}");
    assert_eq!(archive.passages("i").len() as u64, there);
    let report = archive.update();
    assert_eq!((report.added, report.total_articles), (200 - there, 200));
    archive.check();
}

/// An edit of a small archive.
#[derive(Debug, Clone)]
enum Edit {
    /// Writes a file that is one article.
    Text(usize, u8),
    /// Writes a file of records: id and text of each.
    Records(usize, Vec<(u8, u8)>),
    Remove(usize),
    Rename(usize, usize),
    Touch(usize),
    Update,
}

const NAMES: [&str; 6] = ["一.txt", "二.txt", "三.jsonl", "四.jsonl", "五.csv", "六.json"];

fn edit() -> impl Strategy<Value = Edit> {
    let list = || prop::collection::vec((0u8..4, 0u8..5), 0..6);
    prop_oneof![
        (0usize..2, 0u8..5).prop_map(|(file, text)| Edit::Text(file, text)),
        (2usize..6, list()).prop_map(|(file, list)| Edit::Records(file, list)),
        (2usize..6, list()).prop_map(|(file, list)| Edit::Records(file, list)),
        (0usize..6).prop_map(Edit::Remove),
        (0usize..6, 0usize..6).prop_map(|(from, to)| Edit::Rename(from, to)),
        (0usize..6).prop_map(Edit::Touch),
        Just(Edit::Update),
        Just(Edit::Update),
    ]
}

const TEXTS: [&str; 5] =
    ["洪水退了", "桥修好了", "3天前路通了", "“房价不是股票”", "他说“浪费算力”"];

impl Archive {
    fn edit(&self, edit: &Edit) {
        match edit {
            Edit::Text(file, text) => {
                let date = if *text == 2 { "3天前" } else { "2024-03-05" };
                self.write(
                    NAMES[*file],
                    &format!("标题\n{date}\n\n市长说：“{}。”", TEXTS[*text as usize]),
                );
            }
            Edit::Records(file, list) => {
                let value = |&(id, text): &(u8, u8)| {
                    serde_json::json!({ "id": format!("r{id}"), "\
                 content": TEXTS[text as usize], "date": "12天前" })
                };
                let name = NAMES[*file];
                let text = match name.rsplit_once('.').unwrap().1 {
                    "jsonl" => list.iter().map(|r| value(r).to_string() + "\n").collect(),
                    "json" => {
                        serde_json::Value::Array(list.iter().map(value).collect()).to_string()
                    }
                    _ => list.iter().fold("id,content\n".to_owned(), |all, &(id, text)| {
                        all + &format!("r{id},{}\n", TEXTS[text as usize])
                    }),
                };
                self.write(name, &text);
            }
            Edit::Remove(file) => {
                let _ = fs::remove_file(self.path(NAMES[*file]));
            }
            Edit::Rename(from, to) => {
                let _ = fs::rename(self.path(NAMES[*from]), self.path(NAMES[*to]));
            }
            Edit::Touch(file) => {
                if self.path(NAMES[*file]).exists() {
                    self.age(NAMES[*file]);
                }
            }
            Edit::Update => {
                self.update();
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12, max_shrink_iters: 40, ..ProptestConfig::default()
    })]

    #[test]
    fn after_any_edits_an_update_leaves_what_a_build_from_scratch_would(
        edits in prop::collection::vec(edit(), 1..25),
        bytes in prop_oneof![Just(60u64), Just(2 << 30)],
    ) {
        let mut archive = Archive::new();
        archive.rules.pace = Pace { bytes, time: None };
        edits.iter().for_each(|edit| archive.edit(edit));
        archive.update();
        archive.check();
    }
}
