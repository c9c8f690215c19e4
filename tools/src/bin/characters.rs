//! Counts the characters of an archive as they are kept for exact search, and writes them, the most
//! frequent first: the text of `index/characters.txt`.
//!
//! `cargo run --release -p jianbao-tools --bin characters -- ARCHIVE > characters.txt`
//!
//! The order is part of the index's format: a new one needs a new format number.

use jianbao::archive;
use jianbao::article::{self, Context, Headers};
use jianbao::definition::Definition;
use jianbao::text::exact::is_exact_char;
use jianbao::text::fold::fold;
use std::collections::HashMap;
use std::path::PathBuf;

/// Characters in a line of the file; the breaks between lines are for the reader.
const LINE: usize = 64;

fn main() -> jianbao::error::Result<()> {
    let path = PathBuf::from(std::env::args().nth(1).expect("ARCHIVE is missing"));
    let definition = Definition::embedded();
    let (headers, context, options) =
        (Headers::new(&definition)?, Context::default(), archive::Options::default());
    let mut counts: HashMap<char, u64> = HashMap::new();
    // What the archive lacks comes last: ASCII and the characters of the dictionary.
    let dictionary = zstd::decode_all(definition.model("lexicon/jieba.dict.zst"))
        .expect("the dictionary is zstd");
    let dictionary = String::from_utf8(dictionary).expect("the dictionary is UTF-8");
    for c in (' '..='~').chain(dictionary.chars()) {
        counts.entry(c).or_default();
    }
    for file in archive::walk(&[path], &options)?.files {
        for record in archive::records(&file, &options).filter_map(Result::ok) {
            let article = article::parse(&record, &context, &headers);
            let exact = fold(&article.body);
            let text = article
                .title
                .iter()
                .flat_map(|title| title.chars())
                .chain(exact.chars().filter(|&c| is_exact_char(c)));
            text.for_each(|c| *counts.entry(c).or_default() += 1);
        }
    }
    let mut counts: Vec<(char, u64)> =
        counts.into_iter().filter(|(c, _)| !c.is_control()).collect();
    counts.sort_by_key(|&(c, count)| (std::cmp::Reverse(count), c));
    let ordered: Vec<char> = counts.into_iter().map(|(c, _)| c).collect();
    ordered.chunks(LINE).for_each(|line| println!("{}", line.iter().collect::<String>()));
    Ok(())
}
