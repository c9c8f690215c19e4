//! The passages of each word: a file of every segment, beside those of tantivy.
//!
//! What ranks is whether a passage has a word, not where or how often. The engine's own lists would
//! say as much, but it looks up every token by itself in a table that no cache holds; component.rs
//! sorts many tokens first, and looks up each different word among them once.
//!
//! A segment's file has the lists (see posting_list.rs); about how many words each passage has; a table of
//! the lists; the words in order, with their places in the table; and numbers that say how long
//! these parts are. Numbers are little-endian.

pub mod plugin;

use super::posting_list::{self, PostingList};
use super::segment_file;
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
pub struct WordLists {
    bytes: OwnedBytes,
    terms: Map<OwnedBytes>,
    passages: u32,
    tokens: u64,
    lists: Range<usize>,
    norms: Range<usize>,
    entries: Range<usize>,
}

impl WordLists {
    /// Opens those of a segment.
    ///
    /// # Errors
    /// What the engine says where the file is missing, and that it is none.
    pub fn open(reader: &SegmentReader) -> tantivy::Result<WordLists> {
        let opened = WordLists::new(segment_file::open(reader, EXTENSION)?);
        opened
            .filter(|words| words.passages == reader.max_doc())
            .ok_or_else(|| segment_file::damaged(EXTENSION))
    }

    fn new(bytes: OwnedBytes) -> Option<WordLists> {
        let ([_, passages, _, _, tokens], [lists, norms, entries, terms]) =
            segment_file::read(&bytes, |[lists, passages, entries, terms, _]: [u64; 5]| {
                Some([lists, passages, entries.checked_mul(ENTRY as u64)?, terms])
            })?;
        let terms = Map::new(bytes.slice(terms)).ok()?;
        Some(WordLists {
            passages: u32::try_from(passages).ok()?,
            terms,
            tokens,
            lists,
            norms,
            entries,
            bytes,
        })
    }

    /// The number of words of all passages together.
    pub fn tokens(&self) -> u64 {
        self.tokens
    }

    /// About how many words each passage has, as the engine puts lengths into a byte (see
    /// [`tantivy::fieldnorm::FieldNormReader`]).
    pub fn norms(&self) -> &[u8] {
        self.bytes.get(self.norms.clone()).unwrap_or(&[])
    }

    /// The number of passages that have a word.
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

    fn list(&self, word: &[u8]) -> Option<PostingList<'_>> {
        self.entry(self.terms.get(word)?)
    }

    /// An entry of the table.
    fn entry(&self, place: u64) -> Option<PostingList<'_>> {
        let entry = usize::try_from(place).ok()?.checked_mul(ENTRY)?;
        let entries = self.bytes.get(self.entries.clone())?;
        let count = segment_file::number(entries, entry, u32::from_le_bytes);
        let (start, kind) =
            posting_list::unpack(segment_file::number(entries, entry + 4, u64::from_le_bytes));
        let bytes = self.bytes.get(self.lists.clone())?.get(usize::try_from(start).ok()?..)?;
        Some(PostingList { count, kind, bytes, passages: self.passages })
    }
}
