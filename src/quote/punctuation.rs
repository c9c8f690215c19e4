//! Quotations and clause breaks of a text, found in one pass over its punctuation.
//!
//! Pairs the quotation marks (“”, 「」, 『』, "") paragraph by paragraph and lists the breaks
//! between clauses that lie outside them. Who speaks in them is for the other files.

use crate::text::{Span, is_han};

/// One outermost quotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quotation {
    /// The words between the marks.
    pub inner: Span,
    /// From the opening mark to behind the closing one.
    pub outer: Span,
    /// No closing mark was found.
    pub unclosed: bool,
}

/// The kind of a break between clauses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mark {
    /// A space or dash that parts two headlines or captions.
    Gap,
    Comma,
    Colon,
    Semicolon,
    /// A quotation whose last words end with a comma.
    QuotedComma,
    Stop,
    /// A quotation whose last words end a sentence.
    Quoted,
    Line,
}

/// A break between clauses, outside of quotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Break {
    pub span: Span,
    pub mark: Mark,
}

/// The quotations and breaks of a text, each in order.
#[derive(Debug, Default)]
pub(super) struct Punctuation {
    pub quotations: Vec<Quotation>,
    pub breaks: Vec<Break>,
    len: usize,
}

/// Longest stretch in brackets, in bytes, that a clause may hold.
const MAX_BRACKET: usize = 150;
/// Most bytes that a quotation which never closes may take before it is cut at its first full stop.
const MAX_UNCLOSED: usize = 1_500;

