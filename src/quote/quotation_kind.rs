//! Speech or term: what the words between marks are.
//!
//! A name, slogan or so-called is put between marks too; only its form and place tell it from
//! quoted words.

use super::grammar::SignClass;
use super::punctuation::{Quotation, ended};
use super::scene::Scene;
use crate::text::Span;

/// The kind of a quotation inside a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum QuotationKind {
    /// A whole utterance.
    Speech,
    /// WordList taken over into the report.
    Fragment,
    /// A name, slogan or so-called.
    Term,
}

/// Judges a quotation inside the report of a speaker.
pub(super) fn classify(scene: &Scene<'_>, quotation: Quotation, report: Span) -> QuotationKind {
    let inner = quotation.inner.of(scene.text);
    let before = scene.text[..quotation.outer.start].trim_end();
    let behind = scene.text[quotation.outer.end..].trim_start();
    let length = inner.chars().count();
    let opens = scene.text[report.start.min(quotation.outer.start)..quotation.outer.start]
        .trim()
        .is_empty()
        || before.ends_with(['：', ':', '，', ',']);
    let closes = ended(inner)
        || inner.ends_with(['，', ','])
        || behind.is_empty()
        || behind.starts_with(['。', '，', '！', '？', ',', '；', '\n']);
    if opens && closes && (length >= 4 || before.ends_with(['：', ':'])) {
        return QuotationKind::Speech;
    }
    if length >= 5 && is_clause(scene, inner) {
        QuotationKind::Fragment
    } else {
        QuotationKind::Term
    }
}

/// True if a quotation that stands at the start of a sentence is an utterance by itself.
pub(super) fn stands_alone(scene: &Scene<'_>, quotation: Quotation) -> bool {
    let inner = quotation.inner.of(scene.text);
    let behind = scene.text[quotation.outer.end..].chars().next().unwrap_or('\n');
    let ended = ended(inner);
    let length = inner.chars().count();
    if led(scene, quotation) {
        return true;
    }
    ended && length >= 6 || matches!(behind, '。' | '\n') && length >= 10 && is_clause(scene, inner)
}

/// True if a quotation behind a speaker and a colon is long enough for an utterance.
pub(super) fn utterance(scene: &Scene<'_>, quotation: Quotation) -> bool {
    let inner = quotation.inner.of(scene.text);
    ended(inner) || inner.chars().count() >= 6 && is_clause(scene, inner)
}

/// 说到儿子，他笑了，“才三岁啊”。: behind a comma and before a full stop, words that are a clause.
pub(super) fn led(scene: &Scene<'_>, quotation: Quotation) -> bool {
    let inner = quotation.inner.of(scene.text);
    let before = scene.text[..quotation.outer.start].trim_end();
    let behind = scene.text[quotation.outer.end..].chars().next().unwrap_or('\n');
    before.ends_with(['，', ',', '：', ':'])
        && inner.chars().count() >= 8
        && is_clause(scene, inner)
        && (ended(inner) || matches!(behind, '。' | '，' | '\n'))
}

/// True if the words are somebody's own: first or second person, or the particles of talk.
pub(super) fn spoken(scene: &Scene<'_>, inner: &str) -> bool {
    inner.chars().count() >= 8 && scene.grammar.holds(SignClass::Spoken, inner)
}

/// True if the words hold what names lack: a verb, pronoun or particle of a sentence.
fn is_clause(scene: &Scene<'_>, inner: &str) -> bool {
    scene.grammar.holds(SignClass::Clause, inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::grammar::Grammar;
    use crate::quote::punctuation::Punctuation;
    use crate::quote::scene::Script;

    fn kinds(text: &str) -> Vec<QuotationKind> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let marks = Punctuation::new(text);
        let scene = Scene {
            text,
            headline: None,
            script: Script::Simplified,
            marks: &marks,
            grammar: &grammar,
        };
        let report = Span::new(0, text.len());
        marks.quotations.iter().map(|&q| classify(&scene, q, report)).collect()
    }

    #[test]
    fn a_whole_utterance_a_fragment_and_a_name_are_told_apart() {
        assert_eq!(kinds("“我们下周就修好这座桥。”"), [QuotationKind::Speech]);
        assert_eq!(kinds("批评此举“不会有任何帮助”，"), [QuotationKind::Fragment]);
        assert_eq!(kinds("推进“晨光计划”建设"), [QuotationKind::Term]);
    }
}
