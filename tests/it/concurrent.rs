//! Searching and exporting while an index is being written: each answer is that of one whole
//! commit, and nothing fails.

use jianbao::analysis::Analyzer;
use jianbao::archive;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::IndexPlace;
use jianbao::passage::Passage;
use jianbao::query::parse;
use jianbao::search::{self, Grouping, Lexicon, ReprintPolicy, Request};
use jianbao::update::{self, Mode, Observer, Pace, Rules, Snapshot, Stop, Update, Vanished};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context::default()).unwrap())
}

fn lexicon() -> &'static Lexicon {
    static LEXICON: OnceLock<Lexicon> = OnceLock::new();
    LEXICON.get_or_init(|| Lexicon::new(&analyzer().definition, analyzer().segmenter.clone()))
}

/// The most articles that the archive has.
const ARTICLES: usize = 30;

/// A version of an article: a later one has more paragraphs, each of which says the version and
/// that there was a flood.
fn body(id: usize, version: usize) -> String {
    let paragraph = |part: usize| {
        let sentence = format!("第{id}号堤坝第{part}段在洪水中记下了版本{version}的水位，");
        sentence.repeat(6) + "记录到此为止。"
    };
    (0..=version).map(paragraph).collect::<Vec<_>>().join("\n")
}

/// How many articles of each version an index has: what tells one commit from another.
type State = BTreeMap<usize, usize>;

/// An archive of numbered articles, with an index of it.
struct Archive {
    folder: tempfile::TempDir,
}

impl Archive {
    fn new() -> Archive {
        Archive { folder: tempfile::tempdir().unwrap() }
    }

    fn built(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    /// Writes the archive anew: so many articles, all of this version.
    fn write(&self, articles: usize, version: usize) {
        let line = |id| {
            serde_json::json!({ "id": format!("号{id}"), "content": body(id, version) }).to_string()
                + "\n"
        };
        fs::write(self.folder.path().join("a.jsonl"), (0..articles).map(line).collect::<String>())
            .unwrap();
    }

    fn update(&self, mode: Mode, pace: Pace, observer: &dyn Observer) {
        let (folder, roots) = (self.built(), [self.folder.path().join("a.jsonl")]);
        let (options, analyzer) = (archive::Options::default(), analyzer());
        let (threads, memory, rules) =
            (2, 30 << 20, Rules { pace, vanished: Vanished::Forgotten, ..Rules::default() });
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
        update::update(&update, observer, &Stop::default()).unwrap();
    }

    fn open(&self) -> Snapshot {
        Snapshot::open(self.built(), &analyzer().definition).unwrap()
    }

    /// Updates while others search, and requires that they see whole commits alone; returns the
    /// states that commits left.
    fn update_while_searched(&self, mode: Mode, pace: Pace) -> Vec<State> {
        let kept = self.open();
        let before = state(&kept);
        let commits = Commits { archive: self, states: Mutex::default() };
        let done = AtomicBool::new(false);
        let seen: Vec<State> = std::thread::scope(|scope| {
            let search = || {
                let mut seen = Vec::new();
                while !done.load(Ordering::SeqCst) {
                    seen.push(state(&self.open()));
                    assert_eq!(state(&kept), before, "an open index changed under its reader");
                }
                seen
            };
            let export = || {
                let mut seen = Vec::new();
                while !done.load(Ordering::SeqCst) {
                    seen.push(exported(&self.built()));
                }
                seen
            };
            let searches = [scope.spawn(search), scope.spawn(search), scope.spawn(export)];
            // However the update ends, the searches have to.
            let updated = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
                self.update(mode, pace, &commits)
            }));
            done.store(true, Ordering::SeqCst);
            let seen = searches.into_iter().flat_map(|search| search.join().unwrap()).collect();
            updated.unwrap();
            seen
        });
        let states = commits.states.into_inner().unwrap();
        let whole: BTreeSet<&State> = states.iter().chain([&before]).collect();
        assert!(!seen.is_empty(), "nobody searched");
        seen.iter().for_each(|state| {
            assert!(whole.contains(state), "{state:?} is no commit of {whole:?}")
        });
        states
    }
}

/// Notes what each commit left, before the next can come.
struct Commits<'a> {
    archive: &'a Archive,
    states: Mutex<Vec<State>>,
}

impl Observer for Commits<'_> {
    fn committed(&self, _articles: u64) {
        self.states.lock().unwrap().push(state(&self.archive.open()));
    }
}

