//! Everything that needs more than one module, in one binary.

mod architecture;
mod archive;
mod article;
mod cli;
mod compat;
mod crash;
mod growth;
mod hostile;
mod lexicon;
mod limits;
mod living;
mod meanwhile;
mod quotes;
mod readme;
mod reprints;
mod sample;
mod search;
mod segmentation;
mod upkeep;
mod watch;
