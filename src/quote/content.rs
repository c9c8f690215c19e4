//! Reports: where the words of a statement end, and which quotations are part of them.
//!
//! Takes statements with their speakers and hands back quotes; who the speakers are was decided
//! before.

use super::affiliation;
use super::attributed::{ArticlePart, Confidence, Quote, Rule, Speaker, SpeechKind};
use super::cue_context::Follows;
use super::grammar::{CueClass, Grammar};
use super::punctuation::{Mark, Quotation, ended};
use super::quotation_kind::{self, QuotationKind};
use super::scene::Scene;
use super::statement::Statement;
use crate::text::Span;

/// Speakers of a quotation or report, with the evidence.
#[derive(Debug, Clone)]
pub(super) struct Attribution {
    pub speakers: Vec<(Speaker, Confidence)>,
    pub mention: Span,
    pub cue: Span,
    pub rule: Rule,
}

/// A stretch of speech with its source.
#[derive(Debug, Clone)]
pub(super) struct Utterance {
    pub span: Span,
    pub kind: SpeechKind,
    pub source: Attribution,
    pub unclosed: bool,
}

/// The utterances that the statements report; marks the quotations among them in `taken`.
pub(super) fn reports(
    scene: &Scene<'_>,
    statements: &[Statement],
    taken: &mut [bool],
) -> Vec<Utterance> {
    let mut said = Vec::new();
    let mut open: Option<(usize, Span)> = None;
    for (i, statement) in statements.iter().enumerate() {
        let held = open.map(|(_, span)| span);
        let closes = quotation_before(scene, statement, taken)
            .filter(|&q| held.is_none_or(|h| !h.contains(scene.marks.quotations[q].inner)));
        if let Some(q) = closes {
            taken[q] = true;
            let quotation = scene.marks.quotations[q];
            said.push(direct(quotation, source(statement, Rule::After)));
            if let Some((_, span)) = &mut open
                && span.end > quotation.outer.start
            {
                span.end = quotation.outer.start.max(span.start);
            }
        }
        let Some(content) = extent(scene, statement) else {
            if closes.is_none() && open.is_none_or(|(_, span)| span.end <= statement.clause) {
                said.extend(inverted(scene, statement));
            }
            continue;
        };
        if let Some((outer, span)) = &mut open
            && statement.cue.start < span.end
        {
            if closes.is_none() && !interrupts(scene, &statements[*outer], statement, *span) {
                continue;
            }
            span.end = statement.clause.max(span.start);
        }
        if let Some((outer, span)) = open.take() {
            emit(scene, &statements[outer], span, taken, &mut said);
        }
        open = Some((i, content));
    }
    if let Some((outer, span)) = open {
        emit(scene, &statements[outer], span, taken, &mut said);
    }
    said
}

/// A quote for each speaker of what was said.
pub(super) fn quotes(
    said: &Utterance,
    text: &str,
    part: ArticlePart,
    grammar: &Grammar,
) -> Vec<Quote> {
    let quote = |speaker: Option<Speaker>, confidence| Quote {
        part,
        span: said.span,
        kind: said.kind,
        speaker,
        mention: said.source.mention.of(text).to_owned(),
        cue: said.source.cue.of(text).to_owned(),
        rule: said.source.rule,
        confidence,
        probability: None,
        unclosed: said.unclosed,
    };
    if said.source.speakers.is_empty() {
        return vec![quote(None, Confidence::Unknown)];
    }
    said.source
        .speakers
        .iter()
        .map(|(speaker, confidence)| {
            let represents = affiliation::represented(speaker, grammar).map(str::to_owned);
            quote(Some(Speaker { represents, ..speaker.clone() }), *confidence)
        })
        .collect()
}

/// A quotation that is speech as a whole.
pub(super) fn direct(quotation: Quotation, source: Attribution) -> Utterance {
    Utterance {
        span: quotation.inner,
        kind: SpeechKind::Direct,
        source,
        unclosed: quotation.unclosed,
    }
}

