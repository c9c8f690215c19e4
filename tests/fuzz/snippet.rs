//! Marks and cuts: any question to any text, at any width.
#![no_main]

use jianbao::definition::Definition;
use jianbao::query::parse;
use jianbao::search::{Lexicon, Ranking, compile, highlights, snippet};
use jianbao::text::word::Segmenter;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let definition = Definition::embedded();
    let segmenter = Segmenter::new(&definition).expect("the embedded definition is sound");
    Lexicon::new(&definition, segmenter)
});

fuzz_target!(|input: (u8, &str)| {
    let (width, both) = input;
    let (line, text) = both.split_once('\n').unwrap_or((both, both));
    let plan = compile(&parse(line).0, &LEXICON, &Ranking::default());
    let marks = highlights(text, &plan, None);
    assert!(marks.iter().all(|mark| text.get(mark.start..mark.end).is_some()), "{marks:?}");
    assert!(marks.is_sorted() && marks.windows(2).all(|pair| pair[0].end <= pair[1].start), "{marks:?}");
    let cut = snippet(text, &marks, usize::from(width));
    assert!(text.get(cut.span.start..cut.span.end).is_some());
    assert!(cut.highlights.iter().all(|mark| cut.span.contains(*mark)));
});
