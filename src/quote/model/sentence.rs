//! The sentences of a text with what the rules found in each: the ground that the models work on.

use crate::quote::content::Utterance;
use crate::quote::punctuation::Mark;
use crate::quote::scene::Scene;
use crate::text::Span;

/// One sentence, or the rest of one behind a finished quotation.
#[derive(Debug, Clone)]
pub(super) struct Sentence {
    /// Without white space at its ends.
    pub span: Span,
    /// A paragraph starts here.
    pub opens_line: bool,
    /// A paragraph ends here.
    pub ends_line: bool,
    /// The first and the last utterance with a speaker that this sentence has words, cue or mention
    /// of: positions in the list of utterances.
    pub reports: Option<(usize, usize)>,
    /// A quotation of speech by nobody known stands here.
    pub unknown: bool,
}

/// Bytes of an utterance that a sentence must hold to be its sentence: four characters.
const MIN_SHARED: usize = 12;

/// The sentences of `scene` in order. `said` must be sorted by span.
pub(super) fn sentences(scene: &Scene<'_>, said: &[Utterance]) -> Vec<Sentence> {
    let mut found: Vec<Sentence> = Vec::new();
    let mut start = 0;
    let mut opens = true;
    let end = Span::new(scene.text.len(), scene.text.len());
    let stops = scene.marks.breaks.iter().filter(|b| b.mark >= Mark::Stop);
    for (span, mark) in stops.map(|b| (b.span, b.mark)).chain([(end, Mark::Line)]) {
        let line = mark == Mark::Line;
        let until = if line { span.start } else { span.end };
        let piece = crate::quote::mention::trimmed(scene.text, Span::new(start, until.max(start)));
        if piece.of(scene.text).chars().any(|c| c.is_alphanumeric()) {
            let (opens_line, ends_line) = (opens, line);
            let (reports, unknown) = (None, false);
            found.push(Sentence { span: piece, opens_line, ends_line, reports, unknown });
            opens = line;
        } else if line {
            opens = true;
            if let Some(last) = found.last_mut() {
                last.ends_line = true;
            }
        }
        start = span.end;
    }
    for (i, utterance) in said.iter().enumerate() {
        mark(&mut found, i, utterance, utterance.span, MIN_SHARED.min(utterance.span.len()));
        for part in [utterance.source.cue, utterance.source.mention] {
            mark(&mut found, i, utterance, part, 1);
        }
    }
    found
}

/// Notes that the sentences which share at least `least` bytes with `part` report utterance `i`.
fn mark(found: &mut [Sentence], i: usize, utterance: &Utterance, part: Span, least: usize) {
    let from = found.partition_point(|s| s.span.end <= part.start);
    for sentence in &mut found[from..] {
        if sentence.span.start >= part.end {
            break;
        }
        let shared = sentence.span.end.min(part.end) - sentence.span.start.max(part.start);
        if shared < least.min(sentence.span.len()) {
            continue;
        }
        if utterance.source.speakers.is_empty() {
            sentence.unknown = true;
        } else {
            let (first, last) = sentence.reports.unwrap_or((i, i));
            sentence.reports = Some((first.min(i), last.max(i)));
        }
    }
}
