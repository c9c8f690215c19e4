//! `jianbao serve`: brings the index up to date where that is wanted, then serves it.

use super::args::ServeCommand;
use super::place::Origin;
use super::{CommandOutcome, prepare, update};
use crate::error::{Error, Result};
use crate::serve::{self, Access, RequestLog, Service};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Runs `jianbao serve`.
pub fn serve(command: &ServeCommand, origin: &Origin) -> Result<CommandOutcome> {
    let token = command.token_file.as_ref().map(read_token).transpose()?;
    let access = Access::new(command.listen, &command.hosts, token.as_deref())?;
    let name = match command.hosts.first() {
        Some(name) => name.clone(),
        None => "localhost".to_owned(),
    };
    update::bring_up_to_date(&command.first, &command.place)?;
    let service = Service {
        place: command.place.place()?,
        definition: prepare::definition(&command.place.definition)?,
        index_from: origin.to_string(),
        address: SocketAddr::from((command.listen, command.port)),
        access,
        limits: serve::ServerLimits::default(),
        log: log(command),
    };
    serve::serve(service, |address| talk!("http://{name}:{}", address.port()))?;
    Ok(CommandOutcome::Found)
}

/// The log that the flags ask for.
fn log(command: &ServeCommand) -> RequestLog {
    let write = |line: &str| talk!("{line}");
    match (command.log, command.log_questions) {
        (_, true) => RequestLog::Addresses(write),
        (true, false) => RequestLog::Routes(write),
        _ => RequestLog::Off,
    }
}

/// The token in a file, without the white space around it.
fn read_token(path: &PathBuf) -> Result<String> {
    let text = std::fs::read_to_string(path).map_err(Error::io("read", path))?;
    Ok(text.trim().to_owned())
}
