//! In which passages each word is: a component of every segment, beside those of the engine.
//!
//! What ranks is whether a passage has a word, not where or how often. The engine's own lists would
//! say as much, but it looks up every token by itself in a table that no cache holds; component.rs
//! sorts many tokens first, and looks up each different word among them once.
//!
//! A segment's file has the lists (see list.rs); about how many words each passage has; a table of
//! the lists; the words in order, with their places in the table; and numbers that say how long
//! these parts are. Numbers are little-endian.

mod component;

pub use component::Component;

use super::list::{self, List};
use super::parts;
use fst::{IntoStreamer, Map, Streamer};
use std::ops::Range;
use tantivy::directory::OwnedBytes;
use tantivy::{DocId, SegmentReader};

/// The file's extension.
const EXTENSION: &str = "words";
/// Bytes of an entry of the table: how many passages a list has, and where it begins.
const ENTRY: usize = 12;

/// The words of one segment. The file is mapped, and of it only what a question needs is looked at.
#[derive(Clone)]
pub struct Words {
    bytes: OwnedBytes,
    terms: Map<OwnedBytes>,
    passages: u32,
    tokens: u64,
    lists: Range<usize>,
    norms: Range<usize>,
    entries: Range<usize>,
}

impl Words {
    /// Opens those of a segment.
    ///
    /// # Errors
    /// What the engine says where the file is missing, and that it is none.
    pub fn open(reader: &SegmentReader) -> tantivy::Result<Words> {
        let opened = Words::new(parts::open(reader, EXTENSION)?);
        opened
            .filter(|words| words.passages == reader.max_doc())
            .ok_or_else(|| parts::damaged(EXTENSION))
    }

    fn new(bytes: OwnedBytes) -> Option<Words> {
        let ([_, passages, _, _, tokens], [lists, norms, entries, terms]) =
            parts::read(&bytes, |[lists, passages, entries, terms, _]: [u64; 5]| {
                Some([lists, passages, entries.checked_mul(ENTRY as u64)?, terms])
            })?;
        let terms = Map::new(bytes.slice(terms)).ok()?;
        Some(Words {
            passages: u32::try_from(passages).ok()?,
            terms,
            tokens,
            lists,
            norms,
            entries,
            bytes,
        })
    }

    /// How many words all passages have together.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// About how many words each passage has, as the engine puts lengths into a byte (see
    /// [`tantivy::fieldnorm::FieldNormReader`]).
    pub fn norms(&self) -> &[u8] {
        self.bytes.get(self.norms.clone()).unwrap_or(&[])
    }

    /// In how many passages a word is.
    pub fn count(&self, word: &str) -> u64 {
        self.list(word.as_bytes()).map_or(0, |list| u64::from(list.count))
    }

    /// Calls `emit` with every passage that has a word, some at a time, in order.
    pub fn each_block(&self, word: &str, emit: impl FnMut(&[DocId])) {
        if let Some(list) = self.list(word.as_bytes()) {
            list.each_block(emit);
        }
    }

    /// Calls `emit` with every word from `first` on, in order, and in how many passages it is,
    /// until that is `false`.
    pub fn each_word(&self, first: &str, mut emit: impl FnMut(&str, u64) -> bool) {
        let mut words = self.terms.range().ge(first).into_stream();
        while let Some((word, place)) = words.next() {
            let count = self.entry(place).map_or(0, |list| u64::from(list.count));
            if std::str::from_utf8(word).is_ok_and(|word| !emit(word, count)) {
                return;
            }
        }
    }

    fn list(&self, word: &[u8]) -> Option<List<'_>> {
        self.entry(self.terms.get(word)?)
    }

    /// An entry of the table.
    fn entry(&self, place: u64) -> Option<List<'_>> {
        let entry = usize::try_from(place).ok()?.checked_mul(ENTRY)?;
        let entries = self.bytes.get(self.entries.clone())?;
        let count = parts::number(entries, entry, u32::from_le_bytes);
        let (start, kind) = list::unpack(parts::number(entries, entry + 4, u64::from_le_bytes));
        let bytes = self.bytes.get(self.lists.clone())?.get(usize::try_from(start).ok()?..)?;
        Some(List { count, kind, bytes, passages: self.passages })
    }
}
