//! Labels of a transcript: a speaker before a colon at the start of a line (记者：), or alone on a
//! line.
//!
//! This file finds the labels and decides if they are those of a transcript; turn.rs gives them
//! their speakers.

use super::attributed::SpeakerKind;
use super::grammar::SignClass;
use super::mention::{Mention, Phrases, Who};
use super::name_reading::ArticleNames;
use super::scene::Scene;
use super::score;
use crate::text::Span;
use std::collections::HashMap;

/// Most characters of a label.
const MAX_LABEL: usize = 14;
/// Most characters of a label that stands once, behind the first that is repeated.
const MAX_SINGLE_LABEL: usize = 10;
/// Most bytes of a bracket behind a label.
const MAX_NOTE: usize = 60;
/// Labels that make a transcript without any that asks or answers.
const FEWEST_LABELS: usize = 3;
/// Labels of a transcript that has no label twice.
const MANY_LABELS: usize = 6;
/// Most labels of one text; the rest is read without turns.
const MAX_LABELS: usize = 4_000;

/// The part that a label plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LabelRole {
    /// 问, Q: whoever asks.
    Asker,
    /// 答, A: whoever answers.
    Answerer,
    /// Anybody else, by name or role.
    Named,
}

/// A label of a transcript.
#[derive(Debug, Clone)]
pub(super) struct TurnLabel {
    /// The words of the label, without brackets and colon.
    pub span: Span,
    /// The words of a bracket behind the label: Q（主持人）：.
    pub note: Span,
    /// Where the words of the turn begin.
    pub end: usize,
    /// The part that it plays.
    pub role: LabelRole,
    /// The label as a mention of a speaker, where it can be read as one.
    pub mention: Option<Mention>,
}

/// The labels of a transcript, in order; empty where the text is none.
pub(super) fn labels(scene: &Scene<'_>, known: &dyn ArticleNames) -> Vec<TurnLabel> {
    let reader = LabelReader { scene, known };
    let mut found = reader.at_line_starts();
    let own = reader.own_lines();
    found.extend(reader.inside_lines());
    found.sort_by_key(|l| (l.span.start, l.end));
    found.dedup_by_key(|l| l.span.start);
    // Inside a line only what is repeated or asks and answers is a label.
    let starts_line = |l: &TurnLabel| {
        let before = &scene.text[..l.span.start];
        ends_line(before.trim_end_matches(|c| is_bullet(c) || is_frame(c)))
    };
    let counts = count(scene.text, &found);
    let kept: Vec<bool> = found
        .iter()
        .map(|l| starts_line(l) || l.role != LabelRole::Named || counts[l.span.of(scene.text)] >= 2)
        .collect();
    let mut kept = kept.into_iter();
    found.retain(|_| kept.next().unwrap_or(false));
    let counts = count(scene.text, &found);
    let repeated = counts.values().any(|&n| n >= 2);
    let has = |role| found.iter().any(|l| l.role == role);
    let both = has(LabelRole::Asker) && has(LabelRole::Answerer)
        || own.iter().any(|l| l.role == LabelRole::Asker)
            && own.iter().any(|l| l.role == LabelRole::Answerer);
    // Companies and products stand before colons in lists too; a talk has people.
    let talk = found
        .iter()
        .chain(&own)
        .any(|l| l.mention.as_ref().is_none_or(|m| m.who != Who::Is(SpeakerKind::Organisation)));
    // Inside lines names before colons list persons too; in a talk they take turns.
    let lines = found.iter().filter(|l| starts_line(l)).count();
    let taking_turns =
        counts.values().filter(|&&n| n >= 2).count() >= 2 || has(LabelRole::Asker) && repeated;
    let several = found.len() >= FEWEST_LABELS
        && counts.len() >= 2
        && repeated
        && (taking_turns || lines >= FEWEST_LABELS);
    if !both && !(talk && (several || lines + own.len() >= MANY_LABELS)) {
        return Vec::new();
    }
    found.extend(own);
    found.sort_by_key(|l| (l.span.start, l.end));
    found.dedup_by_key(|l| l.span.start);
    let counts = count(scene.text, &found);
    let certain = |l: &TurnLabel| {
        l.role != LabelRole::Named || counts.get(l.span.of(scene.text)).is_some_and(|&n| n >= 2)
    };
    let Some(first) = found.iter().find(|l| certain(l)).map(|l| l.span.start) else {
        return Vec::new();
    };
    let explained = |l: &TurnLabel| scene.grammar.begins(SignClass::Short, l.note.of(scene.text));
    found.retain(|l| {
        let short = l.span.of(scene.text).chars().count() <= MAX_SINGLE_LABEL;
        certain(l) || explained(l) || l.span.start > first && short
    });
    found
}

