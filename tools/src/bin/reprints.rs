//! How well reprints are found: `cargo run --profile quick -p jianbao-tools --bin reprints -- NEWS
//! PAIRS.tsv [PAIRS OF THE SAMPLE]`
//!
//! NEWS is an archive, PAIRS has the ids of two articles a line that are known to be one text.
//! Pairs that were grouped besides are listed, a sample of them without pattern, with what the two
//! share by runs of ten characters: for reading.

use jianbao::article::{self, Article, Context, Headers};
use jianbao::definition::Definition;
use jianbao::reprint::{Imprint, Sketch, group, overlap};
use jianbao::update::{Imprints, open_groups};
use jianbao::{archive, engine};
use jianbao_tools::{Failure, arguments};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Instant;

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let [news, pairs, rest @ ..] = arguments.as_slice() else {
        return Err("usage: reprints NEWS PAIRS.tsv".into());
    };
    let sample: usize = rest.first().map_or(Ok(200), |n| n.parse())?;
    let articles = read(PathBuf::from(news))?;
    let began = Instant::now();
    let imprints: Vec<Imprint> = articles.iter().map(imprint).collect();
    let sketching = began.elapsed();
    let began = Instant::now();
    let groups = group(&imprints.iter().collect::<Vec<_>>());
    let grouping = began.elapsed();
    let members: usize = groups.iter().map(Vec::len).sum();
    let most = groups.iter().map(Vec::len).max().unwrap_or(0);
    println!(
        "{} articles, {} groups of {members} articles, at most {most} in one",
        articles.len(),
        groups.len()
    );
    println!(
        "imprint {:.1} µs an article",
        sketching.as_secs_f64() * 1e6 / articles.len().max(1) as f64
    );
    println!("grouping {:.3} s; {} bytes a sketch", grouping.as_secs_f64(), Sketch::BYTES);
    keep(&articles, imprints.clone())?;

    let place: HashMap<&str, usize> =
        articles.iter().enumerate().map(|(i, a)| (a.id.as_str(), i)).collect();
    let mut of = vec![usize::MAX; articles.len()];
    groups
        .iter()
        .enumerate()
        .for_each(|(number, group)| group.iter().for_each(|&i| of[i] = number));
    let text = std::fs::read_to_string(pairs)?;
    let known: Vec<(usize, usize)> = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(a, b)| Some((*place.get(a)?, *place.get(b)?)))
        .collect();
    let found = known.iter().filter(|(a, b)| of[*a] == of[*b] && of[*a] != usize::MAX).count();
    println!(
        "pairs known {}, found {found}, recall {:.4}",
        known.len(),
        found as f64 / known.len().max(1) as f64
    );
    list_missed(&articles, &imprints, &known, &of);
    list_extra(&articles, &groups, &known, sample);
    Ok(())
}

/// Writes the file of reprints and opens it again.
fn keep(articles: &[Article], imprints: Vec<Imprint>) -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let mut reprints = Imprints::default();
    let numbers: Vec<u64> = imprints.iter().map(|imprint| imprint.article).collect();
    articles
        .iter()
        .zip(imprints)
        .for_each(|(article, imprint)| reprints.insert(&article.path, imprint));
    let name = Imprints::name("ledger-1.jsonl");
    let began = Instant::now();
    reprints.write(folder.path(), &name)?;
    let writing = began.elapsed();
    let began = Instant::now();
    Imprints::read(folder.path(), &name)?;
    let reading = began.elapsed();
    let began = Instant::now();
    let groups = open_groups(folder.path(), &name)?;
    let opening = began.elapsed();
    let began = Instant::now();
    let found = numbers.iter().filter(|&&number| groups.group(number).is_some()).count();
    let asking = began.elapsed();
    let size =
        std::fs::metadata(folder.path().join(&name))?.len() as f64 / articles.len().max(1) as f64;
    println!(
        "file {size:.1} bytes an article; grouped and written {:.3} s, read for an update {:.3} s",
        writing.as_secs_f64(),
        reading.as_secs_f64()
    );
    println!(
        "opened for a search {:.1} µs, a lookup {:.2} µs ({found} found)",
        opening.as_secs_f64() * 1e6,
        asking.as_secs_f64() * 1e6 / numbers.len().max(1) as f64
    );
    Ok(())
}

