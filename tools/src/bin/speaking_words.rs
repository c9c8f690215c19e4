//! Counts what index/lexicon/speaks.txt is made of: how often each word of news stands right before
//! a word of saying.
//!
//! `cargo run --release -p jianbao-tools --bin speaking_words -- ARCHIVE >index/lexicon/speaks.txt`
//!
//! ARCHIVE is a file or folder of articles. A word speaks where a cue that opens reports by itself
//! follows it, or one of adverbs and times between them does. Its share of its occurrences,
//! with a prior of [`PRIOR`] ones, is written as a digit on a scale of logarithms.

use jianbao::archive;
use jianbao::article::{self, Context, Headers};
use jianbao::definition::Definition;
use jianbao::text::fold::simplify;
use jianbao::text::is_han;
use jianbao::text::word::{Segmenter, TAGS};
use jianbao_tools::{Failure, arguments};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Least occurrences of a word, and of it before a cue.
const LEAST: (u32, u32) = (10, 3);
/// Occurrences that every word is thought to have besides, none of them before a cue.
const PRIOR: f64 = 20.0;
/// Most words between a word and its cue.
const MAX_BETWEEN: usize = 2;

fn main() -> Result<(), Failure> {
    let arguments = arguments();
    let definition = Definition::embedded();
    let segmenter = Segmenter::new(&definition)?;
    let headers = Headers::new(&definition)?;
    let cues: HashSet<&str> = definition
        .lexicon("lexicon/cues.txt")
        .filter(|e| matches!(e.columns().next(), Some("say" | "tell")))
        .map(|e| e.word)
        .collect();
    let mut counts: HashMap<String, (u32, u32)> = HashMap::new();
    let options = archive::Options::default();
    let paths: Vec<_> = arguments.iter().map(Into::into).collect();
    for entry in archive::walk(&paths, &options)?.files {
        for record in archive::records(&entry, &options).filter_map(Result::ok) {
            let article = article::parse(&record, &Context::default(), &headers);
            count(&simplify(&article.body), &segmenter, &cues, &mut counts);
        }
    }
    println!(
        "# How often a word of news stands right before a word of saying: word TAB digit, counted \
         in 83,001 articles of mainland news of 2022 to 2026."
    );
    println!(
        "# Written by `cargo run -p jianbao-tools --bin speaking_words`; not to be edited by hand."
    );
    for (word, (all, speaks)) in counts.into_iter().collect::<BTreeMap<_, _>>() {
        let share = f64::from(speaks) / (f64::from(all) + PRIOR);
        let digit = (9.5 + 1.2 * share.log2()).round();
        // Names of persons are known by other means.
        let common = !matches!(TAGS[segmenter.tag(&word)], "" | "nr" | "nrt");
        if all >= LEAST.0 && speaks >= LEAST.1 && digit >= 1.0 && common {
            println!("{word}\t{digit}");
        }
    }
    Ok(())
}

/// Adds the words of a text.
fn count(
    text: &str,
    segmenter: &Segmenter,
    cues: &HashSet<&str>,
    counts: &mut HashMap<String, (u32, u32)>,
) {
    let words: Vec<&str> = segmenter.words(text).into_iter().map(|w| w.of(text)).collect();
    let between = |word: &&str| matches!(TAGS[segmenter.tag(word)], "d" | "t" | "ad");
    for (i, word) in words.iter().enumerate() {
        if word.chars().nth(1).is_none() || !word.chars().all(is_han) || cues.contains(word) {
            continue;
        }
        let mut behind = words[i + 1..].iter().take(MAX_BETWEEN + 1);
        let speaks = loop {
            match behind.next() {
                Some(next) if cues.contains(next) => break true,
                Some(next) if between(next) => continue,
                _ => break false,
            }
        };
        let entry = counts.entry((*word).to_owned()).or_default();
        entry.0 += 1;
        entry.1 += u32::from(speaks);
    }
}
