//! An index in a cluster, loaded, brought up to date and examined. These tests need a cluster:
//! `JIANBAO_TEST_CLUSTER=http://127.0.0.1:9200 cargo test --test it -- cluster`. They say that they
//! are skipped where none is named; every index that they make is called `jianbao-test-…`.

use jianbao::Index;
use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::opensearch::client::{Client, LOADING_PATIENCE, Verb};
use jianbao::engine::opensearch::scan::Scan;
use jianbao::engine::{
    self, ClusterAddress, Facet, FilterSet, Grouping, IndexPlace, KeyField, Order, Period,
    ReprintPolicy, Selection,
};
use jianbao::error::{Error, Result};
use jianbao::passage::Passage;
use jianbao::query::{ExcludedValues, Filters, parse};
use jianbao::search::{self, Request};
use jianbao::update::{
    self, Mode, Part, Rules, RunClock, Snapshot, Stop, Tables, Update, UpdateReport, Vanished,
    examine_cluster,
};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::{Duration, SystemTime};

pub fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context::default()).unwrap())
}

/// An archive, and an index in the cluster that goes when this is dropped.
pub struct Cluster {
    pub folder: tempfile::TempDir,
    pub address: ClusterAddress,
}

/// A cluster with an empty index; `None`, and a word about it, where none is named.
pub fn cluster(test: &str) -> Option<Cluster> {
    let Ok(url) = std::env::var("JIANBAO_TEST_CLUSTER") else {
        eprintln!("skipped: JIANBAO_TEST_CLUSTER names no cluster");
        return None;
    };
    let name = format!("jianbao-test-{}-{test}", std::process::id());
    let url = format!("{}/{name}", url.trim_end_matches('/'));
    let address = ClusterAddress::parse(&[url], None).unwrap();
    engine::shared(&address).remove().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    Some(Cluster { folder, address })
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = engine::shared(&self.address).remove();
    }
}

impl Cluster {
    pub fn archive(&self) -> PathBuf {
        self.folder.path().join("a")
    }

    /// Writes a file of some articles that looks as if it had been written a while ago.
    pub fn write(&self, name: &str, texts: &[&str]) {
        static TICKS: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
        let line = |(i, text): (usize, &&str)| {
            serde_json::json!({ "id": format!("{name}-{i}"), "title": format!("第{i}篇"),
                "date": format!("2023-07-{:02}", 1 + i), "content": text })
            .to_string()
                + "\n"
        };
        let path = self.archive().join(name);
        fs::write(&path, texts.iter().enumerate().map(line).collect::<String>()).unwrap();
        let ago = 100_000 - TICKS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let file = fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(ago)).unwrap();
    }

    pub fn run(&self, place: &IndexPlace, part: Part, mode: Mode) -> Result<UpdateReport> {
        let update = Update {
            place,
            roots: &[self.archive()],
            options: &archive::Options::default(),
            analyzer: analyzer(),
            mode,
            threads: 2,
            memory_budget: 30 << 20,
            // All runs begin at one time, so that two indices can be equal.
            rules: Rules {
                vanished: Vanished::Forgotten,
                part,
                clock: RunClock::Fixed(1_700_000_000),
                ..Rules::default()
            },
        };
        let told = update::preview(&update, &(), &Stop::default())?;
        let done = update::update(&update, &(), &Stop::default())?;
        let counted = UpdateReport { passages: 0, bytes: 0, ..done.clone() };
        assert_eq!(UpdateReport { total_articles: counted.total_articles, ..told }, counted);
        Ok(done)
    }

    pub fn update(&self) -> UpdateReport {
        let place = IndexPlace::from(self.address.clone());
        self.run(&place, Part::default(), Mode::Incremental).unwrap()
    }

    /// The article that each is a copy of, by number, as the cluster has it.
    pub fn found(&self) -> BTreeMap<String, String> {
        let client = Client::new(&self.address, LOADING_PATIENCE);
        let mut found = BTreeMap::new();
        let scan = Scan { fields: &["text"], ..Scan::default() };
        scan.each(&client, |hit| {
            let number = hit["fields"]["number"][0].as_str().unwrap().to_owned();
            let text = hit["fields"]["text"][0].as_str().unwrap_or(&number).to_owned();
            assert_eq!(found.insert(number, text), None);
            Ok(())
        })
        .unwrap();
        found
    }

    /// Requires that the index has what an index folder of the archive has, and is whole.
    pub fn check(&self) {
        let fresh = self.folder.path().join("fresh");
        let _ = fs::remove_dir_all(&fresh);
        self.run(&IndexPlace::from(&fresh), Part::default(), Mode::Incremental).unwrap();
        assert_eq!(self.found(), expected(&fresh));
        let found = examine_cluster(&self.address, &analyzer().definition).unwrap();
        assert!(found.is_healthy(), "{found:?}");
        assert_eq!(found.articles as usize, self.found().len());
        let place = IndexPlace::from(self.address.clone());
        assert!(exported(&place) == exported(&IndexPlace::from(&fresh)), "exports differ");
        for request in wordless() {
            let answers = [&place, &IndexPlace::from(&fresh)].map(|place| {
                let answer = Index::open(place).unwrap().search(&request).unwrap();
                let hits =
                    answer.hits.iter().map(|hit| (hit.passage.clone(), hit.standing.clone()));
                (hits.collect::<Vec<_>>(), answer.facets, [answer.articles, answer.texts])
            });
            assert!(answers[0] == answers[1], "{request:?}: {answers:?}");
        }
        let topics = [place, IndexPlace::from(&fresh)].map(|place| {
            let index = Index::open(place).unwrap();
            let reprints = engine::Reprints {
                groups: index.snapshot().groups(),
                policy: ReprintPolicy::Folded,
            };
            let set = FilterSet::new(&Filters::default()).unwrap();
            let selection = Selection::all(&set);
            index.snapshot().engine().topics(Period::Day, &selection, reprints).unwrap()
        });
        assert_eq!(topics[0], topics[1]);
    }
}

