//! UTF-32, which the decoder of web encodings does not know.

use std::io::{self, BufRead, Read};

/// The order of the bytes of a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ByteOrder {
    /// The lowest byte first.
    Little,
    /// The highest byte first.
    Big,
}

impl ByteOrder {
    /// The name of the encoding.
    pub fn name(self) -> &'static str {
        match self {
            ByteOrder::Little => "UTF-32LE",
            ByteOrder::Big => "UTF-32BE",
        }
    }
}

/// The order of bytes that begin with UTF-32's byte order mark, or whose every four are a
/// character; and the length of the mark.
pub fn sniff(prefix: &[u8]) -> Option<(ByteOrder, usize)> {
    match prefix.get(..4)? {
        b"\xff\xfe\0\0" => return Some((ByteOrder::Little, 4)),
        b"\0\0\xfe\xff" => return Some((ByteOrder::Big, 4)),
        _ => {}
    }
    let (quads, _) = prefix[..prefix.len().min(INSPECTED)].as_chunks::<4>();
    let fits = |order| {
        let is_text = |&quad: &[u8; 4]| !matches!(character(quad, order), '\0' | '\u{fffd}');
        quads.len() >= 4 && quads.iter().all(is_text)
    };
    [ByteOrder::Little, ByteOrder::Big].into_iter().find(|&order| fits(order)).map(|o| (o, 0))
}

/// How many bytes without a mark are looked at.
const INSPECTED: usize = 4 << 10;

/// The character in four bytes; U+FFFD where there is none such.
fn character(bytes: [u8; 4], order: ByteOrder) -> char {
    let code = match order {
        ByteOrder::Little => u32::from_le_bytes(bytes),
        ByteOrder::Big => u32::from_be_bytes(bytes),
    };
    char::from_u32(code).unwrap_or('\u{fffd}')
}

/// The text of bytes without their mark; a rest of fewer than four bytes is U+FFFD.
pub fn decode(bytes: &[u8], order: ByteOrder) -> String {
    let (quads, rest) = bytes.as_chunks::<4>();
    let mut text: String = quads.iter().map(|&quad| character(quad, order)).collect();
    text.extend((!rest.is_empty()).then_some('\u{fffd}'));
    text
}

/// Reads UTF-32 and gives UTF-8.
pub struct Utf32Reader<R> {
    /// The bytes after the mark.
    pub reader: R,
    /// Their order.
    pub order: ByteOrder,
}

impl<R: BufRead> Read for Utf32Reader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let mut written = 0;
        while into.len() - written >= 4 {
            let mut quad = [0; 4];
            let mut read = 0;
            while read < 4 {
                let bytes = self.reader.fill_buf()?;
                let n = bytes.len().min(4 - read);
                if n == 0 {
                    break;
                }
                quad[read..read + n].copy_from_slice(&bytes[..n]);
                self.reader.consume(n);
                read += n;
            }
            if read == 0 {
                break;
            }
            let c = if read == 4 { character(quad, self.order) } else { '\u{fffd}' };
            written += c.encode_utf8(&mut into[written..]).len();
        }
        Ok(written)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_orders_are_read_by_their_marks() {
        let big: Vec<u8> = "水退了".chars().flat_map(|c| (c as u32).to_be_bytes()).collect();
        assert_eq!(decode(&big, ByteOrder::Big), "水退了");
        assert_eq!(sniff(b"\xff\xfe\0\0a\0\0\0"), Some((ByteOrder::Little, 4)));
        assert_eq!(sniff(b"\xff\xfea\0"), None);
        assert_eq!(sniff(&[&big[..], &big[..]].concat()), Some((ByteOrder::Big, 0)));
        assert_eq!(sniff("水退了，北堤守住了。".as_bytes()), None);
        let reader = io::Cursor::new(big);
        let mut text = String::new();
        io::BufReader::new(Utf32Reader { reader, order: ByteOrder::Big })
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "水退了");
    }
}
