//! Counts that add up, exports that pass filters, rows that stand in their sources.

use crate::sample::{ARCHIVE, CRAWLED, index, jianbao, run};
use jianbao::Index;
use jianbao::engine::{Facet, FacetScope, UNDATED};
use jianbao::query::{Filters, parse};
use jianbao::search::{ReprintPolicy, Request};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::path::Path;

/// Fifty questions: plain words, exact ones, exclusions, alternatives, nothing at all.
const QUERIES: [&str; 50] = [
    "",
    "临江",
    "北堤",
    "临江 北堤",
    "方言",
    "大模型",
    "算力 浪费",
    "“算力”",
    "临江 -北堤",
    "北堤|方言",
    "+临江 上涨",
    "title:临江",
    "主教练",
    "段洪亮",
    "白羽 外婆",
    "海州队",
    "越位",
    "存款 利率",
    "房价",
    "外贸",
    "芯片",
    "水位",
    "洪水",
    "防汛",
    "应急",
    "志愿者",
    "马拉松",
    "赛道",
    "“赛后”",
    "记者",
    "教授",
    "市长",
    "发布",
    "增长",
    "百分之",
    "二手房",
    "渡口",
    "停航 渡口",
    "开放",
    "东湖",
    "东湖 科技",
    "语音 识别",
    "開源",
    "财经大学",
    "苏敏之",
    "韩立群",
    "same:(临江 洪水)",
    "near/10:(临江 海州)",
    "临*",
    "没有 -没有",
];

/// An index of the sample archive and of some articles that have no date.
fn with_undated(folder: &Path) -> Index {
    let undated = folder.join("undated.jsonl");
    let lines = ["渡口停航，临江水位上涨。", "渡口照常开放。", "段洪亮说：“下半场才像我们。”"];
    let line = |text: &str| serde_json::json!({ "title": "简讯", "content": text }).to_string();
    fs::write(&undated, lines.map(line).join("\n")).unwrap();
    let built = folder.join("index");
    let mut command = jianbao();
    command.args(["index", ARCHIVE]).arg(&undated).args(["--crawled", CRAWLED, "--quiet"]);
    command.arg("--index").arg(&built).assert().success();
    Index::open(&built).unwrap()
}

#[test]
fn stretches_of_time_and_undated_articles_add_up_to_the_articles_of_an_answer() {
    let folder = tempfile::tempdir().unwrap();
    let index = with_undated(folder.path());
    let day = |text: &str| Some(text.parse().unwrap());
    let (mut answered, mut with_undated) = (0, 0);
    for line in QUERIES {
        let facets = vec![Facet::Year, Facet::Month, Facet::Week, Facet::Day];
        for counted in [FacetScope::All, FacetScope::Whole] {
            for reprints in [ReprintPolicy::Shown, ReprintPolicy::Folded, ReprintPolicy::LeftOut] {
                let query = parse(line).0;
                let facets = facets.clone();
                let request = Request { query, facets, counted, reprints, ..Request::default() };
                let answer = index.search(&request).unwrap();
                let all = match counted {
                    FacetScope::All => answer.articles,
                    FacetScope::Whole => answer.whole,
                };
                for facet in &answer.facets {
                    let sum: u64 = facet.counts.iter().map(|count| count.articles).sum();
                    assert_eq!(sum, all, "{line} by {}", facet.facet.name());
                }
                let rows = answer.facets[1].counts.iter();
                let undated: u64 =
                    rows.filter(|row| row.value == UNDATED).map(|row| row.articles).sum();
                // A filter by date leaves out what has none, and says so.
                let filters = Filters {
                    since: day("1900-01-01"),
                    until: day("2100-01-01"),
                    ..Filters::default()
                };
                let dated = index.search(&Request { filters, ..request }).unwrap();
                if dated.articles > 0 && dated.relaxed == answer.relaxed {
                    assert_eq!(dated.articles + dated.undated, answer.articles, "{line}");
                }
                answered += u64::from(answer.articles > 0);
                with_undated += undated;
            }
        }
    }
    assert!(answered > 200 && with_undated > 30, "{answered} {with_undated}");
}

/// A text without white space, quotation marks that CSV doubles, and escapes of JSON.
fn bare(text: &str) -> String {
    let text = text.replace("\\n", "").replace("\\t", "").replace("\\r", "");
    text.chars().filter(|c| !c.is_whitespace() && !"\\\"\u{3000}".contains(*c)).collect()
}

