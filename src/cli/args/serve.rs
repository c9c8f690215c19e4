//! `jianbao serve` and `jianbao mcp`.

use super::index::FirstUpdateFlags;
use super::source::IndexFlags;
use clap::Args;

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
    #[command(flatten)]
    pub first: FirstUpdateFlags,
}

/// `jianbao mcp`
#[derive(Debug, Args)]
#[command(after_help = "Example of an agent's settings: {\"command\": \"jianbao\", \
    \"args\": [\"mcp\", \"--index\", \"/data/index\"]}. The tools only read.")]
pub struct McpCommand {
    #[command(flatten)]
    pub place: IndexFlags,
}
