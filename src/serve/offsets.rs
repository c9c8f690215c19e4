//! Offsets as a client counts them: in bytes of UTF-8, units of UTF-16, or characters.

use crate::quote::ArticlePart;
use crate::record::{HitRecord, QuoteRecord};
use crate::text::floor_boundary;

/// The unit that offsets count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffsetUnit {
    /// Bytes of UTF-8, as everywhere within.
    Byte,
    /// Units of UTF-16, as JavaScript and Java count.
    Utf16,
    /// Characters, as Python counts.
    Char,
}

impl OffsetUnit {
    /// The unit with this name; bytes where none is given.
    pub fn of(name: Option<&str>) -> OffsetUnit {
        match name {
            Some("utf16") => OffsetUnit::Utf16,
            Some("char") => OffsetUnit::Char,
            _ => OffsetUnit::Byte,
        }
    }

    /// The offset of the place that is so many bytes into a text.
    pub fn at(self, text: &str, byte: usize) -> usize {
        let before = &text[..floor_boundary(text, byte)];
        match self {
            OffsetUnit::Byte => before.len(),
            OffsetUnit::Utf16 => before.encode_utf16().count(),
            OffsetUnit::Char => before.chars().count(),
        }
    }

    /// The byte at an offset into a text, on a border of characters; the end where it lies beyond.
    pub fn byte(self, text: &str, offset: usize) -> usize {
        let width = |c: char| if self == OffsetUnit::Utf16 { c.len_utf16() } else { 1 };
        let mut passed = 0;
        match self {
            OffsetUnit::Byte => floor_boundary(text, offset),
            _ => text
                .char_indices()
                .find(|&(_, c)| {
                    let here = passed + width(c) > offset;
                    passed += width(c);
                    here
                })
                .map_or(text.len(), |(at, _)| at),
        }
    }

    /// Counts the offsets of a quote so; `body` and `title` are those of its article.
    pub fn count_quote(self, quote: &mut QuoteRecord<'_>, body: &str, title: &str) {
        let text = if quote.part == ArticlePart::Body { body } else { title };
        (quote.start, quote.end) = (self.at(text, quote.start), self.at(text, quote.end));
    }

    /// Counts the offsets of a hit so; `body` is that of its article.
    pub fn count_hit(self, hit: &mut HitRecord<'_>, body: &str) {
        let title = hit.article.title.unwrap_or_default();
        hit.quotes.iter_mut().for_each(|quote| self.count_quote(quote, body, title));
        let passage = &mut hit.passage;
        (passage.start, passage.end) = (self.at(body, passage.start), self.at(body, passage.end));
        let marks = [(&mut hit.highlights, passage.text), (&mut hit.title_highlights, title)];
        for (marks, text) in marks {
            marks.iter_mut().for_each(|mark| *mark = mark.map(|byte| self.at(text, byte)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_goes_both_ways_in_every_unit() {
        let text = "水𠮷涨了a";
        for (unit, offsets) in [
            (OffsetUnit::Byte, [0, 3, 7, 10, 13, 14]),
            (OffsetUnit::Utf16, [0, 1, 3, 4, 5, 6]),
            (OffsetUnit::Char, [0, 1, 2, 3, 4, 5]),
        ] {
            for (byte, offset) in [0, 3, 7, 10, 13, 14].into_iter().zip(offsets) {
                assert_eq!((unit.at(text, byte), unit.byte(text, offset)), (offset, byte));
            }
            assert_eq!(unit.byte(text, 99), text.len());
        }
        // The second half of a pair of units is no border.
        assert_eq!(OffsetUnit::Utf16.byte(text, 2), 3);
        assert_eq!(OffsetUnit::Byte.at(text, 4), 3);
    }
}
