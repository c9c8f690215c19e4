//! The engine in the process, on tantivy. Only this folder names tantivy.
//!
//! A document is one passage. schema.rs has the fields, tokenizer.rs the tokenizers, document.rs
//! makes documents of articles (with speech.rs and stored.rs) and writer.rs writes them. Two files
//! of each segment are our own: exact_text.rs (the exact text, in the codes of char_codec.rs, and
//! the passages of each character) and words.rs (the passages of each word), both on
//! posting_list.rs and segment_file.rs. reader.rs opens a commit: article_map.rs knows the passages
//! of each article, columns.rs the columns; integrity.rs keeps damage out of
//! merges; execution.rs runs plans, counts.rs counts, lookup.rs finds articles.

mod article_map;
mod char_codec;
mod columns;
mod counts;
mod directory;
mod doc_store;
mod document;
mod error;
mod exact_text;
mod execution;
#[cfg(test)]
pub mod faulty;
mod integrity;
mod lookup;
mod posting_list;
mod reader;
mod schema;
mod segment_file;
mod speech;
/// Public for fuzz/ alone: what it reads comes from a file that may be damaged.
#[doc(hidden)]
pub mod stored;
mod storage;
mod text_edits;
mod tokenizer;
mod varint;
mod words;
mod writer;

pub use schema::{FORMAT, IndexFields};
pub use segment_file::rounded_length;
pub use storage::{Embedded, map_file, plugins};
pub use tokenizer::tokenizers;
