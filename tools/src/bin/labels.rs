//! Keeps what readers labelled in articles apart from the articles themselves.
//!
//! `cargo run --release -p jianbao-tools --bin labels -- pack GOLD.jsonl OUT.zst` takes the texts
//! out of annotated articles, one a line as `train_attribution` reads them.
//! `labels unpack LABELS.zst NEWS.jsonl.zst FOLDER` joins them with the texts of the archive again:
//! FOLDER/gold.jsonl, and each text as FOLDER/texts/ID.txt.
//!
//! A text is the title and the body of its record, the title left out where the body begins with
//! it.

use jianbao_tools::{Failure, arguments, records};
use serde_json::Value;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

/// The level of zstd at which labels are packed.
const LEVEL: i32 = 19;
/// Characters of a title by which it is known at the start of its body.
const KNOWN_BY: usize = 10;

fn main() -> Result<(), Failure> {
    let args = arguments();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["pack", gold, out] => pack(gold, out),
        ["unpack", labels, news, folder] => unpack(labels, news, Path::new(folder)),
        _ => Err("usage: labels pack GOLD OUT | labels unpack LABELS NEWS FOLDER".into()),
    }
}

fn pack(gold: &str, out: &str) -> Result<(), Failure> {
    let mut lines = Vec::new();
    for line in BufReader::new(File::open(gold)?).lines() {
        let mut article: serde_json::Map<String, Value> = serde_json::from_str(&line?)?;
        article.remove("text").ok_or("an article without a text")?;
        serde_json::to_writer(&mut lines, &article)?;
        lines.push(b'\n');
    }
    std::fs::write(out, zstd::encode_all(lines.as_slice(), LEVEL)?)?;
    Ok(())
}

fn unpack(labels: &str, news: &str, folder: &Path) -> Result<(), Failure> {
    let mut texts = HashMap::new();
    for record in records(news)? {
        let record = record?;
        let field = |name: &str| record[name].as_str().unwrap_or_default();
        texts.insert(field("id").to_owned(), text(field("title"), field("body")));
    }
    std::fs::create_dir_all(folder.join("texts"))?;
    let mut gold = File::create(folder.join("gold.jsonl"))?;
    let (mut joined, mut missing) = (0, 0);
    for article in records(labels)? {
        let mut article = article?;
        let id = article["id"].as_str().unwrap_or_default().to_owned();
        let Some(text) = texts.get(&id) else {
            missing += 1;
            continue;
        };
        std::fs::write(folder.join("texts").join(format!("{id}.txt")), format!("{text}\n"))?;
        article["text"] = text.as_str().into();
        writeln!(gold, "{article}")?;
        joined += 1;
    }
    println!("{joined} articles joined with their texts, {missing} not in {news}");
    Ok(())
}

fn text(title: &str, body: &str) -> String {
    let body = body.trim();
    let start: String = title.chars().take(KNOWN_BY).collect();
    let joined =
        if body.starts_with(&start) { body.to_owned() } else { format!("{title}\n{body}") };
    joined.trim().to_owned()
}
