//! The exact text of every passage, and in which passages each character is: a component of every segment, beside those of
//! the engine.
//!
//! The engine could index each character with its positions, which takes a third of an index and of the time to build it. Here
//! the text is kept in codes that can be searched as they stand (see characters.rs), and a character's list names passages only: a
//! phrase is looked for in the text of those that have its rarest character. component.rs writes it, list.rs has the lists.
//!
//! A segment's file has the codes of all passages, one after the other; where each begins; about how long each is; the lists; a
//! table of the lists; and a [`Footer`]. Numbers are little-endian.

mod component;
mod list;

pub use component::Component;

use super::characters;
use crate::error::Result;
use list::List;
use std::ops::Range;
use tantivy::directory::OwnedBytes;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentComponent;
use tantivy::{DocId, SegmentReader};

/// The file's extension.
const EXTENSION: &str = "text";
/// Passages whose beginnings are counted from the beginning of the first of them.
const BLOCK: usize = 256;
/// Bytes of a beginning within a block, of the beginning of a block, and of an entry of the table.
const OFFSET: usize = 4;
const BASE: usize = 8;
const ENTRY: usize = 16;

/// What stands at the end of the file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Footer {
    /// Bytes of codes.
    codes: u64,
    /// Bytes of lists.
    lists: u64,
    /// How many passages there are.
    passages: u64,
    /// How many lists there are.
    entries: u64,
    /// How many characters all passages have together.
    characters: u64,
}

impl Footer {
    const BYTES: usize = 40;

    fn to_bytes(self) -> [u8; Footer::BYTES] {
        let mut bytes = [0; Footer::BYTES];
        let numbers = [self.codes, self.lists, self.passages, self.entries, self.characters];
        for (to, number) in bytes.chunks_exact_mut(8).zip(numbers) {
            to.copy_from_slice(&number.to_le_bytes());
        }
        bytes
    }

    /// Where each part of a file of `length` bytes lies; `None` where these are not the parts of one.
    fn parts(bytes: &[u8]) -> Option<(Footer, Parts)> {
        let footer = bytes.len().checked_sub(Footer::BYTES)?;
        let number = |i: usize| Some(u64::from_le_bytes(bytes.get(footer + 8 * i..)?.first_chunk().copied()?));
        let of = |i: usize| usize::try_from(number(i)?).ok();
        let (passages, entries) = (of(2)?, of(3)?);
        let mut at = 0usize;
        let mut next = |length: usize| {
            let start = at;
            at = at.checked_add(length)?;
            Some(start..at)
        };
        let parts = Parts {
            codes: next(of(0)?)?,
            bases: next(passages.div_ceil(BLOCK).checked_mul(BASE)?)?,
            offsets: next(passages.checked_mul(OFFSET)?)?,
            norms: next(passages)?,
            lists: next(of(1)?)?,
            entries: next(entries.checked_mul(ENTRY)?)?,
        };
        let found = Footer {
            codes: number(0)?,
            lists: number(1)?,
            passages: number(2)?,
            entries: number(3)?,
            characters: number(4)?,
        };
        (parts.entries.end == footer).then_some((found, parts))
    }
}

/// Where each part of a file lies, in bytes.
#[derive(Debug, Clone)]
struct Parts {
    codes: Range<usize>,
    bases: Range<usize>,
    offsets: Range<usize>,
    norms: Range<usize>,
    lists: Range<usize>,
    entries: Range<usize>,
}

/// The texts of one segment. The file is mapped, and of it only what a question needs is looked at.
#[derive(Clone)]
pub struct Texts {
    bytes: OwnedBytes,
    footer: Footer,
    parts: Parts,
}

impl Texts {
    /// Opens those of a segment.
    ///
    /// # Errors
    /// [`crate::error::Error::Engine`] where the file is missing or is none.
    pub fn open(reader: &SegmentReader) -> Result<Texts> {
        let file = reader.open_read(component()).map_err(tantivy::TantivyError::from)?;
        let bytes = file.read_bytes().map_err(tantivy::TantivyError::from)?;
        let damaged = || tantivy::TantivyError::InternalError("a file of texts is not as it was written".to_owned());
        Ok(Texts::new(bytes).filter(|texts| texts.passages() == reader.max_doc() as usize).ok_or_else(damaged)?)
    }

    fn new(bytes: OwnedBytes) -> Option<Texts> {
        let (footer, parts) = Footer::parts(&bytes)?;
        Some(Texts { bytes, footer, parts })
    }

    /// How many passages there are, deleted ones among them.
    pub fn passages(&self) -> usize {
        self.footer.passages as usize
    }

    /// How many characters all passages have together.
    pub fn characters(&self) -> u64 {
        self.footer.characters
    }

    /// The codes of all passages, one after the other.
    pub fn codes(&self) -> &[u8] {
        self.bytes.get(self.parts.codes.clone()).unwrap_or(&[])
    }

    /// Where the codes of a passage begin; for one past the last passage, where all end.
    pub fn start(&self, doc: DocId) -> usize {
        let (doc, end) = (doc as usize, self.parts.codes.len());
        if doc >= self.passages() {
            return end;
        }
        let base: usize = self.read(self.parts.bases.start + doc / BLOCK * BASE, u64::from_le_bytes) as usize;
        let offset = self.read(self.parts.offsets.start + doc * OFFSET, u32::from_le_bytes);
        (base + offset as usize).min(end)
    }

    /// The codes of one passage.
    pub fn passage(&self, doc: DocId) -> &[u8] {
        self.codes().get(self.start(doc)..self.start(doc.saturating_add(1))).unwrap_or(&[])
    }

    /// About how many characters each passage has, as the engine puts lengths into a byte (see [`FieldNormReader`]).
    pub fn norms(&self) -> &[u8] {
        self.bytes.get(self.parts.norms.clone()).unwrap_or(&[])
    }

    /// In how many passages a character is.
    pub fn count(&self, c: char) -> u64 {
        self.list(characters::number(c)).map_or(0, |list| u64::from(list.count))
    }

    /// Calls `emit` with every passage that has a character, in order.
    pub fn each(&self, c: char, emit: impl FnMut(DocId)) {
        if let Some(list) = self.list(characters::number(c)) {
            list.each(emit);
        }
    }

    /// The list of the character with this number.
    fn list(&self, number: u32) -> Option<List<'_>> {
        let (mut low, mut high) = (0, self.footer.entries as usize);
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
    fn entry(&self, at: usize) -> Option<(u32, List<'_>)> {
        if at >= self.footer.entries as usize {
            return None;
        }
        let place = self.parts.entries.start + at * ENTRY;
        let number = self.read(place, u32::from_le_bytes);
        let count = self.read(place + 4, u32::from_le_bytes);
        let (start, kind) = list::unpack(self.read(place + 8, u64::from_le_bytes));
        let rest = self.bytes.get(self.parts.lists.clone())?.get(usize::try_from(start).ok()?..)?;
        Some((number, List { count, kind, bytes: rest, passages: self.footer.passages as u32 }))
    }

    /// The number at a place of the file that is known to lie in it.
    fn read<const N: usize, T: Default>(&self, at: usize, number: fn([u8; N]) -> T) -> T {
        self.bytes.get(at..).and_then(<[u8]>::first_chunk).copied().map(number).unwrap_or_default()
    }
}

/// What [`Texts::norms`] has for a passage of so many characters.
fn norm(characters: usize) -> u8 {
    FieldNormReader::fieldnorm_to_id(u32::try_from(characters).unwrap_or(u32::MAX))
}

fn component() -> SegmentComponent {
    SegmentComponent::Custom(EXTENSION.to_owned())
}
