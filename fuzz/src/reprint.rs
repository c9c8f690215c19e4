//! Sketches, groups and differences: a text and its copy, apart at the first line that is `=`.
#![no_main]

use jianbao::reprint::{Sketch, difference, overlap};
use jianbao::text::word::Segmenter;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static SEGMENTER: LazyLock<Segmenter> = LazyLock::new(Segmenter::empty);

fuzz_target!(|text: &str| {
    let (original, copy) = text.split_once("\n=\n").unwrap_or((text, text));
    let sketches = [original, copy].map(Sketch::new);
    let alike = sketches[0].resemblance(&sketches[1]);
    assert!((0.0..=1.0).contains(&alike), "{alike}");
    overlap(original, copy, 10);
    let found = difference(original, copy, &SEGMENTER);
    for change in &found.changes {
        assert!(original.get(change.deleted.start..change.deleted.end).is_some());
        assert!(copy.get(change.inserted.start..change.inserted.end).is_some());
        assert!(!(change.deleted.is_empty() && change.inserted.is_empty()));
    }
    if original == copy {
        assert!(found.changes.is_empty() && found.likeness() == 1.0);
    }
});
