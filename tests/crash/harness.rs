//! Kills an indexer again and again, at random moments, and looks at what it leaves each time.
//!
//! An archive goes through versions: records and files come, change, are renamed and go. For each,
//! indexers are started and killed until one gets through. After each death the index must be
//! healthy; what could be found once and still is in the archive must be found all along, by a
//! reader that never stops looking; and at the end everything is there exactly once.

use jianbao::definition::Definition;
use jianbao::error::Error;
use jianbao::update::{self, Snapshot, doctor};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The figures of an ordeal.
#[derive(Debug, Default)]
pub struct Figures {
    /// Indexers killed.
    pub kills: u64,
    /// Killed ones that had committed something of their own.
    pub kills_after_a_commit: u64,
    /// Indexers that got through.
    pub completed: u64,
    /// Times that the index was opened and listed meanwhile.
    pub looks: u64,
    /// Commits that were seen.
    pub commits: u64,
}

/// How large the archive is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Records in each of the three `.jsonl` files.
    pub records: u64,
    /// Files that are one article.
    pub files: u64,
}

/// An archive, an index of it, and those who look at it.
pub struct Ordeal {
    program: PathBuf,
    folder: tempfile::TempDir,
    size: Size,
    version: u64,
    random: u64,
    /// How long an undisturbed run takes.
    usual: Duration,
    pub figures: Figures,
}

impl Ordeal {
    /// An archive of this size, for this program. The same seed kills after the same times.
    pub fn new(program: &Path, size: Size, seed: u64) -> Ordeal {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (figures, usual) = (Figures::default(), Duration::ZERO);
        let mut ordeal = Ordeal {
            program: program.to_owned(),
            folder,
            size,
            version: 0,
            random: seed,
            usual,
            figures,
        };
        ordeal.write_archive();
        let began = Instant::now();
        let scratch = ordeal.folder.path().join("scratch");
        assert!(
            ordeal.start(&scratch, "").wait().expect("an end").success(),
            "an undisturbed run failed"
        );
        ordeal.usual = began.elapsed();
        ordeal
    }

    /// Kills so many indexers, and then lets one through.
    pub fn kill(&mut self, kills: u64) {
        while self.figures.kills < kills {
            self.outlive();
            self.version += 1;
            self.write_archive();
        }
        self.outlive();
    }

    /// Starts and kills indexers of one version of the archive until one gets through.
    fn outlive(&mut self) {
        let place = self.folder.path().join("index");
        let expected: BTreeSet<String> = self.expected().into_keys().collect();
        let watch = Watch::new(&place, expected);
        loop {
            let before = watch.commits();
            let mut child = self.start(&place, "");
            let moment = self.usual.mul_f64(self.random() * 1.2);
            let began = Instant::now();
            let ended = loop {
                if let Some(status) = child.try_wait().expect("a state") {
                    assert!(status.success(), "an indexer failed: {status}");
                    break true;
                }
                if began.elapsed() >= moment {
                    child.kill().expect("a death");
                    child.wait().expect("an end");
                    break false;
                }
                std::thread::sleep(Duration::from_millis(1));
            };
            watch.check();
            self.examine(&place);
            if ended {
                self.figures.completed += 1;
                break;
            }
            self.figures.kills += 1;
            self.figures.kills_after_a_commit += u64::from(watch.commits() > before);
        }
        let (looks, commits) = watch.end();
        self.figures.looks += looks;
        self.figures.commits += commits;
        self.compare(&place);
    }

    /// Runs an indexer that may write no file larger than `blocks` of 1024 bytes, which must say so
    /// if that is too little, and leave a healthy index; then one that may. Whether it was too
    /// little.
    pub fn fill_disk(&mut self, blocks: u64) -> bool {
        self.version += 1;
        self.write_archive();
        let place = self.folder.path().join("index");
        let output = self.start(&place, &format!("ulimit -f {blocks}; ")).wait_with_output();
        let output = output.expect("an end");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        let failed = !output.status.success();
        if failed {
            assert!(output.status.code() == Some(2) && told.contains("cannot write"), "{told}");
        }
        self.examine(&place);
        self.outlive();
        failed
    }

    fn start(&self, place: &Path, before: &str) -> Child {
        let mut command = Command::new("bash");
        command.arg("-c").arg(format!("{before}exec \"$@\"")).arg("bash").arg(&self.program);
        command.args([
            "index",
            "--quiet",
            "--commit-every",
            "3K",
            "--threads",
            "2",
            "--memory",
            "30M",
            "--index",
        ]);
        command.arg(place).arg(self.folder.path().join("archive"));
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
    }

    fn examine(&self, place: &Path) {
        match doctor::examine(place, &Definition::embedded()) {
            Ok(found) => assert!(found.is_healthy(), "{found:?}"),
            // It was killed before it had written anything.
            Err(Error::NoIndex(_)) => {}
            Err(error) => panic!("{error}"),
        }
    }

    /// Requires that everything is there exactly once, and as it is in the archive.
    fn compare(&self, place: &Path) {
        let (index, kept) =
            Snapshot::open_with_tables(place, &Definition::embedded()).expect("an index");
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        update::each_article(&index, &kept, |passages| {
            let text = passages.iter().map(|p| p.text.as_str()).collect::<String>();
            let twice = found.insert(passages[0].article.id.clone(), text.trim().to_owned());
            assert!(twice.is_none(), "an article is there twice");
            Ok(())
        })
        .expect("all articles");
        let expected = self.expected();
        let differs = |id: &&String| found.get(*id) != expected.get(*id);
        let odd = found.keys().chain(expected.keys()).find(differs);
        assert!(
            odd.is_none(),
            "{odd:?} is {:?}, not {:?}",
            odd.and_then(|id| found.get(id)),
            odd.and_then(|id| expected.get(id))
        );
    }

