//! `jianbao stats`: what an index holds.

use super::args::{CountFormat, StatsCommand};
use super::number::counted;
use super::output::Output;
use super::place::Origin;
use super::render::texts;
use super::terminal::one_line;
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::record::{ArchiveRecord, DatesRecord, NumberMap, SCHEMA, StatsRecord};
use crate::search::{self, Answer, Facet, Lexicon, Order, Request};
use crate::update::{Ledger, Snapshot};

/// Values of a facet in the record.
const MOST_VALUES: usize = 50;
/// Values of a facet in the text.
const VALUES_SHOWN: usize = 8;

/// Runs `jianbao stats`.
pub fn stats(
    command: &StatsCommand,
    origin: &Origin,
    output: &mut Output,
) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let index = Snapshot::open(&command.place.index, &definition)?;
    let (ledger, counted) = (index.ledger()?, Counted::new(&index)?);
    let record = counted.record(origin, &index, &ledger);
    match command.format {
        CountFormat::Json => output.json(&record)?,
        CountFormat::Text => print(&record, output)?,
    }
    Ok(if record.articles > 0 { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

/// The counts of an index.
struct Counted {
    /// Sources, speakers and topics, with the oldest article.
    oldest: Answer,
    /// The newest article.
    newest: Answer,
    /// Articles by year, with those of no year.
    years: Vec<(Option<String>, u64)>,
    /// Groups of reprints, and the articles in them.
    groups: (u64, u64),
}

impl Counted {
    fn new(index: &Snapshot) -> Result<Counted> {
        let facets = vec![Facet::Source, Facet::Speaker, Facet::Topic];
        let oldest = Request { limit: 1, order: Order::Oldest, facets, ..Request::default() };
        let newest = Request { order: Order::Newest, facets: Vec::new(), ..oldest.clone() };
        // No words are cut for a question without words.
        let lexicon = Lexicon::empty();
        let years = search::years(index)?;
        let groups = index.groups().map_or((0, 0), |g| (g.len() as u64, g.articles() as u64));
        Ok(Counted {
            oldest: search::run(index, &oldest, &lexicon)?,
            newest: search::run(index, &newest, &lexicon)?,
            years: years.into_iter().map(|(y, n)| (y.map(|y| y.to_string()), n)).collect(),
            groups,
        })
    }

    fn record<'a>(
        &'a self,
        origin: &'a Origin,
        index: &'a Snapshot,
        ledger: &'a Ledger,
    ) -> StatsRecord<'a> {
        let (articles, passages, bytes, skipped) = ledger.totals();
        let (groups, members) = self.groups;
        let date = |answer: &'a Answer| answer.hits.first()?.passage.article.date.as_deref();
        let undated = self.years.iter().find(|(year, _)| year.is_none()).map_or(0, |(_, n)| *n);
        let years = self.years.iter().filter_map(|(year, n)| Some((year.as_deref()?, *n)));
        let top = |facet: usize| {
            let counts = self.oldest.facets[facet].counts.iter().take(MOST_VALUES);
            NumberMap(counts.map(|count| (count.value.as_str(), count.articles)).collect())
        };
        let archives = ledger.archives().into_iter();
        StatsRecord {
            schema: SCHEMA,
            index: index.folder(),
            index_from: origin.to_string(),
            format: index.manifest().format,
            definition: &index.manifest().definition,
            files: ledger.files.len(),
            archives: archives
                .map(|(path, (files, articles))| ArchiveRecord { path, files, articles })
                .collect(),
            articles,
            texts: (articles + groups).saturating_sub(members),
            passages,
            bytes,
            skipped,
            dates: DatesRecord { first: date(&self.oldest), last: date(&self.newest), undated },
            years: NumberMap(years.collect()),
            sources: top(0),
            speakers: top(1),
            topics: top(2),
        }
    }
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
