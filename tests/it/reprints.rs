//! Reprints from the archive to the answer: folded, unfolded, left out, counted and compared.

use crate::sample::jianbao;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// A text that three papers print: the first of them and two that took it over.
const BODY: &str = "市图书馆昨日宣布，今年暑期将延长开放时间。馆长谭咏梅说：“周末夜场至晚上十点，\
 读者可凭身份证免费入馆阅览。”\
    据介绍，新馆位于老码头以东，藏书一百二十万册，少儿阅览室设在二层，盲文阅览室设在一层。夜场首日\
    迎来近三千名读者，\
    自习区座无虚席。谭咏梅表示，开放到深夜不会增加编制，志愿者报名人数已经超过预期。";

/// An index of five articles: one text printed three times (a, b, c), another text (d), and one
/// about the same thing (e).
fn index() -> &'static Path {
    static INDEX: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = INDEX.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let shorter = BODY.replace("昨日", "8日").replace("，志愿者报名人数已经超过预期", "");
        let articles = [
            ("b", "2024-07-09", "江口晚报", "图书馆夜场开到十点", shorter.as_str()),
            ("a", "2024-07-08", "江口日报", "市图书馆延长开放时间", BODY),
            ("c", "2024-08-01", "北岸新闻网", "市图书馆延长开放时间 市图书馆夜场", BODY),
            ("d", "2024-07-10", "江口晚报", "渡口停航", "受大风影响，老码头至北岸的渡轮今日停航，\
             恢复时间另行通知。"),
            ("e", "2024-07-12", "江口日报", "夜场散记", "夜场的灯光一直亮到十点，老人说从前的市图\
             书馆五点就关门。"),
        ];
        let line = |(id, date, source, title, body): (&str, &str, &str, &str, &str)| {
            let article =
                serde_json::json!({ "id": id, "date": date, "source": source, "title": title, "con\
                 tent": body });
            article.to_string() + "\n"
        };
        let archive = folder.path().join("news.jsonl");
        fs::write(&archive, articles.map(line).concat()).unwrap();
        let mut command = jianbao();
        command.args(["index", "--quiet"]).arg(&archive).arg("--index").arg(folder.path().join("\
         i")).assert().success();
        folder
    });
    folder.path()
}

