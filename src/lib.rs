//! jianbao 剪报: search for Chinese news archives.
//!
//! The flow goes one way; a module uses only those above it in this list.

#![forbid(unsafe_code)]

pub mod error;
pub mod definition;
pub mod text;
pub mod date;
pub mod archive;
pub mod article;
pub mod reprint;
pub mod quote;
pub mod topic;
pub mod passage;
pub mod analysis;
pub mod index;
pub mod query;
pub mod search;
pub mod record;
pub mod cli;
