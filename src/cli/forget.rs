//! `jianbao forget`: files and folders out of an index.

use super::args::{CountFormat, ForgetCommand};
use super::number::counted;
use super::output::Output;
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::update;

/// Runs `jianbao forget`.
pub fn forget(command: &ForgetCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let forgotten = update::forget(&command.place.place()?, &definition, &command.paths)?;
    match command.format {
        CountFormat::Json => output.json(&forgotten)?,
        CountFormat::Text => talk!(
            "{} with {} taken out · {} in the index",
            counted(forgotten.files, "file"),
            counted(forgotten.articles, "article"),
            counted(forgotten.total_articles, "article")
        ),
    }
    Ok(CommandOutcome::Found)
}
