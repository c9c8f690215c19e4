//! `jianbao clip`: clippings in a basket.

use super::form::Format;
use super::source::IndexFlags;
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// `jianbao clip`
#[derive(Debug, Args)]
#[command(after_help = "A clipping is the words with speakers, date, outlet, author, address and \
        place, and a citation by GB/T 7714.\n\
    Example: jianbao search 大模型 浪费 · jianbao clip add KEY \
        · jianbao clip export --format docx > clippings.docx\n\
    Exit code: 0 done, 1 nothing to do or, of `check`, a source that changed, 2 error.")]
pub struct ClipCommand {
    /// The action
    #[arg(value_name = "ACTION")]
    pub action: ClipAction,
    /// Articles by key, id, path or path:line; of `remove` and `export`, keys
    #[arg(value_name = "KEY")]
    pub names: Vec<String>,
    /// Clip this passage alone, by its place in the article from 0
    #[arg(long, value_name = "N")]
    pub passage: Option<u32>,
    /// The file of the basket [default: basket.jsonl in your data folder]
    #[arg(long, value_name = "FILE")]
    pub basket: Option<PathBuf>,
    /// In which form [default: text; of `export`, md]
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// The day of access that citations give [default: today]
    #[arg(long, value_name = "DATE")]
    pub accessed: Option<String>,
    #[command(flatten)]
    pub place: IndexFlags,
}

/// An action on a basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ClipAction {
    /// Cut articles out of the index and keep them
    Add,
    /// Show what is kept
    List,
    /// Throw clippings away
    Remove,
    /// Print clippings as a document or for a reference manager
    Export,
    /// Tell which sources say something else by now
    Check,
}
