//! Prints what is read from an archive, one article a line, or with `--time` how fast it is read.
//!
//! `cargo run --release -p jianbao-tools --bin parse -- [--time] PATH...`

use jianbao::archive::{Options, records, walk};
use jianbao::article::{Context, Headers, parse};
use jianbao::definition::Definition;
use std::io::Write;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (flags, paths): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|arg| arg.starts_with("--"));
    let timed = flags.iter().any(|flag| flag == "--time");
    let options = Options::default();
    let headers = Headers::new(&Definition::embedded())?;
    let context = Context::default();
    let roots: Vec<_> = paths.into_iter().map(Into::into).collect();
    let walk = walk(&roots, &options)?;
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut articles, mut bytes, mut skips, mut parsing) =
        (0u64, 0usize, walk.skipped.len(), Duration::ZERO);
    walk.skipped.iter().for_each(|skip| eprintln!("{skip}"));
    let start = Instant::now();
    for file in &walk.files {
        for outcome in records(file, &options) {
            let record = match outcome {
                Ok(record) => record,
                Err(skip) => {
                    skips += 1;
                    eprintln!("{skip}");
                    continue;
                }
            };
            let began = Instant::now();
            let article = parse(&record, &context, &headers);
            parsing += began.elapsed();
            articles += 1;
            bytes += record.content.size();
            if !timed {
                writeln!(out, "{}", serde_json::to_string(&article)?)?;
            }
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    eprintln!(
        "{articles} articles, {skips} skipped, {:.1} MB in {seconds:.2} s: {:.0} MB/s; \
         parse {:.1} µs an article",
        bytes as f64 / 1e6,
        bytes as f64 / 1e6 / seconds,
        parsing.as_secs_f64() * 1e6 / articles.max(1) as f64
    );
    Ok(())
}
