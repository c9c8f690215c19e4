//! `jianbao serve`: brings the index up to date where that is wanted, then serves it.

use super::args::ServeCommand;
use super::place::Origin;
use super::{CommandOutcome, prepare, update};
use crate::error::Result;
use crate::serve::{self, Service};

/// Runs `jianbao serve`.
pub fn serve(command: &ServeCommand, origin: &Origin) -> Result<CommandOutcome> {
    update::bring_up_to_date(&command.first, &command.place)?;
    let service = Service {
        folder: command.place.index.clone(),
        definition: prepare::definition(&command.place.definition)?,
        index_from: origin.to_string(),
        port: command.port,
        limits: serve::ServerLimits::default(),
    };
    serve::serve(service, |address| talk!("http://localhost:{}", address.port()))?;
    Ok(CommandOutcome::Found)
}
