//! Every command, with its help. The flags of each are in args/, by family.

mod clip;
mod filter;
mod form;
mod index;
mod inspect;
mod learn;
mod plan;
mod saved;
mod search;
#[cfg(feature = "serve")]
mod serve;
mod source;

pub use clip::{ClipAction, ClipCommand};
pub use filter::FilterFlags;
pub use form::{CountFormat, Format, RecordFormat, TableFormat, When};
pub use index::{
    DoctorCommand, ExportCommand, FirstUpdateFlags, ForgetCommand, IndexCommand, RunningFlags,
};
pub use inspect::{
    AnalyzeCommand, ConfigCommand, PeriodName, ReprintsCommand, ShowCommand, SpeakerCommand,
    SpeakersCommand, StatsCommand, TopicsCommand,
};
pub use learn::{TrainCommand, WordsCommand};
pub use plan::PlanCommand;
pub use saved::{NewCommand, NewFormat, WatchForCommand};
pub use search::{KwicOrder, PageFlags, SearchCommand, Sort};
#[cfg(feature = "serve")]
pub use serve::{McpCommand, ServeCommand};
pub use source::{DefinitionFlags, IndexFlags, ReadingFlags};

use super::config::{self, Config};
use super::place::Origin;
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};
use std::ffi::OsString;
use std::path::PathBuf;

/// 剪报: search for Chinese news archives. Index a folder of articles, then ask it who said what
/// about what, and when.
#[derive(Debug, Parser)]
#[command(name = "jianbao", version, about, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = "Exit code: 0 found, 1 nothing found, 2 error.\n\
    Example: jianbao search 大模型 --archive ~/archive --since 2023-07")]
pub struct Arguments {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Build an index, or bring it up to date: only what changed is read again
    Index(IndexCommand),
    /// Take files and folders out of an index, whether they are still there or not
    Forget(ForgetCommand),
    /// Examine an index, and repair what is wrong from its sources
    Doctor(DoctorCommand),
    /// Print every passage and quote of an index as JSON Lines, by path and place
    Export(ExportCommand),
    /// Plan a cluster for an archive: shards, nodes, disk and hours of loading; needs no index
    Plan(PlanCommand),
    /// Search an index
    Search(Box<SearchCommand>),
    /// Serve an index to the browsers and programs of this machine
    #[cfg(feature = "serve")]
    Serve(Box<ServeCommand>),
    /// Answer an agent on standard input, by the Model Context Protocol
    #[cfg(feature = "serve")]
    Mcp(McpCommand),
    /// List who speaks in an index: names, titles, numbers of quotes and articles
    Speakers(SpeakersCommand),
    /// Show one speaker: titles over time, namesakes, months, topics, who else is quoted
    Speaker(SpeakerCommand),
    /// Count articles by topic, also over time
    Topics(TopicsCommand),
    /// Keep clippings in a basket, check them against their sources, export them with citations
    Clip(ClipCommand),
    /// Keep a search under a name, for `jianbao new`
    WatchFor(WatchForCommand),
    /// Tell what came since a saved search was asked last
    New(NewCommand),
    /// Show a whole article with its speech marked
    Show(ShowCommand),
    /// Say who reprinted an article, when and where, and what each reprint changed
    Reprints(ReprintsCommand),
    /// Say what an index holds
    Stats(StatsCommand),
    /// Print everything that is derived from each article; needs no index
    Analyze(AnalyzeCommand),
    /// Print who said what in each article; needs no index
    Quotes(AnalyzeCommand),
    /// Learn topics from a folder whose sub-folders are the labels, and say how well by
    /// cross-validation
    Train(TrainCommand),
    /// Propose words that the dictionary lacks, with their counts
    Words(WordsCommand),
    /// Print the settings that hold, and where each comes from
    Config(ConfigCommand),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man {
        /// Write one page for each command into this folder instead
        #[arg(long = "dir", value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// Stands before a word that begins with a hyphen while the other arguments are read.
const EXCLUDED: &str = "\u{1}";

impl Arguments {
    /// Reads a command line. A word like `-广告` after `search` is not an option but a word that
    /// must not occur.
    ///
    /// The values of `config` stand where no flag is given, `index` where nothing names an index.
    /// Returns why the index was chosen too.
    ///
    /// # Errors
    /// The message of clap, ready to be printed; also where help or the version was asked for.
    pub fn read(
        arguments: impl IntoIterator<Item = OsString>,
        config: &Config,
        (index, origin): (PathBuf, Origin),
    ) -> Result<(Arguments, Origin), clap::Error> {
        let mut searching = false;
        let arguments = arguments.into_iter().enumerate().map(|(i, argument)| {
            searching |= i == 1 && argument == "search";
            match argument.to_str() {
                Some(word) if searching && is_exclusion(word) => {
                    OsString::from(format!("{EXCLUDED}{word}"))
                }
                _ => argument,
            }
        });
        let command = config
            .applied(Arguments::command())
            .mut_subcommands(|c| config::default(c, "index", &[index.clone().into_os_string()]));
        let matches = command.try_get_matches_from(arguments.collect::<Vec<_>>())?;
        let named = |argument| matches.subcommand().and_then(|(_, m)| source(m, argument));
        let chosen = chosen(named("index"), named("engine"))
            .map_err(|message| command_error(ErrorKind::ArgumentConflict, message))?;
        let origin = match chosen {
            Chosen::Index(Some(ValueSource::CommandLine)) => Origin::Flag,
            Chosen::Index(Some(ValueSource::EnvVariable)) => Origin::Environment,
            Chosen::Index(_) => origin,
            Chosen::Engine(ValueSource::CommandLine) => Origin::EngineFlag,
            Chosen::Engine(ValueSource::EnvVariable) => Origin::EngineEnvironment,
            Chosen::Engine(_) => config.file.clone().map_or(origin, Origin::File),
        };
        let mut read = Arguments::from_arg_matches(&matches)?;
        if let (Chosen::Index(_), Some(place)) = (chosen, read.command.place()) {
            place.engine.clear();
        }
        if let Command::Search(command) = &mut read.command {
            command.words.iter_mut().for_each(|word| *word = word.replace(EXCLUDED, ""));
        }
        Ok((read, origin))
    }
}

/// The flag that names the index, with where its value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Index(Option<ValueSource>),
    Engine(ValueSource),
}

/// Chooses between `--index` and `--engine` by where their values come from: a flag wins over the
/// environment, and that over the configuration file.
fn chosen(index: Option<ValueSource>, engine: Option<ValueSource>) -> Result<Chosen, &'static str> {
    let Some(engine) = engine else { return Ok(Chosen::Index(index)) };
    match (index, engine) {
        (Some(ValueSource::CommandLine), ValueSource::CommandLine) => {
            Err("--index and --engine exclude each other")
        }
        (Some(ValueSource::EnvVariable), ValueSource::EnvVariable) => {
            Err("JIANBAO_INDEX and JIANBAO_ENGINE exclude each other; unset one of them")
        }
        (Some(ValueSource::CommandLine), _) => Ok(Chosen::Index(index)),
        (Some(ValueSource::EnvVariable), ValueSource::DefaultValue) => Ok(Chosen::Index(index)),
        _ => Ok(Chosen::Engine(engine)),
    }
}

