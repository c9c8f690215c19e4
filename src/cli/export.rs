//! `jianbao export`: every passage and quote of an index, as JSON Lines.

use super::args::ExportCommand;
use super::output::Output;
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::record::ExportRecord;
use crate::update::{self, Snapshot};

/// Runs `jianbao export`.
pub fn export(command: &ExportCommand, output: &mut Output) -> Result<CommandOutcome> {
    let (index, kept) = Snapshot::open_with_tables(
        &command.place.index,
        &prepare::definition(&command.place.definition)?,
    )?;
    let mut outcome = CommandOutcome::Nothing;
    update::each_article(&index, &kept, |passages| {
        outcome = CommandOutcome::Found;
        passages.iter().try_for_each(|passage| output.json(&ExportRecord::from(passage)))
    })?;
    Ok(outcome)
}
