//! The product beside the bare engine, in one run: articles per second, MB/s, peak memory, size of
//! the index, searches.
//!
//! `cargo run --release -p jianbao-tools --bin compare -- ARCHIVE [THREADS]`, after `cargo build
//! --release`
//!
//! The bare engine is tantivy with tantivy-jieba and nothing else: title and body, stored, with
//! positions, on the same threads with the same memory. Each side runs in a process of its own, so
//! that peak memory is its own. Cold searches are whole processes with the page cache warm; warm
//! searches are ten titles in one process with the index open.

use jianbao::analysis::Analyzer;
use jianbao::article::{Context, Headers, parse};
use jianbao::definition::Definition;
use jianbao::engine::IndexPlace;
use jianbao::error::Result;
use jianbao::search::{Lexicon, Request, run};
use jianbao::update::{Mode, Snapshot, Stop, Update, update};
use jianbao::{archive, query};
use jianbao_tools::{arguments, peak_memory, percentile};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use tantivy::schema::{IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions};

/// Memory for either writer: what the product takes unless told otherwise.
const MEMORY: usize = 256 << 20;
/// Cold searches whose median is taken.
const COLD: usize = 21;

fn main() -> Result<()> {
    let arguments = arguments();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--bare", archive, folder, threads] => {
            bare(Path::new(archive), Path::new(folder), number(threads))
        }
        ["--product", archive, folder, threads] => {
            product(Path::new(archive), Path::new(folder), number(threads))
        }
        ["--warm", folder] => warm(Path::new(folder)),
        [archive] => compare(archive, std::thread::available_parallelism().map_or(1, usize::from)),
        [archive, threads] => compare(archive, number(threads)),
        _ => panic!("usage: compare ARCHIVE [THREADS]"),
    }
}

fn number(text: &str) -> usize {
    text.parse().expect("THREADS is a number")
}

fn compare(archive: &str, threads: usize) -> Result<()> {
    let folder = tempfile::tempdir().expect("a folder for the two indexes");
    let program = std::env::current_exe().expect("the path of this program");
    let child = |arguments: &[&str]| {
        let output = Command::new(&program)
            .args(arguments)
            .output()
            .expect("this program can be started again");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        print!("{}", String::from_utf8_lossy(&output.stdout));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let threads = threads.to_string();
    let (bare, product) = (folder.path().join("bare"), folder.path().join("product"));
    let text = |path: &Path| path.to_string_lossy().into_owned();
    println!(
        "{:<10} {:>10} {:>12} {:>8} {:>10} {:>12}",
        "", "seconds", "articles/s", "MB/s", "peak MB", "index MB"
    );
    let first = child(&["--bare", archive, &text(&bare), &threads]);
    let second = child(&["--product", archive, &text(&product), &threads]);
    let rate = |line: &str| {
        line.split_whitespace().nth(2).and_then(|n| n.parse::<f64>().ok()).unwrap_or(f64::NAN)
    };
    println!("articles per second, product / bare: {:.2}", rate(&second) / rate(&first));
    let binary = program.with_file_name("jianbao");
    let mut times: Vec<f64> = (0..COLD)
        .map(|i| {
            let began = Instant::now();
            let words = ["大模型 浪费", "核污染水 排海", "台风 杜苏芮 河北"][i % 3];
            let output =
                Command::new(&binary).args(["search", words, "--index", &text(&product)]).output();
            assert!(output.expect("jianbao is built in the same profile").status.success());
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("cold search: median {:.1} ms of {COLD}", percentile(&times, 0.5));
    child(&["--warm", &text(&product)]);
    Ok(())
}

/// Prints one side's line of the table.
fn report(name: &str, began: Instant, articles: u64, bytes: u64, folder: &Path) {
    let seconds = began.elapsed().as_secs_f64();
    let size: u64 = walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter_map(|e| Some(e.metadata().ok()?.len()))
        .sum();
    println!(
        "{name:<10} {seconds:>10.1} {:>12.0} {:>8.1} {:>10.0} {:>12.1}",
        articles as f64 / seconds,
        bytes as f64 / 1e6 / seconds,
        peak_memory(),
        size as f64 / 1e6
    );
}

fn bare(archive: &Path, folder: &Path, threads: usize) -> Result<()> {
    // As in the product, the clock runs from the start, and loading the dictionary is part of it.
    // Reading and parsing, which both sides need, are the product's own.
    let began = Instant::now();
    let options = archive::Options::default();
    let walk = archive::walk(&[archive.to_owned()], &options)?;
    let headers = Headers::new(&Definition::embedded())?;
    std::fs::create_dir_all(folder).expect("a folder for the index");
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("jieba")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    let text = TextOptions::default().set_indexing_options(indexing) | STORED;
    let mut builder = Schema::builder();
    let (title, body) =
        (builder.add_text_field("title", text.clone()), builder.add_text_field("body", text));
    let index = tantivy::Index::create_in_dir(folder, builder.build())?;
    index.tokenizers().register("jieba", tantivy_jieba::JiebaTokenizer::new());
    let mut writer: tantivy::IndexWriter = index.writer_with_num_threads(threads, MEMORY)?;
    let (mut articles, mut bytes) = (0, 0);
    for record in walk.files.iter().flat_map(|f| archive::records(f, &options)).flatten() {
        let article = parse(&record, &Context::default(), &headers);
        articles += 1;
        bytes += article.body.len() as u64;
        writer.add_document(
            tantivy::doc!(title => article.title.unwrap_or_default(), body => article.body),
        )?;
    }
    writer.commit()?;
    writer.wait_merging_threads()?;
    report("bare", began, articles, bytes, folder);
    Ok(())
}

fn product(archive: &Path, folder: &Path, threads: usize) -> Result<()> {
    let roots = [archive.to_owned()] as [PathBuf; 1];
    let began = Instant::now();
    let analyzer = Analyzer::new(Definition::embedded(), Context::default())?;
    let done = update(
        &Update {
            place: &IndexPlace::from(folder),
            roots: &roots,
            options: &archive::Options::default(),
            analyzer: &analyzer,
            mode: Mode::Rebuild,
            threads,
            memory_budget: MEMORY,
            rules: jianbao::update::Rules::default(),
        },
        &(),
        &Stop::default(),
    )?;
    report("product", began, done.articles, done.bytes, folder);
    Ok(())
}

/// Searches for the titles of articles, one after the other, and prints percentiles.
fn warm(folder: &Path) -> Result<()> {
    let definition = Definition::embedded();
    let index = Snapshot::open(folder, &definition)?;
    let lexicon = Lexicon::new(&definition, index.segmenter()?);
    let ask = |line: &str, limit: usize| {
        let request = Request { query: query::parse(line).0, limit, ..Request::default() };
        run(&index, &request, &lexicon)
    };
    let mut titles: Vec<String> = Vec::new();
    for word in ["经济", "台风", "外交", "足球", "芯片", "医院", "房价", "高考", "俄罗斯", "电影"]
    {
        titles.extend(
            ask(word, 200)?.hits.into_iter().filter_map(|hit| hit.passage.article.title.clone()),
        );
    }
    titles.sort();
    titles.dedup();
    let mut times = Vec::with_capacity(titles.len());
    for title in &titles {
        let began = Instant::now();
        ask(title, 10)?;
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    let (half, most) = (percentile(&times, 0.5), percentile(&times, 0.99));
    println!("warm search: {} titles, p50 {half:.2} ms, p99 {most:.2} ms", times.len());
    Ok(())
}
