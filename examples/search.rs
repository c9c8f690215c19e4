//! Asks an index: `cargo run --example search -- INDEX WORDS...`

use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{Lexicon, Request, run};
use jianbao::update::Snapshot;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: search INDEX WORDS...")?;
    let line = arguments.collect::<Vec<_>>().join(" ");
    let definition = Definition::embedded();
    let index = Snapshot::open(Path::new(&folder), &definition)?;
    let lexicon = Lexicon::new(&definition, index.segmenter()?);
    let request = Request { query: parse(&line).0, ..Request::default() };
    let answer = run(&index, &request, &lexicon)?;
    println!("{} articles", answer.articles);
    for hit in answer.hits {
        println!("{}\t{}", hit.passage.article.path, hit.passage.text);
    }
    Ok(())
}