/// Questions without words: every order, grouping and treatment of reprints, and filters.
fn wordless() -> Vec<Request> {
    let day = |text: &str| Some(text.parse().unwrap());
    let dated =
        Filters { since: day("2023-07-02"), until: day("2023-07-03"), ..Filters::default() };
    let excluded = ExcludedValues { topics: vec!["economy".into()], ..Default::default() };
    let filters = [
        Filters::default(),
        dated,
        Filters { paths: vec!["二".into()], ..Filters::default() },
        Filters { topics: vec!["economy".into()], ..Filters::default() },
        Filters { excluded, ..Filters::default() },
    ];
    let policies = [ReprintPolicy::Folded, ReprintPolicy::Shown, ReprintPolicy::LeftOut];
    let orders = [Order::Newest, Order::Oldest, Order::Sample(7)];
    let mut requests = Vec::new();
    for (filters, (reprints, order)) in
        filters.iter().flat_map(|f| policies.into_iter().zip(orders).map(move |p| (f, p)))
    {
        let grouping = if order == Order::Oldest { Grouping::Passages } else { Grouping::Articles };
        let (filters, facets) = (filters.clone(), Facet::ALL.to_vec());
        requests.push(Request { filters, reprints, order, grouping, facets, ..Request::default() });
    }
    requests
}

/// Every passage of an index, in the order of an export.
fn exported(place: &IndexPlace) -> Vec<Passage> {
    let (index, tables) = Snapshot::open_with_tables(place, &analyzer().definition).unwrap();
    let mut all = Vec::new();
    update::each_article(&index, &tables, |passages| {
        all.extend(passages.to_vec());
        Ok(())
    })
    .unwrap();
    all
}

/// The article that each is a copy of, by number, in an index folder.
fn expected(folder: &Path) -> BTreeMap<String, String> {
    let opened = Index::open(folder).unwrap();
    let groups = opened.snapshot().groups().unwrap();
    let tables = Tables::committed(folder).unwrap();
    let of = |number: u64| groups.group(number).and_then(|group| groups.original(group));
    let pair =
        |number| (format!("{number:016x}"), format!("{:016x}", of(number).unwrap_or(number)));
    tables.records.iter().map(|(number, _)| pair(number)).collect()
}

