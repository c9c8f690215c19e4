//! Quotes lie inside their text, on character boundaries, and come in order.
#![no_main]
use jianbao::definition::Definition;
use jianbao::quote::{Grammar, ArticlePart, extract};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(&Definition::embedded()).expect("the definition is sound"));

fuzz_target!(|texts: (&str, &str)| {
    let (title, body) = texts;
    let quotes = extract(Some(title), body, &GRAMMAR);
    for quote in &quotes {
        let text = if quote.part == ArticlePart::Body { body } else { title };
        assert!(text.get(quote.span.start..quote.span.end).is_some());
        assert!(quote.speaker.as_ref().is_none_or(|s| !s.name.trim().is_empty()));
    }
    assert!(quotes.is_sorted_by_key(|q| (q.part, q.span)));
});
