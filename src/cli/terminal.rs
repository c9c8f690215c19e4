//! A terminal's abilities (colours, links, width), and text made harmless for it: nothing an
//! article contains reaches it raw.

use super::args::When;
use crate::archive::path_of;
pub use crate::text::one_line;
use crate::text::{Span, percent_encoded};
use std::io::IsTerminal;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// How text is dressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    colour: Colour,
    links: LinkForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Colour {
    Plain,
    Ansi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LinkForm {
    None,
    Osc8,
}

/// The role of a piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// A headline.
    Title,
    /// Something that was looked for.
    Match,
    /// A speaker's name.
    Speaker,
    /// Dates, paths, counts.
    Aside,
    /// Words that somebody says.
    Speech,
    /// Words that a reprint lacks.
    Deleted,
    /// Words that only a reprint has.
    Inserted,
}

impl Style {
    /// The style for standard output.
    pub fn new(when: When) -> Style {
        let terminal = std::io::stdout().is_terminal();
        let refused = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|t| t == "dumb");
        let colour = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !refused && !dumb,
        };
        Style {
            colour: if colour { Colour::Ansi } else { Colour::Plain },
            links: if colour && terminal { LinkForm::Osc8 } else { LinkForm::None },
        }
    }

    /// The style that dresses nothing.
    #[cfg(test)]
    pub const fn plain() -> Style {
        Style { colour: Colour::Plain, links: LinkForm::None }
    }

    /// True if nothing is dressed at all.
    pub fn is_plain(self) -> bool {
        self.colour == Colour::Plain
    }

    /// `text`, made harmless, on one line and dressed as what it is.
    pub fn paint(self, role: Role, text: &str) -> String {
        let text = one_line(text);
        if self.colour == Colour::Plain || text.is_empty() {
            return text;
        }
        let code = match role {
            Role::Title => "1",
            Role::Match => "1;31",
            Role::Speaker => "36",
            Role::Aside => "2",
            Role::Speech | Role::Inserted => "32",
            Role::Deleted => "9;31",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A part of `text` with the spans in it painted as `role`; line breaks become spaces.
    pub fn marked(self, text: &str, part: Span, spans: &[Span], role: Role) -> String {
        let mut shown = String::new();
        let mut at = part.start;
        for span in spans.iter().filter(|s| part.contains(**s)) {
            shown.push_str(&one_line(Span::new(at.min(span.start), span.start).of(text)));
            shown.push_str(&self.paint(role, span.of(text)));
            at = span.end;
        }
        shown.push_str(&one_line(Span::new(at.min(part.end), part.end).of(text)));
        shown
    }

    /// A part of `text` with what was looked for and what is said in it painted; where they meet,
    /// the
    /// former wins. Line breaks become spaces.
    pub fn layered(self, text: &str, part: Span, found: &[Span], speech: &[Span]) -> String {
        let ends = |spans: &[Span]| spans.iter().flat_map(|s| [s.start, s.end]).collect::<Vec<_>>();
        let mut cuts = [ends(found), ends(speech), vec![part.start, part.end]].concat();
        cuts.retain(|cut| (part.start..=part.end).contains(cut));
        cuts.sort_unstable();
        cuts.dedup();
        let within = |spans: &[Span], piece: Span| spans.iter().any(|span| span.contains(piece));
        let mut shown = String::new();
        for ends in cuts.windows(2) {
            let piece = Span::new(ends[0], ends[1]);
            let words = piece.of(text);
            shown.push_str(&match () {
                () if within(found, piece) => self.paint(Role::Match, words),
                () if within(speech, piece) => self.paint(Role::Speech, words),
                () => one_line(words),
            });
        }
        shown
    }

    /// `text` as a link to a line of a file, where the terminal understands links.
    pub fn link(self, path: &str, line: Option<u64>, text: &str) -> String {
        let text = self.paint(Role::Aside, text);
        if self.links == LinkForm::None {
            return text;
        }
        let Ok(absolute) = std::path::absolute(path_of(path)) else { return text };
        let encoded = percent_encoded(absolute.as_os_str().as_encoded_bytes(), b"/");
        let fragment = line.map(|l| format!("#L{l}")).unwrap_or_default();
        format!("\u{1b}]8;;file://{encoded}{fragment}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\")
    }
}

/// Columns of the terminal that standard output is; 80 where it is none.
pub fn columns() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0)).clamp(20, 1_000)
}

