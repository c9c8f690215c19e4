//! Measures how long a search takes in this process: `cargo run --release --example speed -- INDEX QUERIES.tsv`
//!
//! QUERIES has one query a line, after a TAB or by itself. Every query is asked once to warm up and once by the clock,
//! on one thread, for its first ten articles.

use jianbao::definition::Definition;
use jianbao::index::Index;
use jianbao::query::parse;
use jianbao::search::{self, Lexicon, Request};
use jianbao::text::word::Segmenter;
use std::path::Path;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, queries] = arguments.as_slice() else { return Err("usage: speed INDEX QUERIES.tsv".into()) };
    let definition = Definition::embedded();
    let lexicon = Lexicon::new(&definition, Segmenter::new(&definition)?);
    let index = Index::open(Path::new(folder), &definition)?;
    let text = std::fs::read_to_string(queries)?;
    let lines: Vec<&str> = text.lines().map(|line| line.rsplit('\t').next().unwrap_or(line)).collect();
    let mut times: Vec<(f64, &str)> = Vec::new();
    for measured in [false, true] {
        for line in &lines {
            let started = Instant::now();
            let request = Request { query: parse(line).0, ..Request::default() };
            search::run(&index, &request, &lexicon)?;
            if measured {
                times.push((started.elapsed().as_secs_f64() * 1e3, line));
            }
        }
    }
    times.sort_by(|a, b| a.0.total_cmp(&b.0));
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    println!(
        "{} queries: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms, most {:.2} ms",
        times.len(),
        at(0.5),
        at(0.9),
        at(0.99),
        at(1.0)
    );
    for (time, line) in times.iter().rev().take(5) {
        println!("{time:8.2} ms  {line}");
    }
    Ok(())
}
