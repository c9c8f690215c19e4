//! From an answer to a clipping: keys, rows of statements, documents with citations, the basket.

use crate::sample::{index, jianbao, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The rows of a CSV text, by column.
fn rows(text: &str) -> Vec<std::collections::HashMap<String, String>> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// The key of the first article that answers.
fn key(words: &str) -> String {
    let (_, out, _) = run(&["search", words, "--format", "jsonl", "-n", "1"]);
    json(&out)["article"]["key"].as_str().unwrap().to_owned()
}

#[test]
fn show_takes_everything_that_a_search_prints() {
    let key = key("方言");
    let (code, whole, _) = run(&["show", &key, "--format", "json"]);
    assert_eq!(code, 0);
    let article = &json(&whole)["article"];
    assert_eq!(article["key"], key);
    let place = format!("{}:{}", article["path"].as_str().unwrap(), article["line"]);
    for name in [place.as_str(), article["path"].as_str().unwrap(), article["id"].as_str().unwrap()]
    {
        let (code, out, err) = run(&["show", name, "--format", "json"]);
        assert_eq!((code, out), (0, whole.clone()), "{name}: {err}");
    }
    let (_, text, _) = run(&["search", "方言", "-n", "1"]);
    assert!(text.contains(&place) && text.contains(&key), "{text}");
    let (code, _, err) = run(&["show", "aaaaaaaaaaaaa"]);
    assert!(code == 2 && err.contains("shows keys and places"), "{err}");
}

#[test]
fn ids_that_two_articles_share_are_told_apart_by_their_keys() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("a.jsonl");
    let line = |text: &str| format!("{{\"id\":\"7\",\"title\":\"堤\",\"text\":\"{text}\"}}\n");
    fs::write(&archive, line("洪水退了。") + &line("桥修好了。")).unwrap();
    let place = folder.path().join("i");
    let run = |arguments: &[&str]| {
        let output = jianbao().args(arguments).arg("--index").arg(&place).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["index", "--quiet", archive.to_str().unwrap()]);
    assert_eq!(run(&["show", "7", "--format", "json"]).lines().count(), 2);
    let found = run(&["search", "修好", "--format", "jsonl"]);
    let key = json(&found)["article"]["key"].as_str().unwrap().to_owned();
    let shown = run(&["show", &key, "--format", "json"]);
    assert_eq!((shown.lines().count(), json(&shown)["body"].as_str()), (1, Some("桥修好了。")));
}

#[test]
fn every_row_of_statements_stands_in_its_source_at_its_place() {
    let (code, out, _) =
        run(&["search", "--since", "2024", "--rows", "quotes", "--format", "csv", "-n", "500"]);
    assert_eq!(code, 0);
    let rows = rows(&out);
    assert!(rows.len() > 20, "{}", rows.len());
    for row in &rows {
        let place = format!("{}:{}", row["path"], row["line"]);
        let (code, shown, err) = run(&["show", &row["key"], "--format", "json"]);
        assert_eq!(code, 0, "{place}: {err}");
        let body = json(&shown)["body"].as_str().unwrap().to_owned();
        assert!(!row["words"].is_empty() && body.contains(&row["words"]), "{place}: {row:?}");
        assert!(["direct", "indirect", "mixed"].contains(&row["kind"].as_str()));
        assert!(["year", "month", "day", "minute"].contains(&row["date_precision"].as_str()));
    }
    assert!(rows.iter().any(|row| row["printing"] == "reprint" || row["printing"] == "original"));
}

#[test]
fn rows_of_statements_are_the_speakers_own_and_hold_the_words() {
    let arguments = ["search", "算力", "--speaker", "程砚秋", "--rows", "quotes"];
    let (_, out, _) = run(&[&arguments[..], &["--format", "csv", "--bom"]].concat());
    assert!(out.starts_with('\u{feff}'));
    let rows = rows(out.trim_start_matches('\u{feff}'));
    assert!(!rows.is_empty());
    assert!(
        rows.iter().all(|r| r["speaker"] == "程砚秋" && r["words"].contains("算力")),
        "{rows:?}"
    );
    let (_, out, _) = run(&[&arguments[..], &["--format", "jsonl"]].concat());
    assert_eq!(out.lines().count(), rows.len());
    assert_eq!(run(&arguments).0, 2);
}

