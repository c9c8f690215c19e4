//! Reads the surroundings of a cue: what stands before it, what behind, and by which rule it may
//! open a report.
//!
//! Which speaker the words before it stand for is for statement.rs.

use super::cue::Cue;
use super::grammar::{CueClass, Grammar};
use super::layout::Layout;
use super::mention::{RECOGNISED, Who};
use super::speaker::{self, Reading};
use crate::text::Span;

/// One article part under analysis.
pub(super) struct Scene<'a> {
    pub text: &'a str,
    pub layout: &'a Layout,
    pub grammar: &'a Grammar,
}

/// What stands right behind a cue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Follows {
    Colon,
    Comma,
    Quotation,
    End,
    Words,
}

/// A cue with what was read before it.
pub(super) struct Heard {
    pub cue: Cue,
    /// The words before the cue that may name its speaker.
    pub region: Span,
    pub reading: Reading,
    pub follows: Follows,
    /// The position behind the punctuation that follows the cue.
    pub behind: usize,
    pub rule: &'static str,
}

/// Most bytes before a cue that are read for its speaker.
const MAX_REGION: usize = 480;

/// Reads the surroundings of a cue; `None` where the cue cannot open a report here.
pub(super) fn hear(scene: &Scene<'_>, cue: Cue, known: &dyn Fn(&str) -> bool) -> Option<Heard> {
    let text = scene.text;
    let (follows, behind) = follows(scene, cue.span.end);
    let clause = clause_before(scene, cue);
    let words = clause.of(text).trim_start();
    if !fits(scene, cue, words, follows, behind) {
        return None;
    }
    let accord = accords(words);
    let mut region = clause;
    let mut rule = if accord { "accord" } else { "before" };
    if cue.class == CueClass::View {
        rule = "view";
        region.start = region.end - words.len() + '在'.len_utf8();
    } else if let Some(cited) = cited(scene.grammar, text, region) {
        rule = "cited";
        region = cited;
    } else if reporting(region.of(text)) {
        return None;
    }
    let reading = speaker::read(text, region, scene.grammar, known);
    if let Reading::Speakers(found) = &reading {
        // 路透社还提到: a medium speaks for itself only by 称, 说.
        let medium = found.iter().any(|m| m.who == Who::Media);
        let relays = medium
            && (accord || rule == "cited" || !matches!(cue.class, CueClass::Say | CueClass::Close));
        if relays || cue.class == CueClass::Source && found.iter().any(|m| m.score < RECOGNISED) {
            return None;
        }
    }
    Some(Heard { cue, region, reading, follows, behind, rule })
}

/// The clause before a cue, without a quotation that it opens with: “不予置评”他说.
fn clause_before(scene: &Scene<'_>, cue: Cue) -> Span {
    let text = scene.text;
    let start = scene.layout.before(cue.span.start).map_or(0, |b| b.span.end);
    let far = cue.span.start.saturating_sub(MAX_REGION);
    let near = (far..=cue.span.start).find(|&i| text.is_char_boundary(i)).unwrap_or(cue.span.start);
    let mut region = Span::new(start.max(near), cue.span.start);
    let from = region.end - region.of(text).trim_start().len();
    if let Some(q) = scene.layout.quotation_from(from) {
        let end = scene.layout.quotations[q].outer.end;
        let rest = text.get(end..region.end).unwrap_or("");
        if !rest.trim().is_empty() && !rest.starts_with(['的', '等']) {
            region.start = end;
        }
    }
    region
}

/// Whether a cue of its class may open a report here.
fn fits(scene: &Scene<'_>, cue: Cue, words: &str, follows: Follows, behind: usize) -> bool {
    let object = scene.grammar.begins("object", &scene.text[cue.span.end..]);
    let opens = matches!(follows, Follows::Comma | Follows::Colon | Follows::Quotation);
    match cue.class {
        CueClass::Say => !(follows == Follows::Words && object),
        CueClass::Tail | CueClass::Act | CueClass::Stance if words.ends_with('的') => false,
        CueClass::Act | CueClass::Stance => follows != Follows::End && !object,
        CueClass::Tail => opens || accords(words),
        CueClass::Tell => follows != Follows::End,
        CueClass::Close => match follows {
            Follows::Comma => scene.layout.quotation_from(behind).is_some(),
            Follows::Words => false,
            _ => true,
        },
        CueClass::Cited => {
            let passed = scene.grammar.signs("cited").any(|w| words.ends_with(w));
            passed
                && scene.grammar.holds("cites", words)
                && matches!(follows, Follows::Comma | Follows::Colon)
        }
        CueClass::Source => accords(words) && follows == Follows::Comma,
        CueClass::View => words.starts_with('在') && follows != Follows::End,
        CueClass::None => false,
    }
}

/// 据…: the clause tells the source.
fn accords(words: &str) -> bool {
    words.starts_with('据') && !words.starts_with("据此")
}

/// Who is cited: 军方官员 of 媒体援引军方官员的话.
fn cited(grammar: &Grammar, text: &str, region: Span) -> Option<Span> {
    let words = region.of(text);
    let (_, rest) = grammar.parted("cites", words)?;
    let at = words.len() - rest.len();
    let end = grammar.signs("cited").filter_map(|w| rest.find(w)).min().unwrap_or(rest.len());
    Some(Span::new(region.start + at, region.start + at + end))
}

/// Whether the clause before the cue ends in a report that relays: 报道(称), 有媒体报道说.
fn reporting(region: &str) -> bool {
    let region = region.trim_end_matches(['的', '中', '里', '上']);
    region.ends_with("报道") && !region.ends_with("的报道")
        || region.ends_with("报导")
        || region.contains("报道中")
}

/// What stands behind a cue, and where the words after it begin.
fn follows(scene: &Scene<'_>, at: usize) -> (Follows, usize) {
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
    if follows == Follows::Words && scene.layout.quotation_from(at).is_some() {
        follows = Follows::Quotation;
    }
    (follows, at)
}
