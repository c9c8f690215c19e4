//! The command that builds an index anew, put together from what its ledger says of its sources,
//! whatever its format.

use super::files::absolute;
use super::ledger::{FileRecord, Ledger};
use crate::archive::path_of;
use std::collections::BTreeSet;
use std::path::Path;

/// The command, as a POSIX shell takes it. Where the ledger is gone or cannot be read, `PATH...`
/// stands for the sources. Flags that decide what articles become are given where all files were
/// read with the same.
pub fn command(folder: &Path) -> String {
    let ledger = Ledger::newest(folder)
        .and_then(|name| Ledger::read(folder, &name).ok())
        .unwrap_or_default();
    let sources: BTreeSet<String> = ledger.files.values().map(source).collect();
    let mut words = vec!["jianbao index --rebuild".to_owned()];
    if sources.is_empty() {
        words.push("PATH...".to_owned());
    }
    words.extend(sources.iter().map(|source| quoted(source)));
    words.extend(["--index".to_owned(), quoted(&folder.to_string_lossy())]);
    let mut settings = ledger.files.values().map(|record| &record.settings);
    if let Some(first) = settings.next().filter(|&first| settings.all(|other| other == first)) {
        words.extend(
            first.flags().into_iter().map(|(flag, value)| format!("{flag} {}", quoted(&value))),
        );
    }
    words.join(" ")
}

/// The root that a file was found under: absolute, or as it was typed where only that leads
/// somewhere from here.
fn source(record: &FileRecord) -> String {
    let typed = record.root_as_typed();
    let here = absolute(&path_of(typed)) == path_of(&record.root);
    let moved = !path_of(&record.root).exists() && path_of(typed).exists();
    if here || moved { typed.to_owned() } else { record.root.clone() }
}

/// `word` as a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '/' | '.' | '_' | '-' | '=' | ':' | ',' | '+' | '@' | '%')
    };
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        return word.to_owned();
    }
    let here = if word.starts_with('-') { "./" } else { "" };
    format!("'{here}{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_names_sources_and_settings_for_a_shell() {
        let folder = tempfile::tempdir().unwrap();
        assert!(command(folder.path()).starts_with("jianbao index --rebuild PATH... --index "));
        let line = |file: &str, rest: &str| {
            let (path, numbers) = (
                file.trim_start_matches('/'),
                r#""size":1,"modified":0,"articles":1,"passages":1"#,
            );
            format!(
                r#"{{"file":"{file}","path":"{path}","root":"/no such/a'b",{numbers},"bytes":1,"skipped":0{rest}}}"#
            )
        };
        let settings = r#","settings":{"crawled":"2024-03-24T12:00:00","fields":["title=Kopf"]}"#;
        let write = |lines: [String; 2]| {
            std::fs::write(folder.path().join("ledger-3.jsonl"), lines.join("\n")).unwrap()
        };
        write([line("/no such/a'b/一.txt", settings), line("/no such/a'b/二.txt", settings)]);
        let told = command(folder.path());
        assert!(told.starts_with(r"jianbao index --rebuild '/no such/a'\''b' --index "), "{told}");
        assert!(told.ends_with(" --crawled 2024-03-24 --field title=Kopf"), "{told}");
        write([line("/no such/a'b/一.txt", settings), line("/no such/a'b/二.txt", "")]);
        assert!(!command(folder.path()).contains("--crawled"));
        assert_eq!(quoted("-rf"), "'./-rf'");
    }
}