fn source(statement: &Statement, rule: Rule) -> Attribution {
    Attribution {
        speakers: statement.speakers.clone(),
        mention: statement.mention,
        cue: statement.cue,
        rule,
    }
}

/// The quotation that ends right where the statement's clause begins and that nobody has claimed:
/// “……”李彦宏说.
fn quotation_before(scene: &Scene<'_>, statement: &Statement, taken: &[bool]) -> Option<usize> {
    if statement.mention.is_empty()
        || matches!(statement.rule, Rule::Accord | Rule::View | Rule::Cited | Rule::Inherited)
        || matches!(statement.class, CueClass::Act | CueClass::Stance)
    {
        return None;
    }
    let q = scene.marks.quotation_until(statement.clause, scene.text).filter(|&q| !taken[q])?;
    let quotation = scene.marks.quotations[q];
    let inner = quotation.inner.of(scene.text);
    let ended = ended(inner) || inner.ends_with(['，', ',']);
    // 站长说：“……。”村民说: what follows a colon is spoken for.
    if scene.text[..quotation.outer.start].trim_end().ends_with(['：', ':']) {
        return None;
    }
    let opens = scene.marks.sentence_start(quotation.outer.start);
    let leads = scene.text[opens..quotation.outer.start].trim().is_empty();
    // A quotation at the end of a clause that already says something else is part of that clause.
    (ended || leads && inner.chars().count() >= 4).then_some(q)
}

/// The span of the words that a statement reports.
fn extent(scene: &Scene<'_>, statement: &Statement) -> Option<Span> {
    let start = statement.content?;
    let mut end = scene.marks.next(start, |m| m >= Mark::Stop);
    // “……。”他说，“……。”: the quotation that follows belongs to the report.
    if end.mark == Mark::Stop && end.span.start <= start {
        return None;
    }
    if end.mark == Mark::Quoted {
        end.span.start = end.span.end;
    }
    let span = Span::new(start, end.span.start);
    let words = span.of(scene.text).trim();
    if words.chars().count() < 4 && scene.marks.quotation_from(start).is_none() {
        // 对……表示遗憾: what is said stands before the cue.
        let from =
            if statement.mention.is_empty() { statement.clause } else { statement.mention.end };
        let towards = scene.text[from..statement.cue.start].contains(['对', '向', '就', '给']);
        let said =
            statement.cue.of(scene.text) == "表示" && towards && statement.cue.start >= from + 9;
        return said.then(|| Span::new(from, span.end));
    }
    Some(span)
}

/// True if a statement inside another's report ends that report: a new subject at the start of a
/// clause.
fn interrupts(scene: &Scene<'_>, outer: &Statement, inner: &Statement, report: Span) -> bool {
    let same = inner.speakers.iter().all(|s| outer.speakers.iter().any(|o| o.0.name == s.0.name));
    if same || inner.speakers.is_empty() || inner.mention.is_empty() || inner.clause <= report.start
    {
        return false;
    }
    let opens = inner.follows != Follows::Words;
    let semicolon = scene.marks.before(inner.cue.start).is_some_and(|b| b.mark >= Mark::Semicolon);
    let named = inner.speakers.iter().all(|s| s.1 == Confidence::Named);
    opens || semicolon || named && inner.class == CueClass::Say
}

/// The words before a cue that ends its sentence: 这对双方都有利，他说。
fn inverted(scene: &Scene<'_>, statement: &Statement) -> Option<Utterance> {
    let says = statement.class == CueClass::Say && statement.cue.len() <= 9;
    if statement.follows != Follows::End || statement.mention.is_empty() || !says {
        return None;
    }
    let before = scene.marks.before(statement.cue.start)?;
    let start = scene.marks.sentence_start(before.span.start);
    let span = Span::new(start, before.span.start);
    let fits = before.mark == Mark::Comma && span.of(scene.text).chars().count() >= 6;
    fits.then(|| Utterance {
        span,
        kind: SpeechKind::Indirect,
        source: source(statement, Rule::Inverted),
        unclosed: false,
    })
}

