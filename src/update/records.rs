//! The table of records: for each article of an index what it was made of, so that an update
//! touches only what changed.
//!
//! `records-N.bin` stands beside `ledger-N.jsonl` and changes with it. A row costs 18 to 20 bytes
//! on disk.
//!
//! Layout, numbers little-endian: eight bytes that say what it is, the number of rows (8), the
//! first 8 bytes of the BLAKE3 hash of the rest, the checksum of the ledger (8), the number of
//! files and their keys (8 each), and the rows column by column, compressed with zstd: article
//! number (8), digest (8), file (4, its place among the keys), line (4), passages (4), bytes (4),
//! dating (1), seen (8). Rows stand by file, line and number; files and lines are written as
//! differences from the row before.

use super::files::{checksum, damaged, numbered, remove_others, replace};
use super::ledger::Ledger;
use crate::engine::origin::{Dating, FileKey, RecordRow};
use crate::error::{Error, Result};
use crate::reprint::groups::array;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// The first bytes of every such file; the last two are the version of its layout.
const MAGIC: &[u8; 8] = b"jbrecs03";
/// Bytes before the columns.
const HEADER: usize = 24;
/// Bytes of a row before compression.
const ROW: usize = 8 + 8 + 4 + 4 + 4 + 4 + 1 + 8;

/// The rows of all articles of an index, by article number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    rows: HashMap<u64, RecordRow, foldhash::fast::FixedState>,
}

impl Records {
    /// The name of the file that belongs to the ledger called `ledger`: `records-7.bin` for
    /// `ledger-7.jsonl`.
    pub fn name(ledger: &str) -> String {
        numbered(ledger, "records")
    }

    /// Reads the file called `name` in the index at `folder`, whose ledger is `ledger`.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is missing, not as it was written, or does not belong to the
    /// ledger.
    pub fn read(folder: &Path, name: &str, ledger: &Ledger) -> Result<Records> {
        let records = Records::read_any(folder, name, ledger)?;
        match records {
            Some((records, true)) => Ok(records),
            Some((_, false)) => Err(damaged(folder, name, "belongs to another ledger")),
            None => Err(damaged(folder, name, "is not as it was written")),
        }
    }

    /// The rows that can be used where the ledger is no longer as it was; `None` where there are
    /// none.
    ///
    /// # Errors
    /// [`Error::Io`] where the system does not let the file be read.
    pub fn salvage(folder: &Path, name: &str, ledger: &Ledger) -> Result<Option<Records>> {
        match Records::read_any(folder, name, ledger) {
            Err(Error::Damaged { .. }) => Ok(None),
            records => Ok(records?.map(|(records, _)| records)),
        }
    }

