//! A line is understood, and what was understood, printed and read again, is the same.
#![no_main]
use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{Lexicon, Ranking, compile};
use jianbao::text::word::Segmenter;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let definition = Definition::embedded();
    let segmenter = Segmenter::new(&definition).expect("the dictionary is sound");
    Lexicon::new(&definition, segmenter)
});

fuzz_target!(|line: &str| {
    let (query, _) = parse(line);
    let printed = query.to_string();
    assert_eq!(parse(&printed).0, query, "{printed}");
    std::hint::black_box(compile(&query, &LEXICON, &Ranking::default()));
});