fn command_error(kind: ErrorKind, message: &str) -> clap::Error {
    Arguments::command().error(kind, message)
}

impl Command {
    /// The flags that say where the index is; `None` for a command without one.
    fn place(&mut self) -> Option<&mut IndexFlags> {
        Some(match self {
            Command::Index(command) => &mut command.place,
            Command::Forget(command) => &mut command.place,
            Command::Doctor(command) => &mut command.place,
            Command::Export(command) => &mut command.place,
            Command::Search(command) => &mut command.place,
            #[cfg(feature = "serve")]
            Command::Serve(command) => &mut command.place,
            #[cfg(feature = "serve")]
            Command::Mcp(command) => &mut command.place,
            Command::Speakers(command) => &mut command.place,
            Command::Speaker(command) => &mut command.place,
            Command::Topics(command) => &mut command.place,
            Command::Clip(command) => &mut command.place,
            Command::New(command) => &mut command.place,
            Command::Show(command) => &mut command.place,
            Command::Reprints(command) => &mut command.place,
            Command::Stats(command) => &mut command.place,
            _ => return None,
        })
    }
}

/// Where the value of an argument comes from; `None` where the command has no such argument.
fn source(matches: &ArgMatches, argument: &str) -> Option<ValueSource> {
    matches.try_contains_id(argument).ok().filter(|&there| there)?;
    matches.value_source(argument)
}

/// True if an argument is a word to be excluded: a hyphen with something after it that is no
/// option of ours.
fn is_exclusion(argument: &str) -> bool {
    let Some(rest) = argument.strip_prefix('-') else { return false };
    let is_limit =
        rest.strip_prefix('n').is_some_and(|n| n.chars().all(|c| c.is_ascii_digit() || c == '='));
    !(rest.is_empty() || rest.starts_with('-') || is_limit || matches!(rest, "h" | "V" | "q"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_word_with_a_hyphen_is_excluded_and_an_option_is_not() {
        let read = |line: &str| {
            let index = (PathBuf::from("i"), Origin::Fallback);
            Arguments::read(line.split(' ').map(OsString::from), &Config::default(), index)
        };
        let Ok((Arguments { command: Command::Search(command) }, Origin::Fallback)) =
            read("jianbao search 甲 -广告 -gpt -n 3 -n5 --speaker 乙 -“丙”")
        else {
            panic!("not read")
        };
        assert_eq!(command.words, ["甲", "-广告", "-gpt", "-“丙”"]);
        assert_eq!((command.page.limit, command.filters.speaker.len()), (5, 1));
        assert!(read("jianbao search 甲 --speakr 乙").is_err());
    }
}
