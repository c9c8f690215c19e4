//! Twenty layouts of pages after those of real sites, with texts of our own: title, date, source
//! and body. `benches/pages.py` compares other extractors on the same pages.

use jianbao::archive::{Options, records, walk};
use jianbao::article::{Article, Context, Headers, parse};
use jianbao::definition::Definition;
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pages")
}

/// The articles of the pages, by the names of their files, and the expected values.
fn pages() -> (HashMap<String, Article>, serde_json::Map<String, Value>) {
    let headers = Headers::new(&Definition::embedded()).unwrap();
    let include = vec!["*.html".to_owned()];
    let options = Options { include, ..Options::default() };
    let files = walk(&[folder()], &options).unwrap().files;
    let all = files.iter().flat_map(|file| records(file, &options)).map(|outcome| {
        let record = outcome.unwrap();
        (record.stem(), parse(&record, &Context::default(), &headers))
    });
    let expected = std::fs::read_to_string(folder().join("expected.json")).unwrap();
    (all.collect(), serde_json::from_str(&expected).unwrap())
}

/// The harmonic mean of precision and recall of pairs of characters.
fn f1(found: &str, wanted: &str) -> f64 {
    let pairs = |text: &str| {
        let all: Vec<char> = text.chars().filter(|c| !c.is_whitespace()).collect();
        let mut counts: HashMap<(char, char), usize> = HashMap::new();
        for pair in all.windows(2) {
            *counts.entry((pair[0], pair[1])).or_default() += 1;
        }
        counts
    };
    let (found, wanted) = (pairs(found), pairs(wanted));
    let common: usize = wanted.iter().map(|(pair, n)| *n.min(found.get(pair).unwrap_or(&0))).sum();
    2.0 * common as f64 / (found.values().sum::<usize>() + wanted.values().sum::<usize>()) as f64
}

#[test]
fn pages_of_twenty_layouts_give_title_date_source_and_body() {
    let (articles, expected) = pages();
    assert_eq!((articles.len(), expected.len()), (20, 20));
    let (mut right, mut sum, mut wrong) = ([0; 3], 0.0, Vec::new());
    for (name, wanted) in &expected {
        let article = &articles[name];
        let text = |key: &str| wanted[key].as_str().map(str::to_owned);
        let date = article.date.as_ref().map(|date| date.iso());
        let day = |date: &Option<String>| date.as_deref().map(|date| date[..10].to_owned());
        let checks = [
            article.title == text("title"),
            day(&date) == day(&text("date")),
            article.source == text("source"),
        ];
        for (count, check) in right.iter_mut().zip(checks) {
            *count += usize::from(check);
        }
        let score = f1(&article.body, &text("body").unwrap());
        sum += score;
        if checks.contains(&false) || score < 0.95 {
            let (title, source) = (&article.title, &article.source);
            wrong.push(format!("{name}: {title:?} {date:?} {source:?} {score:.3}"));
        }
    }
    let mean = sum / expected.len() as f64;
    let enough = right.iter().all(|&count| count >= 18) && mean >= 0.95;
    assert!(enough, "{right:?} right, body {mean:.3}\n{}", wrong.join("\n"));
}

#[test]
fn nothing_that_stands_around_an_article_is_in_its_body() {
    let (articles, _) = pages();
    for (name, article) in articles {
        for mark in
            ["首页", "分享", "责任编辑", "关于我们", "ICP", "相关", "太好了", "字号", "标签"]
        {
            assert!(!article.body.contains(mark), "{name}: {mark} in {}", article.body);
        }
    }
}
