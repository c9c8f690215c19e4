//! `jianbao speaker`: one speaker, with titles over time, namesakes, months, topics and company.

use super::args::{CountFormat, SpeakerCommand};
use super::ask::filters;
use super::number::counted;
use super::opened::Opened;
use super::output::Output;
use super::render::{bar, texts};
use super::terminal::{Role, Style, columns, one_line, wrapped};
use super::{CommandOutcome, remarks};
use crate::error::Result;
use crate::search::{self, Request, SpeakerProfile};
use crate::text::harmless;

/// Values of a section that are shown; JSON has more.
const VALUES_SHOWN: usize = 8;
/// Width of the names of the sections.
const NAME: usize = 10;

/// Runs `jianbao speaker`.
pub fn speaker(command: &SpeakerCommand, output: &mut Output) -> Result<CommandOutcome> {
    let opened = Opened::new(&command.place)?;
    let mut flags = command.filters.clone();
    flags.speaker = vec![command.name.clone()];
    let filters = search::resolve(&filters(&flags)?, &opened.definition, &opened.index)?;
    let request = Request { filters, ..Request::default() };
    let found = search::profile(&opened.index, &command.name, &request, &opened.lexicon)?;
    let Some(profile) = found else {
        talk!("nobody called `{}` says anything in the index", harmless(&command.name));
        remarks::suggest(&flags, &opened.index, &opened.definition)?;
        return Ok(CommandOutcome::Nothing);
    };
    match command.format {
        CountFormat::Json => output.json(&profile)?,
        CountFormat::Text => print(&profile, Style::new(command.color), output)?,
    }
    Ok(CommandOutcome::Found)
}

fn print(profile: &SpeakerProfile, style: Style, output: &mut Output) -> Result<()> {
    let articles = counted(profile.articles, "article");
    let of_texts = texts(profile.articles, profile.texts);
    let head = format!("{} in {articles}{of_texts}", counted(profile.statements, "statement"));
    output.line(&format!("{} · {head}", style.paint(Role::Speaker, &profile.name)))?;
    section("names", &profile.aliases.join("、"), style, output)?;
    let kinds = profile.kinds;
    let line =
        format!("direct {} · reported {} · mixed {}", kinds.direct, kinds.indirect, kinds.mixed);
    section("given", &line, style, output)?;
    titles(profile, style, output)?;
    let pairs = |pairs: &[(String, u64)]| {
        let shown = pairs.iter().take(VALUES_SHOWN).map(|(name, n)| format!("{name} {n}"));
        shown.collect::<Vec<_>>().join(" · ")
    };
    section("topics", &pairs(&profile.topics), style, output)?;
    section("together", &pairs(&profile.together), style, output)?;
    section("outlets", &pairs(&profile.sources), style, output)?;
    let most = profile.months.iter().map(|(_, n)| *n).max().unwrap_or(0);
    for (i, (month, n)) in profile.months.iter().enumerate() {
        let name =
            style.paint(Role::Aside, &format!("{:<NAME$}", if i == 0 { "months" } else { "" }));
        output.line(format!("{name} {month} {n:>5}  {}", bar(*n, most)).trim_end())?;
    }
    if profile.undated > 0 {
        let undated = counted(profile.undated, "statement");
        section("undated", &undated, style, output)?;
    }
    Ok(())
}

/// The titles in order of time; those of another person after a line that says so.
fn titles(profile: &SpeakerProfile, style: Style, output: &mut Output) -> Result<()> {
    for (i, person) in profile.persons.iter().enumerate() {
        if i > 0 {
            let text =
                format!("perhaps somebody else, {}", counted(person.statements, "statement"));
            section("namesake", &text, style, output)?;
        }
        for (j, span) in person.titles.iter().enumerate() {
            let name = if i == 0 && j == 0 { "titles" } else { "" };
            let days = match (&span.first, &span.last) {
                (Some(first), Some(last)) if first != last => format!("{first} – {last}"),
                (Some(day), _) => format!("{day:<23}"),
                _ => format!("{:<23}", "undated"),
            };
            let title = if span.title.is_empty() { "（无头衔）" } else { &span.title };
            section(name, &format!("{days} {:>5}  {title}", span.statements), style, output)?;
        }
    }
    Ok(())
}

/// Prints a section in lines that fit, if there is anything in it.
fn section(name: &str, text: &str, style: Style, output: &mut Output) -> Result<()> {
    if text.trim().is_empty() {
        return Ok(());
    }
    let indent = " ".repeat(NAME + 1);
    let text = wrapped(&one_line(text), columns().saturating_sub(NAME + 1), &indent);
    output.line(&format!("{} {text}", style.paint(Role::Aside, &format!("{name:<NAME$}"))))
}
