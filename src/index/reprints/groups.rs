//! Who reprinted whom, as a search asks it: the file is mapped, and of it only what a question needs is looked at.

use super::{Header, array};
use crate::error::{Error, Result};
use std::path::Path;
use tantivy::directory::{Directory, MmapDirectory, OwnedBytes};

/// Bytes of an article in the list of all articles that are in a group: its number and that of its group.
const MEMBER: usize = 12;

/// The groups of an index, opened and not loaded.
#[derive(Debug, Clone)]
pub struct Groups {
    bytes: OwnedBytes,
    members: usize,
    groups: usize,
}

impl Groups {
    /// Opens the file called `name` in the index at `folder`. It checks the file's size, not each of its bytes.
    ///
    /// # Errors
    /// [`Error::Damaged`] where it is missing or is none.
    pub fn open(folder: &Path, name: &str) -> Result<Groups> {
        let damaged = |reason: String| Error::Damaged { path: folder.to_owned(), reason };
        let open = || -> std::result::Result<OwnedBytes, String> {
            let folder = MmapDirectory::open(folder).map_err(|e| e.to_string())?;
            let file = folder.open_read(Path::new(name)).map_err(|e| e.to_string())?;
            file.read_bytes().map_err(|e| e.to_string())
        };
        let bytes = open().map_err(|reason| damaged(format!("{name} cannot be read ({reason})")))?;
        Groups::new(bytes).ok_or_else(|| damaged(format!("{name} is no file of reprints")))
    }

    fn new(bytes: OwnedBytes) -> Option<Groups> {
        let header = Header::of(&bytes)?;
        let (members, groups) = (usize::try_from(header.members).ok()?, usize::try_from(header.groups).ok()?);
        Some(Groups { bytes, members, groups })
    }

    /// How many groups there are; they are numbered from 0.
    pub fn len(&self) -> usize {
        self.groups
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.groups == 0
    }

    /// How many articles are in a group.
    pub fn articles(&self) -> usize {
        self.members
    }

    /// The group of the article with this number; `None` where it was never reprinted.
    pub fn group(&self, article: u64) -> Option<u32> {
        let (mut low, mut high) = (0, self.members);
        while low < high {
            let middle = low + (high - low) / 2;
            let (number, group) = self.member(middle)?;
            match number.cmp(&article) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(group),
            }
        }
        None
    }

    /// The numbers of a group's articles, the original first.
    pub fn members(&self, group: u32) -> Vec<u64> {
        let (first, last) = (self.start(group as usize), self.start(group as usize + 1));
        let (first, last) = (first.unwrap_or(0), last.unwrap_or(0).min(self.members));
        let order = Header::BYTES + self.members * MEMBER + (self.groups + 1) * 4;
        let member = |i: usize| self.member(u32::from_le_bytes(array(&self.bytes, order + 4 * i)?) as usize);
        (first..last).filter_map(member).map(|(number, _)| number).collect()
    }

    /// The number of a group's original; `None` where there is no such group.
    pub fn original(&self, group: u32) -> Option<u64> {
        self.members(group).first().copied()
    }

    /// An article of the list, with its group.
    fn member(&self, place: usize) -> Option<(u64, u32)> {
        let at = Header::BYTES + place.checked_mul(MEMBER).filter(|_| place < self.members)?;
        Some((u64::from_le_bytes(array(&self.bytes, at)?), u32::from_le_bytes(array(&self.bytes, at + 8)?)))
    }

    /// Where a group's articles begin; for the number of groups, where the last one's end.
    fn start(&self, group: usize) -> Option<usize> {
        let at = Header::BYTES + self.members * MEMBER + 4 * Some(group).filter(|&group| group <= self.groups)?;
        Some(u32::from_le_bytes(array(&self.bytes, at)?) as usize)
    }
}

/// The lists of groups as bytes; `groups` are article numbers, originals first.
pub(super) fn pack(groups: &[Vec<u64>]) -> Vec<u8> {
    let mut members: Vec<(u64, u32)> =
        groups.iter().zip(0u32..).flat_map(|(group, number)| group.iter().map(move |&a| (a, number))).collect();
    members.sort_unstable();
    let mut bytes = Vec::with_capacity(members.len() * 16 + groups.len() * 4 + 4);
    for (article, group) in &members {
        bytes.extend(article.to_le_bytes());
        bytes.extend(group.to_le_bytes());
    }
    let mut start = 0u32;
    bytes.extend(start.to_le_bytes());
    for group in groups {
        start += group.len() as u32;
        bytes.extend(start.to_le_bytes());
    }
    for article in groups.iter().flatten() {
        let place = members.partition_point(|(other, _)| other < article) as u32;
        bytes.extend(place.to_le_bytes());
    }
    bytes
}
