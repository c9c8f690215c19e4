//! The key of an article: a short stable name that is printed, typed and kept.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A short stable name of an article in an index: its number (64 bits of a BLAKE3 hash of its path,
/// its id and its occurrence) in base32 of RFC 4648, lower case, without padding: 13 characters.
///
/// ```
/// use jianbao::passage::ArticleKey;
/// let key: ArticleKey = "2aaaaaaaaaaaa".parse().unwrap();
/// assert_eq!(key.to_string(), "2aaaaaaaaaaaa");
/// assert!("2024-03-24".parse::<ArticleKey>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleKey(pub u64);

impl ArticleKey {
    /// Characters of a key.
    pub const LENGTH: usize = 13;
    /// The digits of base32, five bits each.
    const DIGITS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
}

impl fmt::Display for ArticleKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // 64 bits are 12 digits of five and one of four, whose last bit is 0.
        let bits = u128::from(self.0) << 1;
        for digit in (0..ArticleKey::LENGTH).rev() {
            let value = (bits >> (5 * digit)) & 31;
            f.write_str(char::from(ArticleKey::DIGITS[value as usize]).encode_utf8(&mut [0; 4]))?;
        }
        Ok(())
    }
}

impl FromStr for ArticleKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<ArticleKey, NoKey> {
        if text.len() != ArticleKey::LENGTH {
            return Err(NoKey);
        }
        let mut bits = 0u128;
        for digit in text.bytes() {
            let value = ArticleKey::DIGITS.iter().position(|&d| d == digit).ok_or(NoKey)?;
            bits = bits << 5 | value as u128;
        }
        if bits & 1 == 1 {
            return Err(NoKey);
        }
        Ok(ArticleKey((bits >> 1) as u64))
    }
}

/// A text that is no key of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKey;

impl fmt::Display for NoKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key has 13 characters of a-z and 2-7")
    }
}

impl std::error::Error for NoKey {}

impl Serialize for ArticleKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ArticleKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<ArticleKey, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn keys_go_both_ways(number: u64) {
            let key = ArticleKey(number).to_string();
            prop_assert_eq!(key.len(), ArticleKey::LENGTH);
            prop_assert_eq!(key.parse(), Ok(ArticleKey(number)));
        }
    }
}