pub const TEXT: &str = "临江的堤防工程开工。水利局局长段洪亮介绍，堤防全长十二公里，分三期建设，\
总投资八亿元。工程部门在江边搭起了工棚，运来了石料和水泥，附近的居民每天都来看。段洪亮表示：“我\
们要在汛期之前完成第一期。”去年夏天，这里的旧堤被水冲开了一道口子，淹了两个村子，村民至今还记得\
那个夜晚。";
pub const OTHER: &str = "年轻人谈内卷。有人躺平，有人出圈。专家王沈是认为，内卷浪费资源！";

#[test]
fn an_index_in_a_cluster_lives_as_one_in_a_folder_does() {
    let Some(cluster) = cluster("lives") else { return };
    cluster.write("一.jsonl", &[TEXT, OTHER]);
    cluster.write("二.jsonl", &[TEXT]);
    let first = cluster.update();
    assert_eq!((first.new, first.added, first.total_articles), (2, 3, 3));
    cluster.check();
    let opened = Index::open(IndexPlace::from(cluster.address.clone())).unwrap();
    let snapshot = opened.snapshot();
    let article = search::article(snapshot, "一.jsonl-1").unwrap();
    assert_eq!(article.iter().map(|p| p.text.as_str()).collect::<String>(), OTHER);
    assert!(matches!(search::article(snapshot, "无"), Err(Error::NoArticle(_))));
    let engine = snapshot.engine();
    assert_eq!(engine.statistics().articles, 3);
    assert_eq!(engine.years().unwrap(), [(Some(2023), 3)].into());
    assert_eq!(engine.speaker_names().unwrap(), ["段洪亮", "王沈"]);
    assert_eq!(engine.value_count(KeyField::Speaker, "段洪亮").unwrap(), 2);
    assert_eq!((engine.character_count('堤'), engine.character_count('驎')), (2, 0));
    assert!(snapshot.is_last());
    let meant = |line: &str| {
        let suggestions = search::suggest(snapshot, &parse(line).0, opened.lexicon()).unwrap();
        suggestions.into_iter().flat_map(|own| own.meant).collect::<Vec<String>>()
    };
    assert_eq!((meant("地防"), meant("堤防")), (vec!["堤防".to_owned()], Vec::new()));
    let copies = |found: BTreeMap<String, String>| found.iter().filter(|(n, t)| n != t).count();
    assert_eq!(copies(cluster.found()), 1);
    let again = cluster.update();
    assert_eq!((again.unchanged, again.articles), (2, 0));
    // A text changes and is nobody's copy any more; another comes, another goes.
    cluster.write("二.jsonl", &[OTHER, TEXT, "天亮了。"]);
    let changed = cluster.update();
    assert!(!snapshot.is_last());
    assert_eq!((changed.changed, changed.added, changed.replaced), (1, 2, 1));
    cluster.check();
    cluster.write("二.jsonl", &[OTHER]);
    fs::rename(cluster.archive().join("一.jsonl"), cluster.archive().join("三.jsonl")).unwrap();
    cluster.update();
    cluster.check();
    fs::remove_file(cluster.archive().join("三.jsonl")).unwrap();
    assert_eq!(cluster.update().vanished, 1);
    cluster.check();
    let place = IndexPlace::from(cluster.address.clone());
    let rebuilt = cluster.run(&place, Part::default(), Mode::Rebuild).unwrap();
    assert_eq!((rebuilt.articles, rebuilt.total_articles), (1, 1));
    let definition = &analyzer().definition;
    let forgotten = update::forget(&place, definition, &[cluster.archive()]).unwrap();
    assert_eq!((forgotten.articles, forgotten.total_articles), (1, 0));
    assert!(cluster.found().is_empty());
}

