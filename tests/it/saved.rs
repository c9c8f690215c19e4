//! Saved searches, one speaker, and indexes that others share.

use crate::sample::{index, jianbao, run};
use serde_json::Value;
use std::fs;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_saved_search_tells_what_came_since_and_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("a");
    fs::create_dir(&archive).unwrap();
    let write = |name: &str, text: &str| fs::write(archive.join(name), text).unwrap();
    let place = folder.path().join("i");
    let run = |arguments: &[&str]| {
        let mut command = jianbao();
        command.args(arguments).env("XDG_STATE_HOME", folder.path().join("state"));
        let output = command.env("JIANBAO_INDEX", &place).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let update = || assert_eq!(run(&["index", "--quiet", archive.to_str().unwrap()]).0, 0);
    write("一.txt", "堤坝\n\n县长王建国说：“堤坝明年合龙。”\n");
    update();
    let (code, _, err) = run(&["watch-for", "dam", "堤坝", "--speaker", "王建国"]);
    assert!(code == 0 && err.contains("1 article answers by now"), "{err}");
    assert_eq!(run(&["new", "dam"]).0, 1);
    write("二.txt", "又讯\n\n县长王建国表示，堤坝要加高。\n");
    write("三.txt", "别的\n\n桥修好了。\n");
    update();
    let (code, feed, _) = run(&["new", "dam", "--keep", "--format", "atom"]);
    assert!(code == 0 && feed.contains("<title>又讯</title>"), "{feed}");
    let (code, out, err) = run(&["new", "dam", "--format", "jsonl"]);
    assert_eq!((code, out.lines().count()), (0, 1), "{err}");
    assert_eq!(json(&out)["article"]["title"], "又讯");
    assert_eq!(run(&["new", "dam"]).0, 1);
    assert!(run(&["new"]).1.contains("dam  堤坝 --speaker 王建国"));
    assert_eq!(run(&["new", "dam", "--forget"]).0, 0);
    let (code, _, err) = run(&["new", "dam"]);
    assert!(code == 2 && err.contains("`jianbao new` lists them"), "{err}");
}

#[test]
fn a_speaker_is_shown_with_titles_months_and_company() {
    let (code, out, _) = run(&["speaker", "程砚秋", "--format", "json"]);
    assert_eq!(code, 0);
    let profile = json(&out);
    assert_eq!(profile["persons"][0]["titles"][0]["title"], "云帆科技创始人");
    let months: u64 =
        profile["months"].as_array().unwrap().iter().map(|m| m[1].as_u64().unwrap()).sum();
    assert_eq!(months + profile["undated"].as_u64().unwrap(), profile["statements"]);
    let names = |key: &str| profile[key].to_string();
    assert!(names("together").contains("林远舟") && names("topics").contains("science"));
    assert_eq!(run(&["speaker", "chengyanqiu"]).0, 0);
    let (code, _, err) = run(&["speaker", "程燕秋"]);
    assert!(code == 1 && err.contains("程砚秋"), "{err}");
    let (_, out, _) = run(&["speakers", "chengyan", "--format", "csv"]);
    assert!(out.contains("程砚秋"), "{out}");
}

/// Nothing of an index can be written: folders and files are for reading alone. A superuser may
/// write all the same, and then the test shows only that reading works.
#[cfg(unix)]
#[test]
fn an_index_that_cannot_be_written_is_searched_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("i");
    let mut folders = vec![(index().to_owned(), place.clone())];
    let mut copied = Vec::new();
    while let Some((from, to)) = folders.pop() {
        fs::create_dir(&to).unwrap();
        for entry in fs::read_dir(&from).unwrap().flatten() {
            let (path, to) = (entry.path(), to.join(entry.file_name()));
            // The locks of tantivy would have to be made.
            if path.is_dir() {
                folders.push((path, to));
            } else if !entry.file_name().to_string_lossy().ends_with(".lock") {
                fs::copy(&path, &to).unwrap();
                copied.push(to);
            }
        }
        copied.push(to);
    }
    let protect = |mode: u32| {
        for path in &copied {
            let mode = if path.is_dir() { mode | 0o111 } else { mode };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    protect(0o444);
    for arguments in [
        &["search", "算力"][..],
        &["speakers"],
        &["topics"],
        &["stats"],
        &["show", "lj-1001"],
        &["export"],
        &["doctor"],
    ] {
        let output = jianbao().args(arguments).arg("--index").arg(&place).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{arguments:?}: {err}");
    }
    protect(0o644);
}
