//! `jianbao export`: every passage and quote of an index, as JSON Lines.

use super::args::ExportCommand;
use super::output::Output;
use super::{Outcome, prepare};
use crate::error::Result;
use crate::index::{self, Index};
use crate::record::ExportRecord;

/// Runs `jianbao export`.
pub fn export(command: &ExportCommand, output: &mut Output) -> Result<Outcome> {
    let (index, kept) = Index::open_with_kept(
        &command.place.index,
        &prepare::definition(&command.place.definition)?,
    )?;
    let mut outcome = Outcome::Nothing;
    index::each_article(&index, &kept, |passages| {
        outcome = Outcome::Found;
        passages.iter().try_for_each(|passage| output.json(&ExportRecord::from(passage)))
    })?;
    Ok(outcome)
}
