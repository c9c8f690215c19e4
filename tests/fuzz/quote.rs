//! Who said what: any headline and text.
#![no_main]

use jianbao::definition::Definition;
use jianbao::quote::{Grammar, Part, extract};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static GRAMMAR: LazyLock<Grammar> =
    LazyLock::new(|| Grammar::new(&Definition::embedded()).expect("the embedded definition is sound"));

fuzz_target!(|text: &str| {
    let (title, body) = text.split_once('\n').unwrap_or(("", text));
    for quote in extract(Some(title), body, &GRAMMAR) {
        let part = if quote.part == Part::Title { title } else { body };
        assert!(part.get(quote.span.start..quote.span.end).is_some(), "{:?} is no span of its text", quote.span);
    }
});
