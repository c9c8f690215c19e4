//! A concordance: one line an occurrence, the word in the middle (KWIC, keyword in context).

use super::args::{Format, KwicOrder, SearchCommand};
use super::number::counted_all;
use super::output::Output;
use super::terminal::{Role, Style, columns, one_line};
use crate::error::{Error, Result};
use crate::passage::Head;
use crate::search::{Answer, Hit};
use crate::text::Span;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// An occurrence of what was looked for.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Occurrence<'a> {
    left: String,
    word: String,
    right: String,
    date: &'a str,
    date_inferred: bool,
    source: &'a str,
    path: &'a str,
    line: Option<u64>,
    key: String,
}

/// Columns of date and key, which are shown whatever the width.
const LEAST_FACTS: usize = 24;

/// The columns of a concordance as a table.
const COLUMNS: [&str; 9] =
    ["left", "word", "right", "date", "source", "path", "line", "key", "date_inferred"];

/// Prints the occurrences of an answer with `width` columns on either side, the first `-n` of them.
///
/// # Errors
/// [`Error::Usage`] where the format is none for a concordance; output that cannot be written.
pub fn print(
    command: &SearchCommand,
    answer: &Answer,
    width: usize,
    output: &mut Output,
) -> Result<()> {
    let mut all: Vec<Occurrence<'_>> =
        answer.hits.iter().flat_map(|hit| occurrences(hit, width)).collect();
    sort(&mut all, command.page.kwic_sort);
    let shown = &all[..all.len().min(command.page.limit)];
    match command.page.format {
        Format::Text => {
            let style = Style::new(command.page.color);
            shown.iter().try_for_each(|found| output.line(&aligned(found, width, style)))?;
            if shown.len() < all.len() {
                let found = counted_all(all.len(), "occurrence");
                talk!("{} of {found}; -n shows more", shown.len());
            } else {
                talk!("{}", counted_all(all.len(), "occurrence"));
            }
            Ok(())
        }
        Format::Csv => {
            output.mark(command.page.bom)?;
            output.csv(&COLUMNS, shown.iter().map(Occurrence::row))
        }
        Format::Jsonl => shown.iter().try_for_each(|found| output.json(found)),
        _ => Err(Error::Usage("--kwic prints with --format text, csv or jsonl".to_owned())),
    }
}

impl Occurrence<'_> {
    fn row(&self) -> Vec<String> {
        vec![
            self.left.clone(),
            self.word.clone(),
            self.right.clone(),
            self.date.to_owned(),
            self.source.to_owned(),
            self.path.to_owned(),
            self.line.map(|line| line.to_string()).unwrap_or_default(),
            self.key.clone(),
            self.date_inferred.to_string(),
        ]
    }
}

/// The occurrences in the passage of a hit.
fn occurrences(hit: &Hit, width: usize) -> impl Iterator<Item = Occurrence<'_>> {
    let head: &Head = &hit.passage.article;
    let text = hit.passage.text.as_str();
    hit.highlights.iter().map(move |&span| Occurrence {
        left: tail(&joined(&hit.before, Span::new(0, span.start).of(text)), width),
        word: one_line(span.of(text)),
        right: start(&joined(Span::new(span.end, text.len()).of(text), &hit.after), width),
        date: head.date.as_deref().map_or("", |date| date.get(..10).unwrap_or(date)),
        date_inferred: head.date_inferred,
        source: head.source.as_deref().unwrap_or_default(),
        path: &head.path,
        line: head.line,
        key: head.key.map(|key| key.to_string()).unwrap_or_default(),
    })
}

fn joined(a: &str, b: &str) -> String {
    one_line(&format!("{a}{b}"))
}

/// The end of a text in at most `width` columns.
fn tail(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    let reversed: Vec<char> = text.chars().rev().take_while(fits).collect();
    reversed.into_iter().rev().collect()
}

/// The start of a text in at most `width` columns.
fn start(text: &str, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    text.chars().take_while(fits).collect()
}

/// An occurrence as a line whose word stands under those of the others.
fn aligned(found: &Occurrence<'_>, width: usize, style: Style) -> String {
    let before = " ".repeat(width.saturating_sub(found.left.width()));
    let after = " ".repeat(width.saturating_sub(found.right.width()));
    let word = style.paint(Role::Match, &found.word);
    let inferred = if found.date_inferred { "（推断）" } else { "" };
    let date = format!("{}{inferred}", found.date);
    let facts = [&date, &found.key, found.source];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    // Two columns of space and four for the marks; what does not fit is the end of the outlet.
    let used = 2 * width + found.word.width() + 6;
    let facts = start(&facts.join(" "), columns().saturating_sub(used).max(LEAST_FACTS));
    let facts = style.paint(Role::Aside, &facts);
    // Marks keep the word apart where nothing is coloured.
    let (open, close) = if style.is_plain() { ("【", "】") } else { ("", "") };
    format!("{before}{}{open}{word}{close}{}{after}  {facts}", found.left, found.right)
}

/// Puts occurrences in order; equals stay as they are.
fn sort(all: &mut [Occurrence<'_>], order: KwicOrder) {
    match order {
        KwicOrder::Rank => {}
        KwicOrder::Left => all.sort_by_cached_key(|o| o.left.chars().rev().collect::<String>()),
        KwicOrder::Right => all.sort_by(|a, b| (&a.word, &a.right).cmp(&(&b.word, &b.right))),
        KwicOrder::Date => {
            all.sort_by(|a, b| (a.date.is_empty(), a.date).cmp(&(b.date.is_empty(), b.date)))
        }
        KwicOrder::Source => {
            all.sort_by(|a, b| {
                (a.source.is_empty(), a.source).cmp(&(b.source.is_empty(), b.source))
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_cut_by_columns_and_words_stand_under_each_other() {
        assert_eq!((tail("洪水退了", 5).as_str(), start("洪水退了", 5).as_str()), ("退了", "洪水"));
        let found = |left: &str, right: &str| Occurrence {
            left: left.to_owned(),
            word: "堤".to_owned(),
            right: right.to_owned(),
            date: "2024-05-01",
            date_inferred: false,
            source: "",
            path: "a",
            line: None,
            key: String::new(),
        };
        let style = Style::plain();
        let lines = [found("加固了", "坝"), found("a", "岸决口")].map(|o| aligned(&o, 6, style));
        assert_eq!(lines[0], "加固了【堤】坝      2024-05-01");
        assert_eq!(lines[1], "     a【堤】岸决口  2024-05-01");
    }

    #[test]
    fn occurrences_are_sorted_by_what_stands_beside_them() {
        let found = |left: &str, date: &'static str| Occurrence {
            left: left.to_owned(),
            word: "堤".to_owned(),
            right: String::new(),
            date,
            date_inferred: false,
            source: "",
            path: "",
            line: None,
            key: String::new(),
        };
        let mut all = [found("一乙", "2024"), found("二甲", ""), found("三乙", "2023")];
        sort(&mut all, KwicOrder::Date);
        assert_eq!(all.each_ref().map(|o| o.date), ["2023", "2024", ""]);
        sort(&mut all, KwicOrder::Left);
        // Read from the word outwards.
        assert_eq!(all.each_ref().map(|o| o.left.as_str()), ["一乙", "三乙", "二甲"]);
    }
}
