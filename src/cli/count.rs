//! `speakers` and `topics`: counts over a whole index as tables.

use super::args::{PeriodName, SpeakersCommand, TableFormat, TopicsCommand};
use super::ask::filters;
use super::number::noun;
use super::output::Output;
use super::render::texts;
use super::terminal::one_line;
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::record::{SpeakerRecord, TopicRow};
use crate::search::{self, Period, ReprintPolicy, SpeakerCount, TextCount};
use crate::text::harmless;
use crate::text::likeness::sound;
use crate::update::Snapshot;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// Columns of the longest bar.
const BAR: u64 = 30;

/// Runs `jianbao speakers`.
pub fn speakers(command: &SpeakersCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(command.place.place()?, &definition)?;
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    let policy = reprints(command.original_only);
    let mut found = search::speakers(&index, &command.pattern, &filters, policy)?;
    if found.is_empty() && command.pattern.chars().all(|c| c.is_ascii_alphabetic()) {
        let typed = command.pattern.to_lowercase();
        found = search::speakers(&index, "", &filters, policy)?;
        found.retain(|speaker| sound(&speaker.name).contains(&typed));
    }
    if found.is_empty() {
        talk!("no speaker's name holds `{}`", harmless(&command.pattern));
        return Ok(CommandOutcome::Nothing);
    }
    let shown = &found[..found.len().min(command.limit)];
    match command.format {
        TableFormat::Jsonl => shown.iter().try_for_each(|s| output.json(&SpeakerRecord(s)))?,
        TableFormat::Csv => {
            output.csv(&SpeakerRecord::COLUMNS, shown.iter().map(|s| SpeakerRecord(s).row()))?
        }
        TableFormat::Text => {
            speaker_table(shown, output)?;
            if found.len() > shown.len() {
                talk!("{} of {} speakers; -n shows more", shown.len(), found.len());
            }
        }
    }
    Ok(CommandOutcome::Found)
}

/// A line for each speaker.
fn speaker_table(speakers: &[SpeakerCount], output: &mut Output) -> Result<()> {
    let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
    let width = speakers.iter().map(|s| s.name.width()).max().unwrap_or(0).min(30);
    for speaker in speakers {
        let gap = " ".repeat(width.saturating_sub(speaker.name.width()));
        let titles: Vec<&str> = speaker.titles.iter().take(3).map(String::as_str).collect();
        let line = format!(
            "{}{gap} {:>6} {:<6} {:>6} {:<8} {:>6} {:<5}  {:>10} – {:>10}  {}",
            speaker.name,
            speaker.quotes,
            noun(speaker.quotes, "quote"),
            speaker.articles,
            noun(speaker.articles, "article"),
            speaker.texts,
            noun(speaker.texts, "text"),
            day(speaker.first),
            day(speaker.last),
            titles.join("；")
        );
        output.line(&one_line(line.trim_end()))?;
    }
    Ok(())
}

/// The treatment of reprints that `--original-only` asks for.
fn reprints(original_only: bool) -> ReprintPolicy {
    if original_only { ReprintPolicy::LeftOut } else { ReprintPolicy::Shown }
}

/// Runs `jianbao topics`.
pub fn topics(command: &TopicsCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(command.place.place()?, &definition)?;
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    let period = match command.by {
        None => Period::All,
        Some(PeriodName::Year) => Period::Year,
        Some(PeriodName::Month) => Period::Month,
        Some(PeriodName::Day) => Period::Day,
    };
    let counts = search::topics(&index, &filters, period, reprints(command.original_only))?;
    if counts.is_empty() {
        talk!("no article passes the filters");
        return Ok(CommandOutcome::Nothing);
    }
    let rows = || counts.iter().map(|((topic, time), count)| TopicRow::new(topic, time, count));
    match command.format {
        TableFormat::Jsonl => rows().try_for_each(|row| output.json(&row))?,
        TableFormat::Csv => output.csv(&TopicRow::COLUMNS, rows().map(|row| row.row()))?,
        TableFormat::Text => table(&counts, output)?,
    }
    Ok(CommandOutcome::Found)
}

/// A block for each topic, largest first, with a bar for each stretch of time.
fn table(counts: &BTreeMap<(String, String), TextCount>, output: &mut Output) -> Result<()> {
    let mut by_topic: BTreeMap<&str, Vec<(&str, &TextCount)>> = BTreeMap::new();
    for ((topic, time), count) in counts {
        by_topic.entry(topic).or_default().push((time, count));
    }
    let mut topics: Vec<(&str, Vec<(&str, &TextCount)>)> = by_topic.into_iter().collect();
    let total = |rows: &[(&str, &TextCount)]| rows.iter().map(|(_, n)| n.articles()).sum::<u64>();
    topics.sort_by(|a, b| total(&b.1).cmp(&total(&a.1)).then_with(|| a.0.cmp(b.0)));
    let most = counts.values().map(TextCount::articles).max().unwrap_or(1).max(1);
    let width = topics.iter().map(|(topic, _)| topic.width()).max().unwrap_or(0);
    for (topic, rows) in topics {
        let gap = " ".repeat(width - topic.width());
        for (i, (time, count)) in rows.iter().enumerate() {
            let name = if i == 0 { format!("{topic}{gap}") } else { " ".repeat(width) };
            let time = if time.is_empty() { String::new() } else { format!(" {time:<10}") };
            let bar = "█".repeat((count.articles() * BAR).div_ceil(most) as usize);
            let texts = texts(count.articles(), count.texts());
            output
                .line(&one_line(&format!("{name}{time} {:>8} {bar}{texts}", count.articles())))?;
        }
    }
    Ok(())
}
