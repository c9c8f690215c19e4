//! `jianbao reprints`: who printed an article's text too, when, where, and what each changed.

use super::args::{CountFormat, ReprintsCommand};
use super::output::Output;
use super::terminal::{Role, Style, columns, wrapped};
use super::{Outcome, prepare, record};
use crate::error::Result;
use crate::index::Index;
use crate::passage::Passage;
use crate::search;
use crate::text::fold::fold;
use crate::text::word::Segmenter;
use serde_json::json;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Words that are shown before and after what changed.
const AROUND: usize = 6;

/// A stretch of a text beside the same stretch of another: words that went, words that came.
struct Change {
    before: String,
    deleted: String,
    inserted: String,
    after: String,
}

/// Runs `jianbao reprints`.
pub fn reprints(command: &ReprintsCommand, output: &mut Output) -> Result<Outcome> {
    let index = Index::open(&command.place.index, &prepare::definition(&command.place.definition)?)?;
    let segmenter = index.segmenter()?;
    let passages = search::article(&index, &command.name)?;
    let same = |a: &Passage, b: &Passage| a.article == b.article;
    let mut found = Outcome::Nothing;
    for article in passages.chunk_by(same) {
        let copies = search::reprints(&index, article)?;
        if copies.len() > 1 {
            found = Outcome::Found;
        }
        match command.format {
            CountFormat::Json => print_json(&copies, &segmenter, output)?,
            CountFormat::Text => print_text(&copies, &segmenter, Style::new(command.color), output)?,
        }
    }
    Ok(found)
}

fn print_json(copies: &[Vec<Passage>], segmenter: &Segmenter, output: &mut Output) -> Result<()> {
    let original = body(&copies[0]);
    let copy = |(i, copy): (usize, &Vec<Passage>)| {
        let changes = if i == 0 { Vec::new() } else { changes(&original, &body(copy), segmenter) };
        let changes: Vec<_> = changes.iter().map(|c| json!({ "deleted": c.deleted, "inserted": c.inserted })).collect();
        json!({ "article": copy[0].article, "original": i == 0, "changes": changes })
    };
    output.json(&json!({
        "schema": record::SCHEMA,
        "copies": copies.iter().enumerate().map(copy).collect::<Vec<_>>(),
    }))
}

fn print_text(copies: &[Vec<Passage>], segmenter: &Segmenter, style: Style, output: &mut Output) -> Result<()> {
    const INDENT: &str = "    ";
    let width = columns() - INDENT.len();
    let original = body(&copies[0]);
    for (i, copy) in copies.iter().enumerate() {
        let head = &copy[0].article;
        let title = head.title.as_deref().unwrap_or(&head.id);
        let mark = if i == 0 { "原文" } else { "转载" };
        output.line(&wrapped(&format!("{mark} {}", style.paint(Role::Title, title)), width, INDENT))?;
        let facts =
            [head.date.as_deref(), head.source.as_deref(), head.reprinted_by.as_deref(), Some(head.id.as_str())];
        let mut facts: Vec<&str> = facts.into_iter().flatten().filter(|fact| !fact.is_empty()).collect();
        let place = head.line.map_or_else(|| head.path.clone(), |line| format!("{}:{line}", head.path));
        facts.push(&place);
        output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &facts.join(" · "))))?;
        if i > 0 {
            let changes = changes(&original, &body(copy), segmenter);
            if changes.is_empty() {
                output.line(&format!("{INDENT}{}", style.paint(Role::Aside, "一字未改")))?;
            }
            for change in changes {
                let deleted = marked('-', &change.deleted, style, Role::Match);
                let inserted = marked('+', &change.inserted, style, Role::Speaker);
                let (before, after) = (one_line(&change.before), one_line(&change.after));
                let line = format!(
                    "{}{deleted}{inserted}{}",
                    style.paint(Role::Aside, &before),
                    style.paint(Role::Aside, &after)
                );
                output.line(&format!("{INDENT}{}", wrapped(&line, width, INDENT)))?;
            }
        }
    }
    output.line("")
}

/// What went or came, told apart without colours too: [-去掉-] [+加上+].
fn marked(sign: char, words: &str, style: Style, role: Role) -> String {
    if words.is_empty() { String::new() } else { style.paint(role, &format!("[{sign}{}{sign}]", one_line(words))) }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], "⏎")
}

fn body(passages: &[Passage]) -> String {
    passages.iter().map(|p| p.text.as_str()).collect()
}

/// Where `new` differs from `old`, word by word. Width, case and script make no difference.
fn changes(old: &str, new: &str, segmenter: &Segmenter) -> Vec<Change> {
    let cut = |text: &str| -> Vec<String> { segmenter.words(text).iter().map(|w| w.of(text).to_owned()).collect() };
    let (old, new) = (cut(old), cut(new));
    let folded = |words: &[String]| words.iter().map(|word| fold(word)).collect::<Vec<String>>();
    let ops = capture_diff_slices(Algorithm::Myers, &folded(&old), &folded(&new));
    let change = |op: &DiffOp| {
        let (was, is) = (op.old_range(), op.new_range());
        Change {
            before: old[was.start.saturating_sub(AROUND)..was.start].concat(),
            deleted: old[was.clone()].concat(),
            inserted: new[is].concat(),
            after: old[was.end..(was.end + AROUND).min(old.len())].concat(),
        }
    };
    ops.iter().filter(|op| !matches!(op, DiffOp::Equal { .. })).map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;

    #[test]
    fn a_change_is_told_word_by_word() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let found = changes("水位今天下降，大堤安全。", "水位昨天下降，大堤安全。", &segmenter);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].deleted.as_str(), found[0].inserted.as_str()), ("今天", "昨天"));
        assert!(changes("一样，ok。", "一樣,OK。", &segmenter).is_empty());
    }
}
