//! Finds the words of saying: one scan over the text, words that only look like cues left out.

use super::grammar::CueClass;
use super::scene::{Scene, Script};
use crate::text::Span;

/// A word of saying outside of quotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cue {
    pub span: Span,
    pub class: CueClass,
}

/// The cues of a text in order. Cues that touch are one: 证实 + 称.
pub(super) fn cues(scene: &Scene<'_>) -> Vec<Cue> {
    let mut found: Vec<Cue> = Vec::new();
    let mut next = 0;
    for (span, cue) in scene.grammar.cues.find(scene.text) {
        let class = match (scene.grammar.cue_classes[cue], scene.script) {
            (CueClass::Traditional, Script::Traditional) => CueClass::Say,
            (CueClass::Traditional, Script::Simplified) => CueClass::None,
            (class, _) => class,
        };
        while scene.marks.quotations.get(next).is_some_and(|q| q.outer.end <= span.start) {
            next += 1;
        }
        let quoted = scene.marks.quotations.get(next).is_some_and(|q| q.outer.start <= span.start);
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

/// The words of saying in `sentence`, outside of quotations, with those that only a model reads.
pub(super) fn sayings(scene: &Scene<'_>, sentence: Span) -> Vec<Cue> {
    let grammar = scene.grammar;
    let quotations = &scene.marks.quotations;
    let mut found: Vec<Cue> = Vec::new();
    for (span, word) in grammar.sayings.find(sentence.of(scene.text)) {
        let span = Span::new(sentence.start + span.start, sentence.start + span.end);
        let next = quotations.partition_point(|q| q.outer.end <= span.start);
        let quoted = quotations.get(next).is_some_and(|q| q.outer.start <= span.start);
        let class = grammar.saying_classes[word];
        let asked = !matches!(class, CueClass::None | CueClass::Cited | CueClass::Attribution);
        if !asked || quoted {
            continue;
        }
        match found.last_mut().filter(|last| last.span.end == span.start) {
            Some(last) => last.span.end = span.end,
            None => found.push(Cue { span, class }),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::grammar::Grammar;
    use crate::quote::punctuation::Punctuation;

    fn words(text: &str) -> Vec<String> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let marks = Punctuation::new(text);
        let scene = Scene {
            text,
            headline: None,
            script: Script::Simplified,
            marks: &marks,
            grammar: &grammar,
        };
        let found = cues(&scene);
        found.iter().map(|c| c.span.of(text).to_owned()).collect()
    }

    #[test]
    fn cues_that_touch_are_one_and_quoted_ones_are_none() {
        assert_eq!(words("警方证实称，门已关。她写下“他说过”三个字。"), ["证实称"]);
    }

    #[test]
    fn a_longer_word_hides_the_cue_inside_it() {
        assert_eq!(words("这部小说很长。"), Vec::<String>::new());
    }
}
