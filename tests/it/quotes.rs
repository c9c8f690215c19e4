//! Who said what, end to end: golden cases of each rule and of each mended error, an article, and
//! random input.

use jianbao::definition::Definition;
use jianbao::quote::{ArticlePart, Confidence, Grammar, Quote, SpeakerKind, SpeechKind, extract};
use proptest::prelude::*;
use std::sync::LazyLock;

static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(&Definition::embedded()).unwrap());

fn words<'a>(quote: &Quote, title: Option<&'a str>, body: &'a str) -> &'a str {
    match quote.part {
        ArticlePart::Title => quote.span.of(title.unwrap()),
        ArticlePart::Body => quote.span.of(body),
    }
}

fn shown(title: Option<&str>, body: &str) -> Vec<String> {
    let line = |q: Quote| {
        let speaker = q.speaker.as_ref().map_or("-", |s| &s.name);
        let kind = format!("{:?}", q.kind).to_lowercase();
        let confidence = format!("{:?}", q.confidence).to_lowercase();
        format!("{speaker} | {kind} | {confidence} | {}", words(&q, title, body))
    };
    extract(title, body, &GRAMMAR).into_iter().map(line).collect()
}

#[test]
fn golden_cases() {
    let mut failed = Vec::new();
    let cases = include_str!("../data/quotes/cases.txt");
    for case in cases.split("\n## ").skip(1) {
        let (name, rest) = case.split_once('\n').unwrap();
        let (wanted, text): (Vec<&str>, Vec<&str>) =
            rest.lines().partition(|l| l.starts_with("=> "));
        let mut text: Vec<&str> = text.into_iter().filter(|l| !l.is_empty()).collect();
        let title = text[0].strip_prefix("标题：");
        if title.is_some() {
            text.remove(0);
        }
        let wanted: Vec<&str> =
            wanted.into_iter().map(|l| &l[3..]).filter(|l| *l != "nothing").collect();
        let mut found = shown(title, &text.join("\n"));
        let mut sorted: Vec<String> = wanted.iter().map(|w| (*w).to_owned()).collect();
        found.sort();
        sorted.sort();
        if found != sorted {
            failed.push(format!("{name}\n  wanted {sorted:#?}\n  found {found:#?}"));
        }
    }
    assert!(failed.is_empty(), "{} cases failed:\n{}", failed.len(), failed.join("\n"));
}

/// An interview like those of the business portals: one speaker, a host, and ten terms that nobody
/// says.
#[test]
fn an_interview_keeps_speech_and_terms_apart() {
    let article = include_str!("../data/quotes/interview.txt");
    let quotes = extract(None, article, &GRAMMAR);
    let mut names: Vec<&str> =
        quotes.iter().filter_map(|q| q.speaker.as_ref().map(|s| s.name.as_str())).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names, ["主持人", "秦思远"]);
    let speaker =
        quotes.iter().find_map(|q| q.speaker.as_ref().filter(|s| s.name == "秦思远")).unwrap();
    assert_eq!(speaker.title, "青禾科技创始人、董事长");
    assert_eq!(speaker.aliases, ["Simon Qin"]);
    assert_eq!(speaker.kind, SpeakerKind::Person);
    for term in ["“百店大战”", "“重做”", "“工具箱”", "“收入质量”", "“边界”"]
    {
        let at = article.find(term).unwrap() + '“'.len_utf8();
        let said = quotes.iter().filter(|q| q.kind != SpeechKind::Indirect && q.span.start == at);
        assert_eq!(said.count(), 0, "{term} is a term");
    }
    let host: Vec<&str> = quotes
        .iter()
        .filter(|q| q.speaker.as_ref().is_some_and(|s| s.name == "主持人"))
        .map(|q| words(q, None, article))
        .collect();
    assert_eq!(host, ["青禾算不算大公司？"]);
    let direct = quotes.iter().filter(|q| q.kind == SpeechKind::Direct).count();
    assert_eq!(direct, 6);
}