fn count<'t>(text: &'t str, labels: &[TurnLabel]) -> HashMap<&'t str, usize> {
    let mut counts = HashMap::new();
    for label in labels {
        *counts.entry(label.span.of(text)).or_default() += 1;
    }
    counts
}

struct LabelReader<'a> {
    scene: &'a Scene<'a>,
    known: &'a dyn ArticleNames,
}

impl LabelReader<'_> {
    /// The labels with a colon that lines start with.
    fn at_line_starts(&self) -> Vec<TurnLabel> {
        let mut found = Vec::new();
        let mut at = 0;
        for line in self.scene.text.split_inclusive('\n') {
            let lead = line.len() - line.trim_start_matches(is_bullet).len();
            found.extend(self.label_at(at + lead));
            at += line.len();
            if found.len() > MAX_LABELS {
                break;
            }
        }
        found
    }

    /// The labels that stand twice or more alone on a line: 主持人.
    fn own_lines(&self) -> Vec<TurnLabel> {
        let text = self.scene.text;
        let mut lines: HashMap<&str, usize> = HashMap::new();
        for line in text.split_inclusive('\n') {
            let words = line.trim_matches(|c: char| is_bullet(c) || c == '\n');
            if words.len() <= MAX_OWN_LINE {
                *lines.entry(words).or_default() += 1;
            }
        }
        let mut found = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let words = line.trim_matches(|c: char| is_bullet(c) || c == '\n');
            let start = at + (line.len() - line.trim_start_matches(is_bullet).len());
            at += line.len();
            let short = (1..=12).contains(&words.chars().count());
            // A line that stands there once is not judged: there may be very many.
            let repeated = lines.get(words).is_some_and(|&n| n >= 2);
            if !short
                || !repeated
                || words.contains(['，', '。', '！', '？', '：', ':', '；', '“', '”', '、'])
            {
                continue;
            }
            let span = Span::new(start, start + words.len());
            let note = Span::new(span.end, span.end);
            if found.len() < MAX_LABELS
                && let Some((role, mention)) = self.judge(span)
                && (role != LabelRole::Named || mention.as_ref().is_some_and(|m| m.is_individual()))
            {
                found.push(TurnLabel { span, note, end: at, role, mention });
            }
        }
        let counts: HashMap<String, usize> =
            count(text, &found).into_iter().map(|(l, n)| (l.to_owned(), n)).collect();
        found.retain(|l| counts.get(l.span.of(text)).is_some_and(|&n| n >= 2));
        found
    }

    /// The labels that stand behind the end of a sentence inside a line: 问：…？答：….
    fn inside_lines(&self) -> Vec<TurnLabel> {
        let text = self.scene.text;
        let ends = text.match_indices(['。', '？', '！', '”', '…', '）', '?', '!']);
        ends.map(|(at, mark)| at + mark.len())
            .map(|at| at + (text[at..].len() - text[at..].trim_start_matches(is_bullet).len()))
            .filter_map(|at| self.label_at(at))
            .take(MAX_LABELS)
            .collect()
    }

    /// The label with a colon that starts at `at`.
    fn label_at(&self, at: usize) -> Option<TurnLabel> {
        let text = self.scene.text;
        let start =
            at + text[at..].chars().next().filter(|c| is_frame(*c)).map_or(0, char::len_utf8);
        let mut end = start;
        for c in text[start..].chars().take(MAX_LABEL) {
            if matches!(c, '：' | ':' | '，' | '。' | '！' | '？' | '；' | '、' | '\n' | '（' | '(')
                || is_frame(c)
            {
                break;
            }
            end += c.len_utf8();
        }
        let words = text[start..end].trim_end();
        let span = Span::new(start, start + words.len());
        let mut rest = text[end..].trim_start_matches(|c| is_frame(c) || matches!(c, ' ' | '*'));
        let mut note = Span::new(span.end, span.end);
        if rest.starts_with(['（', '('])
            && let Some(close) = close_of_note(rest)
        {
            let from = text.len() - rest.len();
            let open = rest.chars().next().map_or(0, char::len_utf8);
            note = Span::new(from + open, from + close);
            rest = rest[close..].trim_start_matches(['）', ')']);
        }
        let rest = rest.trim_start_matches([' ', '*', '\u{3000}']);
        let behind = match rest.strip_prefix(['：', ':']) {
            Some(behind) => behind.trim_start_matches([' ', '*', '\u{3000}']),
            None if is_framed(&text[at..end]) && text[end..].starts_with(CLOSED) => rest,
            None => return None,
        };
        let colon = behind.len() < rest.len();
        if words.is_empty() || colon && behind.starts_with(['“', '「', '/', '"']) {
            return None;
        }
        let (role, mention) = self.judge(span)?;
        let starts_line = || ends_line(text[..at].trim_end_matches(is_bullet));
        let speaks = colon || starts_line() && self.talks(words, mention.as_ref());
        let end = text.len() - behind.len();
        speaks.then_some(TurnLabel { span, note, end, role, mention })
    }

    /// True for a person or whoever leads a talk, who need no colon: 【丁一凡】大家好.
    fn talks(&self, words: &str, mention: Option<&Mention>) -> bool {
        let person =
            |m: &Mention| m.who == Who::Is(SpeakerKind::Person) && m.score >= score::PLAUSIBLE;
        self.scene.grammar.signs(SignClass::Interviewer).any(|w| w == words)
            || mention.is_some_and(person)
    }

    /// The part that the label of `span` plays; `None` where it is the label of no speaker.
    fn judge(&self, span: Span) -> Option<(LabelRole, Option<Mention>)> {
        let grammar = self.scene.grammar;
        let words = span.of(self.scene.text);
        if grammar.signs(SignClass::Asker).any(|w| w == words) {
            return Some((LabelRole::Asker, None));
        }
        if grammar.signs(SignClass::Answerer).any(|w| w == words) {
            return Some((LabelRole::Answerer, None));
        }
        // 记者 labels the byline of an article too.
        let talks = grammar.signs(SignClass::Interviewer).any(|w| w == words);
        let asks = |sign: &str| grammar.signs(SignClass::Interviewer).any(|w| w == sign);
        let heading = grammar.labels.contains(words)
            || grammar.signs(SignClass::Heading).any(|w| words.ends_with(w))
            || grammar.signs(SignClass::Credit).any(|w| words.ends_with(w) && !asks(w))
            || words.contains(|c: char| c.is_ascii_digit() && !words.ends_with(c))
            || grammar.holds(SignClass::Address, words);
        if !talks && (heading || grammar.common.contains(words) && words.chars().count() > 1) {
            return None;
        }
        let phrases = Phrases::new(self.scene.text, span, grammar, self.known);
        let mention =
            phrases.single(span).or_else(|| (words == "记者").then(|| Mention::role(span, words)));
        let mention =
            mention.map(|m| if m.name == "记者" { Mention::role(span, words) } else { m });
        let speaks = mention
            .as_ref()
            .is_some_and(|m| matches!(m.who, Who::Is(_) | Who::Media) && m.score >= score::PLACE);
        if speaks {
            return Some((LabelRole::Named, mention));
        }
        // 倪：, NGOCN：: an initial or abbreviation counts where it is repeated.
        let short = words.chars().count() <= 8 && !words.contains(['的', ' ']);
        let initial = grammar.surnames.contains(words);
        let many = || self.scene.text.matches(&format!("\n{words}")).nth(1).is_some();
        (short && (initial || many())).then_some((LabelRole::Named, mention))
    }
}

