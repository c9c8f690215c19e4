//! The examples in README.md are run, and print what it says they print.

use crate::sample::{ARCHIVE, CRAWLED, jianbao};
use std::fs;
use std::path::Path;

/// The commands of a page's console blocks, each with the output shown under it.
fn examples(page: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        match line {
            "```console" => inside = true,
            "```" => inside = false,
            line if inside => match (line.strip_prefix("$ "), found.last_mut()) {
                (Some(command), _) => found.push((command.to_owned(), String::new())),
                (None, Some((_, output))) => {
                    output.push_str(line);
                    output.push('\n');
                }
                _ => {}
            },
            _ => {}
        }
    }
    found
}

/// Splits a command as a shell would, as far as the examples go: at spaces outside of single
/// quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in command.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// The page with what the program prints today in place of what it shows.
fn renewed(page: &str, run: impl Fn(&str) -> String) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        inside = if line == "```console" { true } else { inside && line != "```" };
        if !inside || line == "```console" || line.starts_with("$ ") {
            lines.push(line.to_owned());
        }
        if inside && line.starts_with("$ ") {
            lines.extend(run(&line[2..]).trim_end().lines().map(str::to_owned));
        }
    }
    lines.join("\n") + "\n"
}

/// With `JIANBAO_RENEW=1` the page is written anew instead of compared.
#[test]
fn the_readme_shows_what_the_program_prints() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let page = fs::read_to_string(&path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    jianbao()
        .args(["index", ARCHIVE, "--quiet", "--crawled", CRAWLED, "--index"])
        .arg(&index)
        .assert()
        .success();
    let run = |command: &str| {
        let arguments = words(command);
        assert_eq!(arguments[0], "jianbao", "{command}");
        let output = jianbao().args(&arguments[1..]).env("JIANBAO_INDEX", &index).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {told}");
        // Where the index lies differs from run to run; the page shows the usual place.
        String::from_utf8(output.stdout).unwrap().replace(index.to_str().unwrap(), "index/built")
    };
    if std::env::var_os("JIANBAO_RENEW").is_some() {
        fs::write(&path, renewed(&page, run)).unwrap();
        return;
    }
    let examples = examples(&page);
    assert!(examples.len() >= 3, "README.md has lost its examples");
    for (command, expected) in examples {
        assert_eq!(run(&command).trim_end(), expected.trim_end(), "{command}");
    }
}