#[test]
fn an_unclosed_quotation_ends_with_its_paragraph_and_says_so() {
    let body = "局长方志远说：“先查清楚。\n次日，大雨。";
    let quotes = extract(None, body, &GRAMMAR);
    assert_eq!(quotes.len(), 1);
    assert!(quotes[0].unclosed);
    assert_eq!(quotes[0].span.of(body), "先查清楚。");
}

#[test]
fn a_quotation_that_reopens_each_paragraph_keeps_its_speaker() {
    let body = "校长丁秀英说：“第一，要读书。\n“第二，要运动。”\n";
    let quotes = extract(None, body, &GRAMMAR);
    assert!(
        quotes.iter().all(|q| q.speaker.as_ref().is_some_and(|s| s.name == "丁秀英")),
        "{quotes:#?}"
    );
    assert_eq!(quotes.len(), 2);
}

#[test]
fn a_longer_name_elsewhere_names_the_headline() {
    let quotes = extract(
        Some("科瓦奇：不会辞职"),
        "主教练尼科·科瓦奇出席发布会。科瓦奇表示，合同还有两年。",
        &GRAMMAR,
    );
    assert!(
        quotes.iter().all(|q| q.speaker.as_ref().is_some_and(|s| s.name == "尼科·科瓦奇")),
        "{quotes:#?}"
    );
    assert_eq!(quotes[0].part, ArticlePart::Title);
}

#[test]
fn confidence_orders_from_unknown_to_named() {
    assert!(Confidence::Named > Confidence::Role && Confidence::Carried > Confidence::Unknown);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_input_panics_and_spans_stay_inside(
        title in proptest::option::of("(王明|局长|表示|：|“|”|，|。|他|\\PC){0,12}"),
        body in "(王明|特朗普|局长|负责人|表示|说|称|告诉|据|在|看来|介绍|消息|报道|会议|该|他|们|\
         ：|“|”|「|」|\"|，|。|！|、|（|）|·|-|\n| |A|9|和|等|\\PC){0,80}",
    ) {
        let quotes = extract(title.as_deref(), &body, &GRAMMAR);
        for quote in &quotes {
            let text = match quote.part {
                ArticlePart::Title => title.as_deref().unwrap(),
                ArticlePart::Body => &body,
            };
            prop_assert!(quote.span.end <= text.len());
            prop_assert!(text.is_char_boundary(quote.span.start));
            prop_assert!(text.is_char_boundary(quote.span.end));
            prop_assert!(!quote.span.is_empty());
        }
        prop_assert_eq!(&quotes, &extract(title.as_deref(), &body, &GRAMMAR));
    }
}

/// Hostile articles must not take quadratic time: four times the text, far from sixteen times the
/// time.
#[test]
fn hostile_articles_are_read_to_their_end() {
    // A hundred times what an article is long: anything that grows faster than the text would be
    // felt here.
    for unit in ["他说，", "“", "王明表示，好。", "记者", "据说，", "：“啊。”", "特·", "和、", "（"]
    {
        let body = unit.repeat(150_000 / unit.len());
        let quotes = extract(None, &body, &GRAMMAR);
        assert!(
            quotes.iter().all(|q| q.span.end <= body.len() && body.is_char_boundary(q.span.start)),
            "{unit}"
        );
    }
}

#[test]
fn nobody_without_a_name_answers() {
    let strokes = format!("\0\0\0{}{}", " ".repeat(21), "-".repeat(35));
    let text = format!("馆某：夜{strokes}编制。“不能只箤为。\n问：为什么？\n答：因为有人来。");
    let definition = jianbao::definition::Definition::embedded();
    let grammar = jianbao::quote::Grammar::new(&definition).unwrap();
    let quotes = jianbao::quote::extract(Some(""), &text, &grammar);
    let names = quotes.iter().filter_map(|quote| quote.speaker.as_ref()).map(|s| &s.name);
    let names: Vec<&String> = names.collect();
    assert!(names.iter().all(|name| name.contains(char::is_alphanumeric)), "{names:?}");
}