fn read(path: PathBuf) -> jianbao::error::Result<Vec<Article>> {
    let (definition, options) = (Definition::embedded(), archive::Options::default());
    let (headers, context) = (Headers::new(&definition)?, Context::default());
    let walk = archive::walk(&[path], &options)?;
    let records =
        walk.files.iter().flat_map(|file| archive::records(file, &options)).filter_map(Result::ok);
    Ok(records.map(|record| article::parse(&record, &context, &headers)).collect())
}

fn imprint(article: &Article) -> Imprint {
    let number =
        engine::article_number(&article.path, article.id.as_str(), article.line.unwrap_or(0));
    Imprint::new(
        article,
        &jianbao::text::fold::fold(&article.body),
        number,
        article.date.as_ref().map(|date| engine::seconds(date.value)),
    )
}

/// Some of the known pairs that were not found.
fn list_missed(articles: &[Article], imprints: &[Imprint], known: &[(usize, usize)], of: &[usize]) {
    let missed: Vec<&(usize, usize)> =
        known.iter().filter(|(a, b)| of[*a] != of[*b] || of[*a] == usize::MAX).collect();
    for &&(a, b) in missed.iter().step_by((missed.len() / 40).max(1)) {
        let estimate = imprints[a].sketch.resemblance(&imprints[b].sketch);
        show("missed", articles, a, b, Some(estimate));
    }
}

/// A sample of the pairs in one group that no known pair joins, directly or by others.
fn list_extra(
    articles: &[Article],
    groups: &[Vec<usize>],
    known: &[(usize, usize)],
    sample: usize,
) {
    let mut leader: Vec<usize> = (0..articles.len()).collect();
    fn find(leader: &mut [usize], mut i: usize) -> usize {
        while leader[i] != i {
            leader[i] = leader[leader[i]];
            i = leader[i];
        }
        i
    }
    for &(a, b) in known {
        let (a, b) = (find(&mut leader, a), find(&mut leader, b));
        leader[a.max(b)] = a.min(b);
    }
    let mut extra: Vec<(usize, usize)> = Vec::new();
    let mut pairs = 0u64;
    for group in groups {
        pairs += (group.len() * (group.len() - 1) / 2) as u64;
        // One pair for each further text, not one for each two copies.
        let mut seen: HashSet<usize> = HashSet::from([find(&mut leader, group[0])]);
        for &other in &group[1..] {
            if seen.insert(find(&mut leader, other)) {
                extra.push((group[0], other));
            }
        }
    }
    println!("pairs grouped {pairs}; groups joined to others {}", extra.len());
    let order = |pair: &(usize, usize)| {
        let ids = format!("{} {}", articles[pair.0].id, articles[pair.1].id);
        engine::article_number(&ids, "", 0)
    };
    extra.sort_by_cached_key(order);
    for &(a, b) in extra.iter().take(sample) {
        show("extra", articles, a, b, None);
    }
}

/// One pair with what it shares and the beginning of both.
fn show(kind: &str, articles: &[Article], a: usize, b: usize, estimate: Option<f32>) {
    let (a, b) = (&articles[a], &articles[b]);
    let exact = overlap(&a.body, &b.body, 10);
    let estimate = estimate.map_or(String::new(), |e| format!(" estimated {e:.2}"));
    let (length, other) = (a.body.chars().count(), b.body.chars().count());
    println!(
        "{kind}\t{}\t{}\tresemblance {:.2}{estimate}\tcontainment {:.2}\t{length} \
         and {other} characters",
        a.id, b.id, exact.resemblance, exact.containment
    );
}
