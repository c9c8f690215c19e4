//! `jianbao serve` and `jianbao mcp`.

use super::index::RunningFlags;
use super::source::{IndexFlags, ReadingFlags};
use clap::Args;
use std::path::PathBuf;

/// `jianbao serve`
#[derive(Debug, Args)]
#[command(after_help = "Example: jianbao serve --archive ~/archive, then open \
    http://localhost:7070. The server answers this machine alone, and makes no connection itself. \
    New commits of the index are answered from within a second. Ctrl-C ends it.")]
pub struct ServeCommand {
    #[command(flatten)]
    pub place: IndexFlags,
    /// The port; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 7070)]
    pub port: u16,
    /// Bring the index up to date with these files and folders first
    #[arg(long, value_name = "PATH")]
    pub archive: Vec<PathBuf>,
    #[command(flatten)]
    pub reading: ReadingFlags,
    #[command(flatten)]
    pub running: RunningFlags,
}

/// `jianbao mcp`
#[derive(Debug, Args)]
#[command(after_help = "Example of an agent's settings: {\"command\": \"jianbao\", \
    \"args\": [\"mcp\", \"--index\", \"/data/index\"]}. The tools only read.")]
pub struct McpCommand {
    #[command(flatten)]
    pub place: IndexFlags,
}
