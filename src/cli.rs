//! The command line: arguments in, exit code out. Only this module prints, reads the environment or
//! exits.
//!
//! Data goes to standard output, talk to standard error. Exit 0 found, 1 nothing, 2 error. A closed
//! pipe is quiet.

mod advice;
mod args;
mod count;
mod doctor;
mod export;
mod forget;
mod inspect;
mod learn;
mod number;
mod output;
mod prepare;
mod prompt;
mod render;
mod reprints;
mod search;
mod stats;
mod terminal;
mod update;
mod watch;

pub use args::Arguments;

use crate::error::{Error, Result};
use args::Command;
use clap::CommandFactory;
use output::Output;
use std::process::ExitCode;

/// What a command came to, if it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It found or did what was asked.
    Found,
    /// There is nothing that answers.
    Nothing,
}

/// Runs the program on the process's arguments.
pub fn run() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { 2 } else { 0 };
            // Nothing can be done about a closed pipe here.
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let mut output = Output::stdout();
    let outcome =
        dispatch(arguments, &mut output).and_then(|outcome| output.flush().map(|()| outcome));
    match outcome {
        Ok(Outcome::Found) => ExitCode::SUCCESS,
        Ok(Outcome::Nothing) => ExitCode::from(1),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jianbao: {}", advice::told(&error));
            ExitCode::from(2)
        }
    }
}

fn dispatch(arguments: Arguments, output: &mut Output) -> Result<Outcome> {
    match arguments.command {
        Command::Index(command) => update::index(&command, output),
        Command::Forget(command) => forget::forget(&command, output),
        Command::Doctor(command) => doctor::doctor(&command, output),
        Command::Export(command) => export::export(&command, output),
        Command::Search(command) => search::search(&command, output),
        Command::Speakers(command) => count::speakers(&command, output),
        Command::Topics(command) => count::topics(&command, output),
        Command::Show(command) => inspect::show(&command, output),
        Command::Reprints(command) => reprints::reprints(&command, output),
        Command::Stats(command) => stats::stats(&command, output),
        Command::Analyze(command) => inspect::analyze(&command, output),
        Command::Quotes(command) => inspect::quotes(&command, output),
        Command::Train(command) => learn::train(&command, output),
        Command::Words(command) => learn::words(&command, output),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "jianbao", output);
            Ok(Outcome::Found)
        }
        Command::Man { folder } => manual(folder.as_deref(), output),
    }
}

/// Prints the manual page, or writes one for each command into a folder.
fn manual(folder: Option<&std::path::Path>, output: &mut Output) -> Result<Outcome> {
    match folder {
        Some(folder) => clap_mangen::generate_to(Arguments::command(), folder)
            .map_err(Error::io("write", folder))?,
        None => clap_mangen::Man::new(Arguments::command())
            .render(output)
            .map_err(Error::io("write", "standard output"))?,
    }
    Ok(Outcome::Found)
}
