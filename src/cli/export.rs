//! `jianbao export`: the passages and quotes of an index that pass the filters, as JSON Lines.

use super::args::ExportCommand;
use super::ask::filters;
use super::output::Output;
use super::{CommandOutcome, prepare};
use crate::error::Result;
use crate::record::ExportRecord;
use crate::search;
use crate::update::{self, Snapshot};

/// Runs `jianbao export`.
pub fn export(command: &ExportCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let (index, kept) = Snapshot::open_with_tables(command.place.place()?, &definition)?;
    let filters = search::resolve(&filters(&command.filters)?, &definition, &index)?;
    let admitted = search::admitted(&index, &filters)?;
    let mut outcome = CommandOutcome::Nothing;
    update::each_admitted(&index, &kept, admitted.as_ref(), |passages| {
        outcome = CommandOutcome::Found;
        passages.iter().try_for_each(|passage| output.json(&ExportRecord::from(passage)))
    })?;
    Ok(outcome)
}
