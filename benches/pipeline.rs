//! The parts of the pipeline on the sample archive: `cargo bench`. benches/README.md says how to
//! read it.

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use jianbao::analysis::Analyzer;
use jianbao::archive::{self, RawRecord};
use jianbao::article::Context;
use jianbao::definition::Definition;
use jianbao::engine::IndexPlace;
use jianbao::search::{Lexicon, Request, run};
use jianbao::update::{Mode, Rules, Snapshot, Stop, Update, update};
use jianbao::{passage, query, quote, text};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

fn main() {
    divan::main();
}

/// The sample archive.
fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/archive")
}

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| {
        Analyzer::new(Definition::embedded(), Context::default()).expect("the embedded definition")
    })
}

fn records() -> &'static [RawRecord] {
    static RECORDS: OnceLock<Vec<RawRecord>> = OnceLock::new();
    RECORDS.get_or_init(|| {
        let options = archive::Options::default();
        let walk = archive::walk(&[sample()], &options).expect("the sample archive");
        walk.files.iter().flat_map(|file| archive::records(file, &options)).flatten().collect()
    })
}

/// One body of the sample archive.
fn body() -> String {
    let bodies = records().iter().map(|record| analyzer().analyze(record).article.body);
    bodies.max_by_key(String::len).expect("the sample archive has articles")
}

mod analyse {
    use super::*;

    #[divan::bench]
    fn fold(bencher: Bencher) {
        let body = body();
        bencher
            .counter(BytesCount::of_str(&body))
            .bench(|| text::fold::Folded::new(black_box(&body)));
    }

    #[divan::bench]
    fn sentences(bencher: Bencher) {
        let body = body();
        bencher
            .counter(BytesCount::of_str(&body))
            .bench(|| text::sentence::sentences(black_box(&body)));
    }

    #[divan::bench]
    fn words(bencher: Bencher) {
        let body = body();
        bencher
            .counter(BytesCount::of_str(&body))
            .bench(|| text::word::Segmented::new(black_box(&body), &analyzer().segmenter));
    }

    #[divan::bench]
    fn quotes(bencher: Bencher) {
        let body = body();
        let grammar =
            quote::Grammar::new(&Definition::embedded()).expect("the embedded definition");
        bencher
            .counter(BytesCount::of_str(&body))
            .bench(|| quote::extract(None, black_box(&body), &grammar));
    }

    #[divan::bench]
    fn passages(bencher: Bencher) {
        let body = body();
        bencher
            .counter(BytesCount::of_str(&body))
            .bench(|| passage::cut(black_box(&body), |_| None::<()>));
    }

    #[divan::bench]
    fn everything(bencher: Bencher) {
        let bytes = records()
            .iter()
            .map(|record| analyzer().analyze(record).article.body.len())
            .sum::<usize>();
        bencher.counter(BytesCount::new(bytes)).bench(|| {
            records().iter().map(|record| analyzer().analyze(record).passages.len()).sum::<usize>()
        });
    }
}

mod index {
    use super::*;

    #[divan::bench(sample_count = 10)]
    fn sample_archive(bencher: Bencher) {
        bencher
            .with_inputs(|| tempfile::tempdir().expect("a folder"))
            .bench_values(|folder| build(folder.path()));
    }
}

fn build(folder: &Path) {
    let roots = [sample()];
    let options = archive::Options::default();
    let mode = Mode::Rebuild;
    let (threads, memory, rules) = (2, 64 << 20, Rules::default());
    let run = Update {
        place: &IndexPlace::from(folder),
        roots: &roots,
        options: &options,
        analyzer: analyzer(),
        mode,
        threads,
        memory_budget: memory,
        rules,
    };
    update(&run, &(), &Stop::default()).expect("the sample archive can be indexed");
}

mod search {
    use super::*;

    #[divan::bench(args = ["算力 浪费", "“极大浪费”", "临江 -暴雨", "same:(大模型 浪费)"])]
    fn question(bencher: Bencher, line: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        build(folder.path());
        let definition = Definition::embedded();
        let index = Snapshot::open(folder.path(), &definition).expect("the index just built");
        let lexicon = Lexicon::new(&definition, index.segmenter().expect("its dictionary"));
        let request = Request { query: query::parse(line).0, ..Request::default() };
        bencher.bench(|| run(&index, black_box(&request), &lexicon).map(|answer| answer.articles));
    }
}

mod cold {
    use super::*;
    use std::process::{Command, Stdio};

    /// The whole program: it starts, opens the index, answers and ends.
    #[divan::bench(sample_count = 20, args = ["算力 浪费", "“极大浪费”"])]
    fn process(bencher: Bencher, line: &str) {
        let folder = tempfile::tempdir().expect("a folder");
        build(folder.path());
        bencher.bench(|| {
            let mut program = Command::new(env!("CARGO_BIN_EXE_jianbao"));
            program
                .args(["search", line, "--index"])
                .arg(folder.path())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
        });
    }

    #[divan::bench(sample_count = 20)]
    fn open(bencher: Bencher) {
        let folder = tempfile::tempdir().expect("a folder");
        build(folder.path());
        bencher.bench(|| {
            let definition = Definition::embedded();
            let index = Snapshot::open(folder.path(), &definition).expect("the index just built");
            index.segmenter().map(|segmenter| Lexicon::new(&definition, segmenter))
        });
    }
}
