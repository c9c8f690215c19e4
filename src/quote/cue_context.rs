//! The context of a cue: the subject before it, the punctuation behind it, and the rule by which it
//! may open a report.
//!
//! Which speaker the words before it stand for is for statement.rs.

use super::attributed::Rule;
use super::cue::Cue;
use super::grammar::{CueClass, Grammar, SignClass};
use super::mention::Who;
use super::name_reading::ArticleNames;
use super::scene::Scene;
use super::score;
use super::subject::{self, SubjectReading};
use crate::text::Span;

/// The punctuation or words right behind a cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Colon,
    Comma,
    Quotation,
    End,
    Words,
}

/// A cue with what was read before it.
pub(super) struct CueContext {
    pub cue: Cue,
    /// The words before the cue that may name its speaker.
    pub region: Span,
    pub reading: SubjectReading,
    pub follows: Follows,
    /// The position behind the punctuation that follows the cue.
    pub behind: usize,
    pub rule: Rule,
}

/// Most bytes before a cue that are read for its speaker.
const MAX_REGION: usize = 480;

/// Reads the surroundings of a cue; `None` where the cue cannot open a report here.
pub(super) fn read_context(
    scene: &Scene<'_>,
    cue: Cue,
    known: &dyn ArticleNames,
) -> Option<CueContext> {
    let text = scene.text;
    let (follows, behind) = follows(scene, cue.span.end);
    let clause = clause_before(scene, cue);
    let words = clause.of(text).trim_start();
    if !fits(scene, cue, words, follows, behind) {
        return None;
    }
    let accord = accords(words);
    let mut region = clause;
    let mut rule = if accord { Rule::Accord } else { Rule::Before };
    if cue.class == CueClass::View {
        rule = Rule::View;
        region.start = region.end - words.len() + '在'.len_utf8();
    } else if let Some(cited) = cited(scene.grammar, text, region) {
        rule = Rule::Cited;
        region = cited;
    } else if reporting(region.of(text)) {
        return None;
    }
    let reading = subject::read(text, region, scene.grammar, known);
    if let SubjectReading::Speakers(found) = &reading {
        // 路透社还提到: a medium speaks for itself only by 称, 说.
        let medium = found.iter().any(|m| m.who == Who::Media);
        let relays = medium
            && (accord
                || rule == Rule::Cited
                || !matches!(cue.class, CueClass::Say | CueClass::Close));
        if relays
            || cue.class == CueClass::Attribution
                && found.iter().any(|m| m.score < score::RECOGNISED)
        {
            return None;
        }
    }
    Some(CueContext { cue, region, reading, follows, behind, rule })
}

/// The clause before a cue, without a quotation that it opens with: “不予置评”他说.
fn clause_before(scene: &Scene<'_>, cue: Cue) -> Span {
    let text = scene.text;
    let start = scene.marks.before(cue.span.start).map_or(0, |b| b.span.end);
    let far = cue.span.start.saturating_sub(MAX_REGION);
    let near = (far..=cue.span.start).find(|&i| text.is_char_boundary(i)).unwrap_or(cue.span.start);
    let mut region = Span::new(start.max(near), cue.span.start);
    let from = region.end - region.of(text).trim_start().len();
    if let Some(q) = scene.marks.quotation_from(from) {
        let end = scene.marks.quotations[q].outer.end;
        let rest = text.get(end..region.end).unwrap_or("");
        if !rest.trim().is_empty() && !rest.starts_with(['的', '等']) {
            region.start = end;
        }
    }
    region
}

/// True if a cue of its class may open a report here.
fn fits(scene: &Scene<'_>, cue: Cue, words: &str, follows: Follows, behind: usize) -> bool {
    let object = scene.grammar.begins(SignClass::Object, &scene.text[cue.span.end..]);
    let opens = matches!(follows, Follows::Comma | Follows::Colon | Follows::Quotation);
    match cue.class {
        CueClass::Say => !(follows == Follows::Words && object),
        CueClass::Tail | CueClass::Act | CueClass::Stance
            if words.ends_with('的') || words.ends_with("值得") =>
        {
            false
        }
        CueClass::Act | CueClass::Stance if follows == Follows::Comma && obeys(words) => false,
        CueClass::Act | CueClass::Stance => follows != Follows::End && !object,
        CueClass::Tail => opens || accords(words),
        CueClass::Tell => follows != Follows::End,
        CueClass::Close => match follows {
            Follows::Comma => scene.marks.quotation_from(behind).is_some(),
            Follows::Words => false,
            _ => true,
        },
        CueClass::Cited => {
            let passed = scene.grammar.signs(SignClass::Cited).any(|w| words.ends_with(w));
            passed
                && scene.grammar.holds(SignClass::Cites, words)
                && matches!(follows, Follows::Comma | Follows::Colon)
        }
        CueClass::Attribution => accords(words) && follows == Follows::Comma,
        CueClass::View => words.starts_with('在') && follows != Follows::End,
        CueClass::Asked | CueClass::Traditional | CueClass::None => false,
    }
}