impl Punctuation {
    /// Reads `text`, which must be in simplified script (only marks are looked at).
    pub fn new(text: &str) -> Punctuation {
        let mut layout = Punctuation { len: text.len(), ..Punctuation::default() };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            layout.quote_line(line, at);
            at += line.len();
        }
        layout.find_breaks(text);
        layout
    }

    /// The break before `at`, if any.
    pub fn before(&self, at: usize) -> Option<Break> {
        self.breaks[..self.breaks.partition_point(|b| b.span.end <= at)].last().copied()
    }

    /// Breaks that are looked ahead. Sentences of news have fewer than fifty.
    const MAX_AHEAD: usize = 500;

    /// The first break at or after `at` that satisfies `wanted`; the text's end where none does. A
    /// sentence of too many clauses ends after [`Punctuation::MAX_AHEAD`] of them.
    pub fn next(&self, at: usize, wanted: impl Fn(Mark) -> bool) -> Break {
        let from = self.breaks.partition_point(|b| b.span.start < at);
        let end = Break { span: Span::new(self.len, self.len), mark: Mark::Line };
        let far = from + Punctuation::MAX_AHEAD;
        let near = &self.breaks[from..far.min(self.breaks.len())];
        let end = self.breaks.get(far).copied().unwrap_or(end);
        near.iter().find(|b| wanted(b.mark)).copied().unwrap_or(end)
    }

    /// Breaks that are looked back for the start of a sentence.
    const MAX_BACK: usize = 64;

    /// Where the sentence that holds `at` starts: behind the last full stop, line end or finished
    /// quotation.
    pub fn sentence_start(&self, at: usize) -> usize {
        let upto = self.breaks.partition_point(|b| b.span.end <= at);
        let from = upto.saturating_sub(Punctuation::MAX_BACK);
        let far = from.checked_sub(1).map_or(0, |i| self.breaks[i].span.end);
        self.breaks[from..upto]
            .iter()
            .rev()
            .find(|b| b.mark >= Mark::Stop)
            .map_or(far, |b| b.span.end)
    }

    /// The sentences of `within`, each without white space at its ends: they end with a full stop
    /// outside of quotations, a quotation that ends a sentence, or a line end.
    pub fn sentences(&self, text: &str, within: Span) -> Vec<Span> {
        let from = self.breaks.partition_point(|b| b.span.end <= within.start);
        let mut found = Vec::new();
        let mut start = within.start;
        let mut push = |start: usize, end: usize| {
            let words = text.get(start..end).unwrap_or("");
            let lead = words.len() - words.trim_start().len();
            if !words.trim().is_empty() {
                found.push(Span::new(start + lead, start + words.trim_end().len()));
            }
        };
        for b in self.breaks[from..].iter().take_while(|b| b.span.end <= within.end) {
            if b.mark >= Mark::Stop && b.span.end > start {
                push(start, b.span.end);
                start = b.span.end;
            }
        }
        push(start, within.end.max(start));
        found
    }

    /// The quotation that opens at `at`.
    pub fn quotation_from(&self, at: usize) -> Option<usize> {
        self.quotations.binary_search_by_key(&at, |q| q.outer.start).ok()
    }

    /// The quotation that ends at `at`, white space and a comma between them allowed.
    pub fn quotation_until(&self, at: usize, text: &str) -> Option<usize> {
        let i = self.quotations.partition_point(|q| q.outer.end <= at).checked_sub(1)?;
        let between = text.get(self.quotations[i].outer.end..at)?;
        between.chars().all(|c| c.is_whitespace() || matches!(c, '，' | ',' | '—')).then_some(i)
    }

    fn quote_line(&mut self, line: &str, base: usize) {
        let mut open: Vec<(usize, char)> = Vec::new();
        let first = self.quotations.len();
        let mut mixed = false;
        for (at, c) in line.char_indices() {
            match c {
                '“' | '「' | '『' | '‘' if open.last().is_some_and(|o| o.1 == c) => {
                    mixed = true;
                    open.push((at, c));
                }
                '“' | '「' | '『' => open.push((at, c)),
                '‘' => open.push((at, c)),
                '”' | '」' | '』' | '’' => {
                    let mark = opening(c);
                    if let Some(i) = open.iter().rposition(|o| o.1 == mark) {
                        open.truncate(i + 1);
                        if let Some((from, _)) = open.pop()
                            && open.is_empty()
                        {
                            self.push(base + from, base + at, c.len_utf8(), false);
                        }
                    }
                }
                '"' | '＂' => match open.last() {
                    Some(&(from, o)) if o == c => {
                        open.pop();
                        if open.is_empty() {
                            self.push(base + from, base + at, c.len_utf8(), false);
                        }
                    }
                    _ => open.push((at, c)),
                },
                _ => {}
            }
        }
        if !open.is_empty() || mixed {
            self.quotations.truncate(first);
            self.quote_broken_line(line, base);
        }
    }

    /// A paragraph whose marks do not pair: a second opening mark ends what was open before it, at
    /// its last full stop.
    fn quote_broken_line(&mut self, line: &str, base: usize) {
        let mut open: Option<(usize, char)> = None;
        for (at, c) in line.char_indices() {
            match (c, open) {
                ('“' | '「' | '『' | '"' | '＂', None) => open = Some((at, c)),
                ('“' | '「', Some((from, mark))) if c == mark => {
                    let until = cut_unclosed(line, from + c.len_utf8(), at);
                    self.push(base + from, base + until, 0, true);
                    open = Some((at, c));
                }
                ('”' | '」' | '』' | '"' | '＂', Some((from, mark))) if opening(c) == mark => {
                    self.push(base + from, base + at, c.len_utf8(), false);
                    open = None;
                }
                _ => {}
            }
        }
        if let Some((from, mark)) = open
            && !matches!(mark, '"' | '＂')
        {
            let end = line.trim_end().len().max(from + mark.len_utf8());
            let until = cut_unclosed(line, from + mark.len_utf8(), end);
            self.push(base + from, base + until, 0, true);
        }
    }

    fn push(&mut self, open: usize, close: usize, mark: usize, unclosed: bool) {
        let width = if mark == 1 { 1 } else { 3 };
        let inner = Span::new((open + width).min(close), close);
        self.quotations.push(Quotation { inner, outer: Span::new(open, close + mark), unclosed });
    }

    fn find_breaks(&mut self, text: &str) {
        let mut next = 0;
        let mut at = 0;
        let mut before = '\n';
        while at < text.len() {
            if let Some(q) = self.quotations.get(next).filter(|q| q.outer.start <= at) {
                let inner = q.inner.of(text);
                let end = Span::new(q.outer.end, q.outer.end);
                if ended(inner) || q.unclosed {
                    self.breaks.push(Break { span: end, mark: Mark::Quoted });
                } else if inner.ends_with(['，', ',']) {
                    self.breaks.push(Break { span: end, mark: Mark::QuotedComma });
                }
                at = q.outer.end.max(at);
                next += 1;
                before = '”';
                continue;
            }
            let Some(c) = text[at..].chars().next() else { break };
            let end = at + c.len_utf8();
            if matches!(c, '（' | '(')
                && let Some(close) = bracket_end(&text[end..])
            {
                at = end + close;
                before = ')';
                continue;
            }
            if let Some(mark) = self.mark(c, before, &text[end..]) {
                self.breaks.push(Break { span: Span::new(at, end), mark });
            }
            before = c;
            at = end;
        }
    }

    fn mark(&self, c: char, before: char, rest: &str) -> Option<Mark> {
        if c.is_ascii_alphanumeric() || ('\u{4e00}'..='\u{9fff}').contains(&c) {
            return None;
        }
        let after = rest.chars().next().unwrap_or('\n');
        Some(match c {
            '\n' => Mark::Line,
            '。' | '！' | '？' | '｡' => Mark::Stop,
            '!' | '?' if !before.is_ascii_alphanumeric() || after.is_whitespace() => Mark::Stop,
            '…' if after != '…' => Mark::Stop,
            '；' | ';' => Mark::Semicolon,
            '，' => Mark::Comma,
            ',' if !(before.is_ascii_digit() && after.is_ascii_digit()) => Mark::Comma,
            '：' => Mark::Colon,
            ':' if !(before.is_ascii_digit() && after.is_ascii_digit()) && after != '/' => {
                Mark::Colon
            }
            '—' if before == '—' => Mark::Gap,
            '】' | '|' | '●' | '▲' | '■' | '◆' | '↑' | '↓' | '→' | '►' | '>' | '│' | '丨' => {
                Mark::Gap
            }
            '\u{3000}' | ' ' | '\u{a0}' if is_han(before) && is_han(after) => Mark::Gap,
            '.' if before == '.' && after != '.' => Mark::Stop,
            _ => return None,
        })
    }
}

