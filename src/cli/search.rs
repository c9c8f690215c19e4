//! `jianbao search`: brings the index up to date where that is wanted, then one question, a batch
//! of
//! them, or the prompt.

use super::args::{Format, SearchCommand};
use super::ask::{ask, filters, request};
use super::config::Config;
use super::opened::Opened;
use super::output::Output;
use super::{CommandOutcome, prompt, render, update};
use crate::error::{Error, Result};
use crate::query::{self, Filters};
use crate::record::HitRecord;
use crate::search::{self, Answer};
use rayon::prelude::*;
use std::io::{IsTerminal, Read};
use std::path::Path;

/// Runs `jianbao search`.
pub fn search(
    command: &SearchCommand,
    config: &Config,
    output: &mut Output,
) -> Result<CommandOutcome> {
    if !command.archive.is_empty() {
        update::bring_up_to_date(
            &command.archive,
            &command.place,
            &command.reading,
            &command.running,
        )?;
    }
    let opened = Opened::new(&command.place)?;
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
        return prompt::run(command, config, &opened, output);
    }
    let answer = ask(command, &opened.sparing(), output)?;
    Ok(if answer.hits.is_empty() && command.page.limit > 0 {
        CommandOutcome::Nothing
    } else {
        CommandOutcome::Found
    })
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
    let text = if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(Error::io("read", "standard input"))?;
        text
    } else {
        std::fs::read_to_string(path).map_err(Error::io("read", path))?
    };
    let lines: Vec<(String, String)> = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| match line.split_once('\t') {
            Some((name, query)) => (name.trim().to_owned(), query.to_owned()),
            None => ((i + 1).to_string(), line.to_owned()),
        })
        .collect();
    let mut found = false;
    for lines in lines.chunks(1_000) {
        let answers: Vec<Result<Answer>> = lines
            .par_iter()
            .map(|(_, line)| {
                let request = request(command, query::parse(line).0, filters.clone());
                opened.run(&request)
            })
            .collect();
        for ((name, _), answer) in lines.iter().zip(answers) {
            let answer = answer?;
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
    Ok(if found { CommandOutcome::Found } else { CommandOutcome::Nothing })
}
