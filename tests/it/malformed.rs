//! Articles are hostile: whatever one holds, and whatever its file is called, no form of output
//! passes on what could harm a terminal, a reader of JSON or a spreadsheet.

use crate::sample::jianbao;
use jianbao::text::is_harmful;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::sync::OnceLock;

/// Red text, a window's title, a cleared screen, a one-byte introducer, a turned direction,
/// invisible letters.
const ATTACK: &str =
    "\u{1b}[31m\u{1b}]0;x\u{7}\u{1b}c\u{9b}2J\u{202e}\u{2066}\u{200b}\u{feff}\u{e0041}\u{ad}\r";

/// An archive of two copies of an article that attacks with all it has, and a file that is skipped;
/// indexed.
fn place() -> &'static Path {
    static PLACE: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = PLACE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("archive");
        fs::create_dir(&archive).unwrap();
        let body = format!(
            "市图书馆{ATTACK}昨日宣布，暑期延长开放时间。馆长谭{ATTACK}咏梅说：“周末夜场{ATTACK}至\
             晚上十点，读者可凭身份证免费入馆。”\
             谭咏梅表示，新馆藏书一百二十万册，{ATTACK}少儿阅览室设在二层，盲文阅览室设在一层，夜\
             场首日座无虚席。"
        );
        let article = |id: &str, body: &str| {
            let article = json!({
                "id": format!("{ATTACK}{id}"), "title": format!("{ATTACK}=HYPERLINK(\"http://x\")\
                 夜场\n  9 假的{ATTACK}"),
                "source": format!("＝cmd{ATTACK}报"), "author": [format!("@沈{ATTACK}一鸣\n二")],
                "date": "2024-07-08", "url": format!("http://x/{ATTACK}"), "tags": [format!("-科技\
                 {ATTACK}")], "content": body,
            });
            article.to_string() + "\n"
        };
        let lines = article("a", &body)
            + &article(
                "b",
                &body.replace(
                    "昨日",
                    &format!(
                        "8\
         {ATTACK}日"
                    ),
                ),
            );
        fs::write(archive.join("坏\u{1b}[31m\u{202e}.jsonl"), lines).unwrap();
        fs::write(archive.join("空\u{1b}[31m\n假的.txt"), "").unwrap();
        let mut command = jianbao();
        command.arg("index").arg(&archive).arg("--index").arg(folder.path().join("index"));
        let output = command.output().unwrap();
        assert!(output.status.success());
        assert_harmless("index", &String::from_utf8(output.stderr).unwrap());
        folder
    });
    folder.path()
}

fn assert_harmless(command: &str, text: &str) {
    let found: Vec<char> = text.chars().filter(|&c| is_harmful(c)).collect();
    assert!(found.is_empty(), "{command} prints {found:?}");
}

/// Runs a command on the index, or where it needs none on the archive.
fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = jianbao();
    command.args(arguments);
    match arguments[0] {
        "analyze" | "quotes" | "words" => command.arg(place().join("archive")),
        _ => command.arg("--index").arg(place().join("index")),
    };
    let output = command.output().unwrap();
    let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    assert_harmless(&arguments.join(" "), &out);
    assert_harmless(&arguments.join(" "), &err);
    (output.status.code(), out)
}

/// The id of an article whose id attacks, as the index has it.
fn id() -> String {
    let (_, out) = run(&["search", "夜场", "--format", "jsonl", "-n", "1"]);
    serde_json::from_str::<Value>(&out).unwrap()["article"]["id"].as_str().unwrap().to_owned()
}

#[test]
fn no_command_prints_what_could_harm_a_terminal() {
    let id = id();
    for line in [
        "search 夜场 --reprints --why --explain --context 2 --facets speaker,topic,subject,source,\
         author,month",
        "search 夜场 --format trec",
        "search \u{202e}夜\u{200b}场 -\u{1b}[31m“",
        "search 不存在的词 --speaker 谭\u{202e}咏 --topic \u{1b}科",
        "speakers",
        "speakers \u{1b}[31m",
        "topics --by month",
        "stats",
        "analyze --format text",
        "quotes --format text",
        "words --count 1",
        "doctor",
        "doctor --format json",
        "search --speaker 谭咏梅 --source \u{1b}报 --author 沈 --path 坏\u{202e} --title \
         \u{200b}夜场",
        "search 夜场 --format csv --reprints",
    ] {
        run(&line.split(' ').collect::<Vec<_>>());
    }
    let queries = place().join("queries.tsv");
    fs::write(&queries, format!("一{ATTACK}\t夜场\n{ATTACK}\t{ATTACK}\n")).unwrap();
    for form in ["trec", "jsonl"] {
        let (_, out) = run(&["search", "--queries", queries.to_str().unwrap(), "--format", form]);
        assert!(!out.is_empty());
    }
    for command in ["show", "reprints"] {
        assert_eq!(run(&[command, &id]).0, Some(0), "{command}");
        assert_eq!(run(&[command, "\u{1b}[31m"]).0, Some(2), "{command}");
    }
}

#[test]
fn a_hit_keeps_to_its_lines() {
    let (_, out) = run(&["search", "夜场", "--reprints"]);
    assert_eq!(
        out.lines().filter(|line| line.starts_with("  ") && !line.starts_with("    ")).count(),
        2,
        "{out}"
    );
    let (_, out) = run(&["reprints", &id()]);
    let heads =
        out.lines().filter(|line| line.starts_with("原文 ") || line.starts_with("转载 ")).count();
    assert!(heads == 2 && out.lines().all(|line| !line.starts_with("  9")), "{out}");
}