#[test]
fn loaders_of_parts_make_the_index_of_one() {
    let Some(cluster) = cluster("parts") else { return };
    for file in 0..30 {
        let own = format!("第{file}天，镇长说：“今天雪化了，路也通了，大家都出来走走。”");
        cluster.write(&format!("{file}.jsonl"), &[&own, if file % 3 == 0 { TEXT } else { OTHER }]);
    }
    let place = IndexPlace::from(cluster.address.clone());
    std::thread::scope(|scope| {
        for part in ["1/3", "2/3", "3/3"] {
            let (place, cluster) = (&place, &cluster);
            let part = part.parse().unwrap();
            scope.spawn(move || cluster.run(place, part, Mode::Incremental).unwrap());
        }
    });
    assert_eq!(cluster.found().len(), 60);
    cluster.check();
    assert_eq!(cluster.update().unchanged, 30);
    // A loader prunes its own part alone.
    for file in 0..30 {
        fs::remove_file(cluster.archive().join(format!("{file}.jsonl"))).unwrap();
    }
    cluster.write("neu.jsonl", &[OTHER]);
    let own = cluster.run(&place, "2/3".parse().unwrap(), Mode::Incremental).unwrap();
    assert!(own.vanished > 0 && own.vanished < 30, "{own:?}");
    cluster.update();
    cluster.check();
}

#[test]
fn a_loader_that_was_stopped_leaves_what_the_next_one_completes() {
    let Some(cluster) = cluster("stopped") else { return };
    let texts: Vec<String> = (0..200).map(|i| format!("{TEXT}第{i}天。")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    cluster.write("一.jsonl", &texts);
    let place = IndexPlace::from(cluster.address.clone());
    /// Stops at the first commit.
    struct Stopper(Stop);
    impl update::Observer for Stopper {
        fn committed(&self, _: u64) {
            self.0.request();
        }
    }
    let stop = Stop::default();
    let pace = update::Pace { bytes: 1 << 14, time: None };
    let update = Update {
        place: &place,
        roots: &[cluster.archive()],
        options: &archive::Options::default(),
        analyzer: analyzer(),
        mode: Mode::Incremental,
        threads: 1,
        memory_budget: 30 << 20,
        rules: Rules { pace, clock: RunClock::Fixed(1_700_000_000), ..Rules::default() },
    };
    let ended = update::update(&update, &Stopper(stop.clone()), &stop);
    assert!(matches!(ended, Err(Error::Interrupted)), "{ended:?}");
    let found = examine_cluster(&cluster.address, &analyzer().definition).unwrap();
    assert!(found.is_healthy() && found.unfinished == 1, "{found:?}");
    assert!(found.articles > 0 && found.articles < 200, "{found:?}");
    let report = cluster.update();
    assert_eq!(report.added, 200 - found.articles);
    cluster.check();
}

#[test]
fn what_is_no_index_of_this_definition_is_refused() {
    let Some(cluster) = cluster("refused") else { return };
    let definition = &analyzer().definition;
    let place = IndexPlace::from(cluster.address.clone());
    let missing = examine_cluster(&cluster.address, definition);
    assert!(matches!(missing, Err(Error::NoIndex(_))), "{missing:?}");
    let forgotten = update::forget(&place, definition, &[cluster.archive()]);
    assert!(matches!(forgotten, Err(Error::NoIndex(_))), "{forgotten:?}");
    let client = Client::new(&cluster.address, LOADING_PATIENCE);
    let path = format!("/{}", cluster.address.name());
    client.call(Verb::Put, &path, None).unwrap();
    cluster.write("一.jsonl", &[OTHER]);
    let foreign = cluster.run(&place, Part::default(), Mode::Incremental);
    assert!(matches!(foreign, Err(Error::ForeignFolder(_))), "{foreign:?}");
    client.call(Verb::Delete, &path, None).unwrap();
    let other = definition.clone().with_file("lexicon/words.txt", "临江堤\n".into()).unwrap();
    engine::shared(&cluster.address).create(&other.fingerprint()).unwrap();
    let outdated = cluster.run(&place, Part::default(), Mode::Incremental);
    assert!(matches!(outdated, Err(Error::Outdated { .. })), "{outdated:?}");
    cluster.run(&place, Part::default(), Mode::Rebuild).unwrap();
    cluster.check();
}

#[test]
fn a_cluster_that_cannot_be_reached_is_told_in_ten_seconds() {
    let urls = ["http://127.0.0.1:1/news".to_owned()];
    let address = ClusterAddress::parse(&urls, None).unwrap();
    let began = std::time::Instant::now();
    let error = examine_cluster(&address, &analyzer().definition).unwrap_err();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains("http://127.0.0.1:1/news"));
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}
