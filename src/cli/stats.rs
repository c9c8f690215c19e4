//! `jianbao stats`: what an index holds.

use super::args::{CountFormat, StatsCommand};
use super::number::counted;
use super::output::Output;
use super::place::Origin;
use super::render::texts;
use super::terminal::one_line;
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::record::{NumberMap, StatsRecord};
use crate::search::Holdings;
use crate::update::Snapshot;

/// Values of a facet in the text.
const VALUES_SHOWN: usize = 8;

/// Runs `jianbao stats`.
pub fn stats(
    command: &StatsCommand,
    origin: &Origin,
    output: &mut Output,
) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(command.place.place()?, &definition)?;
    let (ledger, holdings) = (index.ledger()?, Holdings::new(&index)?);
    let record = StatsRecord::new(&holdings, origin.to_string(), &index, &ledger);
    match command.format {
        CountFormat::Json => output.json(&record)?,
        CountFormat::Text => print(&record, output)?,
    }
    Ok(if record.articles > 0 { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

/// Prints the counts for a reader.
fn print(record: &StatsRecord<'_>, output: &mut Output) -> Result<()> {
    let mut line = |name: &str, text: &str| output.line(&format!("{name:<10} {}", one_line(text)));
    let index = record.index.display();
    line("index", &format!("{index} (format {}; {})", record.format, record.index_from))?;
    line("files", &record.files.to_string())?;
    let articles = format!("{}{}", record.articles, texts(record.articles, record.texts));
    line("articles", &articles)?;
    line("passages", &record.passages.to_string())?;
    line("text", &format!("{:.1} MB", record.bytes as f64 / 1e6))?;
    line("skipped", &counted(record.skipped, "record"))?;
    let [first, last] = [record.dates.first, record.dates.last].map(|date| date.unwrap_or("?"));
    let undated = counted(record.dates.undated, "article");
    line("dates", &format!("{first} to {last} ({undated} undated)"))?;
    for archive in &record.archives {
        let counts = [counted(archive.files, "file"), counted(archive.articles, "article")];
        line("archive", &format!("{} ({})", archive.path, counts.join(", ")))?;
    }
    let facets =
        [("sources", &record.sources), ("speakers", &record.speakers), ("topics", &record.topics)];
    for (name, NumberMap(counts)) in facets {
        let counts = counts.iter().take(VALUES_SHOWN).map(|(value, n)| format!("{value} {n}"));
        line(name, &counts.collect::<Vec<_>>().join(" · "))?;
    }
    Ok(())
}
