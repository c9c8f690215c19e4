//! Counts how many of the first ten articles for a word hold it as typed: `cargo run --release -p
//! jianbao-tools --bin typed -- INDEX WORD...`
//!
//! A word that the dictionary lacks is cut into its characters; its first ten should hold it all
//! the same, or as many as there are. Each line gives the word, the articles that hold it (by an
//! exact search) and how many of the first ten do; the last line counts the words with fewer than
//! can be.

use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{self, Lexicon, ReprintPolicy, Request};
use jianbao::text::word::Segmenter;
use jianbao::update::Snapshot;
use jianbao_tools::{Failure, arguments};
use std::collections::BTreeSet;
use std::path::Path;

/// The articles that are looked at.
const FIRST: usize = 10;

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let Some((folder, words)) = arguments.split_first().filter(|(_, words)| !words.is_empty())
    else {
        return Err("usage: typed INDEX WORD...".into());
    };
    let definition = Definition::embedded();
    let lexicon = Lexicon::new(&definition, Segmenter::new(&definition)?);
    let index = Snapshot::open(Path::new(folder), &definition)?;
    let found = |line: &str, limit: usize| -> Result<Vec<String>, Failure> {
        let request = Request {
            query: parse(line).0,
            reprints: ReprintPolicy::Shown,
            limit,
            ..Request::default()
        };
        let answer = search::run(&index, &request, &lexicon)?;
        Ok(answer.hits.into_iter().map(|hit| hit.passage.article.id.clone()).collect())
    };
    let all = index.engine().articles()?.len();
    let mut short = 0;
    for word in words {
        let holding: BTreeSet<String> = found(&format!("“{word}”"), all)?.into_iter().collect();
        let first = found(word, FIRST)?;
        let held = first.iter().filter(|id| holding.contains(*id)).count();
        let most = FIRST.min(holding.len());
        short += usize::from(held < most);
        println!("{word}\t{} articles hold it\t{held} of the first {}", holding.len(), first.len());
    }
    println!("{} of {} words have fewer than can be", short, words.len());
    Ok(())
}
