//! Measures how long a search takes in this process: `cargo run --release -p jianbao-tools --bin
//! speed -- INDEX [COUNT]`
//!
//! The queries come from the index itself, spread evenly over it: COUNT headlines (5,000 unless
//! told) as they stand, and as many of its speakers, each with a word of a headline. Of both kinds
//! every third is narrowed to a year or a topic. Each query is asked for its first ten articles
//! with their snippets, counted by topic, once to warm up and once by the clock; then all of them
//! again on two threads.

use jianbao::definition::Definition;
use jianbao::query::{Filters, parse};
use jianbao::search::{self, Facet, Lexicon, ReprintPolicy, Request};
use jianbao::text::word::Segmenter;
use jianbao::update::Snapshot;
use jianbao_tools::{Failure, arguments, percentile, titles};
use rayon::prelude::*;
use std::path::Path;
use std::time::Instant;

/// Columns of a snippet, as on a wide terminal.
const COLUMNS: usize = 240;

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let (folder, count) = match arguments.as_slice() {
        [folder] => (folder, 5_000),
        [folder, count] => (folder, count.parse()?),
        _ => return Err("usage: speed INDEX [COUNT]".into()),
    };
    let definition = Definition::embedded();
    let lexicon = Lexicon::new(&definition, Segmenter::new(&definition)?);
    let index = Snapshot::open(Path::new(folder), &definition)?;
    let titles = titles(&index, count)?;
    let speakers = search::speakers(&index, "", &Filters::default(), ReprintPolicy::Shown)?;
    let kinds =
        [("headlines", by_title(&titles)), ("speakers", by_speaker(&titles, &speakers, count))];
    let mut of_both = Vec::new();
    for (name, requests) in &kinds {
        let mut times = Vec::with_capacity(requests.len());
        for measured in [false, true] {
            for request in requests {
                let started = Instant::now();
                ask(&index, request, &lexicon)?;
                if measured {
                    times.push((started.elapsed().as_secs_f64() * 1e3, request));
                }
            }
        }
        of_both.extend_from_slice(&times);
        tell(name, times);
    }
    tell("of both", of_both);
    let all: Vec<&Request> = kinds.iter().flat_map(|(_, requests)| requests).collect();
    let mut took = Vec::new();
    for threads in [1, 2] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build()?;
        let started = Instant::now();
        pool.install(|| all.par_iter().try_for_each(|request| ask(&index, request, &lexicon)))?;
        took.push(started.elapsed().as_secs_f64());
    }
    println!(
        "{} queries: {:.2} s on one thread, {:.2} s on two, {:.2} times as fast",
        all.len(),
        took[0],
        took[1],
        took[0] / took[1]
    );
    Ok(())
}

/// Asks for the first page with its snippets.
fn ask(index: &Snapshot, request: &Request, lexicon: &Lexicon) -> jianbao::error::Result<()> {
    for hit in search::run(index, request, lexicon)?.hits {
        std::hint::black_box(search::snippet(&hit.passage.text, &hit.highlights, COLUMNS));
    }
    Ok(())
}

fn by_title(titles: &[String]) -> Vec<Request> {
    let request = |(i, title): (usize, &String)| Request { query: parse(title).0, ..narrowed(i) };
    titles.iter().enumerate().map(request).collect()
}

fn by_speaker(titles: &[String], speakers: &[search::SpeakerCount], count: usize) -> Vec<Request> {
    let step = (speakers.len() / count.max(1)).max(1);
    let request = |(i, speaker): (usize, &search::SpeakerCount)| {
        let word: String =
            titles[i % titles.len()].chars().filter(|c| c.is_alphanumeric()).take(2).collect();
        let mut request = Request { query: parse(&word).0, ..narrowed(i) };
        request.filters.speakers = vec![speaker.name.clone()];
        request
    };
    speakers.iter().step_by(step).take(count).enumerate().map(request).collect()
}

/// A request of which every third has a filter besides.
fn narrowed(i: usize) -> Request {
    let mut request = Request { facets: vec![Facet::Topic], ..Request::default() };
    match i % 6 {
        0 => request.filters.since = Some(jiff::civil::date(2023, 8, 1)),
        3 => request.filters.topics = vec!["economy".into()],
        _ => {}
    }
    request
}

fn tell(name: &str, mut times: Vec<(f64, &Request)>) {
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let sorted: Vec<f64> = times.iter().map(|(time, _)| *time).collect();
    let at = |share: f64| percentile(&sorted, share);
    println!(
        "{} {name}: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    for (time, request) in times.iter().rev().take(3) {
        println!("{time:10.2} ms  {} {}", request.query, request.filters.speakers.join(" "));
    }
}
