//! The file of reprints: the imprint of each article, kept for the next update, and the groups made
//! of them.
//!
//! `reprints-N.bin` stands beside `ledger-N.jsonl` and changes with it. Its groups are always made
//! anew from all imprints, so they are the same however the index came to hold its articles.
//! groups.rs reads only the groups.
//!
//! Layout, numbers little-endian: a [`Header`]; for each article of a group its number (8 bytes)
//! and the number of its group (4), by article number; for each group, and once more at the end,
//! where its articles begin in what follows (4); the articles of all groups, group by group,
//! originals first, as places in the first list (4); the imprints, column by column, compressed
//! with zstd.

mod groups;

pub use groups::Groups;

use super::manifest;
use crate::article::ArticleId;
use crate::error::{Error, Result};
use crate::reprint::{Imprint, Outlet, Sketch, group};
use std::collections::BTreeMap;
use std::path::Path;

/// The first bytes of every such file; the last two are the version of its layout.
const MAGIC: &[u8; 8] = b"jbrepr01";
/// Stands for a date that is not known.
const UNDATED: i64 = i64::MIN;
/// Bytes of an imprint without its id: number, sketch, file, date, source, outlet.
const ROW: usize = 8 + Sketch::BYTES + 8 + 8 + 4 + 4;
/// The imprints of all articles of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reprints {
    /// By article number, with the number of the file.
    rows: BTreeMap<u64, (u64, Imprint)>,
}

impl Reprints {
    /// The name of the file that belongs to the ledger called `ledger`: `reprints-7.bin` for
    /// `ledger-7.jsonl`.
    pub fn name(ledger: &str) -> String {
        let number = ledger.strip_prefix("ledger-").and_then(|rest| rest.strip_suffix(".jsonl"));
        format!("reprints-{}.bin", number.unwrap_or(ledger))
    }

    /// Reads the file called `name` in the index at `folder`.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Damaged`] where it is not as it was written.
    pub fn read(folder: &Path, name: &str) -> Result<Reprints> {
        let path = folder.join(name);
        let bytes = std::fs::read(&path).map_err(Error::io("read", &path))?;
        unpack(&bytes).ok_or_else(|| damaged(folder, name))
    }

    /// Whether there is an imprint of this article.
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

    /// Takes an article out; whether it was there.
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

    /// How many articles there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
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
        manifest::replace(&path, &bytes)
    }

    /// Removes all such files in `folder` but the one called `name`. What cannot be removed is
    /// left: it does no harm.
    pub fn remove_others(folder: &Path, name: &str) {
        manifest::remove_others(folder, name, ["reprints-", ".bin"]);
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

/// What a file begins with.
struct Header {
    /// Articles with an imprint.
    articles: u64,
    /// Articles in a group.
    members: u64,
    /// Groups.
    groups: u64,
    /// Bytes of the imprints.
    rows: u64,
    /// First 8 bytes of the BLAKE3 hash of all that follows.
    checksum: u64,
}

impl Header {
    /// Bytes of a header.
    const BYTES: usize = 48;

    fn to_bytes(&self) -> Vec<u8> {
        let numbers = [self.articles, self.members, self.groups, self.rows, self.checksum];
        MAGIC
            .iter()
            .copied()
            .chain(numbers.iter().flat_map(|number| number.to_le_bytes()))
            .collect()
    }

    /// Reads the header of a file; `None` where the file is none, or not as long as its header
    /// says.
    fn of(bytes: &[u8]) -> Option<Header> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let number = |i: usize| array(rest, 8 * i).map(u64::from_le_bytes);
        let header = Header {
            articles: number(0)?,
            members: number(1)?,
            groups: number(2)?,
            rows: number(3)?,
            checksum: number(4)?,
        };
        let length = (header.groups_bytes()? as u64)
            .checked_add(header.rows)?
            .checked_add(Header::BYTES as u64)?;
        (length == bytes.len() as u64 && header.members <= header.articles).then_some(header)
    }

    /// How many bytes the lists of groups take.
    fn groups_bytes(&self) -> Option<usize> {
        let (members, groups) =
            (usize::try_from(self.members).ok()?, usize::try_from(self.groups).ok()?);
        members.checked_mul(16)?.checked_add(groups.checked_add(1)?.checked_mul(4)?)
    }
}

/// The imprints in the bytes of a file; `None` where anything in it has changed.
fn unpack(bytes: &[u8]) -> Option<Reprints> {
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
    (rows.len() == count && ids.next().is_none()).then_some(Reprints { rows })
}

/// The bytes from `at`, as many as are asked for.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// The number by which a file's articles are found: the first 8 bytes of the BLAKE3 hash of its
/// path.
fn file_number(path: &str) -> u64 {
    checksum(&[path.as_bytes()])
}

/// First 8 bytes of the BLAKE3 hash of the parts.
pub(super) fn checksum(parts: &[&[u8]]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    parts.iter().for_each(|part| {
        hasher.update(part);
    });
    let [a, b, c, d, e, f, g, h, ..] = *hasher.finalize().as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

fn damaged(folder: &Path, name: &str) -> Error {
    Error::Damaged { path: folder.to_owned(), reason: format!("{name} is not as it was written") }
}

#[cfg(test)]
mod tests;
