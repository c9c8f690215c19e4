//! Where the time of an analysis goes: seconds and MB/s of each stage, one thread, over the first articles of an archive.
//!
//! `cargo run --release --example stages -- ARCHIVE [ARTICLES]`

use jianbao::article::{self, Context, Headers};
use jianbao::definition::Definition;
use jianbao::index::{Fields, document};
use jianbao::quote::{self, Grammar};
use jianbao::text::word::{Segmented, Segmenter};
use jianbao::topic::{self, Classifier};
use jianbao::{archive, passage};
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn main() -> jianbao::error::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = PathBuf::from(arguments.next().expect("ARCHIVE is missing"));
    let count: usize = arguments.next().map_or(10_000, |n| n.parse().expect("ARTICLES is a number"));
    let definition = Definition::embedded();
    let options = archive::Options::default();
    let walk = archive::walk(&[path], &options)?;
    let mut stages: Vec<(&str, Duration)> = Vec::new();
    let mut time = |name: &'static str, began: Instant| stages.push((name, began.elapsed()));

    let began = Instant::now();
    let records: Vec<_> =
        walk.files.iter().flat_map(|f| archive::records(f, &options)).filter_map(Result::ok).take(count).collect();
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
            (Segmented::new(a.title.as_deref().unwrap_or_default(), &segmenter), Segmented::new(&a.body, &segmenter))
        })
        .collect();
    time("segment", began);
    let began = Instant::now();
    let quotes: Vec<_> = articles.iter().map(|a| quote::extract(a.title.as_deref(), &a.body, &grammar)).collect();
    time("quotes", began);
    let began = Instant::now();
    let topics: Vec<_> = articles.iter().zip(&words).map(|(a, (t, b))| topic::classify(a, t, b, &classifier)).collect();
    time("topics", began);
    let began = Instant::now();
    let passages: Vec<_> =
        articles.iter().enumerate().map(|(i, a)| passage::passages(a, &quotes[i], &topics[i], &[])).collect();
    time("passages", began);
    let began = Instant::now();
    let fields = Fields::new();
    let mut documents = 0;
    for (i, article) in articles.iter().enumerate() {
        let text = document::ArticleText { body: &article.body, words: &words[i].1, title: &words[i].0 };
        let date = article.date.as_ref().map(|d| d.value);
        documents += document::documents(&passages[i], &text, date, &fields, &segmenter)?.len();
    }
    time("documents", began);

    let bytes: usize = articles.iter().map(|a| a.body.len()).sum();
    println!("{} articles, {:.1} MB, {documents} passages", articles.len(), bytes as f64 / 1e6);
    for (name, took) in stages {
        let seconds = took.as_secs_f64();
        let each = seconds / articles.len() as f64 * 1e6;
        println!("{name:<10} {seconds:>7.3} s {each:>8.1} µs an article {:>8.1} MB/s", bytes as f64 / 1e6 / seconds);
    }
    Ok(())
}
