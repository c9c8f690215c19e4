//! `jianbao mcp`: messages of an agent on standard input, a line each, answers on standard output.

use super::args::McpCommand;
use super::output::Output;
use super::{CommandOutcome, prepare};
use crate::Index;
use crate::engine::Stop;
use crate::error::{Error, Result};
use crate::serve::{self, HttpProblem, PathPolicy};
use std::io::{BufRead, Read};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// Bytes of a message; the rest of a longer one is read as another, and refused.
const LONGEST: u64 = 1 << 20;

/// The time that an answer may take.
const MOST_TIME: Duration = Duration::from_secs(30);

/// Runs `jianbao mcp`.
pub fn mcp(command: &McpCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let place = command.place.place()?;
    let opened = || Index::open_under(&place, definition.clone());
    let mut index = Ok(opened()?);
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut bounded = input.by_ref().take(LONGEST);
        let read = bounded.read_until(b'\n', &mut line);
        if read.map_err(Error::io("read", "standard input"))? == 0 {
            return Ok(CommandOutcome::Found);
        }
        let message = String::from_utf8_lossy(&line);
        if message.trim().is_empty() {
            continue;
        }
        index = match index {
            Ok(index) => index.renewed().map(|last| last.unwrap_or(index)),
            Err(_) => opened(),
        }
        .map_err(|error| HttpProblem::unavailable(&error, PathPolicy::Told));
        let (stop, _answered) = deadline();
        if let Some(answer) = serve::answer(index.as_ref(), &message, &stop) {
            output.json(&answer)?;
            output.flush()?;
        }
    }
}

/// A stop that is asked for once [`MOST_TIME`] is over, unless the sender is dropped before.
fn deadline() -> (Stop, Sender<()>) {
    let (stop, (sender, receiver)) = (Stop::default(), channel());
    let late = stop.clone();
    std::thread::spawn(move || {
        if receiver.recv_timeout(MOST_TIME) == Err(RecvTimeoutError::Timeout) {
            late.request();
        }
    });
    (stop, sender)
}
