//! `jianbao forget`: files and folders out of an index.

use super::args::{CountFormat, ForgetCommand};
use super::output::Output;
use super::{Outcome, prepare};
use crate::error::Result;
use crate::index;

/// Runs `jianbao forget`.
pub fn forget(command: &ForgetCommand, output: &mut Output) -> Result<Outcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let forgotten = index::forget(&command.place.index, &definition, &command.paths)?;
    match command.format {
        CountFormat::Json => output.json(&forgotten)?,
        CountFormat::Text => eprintln!(
            "{} files with {} articles taken out · {} articles in the index",
            forgotten.files, forgotten.articles, forgotten.total_articles
        ),
    }
    Ok(Outcome::Found)
}
