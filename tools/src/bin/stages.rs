//! Where the time of an analysis goes: seconds and MB/s of each stage, one thread, over the first
//! articles of an archive.
//!
//! `cargo run --release -p jianbao-tools --bin stages -- ARCHIVE [ARTICLES]`

use jianbao::analysis::Analysis;
use jianbao::article::{self, Context, Headers};
use jianbao::definition::Definition;
use jianbao::engine;
use jianbao::quote::{self, Grammar};
use jianbao::text::word::{Segmented, Segmenter};
use jianbao::topic::{self, Classifier};
use jianbao::{archive, passage};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn main() -> jianbao::error::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().expect("ARCHIVE is missing"));
    let count: usize =
        arguments.next().map_or(10_000, |n| n.parse().expect("ARTICLES is a number"));
    let definition = Definition::embedded();
    let options = archive::Options::default();
    let walk = archive::walk(&[path], &options)?;
    let mut stages: Vec<(&str, Duration)> = Vec::new();
    let mut time = |name: &'static str, began: Instant| stages.push((name, began.elapsed()));

    let began = Instant::now();
    let records: Vec<_> = walk
        .files
        .iter()
        .flat_map(|f| archive::records(f, &options))
        .filter_map(Result::ok)
        .take(count)
        .collect();
    time("read", began);
    let began = Instant::now();
    let (headers, segmenter) = (Headers::new(&definition), Segmenter::new(&definition)?);
    let (grammar, classifier) = (Grammar::new(&definition)?, Classifier::new(&definition)?);
    time("load", began);
    let began = Instant::now();
    let context = Context::default();
    let articles: Vec<_> = records.iter().map(|r| article::parse(r, &context, &headers)).collect();
    time("parse", began);
    let began = Instant::now();
    let words: Vec<_> = articles
        .iter()
        .map(|a| {
            (
                Segmented::new(a.title.as_deref().unwrap_or_default(), &segmenter),
                Segmented::new(&a.body, &segmenter),
            )
        })
        .collect();
    time("segment", began);
    let began = Instant::now();
    let quotes: Vec<_> =
        articles.iter().map(|a| quote::extract(a.title.as_deref(), &a.body, &grammar)).collect();
    time("quotes", began);
    // One article after the other, as in an indexing run: its words are grouped once and soon
    // forgotten.
    let background = topic::Background::new(&definition)?;
    let (mut topics, mut subjects) = (Vec::new(), Vec::<Vec<String>>::new());
    let (mut for_topics, mut for_subjects) = (Duration::ZERO, Duration::ZERO);
    for (i, article) in articles.iter().enumerate() {
        let began = Instant::now();
        let tokens = topic::Tokens::of(&words[i].0, &words[i].1);
        topics.push(topic::classify(article, &tokens, &classifier));
        let between = Instant::now();
        let names: Vec<&str> =
            quotes[i].iter().filter_map(|q| q.speaker.as_ref()).map(|s| s.name.as_str()).collect();
        let found = topic::subjects(article, &tokens, &names, &background);
        subjects.push(found.into_iter().map(|subject| subject.term).collect());
        for_topics += between - began;
        for_subjects += between.elapsed();
    }
    stages.push(("topics", for_topics));
    stages.push(("subjects", for_subjects));
    let mut time = |name: &'static str, began: Instant| stages.push((name, began.elapsed()));
    let began = Instant::now();
    let passages: Vec<_> = articles
        .iter()
        .enumerate()
        .map(|(i, a)| passage::passages(a, &quotes[i], &topics[i], &subjects[i]))
        .collect();
    time("passages", began);
    let folder = tempfile::tempdir().expect("a folder for the index");
    let storage = engine::storage(folder.path());
    storage.create()?;
    let mut writer = storage.writer(1, 256 << 20)?;
    let count: usize = passages.iter().map(Vec::len).sum();
    let parts = articles.into_iter().zip(words).zip(quotes.into_iter().zip(passages));
    let analyses: Vec<Analysis> = parts
        .zip(topics.into_iter().zip(subjects))
        .map(|(((article, words), (quotes, passages)), (topics, subjects))| Analysis {
            article,
            quotes,
            topics,
            subjects,
            passages,
            title_words: words.0,
            body_words: words.1,
        })
        .collect();
    let began = Instant::now();
    let mut batch = writer.batch(&segmenter);
    for (number, analysis) in (0u64..).zip(&analyses) {
        batch.put(number, analysis, engine::Replaced::Nothing)?;
    }
    batch.finish()?;
    writer.commit(&mut |_| Ok(String::new()))?;
    time("write", began);

    let bytes: usize = analyses.iter().map(|a| a.article.body.len()).sum();
    println!("{} articles, {:.1} MB, {count} passages", analyses.len(), bytes as f64 / 1e6);
    for &(name, took) in &stages {
        let seconds = took.as_secs_f64();
        let each = seconds / analyses.len() as f64 * 1e6;
        println!(
            "{name:<10} {seconds:>7.3} s {each:>8.1} µs an article {:>8.1} MB/s",
            bytes as f64 / 1e6 / seconds
        );
    }
    let of = |names: &[&str]| {
        stages.iter().filter(|s| names.contains(&s.0)).map(|s| s.1.as_secs_f64()).sum::<f64>()
    };
    let more = of(&["topics", "subjects"]);
    let rest = of(&["read", "parse", "segment", "quotes", "passages", "documents", "write"]);
    println!("topics and subjects cost {:.1} % more than all the rest", 100.0 * more / rest);
    Ok(())
}
