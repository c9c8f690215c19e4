//! A concordance in the terminal: one line an occurrence, words under each other.

use super::args::{Format, KwicOrder, SearchCommand};
use super::number::counted_all;
use super::output::Output;
use super::terminal::{Role, Style, columns};
use crate::error::{Error, Result};
use crate::record::{ConcordanceOrder, ContextWidth, OccurrenceRecord, sort_concordance};
use crate::search::{Answer, Hit};
use unicode_width::UnicodeWidthStr;

/// Columns of date and key, which are shown whatever the width.
const LEAST_FACTS: usize = 24;

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
    let around = ContextWidth::Columns(width);
    let mut all: Vec<OccurrenceRecord<'_>> =
        answer.hits.iter().flat_map(|hit| OccurrenceRecord::of(hit, day(hit), around)).collect();
    sort_concordance(&mut all, command.page.kwic_sort.into(), |occurrence| occurrence);
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
            output.csv(&OccurrenceRecord::COLUMNS, shown.iter().map(OccurrenceRecord::row))
        }
        Format::Jsonl => shown.iter().try_for_each(|found| output.json(found)),
        _ => Err(Error::Usage("--kwic prints with --format text, csv or jsonl".to_owned())),
    }
}

/// The day of a hit's article; empty where it has no date.
fn day(hit: &Hit) -> &str {
    hit.passage.article.date.as_deref().map_or("", |date| date.get(..10).unwrap_or(date))
}

impl From<KwicOrder> for ConcordanceOrder {
    fn from(order: KwicOrder) -> ConcordanceOrder {
        match order {
            KwicOrder::Rank => ConcordanceOrder::Rank,
            KwicOrder::Left => ConcordanceOrder::Left,
            KwicOrder::Right => ConcordanceOrder::Right,
            KwicOrder::Date => ConcordanceOrder::Date,
            KwicOrder::Source => ConcordanceOrder::Source,
        }
    }
}

/// An occurrence as a line whose word stands under those of the others.
fn aligned(found: &OccurrenceRecord<'_>, width: usize, style: Style) -> String {
    let before = " ".repeat(width.saturating_sub(found.left.width()));
    let after = " ".repeat(width.saturating_sub(found.right.width()));
    let word = style.paint(Role::Match, &found.word);
    let inferred = if found.date_inferred { "（推断）" } else { "" };
    let date = format!("{}{inferred}", found.date);
    let facts = [&date, &found.key, found.source];
    let facts: Vec<&str> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
    // Two columns of space and four for the marks; an outlet that does not fit is left out whole.
    let used = 2 * width + found.word.width() + 6;
    let room = columns().saturating_sub(used).max(LEAST_FACTS);
    let all = facts.join(" ");
    let facts = if all.width() > room { format!("{date} {}", found.key) } else { all };
    let facts = ContextWidth::Columns(room).start(facts.trim());
    let facts = style.paint(Role::Aside, &facts);
    // Marks keep the word apart where nothing is coloured.
    let (open, close) = if style.is_plain() { ("【", "】") } else { ("", "") };
    format!("{before}{}{open}{word}{close}{}{after}  {facts}", found.left, found.right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_are_cut_by_columns_and_words_stand_under_each_other() {
        let width = ContextWidth::Columns(5);
        assert_eq!(
            (width.tail("洪水退了").as_str(), width.start("洪水退了").as_str()),
            ("退了", "洪水")
        );
        let found = |left: &str, right: &str| OccurrenceRecord {
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
}
