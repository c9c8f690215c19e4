//! Finds the words of saying: one scan over the text, words that only look like cues left out.

use super::grammar::{CueClass, Grammar};
use super::layout::Layout;
use crate::text::Span;

/// A word of saying outside of quotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cue {
    pub span: Span,
    pub class: CueClass,
}

/// The cues of `text` in order. Cues that touch are one: 证实 + 称.
pub(super) fn cues(text: &str, layout: &Layout, grammar: &Grammar) -> Vec<Cue> {
    let mut found: Vec<Cue> = Vec::new();
    let mut next = 0;
    for (span, cue) in grammar.cues.find(text) {
        let class = grammar.cue_classes[cue];
        while layout.quotations.get(next).is_some_and(|q| q.outer.end <= span.start) {
            next += 1;
        }
        let quoted = layout.quotations.get(next).is_some_and(|q| q.outer.start <= span.start);
        if class == CueClass::None || quoted {
            continue;
        }
        match found.last_mut() {
            Some(last)
                if last.span.end == span.start
                    && !matches!(last.class, CueClass::Tell | CueClass::Cited) =>
            {
                // 表示感谢: the second is what the first reports.
                if last.class == CueClass::Say
                    && matches!(class, CueClass::Act | CueClass::Stance | CueClass::Tail)
                {
                    continue;
                }
                last.span.end = span.end;
                if class != CueClass::Close || last.class == CueClass::Tail {
                    last.class = class;
                }
            }
            _ => found.push(Cue { span, class }),
        }
    }
    found
}