/// True if the last words between the marks end a sentence.
pub(super) fn ended(inner: &str) -> bool {
    let inner = inner.trim_end_matches(['’', '』', '”', '」', ')', '）', ' ']);
    inner.ends_with(['。', '！', '？', '!', '?', '…', '.', '～'])
}

fn opening(close: char) -> char {
    match close {
        '”' => '“',
        '」' => '「',
        '』' => '『',
        '’' => '‘',
        other => other,
    }
}

/// Where a quotation that never closes ends: with its paragraph, or at its first full stop where
/// that is far away.
fn cut_unclosed(line: &str, from: usize, to: usize) -> usize {
    if to.saturating_sub(from) <= MAX_UNCLOSED {
        return to.max(from);
    }
    line[from..to].find(['。', '！', '？']).map_or(to, |i| from + i + 3)
}

/// Length of a short bracket's content with its closing mark.
fn bracket_end(rest: &str) -> Option<usize> {
    let mut depth = 1;
    for (i, c) in rest.char_indices() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth -= 1,
            '\n' => return None,
            _ => {}
        }
        if depth == 0 {
            return Some(i + c.len_utf8());
        }
        if i > MAX_BRACKET {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inner(text: &str) -> Vec<&str> {
        Punctuation::new(text).quotations.iter().map(|q| q.inner.of(text)).collect()
    }

    #[test]
    fn nested_marks_belong_to_the_outer_quotation() {
        assert_eq!(inner("他说：“这叫‘重来’，懂吗？”又说「好」。"), ["这叫‘重来’，懂吗？", "好"]);
    }

    #[test]
    fn a_quotation_that_reopens_each_paragraph_is_one_quotation_a_paragraph() {
        let text = "她说：“先修路。\n“再修桥。”\n";
        assert_eq!(inner(text), ["先修路。", "再修桥。"]);
        assert!(Punctuation::new(text).quotations[0].unclosed);
    }

    #[test]
    fn ascii_marks_pair_by_turns() {
        assert_eq!(inner("He said \"go\" and \"stop\"."), ["go", "stop"]);
    }

    #[test]
    fn brackets_hide_their_commas() {
        let text = "张三（男，五岁）说，好";
        assert_eq!(Punctuation::new(text).breaks.len(), 1);
    }
}
