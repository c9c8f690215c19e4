//! The part of an archive that one of several loaders takes.

use crate::engine::origin::FileKey;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A file from this size on is shared by all loaders, record by record.
pub const SHARED_SIZE: u64 = 64 << 20;

/// The part of an archive that one of several loaders takes: part 2 of 3. All parts together have
/// every article once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Part {
    number: u32,
    of: u32,
}

impl Default for Part {
    /// All of it.
    fn default() -> Part {
        Part { number: 1, of: 1 }
    }
}

impl Part {
    /// True if this is not all of the archive.
    pub fn is_part(self) -> bool {
        self.of > 1
    }

    /// The number of parts.
    pub fn of(self) -> u32 {
        self.of
    }

    /// True for the first part, which counts what no other does.
    pub fn is_first(self) -> bool {
        self.number == 1
    }

    /// True if the loader of this part takes the whole file.
    fn owns(self, file: FileKey) -> bool {
        file.bits() % u64::from(self.of) == u64::from(self.number - 1)
    }

    /// True if the loader of this part takes the article with this number, of a file that is
    /// shared.
    pub fn owns_article(self, number: u64) -> bool {
        // Other bits than those that lie together in an index.
        (number >> 20) % u64::from(self.of) == u64::from(self.number - 1)
    }

    /// True if the loader of this part reads a file of this size.
    pub fn reads(self, file: FileKey, size: u64) -> bool {
        !self.is_part() || size >= SHARED_SIZE || self.owns(file)
    }

    /// The part of a file of this size that its loader takes; `None` for the whole file.
    pub fn of_file(self, size: u64) -> Option<Part> {
        (self.is_part() && size >= SHARED_SIZE).then_some(self)
    }

    /// True if the loader of this part deletes what a line of the ledger tells of: that of a file,
    /// or of another part of it.
    pub fn looks_after(self, file: &str, part: Option<Part>) -> bool {
        match part {
            Some(part) => part == self || !self.is_part(),
            None => self.owns(FileKey::new(file)),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

impl From<Part> for String {
    fn from(part: Part) -> String {
        part.to_string()
    }
}

impl FromStr for Part {
    type Err = String;

    fn from_str(text: &str) -> Result<Part, String> {
        let parsed = text.split_once('/').and_then(|(number, of)| {
            Some(Part { number: number.trim().parse().ok()?, of: of.trim().parse().ok()? })
        });
        parsed
            .filter(|part| (1..=part.of).contains(&part.number) && part.of <= 10_000)
            .ok_or_else(|| "not a part like 2/3".to_owned())
    }
}

impl TryFrom<String> for Part {
    type Error = String;

    fn try_from(text: String) -> Result<Part, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_have_every_file_and_every_article_once() {
        let parts: Vec<Part> = (1..=3).map(|k| format!("{k}/3").parse().unwrap()).collect();
        for number in (0..500u64).map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            let file = FileKey::from_bits(number);
            assert_eq!(parts.iter().filter(|part| part.reads(file, 9)).count(), 1);
            assert_eq!(parts.iter().filter(|part| part.owns_article(number)).count(), 1);
            assert!(parts.iter().all(|part| part.reads(file, SHARED_SIZE)));
        }
        assert!(Part::default().reads(FileKey::from_bits(7), 9) && !Part::default().is_part());
        assert_eq!(parts[1].of_file(SHARED_SIZE), Some(parts[1]));
        assert_eq!((parts[1].of_file(9), Part::default().of_file(SHARED_SIZE)), (None, None));
    }

    #[test]
    fn a_part_is_two_numbers() {
        assert_eq!("2/3".parse::<Part>().map(|part| part.to_string()), Ok("2/3".to_owned()));
        for wrong in ["", "2", "0/3", "4/3", "a/b", "1/0", "-1/3"] {
            assert!(wrong.parse::<Part>().is_err(), "{wrong}");
        }
    }
}
