//! An update whose disk fails at any call: the index is whole afterwards, and old or new.

use super::doctor;
use super::*;
use crate::analysis::Analyzer;
use crate::article::Context;
use crate::definition::Definition;
use crate::engine::embedded::faulty::{self, Fault, FaultLength};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::SystemTime;

/// A definition with few words, so that each index is made in no time.
static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| {
    let words = zstd::encode_all("雪化 9 v\n镇长 9 n\n说 9 v\n".as_bytes(), 1).unwrap();
    let definition = Definition::embedded().with_file("lexicon/jieba.dict.zst", words).unwrap();
    Analyzer::new(definition, Context::default()).unwrap()
});

/// An archive, and an index of it that an update has much to do with: a segment from each of seven
/// updates, articles to be replaced, deleted and added, and a merge.
struct FaultScene {
    folder: tempfile::TempDir,
    old: BTreeMap<String, String>,
    new: BTreeMap<String, String>,
}

impl FaultScene {
    fn new() -> FaultScene {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        let mut scene = FaultScene { folder, old: BTreeMap::new(), new: BTreeMap::new() };
        let base = scene.path("base");
        for i in 0..7 {
            scene.write(i, &["雪", "冰"]);
            scene.update(&base).unwrap();
        }
        scene.old = articles(&base);
        scene.write(2, &["雪", "霜"]);
        scene.write(4, &["雪"]);
        scene.write(7, &["冰"]);
        scene.copy(&base, "fresh");
        scene.update(&scene.path("fresh")).unwrap();
        scene.new = articles(&scene.path("fresh"));
        assert_eq!((scene.old.len(), scene.new.len()), (14, 14));
        let segments = |index: &str| {
            let entries = fs::read_dir(scene.path(index).join("engine")).unwrap();
            entries.filter(|e| e.as_ref().unwrap().path().extension() == Some("store".as_ref()))
        };
        assert_eq!((segments("base").count(), segments("fresh").count()), (7, 1), "no merge");
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, i: usize, what: &[&str]) {
        let path = self.path(&format!("a/{i}.jsonl"));
        let line = |what: &&str| {
            format!("{{\"id\":\"{i}{what}\",\"content\":\"镇长说：“第{i}天{what}化了。”\"}}\n")
        };
        fs::write(&path, what.iter().map(line).collect::<String>()).unwrap();
        let file = fs::File::options().append(true).open(&path).unwrap();
        let before = std::time::Duration::from_secs(1000 - i as u64);
        file.set_modified(SystemTime::now() - before).unwrap();
    }

    fn update(&self, index: &Path) -> Result<UpdateReport> {
        let (roots, options) = ([self.path("a")], archive::Options::default());
        let what = Update {
            place: &index.into(),
            roots: &roots,
            options: &options,
            analyzer: &ANALYZER,
            mode: Mode::Incremental,
            threads: 1,
            memory_budget: 15 << 20,
            rules: Rules::default(),
        };
        update(&what, &(), &Stop::default())
    }

    /// A copy of the index at `base`; files are shared, since none is ever written into.
    fn copy(&self, base: &Path, name: &str) {
        let to = self.path(name);
        fs::create_dir_all(to.join("engine")).unwrap();
        for folder in ["", "engine"] {
            for entry in fs::read_dir(base.join(folder)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    fs::hard_link(&path, to.join(folder).join(path.file_name().unwrap())).unwrap();
                }
            }
        }
    }

    /// Updates a copy of the index while call number `at` fails. The number of calls; what was
    /// wrong with it is added to `wrong`.
    fn fail(&self, at: u64, fault: Fault, lasts: FaultLength, wrong: &mut Vec<String>) -> u64 {
        let index = self.path("hit");
        self.copy(&self.path("base"), "hit");
        let plan = faulty::plan(&index, at, fault, lasts);
        let ended = self.update(&index);
        faulty::end(&index);
        let calls = plan.calls();
        let mut tell = |what: String| wrong.push(format!("{at} {fault:?} {lasts:?}: {what}"));
        match &ended {
            Ok(_) => {}
            Err(Error::Io { source, .. }) if is_systems(source) => {}
            Err(error) => tell(format!("ends with {error:?}")),
        }
        match doctor::examine(&index, &ANALYZER.definition) {
            Ok(found) if found.is_healthy() => {}
            found => tell(format!("{found:?}")),
        }
        let found = articles(&index);
        if found != self.new && (ended.is_ok() || found != self.old) {
            tell(format!("after {:?} it has {found:?}", ended.is_ok()));
        }
        // Whatever was left behind hinders nobody.
        match self.update(&index) {
            Ok(_) if articles(&index) == self.new => {}
            again => tell(format!("the next update: {again:?}")),
        }
        fs::remove_dir_all(&index).unwrap();
        calls
    }
}

/// True if an error tells what the system refused.
fn is_systems(error: &std::io::Error) -> bool {
    let text = error.to_string();
    text.contains("(os error ") || text.starts_with("a thread of the writer")
}

/// The texts of an index by id.
fn articles(index: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let (snapshot, tables) = Snapshot::open_with_tables(index, &ANALYZER.definition).unwrap();
    each_article(&snapshot, &tables, |passages| {
        found.insert(passages[0].article.id.clone(), crate::passage::body(passages));
        Ok(())
    })
    .unwrap();
    found
}

/// Every how many calls one fails: all of them where `JIANBAO_FAULTS` is set.
#[cfg(test)]
fn step() -> usize {
    if std::env::var_os("JIANBAO_FAULTS").is_some() { 1 } else { 23 }
}

/// Shows the figures of the long form (`-- --nocapture`).
#[cfg(test)]
fn tell(figures: &str) {
    println!("{figures}");
}

#[test]
fn an_update_whose_disk_fails_at_any_call_leaves_the_index_whole() {
    let scene = FaultScene::new();
    let mut wrong = Vec::new();
    let calls = scene.fail(u64::MAX, Fault::Half, FaultLength::Once, &mut wrong);
    assert!(wrong.is_empty() && calls > 150, "{calls} calls: {wrong:#?}");
    let faults = [
        (Fault::Refused(libc::ENOSPC), FaultLength::Lasting),
        (Fault::Refused(libc::EIO), FaultLength::Once),
        (Fault::Refused(libc::EMFILE), FaultLength::Lasting),
        (Fault::Refused(libc::EMFILE), FaultLength::Once),
        (Fault::HalfThenFull, FaultLength::Once),
        (Fault::Half, FaultLength::Once),
    ];
    let mut tried = 0;
    for (offset, (fault, lasts)) in faults.into_iter().enumerate() {
        // A few more: what other threads do differs from run to run.
        for at in (1..calls + 20).skip(offset * 3 % step()).step_by(step()) {
            scene.fail(at, fault, lasts, &mut wrong);
            tried += 1;
        }
    }
    tell(&format!("{calls} calls of an update, {tried} with a fault, {} wrong", wrong.len()));
    assert!(wrong.is_empty(), "{} of {tried}: {wrong:#?}", wrong.len());
}
