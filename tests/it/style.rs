//! Rules of style that a program can check: length of functions, number of parameters.

use crate::source::{self, files, shown, tokens};
use std::fs;
use std::path::PathBuf;

/// Lines of a function, from `fn` to its closing brace.
const LINES: usize = 120;
/// Parameters of a function, `self` among them.
const PARAMETERS: usize = 6;
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
