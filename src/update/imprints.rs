//! The file of reprints: the imprint of each article, kept for the next update, and the groups made
//! of them.
//!
//! `reprints-N.bin` stands beside `ledger-N.jsonl` and changes with it. Its groups are always made
//! anew from all imprints, so they are the same however the index came to hold its articles.
//!
//! Layout: the bytes of [`Groups`] (see reprint/groups.rs), then the imprints, column by column,
//! compressed with zstd; numbers are little-endian.

use super::files::{checksum, damaged, numbered, remove_others, replace};
use crate::article::ArticleId;
use crate::engine::embedded::map_file;
use crate::error::{Error, Result};
use crate::reprint::groups::{self, Header, array};
use crate::reprint::{Groups, Imprint, Outlet, Sketch, group};
use std::collections::BTreeMap;
use std::path::Path;

/// Stands for a date that is not known.
const UNDATED: i64 = i64::MIN;
/// Bytes of an imprint without its id: number, sketch, file, date, source, outlet.
const ROW: usize = 8 + Sketch::BYTES + 8 + 8 + 4 + 4;

/// The imprints of all articles of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imprints {
    /// By article number, with the number of the file.
    rows: BTreeMap<u64, (u64, Imprint)>,
}

/// Maps the groups of the file called `name` in the index at `folder`.
///
/// # Errors
/// [`Error::Damaged`] where it is missing or holds no groups.
pub fn open_groups(folder: &Path, name: &str) -> Result<Groups> {
    let path = folder.join(name);
    let bytes = map_file(&path).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => damaged(folder, name, "is missing"),
        _ => Error::io("read", path)(e),
    })?;
    Groups::new(bytes).ok_or_else(|| damaged(folder, name, "is no file of reprints"))
}

impl Imprints {
    /// The name of the file that belongs to the ledger called `ledger`: `reprints-7.bin` for
    /// `ledger-7.jsonl`.
    pub fn name(ledger: &str) -> String {
        numbered(ledger, "reprints")
    }

    /// Reads the file called `name` in the index at `folder`.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Damaged`] where it is not as it was written.
    pub fn read(folder: &Path, name: &str) -> Result<Imprints> {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(Error::io("read", &path))?;
        unpack(&bytes).ok_or_else(|| damaged(folder, name, "is not as it was written"))
    }

    /// True if there is an imprint of this article.
    pub fn contains(&self, article: u64) -> bool {
        self.rows.contains_key(&article)
    }

    /// The numbers of the articles.
    pub fn numbers(&self) -> impl Iterator<Item = u64> {
        self.rows.keys().copied()
    }

    /// Adds the imprint of an article of the file that the index knows as `path`, in the place of
    /// what was there.
    pub fn insert(&mut self, path: &str, imprint: Imprint) {
        self.rows.insert(imprint.article, (file_number(path), imprint));
    }

    /// Takes an article out. Returns true if it was there.
    pub fn remove(&mut self, article: u64) -> bool {
        self.rows.remove(&article).is_some()
    }

    /// Takes all articles of the file that the index knows as `path` out, and says how many those
    /// were.
    pub fn remove_file(&mut self, path: &str) -> usize {
        let (file, before) = (file_number(path), self.rows.len());
        self.rows.retain(|_, (own, _)| *own != file);
        before - self.rows.len()
    }

    /// The number of articles.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Groups all articles and writes the file called `name` in `folder`, in one step and safe on
    /// disk when this returns.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be written.
    pub fn write(&self, folder: &Path, name: &str) -> Result<()> {
        let path = folder.join(name);
        let bytes = self.pack().map_err(Error::io("write", &path))?;
        replace(&path, &bytes)
    }

    /// Removes all such files in `folder` but the one called `name`. What cannot be removed is
    /// left: it does no harm.
    pub fn remove_others(folder: &Path, name: &str) {
        remove_others(folder, name, ["reprints-", ".bin"]);
    }

    fn pack(&self) -> std::io::Result<Vec<u8>> {
        let imprints: Vec<&Imprint> = self.rows.values().map(|(_, imprint)| imprint).collect();
        let numbers: Vec<Vec<u64>> = group(&imprints)
            .iter()
            .map(|group| group.iter().map(|&i| imprints[i].article).collect())
            .collect();
        let groups = groups::pack(&numbers);
        let rows = zstd::bulk::compress(&self.columns(), 3)?;
        let header = Header {
            articles: self.rows.len() as u64,
            members: numbers.iter().map(Vec::len).sum::<usize>() as u64,
            groups: numbers.len() as u64,
            rows: rows.len() as u64,
            checksum: checksum(&[&groups, &rows]),
        };
        Ok([header.to_bytes().as_slice(), &groups, &rows].concat())
    }

    fn columns(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.rows.len() * (ROW + 16));
        let rows = || self.rows.values();
        rows().for_each(|(_, i)| bytes.extend(i.article.to_le_bytes()));
        rows().for_each(|(_, i)| bytes.extend(i.sketch.to_bytes()));
        rows().for_each(|(file, _)| bytes.extend(file.to_le_bytes()));
        rows().for_each(|(_, i)| bytes.extend(i.date.unwrap_or(UNDATED).to_le_bytes()));
        for outlet in [|i: &Imprint| i.source, |i: &Imprint| i.outlet] {
            rows().for_each(|(_, i)| bytes.extend(outlet(i).map_or(0, Outlet::bits).to_le_bytes()));
        }
        for (_, imprint) in rows() {
            bytes.extend(imprint.id.as_str().as_bytes());
            bytes.push(b'\n');
        }
        bytes
    }
}

/// The imprints in the bytes of a file; `None` where anything in it has changed.
fn unpack(bytes: &[u8]) -> Option<Imprints> {
    let header = Header::of(bytes)?;
    let rest = &bytes[Header::BYTES..];
    if checksum(&[rest]) != header.checksum {
        return None;
    }
    let count = usize::try_from(header.articles).ok()?;
    let packed = rest.get(header.groups_bytes()?..)?;
    let columns = zstd::stream::decode_all(packed).ok()?;
    let ids = std::str::from_utf8(columns.get(count.checked_mul(ROW)?..)?).ok()?;
    let mut ids = ids.split_terminator('\n');
    let mut rows = BTreeMap::new();
    for i in 0..count {
        let at = |before: usize, width: usize| before * count + i * width;
        let outlet =
            |before| array(&columns, at(before, 4)).map(u32::from_le_bytes).map(Outlet::from_bits);
        let article = u64::from_le_bytes(array(&columns, at(0, 8))?);
        let file = u64::from_le_bytes(array(&columns, at(8 + Sketch::BYTES, 8))?);
        let date = i64::from_le_bytes(array(&columns, at(16 + Sketch::BYTES, 8))?);
        let imprint = Imprint {
            article,
            id: ArticleId::new(ids.next()?),
            date: Some(date).filter(|&date| date != UNDATED),
            source: outlet(24 + Sketch::BYTES)?,
            outlet: outlet(28 + Sketch::BYTES)?,
            sketch: Sketch::from_bytes(&array(&columns, at(8, Sketch::BYTES))?),
        };
        rows.insert(article, (file, imprint));
    }
    (rows.len() == count && ids.next().is_none()).then_some(Imprints { rows })
}

/// The number by which a file's articles are found: the first 8 bytes of the BLAKE3 hash of its
/// path.
fn file_number(path: &str) -> u64 {
    checksum(&[path.as_bytes()])
}

#[cfg(test)]
#[path = "imprints_tests.rs"]
mod tests;
