//! Looks at the codes of a segment a piece at a time: where they are mapped, or read from the file
//! into one small buffer.
//!
//! Mapped pages that were read count as memory of the process, and the system maps sixteen pages
//! around each one that is wanted: a phrase would have the whole text of an archive in memory.

use super::ExactTexts;
use std::fs::File;
use std::ops::Range;

/// Bytes that are read at once.
const PIECE: usize = 32 << 10;
/// Bytes before those asked for that are read with them: the beginning of their passage may be
/// wanted next.
const BEFORE: usize = 1 << 10;

/// The codes of a segment, of which a piece is at hand.
pub struct Window<'a> {
    texts: &'a ExactTexts,
    /// The piece, where codes are read, and where it begins.
    piece: Vec<u8>,
    start: usize,
}

impl<'a> Window<'a> {
    /// Nothing at hand yet.
    pub fn new(texts: &'a ExactTexts) -> Window<'a> {
        Window { texts, piece: Vec::new(), start: 0 }
    }

    /// Some of the codes; nothing where there are none.
    pub fn codes(&mut self, range: Range<usize>) -> &[u8] {
        let Some(file) = &self.texts.file else {
            return self.texts.codes().get(range).unwrap_or(&[]);
        };
        let at_hand = self.start..self.start + self.piece.len();
        if range.start < at_hand.start || range.end > at_hand.end {
            let end = self.texts.codes.len();
            let start = range.start.min(end).saturating_sub(BEFORE);
            self.piece.resize(range.end.max(range.start + PIECE).min(end).saturating_sub(start), 0);
            self.start = start;
            if read(file, &mut self.piece, self.texts.codes.start + start).is_err() {
                self.piece.clear();
                return self.texts.codes().get(range).unwrap_or(&[]);
            }
        }
        self.piece.get(range.start - self.start..range.end - self.start).unwrap_or(&[])
    }
}

#[cfg(unix)]
fn read(file: &File, bytes: &mut [u8], at: usize) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at as u64)
}

#[cfg(not(unix))]
fn read(_: &File, _: &mut [u8], _: usize) -> std::io::Result<()> {
    Err(std::io::ErrorKind::Unsupported.into())
}
