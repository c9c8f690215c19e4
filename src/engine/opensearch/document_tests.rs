//! Documents: the tokens and fields of an article, and the article that comes back.

use super::*;
use crate::analysis::Analyzer;
use crate::archive::{Content, RawRecord};
use crate::article::Context;
use crate::definition::Definition;
use crate::engine::embedded::stored;
use std::sync::OnceLock;

fn analyzer() -> &'static Analyzer {
    static ANALYZER: OnceLock<Analyzer> = OnceLock::new();
    ANALYZER.get_or_init(|| Analyzer::new(Definition::embedded(), Context::default()).unwrap())
}

const TEXT: &str = "百度谈大模型\n2023-07-28 临江日报\n李彦宏在会上表示：“重复开发 大模型是对\
社会资源的极大浪费。”\n百度发言人王明称，公司今年发布iPhone 15应用。他说，慢一点没有关系。\n";

fn analysis(text: &str) -> Analysis {
    let content = Content::Plain(text.to_owned());
    analyzer()
        .analyze(&RawRecord { path: "档案/一.txt".into(), content, ..RawRecord::default() })
}

fn provenance(number: u64, analysis: &Analysis) -> Provenance {
    let file = FileKey::new("/档案/一.txt");
    let dating = Dating::FromCrawl;
    let (digest, seen) = (7, 1_700_000_000);
    let row = RecordRow { file, digest, line: u32::MAX, dating, seen, ..RecordRow::default() };
    Provenance::new(number, analysis, row)
}

fn document(analysis: &Analysis) -> Value {
    let article = IndexedArticle::new(9, analysis, provenance(9, analysis));
    serde_json::from_slice(&article.document(&analyzer().segmenter).unwrap()).unwrap()
}

/// A document as a hit with its columns.
fn hit(document: &Value) -> Value {
    let mut fields = serde_json::Map::new();
    for name in ARTICLE_FIELDS {
        let value = name.split('.').fold(document, |value, part| &value[part]);
        if !value.is_null() {
            fields.insert(name.to_owned(), serde_json::json!([value]));
        }
    }
    serde_json::json!({ "fields": fields })
}

fn tokens(value: &Value) -> Vec<&str> {
    value.as_str().unwrap().split(' ').collect()
}

#[test]
fn a_document_has_the_tokens_of_title_passages_and_quotes() {
    let analysis = analysis(TEXT);
    let document = document(&analysis);
    assert_eq!(document["number"], "0000000000000009");
    assert!(document["text"].is_null() && document["copy"].is_null());
    assert_eq!(document["title_chars"], "百 度 谈 大 模 型");
    assert!(tokens(&document["title_words"]).contains(&"模型"));
    assert!(tokens(&document["words"]).contains(&"iphone"), "{}", document["words"]);
    let passage = &document["passages"][0];
    let chars = tokens(&passage["chars"]);
    assert!(!chars.contains(&"") && chars.iter().all(|c| !c.trim_start_matches(MARK).is_empty()));
    let quote = &passage["quotes"][0];
    assert_eq!((&quote["name"][0], &quote["confidence"]), (&"李彦宏".into(), &4.into()));
    let (start, end) = (quote["start"].as_u64().unwrap(), quote["end"].as_u64().unwrap());
    let words = &chars[start as usize..end as usize];
    assert_eq!(words, tokens(&quote["chars"]));
    assert!(words.concat().contains("重复开发大模型是对社会资源的极大浪费"));
    assert!(passage["speaker_key"].as_array().unwrap().contains(&"李彦宏".into()));
    let speakers = document["speaker"].as_array().unwrap();
    assert!(speakers.contains(&"李彦宏".into()) && speakers.contains(&"王明".into()));
}

#[test]
fn lengths_count_the_tokens() {
    let document = document(&analysis(TEXT));
    let lengths: Lengths = serde_json::from_value(document["lengths"].clone()).unwrap();
    assert_eq!(lengths.words as usize, tokens(&document["words"]).len());
    let chars: u32 = lengths.passages.iter().map(|&(_, chars)| chars).sum();
    assert_eq!(lengths.chars, chars);
    assert_eq!(lengths.title as usize, tokens(&document["title_words"]).len());
    for (at, &(words, chars)) in lengths.passages.iter().enumerate() {
        let passage = &document["passages"][at];
        assert_eq!(words as usize, tokens(&passage["words"]).len());
        let own = tokens(&passage["chars"]).into_iter().filter(|c| !c.starts_with(MARK));
        assert_eq!(chars as usize, own.count());
    }
}

