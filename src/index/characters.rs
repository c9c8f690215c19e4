//! Writes text in few bytes: the 192 most frequent characters of Chinese news in one byte, nearly all others in two.
//!
//! Stored text is the largest part of an index. A general compressor finds a third less to do away with in UTF-8, three
//! bytes a character, than after this. The order of the characters is in `index/characters.txt`; it belongs to the
//! format of the index.

use std::sync::LazyLock;

/// The characters, most frequent first; a line break stands before all of them, the other line breaks are for the reader.
const ORDER: &str = include_str!("../../index/characters.txt");
/// Characters with a code of one byte, which is their place.
const SHORT: usize = 192;
/// First byte of a character without a code; its UTF-8 follows.
const ESCAPE: u8 = 0xff;
/// Characters with a code at all: a first byte from `SHORT` to the one before `ESCAPE`, and any second.
const CODED: usize = SHORT + (ESCAPE as usize - SHORT) * 256;

/// The characters by place.
static CHARACTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let listed = ORDER.chars().filter(|&c| c != '\n');
    std::iter::once('\n').chain(listed).take(CODED).collect()
});

/// One more than the place of each character of the basic plane; 0 where it has none.
static PLACES: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut places = vec![0; 1 << 16];
    for (place, &c) in (1..).zip(CHARACTERS.iter()) {
        if let Some(slot) = places.get_mut(c as usize) {
            *slot = place;
        }
    }
    places
});

/// Appends the codes of a text.
pub fn encode(text: &str, codes: &mut Vec<u8>) {
    let places = PLACES.as_slice();
    codes.reserve(text.len());
    for c in text.chars() {
        match places.get(c as usize).copied().unwrap_or(0).checked_sub(1).map(usize::from) {
            Some(place) if place < SHORT => codes.push(place as u8),
            Some(place) => {
                let rest = place - SHORT;
                codes.extend([(SHORT + rest / 256) as u8, (rest % 256) as u8]);
            }
            None => {
                codes.push(ESCAPE);
                codes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// The text of some codes; `None` where they are none.
pub fn decode(mut codes: &[u8]) -> Option<String> {
    let characters = CHARACTERS.as_slice();
    let mut text = String::with_capacity(codes.len() * 2);
    while let Some((&first, rest)) = codes.split_first() {
        codes = rest;
        if usize::from(first) < SHORT {
            text.push(*characters.get(usize::from(first))?);
        } else if first < ESCAPE {
            let (&second, rest) = codes.split_first()?;
            codes = rest;
            text.push(*characters.get(SHORT + (usize::from(first) - SHORT) * 256 + usize::from(second))?);
        } else {
            let length = match codes.first()? {
                0..=0x7f => 1,
                0x80..=0xdf => 2,
                0xe0..=0xef => 3,
                _ => 4,
            };
            let (c, rest) = codes.split_at_checked(length)?;
            text.push_str(std::str::from_utf8(c).ok()?);
            codes = rest;
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn codes(text: &str) -> Vec<u8> {
        let mut codes = Vec::new();
        encode(text, &mut codes);
        codes
    }

    #[test]
    fn no_character_is_listed_twice() {
        let mut listed = CHARACTERS.clone();
        listed.sort_unstable();
        listed.dedup();
        assert_eq!(listed.len(), CHARACTERS.len());
    }

    #[test]
    fn every_character_comes_back_from_its_code() {
        for c in (0..=char::MAX as u32).filter_map(char::from_u32) {
            let text = format!("剪{c}报");
            assert_eq!(decode(&codes(&text)).as_deref(), Some(text.as_str()), "{:x}", c as u32);
        }
    }

    #[test]
    fn frequent_characters_take_one_byte() {
        assert_eq!(codes("中国的\n").len(), 4);
        assert_eq!(codes("剪").len(), 2);
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..40)) {
            let _ = decode(&bytes);
        }
    }
}