/// Bytes of the longest label on a line of its own: twelve characters.
const MAX_OWN_LINE: usize = 48;

/// The place of the bracket that closes the note at the start of `rest`, if it is near.
fn close_of_note(rest: &str) -> Option<usize> {
    let near = rest.char_indices().take_while(|&(at, _)| at < MAX_NOTE);
    { near }.find(|&(_, c)| matches!(c, '）' | ')')).map(|(at, _)| at)
}

/// True if what follows `before` begins a line.
fn ends_line(before: &str) -> bool {
    before.is_empty() || before.ends_with('\n')
}

/// White space, list marks and dashes before a label.
fn is_bullet(c: char) -> bool {
    matches!(c, ' ' | '\u{3000}' | '\u{a0}' | '\t' | '*' | '#' | '-' | '—' | '■' | '●')
}

/// Brackets around a label that need no colon behind them.
const CLOSED: [char; 2] = ['】', '〗'];

/// True if a label opens with such a bracket.
fn is_framed(label: &str) -> bool {
    label.starts_with(['【', '〖'])
}

/// Marks around a label: 【记者】.
fn is_frame(c: char) -> bool {
    matches!(c, '“' | '”' | '《' | '》' | '【' | '】' | '「' | '」' | '〖' | '〗' | '[' | ']' | '*')
}