    /// The id and text of every article of this version.
    fn expected(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for file in 0..3 {
            all.extend(self.records(file).into_iter().map(|(_, id, text)| (id, text)));
        }
        all.extend(self.texts());
        all
    }

    /// The records of a file: line, id, text. A fifth is missing from each version, a third
    /// changes.
    fn records(&self, file: u64) -> Vec<(u64, String, String)> {
        let of = |i: u64| {
            let changes = if i.is_multiple_of(3) { self.version } else { 0 };
            (
                format!("r{file}-{i}"),
                format!(
                    "市长说：“第{i}座桥修好了{changes}次，{}。”",
                    "洪水退了".repeat(3 + i as usize % 9)
                ),
            )
        };
        let there =
            (0..self.size.records).filter(|i| !(i + self.version).is_multiple_of(5)).map(of);
        there.zip(1..).map(|((id, text), line)| (line, id, text)).collect()
    }

    fn texts(&self) -> BTreeMap<String, String> {
        let there = (0..self.size.files).filter(|i| !(i + self.version).is_multiple_of(4));
        there.map(|i| (format!("t{i}"), format!("县长说：“第{i}条路通了。”"))).collect()
    }

    fn write_archive(&self) {
        let folder = self.folder.path().join("archive");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        for file in 0..3 {
            let line = |(_, id, text): &(u64, String, String)| {
                serde_json::json!({ "id": id, "title": "桥", "content": text }).to_string() + "\n"
            };
            // The third file has another name in each version.
            let name = if file == 2 {
                format!("2-{}.jsonl", self.version)
            } else {
                format!("{file}.jsonl")
            };
            fs::write(folder.join(name), self.records(file).iter().map(line).collect::<String>())
                .expect("a file");
        }
        for (id, text) in self.texts() {
            fs::write(
                folder.join(format!("{id}.txt")),
                format!("县里修路的消息\n2024-03-05 来源：临江日报\n\n{text}"),
            )
            .expect("a file");
        }
        // The clock of the file system has to tick before a file can be trusted not to have
        // changed.
        std::thread::sleep(Duration::from_millis(30));
    }

    /// A number from 0 to 1 (splitmix64).
    fn random(&mut self) -> f64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A reader that lists the articles of an index over and over.
struct Watch {
    stop: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
    fault: Arc<Mutex<Option<String>>>,
    thread: std::thread::JoinHandle<(u64, u64)>,
}

impl Watch {
    fn new(place: &Path, expected: BTreeSet<String>) -> Watch {
        let fault: Arc<Mutex<Option<String>>> = Arc::default();
        let (stop, commits) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let (place, ended, seen, told) =
            (place.to_owned(), stop.clone(), commits.clone(), Arc::clone(&fault));
        let thread = std::thread::spawn(move || {
            let definition = Definition::embedded();
            let (mut looks, mut once) = (0, HashSet::new());
            let mut before = listed(&place, &definition).ok().flatten();
            while !ended.load(Ordering::SeqCst) {
                match listed(&place, &definition) {
                    Ok(None) => {}
                    Ok(Some(ids)) => {
                        looks += 1;
                        if before.as_ref() != Some(&ids) {
                            seen.fetch_add(1, Ordering::SeqCst);
                            before = Some(ids.clone());
                        }
                        if let Some(lost) = once.iter().find(|id| !ids.contains(*id)) {
                            *told.lock().expect("a lock") =
                                Some(format!("{lost} could not be found for a while"));
                        }
                        once.extend(ids.into_iter().filter(|id| expected.contains(id)));
                    }
                    Err(error) => *told.lock().expect("a lock") = Some(error.to_string()),
                }
                std::thread::sleep(Duration::from_millis(5));
            }
            (looks, seen.load(Ordering::SeqCst))
        });
        Watch { stop, commits, fault, thread }
    }

    fn commits(&self) -> u64 {
        self.commits.load(Ordering::SeqCst)
    }

    fn check(&self) {
        let fault = self.fault.lock().expect("a lock").clone();
        assert_eq!(fault, None);
    }

    fn end(self) -> (u64, u64) {
        self.stop.store(true, Ordering::SeqCst);
        let counts = self.thread.join().expect("an end");
        let fault = self.fault.lock().expect("a lock").clone();
        assert_eq!(fault, None);
        counts
    }
}

/// The ids in an index; `None` where there is none yet.
fn listed(place: &Path, definition: &Definition) -> Result<Option<BTreeSet<String>>, Error> {
    let made = place.join("engine/meta.json").exists();
    let index = match Snapshot::open(place, definition) {
        Ok(index) => index,
        Err(_) if !made => return Ok(None),
        Err(error) => return Err(error),
    };
    let engine = index.engine();
    let mut ids = BTreeSet::new();
    for (_, first) in engine.articles()? {
        let id = engine.article_id(first)?;
        assert!(ids.insert(id.clone()) || id.starts_with("r2"), "{id} is there twice");
    }
    Ok(Some(ids))
}
