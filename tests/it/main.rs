//! Everything that needs more than one module, in one binary.

mod architecture;
mod archive;
mod article;
mod cli;
mod compat;
mod concurrent;
mod crash;
mod damage;
mod engines;
mod growth;
mod incremental;
mod lexicon;
mod limits;
mod maintenance;
mod malformed;
mod quotes;
mod readme;
mod reprints;
mod sample;
mod search;
mod source;
mod style;
mod segmentation;
mod watch;