#[test]
fn json_is_valid_and_carries_the_text_as_it_is() {
    let id = id();
    for line in [
        "search 夜场 --format json --facets source",
        "search 夜场 --format jsonl --reprints",
        "speakers --format jsonl",
        "topics --format jsonl",
        "stats --format json",
        "export",
        "analyze --format jsonl",
        "quotes --format jsonl",
    ] {
        let (_, out) = run(&line.split(' ').collect::<Vec<_>>());
        assert!(
            !out.is_empty() && out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()),
            "{line}"
        );
    }
    for command in ["show", "reprints"] {
        let (_, out) = run(&[command, &id, "--format", "json"]);
        assert!(serde_json::from_str::<Value>(&out).is_ok(), "{command}");
    }
    let (_, out) = run(&["show", &id, "--format", "json"]);
    assert!(
        serde_json::from_str::<Value>(&out).unwrap()["body"].as_str().unwrap().contains('\u{202e}')
    );
}

#[test]
fn no_cell_is_a_formula() {
    for line in [
        "search 夜场 --reprints --format csv",
        "speakers --format csv",
        "topics --by day --format csv",
    ] {
        let (_, out) = run(&line.split(' ').collect::<Vec<_>>());
        let mut rows = csv::Reader::from_reader(out.as_bytes());
        let cells: Vec<String> = rows
            .records()
            .flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        assert!(
            !cells.is_empty()
                && cells.iter().all(|c| !c.starts_with(['=', '+', '-', '@', '＝', '\t', '\r'])),
            "{cells:?}"
        );
    }
}

/// `text` without the colours and the links to files that the program itself writes.
fn undressed(text: &str) -> String {
    let mut rest = text;
    let mut plain = String::new();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        let own = &rest[at + 1..];
        let colour = own.strip_prefix('[').and_then(|own| own.split_once('m'));
        let colour =
            colour.filter(|(codes, _)| codes.bytes().all(|b| b.is_ascii_digit() || b == b';'));
        let link = own.strip_prefix("]8;;").and_then(|own| own.split_once("\u{1b}\\"));
        let link = link.filter(|(to, _)| to.is_empty() || to.starts_with("file:///"));
        (_, rest) =
            colour.or(link).unwrap_or_else(|| panic!("not of the program's own: {own:.40?}"));
    }
    plain + rest
}

#[test]
fn colours_and_links_are_the_programs_own() {
    let id = id();
    for line in [&["search", "夜场", "--why", "--reprints"][..], &["show", &id], &["reprints", &id]]
    {
        let mut command = jianbao();
        command.args(line).args(["--color", "always"]);
        command.arg("--index").arg(place().join("index"));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line:?}");
        let out = String::from_utf8(output.stdout).unwrap();
        assert!(out.contains("\u{1b}["), "{line:?}");
        // The attack has a colour that could pass for the program's own: it begins with the escape
        // that is taken away.
        assert_harmless(line[0], &undressed(&out));
    }
}

#[test]
fn what_is_said_of_a_strange_name_stays_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive\u{1b}[31m\nskipped");
    fs::create_dir(&archive).unwrap();
    fs::write(archive.join("空\n假\u{202e}.txt"), "").unwrap();
    fs::write(archive.join("标\n题\u{7}.jsonl"), "{\n{\"content\":\"水退了。\"}\n").unwrap();
    let run = |arguments: &[&str]| {
        let mut command = jianbao();
        command.current_dir(folder.path()).args(arguments);
        let output = command.output().unwrap();
        let [out, err] =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_harmless(arguments[0], &(out.clone() + &err));
        (output.status.code(), out, err)
    };
    let name = archive.to_str().unwrap();
    let (code, _, err) = run(&["index", name, "--index", "i", "--report", "report"]);
    let lines: Vec<&str> = err.lines().map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!((code, lines), (Some(0), vec!["skipped", "skipped", "2", "skipped:"]), "{err}");
    let report = fs::read_to_string(folder.path().join("report")).unwrap();
    assert_harmless("--report", &report);
    assert!(
        report
            .lines()
            .all(|line| serde_json::from_str::<Value>(line).is_ok_and(|v| v["path"].is_string()))
    );
    let (_, _, err) = run(&["analyze", name, "--format", "text"]);
    assert_eq!(err.lines().count(), 2, "{err}");
    let stranger = "无\u{1b}[31m\n此";
    for arguments in [
        &["index", stranger, "--index", "i"][..],
        &["forget", stranger, "--index", "i"],
        &["show", stranger, "--index", "i"],
        &["reprints", stranger, "--index", "i"],
        &["doctor", "--index", stranger],
        &["stats", "--index", stranger],
        &["search", "水", "--definition", stranger, "--index", "i"],
        &["search", "--queries", stranger, "--format", "trec", "--index", "i"],
        &["analyze", stranger],
        &["quotes", stranger],
        &["words", stranger],
        &["train", stranger],
        &["index", name, "--field", stranger, "--index", "i"],
        &["search", "水", "--since", stranger, "--index", "i"],
    ] {
        let (code, out, err) = run(arguments);
        assert!(
            code == Some(2) && out.is_empty() && err.lines().count() == 1,
            "{arguments:?}: {code:?} {err}"
        );
    }
    let (code, _, err) = run(&["forget", name, "--index", "i"]);
    assert!(code == Some(0) && err.lines().count() == 1, "{err}");
}