    /// The rows, and whether they belong to this ledger; `None` where they are not as they were
    /// written.
    fn read_any(folder: &Path, name: &str, ledger: &Ledger) -> Result<Option<(Records, bool)>> {
        let path = folder.join(name);
        match std::fs::read(&path) {
            Ok(bytes) => Ok(unpack(&bytes, ledger)),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                Err(damaged(folder, name, "is missing"))
            }
            Err(e) => Err(Error::io("read", path)(e)),
        }
    }

    /// Writes the file called `name` in `folder`, in one step and safe on disk when this returns.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn write(&self, folder: &Path, name: &str, ledger: &Ledger) -> Result<()> {
        let path = folder.join(name);
        let packed =
            zstd::bulk::compress(&self.columns(ledger), 3).map_err(Error::io("write", &path))?;
        let mut rest = ledger.checksum().to_le_bytes().to_vec();
        rest.extend((ledger.files.len() as u64).to_le_bytes());
        ledger.files.keys().for_each(|file| rest.extend(FileKey::new(file).bits().to_le_bytes()));
        rest.extend(packed);
        let count = (self.rows.len() as u64).to_le_bytes();
        let mut bytes = Vec::with_capacity(HEADER + rest.len());
        bytes.extend(MAGIC);
        bytes.extend(count);
        bytes.extend(checksum(&[&count, &rest]).to_le_bytes());
        bytes.extend(rest);
        replace(&path, &bytes)
    }

    /// Removes all such files in `folder` but the one called `name`. What cannot be removed is
    /// left: it does no harm.
    pub fn remove_others(folder: &Path, name: &str) {
        remove_others(folder, name, ["records-", ".bin"]);
    }

    /// The row of an article.
    pub fn get(&self, article: u64) -> Option<&RecordRow> {
        self.rows.get(&article)
    }

    /// Puts a row in the place of what was there.
    pub fn insert(&mut self, article: u64, row: RecordRow) {
        self.rows.insert(article, row);
    }

    /// Takes an article out; its row, if it was there.
    pub fn remove(&mut self, article: u64) -> Option<RecordRow> {
        self.rows.remove(&article)
    }

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every article's number with its row, in no order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &RecordRow)> {
        self.rows.iter().map(|(&number, row)| (number, row))
    }

    /// The articles of each of these files.
    pub fn by_file(&self, files: &HashSet<FileKey>) -> HashMap<FileKey, HashSet<u64>> {
        let mut found: HashMap<FileKey, HashSet<u64>> = HashMap::new();
        for (&number, row) in self.rows.iter().filter(|(_, row)| files.contains(&row.file)) {
            found.entry(row.file).or_default().insert(number);
        }
        found
    }

    fn columns(&self, ledger: &Ledger) -> Vec<u8> {
        let places: HashMap<FileKey, u32> =
            (0..).zip(ledger.files.keys()).map(|(i, file)| (FileKey::new(file), i)).collect();
        let place = |row: &RecordRow| places.get(&row.file).copied().unwrap_or(u32::MAX);
        let mut rows: Vec<(u32, u64, &RecordRow)> =
            self.rows.iter().map(|(&number, row)| (place(row), number, row)).collect();
        rows.sort_unstable_by_key(|&(file, number, row)| (file, row.line, number));
        let mut bytes = Vec::with_capacity(rows.len() * ROW);
        rows.iter().for_each(|(_, number, _)| bytes.extend(number.to_le_bytes()));
        rows.iter().for_each(|(_, _, row)| bytes.extend(row.digest.to_le_bytes()));
        let mut column = |value: &dyn Fn(&(u32, u64, &RecordRow)) -> u32| {
            let mut before = 0;
            for row in &rows {
                bytes.extend(value(row).wrapping_sub(before).to_le_bytes());
                before = value(row);
            }
        };
        column(&|&(file, _, _)| file);
        column(&|(_, _, row)| row.line);
        rows.iter().for_each(|(_, _, row)| bytes.extend(row.passages.to_le_bytes()));
        rows.iter().for_each(|(_, _, row)| bytes.extend(row.bytes.to_le_bytes()));
        bytes.extend(rows.iter().map(|(_, _, row)| u8::from(row.dating == Dating::FromCrawl)));
        rows.iter().for_each(|(_, _, row)| bytes.extend(row.seen.to_le_bytes()));
        bytes
    }
}

/// The rows in the bytes of a file, and whether they belong to the ledger; `None` where anything in
/// it has changed.
fn unpack(bytes: &[u8], ledger: &Ledger) -> Option<(Records, bool)> {
    let rest = bytes.get(HEADER..)?;
    let (count, told) = (array(bytes, 8)?, u64::from_le_bytes(array(bytes, 16)?));
    if !bytes.starts_with(MAGIC) || told != checksum(&[&count, rest]) {
        return None;
    }
    let of_ledger = u64::from_le_bytes(array(rest, 0)?) == ledger.checksum();
    let known = usize::try_from(u64::from_le_bytes(array(rest, 8)?)).ok()?;
    let packed = rest.get(known.checked_mul(8)?.checked_add(16)?..)?;
    let key = |i: usize| Some(FileKey::from_bits(u64::from_le_bytes(array(rest, 16 + 8 * i)?)));
    let files: Vec<FileKey> = (0..known).map(key).collect::<Option<_>>()?;
    Some((rows(packed, u64::from_le_bytes(count), &files)?, of_ledger))
}

