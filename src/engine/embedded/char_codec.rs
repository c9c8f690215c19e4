//! Writes text in few bytes, so that it can be searched as it stands: frequent characters of
//! Chinese news in one byte, nearly all others in two or three.
//!
//! The first byte of a code says how long it is, and no other byte of any code looks like a first
//! one. So where the codes of a phrase are found among the codes of a text, there the phrase is;
//! and a position in the text is the number of first bytes before it. The order of the characters
//! is in `index/characters.txt`; it belongs to the format of the index.
//!
//! | bytes | first byte | characters |
//! |---|---|---|
//! | 1 | 0 to 159 | the 160 most frequent |
//! | 2 | 160 to 188 | the 1,856 after those |
//! | 3 | 189 and 190 | the 8,192 after those |
//! | 5 | 191 | all others, by code point |

use std::sync::LazyLock;

/// The characters, most frequent first; the line breaks are for the reader.
const ORDER: &str = include_str!("../../../index/characters.txt");
/// First byte of the first code of two bytes.
const TWO: u32 = 160;
/// First byte of the first code of three bytes.
const THREE: u32 = 189;
/// First byte of the codes of characters that are not listed.
const OTHER: u32 = 191;
/// The least byte that is no first one.
const LATER: u8 = 192;
/// The number of bytes from `LATER` on.
const STEP: u32 = 64;
/// Place of the first character whose code has three bytes.
const RARE: u32 = TWO + (THREE - TWO) * STEP;
/// The number of characters that have a place; the codes of others follow from their code points.
pub const PLACES: u32 = RARE + (OTHER - THREE) * STEP * STEP;

/// The place of each byte among all bytes, the rarest first, in the codes of 83,001 articles of
/// news. A search for codes begins at the rarest byte of what it looks for.
pub const BYTE_RANKS: [u8; 256] = [
    251, 245, 244, 239, 209, 202, 171, 167, 166, 165, 164, 163, 160, 159, 158, 153, 155, 154, 152,
    156, 151, 150, 148, 147, 146, 144, 143, 145, 140, 142, 137, 136, 139, 138, 134, 131, 130, 133,
    129, 135, 128, 124, 127, 126, 123, 120, 122, 121, 117, 125, 118, 116, 115, 113, 110, 109, 114,
    108, 111, 112, 106, 104, 103, 101, 100, 99, 98, 95, 97, 94, 91, 96, 93, 87, 88, 84, 92, 90, 83,
    80, 82, 79, 89, 77, 78, 76, 71, 72, 73, 74, 75, 69, 66, 70, 65, 67, 64, 59, 61, 58, 68, 56, 55,
    51, 54, 53, 49, 48, 47, 50, 45, 43, 42, 86, 41, 44, 85, 62, 40, 63, 38, 46, 105, 57, 52, 37,
    36, 31, 34, 32, 23, 29, 28, 26, 25, 27, 19, 18, 30, 20, 17, 21, 16, 15, 24, 35, 14, 33, 13, 12,
    9, 11, 10, 6, 8, 4, 7, 5, 2, 3, 255, 254, 253, 252, 250, 249, 248, 247, 246, 243, 241, 240,
    238, 228, 204, 168, 162, 161, 157, 149, 141, 132, 119, 107, 102, 81, 60, 39, 22, 242, 1, 0,
    236, 235, 237, 234, 233, 231, 230, 232, 227, 226, 224, 229, 225, 223, 218, 219, 222, 221, 220,
    216, 212, 214, 210, 211, 207, 217, 206, 215, 208, 203, 205, 199, 201, 198, 200, 196, 195, 193,
    213, 194, 185, 190, 197, 184, 188, 191, 186, 189, 181, 179, 192, 183, 182, 177, 180, 173, 174,
    175, 176, 187, 172, 178, 169, 170,
];

/// The characters by place. A line break, which cannot be listed, stands among the rare ones.
static CHARACTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut listed: Vec<char> =
        ORDER.chars().filter(|&c| c != '\n').take(PLACES as usize - 1).collect();
    listed.insert(listed.len().min(RARE as usize - 1), '\n');
    listed
});

/// One more than the place of each character of the basic plane; 0 where it has none.
static TABLE: LazyLock<Vec<u16>> = LazyLock::new(|| {
    let mut places = vec![0; 1 << 16];
    for (place, &c) in (1..).zip(CHARACTERS.iter()) {
        if let Some(slot) = places.get_mut(c as usize) {
            *slot = place;
        }
    }
    places
});

