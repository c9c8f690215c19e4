//! The forms of learned models: a chain over sequences of hashed features, and trees over rows of
//! numbers.
//!
//! Their questions are those of the folder model; they are read with the grammar.

pub mod chain;
pub mod features;
pub mod forest;
