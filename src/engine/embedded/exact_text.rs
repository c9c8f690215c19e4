//! The exact text of every passage, and in which passages each character is: a component of every
//! segment, beside those of the engine.
//!
//! The engine could index each character with its positions, which takes a third of an index and of
//! the time to build it. Here the text is kept in codes that can be searched as they stand (see
//! characters.rs), and a character's list names passages only: a phrase is looked for in the text
//! of those that have its rarest character. plugin.rs writes it.
//!
//! A segment's file has the codes of all passages, one after the other; where each begins; about
//! how long each is; the lists (see posting_list.rs); a table of the lists; and numbers that say
//! how long these parts are. Numbers are little-endian.

pub mod plugin;
pub mod window;

use super::posting_list::{self, PostingList};
use super::{char_codec, segment_file};
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use tantivy::directory::OwnedBytes;
use tantivy::index::SegmentId;
use tantivy::{DocId, SegmentReader};

/// The file's extension.
const EXTENSION: &str = "text";
/// Passages whose beginnings are counted from the beginning of the first of them.
const BLOCK: usize = 256;
/// Bytes of a beginning within a block, of the beginning of a block, and of an entry of the table.
const OFFSET: usize = 4;
const BASE: usize = 8;
const ENTRY: usize = 16;

/// The texts of one segment. The file is mapped, and of it only what a question needs is looked at.
#[derive(Clone)]
pub struct ExactTexts {
    bytes: OwnedBytes,
    /// The file, where codes are to be read and not mapped; see window.rs.
    file: Option<Arc<File>>,
    passages: u32,
    characters: u64,
    codes: Range<usize>,
    bases: Range<usize>,
    offsets: Range<usize>,
    norms: Range<usize>,
    lists: Range<usize>,
    entries: Range<usize>,
}

impl ExactTexts {
    /// Opens those of a segment.
    ///
    /// # Errors
    /// The engine's error for a missing file, and for a file of another kind.
    pub fn open(reader: &SegmentReader) -> tantivy::Result<ExactTexts> {
        let opened = ExactTexts::new(segment_file::open(reader, EXTENSION)?);
        opened
            .filter(|texts| texts.passages == reader.max_doc())
            .ok_or_else(|| segment_file::damaged(EXTENSION))
    }

    fn new(bytes: OwnedBytes) -> Option<ExactTexts> {
        let ([_, passages, _, _, characters], [codes, bases, offsets, norms, lists, entries]) =
            segment_file::read(&bytes, |[codes, passages, lists, entries, _]: [u64; 5]| {
                let bases = passages.div_ceil(BLOCK as u64).checked_mul(BASE as u64)?;
                let offsets = passages.checked_mul(OFFSET as u64)?;
                Some([codes, bases, offsets, passages, lists, entries.checked_mul(ENTRY as u64)?])
            })?;
        let passages = u32::try_from(passages).ok()?;
        Some(ExactTexts {
            bytes,
            file: None,
            passages,
            characters,
            codes,
            bases,
            offsets,
            norms,
            lists,
            entries,
        })
    }

    /// Has phrases looked for in codes that are read from the file of the segment in `folder`,
    /// piece by piece, and not mapped: it takes longer and little memory.
    pub fn read_in_pieces(&mut self, folder: &Path, segment: SegmentId) {
        self.file = open(&folder.join(format!("{}.{EXTENSION}", segment.uuid_string())));
    }

    /// The number of passages, deleted ones among them.
    pub fn passages(&self) -> usize {
        self.passages as usize
    }

    /// The number of characters of all passages together.
    pub fn characters(&self) -> u64 {
        self.characters
    }

    /// The codes of all passages, one after the other.
    pub fn codes(&self) -> &[u8] {
        self.bytes.get(self.codes.clone()).unwrap_or(&[])
    }

    /// The place where the codes of a passage begin; for one past the last passage, where all end.
    pub fn start(&self, doc: DocId) -> usize {
        let (doc, end) = (doc as usize, self.codes.len());
        if doc >= self.passages() {
            return end;
        }
        let base = segment_file::number(
            &self.bytes,
            self.bases.start + doc / BLOCK * BASE,
            u64::from_le_bytes,
        ) as usize;
        let offset = segment_file::number(
            &self.bytes,
            self.offsets.start + doc * OFFSET,
            u32::from_le_bytes,
        );
        (base + offset as usize).min(end)
    }

    /// The codes of one passage.
    pub fn passage(&self, doc: DocId) -> &[u8] {
        self.codes().get(self.start(doc)..self.start(doc.saturating_add(1))).unwrap_or(&[])
    }

    /// About how many characters each passage has, as the engine puts lengths into a byte (see
    /// [`tantivy::fieldnorm::FieldNormReader`]).
    pub fn norms(&self) -> &[u8] {
        self.bytes.get(self.norms.clone()).unwrap_or(&[])
    }

    /// The number of passages that have a character.
    pub fn count(&self, c: char) -> u64 {
        self.list(char_codec::number(c)).map_or(0, |list| u64::from(list.count))
    }

    /// Calls `emit` with every passage that has a character, in order.
    pub fn each(&self, c: char, mut emit: impl FnMut(DocId)) {
        self.each_block(c, |docs| docs.iter().for_each(|&doc| emit(doc)));
    }

    /// Calls `emit` with every passage that has a character, some at a time, in order.
    pub fn each_block(&self, c: char, emit: impl FnMut(&[DocId])) {
        if let Some(list) = self.list(char_codec::number(c)) {
            list.each_block(emit);
        }
    }

    /// The list of the character with this number.
    fn list(&self, number: u32) -> Option<PostingList<'_>> {
        let (mut low, mut high) = (0, self.entries.len() / ENTRY);
        while low < high {
            let middle = low + (high - low) / 2;
            let (found, list) = self.entry(middle)?;
            match found.cmp(&number) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(list),
            }
        }
        None
    }

    /// An entry of the table: the number of a character, with its list.
    fn entry(&self, at: usize) -> Option<(u32, PostingList<'_>)> {
        let entry = self.bytes.get(self.entries.clone())?.get(at * ENTRY..(at + 1) * ENTRY)?;
        let (number, count) = (
            segment_file::number(entry, 0, u32::from_le_bytes),
            segment_file::number(entry, 4, u32::from_le_bytes),
        );
        let (start, kind) =
            posting_list::unpack(segment_file::number(entry, 8, u64::from_le_bytes));
        let bytes = self.bytes.get(self.lists.clone())?.get(usize::try_from(start).ok()?..)?;
        Some((number, PostingList { count, kind, bytes, passages: self.passages }))
    }
}

/// The file at `path`, where it can be read at any place.
fn open(path: &Path) -> Option<Arc<File>> {
    if cfg!(unix) { File::open(path).ok().map(Arc::new) } else { None }
}
