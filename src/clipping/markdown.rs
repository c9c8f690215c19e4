//! Clippings as Markdown.

use super::{Clipping, citation};
use crate::text::harmless;
use std::fmt::Write as _;

/// A document of clippings, each with its statements and provenance, the references at its end.
pub fn markdown(clippings: &[Clipping]) -> String {
    let mut text = String::from("# 剪报\n");
    for (i, clipping) in clippings.iter().enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n## {}. {}\n\n", i + 1, escaped(&clipping.title()));
        for line in harmless(&clipping.text).lines().filter(|line| !line.trim().is_empty()) {
            let _ = writeln!(text, "> {}", escaped(line.trim()));
            text.push_str(">\n");
        }
        text.truncate(text.trim_end_matches(">\n").len());
        text.push('\n');
        for statement in &clipping.statements {
            let words = statement.words.trim();
            let line = format!("- {}：“{words}”", statement.attribution());
            let _ = writeln!(text, "{}", escaped_after_mark(&line));
        }
        for fact in clipping.printings() {
            let _ = writeln!(text, "- {}", escaped(&fact));
        }
        let _ = writeln!(text, "- 出处：`{}`（{}）[{}]", clipping.place(), clipping.key, i + 1);
    }
    text.push_str("\n## 参考文献\n\n");
    for (i, clipping) in clippings.iter().enumerate() {
        let _ = writeln!(text, "[{}] {}\n", i + 1, escaped(&citation(clipping)));
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// A line of a list with what follows its mark escaped.
fn escaped_after_mark(line: &str) -> String {
    match line.strip_prefix("- ") {
        Some(rest) => format!("- {}", escaped(rest)),
        None => escaped(line),
    }
}

/// Text on one line that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let text = harmless(text);
    let mut shown = String::with_capacity(text.len());
    let mut following = text.chars().skip(1);
    for (i, c) in text.chars().enumerate() {
        let next = following.next();
        let begins = i == 0 && matches!(c, '#' | '+' | '-' | '=' | '~' | '>');
        // Brackets are text unless an address or a definition follows.
        let links = c == ']' && matches!(next, Some('(' | '[' | ':'));
        if begins || links || matches!(c, '\\' | '`' | '*' | '_' | '<' | '|') {
            shown.push('\\');
        }
        shown.push(if matches!(c, '\n' | '\t') { ' ' } else { c });
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clipping::tests::clipping;

    #[test]
    fn a_document_has_words_statements_and_references() {
        let mut clipping = clipping();
        clipping.article.title = Some("# 甲[1](b)*".to_owned());
        let text = markdown(&[clipping]);
        assert!(text.contains("## 1. \\# 甲[1\\](b)\\*\n\n> 王建国说"), "{text}");
        assert!(
            text.contains("- 王建国（县长）：“说”，直接引语，署名：“堤坝明年合龙。”\n"),
            "{text}"
        );
        assert!(text.contains("- 出处：`a/堤.txt:3`（abcdefghijklm）[1]\n"), "{text}");
        assert!(text.ends_with("https://example.org/a?b=1&c=2.\n"), "{text}");
    }
}
