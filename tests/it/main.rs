//! Everything that needs more than one module, in one binary.

mod archive;
mod article;
mod search;
