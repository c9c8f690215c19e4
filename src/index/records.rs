//! The table of records: which record of which file each article was made from, and what that record was like.
//!
//! `records-N.bin` stands beside the ledger of the same number and changes with it. It is how an update knows which records
//! changed, and how a search knows on which line a record stands today: a line that moves costs no article. 24 bytes an
//! article; a search maps the file and looks at the few places that it asks for.
//!
//! Layout, numbers little-endian: [`MAGIC`]; the number of entries (8 bytes); the entries by article number, each article (8),
//! digest (8), file (4), line (4); the first 8 bytes of the BLAKE3 hash of all that.

use super::manifest;
use crate::error::{Error, Result};
use std::path::Path;
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

/// What the file begins with.
const MAGIC: &[u8; 8] = b"jbreco01";
/// Bytes before the entries.
const HEADER: usize = 16;
/// Bytes of an entry.
const ENTRY: usize = 24;
/// Bytes of the checksum.
const CHECKSUM: usize = 8;

/// Where an article comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The article's number; see [`crate::index::article_number`].
    pub article: u64,
    /// The first 8 bytes of the digest of its record and of what it was read under.
    pub digest: u64,
    /// The number of its file in the ledger.
    pub file: u32,
    /// The line that it starts on, from 1; 0 where lines mean nothing.
    pub line: u32,
}

impl Entry {
    fn to_bytes(self) -> [u8; ENTRY] {
        let mut bytes = [0; ENTRY];
        bytes[..8].copy_from_slice(&self.article.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.digest.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.file.to_le_bytes());
        bytes[20..].copy_from_slice(&self.line.to_le_bytes());
        bytes
    }
}

/// The table of an index, opened and not loaded.
#[derive(Debug, Clone)]
pub struct Records {
    bytes: OwnedBytes,
    count: usize,
}

impl Records {
    /// The name of the table that belongs to the ledger called `ledger`.
    pub fn name(ledger: &str) -> String {
        format!("records-{}.bin", manifest::number_of(ledger).unwrap_or(0))
    }

    /// Opens the table called `name` in the index at `folder`. It checks the file's size, not each of its bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is missing or is none.
    pub fn open(folder: &Path, name: &str) -> Result<Records> {
        let damaged = |reason: String| Error::Damaged { path: folder.to_owned(), reason };
        let open = || -> std::result::Result<OwnedBytes, String> {
            let folder = MmapDirectory::open(folder).map_err(|e| e.to_string())?;
            let file = folder.open_read(Path::new(name)).map_err(|e| e.to_string())?;
            file.read_bytes().map_err(|e| e.to_string())
        };
        let bytes = open().map_err(|reason| damaged(format!("{name} cannot be read ({reason})")))?;
        Records::new(bytes).ok_or_else(|| damaged(format!("{name} is no table of records")))
    }

    fn new(bytes: OwnedBytes) -> Option<Records> {
        let count = usize::try_from(u64::from_le_bytes(array(bytes.strip_prefix(MAGIC)?, 0)?)).ok()?;
        let size = count.checked_mul(ENTRY)?.checked_add(HEADER + CHECKSUM)?;
        (bytes.len() == size).then_some(Records { bytes, count })
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether the file is as it was written.
    pub fn is_intact(&self) -> bool {
        let (content, sum) = self.bytes.split_at(self.bytes.len() - CHECKSUM);
        checksum(content) == sum && self.iter().zip(self.iter().skip(1)).all(|(a, b)| a.article < b.article)
    }

    /// All entries, by article number.
    pub fn iter(&self) -> impl Iterator<Item = Entry> + '_ {
        (0..self.count).filter_map(|place| self.entry(place))
    }

    /// The entry of the article with this number.
    pub fn find(&self, article: u64) -> Option<Entry> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            let entry = self.entry(middle)?;
            match entry.article.cmp(&article) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(entry),
            }
        }
        None
    }

    fn entry(&self, place: usize) -> Option<Entry> {
        let bytes = self.bytes.get(HEADER + place * ENTRY..)?;
        Some(Entry {
            article: u64::from_le_bytes(array(bytes, 0)?),
            digest: u64::from_le_bytes(array(bytes, 8)?),
            file: u32::from_le_bytes(array(bytes, 16)?),
            line: u32::from_le_bytes(array(bytes, 20)?),
        })
    }
}

/// Writes a table of these entries, which are sorted by article number, safe on disk when this returns.
///
/// # Errors
/// [`Error::Io`], such as a full disk.
pub fn write(entries: &[Entry], folder: &Path, name: &str) -> Result<()> {
    let mut bytes = Vec::with_capacity(HEADER + entries.len() * ENTRY + CHECKSUM);
    bytes.extend(MAGIC);
    bytes.extend((entries.len() as u64).to_le_bytes());
    entries.iter().for_each(|entry| bytes.extend(entry.to_bytes()));
    let sum = checksum(&bytes);
    bytes.extend(sum);
    manifest::replace(&folder.join(name), &bytes)
}

fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

fn checksum(bytes: &[u8]) -> [u8; CHECKSUM] {
    let mut sum = [0; CHECKSUM];
    sum.copy_from_slice(&blake3::hash(bytes).as_bytes()[..CHECKSUM]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<Entry> {
        (0..50u32).map(|i| Entry { article: u64::from(i) * 3, digest: u64::from(i), file: i % 4, line: i }).collect()
    }

    #[test]
    fn a_table_gives_its_entries_back() {
        let folder = tempfile::tempdir().unwrap();
        write(&sample(), folder.path(), "records-1.bin").unwrap();
        let records = Records::open(folder.path(), "records-1.bin").unwrap();
        assert!(records.is_intact());
        assert_eq!(records.iter().collect::<Vec<_>>(), sample());
        assert_eq!(records.find(30), Some(sample()[10]));
        assert_eq!((records.find(31), records.find(1_000)), (None, None));
    }

    #[test]
    fn a_table_that_was_cut_or_changed_is_not_trusted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("records-1.bin");
        write(&sample(), folder.path(), "records-1.bin").unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[100] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        assert!(!Records::open(folder.path(), "records-1.bin").unwrap().is_intact());
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(Records::open(folder.path(), "records-1.bin").is_err());
    }
}