/// 按照县里要求，: the clause tells what is followed, and the word at its end is a noun.
fn obeys(words: &str) -> bool {
    ["按", "根据", "依照", "依据", "遵照", "应"].iter().any(|w| words.starts_with(w))
}

/// 据…: the clause tells the source.
fn accords(words: &str) -> bool {
    words.starts_with('据') && !words.starts_with("据此")
}

/// Who is cited: 军方官员 of 媒体援引军方官员的话.
fn cited(grammar: &Grammar, text: &str, region: Span) -> Option<Span> {
    let words = region.of(text);
    let (_, rest) = grammar.parted(SignClass::Cites, words)?;
    // 接到 stands behind 局接 in the list.
    let rest = rest.trim_start_matches('到');
    let at = words.len() - rest.len();
    let end =
        grammar.signs(SignClass::Cited).filter_map(|w| rest.find(w)).min().unwrap_or(rest.len());
    Some(Span::new(region.start + at, region.start + at + end))
}

/// True if the clause before the cue ends in a report that relays: 报道(称), 有媒体报道说.
fn reporting(region: &str) -> bool {
    let region = region.trim_end_matches(['的', '中', '里', '上']);
    region.ends_with("报道") && !region.ends_with("的报道")
        || region.ends_with("报导")
        || region.contains("报道中")
}

/// The punctuation behind a cue, and the position of the words after it.
pub(super) fn follows(scene: &Scene<'_>, at: usize) -> (Follows, usize) {
    let text = scene.text;
    let mut at = at;
    let mut follows = Follows::Words;
    while let Some(c) = text[at..].chars().next() {
        let next = at + c.len_utf8();
        match c {
            ' ' | '\u{3000}' | '\u{a0}' => {}
            '：' | ':' if follows == Follows::Words => follows = Follows::Colon,
            '，' | ',' if follows == Follows::Words => follows = Follows::Comma,
            '。' | '\n' | '！' | '？' | '；' | '…' | '!' | '?' | '”' => {
                return (if follows == Follows::Words { Follows::End } else { follows }, at);
            }
            _ => break,
        }
        at = next;
    }
    if at >= text.len() {
        return (Follows::End, at);
    }
    if follows == Follows::Words && scene.marks.quotation_from(at).is_some() {
        follows = Follows::Quotation;
    }
    (follows, at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::cue::cues;
    use crate::quote::name_reading::NoNames;
    use crate::quote::punctuation::Punctuation;
    use crate::quote::scene::Script;

    fn contexts(text: &str) -> Vec<(Rule, Follows, String)> {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let marks = Punctuation::new(text);
        let scene = Scene {
            text,
            headline: None,
            script: Script::Simplified,
            marks: &marks,
            grammar: &grammar,
        };
        cues(&scene)
            .into_iter()
            .filter_map(|cue| read_context(&scene, cue, &NoNames))
            .map(|c| (c.rule, c.follows, c.region.of(text).to_owned()))
            .collect()
    }

    #[test]
    fn the_clause_before_the_cue_tells_the_rule() {
        let rule = |text| contexts(text).first().map(|c| c.0);
        assert_eq!(rule("馆长赵宁表示，新馆下月开放。"), Some(Rule::Before));
        assert_eq!(rule("据馆长赵宁介绍，新馆下月开放。"), Some(Rule::Accord));
        assert_eq!(rule("在馆长赵宁看来，新馆太小。"), Some(Rule::View));
    }

    #[test]
    fn the_mark_behind_the_cue_is_told() {
        assert_eq!(contexts("馆长赵宁说：下月开放。")[0].1, Follows::Colon);
        assert_eq!(contexts("馆长赵宁说“好”。")[0].1, Follows::Quotation);
    }

    #[test]
    fn an_act_followed_by_nothing_opens_no_report() {
        assert!(contexts("居民们不断呼吁。").is_empty());
    }
}