#[test]
fn a_hit_becomes_a_clipping_with_its_citation() {
    let clip = |format: &str| {
        let arguments = ["search", "段洪亮", "-n", "2", "--accessed", "2024-12-01", "--format"];
        run(&[&arguments[..], &[format]].concat()).1
    };
    let markdown = clip("md");
    assert!(markdown.starts_with("# 剪报\n") && markdown.contains("## 参考文献"), "{markdown}");
    assert!(markdown.contains("临江队两球逆转"), "{markdown}");
    assert!(markdown.contains("[N]. 江淮体育报, 2024-05-12."), "{markdown}");
    assert!(clip("html").contains("<blockquote>") && clip("ris").starts_with("TY  - NEWS\r\n"));
    let bibtex = clip("bib");
    let found = biblatex::Bibliography::parse(&bibtex).unwrap();
    assert_eq!(found.len(), 2, "{bibtex}");
}

/// The text that LibreOffice reads in a document; `None` where there is no LibreOffice.
fn by_libreoffice(folder: &Path, document: &Path) -> Option<String> {
    let mut command = std::process::Command::new("soffice");
    command.args(["--headless", "--convert-to", "txt:Text (encoded):UTF8", "--outdir"]);
    let output = command.arg(folder).arg(document).env("HOME", folder).output().ok()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(fs::read_to_string(folder.join("clippings.txt")).unwrap())
}

#[test]
fn a_document_of_word_opens_elsewhere_with_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let document = folder.path().join("clippings.docx");
    let mut command = jianbao();
    command.args(["search", "方言", "-n", "1", "--format", "docx", "--index"]).arg(index());
    fs::write(&document, command.output().unwrap().stdout).unwrap();
    let mut archive = zip::ZipArchive::new(fs::File::open(&document).unwrap()).unwrap();
    let xml = std::io::read_to_string(archive.by_name("word/document.xml").unwrap()).unwrap();
    assert!(xml.contains("东湖大学团队开源方言语音模型") && xml.contains("参考文献"));
    if let Some(text) = by_libreoffice(folder.path(), &document) {
        assert!(
            text.contains("东湖大学团队开源方言语音模型") && text.contains("参考文献"),
            "{text}"
        );
    }
}

#[test]
fn a_basket_keeps_clippings_and_tells_when_a_source_changed() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("堤.txt");
    fs::write(&source, "堤坝合龙\n\n县长王建国说：“堤坝明年合龙。”\n").unwrap();
    let (place, basket) = (folder.path().join("i"), folder.path().join("basket.jsonl"));
    let run = |arguments: &[&str]| {
        let mut command = jianbao();
        command.args(arguments).arg("--index").arg(&place);
        if arguments[0] == "clip" {
            command.arg("--basket").arg(&basket);
        }
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let update = || assert_eq!(run(&["index", "--quiet", source.to_str().unwrap()]).0, 0);
    update();
    let found = run(&["search", "合龙", "--format", "jsonl"]).1;
    let key = json(&found)["article"]["key"].as_str().unwrap().to_owned();
    assert_eq!(run(&["clip", "add", &key]).0, 0);
    assert_eq!(run(&["clip", "add", &key]).0, 1, "it is there already");
    assert!(run(&["clip", "list"]).1.contains("堤坝合龙"));
    assert_eq!(run(&["clip", "check"]), (0, String::new()));
    let exported = run(&["clip", "export", "--format", "md"]).1;
    assert!(
        exported.contains("王建国（县长）：“说”，直接引语，署名：“堤坝明年合龙。”"),
        "{exported}"
    );
    fs::write(&source, "堤坝合龙\n\n县长王建国说：“堤坝后年合龙。”\n").unwrap();
    update();
    let (code, told) = run(&["clip", "check"]);
    assert!(code == 1 && told.starts_with("changed "), "{told}");
    assert_eq!(run(&["clip", "remove", &key]).0, 0);
    assert_eq!(run(&["clip", "list"]).0, 1);
}

#[test]
fn a_concordance_has_one_line_an_occurrence() {
    let (code, out, _) = run(&["search", "“算力”", "--kwic", "12", "-n", "100"]);
    assert_eq!(code, 0);
    assert!(out.lines().count() > 1 && out.lines().all(|line| line.contains("【算力】")), "{out}");
    // The word begins in the same column on every line.
    let columns = |line: &str| {
        let before = line.split('【').next().unwrap();
        unicode_width::UnicodeWidthStr::width(before)
    };
    assert!(out.lines().all(|line| columns(line) == 12), "{out}");
    let (_, out, _) = run(&[
        "search",
        "“算力”",
        "--kwic",
        "12",
        "--kwic-sort",
        "date",
        "--format",
        "csv",
        "-n",
        "100",
    ]);
    let dates: Vec<String> = rows(&out).into_iter().map(|row| row["date"].clone()).collect();
    assert!(dates.is_sorted(), "{dates:?}");
}

