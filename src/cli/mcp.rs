//! `jianbao mcp`: messages of an agent on standard input, a line each, answers on standard output.
//! The conversation decides which requests run at one time.

use super::args::McpCommand;
use super::output::Output;
use super::{CommandOutcome, prepare};
use crate::Index;
use crate::definition::Definition;
use crate::engine::{IndexPlace, Stop};
use crate::error::{Error, Result};
use crate::serve::{self, HttpProblem, PathPolicy, Respondent, RpcRequest};
use serde_json::Value;
use std::io::{BufRead, Read};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Bytes of a message; the rest of a longer one is read as another, and refused.
const LONGEST: u64 = 1 << 20;

/// The time that an answer may take.
const MOST_TIME: Duration = Duration::from_secs(30);

/// Runs `jianbao mcp`.
pub fn mcp(command: &McpCommand, output: &mut Output) -> Result<CommandOutcome> {
    let definition = prepare::definition(&command.place.definition)?;
    let place = command.place.place()?;
    let index = Index::open_under(&place, definition.clone())?;
    let respondent = StandardOutput {
        place,
        definition,
        index: Mutex::new(Ok(Arc::new(index))),
        output: Mutex::new(output),
    };
    let at_once = std::thread::available_parallelism().map_or(2, usize::from).max(2);
    serve::converse(messages(std::io::stdin().lock()), at_once, &respondent)?;
    Ok(CommandOutcome::Found)
}

/// The messages of a stream: its lines, those without a text left out.
fn messages(mut input: impl BufRead) -> impl Iterator<Item = Result<String>> {
    let lines = std::iter::from_fn(move || {
        let mut line = Vec::new();
        match input.by_ref().take(LONGEST).read_until(b'\n', &mut line) {
            Ok(0) => None,
            Ok(_) => Some(Ok(String::from_utf8_lossy(&line).into_owned())),
            Err(error) => Some(Err(Error::io("read", "standard input")(error))),
        }
    });
    lines.filter(|line| !line.as_ref().is_ok_and(|line| line.trim().is_empty()))
}

/// Answers from an index, on standard output.
struct StandardOutput<'a> {
    place: IndexPlace,
    definition: Definition,
    /// The open commit, or why there is none any more.
    index: Mutex<Result<Arc<Index>, HttpProblem>>,
    output: Mutex<&'a mut Output>,
}

impl StandardOutput<'_> {
    /// The open commit.
    fn index(&self) -> Result<Arc<Index>, HttpProblem> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last commit, opened if it is another than the open one. Nobody waits meanwhile.
    fn renewed(&self) -> Result<Arc<Index>, HttpProblem> {
        let renewed = match self.index() {
            Ok(index) => index.renewed().map(|last| last.map_or(index, Arc::new)),
            Err(_) => Index::open_under(&self.place, self.definition.clone()).map(Arc::new),
        };
        let renewed = renewed.map_err(|error| HttpProblem::unavailable(&error, PathPolicy::Told));
        *self.index.lock().unwrap_or_else(PoisonError::into_inner) = renewed.clone();
        renewed
    }
}

impl Respondent for StandardOutput<'_> {
    fn answer(&self, request: &RpcRequest, stop: &Stop) -> Value {
        let index = if request.asks_index() { self.renewed() } else { self.index() };
        let _answered = deadline(stop.clone());
        request.answer(index.as_deref(), stop)
    }

    fn send(&self, answer: &Value) -> Result<()> {
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        output.json(answer)?;
        output.flush()
    }
}

/// Asks for a stop once [`MOST_TIME`] is over, unless the sender is dropped before.
fn deadline(stop: Stop) -> Sender<()> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        if receiver.recv_timeout(MOST_TIME) == Err(RecvTimeoutError::Timeout) {
            stop.request();
        }
    });
    sender
}
