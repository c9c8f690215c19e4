//! Saved searches: watch-for, new.

use super::source::IndexFlags;
use clap::{Args, ValueEnum};

/// `jianbao watch-for`
#[derive(Debug, Args)]
#[command(after_help = "Example: jianbao watch-for dam 堤坝 --speaker 王建国 · jianbao new dam")]
pub struct WatchForCommand {
    /// A name for the search
    #[arg(value_name = "NAME")]
    pub name: String,
    /// The words and the flags of `jianbao search`
    #[arg(
        value_name = "QUERY",
        required = true,
        num_args = 1..,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub line: Vec<String>,
}

/// `jianbao new`
#[derive(Debug, Args)]
#[command(after_help = "Exit code: 0 something new, 1 nothing new, 2 error.")]
pub struct NewCommand {
    /// The name of a saved search; without one, all of them are listed
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    /// Tell the same again next time
    #[arg(long)]
    pub keep: bool,
    /// Throw the saved search away
    #[arg(long, requires = "name")]
    pub forget: bool,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: NewFormat,
    #[command(flatten)]
    pub place: IndexFlags,
}

/// Forms of what is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NewFormat {
    /// For reading
    Text,
    /// A JSON object for each hit
    Jsonl,
    /// A feed (RFC 4287)
    Atom,
}
