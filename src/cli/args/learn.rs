//! The commands that learn from an archive: train, words.

use super::source::{DefinitionFlags, ReadingFlags};
use clap::Args;
use std::path::PathBuf;

/// `jianbao train`
#[derive(Debug, Args)]
pub struct TrainCommand {
    /// Folder whose sub-folders are the labels, or a file of lines: label TAB text
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
    /// Write topics.model and topics.toml into this folder, for --definition
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Parts of the cross-validation
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub folds: usize,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
}

/// `jianbao words`
#[derive(Debug, Args)]
pub struct WordsCommand {
    /// Files and folders that hold the articles
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only what occurs at least so often
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub count: u32,
    /// How many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 200)]
    pub limit: usize,
    #[command(flatten)]
    pub definition: DefinitionFlags,
    #[command(flatten)]
    pub reading: ReadingFlags,
}
