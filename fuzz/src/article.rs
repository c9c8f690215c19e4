//! A file of any form becomes an article whose quotes and passages lie where they say.
#![no_main]
use jianbao::analysis::Analyzer;
use jianbao::archive::{Content, Fields, RawRecord};
use jianbao::article::Context;
use jianbao::definition::Definition;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| {
    Analyzer::new(Definition::embedded(), Context::default()).expect("the definition is sound")
});

fuzz_target!(|input: (u8, &str)| {
    let (form, text) = input;
    let fields = || {
        let (date, body) = text.split_once('\n').unwrap_or(("", text));
        Fields {
            date: Some(date.to_owned()),
            title: Some(date.to_owned()),
            body: Some(body.to_owned()),
            ..Fields::default()
        }
    };
    let content = match form % 4 {
        0 => Content::Plain(text.to_owned()),
        1 => Content::Html(text.to_owned()),
        2 => Content::Markdown(fields()),
        _ => Content::Fields(fields()),
    };
    let record = RawRecord {
        path: "财经/a.txt".to_owned(),
        line: Some(1),
        encoding: "UTF-8",
        content,
        ..RawRecord::default()
    };
    let analysis = ANALYZER.analyze(&record);
    let body = analysis.article.body.as_str();
    let mut at = 0;
    for passage in &analysis.passages {
        assert_eq!(passage.span.start, at);
        assert_eq!(passage.text, passage.span.of(body));
        at = passage.span.end;
    }
    assert_eq!(at, body.len());
    assert!(analysis.passages.iter().all(|p| !p.topics.iter().any(|t| t.score.is_nan())));
});
