//! Speech or term: what the words between marks are.
//!
//! A name, slogan or so-called is put between marks too; only its form and place tell it from
//! quoted words.

use super::hearing::Scene;
use super::layout::Quotation;
use crate::text::Span;

/// What a quotation inside a report is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A whole utterance.
    Speech,
    /// Words taken over into the report.
    Words,
    /// A name, slogan or so-called.
    Term,
}

/// Judges a quotation inside the report of a speaker.
pub(super) fn judge(scene: &Scene<'_>, quotation: Quotation, report: Span) -> Verdict {
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
        return Verdict::Speech;
    }
    if length >= 5 && is_clause(scene, inner) { Verdict::Words } else { Verdict::Term }
}

/// Whether a quotation that stands at the start of a sentence is an utterance by itself.
pub(super) fn stands_alone(scene: &Scene<'_>, quotation: Quotation) -> bool {
    let inner = quotation.inner.of(scene.text);
    let behind = scene.text[quotation.outer.end..].chars().next().unwrap_or('\n');
    let ended = ended(inner);
    let length = inner.chars().count();
    ended && length >= 6 || matches!(behind, '。' | '\n') && length >= 10 && is_clause(scene, inner)
}

/// Whether a quotation behind a speaker and a colon is long enough for an utterance.
pub(super) fn utterance(scene: &Scene<'_>, quotation: Quotation) -> bool {
    let inner = quotation.inner.of(scene.text);
    ended(inner) || inner.chars().count() >= 6 && is_clause(scene, inner)
}

/// Whether the last words between the marks end a sentence.
pub(super) fn ended(inner: &str) -> bool {
    let inner = inner.trim_end_matches(['’', '』', '”', '」', ')', '）', ' ']);
    inner.ends_with(['。', '！', '？', '!', '?', '…', '.', '～'])
}

/// Whether the words are somebody's own: first or second person, or the particles of talk.
pub(super) fn spoken(scene: &Scene<'_>, inner: &str) -> bool {
    inner.chars().count() >= 8 && scene.grammar.holds("spoken", inner)
}

/// Whether the words hold what names lack: a verb, pronoun or particle of a sentence.
fn is_clause(scene: &Scene<'_>, inner: &str) -> bool {
    scene.grammar.holds("clause", inner)
}