#[test]
fn every_row_of_statements_stands_at_its_line_of_the_file_itself() {
    let (code, out, _) =
        run(&["search", "--since", "1900", "--rows", "quotes", "--format", "csv", "-n", "1000"]);
    assert_eq!(code, 0);
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let mut seen: HashMap<String, u32> = HashMap::new();
    for row in reader.deserialize::<HashMap<String, String>>() {
        let row = row.unwrap();
        let path = Path::new(&row["path"]);
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_owned();
        // Others are packed, marked up, or in another encoding.
        if !["txt", "jsonl", "csv", "tsv"].contains(&ending.as_str()) {
            continue;
        }
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
        let Ok(text) = fs::read_to_string(source) else { continue };
        let line: usize = row["line"].parse().unwrap();
        let mut lines = text.lines().skip(line - 1);
        let here: String = match ending.as_str() {
            "jsonl" | "tsv" => lines.next().unwrap().to_owned(),
            _ => lines.collect(),
        };
        assert!(bare(&here).contains(&bare(&row["words"])), "{row:?}");
        *seen.entry(ending).or_default() += 1;
    }
    assert!(seen.len() > 2 && seen.values().sum::<u32>() > 20, "{seen:?}");
}

/// The lines of an export with these flags.
fn exported(flags: &[&str]) -> Vec<Value> {
    let (_, out, err) = run(&[&["export"], flags].concat());
    assert!(err.is_empty(), "{err}");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_export_takes_the_filters_of_a_search() {
    let all = exported(&[]);
    let total = |flags: &[&str]| -> usize {
        let search = ["search", "--format", "json", "-n", "0", "--all-passages", "--reprints"];
        let (_, out, _) = run(&[&search, flags].concat());
        let answer: Value = serde_json::from_str(&out).unwrap();
        answer["passages"].as_u64().unwrap() as usize
    };
    for flags in [
        &["--speaker", "段洪亮"][..],
        &["--topic", "体育"],
        &["--source", "日报", "--since", "2024-06"],
        &["--path", "财经/*"],
        &["--title", "临江"],
        &["--mentions", "海州队"],
        &["--not-source", "日报"],
        &["--speaker", "段洪亮", "--beside", "白羽"],
    ] {
        let lines = exported(flags);
        assert!(!lines.is_empty() && lines.len() < all.len(), "{flags:?}: {}", lines.len());
        assert_eq!(lines.len(), total(flags), "{flags:?}");
        assert!(lines.iter().all(|line| all.contains(line)), "{flags:?}");
    }
    let (with, without) = (exported(&["--topic", "体育"]), exported(&["--not-topic", "体育"]));
    assert_eq!(with.len() + without.len(), all.len());
    assert_eq!(run(&["export", "--speaker", "无此人"]).0, 1);
}

#[test]
fn who_speaks_together_is_counted_beside_the_whole_archive() {
    let facets = ["--facets", "together,subject", "-n", "0"];
    let (code, out, _) = run(&[&["search", "--speaker", "段洪亮"], &facets[..]].concat());
    assert!(code == 0 && out.contains("       4  白羽 (3 texts) of 4"), "{out}");
    let table = [&["search", "--speaker", "段洪亮", "--format", "csv"], &facets[..]].concat();
    let (_, out, _) = run(&table);
    assert!(out.contains("together,白羽,4,3,4,1000.0"), "{out}");
    let both = ["search", "--speaker", "段洪亮", "--beside", "白羽", "--format", "json"];
    let (_, out, _) = run(&both);
    let answer: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(answer["articles"], 4);
    // Only the words of the one are looked through, though the other speaks too.
    let hits = answer["hits"].as_array().unwrap();
    assert!(hits.iter().all(|hit| {
        let quotes = hit["quotes"].as_array().unwrap();
        quotes.iter().any(|quote| quote["speaker"] == "段洪亮")
    }));
}

#[test]
fn a_count_of_nothing_says_why() {
    let (code, out, err) = run(&["search", "无此一词", "-n", "0", "--facets", "month"]);
    assert_eq!((code, out.as_str()), (1, ""), "{out}");
    assert!(err.contains("nothing found") && err.contains("0 articles have "), "{err}");
    let known = Index::open(index()).unwrap();
    assert!(known.holdings().unwrap().oldest.articles > 20);
}
