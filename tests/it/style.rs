//! Rules of style that a program can check: length of functions, number of parameters, width of
//! lines, one meaning for each name of a type, documentation that opens with its noun.

use crate::source::{self, files, shown, tokens};
use proc_macro2::{Delimiter, TokenTree};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr as _;

/// Lines of a function, from `fn` to its closing brace.
const LINES: usize = 60;
/// Parameters of a function, `self` among them.
const PARAMETERS: usize = 6;
/// Columns of a line, a Chinese character being two.
const COLUMNS: usize = 100;
const FOLDERS: [&str; 6] = ["src", "tests", "tools", "benches", "examples", "fuzz/src"];

fn all_files() -> Vec<PathBuf> {
    FOLDERS.iter().flat_map(|folder| files(folder)).collect()
}

#[test]
fn no_function_is_too_long_or_takes_too_much() {
    let mut found = Vec::new();
    for file in all_files() {
        source::each_level(&tokens(&file), &mut |level| {
            for function in source::functions(level) {
                if function.lines > LINES || function.parameters > PARAMETERS {
                    found.push(format!(
                        "{}: {} has {} lines, {} parameters",
                        shown(&file),
                        function.name,
                        function.lines,
                        function.parameters
                    ));
                }
            }
        });
    }
    assert!(found.is_empty(), "{} functions:\n{}", found.len(), found.join("\n"));
}

#[test]
fn no_line_is_wider_than_a_screen() {
    let mut found = Vec::new();
    for file in all_files() {
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| line.width() > COLUMNS) {
            found.push(format!("{}:{number}: {} columns", shown(&file), line.width()));
        }
    }
    assert!(found.is_empty(), "{} lines:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_type_name_means_one_thing() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files("src") {
        for name in defined(&tokens(&file), false) {
            places.entry(name).or_default().push(shown(&file));
        }
    }
    let twice = places.iter().filter(|(_, places)| places.len() > 1);
    let found: Vec<String> =
        twice.map(|(name, places)| format!("{name}: {}", places.join(", "))).collect();
    assert!(found.is_empty(), "{} names:\n{}", found.len(), found.join("\n"));
}

/// The types defined in these tokens and in the braces among them.
fn defined(tokens: &[TokenTree], in_impl: bool) -> Vec<String> {
    let mut found = types(tokens, in_impl);
    let mut opens_impl = false;
    for token in tokens {
        match token {
            TokenTree::Ident(word) => opens_impl |= word == "impl" || word == "trait",
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                found.extend(defined(&inner, opens_impl));
                opens_impl = false;
            }
            _ => {}
        }
    }
    found
}

/// The names of the types (struct, enum, union, trait, alias) at one level of tokens; associated
/// types are told by `in_impl`.
fn types(level: &[TokenTree], in_impl: bool) -> Vec<String> {
    let mut found = Vec::new();
    for pair in level.windows(2) {
        let word = source::ident(Some(&pair[0])).unwrap_or_default();
        let defines = ["struct", "enum", "union", "trait"].contains(&word.as_str())
            || word == "type" && !in_impl;
        if let Some(name) = source::ident(Some(&pair[1])).filter(|_| defines) {
            found.push(name);
        }
    }
    found
}

#[test]
fn documentation_opens_with_its_noun() {
    let opens = |line: &str| {
        let text = line.trim_start().strip_prefix("//")?.strip_prefix(['/', '!'])?.trim_start();
        ["What ", "Whether "].iter().any(|word| text.starts_with(word)).then_some(())
    };
    let mut found = Vec::new();
    for file in all_files() {
        let text = fs::read_to_string(&file).unwrap();
        let lines = (1..).zip(text.lines()).filter(|(_, line)| opens(line).is_some());
        found.extend(lines.map(|(number, line)| format!("{}:{number}:{line}", shown(&file))));
    }
    assert!(found.is_empty(), "{} lines:\n{}", found.len(), found.join("\n"));
}

#[test]
fn parameters_and_lines_are_counted_as_written() {
    let text = "impl A { fn few(&self, map: HashMap<K, V>, f: impl Fn(u8) -> Vec<u8>,) { } }
        fn none() -> u8 {\n 1\n}
        #[cfg(test)] mod tests { fn left_out(a: u8) {} }";
    let file = tempfile::Builder::new().suffix(".rs").tempfile().unwrap();
    fs::write(file.path(), text).unwrap();
    let mut found = Vec::new();
    source::each_level(&tokens(file.path()), &mut |level| {
        found.extend(source::functions(level).into_iter().map(|f| (f.name, f.lines, f.parameters)));
    });
    assert_eq!(found, [("none".to_owned(), 3, 0), ("few".to_owned(), 1, 3)]);
}
