//! The map in ARCHITECTURE.md is true: every module is on it, and no module uses one that comes
//! after it.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The modules in the order in which src/lib.rs has them, lowest first.
fn modules() -> Vec<String> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    lib.lines()
        .filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';').map(str::to_owned))
        .collect()
}

/// The Rust files of a module: its own and those in its folder.
fn files(module: &str) -> Vec<PathBuf> {
    let mut found = vec![root().join(format!("src/{module}.rs"))];
    let mut folders = vec![root().join(format!("src/{module}"))];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The code of a file without its tests and its comments.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    text.lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_arrow_points_up() {
    let modules = modules();
    for (i, module) in modules.iter().enumerate() {
        for file in files(module) {
            let code = code(&file);
            for later in &modules[i + 1..] {
                let used = ["::", " as ", ","].iter().any(|end| {
                    code.contains(&format!("crate::{later}{end}"))
                        || code.contains(&format!("crate::{{{later}{end}"))
                });
                assert!(!used, "{} uses {later}, which comes after {module}", file.display());
            }
        }
    }
}

#[test]
fn only_index_and_search_name_the_engine() {
    for module in modules() {
        if ["index", "search"].contains(&module.as_str()) {
            continue;
        }
        for file in files(&module) {
            assert!(!code(&file).contains("tantivy::"), "{} names the engine", file.display());
        }
    }
}

#[test]
fn only_the_command_line_prints_and_reads_the_environment() {
    for module in modules().iter().filter(|m| *m != "cli") {
        for file in files(module) {
            let code = code(&file);
            for word in ["println!", "print!(", "std::env::", "process::exit"] {
                assert!(!code.contains(word), "{} has {word}", file.display());
            }
        }
    }
}

#[test]
fn every_file_says_its_job_first_and_stands_on_the_map() {
    let map = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    for module in modules() {
        for file in files(&module) {
            let text = fs::read_to_string(&file).unwrap();
            assert!(text.starts_with("//!"), "{} does not open with its job", file.display());
            let name = file.file_name().unwrap().to_str().unwrap();
            assert!(map.contains(name), "ARCHITECTURE.md does not name {name} of {module}");
        }
    }
}