/// Splits a report into its quotations and the reported words around them.
fn emit(
    scene: &Scene<'_>,
    statement: &Statement,
    report: Span,
    taken: &mut [bool],
    said: &mut Vec<Utterance>,
) {
    let from = scene.marks.quotations.partition_point(|q| q.outer.end <= report.start);
    let mut covered = 0;
    let before = said.len();
    for (i, &q) in scene.marks.quotations.iter().enumerate().skip(from) {
        if q.outer.start >= report.end {
            break;
        }
        if taken[i] {
            continue;
        }
        taken[i] = true;
        match quotation_kind::classify(scene, q, report) {
            QuotationKind::Speech => {
                covered += q.outer.len();
                said.push(direct(q, source(statement, statement.rule)));
            }
            QuotationKind::Fragment => said.push(Utterance {
                span: q.inner,
                kind: SpeechKind::Mixed,
                source: source(statement, statement.rule),
                unclosed: q.unclosed,
            }),
            QuotationKind::Term => {}
        }
    }
    let words = report.of(scene.text);
    let plain = words.chars().filter(|c| c.is_alphanumeric()).count();
    let speech: usize = said[before..]
        .iter()
        .filter(|s| s.kind == SpeechKind::Direct)
        .map(|s| s.span.of(scene.text).chars().filter(|c| c.is_alphanumeric()).count())
        .sum();
    if statement.speakers.is_empty() {
        return;
    }
    if covered == 0 || plain.saturating_sub(speech) >= 4 {
        let span = bare(scene.text, report);
        if !span.is_empty() {
            said.push(Utterance {
                span,
                kind: SpeechKind::Indirect,
                source: source(statement, statement.rule),
                unclosed: false,
            });
        }
    }
}

/// A span without white space and commas at its ends.
fn bare(text: &str, span: Span) -> Span {
    let words = span.of(text);
    let lead = |c: char| c.is_whitespace() || matches!(c, '，' | ',' | '：' | ':' | '；');
    let start = span.start + (words.len() - words.trim_start_matches(lead).len());
    Span::new(start, (start + words.trim_matches(lead).len()).max(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::quote::coreference::Coreference;
    use crate::quote::cue::cues;
    use crate::quote::grammar::Grammar;
    use crate::quote::punctuation::Punctuation;
    use crate::quote::scene::Script;
    use crate::quote::statement::statements;

    fn with<T>(text: &str, read: impl Fn(&Scene<'_>, &[Statement], &Coreference) -> T) -> T {
        let grammar = Grammar::new(&Definition::embedded()).unwrap();
        let marks = Punctuation::new(text);
        let scene = Scene {
            text,
            headline: None,
            script: Script::Simplified,
            marks: &marks,
            grammar: &grammar,
        };
        let mut cast = Coreference::default();
        let made = statements(&scene, &cues(&scene), &mut cast);
        read(&scene, &made, &cast)
    }

    fn reported(text: &str) -> Vec<(SpeechKind, String)> {
        with(text, |scene, made, _| {
            let mut taken = vec![false; scene.marks.quotations.len()];
            let found = reports(scene, made, &mut taken);
            found.iter().map(|u| (u.kind, u.span.of(scene.text).to_owned())).collect()
        })
    }

    #[test]
    fn a_report_ends_with_its_sentence() {
        let words = "新馆下月开放".to_owned();
        assert_eq!(
            reported("馆长赵宁表示，新馆下月开放。门票十元。"),
            [(SpeechKind::Indirect, words)]
        );
    }

    #[test]
    fn a_quotation_before_its_cue_is_direct() {
        let words = "新馆下月开放。".to_owned();
        assert_eq!(reported("“新馆下月开放。”馆长赵宁说。"), [(SpeechKind::Direct, words)]);
    }
}