/// Runs a command on the index: its exit code, standard output and standard error.
fn run(arguments: &[&str]) -> (i32, String, String) {
    let output = jianbao().args(arguments).arg("--index").arg(index().join("i")).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn answer(arguments: &[&str]) -> Value {
    let (_, out, err) = run(&[&["search", "--format", "json"], arguments].concat());
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{err}"))
}

fn ids(answer: &Value) -> Vec<&str> {
    answer["hits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|hit| hit["article"]["id"].as_str().unwrap())
        .collect()
}

fn sorted(answer: &Value) -> Vec<&str> {
    let mut ids = ids(answer);
    ids.sort_unstable();
    ids
}

#[test]
fn reprints_are_one_hit_and_the_original_is_shown() {
    let found = answer(&["夜场"]);
    assert_eq!(sorted(&found), ["a", "e"]);
    let hit =
        found["hits"].as_array().unwrap().iter().find(|hit| hit["article"]["id"] == "a").unwrap();
    assert_eq!(hit["reprints"], 2);
    assert_eq!(hit["reprint_ids"], serde_json::json!(["b", "c"]));
    assert!(hit["original"].is_null());
    let (_, out, err) = run(&["search", "夜场"]);
    assert!(out.contains("+2 转载"), "{out}");
    assert!(err.contains("4 articles (2 texts)"), "{err}");
}

#[test]
fn where_the_original_does_not_answer_a_copy_stands_for_the_text_and_names_it() {
    let found = answer(&["夜场", "--since", "2024-07-09"]);
    // Of the two that are left the shorter is the better answer.
    assert_eq!(sorted(&found), ["b", "e"]);
    let hit =
        found["hits"].as_array().unwrap().iter().find(|hit| hit["article"]["id"] == "b").unwrap();
    assert_eq!((&hit["reprints"], &hit["original"]), (&1.into(), &"a".into()));
    let (_, out, _) = run(&["search", "夜场", "--source", "江口晚报"]);
    assert!(out.contains("原文 a") && !out.contains("+1 转载"), "{out}");
}

#[test]
fn every_copy_is_a_hit_where_that_is_asked_for_and_in_a_run() {
    assert_eq!(sorted(&answer(&["夜场", "--reprints"])), ["a", "b", "c", "e"]);
    let run_ids = |flags: &[&str]| {
        let (_, out, _) = run(&[&["search", "夜场", "--format", "trec"], flags].concat());
        out.lines().map(|line| line.split(' ').nth(2).unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(run_ids(&[]).len(), 4);
    assert_eq!(run_ids(&["--original-only"]).len(), 2);
    // Nobody loses a passage: the copies' are shown with them.
    let passages = |flags: &[&str]| {
        answer(&[&["夜场", "--all-passages"], flags].concat())["hits"].as_array().unwrap().len()
    };
    assert!(passages(&["--reprints"]) > passages(&[]));
}

#[test]
fn only_originals_answer_where_that_is_asked_for() {
    let found = answer(&["夜场", "--original-only"]);
    assert_eq!(sorted(&found), ["a", "e"]);
    assert_eq!((&found["articles"], &found["texts"]), (&2.into(), &2.into()));
    assert!(found["hits"].as_array().unwrap().iter().all(|hit| hit["reprints"] == 0));
    let (code, _, err) = run(&["search", "夜场", "--original-only", "--source", "江口晚报"]);
    assert_eq!(code, 1);
    assert!(err.contains("with --original-only alone"), "{err}");
    assert_eq!(run(&["search", "夜场", "--original-only", "--reprints"]).0, 2);
}

#[test]
fn totals_and_facets_say_articles_and_texts() {
    for flags in [
        &["夜场", "--facets", "source,month"][..],
        &["夜场", "--facets", "source,month", "--reprints"],
    ] {
        let found = answer(flags);
        assert_eq!((&found["articles"], &found["texts"]), (&4.into(), &2.into()));
        let count = |facet: &str, value: &str| {
            let counts = found["facets"][facet].as_array().unwrap();
            let of = counts.iter().find(|c| c["value"] == value).unwrap();
            (of["articles"].as_u64().unwrap(), of["texts"].as_u64().unwrap())
        };
        assert_eq!(count("source", "江口日报"), (2, 2));
        assert_eq!(count("month", "2024-07"), (3, 2));
        assert_eq!(count("month", "2024-08"), (1, 1));
    }
    let (_, out, _) = run(&["search", "夜场", "--facets", "month"]);
    assert!(
        out.lines().any(|line| line.contains("2024-07      3 ") && line.ends_with("(2 texts)"))
            && out.lines().any(|line| line.contains("2024-08      1 ")),
        "{out}"
    );
    let narrowed = answer(&["夜场", "--since", "2024-07", "--until", "2024-07"]);
    assert_eq!((&narrowed["articles"], &narrowed["texts"]), (&3.into(), &2.into()));
}

#[test]
fn pages_of_a_folded_answer_neither_overlap_nor_leave_out() {
    let whole = answer(&["夜场"]);
    let (first, second) =
        (answer(&["夜场", "-n", "1"]), answer(&["夜场", "-n", "1", "--offset", "1"]));
    assert_eq!([ids(&first), ids(&second)].concat(), ids(&whole));
    let oldest = answer(&["夜场", "--sort", "oldest"]);
    assert_eq!(ids(&oldest), ["a", "e"]);
}

#[test]
fn speakers_and_topics_count_texts_too() {
    let speaker = |flags: &[&str]| -> Value {
        let (_, out, _) = run(&[&["speakers", "谭咏梅", "--format", "jsonl"], flags].concat());
        serde_json::from_str(out.lines().next().unwrap()).unwrap()
    };
    let all = speaker(&[]);
    assert_eq!((&all["articles"], &all["texts"]), (&3.into(), &1.into()));
    let originals = speaker(&["--original-only"]);
    assert_eq!((&originals["articles"], &originals["texts"]), (&1.into(), &1.into()));
    assert_eq!(all["quotes"].as_u64(), originals["quotes"].as_u64().map(|quotes| 3 * quotes));
    let topics = |flags: &[&str]| -> Vec<Value> {
        let (_, out, _) =
            run(&[&["topics", "--format", "jsonl", "--speaker", "谭咏梅"], flags].concat());
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    // Another headline may give another topic, but it is one text all the same.
    assert!(!topics(&[]).is_empty() && topics(&[]).iter().all(|t| t["texts"] == 1));
    assert!(topics(&["--original-only"]).iter().all(|t| t["articles"] == 1 && t["texts"] == 1));
    let (_, out, _) = run(&["stats", "--format", "json"]);
    let stats: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&stats["articles"], &stats["texts"]), (&5.into(), &3.into()));
}

#[test]
fn reprints_are_listed_with_what_they_changed() {
    let (code, out, _) = run(&["reprints", "c"]);
    assert_eq!(code, 0);
    let order: Vec<usize> = ["(a)", "(b)", "(c)"].map(|id| out.find(id).unwrap()).to_vec();
    assert!(order.is_sorted() && out.starts_with("原文 2024-07-08 · 江口日报"), "{out}");
    assert!(out.contains("[-昨日-]{+8日+}"), "{out}");
    assert!(out.contains("100 % the same, 0 words deleted, 0 inserted"), "{out}");
    assert_eq!(run(&["reprints", "d"]).0, 1);
    assert_eq!(run(&["reprints", "nobody"]).0, 2);
    assert!(run(&["reprints", "b", "--color", "always"]).1.contains("\u{1b}[9;31m昨日\u{1b}[0m"));
}

#[test]
fn reprints_as_json_have_true_offsets_in_both_bodies() {
    let (_, out, _) = run(&["reprints", "b", "--format", "json"]);
    let group: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&group["articles"], &group["original"]["id"]), (&3.into(), &"a".into()));
    let body = |id: &str| {
        let shown: Value = serde_json::from_str(&run(&["show", id, "--format", "json"]).1).unwrap();
        shown["body"].as_str().unwrap().to_owned()
    };
    let original = body("a");
    for reprint in group["reprints"].as_array().unwrap() {
        let copy = body(reprint["article"]["id"].as_str().unwrap());
        for change in reprint["changes"].as_array().unwrap() {
            for (side, text) in [("deleted", &original), ("inserted", &copy)] {
                let at = |end: &str| change[side][end].as_u64().unwrap() as usize;
                assert_eq!(&text[at("start")..at("end")], change[side]["text"].as_str().unwrap());
            }
        }
    }
    assert_eq!(group["reprints"][0]["words"]["left_out"], 0);
}
