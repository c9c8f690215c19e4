//! Highlights and snippets lie inside the text, in order, on character boundaries.
#![no_main]
use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{Lexicon, Ranking, compile, highlights, snippet};
use jianbao::text::word::Segmenter;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let definition = Definition::embedded();
    let segmenter = Segmenter::new(&definition).expect("the dictionary is sound");
    Lexicon::new(&definition, segmenter)
});

fuzz_target!(|input: (&str, u8, &str)| {
    let (line, columns, text) = input;
    let plan = compile(&parse(line).0, &LEXICON, &Ranking::default());
    let marks = highlights(text, &plan, None);
    let shown = snippet(text, &marks, usize::from(columns) + 10);
    let mut at = shown.span.start;
    assert!(text.get(shown.span.start..shown.span.end).is_some());
    for mark in &shown.highlights {
        assert!(
            mark.start >= at
                && mark.end <= shown.span.end
                && text.get(mark.start..mark.end).is_some()
        );
        at = mark.end;
    }
});
