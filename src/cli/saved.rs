//! Saved searches: `jianbao watch-for` keeps one, `jianbao new` tells what came since it was asked
//! last.

use super::args::{Arguments, Command, NewCommand, NewFormat, SearchCommand, WatchForCommand};
use super::ask::{filters, request};
use super::config::Config;
use super::number::{counted, noun, verb};
use super::opened::Opened;
use super::output::Output;
use super::place::{self, Origin};
use super::terminal::{Style, one_line};
use super::{CommandOutcome, files, hit};
use crate::clipping::atom;
use crate::engine::Order;
use crate::error::{Error, Result};
use crate::passage::ArticleKey;
use crate::query;
use crate::record::HitRecord;
use crate::search::{self, Hit, Request};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;

/// Articles of a saved search that are remembered: the newest of more.
const MOST_REMEMBERED: usize = 20_000;

/// A saved search.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Saved {
    /// The words and flags, as `jianbao search` takes them.
    line: Vec<String>,
    /// The articles that were told of.
    seen: BTreeSet<ArticleKey>,
}

/// Runs `jianbao watch-for`: what answers by now counts as known.
pub fn watch_for(
    command: &WatchForCommand,
    config: &Config,
    output: &mut Output,
) -> Result<CommandOutcome> {
    keep(&command.name, &command.line, config)?;
    output.flush()?;
    Ok(CommandOutcome::Found)
}

/// Keeps a search under a name; what answers by now counts as known.
///
/// # Errors
/// [`Error::Usage`] where the line is no search or the name none for a file; those of a search.
pub fn keep(name: &str, line: &[String], config: &Config) -> Result<()> {
    let search = parsed(line, config)?;
    let hits = hits(&search, &Opened::new(&search.place)?)?;
    save(name, &Saved { line: line.to_vec(), seen: keys(&hits).collect() })?;
    let (known, verb) = (hits.len() as u64, verb(hits.len() as u64, "answers", "answer"));
    talk!("{} is kept; {} {verb} by now", one_line(name), counted(known, "article"));
    Ok(())
}

/// Runs `jianbao new`.
pub fn new(command: &NewCommand, config: &Config, output: &mut Output) -> Result<CommandOutcome> {
    let Some(name) = &command.name else { return list(output) };
    if command.forget {
        let path = file(name)?;
        std::fs::remove_file(&path).map_err(|_| unknown(name))?;
        return Ok(CommandOutcome::Found);
    }
    let mut saved = load(name)?;
    let mut search = parsed(&saved.line, config)?;
    if !saved.line.iter().any(|word| word.starts_with("--index")) {
        search.place = command.place.clone();
    }
    let opened = Opened::new(&search.place)?;
    let mut hits = hits(&search, &opened)?;
    let fresh = |hit: &Hit| hit.passage.article.key.is_none_or(|key| !saved.seen.contains(&key));
    hits.retain(fresh);
    match command.format {
        NewFormat::Text => {
            let style = Style::new(search.page.color);
            for (i, found) in hits.iter_mut().enumerate() {
                found.rank = i + 1;
                hit::print(&search, found, style, output)?;
            }
            talk!("{} new {}", hits.len(), noun(hits.len() as u64, "article"));
        }
        NewFormat::Jsonl => {
            hits.iter().try_for_each(|hit| output.json(&HitRecord::from(hit)))?;
        }
        NewFormat::Atom => output.line(&atom(name, &hits, jiff::Timestamp::now(), None))?,
    }
    // Only what was really told counts as told.
    output.flush()?;
    if !command.keep && !hits.is_empty() {
        saved.seen.extend(keys(&hits));
        save(name, &saved)?;
    }
    Ok(if hits.is_empty() { CommandOutcome::Nothing } else { CommandOutcome::Found })
}

fn keys(hits: &[Hit]) -> impl Iterator<Item = ArticleKey> {
    hits.iter().filter_map(|hit| hit.passage.article.key)
}

/// The search that a line of words and flags is.
fn parsed(line: &[String], config: &Config) -> Result<SearchCommand> {
    let words = ["jianbao", "search"].into_iter().map(str::to_owned).chain(line.iter().cloned());
    let index = place::default_index(config, place::data().as_deref());
    let read = Arguments::read(words.map(OsString::from), config, (index.0, Origin::Fallback));
    match read {
        Ok((Arguments { command: Command::Search(command) }, _)) => Ok(*command),
        Ok(_) => Err(Error::Usage("only searches can be kept".to_owned())),
        Err(error) => Err(Error::Usage(one_line(&error.to_string()))),
    }
}

/// Everything that answers, newest first, one hit a text.
fn hits(command: &SearchCommand, opened: &Opened) -> Result<Vec<Hit>> {
    let (query, _) = query::parse(&command.words.join(" "));
    let filters = search::resolve(&filters(&command.filters)?, &opened.definition, &opened.index)?;
    let request = request(command, query, filters);
    let all = Request {
        order: Order::Newest,
        limit: MOST_REMEMBERED,
        offset: 0,
        facets: Vec::new(),
        ..request
    };
    Ok(opened.run(&all)?.hits)
}

/// Prints the names of all saved searches with their lines.
fn list(output: &mut Output) -> Result<CommandOutcome> {
    let folder = folder()?;
    let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        name.strip_suffix(".json").map(str::to_owned)
    });
    let names: BTreeSet<String> = names.collect();
    for name in &names {
        let line = load(name)?.line.join(" ");
        output.line(&one_line(&format!("{name}  {line}")))?;
    }
    Ok(if names.is_empty() { CommandOutcome::Nothing } else { CommandOutcome::Found })
}

fn folder() -> Result<PathBuf> {
    let none = || Error::Usage("there is no folder for what is remembered; set HOME".to_owned());
    Ok(place::state().ok_or_else(none)?.join("searches"))
}

/// The file of a saved search.
fn file(name: &str) -> Result<PathBuf> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        let reason = format!("`{name}` is no name for a search; use letters, digits, - and _");
        return Err(Error::Usage(reason));
    }
    Ok(folder()?.join(format!("{name}.json")))
}

fn unknown(name: &str) -> Error {
    Error::Usage(format!("no search is kept as `{name}`; `jianbao new` lists them"))
}

fn load(name: &str) -> Result<Saved> {
    let path = file(name)?;
    let bytes = std::fs::read(&path).map_err(|_| unknown(name))?;
    serde_json::from_slice(&bytes)
        .map_err(|e| Error::Usage(format!("{}: no saved search: {e}", path.display())))
}

fn save(name: &str, saved: &Saved) -> Result<()> {
    files::replace(&file(name)?, &serde_json::to_vec(saved).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_search_reads_it() {
        let line = ["堤坝", "-广告", "--speaker", "王建国", "-n", "3"].map(str::to_owned);
        let command = parsed(&line, &Config::default()).unwrap();
        assert_eq!(command.words, ["堤坝", "-广告"]);
        assert_eq!((command.filters.speaker.len(), command.page.limit), (1, 3));
        assert!(parsed(&["--speakr".to_owned()], &Config::default()).is_err());
    }

    #[test]
    fn a_name_leads_to_no_other_folder() {
        assert!(file("../甲").is_err() && file("").is_err() && file(".甲").is_err());
    }
}
