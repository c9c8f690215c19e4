//! Headers, datelines, dates and footers: any text as a plain file, as fields or as Markdown, through the whole analysis.
#![no_main]

use jianbao::analysis::Analyzer;
use jianbao::archive::{Content, Fields, RawRecord};
use jianbao::article::{Context, Headers, parse};
use jianbao::definition::Definition;
use jianbao::passage;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static HEADERS: LazyLock<Headers> = LazyLock::new(|| Headers::new(&Definition::embedded()));
static ANALYZER: LazyLock<Analyzer> =
    LazyLock::new(|| Analyzer::new(Definition::embedded(), Context::default()).expect("the embedded definition is sound"));

fuzz_target!(|input: (u8, &str)| {
    let (form, text) = input;
    let (title, body) = text.split_once('\n').unwrap_or(("", text));
    let fields = || Fields {
        title: Some(title.to_owned()).filter(|t| !t.is_empty()),
        body: Some(body.to_owned()),
        date: body.lines().next().map(str::to_owned),
        ..Fields::default()
    };
    let content = match form % 4 {
        0 => Content::Fields(fields()),
        1 => Content::Markdown(fields()),
        _ => Content::Plain(text.to_owned()),
    };
    let record = RawRecord { path: "a/b.txt".into(), place: None, line: Some(1), modified: None, encoding: "UTF-8", content };
    let article = parse(&record, &Context::default(), &HEADERS);
    assert!(!article.id.as_str().is_empty() && !article.id.as_str().contains(char::is_whitespace));
    let tiles = passage::cut(&article.body, |_| None::<u8>);
    let whole: String = tiles.iter().map(|span| span.of(&article.body)).collect();
    assert_eq!(whole, article.body);
    if form & 0x80 != 0 {
        let analysis = ANALYZER.analyze(&record);
        let whole: String = analysis.passages.iter().map(|p| p.text.as_str()).collect();
        assert_eq!(whole, analysis.article.body);
    }
});