#[test]
fn a_sample_is_the_same_for_the_same_seed_and_grows_without_change() {
    let ids = |count: &str, seed: &str| -> Vec<String> {
        let arguments = ["search", "--sample", count, "--seed", seed, "--format", "jsonl"];
        let (_, out, _) = run(&arguments);
        out.lines().map(|line| json(line)["article"]["key"].as_str().unwrap().to_owned()).collect()
    };
    let five = ids("5", "7");
    assert_eq!((five.len(), &five), (5, &ids("5", "7")));
    assert_eq!(ids("3", "7"), five[..3]);
    assert_ne!(ids("5", "8"), five);
}

#[test]
fn counts_by_time_add_up_with_the_undated() {
    for words in ["", "算力", "临江", "大模型", "“逆转”", "记者", "银行|经济", "的"]
    {
        let kinds = ["year", "month", "week", "day"].into_iter();
        for (facet, all) in kinds.flat_map(|facet| [(facet, false), (facet, true)]) {
            let mut arguments = vec!["search", "--format", "json", "-n", "0", "--facets", facet];
            arguments.extend(all.then_some("--facets-all"));
            arguments.extend(Some(words).filter(|words| !words.is_empty()));
            let (_, out, _) = run(&arguments);
            let answer = json(&out);
            let counts = answer["facets"][facet].as_array().unwrap();
            let sum: u64 = counts.iter().map(|count| count["articles"].as_u64().unwrap()).sum();
            let total = if all { "articles" } else { "articles_whole" };
            assert_eq!(sum, answer[total].as_u64().unwrap(), "{words} by {facet}");
            let all = |count: &Value| count["archive"].as_u64() >= count["articles"].as_u64();
            assert!(counts.iter().all(all), "{counts:?}");
        }
    }
    let (_, out, _) = run(&["search", "临江", "--facets", "month,source", "--format", "csv"]);
    let rows = rows(&out);
    assert!(rows.iter().any(|row| row["facet"] == "month" && row["value"] == "2024-05"));
    assert!(rows.iter().any(|row| row["facet"] == "source" && row["articles"] != "0"));
}

#[test]
fn who_speaks_together_is_counted_by_article() {
    let (_, out, _) =
        run(&["search", "--speaker", "程砚秋", "--facets", "together", "--format", "json"]);
    let answer = json(&out);
    let counts = answer["facets"]["together"].as_array().unwrap();
    // 林远舟 answers him in another passage of the same article.
    assert!(counts.iter().any(|count| count["value"] == "林远舟"), "{counts:?}");
}

#[test]
fn the_evidence_for_a_statement_is_told_once_with_its_words() {
    let (_, out, _) = run(&["search", "算力", "--speaker", "程砚秋", "-n", "5", "--why"]);
    let told: Vec<&str> = out.lines().filter(|line| line.contains(" ← ")).collect();
    assert!(!told.is_empty(), "{out}");
    let mut once = told.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), told.len(), "{told:?}");
}

#[test]
fn a_clipped_reprint_says_where_its_text_was_printed_first() {
    let folder = tempfile::tempdir().unwrap();
    let basket = folder.path().join("basket.jsonl");
    let basket = basket.to_str().unwrap();
    let (code, _, err) = run(&["clip", "add", "临江逆转海州（转载）", "--basket", basket]);
    assert_eq!(code, 0, "{err}");
    let (_, out, _) = run(&["clip", "export", "--basket", basket]);
    assert!(out.contains("首次刊登：江淮体育报，2024-05-12"), "{out}");
    assert!(out.contains("另有 1 篇转载"), "{out}");
    let (code, out, _) = run(&["clip", "export", "--basket", basket, "--format", "csv"]);
    let rows = rows(&out);
    assert_eq!((code, rows.len()), (0, 1), "{out}");
    assert!(rows[0]["citation"].contains("江淮体育报") && rows[0]["words"].contains("逆转"));
}
