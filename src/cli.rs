//! The command line: arguments in, exit code out. Only this module prints, reads the environment or
//! exits.
//!
//! Data goes to standard output, talk to standard error. Exit 0 found, 1 nothing, 2 error. A closed
//! pipe is quiet.

/// Says something on standard error. Where nobody can hear it (a full disk, a closed pipe), the
/// work goes on in silence.
macro_rules! talk {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod advice;
mod analysed;
mod args;
mod ask;
mod basket;
mod clip;
mod config;
mod count;
mod doctor;
mod export;
mod faults;
mod files;
mod forget;
mod hit;
mod inspect;
mod kwic;
mod learn;
mod limits;
mod number;
mod opened;
mod output;
mod place;
mod plan;
mod prepare;
mod prompt;
mod remarks;
mod render;
mod reprints;
mod saved;
mod search;
#[cfg(feature = "serve")]
mod mcp;
#[cfg(feature = "serve")]
mod serve;
mod speaker;
mod settings;
mod stats;
mod terminal;
mod update;
mod watch;

pub use args::Arguments;

use crate::error::{Error, Result};
use args::Command;
use clap::CommandFactory;
use config::Config;
use output::Output;
use place::Origin;
use std::io::Write as _;
use std::process::ExitCode;

/// The outcome of a command that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CommandOutcome {
    /// It found or did what was asked.
    Found,
    /// There is nothing that answers.
    Nothing,
}

/// Runs the program on the process's arguments.
pub fn run() -> ExitCode {
    limits::withstand();
    let here = std::env::current_dir().unwrap_or_default();
    let config = match Config::find(&here, place::settings().as_deref()) {
        Ok(config) => config,
        Err(error) => return failed(&error),
    };
    let index = place::default_index(&config, place::data().as_deref());
    let (arguments, origin) = match Arguments::read(std::env::args_os(), &config, index) {
        Ok(read) => read,
        Err(error) if !error.use_stderr() => {
            let printed = error.print().and_then(|()| std::io::stdout().flush());
            return match printed.map_err(Error::io("write", "standard output")) {
                Err(error) if !output::is_closed_pipe(&error) => failed(&error),
                _ => ExitCode::SUCCESS,
            };
        }
        Err(error) => {
            if let Some(error) = config.refused(&Arguments::command()) {
                return failed(&error);
            }
            let _ = error.print();
            return ExitCode::from(2);
        }
    };
    let mut output = Output::stdout();
    let run = Invocation { arguments, config, origin };
    let panic = faults::keep_quiet();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        run.dispatch(&mut output).and_then(|outcome| output.flush().map(|()| outcome))
    }));
    let Ok(outcome) = outcome else {
        talk!("jianbao: {}", faults::told(&panic));
        return ExitCode::from(2);
    };
    match outcome {
        Ok(CommandOutcome::Found) => ExitCode::SUCCESS,
        Ok(CommandOutcome::Nothing) => ExitCode::from(1),
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

/// Tells of an error that ends the program.
fn failed(error: &Error) -> ExitCode {
    talk!("jianbao: {}", advice::told(error));
    ExitCode::from(2)
}

/// The arguments and settings of a run of the program.
struct Invocation {
    arguments: Arguments,
    config: Config,
    /// Why the index was chosen.
    origin: Origin,
}

impl Invocation {
    fn dispatch(self, output: &mut Output) -> Result<CommandOutcome> {
        match self.arguments.command {
            Command::Index(command) if command.watch => watch::watch(&command, output),
            Command::Index(command) => update::index(&command, output),
            Command::Forget(command) => forget::forget(&command, output),
            Command::Doctor(command) => doctor::doctor(&command, output),
            Command::Export(command) => export::export(&command, output),
            Command::Plan(command) => plan::plan(&command, output),
            #[cfg(feature = "serve")]
            Command::Serve(command) => serve::serve(&command, &self.origin),
            #[cfg(feature = "serve")]
            Command::Mcp(command) => mcp::mcp(&command, output),
            Command::Search(command) => search::search(&command, &self.config, output),
            Command::Speakers(command) => count::speakers(&command, output),
            Command::Speaker(command) => speaker::speaker(&command, output),
            Command::WatchFor(command) => saved::watch_for(&command, &self.config, output),
            Command::New(command) => saved::new(&command, &self.config, output),
            Command::Topics(command) => count::topics(&command, output),
            Command::Clip(command) => clip::clip(&command, output),
            Command::Show(command) => inspect::show(&command, output),
            Command::Reprints(command) => reprints::reprints(&command, output),
            Command::Stats(command) => stats::stats(&command, &self.origin, output),
            Command::Analyze(command) => inspect::analyze(&command, output),
            Command::Quotes(command) => inspect::quotes(&command, output),
            Command::Train(command) => learn::train(&command, output),
            Command::Words(command) => learn::words(&command, output),
            Command::Completions { shell } => {
                clap_complete::generate(shell, &mut Arguments::command(), "jianbao", output);
                Ok(CommandOutcome::Found)
            }
            Command::Man { folder } => manual(folder.as_deref(), output),
            Command::Config(command) => settings::settings(&command, &self.config, output),
        }
    }
}

/// Prints the manual page, or writes one for each command into a folder.
fn manual(folder: Option<&std::path::Path>, output: &mut Output) -> Result<CommandOutcome> {
    match folder {
        Some(folder) => clap_mangen::generate_to(Arguments::command(), folder)
            .map_err(Error::io("write", folder))?,
        None => clap_mangen::Man::new(Arguments::command())
            .render(output)
            .map_err(Error::io("write", "standard output"))?,
    }
    Ok(CommandOutcome::Found)
}