/// The rows of some columns, of these files.
fn rows(packed: &[u8], count: u64, files: &[FileKey]) -> Option<Records> {
    let count = usize::try_from(count).ok()?;
    let columns = zstd::stream::decode_all(packed).ok()?;
    if columns.len() != count.checked_mul(ROW)? {
        return None;
    }
    let mut records = Records::default();
    records.rows.reserve(count);
    let (mut file, mut line) = (0u32, 0u32);
    for i in 0..count {
        let long = |before: usize| array(&columns, before * count + i * 8).map(u64::from_le_bytes);
        let short = |before: usize| array(&columns, before * count + i * 4).map(u32::from_le_bytes);
        file = file.wrapping_add(short(16)?);
        line = line.wrapping_add(short(20)?);
        let dating =
            if columns.get(32 * count + i)? & 1 == 1 { Dating::FromCrawl } else { Dating::Fixed };
        let (passages, bytes) = (short(24)?, short(28)?);
        let seen = array(&columns, 33 * count + i * 8).map(i64::from_le_bytes)?;
        let row = RecordRow {
            file: *files.get(file as usize)?,
            digest: long(8)?,
            line,
            passages,
            bytes,
            dating,
            seen,
        };
        records.rows.insert(long(0)?, row);
    }
    (records.rows.len() == count).then_some(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::update::ledger::FileRecord;
    use proptest::prelude::*;

    fn ledger(files: &[&str]) -> Ledger {
        let record = |file: &&str| {
            (file.to_string(), FileRecord { file: file.to_string(), ..FileRecord::default() })
        };
        Ledger { files: files.iter().map(record).collect(), ..Ledger::default() }
    }

    proptest! {
        #[test]
        fn rows_are_read_as_they_were_written(
            rows in prop::collection::hash_map(
                any::<u64>(),
                (0usize..3, any::<(u64, u32, u32, u32, bool, i64)>()),
                0..50,
            )
        ) {
            let folder = tempfile::tempdir().unwrap();
            let names = ["/a/一.txt", "/a/二.jsonl", "/b"];
            let ledger = ledger(&names);
            let mut records = Records::default();
            for (number, (file, (digest, line, passages, bytes, crawl, seen))) in rows {
                let dating = if crawl { Dating::FromCrawl } else { Dating::Fixed };
                let file = FileKey::new(names[file]);
                records.insert(
                    number,
                    RecordRow { file, digest, line, passages, bytes, dating, seen },
                );
            }
            records.write(folder.path(), "records-1.bin", &ledger).unwrap();
            prop_assert_eq!(Records::read(folder.path(), "records-1.bi\
             n", &ledger).unwrap(), records);
        }
    }

    #[test]
    fn any_changed_byte_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(&["/a"]);
        let mut records = Records::default();
        let row = RecordRow {
            file: FileKey::new("/a"),
            digest: 7,
            line: 1,
            passages: 2,
            bytes: 3,
            dating: Dating::Fixed,
            seen: 5,
        };
        records.insert(9, row);
        records.write(folder.path(), "r", &ledger).unwrap();
        let whole = std::fs::read(folder.path().join("r")).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 1;
            std::fs::write(folder.path().join("r"), bytes).unwrap();
            assert!(Records::read(folder.path(), "r", &ledger).is_err(), "byte {at}");
        }
    }

    #[test]
    fn a_row_takes_at_most_20_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(&["/a"]);
        let mut records = Records::default();
        for line in 1..=20_000u32 {
            let number = checksum(&[&line.to_le_bytes()]);
            let (passages, bytes) = (1 + (number % 9) as u32, 300 + (number >> 8) as u32 % 3_000);
            let file = FileKey::new("/a");
            records.insert(
                number,
                RecordRow {
                    file,
                    digest: number.swap_bytes() ^ 7,
                    line,
                    passages,
                    bytes,
                    dating: Dating::Fixed,
                    seen: 1_700_000_000 + i64::from(line / 1_000),
                },
            );
        }
        records.write(folder.path(), "r", &ledger).unwrap();
        let size = std::fs::metadata(folder.path().join("r")).unwrap().len();
        assert!(size < 20 * 20_000, "{size}");
    }
}
