//! The sources of an index and how they were read, from its ledger alone, whatever its format.

use super::files::absolute;
use super::ledger::{FileRecord, Ledger, Settings};
use crate::archive::path_of;
use std::collections::BTreeSet;
use std::path::Path;

/// The sources of an index: what it takes to build it anew.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// The files and folders that were named, each absolute, or as it was typed where only that
    /// leads somewhere from here; empty where the ledger is gone or cannot be read.
    pub roots: BTreeSet<String>,
    /// The settings of all files; `None` where they differ or nothing is known.
    pub settings: Option<Settings>,
}

/// The sources of the index at `folder`, which may have any format or be damaged.
pub fn sources(folder: &Path) -> Sources {
    let ledger = Ledger::newest(folder)
        .and_then(|name| Ledger::salvage(folder, &name).ok())
        .map(|(ledger, _)| ledger)
        .unwrap_or_default();
    let mut settings = ledger.files.values().map(|record| &record.settings);
    let first = settings.next().filter(|&first| settings.all(|other| other == first));
    Sources { roots: ledger.files.values().map(root).collect(), settings: first.cloned() }
}

/// The root that a file was found under.
fn root(record: &FileRecord) -> String {
    let typed = record.root_as_typed();
    let here = absolute(&path_of(typed)) == path_of(&record.root);
    let moved = !path_of(&record.root).exists() && path_of(typed).exists();
    if here || moved { typed.to_owned() } else { record.root.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_roots_and_the_settings_that_all_files_share() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(sources(folder.path()), Sources::default());
        let line = |file: &str, rest: &str| {
            let (path, numbers) = (
                file.trim_start_matches('/'),
                r#""size":1,"modified":0,"articles":1,"passages":1"#,
            );
            let head = format!(r#""file":"{file}","path":"{path}","root":"/no such/a'b""#);
            format!(r#"{{{head},{numbers},"bytes":1,"skipped":0{rest}}}"#)
        };
        let settings = r#","settings":{"crawled":"2024-03-24T12:00:00","fields":["title=Kopf"]}"#;
        let write = |lines: [String; 2]| {
            std::fs::write(folder.path().join("ledger-3.jsonl"), lines.join("\n")).unwrap()
        };
        write([line("/no such/a'b/一.txt", settings), line("/no such/a'b/二.txt", settings)]);
        let told = sources(folder.path());
        assert_eq!(told.roots.into_iter().collect::<Vec<_>>(), ["/no such/a'b"]);
        assert_eq!(told.settings.unwrap().fields, ["title=Kopf"]);
        write([line("/no such/a'b/一.txt", settings), line("/no such/a'b/二.txt", "")]);
        assert_eq!(sources(folder.path()).settings, None);
    }
}
