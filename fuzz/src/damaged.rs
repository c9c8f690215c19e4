//! An index with a changed file: every command gives the right answer or an error.
//!
//! Where the file keeps its size and time, as on a disk that changes bytes, a search does not look
//! at its checksum: its answer may be wrong then, but it ends, in bounded memory.
#![no_main]

use jianbao::analysis::Analyzer;
use jianbao::archive::Options;
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{Lexicon, Request, run};
use jianbao::update::{self, Mode, Rules, Snapshot, Stop, Update, doctor};
use libfuzzer_sys::fuzz_target;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

/// An index of a few articles, whole.
struct Whole {
    folder: tempfile::TempDir,
    definition: Definition,
    lexicon: Lexicon,
    files: Vec<PathBuf>,
    answers: [String; 2],
}

static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    // A panic of a library ends a command with a sentence; only what gets through counts here.
    std::panic::set_hook(Box::new(|_| {}));
    let words = zstd::encode_all("雪化 9 v\n镇长 9 n\n说 9 v\n".as_bytes(), 1).expect("bytes");
    let definition = Definition::embedded();
    let definition = definition.with_file("lexicon/jieba.dict.zst", words).expect("a file");
    let analyzer = Analyzer::new(definition.clone(), Context::default()).expect("sound");
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    let folder = folder.expect("a scratch folder");
    let (archive, index) = (folder.path().join("a"), folder.path().join("i"));
    std::fs::create_dir(&archive).expect("a folder");
    for part in 0..2 {
        let line = |i: usize| {
            format!("{{\"id\":\"{part}-{i}\",\"content\":\"镇长说：“第{i}天雪化了。”\"}}\n")
        };
        let path = archive.join(format!("{part}.jsonl"));
        std::fs::write(&path, (0..6).map(line).collect::<String>()).expect("a file");
        let file = std::fs::File::options().append(true).open(&path).expect("a file");
        file.set_modified(SystemTime::now() - Duration::from_secs(100)).expect("a time");
        let what = Update {
            place: &jianbao::engine::IndexPlace::from(&index),
            roots: &[archive.clone()],
            options: &Options::default(),
            analyzer: &analyzer,
            mode: Mode::Incremental,
            threads: 1,
            memory_budget: 15 << 20,
            rules: Rules::default(),
        };
        update::update(&what, &(), &Stop::default()).expect("an index");
    }
    let mut files = Vec::new();
    for part in [index.clone(), index.join("engine")] {
        let entries = std::fs::read_dir(part).expect("a folder").flatten();
        files.extend(entries.map(|entry| entry.path()).filter(|path| path.is_file()));
    }
    files.retain(|path| path.metadata().is_ok_and(|data| data.len() > 0));
    files.sort_by_key(|path| path.extension().map(|end| (end.to_owned(), path.clone())));
    let lexicon = Lexicon::new(&definition, analyzer.segmenter);
    let answers = [found(&index, &definition, &lexicon), exported(&index, &definition)]
        .map(|answer| answer.expect("an answer"));
    Whole { folder, definition, lexicon, files, answers }
});

type Answer = jianbao::error::Result<String>;

fn found(index: &Path, definition: &Definition, lexicon: &Lexicon) -> Answer {
    let snapshot = Snapshot::open(index, definition)?;
    let request = Request { query: parse("“雪化了”").0, ..Request::default() };
    let answer = run(&snapshot, &request, lexicon)?;
    Ok(answer.hits.iter().map(|hit| format!("{:?} {:?}\n", hit.passage, hit.highlights)).collect())
}

fn exported(index: &Path, definition: &Definition) -> Answer {
    let (snapshot, tables) = Snapshot::open_with_tables(index, definition)?;
    let mut all = String::new();
    update::each_article(&snapshot, &tables, |passages| {
        passages.iter().for_each(|passage| all.push_str(&format!("{passage:?}\n")));
        Ok(())
    })?;
    Ok(all)
}

fuzz_target!(|change: (u8, u16, u8, bool, &[u8])| {
    let (which, at, cut, keeps_time, bytes) = change;
    let whole = &*WHOLE;
    let index = whole.folder.path().join("i");
    let path = &whole.files[usize::from(which) % whole.files.len()];
    let before = std::fs::read(path).expect("a file");
    let time = path.metadata().and_then(|data| data.modified()).expect("a time");
    let mut after = before.clone();
    let at = usize::from(at) % after.len();
    if cut == 0 && !keeps_time {
        after.truncate(at);
    }
    after.iter_mut().skip(at).zip(bytes).for_each(|(byte, new)| *byte ^= new);
    std::fs::write(path, &after).expect("a file");
    if keeps_time {
        let file = std::fs::File::options().append(true).open(path).expect("a file");
        file.set_modified(time).expect("a time");
    }
    let answers = [
        catch_unwind(AssertUnwindSafe(|| found(&index, &whole.definition, &whole.lexicon))),
        catch_unwind(AssertUnwindSafe(|| exported(&index, &whole.definition))),
    ];
    let health = catch_unwind(AssertUnwindSafe(|| doctor::examine(&index, &whole.definition)));
    let wrong = answers.iter().zip(&whole.answers).any(
        |(answer, right)| matches!(answer, Ok(Ok(answer)) if answer != right),
    );
    let unseen = matches!(&health, Ok(Ok(health)) if health.is_healthy());
    let name = path.display().to_string();
    std::fs::write(path, &before).expect("a file");
    let file = std::fs::File::options().append(true).open(path).expect("a file");
    file.set_modified(time).expect("a time");
    let _ = std::fs::remove_file(index.join("verified.json.bak"));
    if wrong && (!keeps_time || unseen) {
        eprintln!("a wrong answer from {name} at {at}");
        std::process::abort();
    }
});