#[test]
fn the_characters_after_a_passage_are_marked() {
    let long: String =
        (0..40).map(|i| format!("第{i}句话说的是天气和收成，大家都爱听。")).collect();
    let analysis = analysis(&format!("标题\n\n{long}"));
    let document = document(&analysis);
    assert!(analysis.passages.len() > 1);
    let chars = |at: usize| tokens(&document["passages"][at]["chars"]);
    let marked: Vec<&str> = chars(0).into_iter().filter(|c| c.starts_with(MARK)).collect();
    assert_eq!(marked.len(), FOLLOWING);
    let next: Vec<String> = chars(1)[..FOLLOWING].iter().map(|c| format!("{MARK}{c}")).collect();
    assert_eq!(marked, next);
    let last = chars(analysis.passages.len() - 1);
    assert!(!last.iter().any(|c| c.starts_with(MARK)));
}

#[test]
fn an_article_comes_back_whole_and_makes_the_same_document() {
    for text in [TEXT, "标题\n", "没有标题的一句话。王明说：“好。”"] {
        let analysis = analysis(text);
        let document = document(&analysis);
        let back = article(&hit(&document)).unwrap();
        let mut expected: Vec<Passage> = Vec::new();
        for passage in &analysis.passages {
            let (exact, record) = stored::write(passage).unwrap();
            let mut kept = stored::read(&exact, &record).unwrap();
            if let Some(first) = expected.first() {
                assert!(stored::complete(&mut kept, first));
            }
            expected.push(kept);
        }
        assert_eq!(back.passages.as_ref(), expected);
        assert_eq!(back.body.words, analysis.body_words.words);
        assert_eq!(back.provenance.row, provenance(9, &analysis).row);
        assert_eq!(back.provenance.imprint, provenance(9, &analysis).imprint);
        let again = back.document(&analyzer().segmenter).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&again).unwrap(), document);
    }
}

#[test]
fn a_document_that_is_not_whole_is_an_error() {
    let document = document(&analysis(TEXT));
    for field in ["number", "stored", "row", "imprint"] {
        let mut part = document.clone();
        part.as_object_mut().unwrap().remove(field);
        assert!(article(&hit(&part)).is_err(), "{field}");
    }
    assert!(article(&hit(&document)).is_ok());
}

#[test]
fn a_reprint_names_its_original_and_comes_back_as_one() {
    let analysis = analysis(TEXT);
    for (text, copy) in [(9, Value::Null), (8, true.into())] {
        let own = IndexedArticle::new(9, &analysis, provenance(9, &analysis));
        let own = IndexedArticle { text: Some(text), ..own };
        let document = own.document(&analyzer().segmenter).unwrap();
        let document: Value = serde_json::from_slice(&document).unwrap();
        assert_eq!((&document["text"], &document["copy"]), (&hex(text).into(), &copy));
        assert_eq!(article(&hit(&document)).unwrap().text, Some(text));
    }
}

#[test]
fn a_row_is_read_from_the_values_of_its_fields() {
    let row = RowFields::from(&provenance(9, &analysis(TEXT)).row);
    let value = serde_json::to_value(&row).unwrap();
    let fields: serde_json::Map<String, Value> = value
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (format!("row.{name}"), serde_json::json!([value])))
        .collect();
    assert!(ROW_FIELDS.iter().all(|name| fields.contains_key(*name)));
    assert_eq!(row_of_fields(&fields.into()), Some(provenance(9, &analysis(TEXT)).row));
    assert_eq!(row_of_fields(&Value::Null), None);
}

#[test]
fn a_long_word_is_a_token_of_its_own() {
    let (one, two) = ("a".repeat(300) + "1", "a".repeat(300) + "2");
    assert!(token(&one).chars().count() <= LONGEST_TOKEN && token(&one) != token(&two));
    assert_eq!(token("大模型"), "大模型");
}
