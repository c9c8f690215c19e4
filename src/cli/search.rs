//! `jianbao search`: brings the index up to date where that is wanted, then one question, a batch
//! of them, or the prompt.

use super::args::{Format, SearchCommand};
use super::ask::{ask, asks_nothing, filters, found_nothing, request};
use super::config::Config;
use super::opened::Opened;
use super::output::Output;
use super::{CommandOutcome, prompt, remarks, render, update};
use crate::error::{Error, Result};
use crate::query::{self, Filters, Remark};
use crate::record::HitRecord;
use crate::search::{self, Answer};
use crate::text::harmless;
use rayon::prelude::*;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// Runs `jianbao search`.
pub fn search(
    command: &SearchCommand,
    config: &Config,
    output: &mut Output,
) -> Result<CommandOutcome> {
    update::bring_up_to_date(&command.first, &command.place)?;
    let opened = Opened::asked(command)?;
    let filters = search::resolve(&filters(&command.filters)?, &opened.definition, &opened.index)?;
    if let Some(path) = &command.page.queries {
        return batch(command, path, &opened, &filters, output);
    }
    if command.words.is_empty() && filters.is_empty() && !command.page.asks_all() {
        if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return Err(Error::Usage(
                "nothing to search for; give words or a filter like --speaker".to_owned(),
            ));
        }
        return prompt::run(command, config, opened, output);
    }
    let answer = ask(command, &opened.sparing(), output)?;
    let none = found_nothing(&answer, command.page.limit);
    Ok(if none { CommandOutcome::Nothing } else { CommandOutcome::Found })
}

/// Answers every line of a file, in parallel, in the order of the lines.
fn batch(
    command: &SearchCommand,
    path: &Path,
    opened: &Opened,
    filters: &Filters,
    output: &mut Output,
) -> Result<CommandOutcome> {
    if !matches!(command.page.format, Format::Trec | Format::Jsonl) {
        return Err(Error::Usage(
            "--queries answers with --format trec or --format jsonl".to_owned(),
        ));
    }
    let text = read_queries(path)?;
    let lines: Vec<(String, String)> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| match line.split_once('\t') {
            Some((name, query)) => (name.trim().to_owned(), query.to_owned()),
            None => ((i + 1).to_string(), line.to_owned()),
        })
        .collect();
    let mut found = false;
    let mut notes = BatchNotes::default();
    for lines in lines.chunks(1_000) {
        let answers: Vec<Result<(Answer, Vec<Remark>)>> = lines
            .par_iter()
            .map(|(_, line)| {
                let (query, mut remarks) = query::parse(line);
                let nothing = query.clauses.is_empty() && filters.is_empty();
                if nothing || asks_nothing(line, &query) {
                    let left = "nothing to search for is left of the line";
                    remarks.push(Remark(left.to_owned()));
                    return Ok((Answer::default(), remarks));
                }
                let answer = opened.run(&request(command, query, filters.clone()))?;
                Ok((answer, remarks))
            })
            .collect();
        for ((name, _), answer) in lines.iter().zip(answers) {
            let (answer, remarks) = answer?;
            notes.tell(name, &answer, &remarks);
            found |= !answer.hits.is_empty();
            for hit in &answer.hits {
                match command.page.format {
                    Format::Trec => render::trec(name, hit, output)?,
                    _ => {
                        output.json(&HitRecord { query: Some(name), ..hit.into() })?;
                    }
                }
            }
        }
    }
    notes.end();
    remarks::tell_missing(&opened.index);
    Ok(if found { CommandOutcome::Found } else { CommandOutcome::Nothing })
}

/// Bytes of the longest file of queries.
const MOST_QUERY_BYTES: u64 = 64 << 20;

/// Reads the file of queries, or standard input.
///
/// # Errors
/// [`Error::Usage`] where it is longer than [`MOST_QUERY_BYTES`] or no text.
fn read_queries(path: &Path) -> Result<String> {
    let (input, name): (Box<dyn Read>, &Path) = if path == Path::new("-") {
        (Box::new(std::io::stdin()), Path::new("standard input"))
    } else {
        (Box::new(std::fs::File::open(path).map_err(Error::io("read", path))?), path)
    };
    let mut bytes = Vec::new();
    input.take(MOST_QUERY_BYTES + 1).read_to_end(&mut bytes).map_err(Error::io("read", name))?;
    let shown = name.display();
    if bytes.len() as u64 > MOST_QUERY_BYTES {
        let most = MOST_QUERY_BYTES >> 20;
        return Err(Error::Usage(format!("{shown} has more than {most} MB of queries")));
    }
    String::from_utf8(bytes).map_err(|_| Error::Usage(format!("{shown} is no text in UTF-8")))
}

/// Notes on the lines of a batch: the first few are told, the others counted.
#[derive(Default)]
struct BatchNotes {
    told: usize,
}

impl BatchNotes {
    const MOST: usize = 20;

    /// Tells what was read otherwise than typed in the line `name`, and how its answer was found.
    fn tell(&mut self, name: &str, answer: &Answer, remarks: &[Remark]) {
        let name = harmless(name);
        for note in remarks.iter().map(|r| r.0.clone()).chain(remarks::of(answer)) {
            self.told += 1;
            if self.told <= BatchNotes::MOST {
                talk!("{name}: {}", harmless(&note));
            }
        }
    }

    /// Tells how many notes were not told.
    fn end(&self) {
        if let Some(more) = self.told.checked_sub(BatchNotes::MOST).filter(|&more| more > 0) {
            talk!("and {more} more such notes");
        }
    }
}
