//! The feed: what came last into the index, in the order in which it came.

use super::{get, sample_of};
use crate::sample::jianbao;
use serde_json::json;
use std::fs;
use std::path::Path;

/// Brings the index of an archive up to date in a run that begins at `epoch`.
fn run(folder: &Path, epoch: &str) {
    let mut command = jianbao();
    command.env("SOURCE_DATE_EPOCH", epoch).arg("index").arg(folder.join("archive"));
    command.args(["--quiet", "--index"]).arg(folder.join("index")).assert().success();
}

/// A line of an archive.
fn line(title: &str, date: &str, text: &str) -> String {
    let content = format!("{text}站长林秋实说，渡口照常开放，船工每天都在岸边修船。");
    json!({ "id": title, "title": title, "date": date, "content": content }).to_string() + "\n"
}

/// Title, `updated` and `published` of each entry; the feed was updated with the first of them.
fn entries(folder: &Path) -> Vec<[String; 3]> {
    let feed = get(&sample_of(&folder.join("index")), "/feed.atom?q=渡口").text;
    let entry = |text: &str| {
        ["title", "updated", "published"].map(|name| {
            let begun = text.split_once(&format!("<{name}>")).map_or("", |(_, rest)| rest);
            begun.split('<').next().unwrap().to_owned()
        })
    };
    let mut parts = feed.split("<entry>").map(entry);
    let own = parts.next().unwrap();
    let found: Vec<[String; 3]> = parts.collect();
    assert_eq!(own[1], found[0][1]);
    found
}

#[test]
fn an_old_article_that_comes_late_is_seen_by_a_reader_of_the_feed() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    fs::create_dir(&archive).unwrap();
    let new = line("新渡口", "2024-05-01", "新渡口昨天建成，两岸的人都来看。");
    fs::write(archive.join("a.jsonl"), &new).unwrap();
    run(folder.path(), "1717200000");
    let first = "2024-06-01T00:00:00Z";
    let told = |title: &str, updated: &str, published: &str| {
        [title.to_owned(), updated.to_owned(), format!("{published}T00:00:00+08:00")]
    };
    assert_eq!(entries(folder.path()), [told("新渡口", first, "2024-05-01")]);
    // An old article comes in; the new one only stands on another line now.
    let (spring, old) = (
        line("春汛", "2024-04-01", "春汛来得很早，水位涨了一米。"),
        line("旧渡口", "2011-03-04", "旧渡口停用，木船都卖给了下游。"),
    );
    fs::write(archive.join("a.jsonl"), format!("{spring}{new}")).unwrap();
    fs::write(archive.join("b.jsonl"), &old).unwrap();
    run(folder.path(), "1717286400");
    let second = "2024-06-02T00:00:00Z";
    let (spring, old) = (told("春汛", second, "2024-04-01"), told("旧渡口", second, "2011-03-04"));
    let new = told("新渡口", first, "2024-05-01");
    assert_eq!(entries(folder.path()), [spring.clone(), old.clone(), new]);
    // What is changed counts as come again.
    let changed = line("旧渡口", "2011-03-04", "旧渡口停用，木船都送给了博物馆。");
    fs::write(archive.join("b.jsonl"), changed).unwrap();
    run(folder.path(), "1717372800");
    let found = entries(folder.path());
    assert_eq!(found[0], told("旧渡口", "2024-06-03T00:00:00Z", "2011-03-04"));
    assert_eq!(found[1..2], [spring]);
}

#[test]
fn a_time_that_is_none_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for epoch in ["yesterday", "-1", "99999999999999"] {
        let mut command = jianbao();
        command.env("SOURCE_DATE_EPOCH", epoch).arg("index").arg(folder.path());
        let output = command.arg("--index").arg(folder.path().join("index")).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(
            told.contains("SOURCE_DATE_EPOCH") && told.contains("seconds since 1970"),
            "{told}"
        );
    }
}
