//! `jianbao serve` and `jianbao mcp`.

use super::index::FirstUpdateFlags;
use super::source::IndexFlags;
use clap::Args;
use std::net::IpAddr;
use std::path::PathBuf;

/// `jianbao serve`
#[derive(Debug, Args)]
#[command(after_help = "Example: jianbao serve --archive ~/archive, then open \
    http://localhost:7070. The server answers this machine alone, and makes no connection itself. \
    Others reach it with all of --listen 0.0.0.0, --host NAME and --token-file FILE, best behind a \
    proxy with TLS; paths of the machine are not told then. \
    New commits of the index are answered from within a second. Ctrl-C ends it.")]
pub struct ServeCommand {
    #[command(flatten)]
    pub place: IndexFlags,
    /// The port; 0 takes any that is free
    #[arg(long, value_name = "PORT", default_value_t = 7070)]
    pub port: u16,
    /// The address to listen at; others than this machine are answered only with --host and
    /// --token-file
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// A name under which it is asked, besides localhost; repeat for several
    #[arg(long = "host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// Answer only those who give the token in this file, 16 characters or more
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Write a line to standard error of each request, without what was asked
    #[arg(long)]
    pub log: bool,
    /// Write a line to standard error of each request, with its words and names
    #[arg(long, conflicts_with = "log")]
    pub log_questions: bool,
    #[command(flatten)]
    pub first: FirstUpdateFlags,
}

/// `jianbao mcp`
#[derive(Debug, Args)]
#[command(after_help = "Example of an agent's settings: {\"command\": \"jianbao\", \
    \"args\": [\"mcp\", \"--index\", \"/data/index\"]}. The tools only read. Several requests \
    run at one time; one that the agent cancels stops and is not answered. A query has at most 64 \
    terms, an answer 12,000 characters and 30 seconds.")]
pub struct McpCommand {
    #[command(flatten)]
    pub place: IndexFlags,
}
