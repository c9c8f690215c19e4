//! Indexes of every format that there has been (tests/compat): the present one answers, an older
//! one says how it is rebuilt.

use crate::sample::jianbao;
use jianbao::definition::Definition;
use jianbao::engine::embedded::FORMAT;
use jianbao::update::Manifest;
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of an index of tests/compat, beside a copy of its archive.
struct Copy {
    folder: tempfile::TempDir,
}

impl Copy {
    fn of_format(format: u32) -> Copy {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compat");
        let copy = Copy { folder: tempfile::tempdir().unwrap() };
        copy_folder(&here.join(format!("format-{format}")), &copy.index());
        copy_folder(&here.join("archive"), &copy.folder.path().join("archive"));
        copy
    }

    fn index(&self) -> PathBuf {
        self.folder.path().join("an index")
    }

    /// Puts the index under the present definition: here the format is on trial, not the lexicons.
    fn define(&self) {
        let empty = self.folder.path().join("empty");
        fs::create_dir(&empty).unwrap();
        let fresh = self.folder.path().join("fresh");
        jianbao()
            .args(["index", "--quiet"])
            .arg(&empty)
            .arg("--index")
            .arg(&fresh)
            .assert()
            .success();
        fs::copy(fresh.join("dictionary.trie"), self.index().join("dictionary.trie")).unwrap();
        let manifest = Manifest::read(&self.index()).unwrap().unwrap();
        Manifest { definition: Definition::embedded().fingerprint(), ..manifest }
            .write(&self.index())
            .unwrap();
    }

    /// Runs the program beside the archive: exit code, standard output, standard error.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = jianbao().current_dir(self.folder.path()).args(arguments).output().unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        (output.status.code(), out, err)
    }

    fn answer(&self, arguments: &[&str]) -> String {
        let (_, out, err) = self.run(&[arguments, &["--index", "an index"]].concat());
        assert!(!err.contains("jianbao: "), "{arguments:?}: {err}");
        out
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if path.is_dir() {
            copy_folder(&path, &to)
        } else {
            fs::copy(&path, &to).map(drop).unwrap()
        }
    }
}

const SAID: &str = "  1 夜市重開
    2024-11-02 · 海東時報 · archive/简讯.jsonl:2 · gm652wreftuta
    [林远舟]
    海東市夜市昨晚重開。攤販林遠舟說：「等了八個月，第一天就賣完了。」

";

#[test]
fn an_index_of_the_present_format_answers_as_it_did() {
    let copy = Copy::of_format(FORMAT);
    copy.define();
    assert_eq!(copy.answer(&["search", "第一天", "--speaker", "林遠舟"]), SAID);
    let hits = copy.answer(&["search", "“堤没有动”", "--format", "jsonl"]);
    assert!(
        hits.contains(r#""highlights":[[66,78]]"#) && hits.contains(r#""mention":"市长韩立群""#),
        "{hits}"
    );
    let ids = copy.answer(&["search", "“不浪费算力”", "OR", "“堤没有动”", "--format", "trec"]);
    let ids: Vec<&str> = ids.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    assert!(ids.len() == 2 && ids.contains(&"jx-1") && ids.contains(&"堤防"), "{ids:?}");
    let export = copy.answer(&["export"]);
    let passages: Vec<serde_json::Value> =
        export.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(passages.len(), 4);
    assert!(export.contains("汛期前还要再查一遍涵闸") && export.contains("三千户今天就可以回家"));
    let speakers = copy.answer(&["speakers", "--format", "csv"]);
    for name in ["韩立群", "苏敏之", "程砚秋", "林远舟"] {
        assert!(speakers.contains(name), "{speakers}");
    }
    assert_eq!(copy.answer(&["doctor"]).matches("whole").count(), 4);
    // It is written further, too.
    copy.answer(&["forget", "archive/简讯.jsonl"]);
    assert_eq!(copy.answer(&["search", "第一天"]), "");
    assert_eq!(copy.answer(&["search", "堤没有动", "--format", "trec"]).lines().count(), 1);
}

#[test]
fn an_older_index_is_refused_with_the_command_that_rebuilds_it() {
    for format in 1..FORMAT {
        let copy = Copy::of_format(format);
        let refused = |arguments: &[&str]| {
            let (code, _, err) = copy.run(&[arguments, &["--index", "an index"]].concat());
            assert_eq!(code, Some(2), "{arguments:?}: {err}");
            assert!(
                err.contains(&format!("index `an index` has format {format}, need {FORMAT}")),
                "{err}"
            );
            err.rsplit('`').nth(1).unwrap().to_owned()
        };
        let command = refused(&["search", "回家"]);
        for other in [
            &["index", "archive"][..],
            &["doctor"],
            &["stats"],
            &["export"],
            &["forget", "archive"],
        ] {
            assert_eq!(refused(other), command);
        }
        assert_eq!(command, "jianbao index --rebuild archive --index 'an index'");
        // Nothing was touched meanwhile; the command, word for word, does what it says.
        let program = assert_cmd::cargo::cargo_bin!("jianbao");
        let script = command.replacen("jianbao", "\"$PROGRAM\"", 1);
        let mut shell = assert_cmd::Command::new("sh");
        shell
            .current_dir(copy.folder.path())
            .env("PROGRAM", program)
            .args(["-c", &script])
            .assert()
            .success();
        assert_eq!(copy.answer(&["search", "第一天", "--speaker", "林遠舟"]), SAID);
        assert_eq!(copy.answer(&["doctor"]).matches("whole").count(), 4);
        let left = fs::read_dir(copy.index())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        assert_eq!(left.filter(|name| name.starts_with("ledger-")).count(), 1);
    }
}

#[test]
fn indexes_in_the_tree_are_small_and_name_no_machine() {
    fn look(folder: &Path, size: &mut u64) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, size);
                continue;
            }
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            *size += text.len() as u64;
            assert!(
                !["/home/", "/tmp/", "/root/", "/Users/"].iter().any(|place| text.contains(place)),
                "{path:?}"
            );
        }
    }
    for format in 1..=FORMAT {
        let mut size = 0;
        look(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/compat/format-{format}")),
            &mut size,
        );
        assert!((1_000..100_000).contains(&size), "format {format}: {size} bytes");
    }
}
