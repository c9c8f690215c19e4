//! The forms of learned models: a chain over sequences of hashed features, a choice among the
//! stretches of a text, trees over rows of numbers, and a line over the characters of words.
//!
//! Their questions are those of the folder model; they are read with the grammar.

pub mod chain;
pub mod choice;
pub mod features;
pub mod forest;
pub mod hashed_line;
