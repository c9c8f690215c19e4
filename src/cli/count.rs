//! `speakers` and `topics`: counts over a whole index as tables.

use super::args::{PeriodName, SpeakersCommand, TableFormat, TopicsCommand};
use super::number::noun;
use super::output::Output;
use super::render::texts;
use super::search::filters;
use super::terminal::one_line;
use super::{Outcome, prepare};
use crate::error::Result;
use crate::update::Snapshot;
use crate::search::{self, TextCount, Period, ReprintPolicy, SpeakerCount};
use crate::text::harmless;
use serde_json::json;
use std::collections::BTreeMap;
use unicode_width::UnicodeWidthStr;

/// Columns of the longest bar.
const BAR: u64 = 30;

/// Runs `jianbao speakers`.
pub fn speakers(command: &SpeakersCommand, output: &mut Output) -> Result<Outcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(&command.place.index, &definition)?;
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    let found =
        search::speakers(&index, &command.pattern, &filters, reprints(command.original_only))?;
    if found.is_empty() {
        eprintln!("no speaker's name holds `{}`", harmless(&command.pattern));
        return Ok(Outcome::Nothing);
    }
    let total = found.len();
    let shown = || found.iter().take(command.limit);
    let day = |date: Option<jiff::civil::Date>| date.map(|d| d.to_string()).unwrap_or_default();
    match command.format {
        TableFormat::Jsonl => shown().try_for_each(|speaker| output.json(speaker))?,
        TableFormat::Csv => {
            let row = |s: &SpeakerCount| {
                let [quotes, articles, texts] =
                    [s.quotes, s.articles, s.texts].map(|n| n.to_string());
                vec![
                    s.name.clone(),
                    quotes,
                    articles,
                    day(s.first),
                    day(s.last),
                    s.titles.join("; "),
                    texts,
                ]
            };
            output.csv(
                &["name", "quotes", "articles", "first", "last", "titles", "texts"],
                shown().map(row),
            )?;
        }
        TableFormat::Text => {
            let width = shown().map(|s| s.name.width()).max().unwrap_or(0).min(30);
            for speaker in shown() {
                let gap = " ".repeat(width.saturating_sub(speaker.name.width()));
                let titles = speaker
                    .titles
                    .iter()
                    .take(3)
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join("；");
                let line = format!(
                    "{}{gap} {:>6} {:<6} {:>6} {:<8} {:>6} {:<5}  {:>10} – {:>10}  {titles}",
                    speaker.name,
                    speaker.quotes,
                    noun(speaker.quotes, "quote"),
                    speaker.articles,
                    noun(speaker.articles, "article"),
                    speaker.texts,
                    noun(speaker.texts, "text"),
                    day(speaker.first),
                    day(speaker.last)
                );
                output.line(&one_line(line.trim_end()))?;
            }
            if total > command.limit {
                eprintln!("{} of {total} speakers; -n shows more", command.limit);
            }
        }
    }
    Ok(Outcome::Found)
}

/// What the flag `--original-only` says.
fn reprints(original_only: bool) -> ReprintPolicy {
    if original_only { ReprintPolicy::LeftOut } else { ReprintPolicy::Shown }
}

/// Runs `jianbao topics`.
pub fn topics(command: &TopicsCommand, output: &mut Output) -> Result<Outcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(&command.place.index, &definition)?;
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    let period = match command.by {
        None => Period::All,
        Some(PeriodName::Year) => Period::Year,
        Some(PeriodName::Month) => Period::Month,
        Some(PeriodName::Day) => Period::Day,
    };
    let counts = search::topics(&index, &filters, period, reprints(command.original_only))?;
    if counts.is_empty() {
        eprintln!("no article passes the filters");
        return Ok(Outcome::Nothing);
    }
    match command.format {
        TableFormat::Jsonl => {
            for ((topic, time), n) in &counts {
                let mut row =
                    json!({ "topic": topic, "articles": n.articles(), "texts": n.texts() });
                if period != Period::All {
                    row["time"] = json!(time);
                }
                output.json(&row)?;
            }
        }
        TableFormat::Csv => {
            let rows = counts.iter().map(|((topic, time), n)| {
                vec![topic.clone(), time.clone(), n.articles().to_string(), n.texts().to_string()]
            });
            output.csv(&["topic", "time", "articles", "texts"], rows)?;
        }
        TableFormat::Text => table(&counts, output)?,
    }
    Ok(Outcome::Found)
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
