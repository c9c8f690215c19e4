//! Everything that needs more than one module, in one binary.

mod architecture;
mod archive;
mod article;
mod cli;
mod clippings;
mod cluster;
mod cluster_messages;
mod cluster_repair;
mod compat;
mod concurrent;
mod crash;
mod damage;
mod dumps;
mod engines;
mod growth;
mod incremental;
mod lexicon;
mod forms;
mod limited;
mod limits;
mod maintenance;
mod malformed;
mod pages;
mod query_line;
mod quote_patterns;
mod quotes;
mod readme;
mod repairs;
mod reprints;
mod sample;
mod saved;
mod search;
mod source;
mod style;
#[cfg(feature = "serve")]
mod serve;
mod segmentation;
mod sums;
#[cfg(unix)]
mod terminal;
mod typed_lines;
mod watch;
