//! Where the time of an analysis goes: seconds and MB/s of each stage, one thread, over the first
//! articles of an archive.
//!
//! `cargo run --release -p jianbao-tools --bin stages -- ARCHIVE [ARTICLES]`

use jianbao::analysis::Analysis;
use jianbao::archive::{self, RawRecord};
use jianbao::article::{self, Article, Context, Headers};
use jianbao::definition::Definition;
use jianbao::quote::{self, Grammar, Quote};
use jianbao::text::word::{Segmented, Segmenter};
use jianbao::topic::{self, Classifier};
use jianbao::{engine, passage};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The stages so far, each with its time.
#[derive(Default)]
struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    /// Runs a stage and notes its time.
    fn time<T>(&mut self, name: &'static str, stage: impl FnOnce() -> T) -> T {
        let began = Instant::now();
        let result = stage();
        self.0.push((name, began.elapsed()));
        result
    }

    /// The seconds of some stages together.
    fn seconds(&self, names: &[&str]) -> f64 {
        let own = self.0.iter().filter(|(name, _)| names.contains(name));
        own.map(|(_, took)| took.as_secs_f64()).sum()
    }

    fn print(&self, articles: usize, bytes: usize) {
        for &(name, took) in &self.0 {
            let seconds = took.as_secs_f64();
            println!(
                "{name:<10} {seconds:>7.3} s {:>8.1} µs an article {:>8.1} MB/s",
                seconds / articles as f64 * 1e6,
                bytes as f64 / 1e6 / seconds
            );
        }
        let more = self.seconds(&["topics", "subjects"]);
        let rest = self.seconds(&["read", "parse", "segment", "quotes", "passages", "write"]);
        println!("topics and subjects cost {:.1} % more than all the rest", 100.0 * more / rest);
    }
}

fn main() -> jianbao::error::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().expect("ARCHIVE is missing"));
    let count: usize =
        arguments.next().map_or(10_000, |n| n.parse().expect("ARTICLES is a number"));
    let (definition, options) = (Definition::embedded(), archive::Options::default());
    let walk = archive::walk(&[path], &options)?;
    let mut stages = Stages::default();
    let records: Vec<RawRecord> = stages.time("read", || {
        let records = walk.files.iter().flat_map(|file| archive::records(file, &options));
        records.filter_map(Result::ok).take(count).collect()
    });
    let segmenter = stages.time("load", || Segmenter::new(&definition))?;
    let analyses = analyses(&records, &definition, &segmenter, &mut stages)?;
    let folder = tempfile::tempdir().expect("a folder for the index");
    stages.time("write", || write(folder.path(), &analyses, &segmenter))?;
    let bytes: usize = analyses.iter().map(|a| a.article.body.len()).sum();
    let passages: usize = analyses.iter().map(|a| a.passages.len()).sum();
    let (articles, megabytes) = (analyses.len(), bytes as f64 / 1e6);
    println!("{articles} articles, {megabytes:.1} MB, {passages} passages");
    stages.print(articles, bytes);
    Ok(())
}

/// Analyses records stage by stage.
fn analyses(
    records: &[RawRecord],
    definition: &Definition,
    segmenter: &Segmenter,
    stages: &mut Stages,
) -> jianbao::error::Result<Vec<Analysis>> {
    let headers = Headers::new(definition)?;
    let (grammar, classifier) = (Grammar::new(definition)?, Classifier::new(definition)?);
    let background = topic::Background::new(definition)?;
    let context = Context::default();
    let articles: Vec<Article> = stages
        .time("parse", || records.iter().map(|r| article::parse(r, &context, &headers)).collect());
    let title = |article: &Article| article.title.clone().unwrap_or_default();
    let words: Vec<(Segmented, Segmented)> = stages.time("segment", || {
        let cut = |text: &str| Segmented::new(text, segmenter);
        articles.iter().map(|a| (cut(&title(a)), cut(&a.body))).collect()
    });
    let quotes: Vec<Vec<Quote>> = stages.time("quotes", || {
        let quotes = |a: &Article| quote::extract(a.title.as_deref(), &a.body, &grammar);
        articles.iter().map(quotes).collect()
    });
    // One article after the other, as in an indexing run: its words are grouped once and soon
    // forgotten.
    let (mut for_topics, mut for_subjects) = (Duration::ZERO, Duration::ZERO);
    let mut analyses = Vec::with_capacity(articles.len());
    for ((article, words), quotes) in articles.into_iter().zip(words).zip(quotes) {
        let began = Instant::now();
        let tokens = topic::Tokens::of(&words.0, &words.1);
        let topics = topic::classify(&article, &tokens, &classifier);
        let between = Instant::now();
        let names: Vec<&str> =
            quotes.iter().filter_map(|q| q.speaker.as_ref()).map(|s| s.name.as_str()).collect();
        let subjects = topic::subjects(&article, &tokens, &names, &background);
        let subjects = subjects.into_iter().map(|subject| subject.term).collect();
        for_topics += between - began;
        for_subjects += between.elapsed();
        let (title_words, body_words) = words;
        let passages = Vec::new();
        analyses.push(Analysis {
            article,
            quotes,
            topics,
            subjects,
            passages,
            title_words,
            body_words,
        });
    }
    stages.0.extend([("topics", for_topics), ("subjects", for_subjects)]);
    stages.time("passages", || {
        for a in &mut analyses {
            a.passages = passage::passages(&a.article, &a.quotes, &a.topics, &a.subjects);
        }
    });
    Ok(analyses)
}

/// Writes articles into a new index and commits them.
fn write(
    folder: &Path,
    analyses: &[Analysis],
    segmenter: &Segmenter,
) -> jianbao::error::Result<()> {
    let storage = engine::storage(folder);
    storage.create()?;
    let mut writer = storage.writer(1, 256 << 20)?;
    let mut batch = writer.batch(segmenter);
    for (number, analysis) in (0u64..).zip(analyses) {
        let row = engine::origin::RecordRow::default();
        let provenance = engine::Provenance::new(number, analysis, row);
        batch.put(number, analysis, &provenance, engine::Replaced::Nothing)?;
    }
    batch.finish()?;
    writer.commit(&mut |_| Ok(String::new()))
}
