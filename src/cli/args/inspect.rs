//! The commands that count, show and analyse: speakers, topics, show, reprints, stats, analyze,
//! quotes.

use super::filter::FilterFlags;
use super::form::{CountFormat, RecordFormat, TableFormat, When};
use super::source::{DefinitionFlags, IndexFlags, ReadingFlags};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `jianbao speakers`
#[derive(Debug, Args)]
pub struct SpeakersCommand {
    /// Only names that hold this, or sound like it (liyanhong)
    #[arg(value_name = "PATTERN", default_value = "", hide_default_value = true)]
    pub pattern: String,
    #[command(flatten)]
    pub place: IndexFlags,
    #[command(flatten)]
    pub filters: FilterFlags,
    /// Count originals and articles that nobody reprinted, not every reprint too
    #[arg(long)]
    pub original_only: bool,
    /// How many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TableFormat,
}

/// `jianbao speaker`
#[derive(Debug, Args)]
pub struct SpeakerCommand {
    /// The speaker's name, another name of the same speaker, or pinyin
    #[arg(value_name = "NAME")]
    pub name: String,
    #[command(flatten)]
    pub place: IndexFlags,
    #[command(flatten)]
    pub filters: FilterFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// `jianbao topics`
#[derive(Debug, Args)]
pub struct TopicsCommand {
    #[command(flatten)]
    pub place: IndexFlags,
    #[command(flatten)]
    pub filters: FilterFlags,
    /// Count originals and articles that nobody reprinted, not every reprint too
    #[arg(long)]
    pub original_only: bool,
    /// Count each stretch of time by itself
    #[arg(long, value_name = "PERIOD")]
    pub by: Option<PeriodName>,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: TableFormat,
}

/// Stretches of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PeriodName {
    /// Years
    Year,
    /// Months
    Month,
    /// Days
    Day,
}

/// `jianbao show`
#[derive(Debug, Args)]
pub struct ShowCommand {
    /// Article by its key, its id, its path, or path:line as a search shows it
    #[arg(value_name = "KEY|ID|PATH[:LINE]")]
    pub name: String,
    #[command(flatten)]
    pub place: IndexFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// `jianbao reprints`
#[derive(Debug, Args)]
pub struct ReprintsCommand {
    /// Any of the copies, by key, id, path, or path:line
    #[arg(value_name = "KEY|ID|PATH[:LINE]")]
    pub name: String,
    #[command(flatten)]
    pub place: IndexFlags,
    /// How many reprints of a text
    #[arg(long, short = 'n', value_name = "N", default_value_t = 100)]
    pub limit: usize,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: When,
}

/// `jianbao stats`
#[derive(Debug, Args)]
pub struct StatsCommand {
    #[command(flatten)]
    pub place: IndexFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao config`
#[derive(Debug, Args)]
pub struct ConfigCommand {
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub format: CountFormat,
}

/// `jianbao analyze` and `jianbao quotes`
#[derive(Debug, Args)]
pub struct AnalyzeCommand {
    /// Files and folders that hold the articles
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
    /// In which form
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    pub format: RecordFormat,
}
