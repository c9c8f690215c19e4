//! Counts what index/lexicon/given.txt, common.txt and surname_ends.txt are made from.
//!
//! `cargo run --release -p jianbao-tools --bin names -- given NAMES.txt` reads distinct names, one
//! a line (bylines, annotated names), and prints each character of their given parts with its
//! count. `cargo run --release -p jianbao-tools --bin names -- common DICT.txt NAMES.txt` reads a
//! dictionary (word, frequency, part of speech) and prints the words that look like names and are
//! none. `names ends DICT.txt` prints the common words of two characters that end with a surname.
//! The first two files were then edited by hand: characters of grammar out of the first, words that
//! news showed to be missing into the second.

use jianbao::definition::Definition;
use jianbao_tools::{Failure, arguments};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Least frequency of a dictionary word that can be mistaken for a name often enough to matter.
const LEAST: u64 = 20;

/// Least frequency of a word that ends with a surname.
const LEAST_END: u64 = 200;

fn main() -> Result<(), Failure> {
    let args = arguments();
    let definition = Definition::embedded();
    let surnames: HashSet<&str> =
        definition.lexicon("lexicon/surnames.txt").map(|e| e.word).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["given", names] => given(&std::fs::read_to_string(names)?, &surnames),
        ["common", dictionary, names] => {
            let foreign: HashSet<&str> =
                definition.lexicon("lexicon/translit.txt").map(|e| e.word).collect();
            common(
                &std::fs::read_to_string(dictionary)?,
                &std::fs::read_to_string(names)?,
                &surnames,
                &foreign,
            );
        }
        ["ends", dictionary] => ends(&std::fs::read_to_string(dictionary)?, &surnames),
        _ => {
            let usage = "names given NAMES | names common DICTIONARY NAMES | names ends DICTIONARY";
            return Err(format!("usage: {usage}").into());
        }
    }
    Ok(())
}

/// The characters of the given parts, each with the number of names that hold it.
fn given(names: &str, surnames: &HashSet<&str>) {
    let names: BTreeSet<&str> = names.lines().map(str::trim).collect();
    let mut counts: BTreeMap<char, u32> = BTreeMap::new();
    for name in &names {
        let Some(part) = given_part(name, surnames) else { continue };
        part.chars().for_each(|c| *counts.entry(c).or_default() += 1);
    }
    counts.iter().for_each(|(c, n)| println!("{c}\t{n}"));
}

/// The given name behind the surname: one or two characters.
fn given_part<'n>(name: &'n str, surnames: &HashSet<&str>) -> Option<&'n str> {
    let ends = name.char_indices().map(|(at, _)| at).skip(1);
    let part =
        ends.take(2).filter(|&at| surnames.contains(&name[..at])).last().map(|at| &name[at..])?;
    (1..=2).contains(&part.chars().count()).then_some(part)
}

/// Words of two characters that end with a surname, and are no names themselves.
fn ends(dictionary: &str, surnames: &HashSet<&str>) {
    let mut found = BTreeSet::new();
    for line in dictionary.lines() {
        let mut columns = line.split(' ');
        let (Some(word), Some(frequency), Some(kind)) =
            (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let second = word.char_indices().nth(1).map_or("", |(at, _)| &word[at..]);
        let common = frequency.parse::<u64>().is_ok_and(|f| f >= LEAST_END);
        if common && !kind.starts_with("nr") && surnames.contains(second) && word.len() == 6 {
            found.insert(word);
        }
    }
    found.iter().for_each(|word| println!("{word}"));
}

/// Words of two characters that begin with a surname, or that foreign names could spell.
fn common(dictionary: &str, names: &str, surnames: &HashSet<&str>, foreign: &HashSet<&str>) {
    let names: HashSet<&str> = names.lines().map(str::trim).collect();
    let mut words = BTreeSet::new();
    for line in dictionary.lines() {
        let mut columns = line.split_whitespace();
        let (Some(word), Some(count), Some(tag)) = (columns.next(), columns.next(), columns.next())
        else {
            continue;
        };
        let first = word.chars().next().map_or(0, char::len_utf8);
        let spelt = word.chars().all(|c| foreign.contains(c.encode_utf8(&mut [0; 4]) as &str));
        let like = word.chars().count() == 2 && (surnames.contains(&word[..first]) || spelt);
        let named =
            tag.starts_with("nr") || matches!(tag, "nz" | "nt" | "j") || names.contains(word);
        if like && !named && count.parse::<u64>().is_ok_and(|n| n >= LEAST) {
            words.insert(word);
        }
    }
    words.iter().for_each(|word| println!("{word}"));
}