/// The state of an index as a search finds it; every article found must be there whole.
fn state(index: &Snapshot) -> State {
    let request = Request {
        query: parse("“洪水”").0,
        grouping: Grouping::Passages,
        reprints: ReprintPolicy::Shown,
        limit: 10_000,
        ..Request::default()
    };
    let answer = search::run(index, &request, lexicon()).unwrap();
    assert_eq!(answer.hits.len() as u64, answer.passages);
    let mut found: BTreeMap<String, Vec<&Passage>> = BTreeMap::new();
    answer.hits.iter().for_each(|hit| {
        found.entry(hit.passage.article.id.clone()).or_default().push(&hit.passage)
    });
    let state = versions(found);
    assert_eq!(state.values().sum::<usize>() as u64, answer.articles);
    state
}

/// The state of an index as an export gives it back.
fn exported(folder: &Path) -> State {
    let (index, kept) = Snapshot::open_with_tables(folder, &analyzer().definition).unwrap();
    let mut articles: Vec<Vec<Passage>> = Vec::new();
    update::each_article(&index, &kept, |passages| {
        articles.push(passages.to_vec());
        Ok(())
    })
    .unwrap();
    assert_eq!(kept.records.len(), articles.len());
    versions(
        articles
            .iter()
            .map(|passages| (passages[0].article.id.clone(), passages.iter().collect()))
            .collect(),
    )
}

/// How many articles there are of each version; every one must be whole.
fn versions(found: BTreeMap<String, Vec<&Passage>>) -> State {
    let mut state = State::new();
    for (id, mut passages) in found {
        passages.sort_by_key(|passage| passage.ordinal);
        let text: String = passages.iter().map(|passage| passage.text.as_str()).collect();
        let number = id.trim_start_matches('号').parse().unwrap();
        let version = (1..=4).find(|&version| body(number, version) == text);
        *state
            .entry(version.unwrap_or_else(|| panic!("{id} is not whole: {text}")))
            .or_default() += 1;
    }
    state
}

/// A commit for every few articles.
const OFTEN: Pace = Pace { bytes: 4_000, time: None };

#[test]
fn a_search_during_an_update_sees_whole_commits() {
    let archive = Archive::new();
    archive.write(ARTICLES / 2, 1);
    archive.update(Mode::Incremental, Pace::default(), &());
    archive.write(ARTICLES, 1);
    let states = archive.update_while_searched(Mode::Incremental, OFTEN);
    assert!(states.len() > 3, "{states:?}");
    assert!(
        states.is_sorted_by_key(|state| state[&1])
            && states.last() == Some(&State::from([(1, ARTICLES)]))
    );
    // Each article is replaced at once: none is missing or there twice, whatever the moment.
    archive.write(ARTICLES, 2);
    let states = archive.update_while_searched(Mode::Incremental, OFTEN);
    assert!(
        states.len() > 3 && states.iter().all(|state| state.values().sum::<usize>() == ARTICLES),
        "{states:?}"
    );
    assert_eq!(states.last(), Some(&State::from([(2, ARTICLES)])));
}

#[test]
fn a_rebuild_leaves_the_old_index_to_searches_until_the_new_one_is_whole() {
    let archive = Archive::new();
    archive.write(ARTICLES, 1);
    archive.update(Mode::Incremental, Pace::default(), &());
    archive.write(ARTICLES, 2);
    // One commit: before it everything is old, after it everything is new.
    let states = archive.update_while_searched(Mode::Rebuild, Pace::default());
    assert_eq!(states, [State::from([(2, ARTICLES)])]);
    // Several: article by article.
    archive.write(ARTICLES, 3);
    let states = archive.update_while_searched(Mode::Rebuild, OFTEN);
    assert!(
        states.len() > 3 && states.iter().all(|state| state.values().sum::<usize>() == ARTICLES),
        "{states:?}"
    );
    assert_eq!(states.last(), Some(&State::from([(3, ARTICLES)])));
}

/// A commit that writes no article, for which the engine may use the number of the one before,
/// takes a new name all the same.
#[test]
fn a_commit_without_articles_leaves_the_files_of_the_last_to_who_reads_them() {
    let archive = Archive::new();
    archive.write(3, 1);
    archive.update(Mode::Incremental, Pace::default(), &());
    let ledgers = || -> Vec<String> {
        let names = fs::read_dir(archive.built())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("ledger-")).collect()
    };
    let before = ledgers();
    // The same records, and a line that is none: the file has changed, its articles have not.
    let path = archive.folder.path().join("a.jsonl");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "\n\n").unwrap();
    archive.update(Mode::Incremental, Pace::default(), &());
    let after = ledgers();
    assert!(before.len() == 1 && after.len() == 1 && before != after, "{before:?} {after:?}");
    assert_eq!(exported(&archive.built()), State::from([(1, 3)]));
}
