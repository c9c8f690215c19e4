//! The query line at the program's edge: what is read otherwise than typed is said, what is too
//! much is refused.

use crate::sample::{jianbao, run};
use std::fs;

/// Standard error of a search.
fn said(arguments: &[&str]) -> String {
    run(&[&["search"], arguments].concat()).2
}

#[test]
fn what_is_read_otherwise_than_typed_is_said() {
    for (line, expected) in [
        ("算力 -v", "-v is no option"),
        ("near/65535:(算力 浪费)", "near/200"),
        ("算力 ？", "？ beside words is not looked for"),
        ("👍", "👍 is looked for as it stands"),
        ("算力 or 浪费", "OR joins words"),
        ("(算力", "a bracket is not closed"),
    ] {
        let words: Vec<&str> = line.split(' ').collect();
        assert!(said(&words).contains(expected), "{line}: {}", said(&words));
    }
    assert_eq!(run(&["search", "👍"]).0, 1);
    assert_eq!(run(&["search", "“”"]).0, 2);
    for blank in ["", " ", "　", "\u{200b}"] {
        assert_eq!(run(&["search", blank]).0, 2, "{blank:?}");
    }
    assert_eq!(run(&["search", "　", "--facets", "year", "-n", "0"]).0, 0);
}

#[test]
fn a_phrase_that_nobody_printed_is_answered_with_a_note_and_a_key() {
    let near = ["“去年我们算了一下”"];
    assert!(said(&near).contains("nearly the same"), "{}", said(&near));
    let (_, out, _) = run(&["search", near[0], "--format", "json"]);
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&answer["near"], &answer["articles_whole"]), (&true.into(), &0.into()));
}

/// The flag of an unset variable of a script would let everything through.
#[test]
fn an_empty_value_of_a_filter_is_refused_by_every_command() {
    let flags = ["source", "path", "author", "title", "mentions", "speaker", "topic", "beside"];
    for flag in flags.iter().flat_map(|flag| [format!("--{flag}"), format!("--not-{flag}")]) {
        if flag == "--not-beside" {
            continue;
        }
        for value in ["", " ", "　"] {
            let (code, _, error) = run(&["search", "防汛", &flag, value]);
            assert_eq!(code, 2, "{flag}");
            assert!(error.contains(&format!("the value of {flag} is empty")), "{error}");
        }
    }
    for command in ["count", "export", "speakers"] {
        assert_eq!(run(&[command, "--source", ""]).0, 2, "{command}");
    }
}

#[test]
fn totals_say_how_many_are_only_related() {
    let words = ["算力", "浪费", "防汛"];
    assert!(said(&words).contains("no article holds all"), "{}", said(&words));
    let words = ["算力", "方言", "程砚秋"];
    assert!(said(&words).contains("are only related"), "{}", said(&words));
    let facets = said(&[&words[..], &["--facets", "year"]].concat());
    assert!(facets.contains("--facets-all"), "{facets}");
    let facets = said(&[&words[..], &["--facets", "year", "--facets-all"]].concat());
    assert!(!facets.contains("--facets-all"), "{facets}");
}

#[test]
fn an_article_without_a_headline_is_shown_by_its_first_clause() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, place) = (folder.path().join("a.jsonl"), folder.path().join("i"));
    let body = "城南泵站扩建工程昨日开工，计划明年六月竣工。市民说，用水紧张的状况有望缓解。";
    fs::write(&archive, serde_json::json!({ "content": body }).to_string()).unwrap();
    jianbao().arg("index").arg(&archive).arg("--index").arg(&place).assert().success();
    let output = jianbao().args(["search", "泵站", "--index"]).arg(&place).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.lines().next().unwrap().ends_with("城南泵站扩建工程昨日开工"), "{text}");
}

#[test]
fn notes_on_the_lines_of_a_batch_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let queries = folder.path().join("q.tsv");
    let long: String = (0..300).map(|i| format!("词{i} ")).collect();
    fs::write(&queries, format!("a\t算力\nb\t{long}\nc\t(防汛\nd\t“”\n")).unwrap();
    let batch = ["search", "--queries", queries.to_str().unwrap(), "--format", "trec"];
    let (_, out, err) = run(&batch);
    assert!(err.contains("b: note: the query is too long"), "{err}");
    assert!(err.contains("c: a bracket is not closed"), "{err}");
    assert!(!out.lines().any(|line| line.starts_with("d ")));
    // A line without words is no question about everything.
    fs::write(&queries, "\u{feff}a\t\nb\t　\nc\t-算力\n").unwrap();
    let (_, out, err) = run(&batch);
    assert!(err.contains("a: nothing to search for") && err.contains("b: nothing"), "{err}");
    assert!(err.contains("c: the line only leaves out"), "{err}");
    assert!(out.lines().all(|line| line.starts_with("c ")), "{out}");
    // Of very many notes the first are told.
    fs::write(&queries, "(防汛\n".repeat(300)).unwrap();
    let err = run(&batch).2;
    assert!(err.contains("more such notes") && err.lines().count() < 30, "{err}");
}

#[test]
fn what_is_too_much_is_refused_at_once() {
    let name = "程".repeat(30_000);
    for flag in ["--speaker", "--mentions", "--source", "--title"] {
        let (code, _, err) = run(&["search", "算力", flag, &name]);
        assert!(code == 2 && err.contains("30000 characters"), "{flag}: {err}");
    }
    if cfg!(unix) {
        let (code, _, err) = run(&["search", "--queries", "/dev/zero", "--format", "trec"]);
        assert!(code == 2 && err.contains("more than 64 MB"), "{err}");
    }
    let folder = tempfile::tempdir().unwrap();
    let queries = folder.path().join("q");
    fs::write(&queries, [0xff, 0xfe, 0x00]).unwrap();
    jianbao().args(["search", "--format", "trec", "--queries"]).arg(queries).assert().code(2);
}