/// The number of a character: its place, or for one without a place [`PLACES`] and its code point
/// added up.
pub fn number(c: char) -> u32 {
    match TABLE.get(c as usize).copied().unwrap_or(0) {
        0 => PLACES + c as u32,
        place => u32::from(place) - 1,
    }
}

/// The character with a number.
pub fn character(number: u32) -> Option<char> {
    match number.checked_sub(PLACES) {
        Some(point) => char::from_u32(point),
        None => CHARACTERS.get(number as usize).copied(),
    }
}

/// Appends the codes of a text.
pub fn encode(text: &str, codes: &mut Vec<u8>) {
    codes.reserve(text.len());
    text.chars().for_each(|c| push(c, codes));
}

/// Appends the code of a character.
pub fn push(c: char, codes: &mut Vec<u8>) {
    let later = |part: u32| LATER + (part % STEP) as u8;
    let number = number(c);
    if number < TWO {
        codes.push(number as u8);
    } else if number < RARE {
        let rest = number - TWO;
        codes.extend([(TWO + rest / STEP) as u8, later(rest)]);
    } else if number < PLACES {
        let rest = number - RARE;
        codes.extend([(THREE + rest / STEP / STEP) as u8, later(rest / STEP), later(rest)]);
    } else {
        let [a, b, c, d] = [18, 12, 6, 0].map(|shift| later((number - PLACES) >> shift));
        codes.extend([OTHER as u8, a, b, c, d]);
    }
}

/// The number of characters of some codes.
pub fn count(codes: &[u8]) -> usize {
    codes.iter().filter(|&&byte| byte < LATER).count()
}

/// The numbers of the characters of some codes, in order; it ends where they are none.
pub fn numbers(codes: &[u8]) -> Numbers<'_> {
    Numbers { codes }
}

/// See [`numbers`].
pub struct Numbers<'a> {
    codes: &'a [u8],
}

impl<'a> Numbers<'a> {
    /// The codes that have not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.codes
    }
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let (&first, rest) = self.codes.split_first()?;
        let first = u32::from(first);
        let part = |at: usize| {
            rest.get(at).map(|&byte| u32::from(byte.wrapping_sub(LATER))).filter(|&p| p < STEP)
        };
        let (number, length) = if first < TWO {
            (first, 0)
        } else if first < THREE {
            (TWO + (first - TWO) * STEP + part(0)?, 1)
        } else if first < OTHER {
            (RARE + ((first - THREE) * STEP + part(0)?) * STEP + part(1)?, 2)
        } else if first == OTHER {
            (PLACES + (((part(0)? * STEP + part(1)?) * STEP + part(2)?) * STEP + part(3)?), 4)
        } else {
            return None;
        };
        self.codes = &rest[length..];
        Some(number)
    }
}

/// The text of some codes; `None` where they are none.
pub fn decode(codes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(codes.len() * 2);
    let mut numbers = numbers(codes);
    for number in &mut numbers {
        text.push(character(number)?);
    }
    numbers.rest().is_empty().then_some(text)
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
            assert_eq!(count(&codes(&text)), 3);
        }
    }

    #[test]
    fn frequent_characters_take_one_byte() {
        assert_eq!(codes("中国的,").len(), 4);
        assert_eq!(codes("剪").len(), 2);
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(
            bytes in proptest::collection::vec(any::<u8>(), 0..40)
        ) {
            let _ = decode(&bytes);
        }

        #[test]
        fn codes_are_found_where_the_text_is(text in "[的一国剪豔𠮷a]{0,30}", part in "[的一国剪豔\
         𠮷a]{1,2}") {
            let (text_codes, part_codes) = (codes(&text), codes(&part));
            let found: Vec<usize> = text_codes
                .windows(part_codes.len())
                .enumerate()
                .filter(|(_, window)| *window == part_codes)
                .map(|(at, _)| count(&text_codes[..at]))
                .collect();
            let chars: Vec<char> = text.chars().collect();
            let part: Vec<char> = part.chars().collect();
            let expected: Vec<usize> =
                (0..).zip(chars.windows(part.len()))
                    .filter(|(_, w)| *w == part)
                    .map(|(at, _)| at)
                    .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
