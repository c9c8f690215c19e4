//! `jianbao reprints`: who reprinted an article, when, where, and what each reprint changed.

use super::args::{CountFormat, ReprintsCommand};
use super::number::{counted_all, verb};
use super::output::Output;
use super::terminal::{Role, Style, columns, one_line, wrapped};
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::passage::{self, Passage};
use crate::record::{ReprintGroupRecord, ReprintRecord, SCHEMA};
use crate::reprint::{Difference, Edit, difference};
use crate::search;
use crate::text::{Span, harmless};
use crate::update::Snapshot;

const INDENT: &str = "     ";
/// Characters shown before and after a change.
const AROUND: usize = 12;
/// Characters shown of each end of a long change.
const ENDS: usize = 30;
/// Stretches of changes shown of one reprint.
const MOST_SHOWN: usize = 20;

/// An article put together again.
struct Printed<'a> {
    passages: &'a [Passage],
    body: String,
}

impl Printed<'_> {
    /// The article beside its original.
    fn record<'a>(&'a self, original: &'a Printed<'_>, found: &Difference) -> ReprintRecord<'a> {
        ReprintRecord::new(&self.passages[0].article, &self.body, &original.body, found)
    }
}

/// Runs `jianbao reprints`.
pub fn reprints(command: &ReprintsCommand, output: &mut Output) -> Result<CommandOutcome> {
    let index =
        Snapshot::open(command.place.place()?, &prepare::definition(&command.place.definition)?)?;
    let groups = search::reprints(&index, &command.name, command.limit)?;
    if groups.is_empty() {
        talk!("no reprint of `{}` in the index", harmless(&command.name));
        return Ok(CommandOutcome::Nothing);
    }
    let (segmenter, style) = (index.segmenter()?, Style::new(command.color));
    for group in &groups {
        let mut copies = group
            .articles
            .iter()
            .map(|passages| Printed { body: passage::body(passages), passages });
        let Some(original) = copies.next() else { continue };
        let compared =
            copies.map(|copy| (difference(&original.body, &copy.body, &segmenter), copy));
        match command.format {
            CountFormat::Json => {
                let compared: Vec<(Difference, Printed<'_>)> = compared.collect();
                output.json(&ReprintGroupRecord {
                    schema: SCHEMA,
                    articles: group.count,
                    original: (&*original.passages[0].article).into(),
                    reprints: compared
                        .iter()
                        .map(|(found, copy)| copy.record(&original, found))
                        .collect(),
                })?;
            }
            CountFormat::Text => {
                print_head("原文", &original, style, output)?;
                for (found, copy) in compared {
                    print_head("转载", &copy, style, output)?;
                    print_changes(&original, &copy, &found, style, output)?;
                }
                output.line("")?;
            }
        }
        if group.count.saturating_sub(1) > command.limit {
            talk!("{} of {} reprints; -n shows more", command.limit, group.count - 1);
        }
    }
    Ok(CommandOutcome::Found)
}

fn print_head(name: &str, copy: &Printed<'_>, style: Style, output: &mut Output) -> Result<()> {
    let head = &copy.passages[0].article;
    let by = head.reprinted_by.as_ref().map(|by| format!("转载：{by}"));
    let date = head.shown_date();
    let facts = [date.as_deref(), head.source.as_deref(), by.as_deref()];
    let facts: String =
        facts.into_iter().flatten().filter(|f| !f.is_empty()).map(|f| format!("{f} · ")).collect();
    let place = style.link(&head.path, head.line, &format!("{} ({})", head.place(), head.id));
    let facts = style.paint(Role::Aside, &facts);
    output.line(&format!("{} {facts}{place}", style.paint(Role::Speaker, name)))?;
    let title = search::headline(head.title.as_deref(), &copy.passages[0].text);
    let title = style.paint(Role::Title, &title);
    output.line(&format!("{INDENT}{}", wrapped(&title, columns() - INDENT.len(), INDENT)))
}

/// The changes with a little of what stands around them; those that are near each other on one
/// line.
fn print_changes(
    original: &Printed<'_>,
    copy: &Printed<'_>,
    found: &Difference,
    style: Style,
    output: &mut Output,
) -> Result<()> {
    let percent = (100.0 * found.likeness()).floor();
    let counts = format!(
        "{percent} % the same, {} deleted, {} inserted",
        counted_all(found.deleted, "word"),
        found.inserted
    );
    output.line(&format!("{INDENT}{}", style.paint(Role::Aside, &counts)))?;
    let near = |a: &Edit, b: &Edit| {
        Span::new(a.inserted.end, b.inserted.start.max(a.inserted.end))
            .of(&copy.body)
            .chars()
            .count()
            <= 2 * AROUND
    };
    let stretches: Vec<&[Edit]> = found.changes.chunk_by(near).collect();
    for changes in stretches.iter().take(MOST_SHOWN) {
        let line = stretch(original, copy, changes, style);
        output.line(&format!("{INDENT}{}", wrapped(&line, columns() - INDENT.len(), INDENT)))?;
    }
    let mut rest: Vec<String> = Vec::new();
    if let Some(more) = stretches.len().checked_sub(MOST_SHOWN).filter(|&more| more > 0) {
        rest.push(format!(
            "{} with changes; --format json has all",
            counted_all(more, "more place")
        ));
    }
    if found.left_out > 0 {
        let verb = verb(found.left_out as u64, "was", "were");
        rest.push(format!(
            "{} at the end {verb} not compared",
            counted_all(found.left_out, "word")
        ));
    }
    rest.iter()
        .try_for_each(|line| output.line(&format!("{INDENT}{}", style.paint(Role::Aside, line))))
}

/// Some changes that are near each other, in their surroundings in the copy.
fn stretch(original: &Printed<'_>, copy: &Printed<'_>, changes: &[Edit], style: Style) -> String {
    let body = copy.body.as_str();
    let (start, end) = (changes[0].inserted.start, changes[changes.len() - 1].inserted.end);
    let before: Vec<char> = body[..start].chars().rev().take(AROUND).collect();
    let mut at = start - before.iter().map(|c| c.len_utf8()).sum::<usize>();
    let mut line = if at > 0 { "…".to_owned() } else { String::new() };
    for change in changes {
        line.push_str(&one_line(Span::new(at, change.inserted.start.max(at)).of(body)));
        line.push_str(&edit(Role::Deleted, change.deleted.of(&original.body), style));
        line.push_str(&edit(Role::Inserted, change.inserted.of(body), style));
        at = change.inserted.end;
    }
    let after: String = body[end..].chars().take(AROUND).collect();
    line.push_str(&one_line(&after));
    if end + after.len() < body.len() {
        line.push('…');
    }
    line
}

/// Deleted or inserted words, painted, or between marks (those of wdiff) where nothing is; of long
/// ones the two ends.
fn edit(role: Role, words: &str, style: Style) -> String {
    let words = one_line(words.trim());
    if words.is_empty() {
        return words;
    }
    let count = words.chars().count();
    let shown = if count > 3 * ENDS {
        let (head, tail): (String, String) =
            (words.chars().take(ENDS).collect(), words.chars().skip(count - ENDS).collect());
        format!("{head}…（{} 字）…{tail}", count - 2 * ENDS)
    } else {
        words
    };
    match (style.is_plain(), role) {
        (true, Role::Deleted) => format!("[-{shown}-]"),
        (true, _) => format!("{{+{shown}+}}"),
        (false, role) => style.paint(role, &shown),
    }
}
