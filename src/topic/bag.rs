//! An article as a bag of words: hashed, counted, without punctuation and numbers.
//!
//! The meaning of the counts (TF-IDF, background frequency) is left to model.rs and background.rs.

use crate::text::is_word_char;
use crate::text::word::Segmented;

/// The weight of a word of the title.
pub(super) const TITLE_WEIGHT: u32 = 3;

/// Counted words: `(hash, count)`, sorted by hash, each once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bag {
    counts: Vec<(u32, u32)>,
}

impl Bag {
    /// The words of an article, those of the title counted three times.
    pub fn of(title: &Segmented, body: &Segmented) -> Bag {
        let mut hashes: Vec<(u32, u32)> = Vec::with_capacity(title.words.len() + body.words.len());
        hashes.extend(title.iter().filter(|w| is_term(w)).map(|w| (hash(w), TITLE_WEIGHT)));
        hashes.extend(body.iter().filter(|w| is_term(w)).map(|w| (hash(w), 1)));
        hashes.sort_unstable();
        hashes.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        Bag { counts: hashes }
    }

    /// The counted words in the order of their hashes.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.counts.iter().copied()
    }

    /// The number of different words.
    pub fn len(&self) -> usize {
        self.counts.len()
    }

    /// True if there is no word.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// The hash of a folded word: eight bytes at a time, multiplied by the golden ratio (Knuth's
/// multiplicative hashing), the halves folded together. Stored in models, so never to change
/// without a new format.
pub fn hash(word: &str) -> u32 {
    let mut hash = word.len() as u64;
    for chunk in word.as_bytes().chunks(8) {
        let value = little_endian(chunk);
        hash = (hash ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        hash ^= hash >> 32;
    }
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (hash >> 32) as u32
}

/// At most eight bytes as a number; two Chinese characters make six.
fn little_endian(chunk: &[u8]) -> u64 {
    match *chunk {
        [a, b, c, d, e, f] => u64::from_le_bytes([a, b, c, d, e, f, 0, 0]),
        [a, b, c] => u64::from_le_bytes([a, b, c, 0, 0, 0, 0, 0]),
        [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
        [a] => u64::from(a),
        _ => chunk.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)),
    }
}

/// True if a word can tell topics apart: it has a letter, so is neither punctuation nor a number.
pub fn is_term(word: &str) -> bool {
    match word.chars().next() {
        Some('\u{4e00}'..='\u{9fff}') => true,
        Some(first) if first.is_ascii() => {
            first.is_ascii_alphanumeric() && word.chars().any(char::is_alphabetic)
        }
        Some(first) => is_word_char(first) && word.chars().any(char::is_alphabetic),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definition::Definition;
    use crate::text::word::Segmenter;

    #[test]
    fn counts_words_and_leaves_numbers_out() {
        let segmenter = Segmenter::new(&Definition::embedded()).unwrap();
        let title = Segmented::new("股市上涨", &segmenter);
        let body = Segmented::new("股市，2023年上涨3.5%，股市！", &segmenter);
        let bag = Bag::of(&title, &body);
        let count = |word: &str| bag.iter().find(|&(h, _)| h == hash(word)).map(|(_, n)| n);
        assert_eq!(count("股市"), Some(TITLE_WEIGHT + 2));
        assert_eq!(count("2023"), None);
        assert_eq!(count("，"), None);
        assert!(!bag.is_empty() && bag.len() <= 4);
    }
}