/// `text` cut into lines of at most `width` columns, each after the first indented by `indent`. No
/// line begins with a mark that closes or ends with one that opens, and a Latin word, a number or
/// an address is cut only where it is longer than a line. Escape sequences take no room.
pub fn wrapped(text: &str, width: usize, indent: &str) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 40);
    let (mut used, mut escape) = (0, false);
    // Where the line may be broken, and the columns before it.
    let mut gap: Option<(usize, usize)> = None;
    let mut before = None;
    for c in text.chars() {
        if c == '\u{1b}' {
            escape = true;
        }
        if escape {
            escape = !c.is_ascii_alphabetic();
            shown.push(c);
            continue;
        }
        let columns = c.width().unwrap_or(0);
        if before.is_some_and(|before| may_part(before, c)) && columns > 0 {
            gap = Some((shown.len(), used));
        }
        before = Some(c);
        if used + columns > width {
            // A space at the end of a line is the break itself.
            if c == ' ' {
                gap = None;
                continue;
            }
            let (at, before) = gap.take().unwrap_or((shown.len(), used));
            let kept = shown[..at].trim_end_matches(' ').len();
            shown.replace_range(kept..at, &format!("\n{indent}"));
            used -= before;
        }
        used += columns;
        shown.push(c);
    }
    shown
}

/// Facts side by side, in lines of at most `width` columns; a fact is never cut.
pub fn packed(facts: &[String], width: usize) -> Vec<String> {
    const BETWEEN: &str = " · ";
    let mut lines: Vec<String> = Vec::new();
    for fact in facts {
        match lines.last_mut() {
            Some(line) if line.width() + BETWEEN.width() + fact.width() <= width => {
                line.push_str(BETWEEN);
                line.push_str(fact);
            }
            _ => lines.push(fact.clone()),
        }
    }
    lines
}

/// True if a line may end with `before` and the next begin with `after`.
fn may_part(before: char, after: char) -> bool {
    let opens = matches!(before, '“' | '‘' | '「' | '『' | '（' | '(' | '《' | '〈' | '【' | '[');
    let latin = is_latin(before) && is_latin(after);
    !(opens || latin || closes(after)) || before == ' '
}

/// True for a mark that does not begin a line.
fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。' | '、' | '；' | '：' | '！' | '？' | '”' | '’' | '」' | '』' | '）' | ')'
    ) || matches!(c, '》' | '〉' | '】' | ']' | '…' | '·' | ',' | '.' | ';' | ':' | '!' | '?' | '%')
}

/// True if `c` belongs to a Latin word, a number, a path or an address, which is not cut at the end
/// of a line.
fn is_latin(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '(' | ')' | '[' | ']' | '<' | '>' | '"' | '\'' | ',' | ';')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_cut_by_columns() {
        assert_eq!(wrapped("甲乙丙丁", 4, ""), "甲乙\n丙丁");
        assert_eq!(wrapped("甲乙abcd", 7, ""), "甲乙\nabcd");
        assert_eq!(wrapped("\u{1b}[1m甲乙\u{1b}[0m", 4, ""), "\u{1b}[1m甲乙\u{1b}[0m");
        assert_eq!(wrapped("甲乙 丙丁", 4, "  "), "甲乙\n  丙丁");
    }

    #[test]
    fn no_mark_hangs_over_the_edge_or_stands_alone() {
        assert_eq!(wrapped("甲乙，丙", 4, "  "), "甲\n  乙，\n  丙");
        assert_eq!(wrapped("甲乙。”丙", 6, ""), "甲\n乙。”\n丙");
        assert_eq!(wrapped("甲乙“丙丁”", 5, ""), "甲乙\n“丙\n丁”");
        for width in 4..20 {
            let text = "他说：“堤修好了，店就搬（到江边）去。”大家，都笑了！";
            let lines = wrapped(text, width, "");
            assert!(lines.lines().all(|line| line.width() <= width), "{width}: {lines}");
        }
    }

    #[test]
    fn a_path_and_an_address_are_not_cut_where_they_fit_a_line() {
        let path = "news/2023-07/a_b.json:12";
        for width in path.len()..60 {
            let lines = wrapped(&format!("原文在这里的文件 {path} 里"), width, "");
            assert!(lines.contains(path), "{width}: {lines}");
        }
        assert_eq!(wrapped("abcdefgh", 4, ""), "abcd\nefgh");
        let facts = ["+1 段".to_owned(), "原文 科技/云帆大模型.txt".to_owned()];
        assert_eq!(packed(&facts, 20), facts);
        assert_eq!(packed(&facts, 60), ["+1 段 · 原文 科技/云帆大模型.txt"]);
    }

    #[test]
    fn what_was_looked_for_shines_through_what_is_said() {
        let style = Style { colour: Colour::Ansi, links: LinkForm::None };
        let span = Span::new;
        let shown = style.layered("他说堤好", span(0, 12), &[span(6, 9)], &[span(6, 12)]);
        assert_eq!(shown, "他说\u{1b}[1;31m堤\u{1b}[0m\u{1b}[32m好\u{1b}[0m");
    }

    #[test]
    fn what_an_article_contains_is_made_harmless() {
        let style = Style::plain();
        assert_eq!(style.paint(Role::Title, "红\u{1b}[31m"), "红[31m");
        // A headline of several lines must not look like several hits.
        assert_eq!(style.paint(Role::Title, "红\r\n  2 黑"), "红   2 黑");
    }
}
